"""Carrying out what was agreed: goods back, goods out, money; each with its clock and its silence."""

import pytest

from makewhole.core.case import commands as c
from makewhole.core.case.model import GoodsBack, Outcome
from makewhole.core.ledger.model import Funding
from makewhole.core.rulebook.model import ClaimLine
from makewhole.core.words import Consequence, Head, Party, Reason, Remedy, Stage, Step
from tests.core.case.play import BUYER, MERCHANT, SYSTEM, Play, Purse, Refused, an_order

MISSING, QUALITY = Reason.ITEM_MISSING, Reason.QUALITY
REFUND, RETURN, EXCHANGE, RESHIP = Remedy.REFUND_ONLY, Remedy.RETURN_AND_REFUND, Remedy.EXCHANGE, Remedy.RESHIP
BACK = c.ShipBack(carrier="SF", tracking_number="SF9")
OUT = c.SendGoods(carrier="YTO", tracking_number="YT1")


def agreed(reason: Reason, remedy: Remedy, purse: Purse | None = None, **order: object) -> Play:
    play = Play(an_order(**order), purse)  # type: ignore[arg-type]
    play.open(reason, remedy)
    play.give(MERCHANT, c.AcceptClaim())
    return play


def test_a_return_is_sent_inspected_and_then_refunded() -> None:
    play = agreed(QUALITY, RETURN)
    assert play.waits_for() == {"buyer: ship_back"}
    play.give(BUYER, BACK)
    assert play.waits_for() == {"merchant: inspect"}
    case = play.give(MERCHANT, c.ConfirmReturn())
    assert case.goods_back is GoodsBack.WITH_MERCHANT
    assert play.waits_for() == {"platform: settle_refund"}
    assert play.settle().outcome is Outcome.SETTLED


def test_trap_30_goods_received_and_no_word_are_refunded_all_the_same() -> None:
    play = agreed(QUALITY, RETURN)
    play.give(BUYER, BACK)
    case = play.silence()
    assert case.payments[0].total_minor == 11_000 - 500
    assert play.settle().outcome is Outcome.SETTLED


def test_trap_11_the_freight_of_sending_back_is_refunded_where_the_merchant_bears_it() -> None:
    play = agreed(QUALITY, RETURN)
    play.give(BUYER, c.ShipBack(carrier="SF", tracking_number="SF9", freight_minor=1_200))
    case = play.give(MERCHANT, c.ConfirmReturn())
    assert {due.head: due.amount_minor for due in case.payments[0].dues} == {
        Head.GOODS: 10_000,
        Head.FREIGHT_OUT: 500,
        Head.FREIGHT_BACK: 1_200,
    }


def test_the_buyer_bears_the_freight_of_a_return_without_a_reason() -> None:
    play = agreed(Reason.CHANGED_MIND, RETURN)
    play.give(BUYER, c.ShipBack(carrier="SF", tracking_number="SF9", freight_minor=1_200))
    case = play.give(MERCHANT, c.ConfirmReturn())
    assert [due.head for due in case.payments[0].dues] == [Head.GOODS]


def test_what_never_left_the_merchant_need_not_come_back() -> None:
    play = agreed(QUALITY, RETURN, dispatched=False)
    assert play.waits_for() == {"platform: settle_refund"}


def test_a_buyer_who_does_not_send_back_lets_the_case_lapse() -> None:
    play = agreed(QUALITY, RETURN)
    assert play.silence().outcome is Outcome.LAPSED
    assert play.purse.paid == {}


def test_the_goods_owed_are_sent_and_received() -> None:
    play = agreed(MISSING, RESHIP)
    assert play.waits_for() == {"merchant: send_goods"}
    play.give(MERCHANT, OUT)
    assert play.waits_for() == {"buyer: confirm_receipt"}
    assert play.give(BUYER, c.ConfirmReceipt()).outcome is Outcome.SETTLED


def test_silence_on_arrival_counts_as_received() -> None:
    play = agreed(MISSING, RESHIP)
    play.give(MERCHANT, OUT)
    assert play.silence().outcome is Outcome.SETTLED


