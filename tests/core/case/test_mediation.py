"""Before the platform: both sides heard, rules and facts decide, one appeal."""

import pytest

from makewhole.core.case import commands as c
from makewhole.core.case.events import EventKind
from makewhole.core.case.model import SYSTEM, Finding, Outcome
from makewhole.core.case.tell import tell
from makewhole.core.words import Head, Party, Reason, Remedy, Stage
from tests.core.case.play import AGENT, BUYER, MERCHANT, SECOND_AGENT, Play, Refused, shanghai

MISSING, REFUND = Reason.ITEM_MISSING, Remedy.REFUND_ONLY
ABSENT = (Finding("item_absent", True, "The parcel weighed 300 g too little.", ()),)
PRESENT = (Finding("item_absent", False, "The packing video shows it.", ()),)
FOR_BUYER = c.Rule(findings=ABSENT, reasons="The weight shows it.", proposal=c.Proposal(remedy=REFUND))
DISMISSED = c.Rule(findings=PRESENT, reasons="The video shows it.")


def code(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.refusal.code


@pytest.fixture
def play() -> Play:
    """A case the merchant refused and the buyer took to the platform."""
    play = Play()
    play.open(MISSING, REFUND)
    play.give(MERCHANT, c.RefuseClaim(note="It was in the box."))
    play.give(BUYER, c.Escalate(note="It was not."))
    return play


def heard(play: Play) -> Play:
    play.give(BUYER, c.FinishEvidence())
    play.give(MERCHANT, c.FinishEvidence())
    return play


def ruled(play: Play, command: c.Rule = FOR_BUYER) -> Play:
    heard(play).give(AGENT, command)
    return play


def test_both_sides_are_heard_in_one_round_with_one_deadline(play: Play) -> None:
    assert play.waits_for() == {"buyer: give_evidence", "merchant: give_evidence"}
    assert play.case is not None
    assert {shanghai(each.due_at) for each in play.case.obligations} == {"03-04 18:00"}


def test_trap_33_a_file_from_one_side_only_never_blocks_the_ruling(play: Play) -> None:
    play.give(BUYER, c.SubmitEvidence(note="The tape was torn."))
    play.give(BUYER, c.FinishEvidence())
    assert play.waits_for() == {"merchant: give_evidence"}
    play.silence()
    assert play.waits_for() == {"platform: rule"}
    play.give(AGENT, FOR_BUYER)
    assert play.waits_for() == {"buyer: appeal", "merchant: appeal"}


def test_the_agent_asks_once_more_and_then_rules(play: Play) -> None:
    heard(play)
    ask = c.RequestEvidence(parties=(Party.MERCHANT,), question="Is there a packing video?")
    play.give(AGENT, ask)
    assert play.waits_for() == {"merchant: give_evidence"}
    play.silence()
    with pytest.raises(Refused) as refused:
        play.give(AGENT, ask)
    assert code(refused) == "not_allowed"


def test_rules_and_facts_that_settle_it_rule_at_once() -> None:
    play = Play()
    play.open(Reason.PARCEL_LOST, REFUND)
    play.give(MERCHANT, c.RefuseClaim(note="It was delivered."))
    case = play.give(BUYER, c.Escalate())
    (ruling,) = case.rulings
    assert (ruling.by, ruling.findings) == (SYSTEM.id, (Finding("parcel_lost", True, "presumed", ()),))
    assert ruling.rule_ids[0] == "demo-lost-refund"
    assert play.waits_for() == {"buyer: appeal", "merchant: appeal"}


def test_a_presumption_the_other_side_has_contested_with_exhibits_is_looked_at() -> None:
    play = Play()
    play.open(Reason.PARCEL_LOST, REFUND)
    play.give(MERCHANT, c.SubmitEvidence(exhibit_ids=("e-1",), note="The courier's picture of the door."))
    play.give(MERCHANT, c.RefuseClaim(note="It was delivered."))
    case = play.give(BUYER, c.Escalate())
    assert case.rulings == ()
    assert play.waits_for() == {"buyer: give_evidence", "merchant: give_evidence"}


def test_a_ruling_nobody_appeals_becomes_final_and_is_paid(play: Play) -> None:
    ruled(play)
    play.silence()
    assert play.case is not None
    assert play.case.payments[0].total_minor == 10_000
    assert play.settle().outcome is Outcome.RULED_FOR_BUYER


def test_both_sides_may_accept_a_ruling_early(play: Play) -> None:
    ruled(play)
    play.give(BUYER, c.AcceptRuling())
    assert play.waits_for() == {"merchant: appeal"}
    play.give(MERCHANT, c.AcceptRuling())
    assert play.waits_for() == {"platform: settle_refund"}


def test_a_dismissed_case_closes_with_its_reasons(play: Play) -> None:
    ruled(play, DISMISSED)
    case = play.silence()
    assert (case.outcome, case.payments) == (Outcome.DISMISSED, ())
    ruling = next(event for event in play.events if event.kind is EventKind.RULED)
    assert "The packing video shows it." in tell(ruling, "CNY").detail.en


def test_trap_36_a_ruling_says_rule_facts_and_sums(play: Play) -> None:
    ruled(play)
    ruling = next(event for event in play.events if event.kind is EventKind.RULED)
    told = tell(ruling, "CNY")
    assert "¥100.00" in told.title.en
    assert told.detail.en.splitlines() == [
        "Found: the item was not in the parcel = yes (The parcel weighed 300 g too little.)",
        "Reasons: The weight shows it.",
        "Rules: demo-missing-refund",
    ]


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (c.Rule(findings=(), reasons="So.", proposal=c.Proposal(remedy=REFUND)), "facts_open"),
        (c.Rule(findings=ABSENT, reasons=" ", proposal=c.Proposal(remedy=REFUND)), "reasons_missing"),
        (c.Rule(findings=PRESENT, reasons="So.", proposal=c.Proposal(remedy=REFUND)), "beyond_rules"),
        (c.Rule(findings=ABSENT, reasons="So.", proposal=c.Proposal(remedy=Remedy.REPAIR)), "beyond_rules"),
        (
            c.Rule(findings=ABSENT, reasons="So.", proposal=c.Proposal(remedy=REFUND, amount_minor=10_001)),
            "more_than_due",
        ),
        (
            c.Rule(
                findings=ABSENT, reasons="So.", proposal=c.Proposal(remedy=REFUND, amount_minor=30_000),
                beyond_reason="Both teapots were missing.",
            ),
            "more_than_due",
        ),
        (c.Rule(findings=(Finding("no_such", True, "x", ()),), reasons="So."), "fact_unknown"),
        (c.Rule(findings=(Finding("item_absent", 3, "x", ()),), reasons="So."), "fact_unknown"),
        (c.Rule(findings=(Finding("item_absent", True, " ", ()),), reasons="So."), "why_missing"),
        (c.Rule(findings=(Finding("item_absent", True, "x", ("e-9",)),), reasons="So."), "exhibit_unknown"),
        (c.Rule(findings=ABSENT + ABSENT, reasons="So."), "fact_twice"),
    ],
)  # fmt: skip
def test_a_ruling_stays_within_its_findings_and_the_rules(play: Play, command: c.Rule, refusal: str) -> None:
    with pytest.raises(Refused) as refused:
        heard(play).give(AGENT, command)
    assert code(refused) == refusal


