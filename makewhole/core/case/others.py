"""What the other cases of an order mean for one of them: units taken up, heads claimed, amounts promised."""

from collections.abc import Iterable

from makewhole.core.case.claim import owed
from makewhole.core.case.decision import UnitsTaken
from makewhole.core.case.model import Case, Outcome
from makewhole.core.rulebook.model import WHOLE_ORDER, Paid
from makewhole.core.words import Head, Reason

DECIDED = frozenset({Outcome.SETTLED, Outcome.RULED_FOR_BUYER, Outcome.RULED_IN_PART, Outcome.DISMISSED})
"""Outcomes after which the same matter on the same units is over."""


def units_taken(cases: Iterable[Case]) -> dict[str, UnitsTaken]:
    """Units by line: held by open cases, and taken up by those that ended with an outcome."""
    taken: dict[str, UnitsTaken] = {}
    for case in cases:
        for line in case.lines:
            known = taken.get(line.line_id, UnitsTaken())
            if case.is_open:
                taken[line.line_id] = known._replace(held=known.held + line.quantity)
            elif case.outcome in DECIDED:
                taken[line.line_id] = known._replace(decided=known.decided + line.quantity)
    return taken


def promised(cases: Iterable[Case]) -> tuple[Paid, ...]:
    """What open cases have agreed and not yet paid."""
    return tuple(
        Paid(due.line_id, due.head, due.amount_minor, due.payer)
        for case in cases
        if case.is_open and (terms := owed(case)) is not None
        for due in terms.dues
    )


def claimed_whole_order(cases: Iterable[Case]) -> frozenset[Head]:
    """Heads of the whole order that other open cases ask for or were given."""
    return frozenset(
        due.head
        for case in cases
        if case.is_open
        for terms in (case.wanted, case.agreed)
        if terms is not None
        for due in terms.dues
        if due.line_id == WHOLE_ORDER
    )


def decided(cases: Iterable[Case]) -> frozenset[tuple[str, Reason]]:
    """Lines and reasons on which there was an outcome."""
    return frozenset(
        (line.line_id, reason)
        for case in cases
        if case.outcome in DECIDED
        for line in case.lines
        for reason in case.reasons
    )
