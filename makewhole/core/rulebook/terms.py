"""Terms of the procedure: which one holds for each step, and the steps each remedy takes.

Of several terms for one step the better one for the buyer holds: what others owe comes soonest, what the buyer owes
latest. A term for a remedy goes before the general one.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from makewhole.core.calendar import Deadline, MarketCalendar, TermUnit
from makewhole.core.rulebook.model import Term
from makewhole.core.rulebook.rule import Rule, TermRule
from makewhole.core.words import Party, Remedy, Step

_MONEY = (Step.RESPOND, Step.PAY, Step.SETTLE_REFUND)
_GOODS_OUT = (Step.RESPOND, Step.SEND_GOODS, Step.CONFIRM_RECEIPT)
_GOODS_BACK_AND_OUT = (Step.RESPOND, Step.SHIP_BACK, Step.INSPECT, Step.SEND_GOODS, Step.CONFIRM_RECEIPT)

STEPS_OF: Mapping[Remedy, tuple[Step, ...]] = {
    Remedy.RETURN_AND_REFUND: (Step.RESPOND, Step.SHIP_BACK, Step.INSPECT, Step.PAY, Step.SETTLE_REFUND),
    Remedy.REFUND_ONLY: _MONEY,
    Remedy.PARTIAL_REFUND: _MONEY,
    Remedy.EXCHANGE: _GOODS_BACK_AND_OUT,
    Remedy.RESHIP: _GOODS_OUT,
    Remedy.SUBSTITUTE: _GOODS_OUT,
    Remedy.REPAIR: _GOODS_BACK_AND_OUT,
    Remedy.COMPENSATION: _MONEY,
}
"""What each remedy asks for, in order, when nobody is silent and nothing is disputed."""

DEBTOR_OF: Mapping[Step, Party] = {
    Step.RESPOND: Party.MERCHANT,
    Step.SHIP_BACK: Party.BUYER,
    Step.INSPECT: Party.MERCHANT,
    Step.SEND_GOODS: Party.MERCHANT,
    Step.CONFIRM_RECEIPT: Party.BUYER,
    Step.PAY: Party.MERCHANT,
    Step.SETTLE_REFUND: Party.PLATFORM,
}

HOURS_ABOUT = {
    TermUnit.HOURS: 1.0, TermUnit.DAYS: 24.0, TermUnit.WORKING_DAYS: 24.0 * 7 / 5, TermUnit.MONTHS: 24.0 * 30.4,
    TermUnit.SERVICE_HOURS: 24.0 / 9,
}  # fmt: skip
"""About how long a unit is, to tell the shorter of two terms whatever the calendar says."""


class StepNode(NamedTuple):
    """One step after those before it in its remedy. `ends` gives the term's end from its start."""

    term: Term
    ends: Callable[[datetime], Deadline]


class TermSet(NamedTuple):
    """The terms of a claim, and for each remedy its steps as places in `nodes`; first steps are shared."""

    terms: tuple[Term, ...]
    nodes: tuple[StepNode, ...]
    steps: Mapping[Remedy, tuple[int, ...]]


def term_set(rules: Iterable[Rule], calendar: MarketCalendar) -> TermSet:
    """The terms that hold, of all that match."""
    best: dict[tuple[Step, Party, tuple[Remedy, ...]], Term] = {}
    for rule in rules:
        outcome = rule.outcome
        if isinstance(outcome, TermRule):
            term = Term(
                outcome.step,
                outcome.debtor,
                outcome.length,
                outcome.unit,
                outcome.on_silence,
                rule.id,
                outcome.remedies,
            )
            key = (term.step, term.debtor, term.remedies)
            if key not in best or better(term, best[key]):
                best[key] = term
    order = list(Step)
    terms = tuple(
        sorted(best.values(), key=lambda term: (order.index(term.step), bool(term.remedies), term.debtor, _rank(term)))
    )
    nodes: dict[tuple[Term, int], int] = {}
    steps: dict[Remedy, tuple[int, ...]] = {}
    for remedy, wanted in STEPS_OF.items():
        places: list[int] = []
        before = -1
        for step in wanted:
            found = _term_for(terms, step, remedy)
            if found is not None:
                before = nodes.setdefault((found, before), len(nodes))
                places.append(before)
        steps[remedy] = tuple(places)
    made = (StepNode(term, calendar.counter(term.length, term.unit)) for term, _before in nodes)
    return TermSet(terms, tuple(made), steps)


def about_hours(term: Term | TermRule) -> float:
    """About how long a term is, whatever the calendar says."""
    return term.length * HOURS_ABOUT[term.unit]


def better(term: Term | TermRule, other: Term | TermRule) -> bool:
    """Whether the first of two terms of one debtor is the better one for the buyer."""
    return _rank(term) < _rank(other)


def _rank(term: Term | TermRule) -> float:
    return -about_hours(term) if term.debtor is Party.BUYER else about_hours(term)


def _term_for(terms: Iterable[Term], step: Step, remedy: Remedy) -> Term | None:
    fitting = [term for term in terms if term.step is step and term.debtor is DEBTOR_OF[step]]
    special = [term for term in fitting if remedy in term.remedies]
    best = None
    for term in special or [term for term in fitting if not term.remedies]:
        if best is None or better(term, best):
            best = term
    return best