def test_a_merchant_who_does_not_send_refunds_instead() -> None:
    play = agreed(MISSING, RESHIP)
    case = play.silence()
    assert case.agreed is not None
    assert case.agreed.remedy is REFUND
    assert case.payments[0].total_minor == 10_000


def test_an_exchange_goes_back_and_out() -> None:
    play = agreed(QUALITY, EXCHANGE)
    play.give(BUYER, BACK)
    play.give(MERCHANT, c.ConfirmReturn())
    assert play.waits_for() == {"merchant: send_goods"}


def test_what_did_not_arrive_goes_to_the_platform() -> None:
    play = agreed(MISSING, RESHIP)
    play.give(MERCHANT, OUT)
    case = play.give(BUYER, c.ReportNotReceived(note="Nothing came."))
    assert case.stage is Stage.MEDIATION
    assert play.waits_for() == {"buyer: give_evidence", "merchant: give_evidence"}


def test_what_is_short_becomes_the_merchants_clock() -> None:
    play = agreed(MISSING, REFUND, Purse(escrow=4_000))
    assert play.case is not None
    assert [payment.total_minor for payment in play.case.payments] == [4_000]
    assert play.waits_for() == {"merchant: pay", "platform: settle_refund"}


def test_the_merchant_pays_the_rest() -> None:
    play = agreed(MISSING, REFUND, Purse(escrow=4_000))
    with pytest.raises(Refused) as refused:
        play.give(MERCHANT, c.PayNow())
    assert refused.value.refusal.code == "balance_empty"
    play.purse.merchant = 6_000
    play.give(MERCHANT, c.PayNow())
    assert play.waits_for() == {"platform: settle_refund"}
    assert play.settle().outcome is Outcome.SETTLED


def test_paying_a_part_leaves_the_clock_as_it_was() -> None:
    play = agreed(MISSING, REFUND, Purse(escrow=0))
    assert play.case is not None
    (clock,) = play.case.obligations
    play.purse.merchant = 1_000
    case = play.give(MERCHANT, c.PayNow())
    assert clock in case.obligations


def test_on_the_merchants_silence_the_fund_pays() -> None:
    play = agreed(MISSING, REFUND, Purse(escrow=4_000))
    case = play.silence()
    assert (case.advanced_minor, case.payments[-1].funding) == (6_000, Funding.FUND)
    assert play.waits_for() == {"platform: settle_refund"}
    assert play.settle().outcome is Outcome.SETTLED


def test_even_the_fund_refuses_and_the_case_stays_open_and_the_operator_knows() -> None:
    play = agreed(MISSING, REFUND, Purse(escrow=0, fund=0))
    play.notices.clear()
    play.silence()
    assert play.waits_for() == {"merchant: pay"}
    assert Party.PLATFORM in {notice.to for notice in play.notices}
    play.purse.fund = 10**6
    play.silence()
    assert play.waits_for() == {"platform: settle_refund"}


def test_the_fund_pays_what_it_can_and_the_rest_stays_owed() -> None:
    play = agreed(MISSING, REFUND, Purse(escrow=0, fund=3_000))
    play.silence()
    assert play.waits_for() == {"merchant: pay", "platform: settle_refund"}
    play.purse.merchant = 7_000
    case = play.give(MERCHANT, c.PayNow())
    assert sum(payment.total_minor for payment in case.payments) == 10_000


def test_the_fund_pays_up_to_its_cap_only() -> None:
    play = agreed(MISSING, REFUND, Purse(escrow=0), price_minor=150_000)
    case = play.silence()
    assert case.advanced_minor == 100_000
    assert play.waits_for() == {"merchant: pay", "platform: settle_refund"}


def test_above_the_cap_the_merchants_deposit_pays_the_buyer() -> None:
    play = agreed(MISSING, REFUND, Purse(escrow=0, deposit=60_000), price_minor=150_000)
    case = play.silence()
    assert [(each.funding, each.total_minor) for each in case.payments] == [
        (Funding.FUND, 100_000),
        (Funding.DEPOSIT, 50_000),
    ]
    assert play.purse.deposit == 10_000
    assert play.waits_for() == {"platform: settle_refund"}
    assert play.settle().outcome is Outcome.SETTLED