def test_beyond_the_rules_needs_a_reason_and_stays_under_the_cap(play: Play) -> None:
    beyond = c.Rule(
        findings=ABSENT,
        reasons="Both were missing, as the weight shows.",
        proposal=c.Proposal(remedy=REFUND, dues=(c.Asked("1", Head.GOODS, 20_000),)),
        beyond_reason="The buyer noticed the second only later.",
    )
    ruled(play, beyond)
    play.silence()
    assert play.settle().outcome is Outcome.RULED_FOR_BUYER
    assert play.purse.paid == {("1", Head.GOODS): 20_000}


def test_findings_carry_a_remedy_the_claim_did_not_name(play: Play) -> None:
    ruled(play, c.Rule(findings=ABSENT, reasons="So.", proposal=c.Proposal(remedy=Remedy.RESHIP)))
    play.silence()
    assert play.waits_for() == {"merchant: send_goods"}
    play.give(MERCHANT, c.SendGoods(carrier="SF", tracking_number="1"))
    assert play.silence().outcome is Outcome.RULED_IN_PART


def test_an_appeal_hears_the_other_side_and_goes_to_another_agent(play: Play) -> None:
    ruled(play)
    case = play.give(MERCHANT, c.Appeal(grounds="We found the packing video."))
    assert case.stage is Stage.APPEAL
    assert play.waits_for() == {"buyer: give_evidence"}
    play.silence()
    assert play.waits_for() == {"platform: rule_appeal"}
    second = c.RuleAppeal(findings=PRESENT, reasons="The video shows it.")
    with pytest.raises(Refused) as refused:
        play.give(AGENT, second)
    assert code(refused) == "not_allowed"
    assert play.give(SECOND_AGENT, second).outcome is Outcome.DISMISSED


