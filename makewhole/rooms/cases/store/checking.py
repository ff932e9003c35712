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


_COLUMNS = (
    "merchant_id, buyer_id, order_id::text, market, currency, stage, opened_at, closed_at, outcome, wanted_minor,"
    " agreed_minor, paid_minor, advanced_minor, next_step, next_debtor, next_due_at, sequence"
)


class WalkedCase(NamedTuple):
    """A case as stored, with its events, the plain form of each event's data, and their hashes.

    `columns` repeat the state for lists and rights, in the order of `columns_of`; `obligations` are those the sweep
    sees, `heard_by` the merchants whose feeds the events are in.
    """

    case: Case
    seal: bytes
    events: tuple[Event, ...]
    plains: tuple[dict[str, object], ...]
    seals: tuple[bytes, ...]
    columns: tuple[Any, ...]
    obligations: frozenset[tuple[Any, ...]]
    heard_by: frozenset[str]


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
                f"SELECT id, state::text, seal, {_COLUMNS} FROM cases_case"  # noqa: S608 - built of constants
                " WHERE id > %s ORDER BY id LIMIT %s",
                [after, BATCH],
            )
            cases = cursor.fetchall()
            if not cases:
                return
            ids = [row[0] for row in cases]
            cursor.execute(
                "SELECT case_id, sequence, kind, at, role, actor_id, data::text, seal, merchant_id FROM cases_event"
                " WHERE case_id = ANY (%s) ORDER BY case_id, sequence",
                [ids],
            )
            events = _by_case(ids, cursor.fetchall())
            cursor.execute(
                "SELECT case_id, id::text, step, debtor, due_at, on_silence, merchant_id, order_id::text"
                " FROM cases_obligation WHERE case_id = ANY (%s)",
                [ids],
            )
            waits = _by_case(ids, cursor.fetchall())
        yield [
            read_walked(case_id, state, seal, tuple(columns), events[case_id], waits[case_id])
            for case_id, state, seal, *columns in cases
        ]
        after = ids[-1]


def _by_case(ids: list[UUID], rows: list[tuple[Any, ...]]) -> dict[UUID, list[tuple[Any, ...]]]:
    found: dict[UUID, list[tuple[Any, ...]]] = {each: [] for each in ids}
    for row in rows:
        found[row[0]].append(row[1:])
    return found


def read_walked(
    case_id: UUID,
    state: str,
    seal: bytes,
    columns: tuple[Any, ...],
    rows: list[tuple[Any, ...]],
    waits: list[tuple[Any, ...]],
) -> WalkedCase | Unreadable:
    try:
        plains = tuple(orjson.loads(row[5]) for row in rows)
        events = tuple(
            read_event(sequence, kind, at, role, actor_id, plain)
            for (sequence, kind, at, role, actor_id, *_), plain in zip(rows, plains, strict=True)
        )
        case = record.read(Case, orjson.loads(state))
    except (KeyError, TypeError, ValueError) as error:
        return Unreadable(case_id, repr(error))
    return WalkedCase(
        case, bytes(seal), events, plains, tuple(bytes(row[6]) for row in rows), columns, frozenset(waits),
        frozenset(row[7] for row in rows),
    )  # fmt: skip


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
    """Lines of orders with claimed units, how many do not hold what open cases claim, and the first order of those.

    A line nothing is held on although an open case claims it is among them.
    """
    return run(
        """
        WITH claimed AS (
            SELECT c.order_id, line ->> 'line_id' AS line_id, sum((line ->> 'quantity')::int) AS held
              FROM cases_case c, jsonb_array_elements(c.state -> 'lines') AS line
             WHERE c.closed_at IS NULL GROUP BY 1, 2
        )
        SELECT count(*), count(*) FILTER (WHERE wrong), coalesce(min(order_id::text) FILTER (WHERE wrong), '')
          FROM (SELECT order_id, coalesce(h.held, 0) <> coalesce(c.held, 0) AS wrong
                  FROM cases_hold h FULL JOIN claimed c USING (order_id, line_id)) AS looked_at
        """,
        [],
    )


def run(statement: str, parameters: list[Any]) -> tuple[int, int, str]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        count, wrong, first = cursor.fetchone()
    return count, wrong, first
