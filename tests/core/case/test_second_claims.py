"""Several claims on one order: units are claimed once, and a second time only for what is still due."""

from datetime import timedelta

import pytest

from makewhole.core.case import commands as c
from makewhole.core.case.model import Finding, Outcome
from makewhole.core.order.model import Refund
from makewhole.core.rulebook.model import ClaimLine
from makewhole.core.words import Head, Reason, Remedy
from tests.core.case.play import AGENT, BUYER, MERCHANT, START, Play, Purse, Refused, an_order

MISSING, QUALITY, LATE = Reason.ITEM_MISSING, Reason.QUALITY, Reason.LATE_DISPATCH
REFUND, RETURN = Remedy.REFUND_ONLY, Remedy.RETURN_AND_REFUND


def refunded(play: Play, quantity: int = 1, reason: Reason = MISSING) -> int:
    """Claim, have it accepted and settled; what was refunded."""
    play.open(reason, REFUND, quantity=quantity)
    play.give(MERCHANT, c.AcceptClaim())
    case = play.settle()
    assert case.outcome is Outcome.SETTLED
    play.put_away()
    return sum(payment.total_minor for payment in case.payments)


def test_trap_28_units_in_an_open_case_cannot_be_claimed_again() -> None:
    play = Play(an_order(quantities=(2,)))
    play.open(MISSING, REFUND, quantity=2)
    play.put_away()
    with pytest.raises(Refused) as refused:
        play.open(QUALITY, RETURN, quantity=1)
    assert refused.value.refusal.code == "units_taken"
    assert "2 are in another open case" in refused.value.refusal.what.en


def test_trap_10_several_claims_on_one_line_give_back_its_price_exactly_once() -> None:
    play = Play(an_order(quantities=(3,), price_minor=3_333))
    assert [refunded(play) for _ in range(3)] == [3_333, 3_333, 3_333]
    with pytest.raises(Refused) as refused:
        play.open(MISSING, REFUND)
    assert refused.value.refusal.code == "already_decided"


def test_trap_15_units_claimed_one_by_one_lose_no_cent() -> None:
    order = an_order(quantities=(3,), price_minor=3_334)
    line = order.lines[0]._replace(discount_minor=2)
    payment = order.payments[0]._replace(amount_minor=11_000)
    play = Play(order._replace(lines=(line,), payments=(payment,)))
    assert [refunded(play) for _ in range(3)] == [3_333, 3_333, 3_334]
    assert play.purse.paid == {("1", Head.GOODS): 10_000}


def test_units_of_a_withdrawn_case_are_free_again() -> None:
    play = Play(an_order(quantities=(1,)))
    play.open(MISSING, REFUND)
    play.give(BUYER, c.Withdraw())
    play.put_away()
    assert refunded(play) == 10_000


def test_a_second_claim_on_another_reason_gets_only_what_is_still_due() -> None:
    play = Play(an_order(quantities=(1,)))
    play.open(MISSING, REFUND)
    play.give(MERCHANT, c.MakeOffer(proposal=c.Proposal(remedy=Remedy.PARTIAL_REFUND, amount_minor=4_000)))
    play.give(BUYER, c.AcceptOffer())
    play.settle()
    play.put_away()
    case = play.open(QUALITY, RETURN)
    goods = [due.amount_minor for due in case.wanted.dues if due.head is Head.GOODS]
    assert goods == [6_000]


def test_who_asks_for_units_decided_is_told_how_many_were_not() -> None:
    play = Play(an_order(quantities=(4,)))
    refunded(play)
    with pytest.raises(Refused) as refused:
        play.open(MISSING, REFUND, quantity=4)
    assert refused.value.refusal.to_do.en == "3 others were not decided: choose 1 to 3"
    assert play.open(MISSING, REFUND, quantity=3).lines[0].quantity == 3


def test_what_a_ruling_dismissed_cannot_be_claimed_again_for_the_same_reason() -> None:
    play = Play(an_order(quantities=(1,)))
    play.open(MISSING, REFUND)
    play.give(MERCHANT, c.RefuseClaim(note="It was in the box."))
    play.give(BUYER, c.Escalate())
    play.silence()
    play.give(AGENT, c.Rule(findings=(Finding("item_absent", False, "Seen.", ()),), reasons="Seen on the video."))
    assert play.silence().outcome is Outcome.DISMISSED
    play.put_away()
    with pytest.raises(Refused) as refused:
        play.open(MISSING, REFUND)
    assert refused.value.refusal.code == "already_decided"
    assert play.open(QUALITY, RETURN).is_open


