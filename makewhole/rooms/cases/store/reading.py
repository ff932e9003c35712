"""Reading cases: those of an order for a command, one by id, what is overdue, and who has what."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from makewhole.core.case import record
from makewhole.core.case.events import Event, read_event
from makewhole.core.case.model import Case
from makewhole.rooms import prepared
from makewhole.rooms.arrays import array


class StoredCase(NamedTuple):
    """A case as read: its state and the hash of its last event."""

    case: Case
    seal: bytes


def order_of(case_id: UUID) -> UUID | None:
    """The order of a case, which never changes; None when there is no such case."""
    rows = prepared.run("SELECT order_id FROM cases_case WHERE id = %s", [case_id])
    return rows[0][0] if rows else None


def cases_of_orders(order_ids: Sequence[UUID]) -> list[StoredCase]:
    """All cases of these orders, oldest first."""
    return ask_cases(order_ids)()


def ask_cases(order_ids: Sequence[UUID]) -> Callable[[], list[StoredCase]]:
    """As `cases_of_orders`, for statements that go out together: the cases when called."""
    asked = prepared.send(
        "SELECT state::text, seal FROM cases_case WHERE order_id = ANY (%s::uuid[]) ORDER BY opened_at, id",
        [array(order_ids)],
    )
    return lambda: [StoredCase(record.read(Case, orjson.loads(state)), bytes(seal)) for state, seal in asked.rows()]


class CaseFile(NamedTuple):
    """A case with its agent ('' when nobody took it) and its events in order."""

    case: Case
    agent_id: str
    events: list[Event]


_FILE = """
SELECT state::text, agent_id,
       (SELECT json_agg(json_build_array(sequence, kind, at, role, actor_id, data) ORDER BY sequence)::text
          FROM cases_event WHERE case_id = cases_case.id)
  FROM cases_case WHERE id = %s
"""


def read_file(case_id: UUID) -> CaseFile | None:
    """A case and all that happened in it; None when there is no such case."""
    for state, agent_id, events in prepared.run(_FILE, [case_id]):
        return CaseFile(record.read(Case, orjson.loads(state)), agent_id, [_event(row) for row in orjson.loads(events)])
    return None


def _event(row: list[Any]) -> Event:
    sequence, kind, at, role, actor_id, data = row
    return read_event(sequence, kind, datetime.fromisoformat(at), role, actor_id, data)


def due_orders(now: datetime, limit: int) -> list[UUID]:
    """Orders with an obligation whose time has passed, the longest overdue first. Nothing is locked."""
    rows = prepared.run(
        "SELECT order_id FROM (SELECT order_id, due_at FROM cases_obligation WHERE due_at <= %s"
        " ORDER BY due_at LIMIT %s) AS due GROUP BY order_id ORDER BY min(due_at)",
        [now, limit],
    )
    return [order_id for (order_id,) in rows]


def orders_with_cases(order_ids: Sequence[UUID], open_only: bool) -> set[UUID]:
    """Which of these orders have a case (or an open one)."""
    rows = prepared.run(
        "SELECT DISTINCT order_id FROM cases_case WHERE order_id = ANY (%s) AND (NOT %s OR closed_at IS NULL)",
        [list(order_ids), open_only],
    )
    return {order_id for (order_id,) in rows}
