"""The rulebooks that are shipped, played: every remedy they give goes from opening to its end by silence alone."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest

from makewhole.core.case import commands as c
from makewhole.core.case.clocks import SILENCE_OF
from makewhole.core.case.decide import would_give
from makewhole.core.case.decision import Refusal
from makewhole.core.case.model import Finding, Outcome
from makewhole.core.facts import FACTS, FactName, FactType, FactValue
from makewhole.core.order.model import Order
from makewhole.core.rulebook.model import ClaimLine
from makewhole.core.rulebook.rule import Rulebook, TermRule
from makewhole.core.words import SENDS_GOODS, Head, Party, Reason, Remedy, Step
from makewhole.rooms.rulebooks import queries as rulebooks
from tests.core.case import play as stage
from tests.core.case.play import AGENT, BUYER, MERCHANT, START, Play, an_order

SHIPPED = Path(__file__).parents[3] / "rulebooks"
MARKETS = rulebooks.markets(SHIPPED)
TELLS: dict[FactType, FactValue] = {
    FactType.YES_NO: True,
    FactType.COUNT: 10,
    FactType.AMOUNT: 500,
    FactType.TIME: (START - timedelta(days=1)).isoformat(),
    FactType.PATH: "home",
}
LINES = (ClaimLine("1", 1),)


def of_market(book: Rulebook, sent: bool, late: bool) -> Order:
    order = an_order(dispatched=sent, late=late)
    promises = order.promises if sent else order.promises._replace(dispatch_by=START - timedelta(days=1))
    return order._replace(market=book.market, currency=book.currency, promises=promises)


def claims(order: Order, reason: Reason) -> Iterator[c.OpenCase]:
    """A claim for each remedy given: with nothing told, and with every question answered and a loss told."""
    context, told = Play(order).context(BUYER), ()
    for _ in range(2):
        answer = would_give(context, (reason,), LINES, told, START)
        if isinstance(answer, Refusal):
            return
        for plan in answer.plans:
            if plan.dues or plan.remedy in SENDS_GOODS:
                proposal = c.Proposal(remedy=plan.remedy)
                yield c.OpenCase(reasons=(reason,), lines=LINES, proposal=proposal, facts=told)
        told = tuple((question.fact, _told(FACTS[question.fact])) for question in answer.questions)
        told += (("loss_minor", TELLS[FactType.AMOUNT]),)


def _told(entry: FactName) -> FactValue:
    return entry.choices[0] if entry.type is FactType.CHOICE else TELLS[entry.type]


@pytest.fixture(params=MARKETS)
def book(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Rulebook:
    shipped = rulebooks.book(request.param, SHIPPED)
    monkeypatch.setattr(stage, "book", lambda: shipped)
    return shipped


def test_every_term_sets_a_silence_the_case_knows(book: Rulebook) -> None:
    terms = [rule.outcome for rule in book.rules if isinstance(rule.outcome, TermRule)]
    assert {term.step for term in terms} == set(SILENCE_OF)
    for term in terms:
        assert term.on_silence in SILENCE_OF[term.step], f"{term.step}: {term.on_silence}"


def test_every_remedy_given_ends_by_silence_alone(book: Rulebook) -> None:
    ended = set()
    for reason, sent, late in product(book.reasons, (True, False), (True, False)):
        order = of_market(book, sent, late)
        for command in claims(order, reason):
            play = Play(order)
            case = play.give(BUYER, command)
            for _ in range(20):
                if case.is_open:
                    case = play.settle() if case.awaited else play.silence()
            assert case.outcome in (Outcome.SETTLED, Outcome.LAPSED), f"{reason}: {command.proposal.remedy}"
            ended.add((reason, command.proposal.remedy))
    assert {reason for reason, _ in ended} == set(book.reasons)


def of_china(monkeypatch: pytest.MonkeyPatch, remedy: Remedy, **told: FactValue) -> Play:
    """A claim on a fake under the Chinese book."""
    shipped = rulebooks.book("cn", SHIPPED)
    monkeypatch.setattr(stage, "book", lambda: shipped)
    play = Play(of_market(shipped, sent=True, late=False))
    proposal = c.Proposal(remedy=remedy)
    facts = tuple(told.items())
    play.give(BUYER, c.OpenCase(reasons=(Reason.COUNTERFEIT,), lines=LINES, proposal=proposal, facts=facts))
    return play


def test_silence_grants_the_refund_of_a_fake_but_no_multiple_of_its_price(monkeypatch: pytest.MonkeyPatch) -> None:
    play = of_china(monkeypatch, Remedy.RETURN_AND_REFUND)
    asked = {due.head: due.by_court for due in play.case.demand.dues}  # type: ignore[union-attr]
    assert asked[Head.STATUTORY]
    case = play.silence()
    assert case.agreed is not None
    assert {due.head for due in case.agreed.dues} == set(asked) - {Head.STATUTORY}


def test_the_merchants_own_word_grants_the_multiple(monkeypatch: pytest.MonkeyPatch) -> None:
    play = of_china(monkeypatch, Remedy.RETURN_AND_REFUND)
    case = play.give(MERCHANT, c.AcceptClaim())
    assert case.agreed is not None
    assert Head.STATUTORY in {due.head for due in case.agreed.dues}


def test_silence_on_a_multiple_alone_is_no_agreement_and_the_buyer_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    play = of_china(monkeypatch, Remedy.COMPENSATION)
    case = play.silence()
    assert case.agreed is None
    assert [each.step for each in case.obligations] == [Step.REVISE_OR_ESCALATE]
    case = play.give(BUYER, c.Escalate())
    assert not case.rulings, "what is not for the platform to rule on is never ruled on automatically"


def test_an_agent_awards_a_loss_but_no_multiple_unless_beyond_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    play = of_china(monkeypatch, Remedy.COMPENSATION, loss_minor=8000)
    play.give(MERCHANT, c.RefuseClaim(note="真品"))
    case = play.give(BUYER, c.Escalate())
    while case.obligation(Step.RULE, Party.PLATFORM) is None:
        case = play.silence()
    findings = tuple(Finding(fact, True, "seen", ()) for fact in ("goods_counterfeit", "merchant_deceived"))
    findings += (Finding("loss_minor", 8000, "receipts", ()),)
    proposal = c.Proposal(remedy=Remedy.COMPENSATION)
    rule = c.Rule(findings=findings, reasons="Fake, and the loss is shown.", proposal=proposal)
    ruling = play.give(AGENT, rule).rulings[-1]
    assert ruling.terms is not None
    assert {due.head: due.amount_minor for due in ruling.terms.dues} == {Head.DAMAGES: 8000}
