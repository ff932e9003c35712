"""Nobody rules on a lesser right while a better one of the same remedy hangs on a fact that is not known."""

import pytest

from makewhole.core.case import commands as c
from makewhole.core.case.model import Finding
from makewhole.core.words import Reason, Remedy, Step
from tests.core.case import play as stage
from tests.core.case.play import AGENT, BUYER, MERCHANT, Play, Refused, an_order
from tests.core.rulebook.books import rule
from tests.core.rulebook.small_book import small_book

TENTH = "amounts: [{head: goods, of: price, rate: 10%}]}"
HALF = "amounts: [{head: goods, of: price, rate: 50%}]}"
SURE = {"law-missing": rule("law-missing", f"grant: {{remedy: refund_only, {TENTH}", reasons="[item_missing]")}
BETTER = {
    "law-spoiled": rule(
        "law-spoiled",
        f"when: {{spoiled_percent: {{above: 30}}}}\ngrant: {{remedy: refund_only, {HALF}",
        reasons="[item_missing]",
    )
}


def escalated(monkeypatch: pytest.MonkeyPatch, law: dict[str, str]) -> Play:
    """A claim the merchant refused and the buyer took to the platform."""
    monkeypatch.setattr(stage, "book", lambda: small_book(law))
    play = Play(an_order()._replace(market="cn"))
    play.open(Reason.ITEM_MISSING, Remedy.REFUND_ONLY)
    play.give(MERCHANT, c.RefuseClaim(note="It was in the box."))
    play.give(BUYER, c.Escalate())
    return play


def test_a_certain_right_alone_is_ruled_on_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    case = escalated(monkeypatch, SURE).case
    assert case is not None
    assert [ruling.by for ruling in case.rulings] == ["system"]


def test_with_a_better_one_open_somebody_looks_and_must_find_on_its_fact(monkeypatch: pytest.MonkeyPatch) -> None:
    play = escalated(monkeypatch, SURE | BETTER)
    assert play.case is not None
    assert not play.case.rulings
    while play.case.obligation(Step.RULE) is None:
        play.silence()
    proposal = c.Proposal(remedy=Remedy.REFUND_ONLY)
    with pytest.raises(Refused) as refused:
        play.give(AGENT, c.Rule(findings=(), reasons="The box was opened.", proposal=proposal))
    assert refused.value.refusal.code == "facts_open"
    found = (Finding("spoiled_percent", 40, "Two photos show it.", ()),)
    ruling = play.give(AGENT, c.Rule(findings=found, reasons="As found.", proposal=proposal)).rulings[-1]
    assert ruling.terms is not None
    assert ruling.terms.total_minor == 5000
    assert "law-spoiled" in ruling.rule_ids