def test_a_ruling_on_appeal_is_final_at_once(play: Play) -> None:
    ruled(play, DISMISSED)
    play.give(BUYER, c.Appeal(grounds="The carrier weighed it."))
    play.give(MERCHANT, c.FinishEvidence())
    play.give(SECOND_AGENT, c.RuleAppeal(findings=ABSENT, reasons="So.", proposal=c.Proposal(remedy=REFUND)))
    assert play.waits_for() == {"platform: settle_refund"}


def test_who_accepted_the_ruling_cannot_appeal_it(play: Play) -> None:
    ruled(play)
    play.give(BUYER, c.AcceptRuling())
    with pytest.raises(Refused) as refused:
        play.give(BUYER, c.Appeal(grounds="Yet…"))
    assert code(refused) == "not_now"


def test_the_merchant_may_give_in_while_the_platform_hears(play: Play) -> None:
    play.give(MERCHANT, c.AcceptClaim())
    assert play.settle().outcome is Outcome.SETTLED


def test_a_contested_return_is_ruled_on_with_the_goods_where_they_are() -> None:
    play = Play()
    play.open(Reason.QUALITY, Remedy.RETURN_AND_REFUND)
    play.give(MERCHANT, c.AcceptClaim())
    play.give(BUYER, c.ShipBack(carrier="SF", tracking_number="1"))
    play.give(MERCHANT, c.ContestReturn(note="The lid is missing."))
    heard(play)
    defective = (Finding("goods_defective", True, "The spout is cracked.", ()),)
    half = c.Proposal(remedy=Remedy.RETURN_AND_REFUND, amount_minor=6_000)
    play.give(AGENT, c.Rule(findings=defective, reasons="The lid was lost on the way.", proposal=half))
    play.silence()
    assert play.waits_for() == {"platform: settle_refund"}
    assert play.settle().outcome is Outcome.RULED_IN_PART


def test_an_agent_who_is_late_is_reminded_of_and_the_case_stays(play: Play) -> None:
    heard(play)
    assert play.case is not None
    before = play.case.next_obligation
    play.silence()
    after = play.case.next_obligation
    assert before is not None
    assert after is not None
    assert after.step is before.step
    assert after.due_at > before.due_at


def test_trap_32_a_silent_party_never_stalls_a_case_and_no_two_clocks_contradict() -> None:
    play = Play()
    play.open(MISSING, REFUND)
    play.give(MERCHANT, c.RefuseClaim(note="It was in the box."))
    play.give(BUYER, c.Escalate())
    waits = [sorted(play.waits_for())]
    for _ in range(3):
        play.silence()
        waits.append(sorted(play.waits_for()))
    assert waits == [
        ["buyer: give_evidence", "merchant: give_evidence"],
        ["platform: rule"],
        ["platform: rule"],
        ["platform: rule"],
    ]
