"""The prover and the engine read rules alike: what the solver finds is built as an order and given to the engine."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pytest

from makewhole.core.rulebook.assess import check_claim
from makewhole.core.rulebook.compile import Ready, program_for
from makewhole.core.rulebook.derive import DERIVED
from makewhole.core.rulebook.fill import known, told
from makewhole.core.rulebook.prove.claim import READ_FROM_ORDER, SINGLE
from makewhole.core.rulebook.prove.realise import CLAIMED, Builder, Example
from makewhole.core.rulebook.prove.rules import Together
from makewhole.core.rulebook.prove.search import Space
from makewhole.core.rulebook.prove.spans import reasons_of, spans
from makewhole.core.rulebook.rule import Grant, Presumption, PromiseDefault, Rule, Rulebook
from makewhole.core.words import Head
from makewhole.rooms.rulebooks import queries
from tests.core.rulebook.books import RULEBOOKS, real_book

MARKETS = queries.markets(RULEBOOKS)
STATES = ("holds", "may_hold", "late", "early")


@lru_cache(maxsize=8)
def _space(market: str) -> Space:
    return Space(real_book(market))


def test_every_fact_of_the_order_is_read_by_the_prover_too() -> None:
    assert frozenset(DERIVED) == READ_FROM_ORDER


@pytest.mark.parametrize("market", MARKETS)
def test_each_rule_stands_with_the_engine_as_the_solver_says(market: str) -> None:
    space, tried = _space(market), 0
    for rule in space.book.rules:
        if isinstance(rule.outcome, PromiseDefault) or not rule.when:
            continue
        for state in STATES:
            found = _example(space, rule, state)
            if found is not None:
                assert _by_engine(space.book, found, rule)[state], (rule.id, state, found)
                tried += 1
    assert tried > len(space.book.rules) / 2


def _example(space: Space, rule: Rule, state: str) -> Example | None:
    """An order and a claim under which the solver says that the rule stands so."""
    reasons, claim = reasons_of(space.book, (rule,)), space.claim
    view = space.told if isinstance(rule.outcome, Presumption) else space.settled
    span = next(span for span in _spans(space.book, reasons) if rule in span.rules)
    wanted = [
        claim.placed_between(*span.days), claim.now.day <= span.last_day, claim.under(reasons, span.rules),
        space.views(span.rules), getattr(view.standing(rule), state),
    ]  # fmt: skip
    model = space.find(wanted)
    return None if model is None else Builder(claim, model).example(reasons, span.rules)


def _spans(book: Rulebook, reasons: Any) -> Iterator[Any]:
    return spans(book, lambda rule: rule.concerns(frozenset(reasons)))


def _by_engine(book: Rulebook, example: Example, rule: Rule) -> dict[str, bool]:
    """How the compiled rules say that the rule stands."""
    claim = example.claim
    program = program_for(book, example.order.placed_at, example.now, claim.reasons)
    (line,) = check_claim(book, example.order, claim)
    facts = known(program, told(program, claim), example.order, line, example.now, example.now, book.calendar)
    bits, _ends = program.matching.run(facts.values, book.calendar.local(example.now))
    readies: list[Ready[Any]] = [one for kind in program.kinds for one in kind]
    ready = next(one for one in readies if one.rule == rule)
    if isinstance(rule.outcome, Presumption):
        bits = facts.presuming_bits
    late = early = False
    if ready.signs is not None:
        late, early = bool(bits & ready.signs.late), bool(bits & ready.signs.early)
    return {"holds": ready.holds(bits), "may_hold": ready.may_hold(bits), "late": late, "early": early}


@pytest.mark.parametrize("market", MARKETS)
def test_each_grant_pays_with_the_engine_what_the_solver_reckons(market: str) -> None:
    space, tried = _space(market), 0
    for rule in space.book.rules:
        if not isinstance(rule.outcome, Grant) or not rule.outcome.amounts:
            continue
        for shape in (SINGLE, SINGLE + 1, SINGLE + 2):
            tried += _same_amounts(space, rule, rule.outcome, shape)
    assert tried > 20


def _same_amounts(space: Space, rule: Rule, grant: Grant, shape: int) -> int:
    reasons, claim = reasons_of(space.book, (rule,)), space.claim
    span = next(span for span in _spans(space.book, reasons) if rule in span.rules)
    rules = Together(space, space.settled, span.rules)
    granted = next(one for one in rules.grants if one.rule == rule)
    wanted = [
        claim.placed_between(*span.days), claim.under(reasons, span.rules), space.views(span.rules),
        claim.shape == shape, claim.price_minor > 1234, claim.freight_minor > 100, rules.certain(granted),
    ]  # fmt: skip
    model = space.find(wanted)
    if model is None:
        return 0
    builder = Builder(claim, model)
    plan = builder.example(reasons, span.rules).answer(space.book).plan(grant.remedy)
    paid = {due.head: due.full_minor for due in plan.dues} if plan is not None else {}
    for head, _, per_order in grant.amounts:
        reckoned = builder.number(rules.due(grant.remedy, head, per_order=per_order))
        if head is Head.GOODS:
            line = next(line for line in builder.example(reasons, span.rules).order.lines if line.id == CLAIMED)
            reckoned = min(reckoned, line.unit_price_minor * line.quantity)
        assert paid.get(head, 0) == reckoned, (rule.id, head, shape)
    return 1
