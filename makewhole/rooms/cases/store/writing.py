"""Writing what was decided: cases, events, obligations and held units in one statement.

Everything travels as one JSON parameter with all rows of a decision, or of a batch of decisions.
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
from makewhole.rooms.cases.store.reading import StoredCase


class Written(NamedTuple):
    """One case's step to be stored. `before` is what was read; None when it is opened by these events."""

    before: StoredCase | None
    case: Case
    events: tuple[Event, ...]
    order: Order


_CASE = (
    "id uuid, merchant_id text, buyer_id text, order_id uuid, order_number text, title text, market text,"
    " currency text, stage text, reasons jsonb, opened_at timestamptz, closed_at timestamptz, outcome text,"
    " wanted_minor bigint, agreed_minor bigint, paid_minor bigint, advanced_minor bigint, next_step text,"
    " next_debtor text, next_due_at timestamptz, sequence int, seal text, state jsonb"
)
_GIVEN = f"{_CASE}, previous int, kept uuid[]"
_MOVED = (
    "stage", "closed_at", "outcome", "agreed_minor", "paid_minor", "advanced_minor", "next_step", "next_debtor",
    "next_due_at", "sequence", "state",
)  # fmt: skip
_NAMES = ", ".join(column.split()[0] for column in _CASE.split(", ") if not column.startswith("seal "))
_OBLIGATION = (
    "id uuid, case_id uuid, order_id uuid, merchant_id text, step text, debtor text, due_at timestamptz,"
    " on_silence text"
)
_OBLIGATION_NAMES = ", ".join(column.split()[0] for column in _OBLIGATION.split(", "))
_EVENT = (
    "case_id uuid, sequence int, merchant_id text, kind text, at timestamptz, role text, actor_id text, data jsonb,"
    " seal text"
)
_EVENT_NAMES = "case_id, sequence, merchant_id, kind, at, role, actor_id, data, seal"

_AROUND = f"""
     , owed AS (
        INSERT INTO cases_obligation ({_OBLIGATION_NAMES})
        SELECT {_OBLIGATION_NAMES}
          FROM jsonb_to_recordset((SELECT whole -> 'obligations' FROM doc)) AS o ({_OBLIGATION})
     ), happened AS (
        INSERT INTO cases_event ({_EVENT_NAMES})
        SELECT case_id, sequence, merchant_id, kind, at, role, actor_id, data, decode(seal, 'hex')
          FROM jsonb_to_recordset((SELECT whole -> 'events' FROM doc)) AS e ({_EVENT})
         ORDER BY e.case_id, e.sequence
     )
"""  # noqa: S608 - built of constants

_OPEN = f"""
WITH doc AS MATERIALIZED (SELECT %s::jsonb AS whole)
   , opened AS (
        INSERT INTO cases_case ({_NAMES}, agent_id, seal)
        SELECT {_NAMES}, '', decode(seal, 'hex')
          FROM jsonb_to_recordset((SELECT whole -> 'cases' FROM doc)) AS c ({_GIVEN})
        RETURNING id
     ), held AS (
        INSERT INTO cases_hold AS known (order_id, line_id, merchant_id, quantity, held)
        SELECT order_id, line_id, merchant_id, quantity, held
          FROM jsonb_to_recordset((SELECT whole -> 'holds' FROM doc))
            AS h (order_id uuid, line_id text, merchant_id text, quantity int, held int)
        ON CONFLICT (order_id, line_id) DO UPDATE SET held = known.held + excluded.held
     )
{_AROUND}
SELECT count(*) FROM opened
"""  # noqa: S608 - built of constants