def test_one_lateness_compensation_per_order_however_many_cases() -> None:
    play = Play(an_order(quantities=(1, 1), late=True))
    late = c.OpenCase(
        reasons=(LATE,), lines=(ClaimLine("1", 1),), proposal=c.Proposal(remedy=Remedy.COMPENSATION)
    )  # fmt: skip
    play.give(BUYER, late)
    play.put_away()
    both = c.OpenCase(
        reasons=(LATE, MISSING), lines=(ClaimLine("2", 1),), proposal=c.Proposal(remedy=REFUND)
    )  # fmt: skip
    case = play.give(BUYER, both)
    assert [due.head for due in case.wanted.dues] == [Head.GOODS]
    play.put_away()
    play.take_up(0)
    play.give(MERCHANT, c.AcceptClaim())
    play.settle()
    play.take_up(0)
    with pytest.raises(Refused) as refused:
        play.give(MERCHANT, c.MakeOffer(proposal=c.Proposal(remedy=REFUND, dues=(c.Asked("*", Head.LATENESS, 1),))))
    assert refused.value.refusal.code == "more_than_due"


def test_trap_07_what_is_promised_but_not_yet_paid_bounds_other_cases_too() -> None:
    play = Play(an_order(quantities=(2,)), Purse(escrow=0))
    play.open(MISSING, REFUND)
    play.give(MERCHANT, c.AcceptClaim())
    assert play.waits_for() == {"merchant: pay"}
    play.put_away()
    play.open(MISSING, REFUND)
    play.give(MERCHANT, c.RefuseClaim(note="It was in the box."))
    play.give(BUYER, c.Escalate())
    play.silence()
    absent = (Finding("item_absent", True, "Weighed.", ()),)
    everything = c.Proposal(remedy=REFUND, dues=(c.Asked("1", Head.GOODS, 10_001),))
    with pytest.raises(Refused) as refused:
        play.give(
            AGENT, c.Rule(findings=absent, reasons="So.", proposal=everything, beyond_reason="Both were missing.")
        )  # fmt: skip
    assert refused.value.refusal.code == "more_than_due"


def test_units_the_shop_took_back_before_are_not_refunded_again() -> None:
    order = an_order(quantities=(2,))
    play = Play(order._replace(refunds=(Refund("r1", "1", Head.GOODS, 10_000, quantity=1),)))
    play.purse.paid[("1", Head.GOODS)] = 10_000
    assert play.open(MISSING, REFUND, quantity=1).wanted.total_minor == 10_000
    play.give(BUYER, c.Withdraw())
    play.put_away()
    assert play.open(MISSING, REFUND, quantity=2).wanted.total_minor == 10_000


def test_money_the_shop_gave_for_no_unit_in_particular_is_deducted() -> None:
    order = an_order(quantities=(1,))
    play = Play(order._replace(refunds=(Refund("r1", "1", Head.GOODS, 2_500),)))
    play.purse.paid[("1", Head.GOODS)] = 2_500
    assert play.open(MISSING, REFUND).wanted.total_minor == 7_500


@pytest.mark.parametrize(
    ("lines", "reasons", "refusal", "where"),
    [
        ((), (MISSING,), "lines_wrong", "lines"),
        ((ClaimLine("1", 1), ClaimLine("1", 1)), (MISSING,), "lines_wrong", "lines"),
        ((ClaimLine("9", 1),), (MISSING,), "line_unknown", "lines.0"),
        ((ClaimLine("1", 0),), (MISSING,), "quantity_wrong", "lines.0.quantity"),
        ((ClaimLine("1", 3),), (MISSING,), "quantity_wrong", "lines.0.quantity"),
        ((ClaimLine("1", 1),), (), "reasons_wrong", "reasons"),
        ((ClaimLine("1", 1),), (MISSING, MISSING), "reasons_wrong", "reasons"),
        ((ClaimLine("1", 1),), (Reason.COUNTERFEIT,), "claim_wrong", "reasons"),
    ],
)
def test_a_claim_that_does_not_fit_the_order_is_refused_whole(
    lines: tuple[ClaimLine, ...], reasons: tuple[Reason, ...], refusal: str, where: str
) -> None:
    play = Play(an_order(quantities=(2,)))
    with pytest.raises(Refused) as refused:
        play.give(BUYER, c.OpenCase(reasons=reasons, lines=lines, proposal=c.Proposal(remedy=REFUND)))
    assert (refused.value.refusal.code, refused.value.refusal.where) == (refusal, where)


def test_trap_25_rules_that_changed_since_do_not_touch_an_earlier_order() -> None:
    order = an_order(quantities=(1,), late=True)
    claim = c.OpenCase(reasons=(LATE,), lines=(ClaimLine("1", 1),), proposal=c.Proposal(remedy=Remedy.COMPENSATION))
    before, after = Play(order), Play(order._replace(placed_at=START - timedelta(days=1)))
    assert [play.give(BUYER, claim).wanted.total_minor for play in (before, after)] == [500, 1_000]
    assert before.case is not None
    assert before.case.edition == "demo@2020-01-01"
