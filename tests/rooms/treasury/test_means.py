"""Refunds go back by the means the order was paid with, to the minor unit."""

from datetime import timedelta
from typing import Any

import pytest

from makewhole.core.ledger.model import Funding
from makewhole.core.words import Head, Party
from makewhole.rooms.treasury import queries, service
from tests.rooms.treasury.books import books_are_sound
from tests.rooms.treasury.stage import (
    MONEY,
    NOW,
    balance,
    document,
    grant,
    instruction,
    let_pass,
    play,
    refunded_at_bank,
    sell,
    states,
)

pytestmark = pytest.mark.django_db
GOODS = Head.GOODS


def paid_by(*amounts: int) -> list[dict[str, Any]]:
    return [
        {**MONEY, "id": f"p-{number}", "reference": f"pay-{number}", "amount_minor": amount}
        for number, amount in enumerate(amounts, 1)
    ]


def test_trap_20_a_refund_over_three_payments_loses_no_cent() -> None:
    sandbox = play()
    (sold,) = sell(document("1", payments=paid_by(3_333, 3_333, 3_334)))
    for number, amount in enumerate((1_000, 1, 4_999, 4_000)):
        grant(sold, ("1", GOODS, amount), cap_minor=10_000)
        service.pay(instruction(sold, f"r-{number}", ("1", GOODS, amount)), NOW)
        let_pass(sandbox, NOW + timedelta(hours=2 * number))
    assert [refunded_at_bank(f"pay-{number}") for number in (1, 2, 3)] == [3_333, 3_333, 3_334]
    assert balance("provider") == 0
    books_are_sound()


def test_trap_21_a_currency_without_decimals_is_neither_multiplied_nor_divided() -> None:
    sandbox = play()
    (sold,) = sell(document("1", currency="JPY", amount_minor=1_299))
    grant(sold, ("1", GOODS, 1_299))
    service.pay(instruction(sold, "r-1", ("1", GOODS, 1_299))._replace(currency="JPY"), NOW)
    let_pass(sandbox)
    assert (refunded_at_bank("pay-1"), balance("provider", asset="JPY")) == (1_299, 0)


def test_trap_22_points_and_coupons_come_back_in_kind() -> None:
    sandbox = play()
    points = {"id": "p-2", "means": "points", "amount_minor": 500, "reference": "b-1", "units": 333}
    coupon = {"id": "p-3", "means": "coupon", "amount_minor": 1_500, "reference": "NEW15", "units": 1}
    (sold,) = sell(document("1", payments=[*paid_by(8_000), points, coupon]))
    assert (balance("escrow"), balance("platform"), balance("provider")) == (10_000, -2_000, -8_000)
    for number in range(2):
        grant(sold, ("1", GOODS, 5_000), cap_minor=10_000)
        service.pay(instruction(sold, f"r-{number}", ("1", GOODS, 5_000)), NOW)
    let_pass(sandbox)
    assert refunded_at_bank("pay-1") == 8_000
    assert {each.asset: each.balance for each in queries.wallet("b-1")} == {"points": 333, "coupon:NEW15": 1}
    assert (balance("platform"), balance("provider"), balance("outgoing")) == (0, 0, 0)
    books_are_sound()


def test_trap_22_points_come_back_though_the_order_was_settled_long_ago() -> None:
    points = {"id": "p-1", "means": "points", "amount_minor": 10_000, "reference": "b-1", "units": 1_000}
    (sold,) = sell(document("1", payments=[points], completed_at="2026-11-20T10:00:00+08:00"))
    service.top_up_fund("CNY", 100_000, "start", NOW)
    service.settle_order(sold.id, NOW)
    service.pay_out_merchant("m-1", "CNY", 10_000, "out-1", NOW)
    grant(sold, ("1", GOODS, 2_500), ("*", Head.LATENESS, 300))
    dues = (("1", GOODS, 2_500), ("*", Head.LATENESS, 300))
    result = service.pay(instruction(sold, "r-1", *dues, funding=Funding.FUND), NOW)
    assert (result.paid_from, result.awaited) == ((("fund", 2_800),), ())
    assert {each.asset: each.balance for each in queries.wallet("b-1")} == {"points": 250, "CNY": 300}
    assert balance("receivable") == -2_800
    books_are_sound()


def test_compensation_goes_to_the_payer_beyond_what_the_payment_brought() -> None:
    sandbox = play()
    (sold,) = sell(document("1", freight_minor=800))
    service.top_up_fund("CNY", 100_000, "start", NOW)
    dues = (("1", GOODS, 10_000), ("*", Head.FREIGHT_OUT, 800), ("*", Head.STATUTORY, 30_000))
    grant(sold, *dues)
    result = service.pay(instruction(sold, "r-1", *dues, funding=Funding.FUND), NOW)
    assert result.paid_from == (("escrow", 10_800), ("fund", 30_000))
    let_pass(sandbox)
    assert states(sold) == [("refund", "settled", 10_800), ("payout", "settled", 30_000)]
    assert refunded_at_bank("pay-1") == 40_800
    books_are_sound()


def test_trap_23_every_refund_is_somebodys_money_and_says_for_which_line() -> None:
    (sold,) = sell(document("1"))
    grant(sold, ("1", GOODS, 7_000))
    service.pay(instruction(sold, "r-1", ("1", GOODS, 7_000)), NOW)
    (payout,) = queries.order_payouts(sold.id)
    assert [(part.line_id, part.head, part.amount_minor, part.payer) for part in payout.parts] == [
        ("1", GOODS, 7_000, Party.MERCHANT)
    ]
    assert payout.paid_from == (("escrow", 7_000),)
    service.settle_order(sold.id, NOW)
    assert queries.merchant_money("m-1", "CNY").balance_minor == 3_000
