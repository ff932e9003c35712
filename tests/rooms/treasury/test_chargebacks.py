"""While the buyer's bank disputes a payment, refunds on it wait; the merchant pays once."""

from datetime import timedelta

import pytest

from makewhole.core.ledger.model import Funding
from makewhole.core.words import Head
from makewhole.integrations.payments.sandbox import bank
from makewhole.rooms.treasury import ports, service
from tests.rooms.treasury.books import books_are_sound
from tests.rooms.treasury.stage import (
    NOW,
    balance,
    document,
    grant,
    head,
    instruction,
    let_pass,
    play,
    refunded_at_bank,
    sell,
    states,
)

pytestmark = pytest.mark.django_db
GOODS = Head.GOODS
LATER = NOW + timedelta(hours=2)


def test_trap_06_refund_waits_while_a_chargeback_runs_and_goes_out_when_it_is_won() -> None:
    sandbox = play()
    (sold,) = sell(document("1"))
    grant(sold, ("1", GOODS, 6_000))
    dispute = bank.open_dispute("pay-1", 10_000, NOW)
    sandbox.deliver(NOW, 10)
    result = service.pay(instruction(sold, "r-1", ("1", GOODS, 6_000)), NOW)
    assert (result.held, result.paid_from) == (True, (("chargeback", 6_000),))
    let_pass(sandbox)
    assert states(sold) == [("refund", "held", 6_000)]
    assert refunded_at_bank("pay-1") == 0
    bank.close_dispute(dispute, lost=False, now=LATER)
    let_pass(sandbox, LATER)
    assert states(sold) == [("refund", "settled", 6_000)]
    assert (refunded_at_bank("pay-1"), balance("escrow"), balance("chargeback")) == (6_000, 4_000, 0)
    books_are_sound()


def test_trap_06_lost_chargeback_pays_the_waiting_refund_and_the_merchant_pays_once() -> None:
    sandbox = play()
    (sold,) = sell(document("1"))
    grant(sold, ("1", GOODS, 6_000))
    service.pay(instruction(sold, "r-1", ("1", GOODS, 6_000)), NOW)
    dispute = bank.open_dispute("pay-1", 10_000, NOW)
    sandbox.deliver(NOW, 10)
    assert states(sold) == [("refund", "held", 6_000)]
    assert (balance("escrow"), balance("chargeback"), balance("outgoing")) == (0, 4_000, 6_000)
    bank.close_dispute(dispute, lost=True, now=LATER)
    let_pass(sandbox, LATER)
    assert states(sold) == [("chargeback", "settled", 6_000)]
    assert head(sold) == (6_000, 0, 6_000)
    assert (refunded_at_bank("pay-1"), balance("provider"), balance("outgoing")) == (10_000, 0, 0)
    books_are_sound()


def test_trap_06_what_a_lost_chargeback_took_is_not_paid_again_by_a_later_claim() -> None:
    sandbox = play()
    (sold,) = sell(document("1"))
    dispute = bank.open_dispute("pay-1", 10_000, NOW)
    bank.close_dispute(dispute, lost=True, now=NOW)
    sandbox.deliver(NOW, 10)
    grant(sold, ("1", GOODS, 6_000))
    result = service.pay(instruction(sold, "r-1", ("1", GOODS, 6_000), funding=Funding.FUND), LATER)
    assert (result.paid_from, result.shortfall_minor, result.awaited) == ((("bank", 6_000),), 0, ())
    let_pass(sandbox, LATER)
    assert states(sold) == [("chargeback", "settled", 6_000)]
    assert refunded_at_bank("pay-1") == 10_000
    books_are_sound()


def test_a_chargeback_nobody_has_money_for_is_laid_out_by_the_fund_with_recourse() -> None:
    sandbox = play()
    (sold,) = sell(document("1", completed_at="2026-11-20T10:00:00+08:00"))
    service.top_up_fund("CNY", 3_000, "start", NOW)
    service.settle_order(sold.id, NOW)
    service.pay_out_merchant("m-1", "CNY", 8_000, "out-1", NOW)
    let_pass(sandbox)
    service.top_up_deposit("m-1", "CNY", 1_500, "d-1", NOW)
    dispute = bank.open_dispute("pay-1", 10_000, LATER)
    sandbox.deliver(LATER, 10)
    assert (balance("merchant"), balance("chargeback")) == (0, 2_000)
    bank.close_dispute(dispute, lost=True, now=LATER)
    sandbox.deliver(LATER, 10)
    assert (balance("receivable"), balance("deposit"), balance("chargeback")) == (-6_500, 0, 0)
    assert balance("fund") == 1_500
    books_are_sound()


def test_reports_of_a_chargeback_come_out_of_order_and_twice() -> None:
    sandbox = play()
    (sold,) = sell(document("1"))
    news = ports.Report("sandbox", "evt-2", ports.ReportKind.CHARGEBACK_LOST, "", 0, "dp-1", "pay-1", 4_000, "CNY", NOW)
    assert service.report(news, NOW)
    assert not service.report(news, NOW)
    opened = news._replace(event_id="evt-1", kind=ports.ReportKind.CHARGEBACK_OPENED)
    assert not service.report(opened, NOW)
    assert (balance("escrow"), balance("provider")) == (6_000, -6_000)
    grant(sold, ("1", GOODS, 10_000))
    result = service.pay(instruction(sold, "r-1", ("1", GOODS, 10_000)), NOW)
    assert result.paid_from == (("bank", 4_000), ("escrow", 6_000))
    let_pass(sandbox)
    assert sorted(states(sold)) == [("chargeback", "settled", 4_000), ("refund", "settled", 6_000)]
    books_are_sound()


def test_a_payment_shared_by_two_orders_of_a_checkout_is_disputed_on_both() -> None:
    sandbox = play()
    payment = {"id": "p-1", "means": "money", "provider": "sandbox", "reference": "shared", "amount_minor": 10_000}
    first, second = sell(
        document("1", "m-1", [payment], checkout_id="c-1"), document("2", "m-2", [payment], checkout_id="c-1")
    )
    grant(second, ("1", GOODS, 10_000))
    service.pay(instruction(second, "r-1", ("1", GOODS, 10_000)), NOW)
    let_pass(sandbox)
    assert refunded_at_bank("shared") == 10_000, "half of the shared payment"
    bank.open_dispute("shared", 12_000, LATER)
    sandbox.deliver(LATER, 10)
    assert (balance("chargeback", merchant_id="m-1"), balance("escrow", merchant_id="m-1")) == (10_000, 0)
    assert states(first) == []
    books_are_sound()
