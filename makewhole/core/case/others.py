"""What the other cases of an order, and the shop's own refunds, take up of it: units, heads and amounts."""

from collections.abc import Iterable
from typing import NamedTuple

from makewhole.core.case.claim import owed, paid_by_case
from makewhole.core.case.model import Case, Outcome
from makewhole.core.order.model import Order
from makewhole.core.rulebook.model import WHOLE_ORDER, ClaimLine, Paid
from makewhole.core.words import Head, Party, Reason

DECIDED = frozenset(
    {Outcome.SETTLED, Outcome.RULED_FOR_BUYER, Outcome.RULED_IN_PART, Outcome.DISMISSED, Outcome.LEFT_OWING}
)
"""Outcomes after which the same matter on the same units is over."""

Place = tuple[str, Head]


class UnitsTaken(NamedTuple):
    """Units of a line taken up: `held` by open cases, `decided` by cases that had an outcome or taken back before."""

    held: int = 0
    decided: int = 0


def units_taken(line_id: str, order: Order, others: Iterable[Case]) -> UnitsTaken:
    """How many units of a line are taken up."""
    held = 0
    decided = sum(refund.quantity for refund in order.refunds if refund.line_id == line_id)
    for case in others:
        for line in case.lines:
            if line.line_id == line_id and case.is_open:
                held += line.quantity
            elif line.line_id == line_id and case.outcome in DECIDED:
                decided += line.quantity
    return UnitsTaken(held, decided)


def was_decided(line_id: str, reasons: Iterable[Reason], others: Iterable[Case]) -> bool:
    """Whether a case on this line had an outcome on one of these reasons."""
    asked = frozenset(reasons)
    return any(
        case.outcome in DECIDED and not asked.isdisjoint(case.reasons) and any(x.line_id == line_id for x in case.lines)
        for case in others
    )


def whole_order_heads(others: Iterable[Case]) -> frozenset[Head]:
    """Heads of the whole order that other open cases ask for or were given."""
    return frozenset(
        due.head
        for case in others
        if case.is_open
        for terms in (case.wanted, case.agreed)
        if terms is not None
        for due in terms.dues
        if due.line_id == WHOLE_ORDER
    )


def promised(others: Iterable[Case]) -> tuple[Paid, ...]:
    """What other open cases have agreed and not yet paid."""
    return tuple(
        Paid(due.line_id, due.head, due.amount_minor, due.payer)
        for case in others
        if case.is_open and (terms := owed(case)) is not None
        for due in terms.dues
    )


def paid_before(
    lines: Iterable[ClaimLine], order: Order, others: Iterable[Case], paid: Iterable[Paid]
) -> tuple[Paid, ...]:
    """What was paid on these units, and on the order as a whole.

    Left out is what went on other units of their lines: those of open cases, and, unless such units are claimed again,
    those of decided cases and those the shop took back. Money given for no unit in particular counts.
    """
    others = tuple(others)
    claimed = {line.line_id: line for line in lines}
    again = {line_id: line.first_unit < sum(units_taken(line_id, order, others)) for line_id, line in claimed.items()}
    elsewhere: dict[Place, int] = {}
    for case in others:
        for (line_id, head), minor in paid_by_case(case).items():
            if line_id in claimed and (case.is_open or not again[line_id]):
                elsewhere[line_id, head] = elsewhere.get((line_id, head), 0) + minor
    for refund in order.refunds:
        if refund.quantity and refund.line_id in claimed and not again[refund.line_id]:
            place = (refund.line_id, refund.head)
            elsewhere[place] = elsewhere.get(place, 0) + refund.amount_minor
    sums: dict[tuple[str, Head, Party], int] = {}
    for each in paid:
        if each.line_id in claimed or each.line_id == WHOLE_ORDER:
            other = min(each.amount_minor, elsewhere.get((each.line_id, each.head), 0))
            if other:
                elsewhere[each.line_id, each.head] -= other
            if each.amount_minor > other:
                key = (each.line_id, each.head, each.payer)
                sums[key] = sums.get(key, 0) + each.amount_minor - other
    return tuple(Paid(line_id, head, minor, payer) for (line_id, head, payer), minor in sums.items())
