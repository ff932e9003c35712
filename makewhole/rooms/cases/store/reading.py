"""Reading cases: those of an order for a command, one by id, what is overdue, and who has what."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import orjson
from django.db import connection

from makewhole.core.case import record
from makewhole.core.case.events import Event, read_event
from makewhole.core.case.model import Case


class StoredCase(NamedTuple):
    """A case as read: its state and the hash of its last event."""

    case: Case
    seal: bytes


def order_of(case_id: UUID) -> UUID | None:
    """The order of a case, which never changes; None when there is no such case."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT order_id FROM cases_case WHERE id = %s", [case_id])
        row = cursor.fetchone()
    return None if row is None else row[0]


def cases_of_orders(order_ids: Sequence[UUID]) -> list[StoredCase]:
    """All cases of these orders, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state::text, seal FROM cases_case WHERE order_id = ANY (%s) ORDER BY opened_at, id",
            [list(order_ids)],
        )
        return [StoredCase(record.read(Case, orjson.loads(row[0])), bytes(row[1])) for row in cursor.fetchall()]


def read_case(case_id: UUID) -> tuple[StoredCase, str] | None:
    """One case and its agent, or None."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT state::text, seal, agent_id FROM cases_case WHERE id = %s", [case_id])
        row = cursor.fetchone()
    return None if row is None else (StoredCase(record.read(Case, orjson.loads(row[0])), bytes(row[1])), row[2])


def events_of(case_id: UUID) -> list[Event]:
    """The events of a case, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sequence, kind, at, role, actor_id, data::text FROM cases_event"
            " WHERE case_id = %s ORDER BY sequence",
            [case_id],
        )
        return [
            read_event(sequence, kind, at, role, actor_id, orjson.loads(data))
            for sequence, kind, at, role, actor_id, data in cursor.fetchall()
        ]


def due_orders(now: datetime, limit: int) -> list[UUID]:
    """Orders with an obligation whose time has passed, the longest overdue first. Nothing is locked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT order_id FROM (SELECT order_id, due_at FROM cases_obligation WHERE due_at <= %s"
            " ORDER BY due_at LIMIT %s) AS due GROUP BY order_id ORDER BY min(due_at)",
            [now, limit],
        )
        return [row[0] for row in cursor.fetchall()]


def orders_with_cases(order_ids: Sequence[UUID], open_only: bool) -> set[UUID]:
    """Which of these orders have a case (or an open one)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT order_id FROM cases_case WHERE order_id = ANY (%s) AND (NOT %s OR closed_at IS NULL)",
            [list(order_ids), open_only],
        )
        return {row[0] for row in cursor.fetchall()}
