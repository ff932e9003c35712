"""The prover and the engine read rules alike: what the solver finds is built as an order and given to the engine."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from typing import Any, get_args

import pytest
import z3

from makewhole.core.calendar import TermUnit
from makewhole.core.rulebook.assess import check_claim
from makewhole.core.rulebook.compile import program_for
from makewhole.core.rulebook.derive import DERIVED
from makewhole.core.rulebook.fill import known, told
from makewhole.core.rulebook.model import WHOLE_ORDER
from makewhole.core.rulebook.prove import amounts, claim, clashes, encode, ends, prove, reach, search
from makewhole.core.rulebook.prove.claim import LOST, READ_FROM_ORDER, SINGLE
from makewhole.core.rulebook.prove.encode import Standing
from makewhole.core.rulebook.prove.realise import CLAIMED, Builder, Example
from makewhole.core.rulebook.prove.rules import Together
from makewhole.core.rulebook.prove.search import Space
from makewhole.core.rulebook.prove.spans import Span, reasons_of, spans, within
from makewhole.core.rulebook.rule import (
    Base,
    Cap,
    Condition,
    Grant,
    Outcome,
    Presumption,
    PromiseDefault,
    Rule,
    Rulebook,
    Window,
)
from makewhole.core.words import Head, Reason
from makewhole.rooms.rulebooks import queries
from tests.core.rulebook.books import RULEBOOKS, real_book
from tests.core.rulebook.small_book import small_book

MARKETS = queries.markets(RULEBOOKS)
STATES = ("holds", "may_hold", "late", "early")
CASES_MAX = 120


@lru_cache(maxsize=8)
def _space(market: str) -> Space:
    return Space(real_book(market))


def test_every_fact_of_the_order_is_read_by_the_prover_too() -> None:
    assert frozenset(DERIVED) == READ_FROM_ORDER


def test_every_kind_of_the_format_is_known_to_the_prover() -> None:
    """A kind the format learns and the prover does not fails here, and loudly in every check."""
    kinds = set(get_args(Outcome))
    assert set(clashes._CLASHES) == set(reach._NEVER) == kinds
    assert set(encode._ENCODERS) == set(get_args(Condition))
    assert set(amounts._BASES) == set(Base)


@pytest.mark.parametrize(
    ("known", "kind", "said"),
    [
        (clashes._CLASHES, Grant, "the prover does not know how two outcomes of kind Grant rank"),
        (reach._NEVER, Cap, "the prover does not know when an outcome of kind Cap counts"),
        (encode._ENCODERS, Window, "the prover does not know conditions of kind Window"),
        (amounts._BASES, Base.PRICE, "the prover does not know amounts reckoned from price"),
        (claim._READ, "delivered", "the prover does not know how an order tells the fact delivered"),
        (claim._TIMES, "signed_at", "the prover does not know how an order tells the time signed_at"),
        (ends._DAYS, TermUnit.MONTHS, "the prover does not know terms in months"),
    ],
)
def test_what_the_prover_does_not_know_makes_the_book_unproven(
    known: dict[Any, Any], kind: Any, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(known, kind)
    told = [finding.problem().say("en") for finding in prove(small_book()).findings]
    assert any(said in line and "the book is not proven, so it cannot serve" in line for line in told)


def test_a_search_that_is_given_up_makes_the_book_unproven(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "_STEPS_MAX", 10)
    told = [finding.problem().say("zh") for finding in prove(small_book()).findings]
    assert any("证明器没能在限定步数内得出结论" in line for line in told)


@pytest.mark.parametrize("market", MARKETS)
def test_each_rule_stands_with_the_engine_as_the_solver_says(market: str) -> None:
    """For each rule and each way it can stand, an order under which the solver says so."""
    space, tried = _space(market), 0
    for rule in space.book.rules:
        if isinstance(rule.outcome, PromiseDefault) or not rule.when:
            continue
        reasons = reasons_of(space.book, (rule,))
        span = next(span for span in _spans(space.book, reasons) if rule in span.rules)
        for state in STATES:
            tried += _all_stand_as_said(space, reasons, span, getattr(_standing(space, rule), state))
    assert tried > len(space.book.rules) / 2


@pytest.mark.parametrize("market", MARKETS)
def test_all_rules_stand_with_the_engine_whatever_became_of_the_parcel(market: str) -> None:
    """Every reason, every fate of the parcel, and moments that fall on the very minute of each other."""
    space = _space(market)
    claim = space.claim
    due = [claim.event(name) for name in ("dispatch_due_at", "delivery_due_at")]
    moments = [claim.now, claim.signed, claim.dispatched]
    edges = [one.known & (one.at.total == moment.total) for one in due for moment in moments]
    edges += [z3.Not(claim.event("signed_at").known), claim.receipt_told, z3.BoolVal(True)]
    cases = list(product(space.book.reasons, range(LOST + 1), (False, True), edges))
    tried = 0
    for reason, history, completed, edge in cases[:: max(1, len(cases) // CASES_MAX)]:
        fate = z3.And(claim.history == history, claim.completed == completed, edge)
        span = list(_spans(space.book, (reason,)))[-1]
        tried += _all_stand_as_said(space, (reason,), span, fate)
    assert tried > CASES_MAX / 3


def _all_stand_as_said(space: Space, reasons: tuple[Reason, ...], span: Span, wanted: Any) -> bool:
    """Whether there is such an order; if so, every rule must stand on it as the solver says."""
    # Everything is said before the search: what a solution leaves open would be anything afterwards.
    claim, standings = space.claim, {rule: _standing(space, rule) for rule in span.rules}
    model = space.find([within(claim, span), claim.under(reasons, span.rules), space.views(span.rules), wanted])
    if model is None:
        return False
    builder = Builder(claim, model)
    example = builder.example(reasons, span.rules)
    by_engine = _by_engine(space.book, example)
    for rule in span.rules:
        if rule.when and not isinstance(rule.outcome, PromiseDefault):
            said = {state: builder.holds(getattr(standings[rule], state)) for state in STATES}
            assert by_engine[rule] == said, (rule.id, example)
    return True


def _standing(space: Space, rule: Rule) -> Standing:
    view = space.told if isinstance(rule.outcome, Presumption) else space.settled
    return view.standing(rule)


def _spans(book: Rulebook, reasons: Any) -> Iterator[Span]:
    return spans(book, lambda rule: rule.concerns(frozenset(reasons)))


def _by_engine(book: Rulebook, example: Example) -> dict[Rule, dict[str, bool]]:
    """How the compiled rules say that each rule stands."""
    claim = example.claim
    program = program_for(book, example.order.placed_at, example.now, claim.reasons)
    (line,) = check_claim(book, example.order, claim)
    facts = known(program, told(program, claim), example.order, line, example.now, example.now, book.calendar)
    bits, _ends = program.matching.run(facts.values, book.calendar.local(example.now))
    found: dict[Rule, dict[str, bool]] = {}
    for ready in (one for kind in program.kinds for one in kind):
        pattern = facts.presuming_bits if isinstance(ready.rule.outcome, Presumption) else bits
        late, early = (0, 0) if ready.signs is None else (ready.signs.late, ready.signs.early)
        found[ready.rule] = {
            "holds": ready.holds(pattern), "may_hold": ready.may_hold(pattern),
            "late": bool(pattern & late), "early": bool(pattern & early),
        }  # fmt: skip
    return found


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
        within(claim, span), claim.under(reasons, span.rules), space.views(span.rules),
        claim.shape == shape, claim.price_minor > 1234, claim.freight_minor > 100, rules.certain(granted),
    ]  # fmt: skip
    heads = dict.fromkeys((head, per_order) for head, _, per_order in grant.amounts)
    dues = {
        (head, WHOLE_ORDER if per_order else CLAIMED): rules.due(grant.remedy, head, per_order=per_order)
        for head, per_order in heads
    }
    model = space.find(wanted)
    if model is None:
        return 0
    builder = Builder(claim, model)
    plan = builder.example(reasons, span.rules).answer(space.book).plan(grant.remedy)
    paid = {(due.head, due.line_id): due.full_minor for due in plan.dues} if plan is not None else {}
    for (head, line_id), due in dues.items():
        reckoned = builder.number(due)
        if head is Head.GOODS:
            line = next(line for line in builder.example(reasons, span.rules).order.lines if line.id == CLAIMED)
            reckoned = min(reckoned, line.unit_price_minor * line.quantity)
        assert paid.get((head, line_id), 0) == reckoned, (rule.id, head, shape)
    return 1