def test_what_nobody_can_pay_is_waited_for_one_term_more_and_then_left_owing() -> None:
    play = agreed(MISSING, REFUND, Purse(escrow=0, deposit=20_000, confirms_later=False), price_minor=150_000)
    case = play.silence()
    (clock,) = case.obligations
    assert (clock.step, clock.on_silence) == (Step.PAY, Consequence.REST_LEFT_OWING)
    play.notices.clear()
    case = play.silence()
    assert (case.outcome, case.is_open) == (Outcome.LEFT_OWING, False)
    assert sum(payment.total_minor for payment in case.payments) == 120_000
    assert {notice.to for notice in play.notices} == {Party.BUYER, Party.MERCHANT, Party.PLATFORM}
    assert play.purse.granted[case.id][("1", Head.GOODS)].due_minor == 120_000, "the rest is no longer to be paid"


def test_the_merchant_may_still_pay_in_that_last_term() -> None:
    play = agreed(MISSING, REFUND, Purse(escrow=0, confirms_later=False), price_minor=150_000)
    play.silence()
    play.purse.merchant = 20_000
    play.give(MERCHANT, c.PayNow())
    play.purse.merchant = 30_000
    assert play.give(MERCHANT, c.PayNow()).outcome is Outcome.SETTLED


def test_nothing_is_left_owing_while_refunds_are_on_their_way() -> None:
    play = agreed(MISSING, REFUND, Purse(escrow=0), price_minor=150_000)
    play.silence()
    for _ in range(4):
        assert play.silence().is_open
    play.settle()
    assert play.waits_for() == {"merchant: pay"}
    assert play.silence().outcome is Outcome.LEFT_OWING


def test_an_empty_fund_is_the_platforms_to_fill_and_ends_nothing() -> None:
    play = agreed(MISSING, REFUND, Purse(escrow=0, fund=0))
    for _ in range(4):
        case = play.silence()
        assert [each.on_silence for each in case.obligations] == [Consequence.FUND_ADVANCES]


def test_trap_08_a_failed_refund_stays_the_same_refund() -> None:
    play = agreed(MISSING, REFUND)
    assert play.case is not None
    (reference,) = play.case.awaited
    case = play.give(SYSTEM, c.RefundFailed(reference=reference, why="account closed"))
    assert case.awaited == (reference,)
    assert play.waits_for() == {"platform: settle_refund"}
    assert play.settle().outcome is Outcome.SETTLED


def test_a_report_heard_twice_changes_nothing() -> None:
    play = agreed(MISSING, REFUND)
    assert play.case is not None
    (reference,) = play.case.awaited
    closed = play.settle()
    assert play.give(SYSTEM, c.RefundSettled(reference=reference)) == closed


def test_a_provider_that_keeps_silent_is_reminded_of_and_the_operator_alarmed() -> None:
    play = agreed(MISSING, REFUND)
    before = play.waits_for()
    play.notices.clear()
    play.silence()
    assert play.waits_for() == before
    assert {notice.to for notice in play.notices} == {Party.PLATFORM}


def test_compensation_comes_on_top_of_the_remedy() -> None:
    play = Play(an_order(late=True))
    play.give(
        BUYER,
        c.OpenCase(
            reasons=(MISSING, Reason.LATE_DISPATCH),
            lines=(ClaimLine("1", 1),),
            proposal=c.Proposal(remedy=REFUND),
        ),
    )
    assert play.case is not None
    assert {due.head: due.amount_minor for due in play.case.wanted.dues} == {Head.GOODS: 10_000, Head.LATENESS: 1_000}


def test_a_refund_that_comes_back_after_the_end_is_awaited_again() -> None:
    play = agreed(MISSING, REFUND)
    assert play.case is not None
    (reference,) = play.case.awaited
    play.settle()
    play.notices.clear()
    case = play.give(SYSTEM, c.RefundFailed(reference=reference, why="account closed"))
    assert (case.outcome, case.awaited) == (Outcome.SETTLED, (reference,))
    assert {notice.to for notice in play.notices} == {Party.PLATFORM}
    assert play.settle().awaited == ()


def test_a_report_on_somebody_elses_refund_changes_nothing() -> None:
    play = agreed(MISSING, REFUND)
    before = play.case
    assert play.give(SYSTEM, c.RefundFailed(reference="another", why="?")) is before
