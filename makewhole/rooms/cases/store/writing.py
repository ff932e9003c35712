"""Writing what was decided: cases, events, obligations and held units in one statement.

All rows of a decision, or of a batch of decisions, travel as one array for each column: the database takes half as
long to read them as to read the same in JSON.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from makewhole.core.case import record
from makewhole.core.case.claim import paid_by_case
from makewhole.core.case.events import Event, seal, write_data
from makewhole.core.case.model import Case
from makewhole.core.order.model import Order
from makewhole.rooms import prepared
from makewhole.rooms.arrays import array, columns
from makewhole.rooms.cases.store.reading import StoredCase


class Written(NamedTuple):
    """One case's step to be stored. `before` is what was read; None when it is opened by these events."""

    before: StoredCase | None
    case: Case
    events: tuple[Event, ...]
    order: Order


_CASE = (
    "id uuid, merchant_id text, buyer_id text, order_id uuid, order_number text, title text, market text,"
    " currency text, reasons jsonb, opened_at timestamptz, wanted_minor bigint"
)
_MOVED = (
    "stage text, closed_at timestamptz, outcome text, agreed_minor bigint, paid_minor bigint, advanced_minor bigint,"
    " next_step text, next_debtor text, next_due_at timestamptz, sequence int, state jsonb"
)
_SEALED = "seal text"
_OBLIGATION = (
    "id uuid, case_id uuid, order_id uuid, merchant_id text, step text, debtor text, due_at timestamptz,"
    " on_silence text"
)
_EVENT = (
    "case_id uuid, sequence int, merchant_id text, kind text, at timestamptz, role text, actor_id text, data jsonb,"
    " seal text"
)
_HOLD = "order_id uuid, line_id text, merchant_id text, quantity int, held int"


def _names(columns: str) -> list[str]:
    return [column.split()[0] for column in columns.split(", ")]


def _rows(name: str, columns: str) -> str:
    """Rows given as one array for each column."""
    arrays = ", ".join(f"%s::{column.split()[1]}[]" for column in columns.split(", "))
    return f"unnest({arrays}) AS {name} ({', '.join(_names(columns))})"


_AROUND = f"""
     , owed AS (
        INSERT INTO cases_obligation ({", ".join(_names(_OBLIGATION))}) SELECT o.* FROM {_rows("o", _OBLIGATION)}
     ), happened AS (
        INSERT INTO cases_event ({", ".join(_names(_EVENT))})
        SELECT case_id, sequence, merchant_id, kind, at, role, actor_id, data, decode(seal, 'hex')
          FROM {_rows("e", _EVENT)} ORDER BY e.case_id, e.sequence
     )
"""  # noqa: S608 - built of constants

_OPEN = f"""
WITH opened AS (
        INSERT INTO cases_case (agent_id, {", ".join(_names(f"{_CASE}, {_MOVED}, {_SEALED}"))})
        SELECT '', {", ".join(_names(f"{_CASE}, {_MOVED}"))}, decode(seal, 'hex')
          FROM {_rows("c", f"{_CASE}, {_MOVED}, {_SEALED}")}
        RETURNING id
     ), held AS (
        INSERT INTO cases_hold AS known (order_id, line_id, merchant_id, quantity, held)
        SELECT h.* FROM {_rows("h", _HOLD)}
        ON CONFLICT (order_id, line_id) DO UPDATE SET held = known.held + excluded.held
     )
{_AROUND}
SELECT count(*) FROM opened
"""  # noqa: S608 - built of constants

_MOVE = f"""
WITH given AS MATERIALIZED (SELECT * FROM {_rows("c", f"id uuid, previous int, {_MOVED}, {_SEALED}")})
   , moved AS (
        UPDATE cases_case c
           SET {", ".join(f"{name} = given.{name}" for name in _names(_MOVED))}, seal = decode(given.seal, 'hex')
          FROM given WHERE c.id = given.id AND c.sequence = given.previous
        RETURNING c.id
     ), met AS (
        DELETE FROM cases_obligation o USING given WHERE o.case_id = given.id AND o.id <> ALL (%s::uuid[])
     ), released AS (
        UPDATE cases_hold known SET held = known.held - h.held
          FROM {_rows("h", _HOLD)} WHERE known.order_id = h.order_id AND known.line_id = h.line_id
     )
{_AROUND}
SELECT count(*) FROM moved
"""  # noqa: S608 - built of constants


class CaseMoved(RuntimeError):
    """A case changed between being read and being written: the order's lock was not held."""