_MOVE = f"""
WITH doc AS MATERIALIZED (SELECT %s::jsonb AS whole)
   , given AS (SELECT * FROM jsonb_to_recordset((SELECT whole -> 'cases' FROM doc)) AS c ({_GIVEN}))
   , moved AS (
        UPDATE cases_case c
           SET {", ".join(f"{name} = given.{name}" for name in _MOVED)}, seal = decode(given.seal, 'hex')
          FROM given WHERE c.id = given.id AND c.sequence = given.previous
        RETURNING c.id
     ), met AS (
        DELETE FROM cases_obligation o USING given WHERE o.case_id = given.id AND o.id <> ALL (given.kept)
     ), released AS (
        UPDATE cases_hold known SET held = known.held - h.held
          FROM jsonb_to_recordset((SELECT whole -> 'holds' FROM doc))
            AS h (order_id uuid, line_id text, merchant_id text, quantity int, held int)
         WHERE known.order_id = h.order_id AND known.line_id = h.line_id
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
    sent = [
        (_send(statement, group), len(group))
        for statement, group in (
            (_OPEN, [step for step in steps if step.before is None]),
            (_MOVE, [step for step in steps if step.before is not None]),
        )
        if group
    ]

    def written() -> None:
        for asked, wanted in sent:
            ((count,),) = asked.rows()
            if count != wanted:
                raise CaseMoved(f"{wanted - count} of {wanted} cases changed while they were decided on")

    return written


def _send(statement: str, steps: Sequence[Written]) -> prepared.Pending:
    document: dict[str, list[dict[str, Any]]] = {"cases": [], "obligations": [], "events": [], "holds": []}
    for step in steps:
        last = _events(step, document["events"])
        document["cases"].append(_case(step, last))
        document["obligations"] += _obligations(step)
        document["holds"] += _holds(step)
    return prepared.send(statement, [orjson.dumps(document).decode()])


def _events(step: Written, rows: list[dict[str, Any]]) -> bytes:
    previous = step.before.seal if step.before else b""
    for event in step.events:
        plain = write_data(event)
        previous = seal(previous, step.case.id, event, plain)
        rows.append(
            {
                "case_id": step.case.id,
                "sequence": event.sequence,
                "merchant_id": step.case.merchant_id,
                "kind": event.kind,
                "at": event.at,
                "role": event.role,
                "actor_id": event.actor_id,
                "data": plain,
                "seal": previous.hex(),
            }
        )
    return previous


def _case(step: Written, last: bytes) -> dict[str, Any]:
    case, order = step.case, step.order
    first = case.next_obligation
    kept = {obligation.id for obligation in case.obligations}
    before = {obligation.id for obligation in step.before.case.obligations} if step.before else set()
    return {
        "id": case.id,
        "merchant_id": case.merchant_id,
        "buyer_id": case.buyer_id,
        "order_id": case.order_id,
        "order_number": order.id,
        "title": order.line(case.lines[0].line_id).title[:500],
        "market": case.market,
        "currency": case.currency,
        "stage": case.stage,
        "reasons": case.reasons,
        "opened_at": case.opened_at,
        "closed_at": case.closed_at,
        "outcome": case.outcome or "",
        "wanted_minor": case.wanted.total_minor,
        "agreed_minor": case.agreed.total_minor if case.agreed else None,
        "paid_minor": sum(paid_by_case(case).values()),
        "advanced_minor": case.advanced_minor,
        "next_step": first.step if first else "",
        "next_debtor": first.debtor if first else "",
        "next_due_at": first.due_at if first else None,
        "sequence": case.sequence,
        "seal": last.hex(),
        "state": record.write(case),
        "previous": step.before.case.sequence if step.before else 0,
        "kept": sorted(kept & before),
    }


def _obligations(step: Written) -> Iterable[dict[str, Any]]:
    known = {obligation.id for obligation in step.before.case.obligations} if step.before else set()
    for obligation in step.case.obligations:
        if obligation.id not in known:
            yield {
                "id": obligation.id,
                "case_id": step.case.id,
                "order_id": step.case.order_id,
                "merchant_id": step.case.merchant_id,
                "step": obligation.step,
                "debtor": obligation.debtor,
                "due_at": obligation.due_at,
                "on_silence": obligation.on_silence,
            }


def _holds(step: Written) -> Iterable[dict[str, Any]]:
    """Units an opening takes, or a closing gives back."""
    closes = step.before is not None and step.before.case.is_open and not step.case.is_open
    if step.before is None or closes:
        for line in step.case.lines:
            yield {
                "order_id": step.case.order_id,
                "line_id": line.line_id,
                "merchant_id": step.case.merchant_id,
                "quantity": step.order.line(line.line_id).quantity,
                "held": line.quantity,
            }


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
