"""The room's books as the checks walk them: a few hundred cases at a time, each with all its events."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.db import connection

from makewhole.core.case import record
from makewhole.core.case.events import Event, read_event
from makewhole.core.case.model import Case

BATCH = 500
LAG_MAX = timedelta(minutes=15)
"""How long after its due time the sweep may leave an obligation, by the newest event in the books."""


class WalkedCase(NamedTuple):
    """A case as stored, with its events, the plain form of each event's data, and their hashes."""

    case: Case
    seal: bytes
    events: tuple[Event, ...]
    plains: tuple[dict[str, object], ...]
    seals: tuple[bytes, ...]


class Unreadable(NamedTuple):
    """A case whose state or events are not of the written form."""

    id: UUID
    why: str


def count() -> int:
    """How many cases there are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_case")
        found: int = cursor.fetchone()[0]
    return found


def walk() -> Iterator[list[WalkedCase | Unreadable]]:
    """All cases in batches, in order of their ids."""
    after = UUID(int=0)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, state::text, seal FROM cases_case WHERE id > %s ORDER BY id LIMIT %s", [after, BATCH]
            )
            cases = cursor.fetchall()
            if not cases:
                return
            cursor.execute(
                "SELECT case_id, sequence, kind, at, role, actor_id, data::text, seal FROM cases_event"
                " WHERE case_id = ANY (%s) ORDER BY case_id, sequence",
                [[row[0] for row in cases]],
            )
            by_case: dict[UUID, list[tuple[Any, ...]]] = {row[0]: [] for row in cases}
            for row in cursor.fetchall():
                by_case[row[0]].append(row[1:])
        yield [read_walked(case_id, state, seal, by_case[case_id]) for case_id, state, seal in cases]
        after = cases[-1][0]


def read_walked(case_id: UUID, state: str, seal: bytes, rows: list[tuple[Any, ...]]) -> WalkedCase | Unreadable:
    try:
        plains = tuple(orjson.loads(row[5]) for row in rows)
        events = tuple(
            read_event(sequence, kind, at, role, actor_id, plain)
            for (sequence, kind, at, role, actor_id, *_), plain in zip(rows, plains, strict=True)
        )
        case = record.read(Case, orjson.loads(state))
    except (KeyError, TypeError, ValueError) as error:
        return Unreadable(case_id, repr(error))
    return WalkedCase(case, bytes(seal), events, plains, tuple(bytes(row[6]) for row in rows))


def count_stuck() -> tuple[int, int, str]:
    """Open cases, how many of them nobody owes anything on, and the first of those."""
    return run(
        """
        SELECT count(*), count(*) FILTER (WHERE stuck), coalesce(min(id::text) FILTER (WHERE stuck), '')
          FROM (SELECT c.id, c.next_due_at IS DISTINCT FROM
                       (SELECT min(o.due_at) FROM cases_obligation o WHERE o.case_id = c.id) AS stuck
                  FROM cases_case c WHERE c.closed_at IS NULL) AS looked_at
        """,
        [],
    )


def count_overdue() -> tuple[int, int, str]:
    """Open obligations, how many the sweep has left behind, and the case of the first of those."""
    return run(
        """
        WITH newest AS (SELECT max(at) AS at FROM cases_event)
        SELECT count(*), count(*) FILTER (WHERE late), coalesce(min(case_id::text) FILTER (WHERE late), '')
          FROM (SELECT o.case_id, o.due_at < newest.at - %s AS late FROM cases_obligation o, newest) AS looked_at
        """,
        [LAG_MAX],
    )


def count_overheld() -> tuple[int, int, str]:
    """Lines of orders with claimed units, how many do not hold what open cases claim, and the first order of those."""
    return run(
        """
        WITH claimed AS (
            SELECT c.order_id, line ->> 'line_id' AS line_id, sum((line ->> 'quantity')::int) AS held
              FROM cases_case c, jsonb_array_elements(c.state -> 'lines') AS line
             WHERE c.closed_at IS NULL GROUP BY 1, 2
        )
        SELECT count(*), count(*) FILTER (WHERE wrong), coalesce(min(order_id::text) FILTER (WHERE wrong), '')
          FROM (SELECT h.order_id, h.held <> coalesce(c.held, 0) AS wrong
                  FROM cases_hold h LEFT JOIN claimed c USING (order_id, line_id)) AS looked_at
        """,
        [],
    )


def run(statement: str, parameters: list[Any]) -> tuple[int, int, str]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        count, wrong, first = cursor.fetchone()
    return count, wrong, first