def write(steps: Sequence[Written]) -> Callable[[], None]:
    """Store these steps, under the orders' locks that the caller holds. The result is to be called before the commit.

    Called, it raises CaseMoved when a case was changed by somebody else, and IntegrityError when units are held twice.
    """
    opened = [step for step in steps if step.before is None]
    moved = [step for step in steps if step.before is not None]
    sent = [(send(group), len(group)) for send, group in ((_send_opened, opened), (_send_moved, moved)) if group]

    def written() -> None:
        for asked, wanted in sent:
            ((count,),) = asked.rows()
            if count != wanted:
                raise CaseMoved(f"{wanted - count} of {wanted} cases changed while they were decided on")

    return written


def _send_opened(steps: Sequence[Written]) -> prepared.Pending:
    seals, around = _around(steps)
    cases = [(*_case(step), *_moved(step), last) for step, last in zip(steps, seals, strict=True)]
    return prepared.send(_OPEN, [*columns(cases), *_arrays(_HOLD, _holds(steps)), *around])


def _send_moved(steps: Sequence[Written]) -> prepared.Pending:
    seals, around = _around(steps)
    cases = [
        (step.case.id, step.before.case.sequence, *_moved(step), last)
        for step, last in zip(steps, seals, strict=True)
        if step.before is not None
    ]
    kept = [each.id for step in steps for each in step.case.obligations if each.id in _known(step)]
    return prepared.send(_MOVE, [*columns(cases), array(kept), *_arrays(_HOLD, _holds(steps)), *around])


def _around(steps: Sequence[Written]) -> tuple[list[str], list[str]]:
    """The hash of each step's last event, and the obligations and events to be added."""
    events: list[tuple[Any, ...]] = []
    seals = [_events(step, events) for step in steps]
    return seals, [*_arrays(_OBLIGATION, [row for step in steps for row in _obligations(step)]), *columns(events)]


def _arrays(names: str, rows: Sequence[tuple[Any, ...]]) -> list[str]:
    return columns(rows) if rows else [array(())] * len(_names(names))


def _events(step: Written, rows: list[tuple[Any, ...]]) -> str:
    previous = step.before.seal if step.before else b""
    case_id, merchant_id = step.case.id, step.case.merchant_id
    for event in step.events:
        plain = write_data(event)
        previous = seal(previous, case_id, event, plain)
        told = (event.sequence, merchant_id, event.kind, event.at, event.role, event.actor_id)
        rows.append((case_id, *told, _json(plain), previous.hex()))
    return previous.hex()


def _case(step: Written) -> tuple[Any, ...]:
    """What never changes of a case, as in `_CASE`."""
    case, order = step.case, step.order
    title = order.line(case.lines[0].line_id).title[:500]
    numbers = (case.id, case.merchant_id, case.buyer_id, case.order_id, order.id)
    return (*numbers, title, case.market, case.currency, _json(case.reasons), case.opened_at, case.wanted.total_minor)


def _moved(step: Written) -> tuple[Any, ...]:
    """What changes of a case, as in `_MOVED`."""
    case = step.case
    first = case.next_obligation
    amounts = (case.agreed.total_minor if case.agreed else None, sum(paid_by_case(case).values()), case.advanced_minor)
    following = (first.step, first.debtor, first.due_at) if first else ("", "", None)
    state = _json(record.write(case))
    return (case.stage, case.closed_at, case.outcome or "", *amounts, *following, case.sequence, state)


def _known(step: Written) -> set[str]:
    return {obligation.id for obligation in step.before.case.obligations} if step.before else set()


def _obligations(step: Written) -> Iterable[tuple[Any, ...]]:
    known = _known(step)
    of_case = (step.case.id, step.case.order_id, step.case.merchant_id)
    for each in step.case.obligations:
        if each.id not in known:
            yield (each.id, *of_case, each.step, each.debtor, each.due_at, each.on_silence)


def _holds(steps: Iterable[Written]) -> list[tuple[Any, ...]]:
    """Units an opening takes, or a closing gives back."""
    return [
        (step.case.order_id, line.line_id, step.case.merchant_id, step.order.line(line.line_id).quantity, line.quantity)
        for step in steps
        if step.before is None or (step.before.case.is_open and not step.case.is_open)
        for line in step.case.lines
    ]


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def assign(case_id: UUID, agent_id: str) -> str | None:
    """Give an open case to an agent unless another has it; the agent who has it afterwards, None without the case."""
    rows = prepared.run(
        "UPDATE cases_case SET agent_id = CASE WHEN agent_id = '' THEN %s ELSE agent_id END"
        " WHERE id = %s AND closed_at IS NULL RETURNING agent_id",
        [agent_id, case_id],
    )
    return rows[0][0] if rows else None


def release(case_id: UUID, agent_id: str) -> bool:
    """Take a case from the agent who has it; False when this agent has it not."""
    statement = "UPDATE cases_case SET agent_id = '' WHERE id = %s AND agent_id = %s RETURNING id"
    return bool(prepared.run(statement, [case_id, agent_id]))
