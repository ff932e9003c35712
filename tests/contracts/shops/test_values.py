"""Values as shops write them, and amounts that must add up."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makewhole.core.allocation.allocate import allocate
from makewhole.core.order.model import Order
from makewhole.core.order.read import read_order, write_order
from makewhole.core.words import Head
from makewhole.integrations.shops.assemble import (
    ShopRefund,
    add_refunds,
    line_amounts,
    round_to_sum,
    split_payments,
)
from makewhole.integrations.shops.rows import RowError
from makewhole.integrations.shops.values import minor, phrase, rounded, time, whole
from tests.core.order.orders import orders


@pytest.mark.parametrize(
    ("value", "currency", "amount"),
    [
        ("129.00", "CNY", 12900), ("129", "CNY", 12900), (129, "CNY", 12900), (0.1, "CNY", 10), (" 5.5 ", "CNY", 550),
        (Decimal("19.99"), "EUR", 1999), ("1980", "JPY", 1980), ("1980.00", "JPY", 1980), ("1.234", "KWD", 1234),
        ("-2.50", "USD", -250), ("", "USD", 0), (None, "USD", 0), ("1e2", "USD", 10000),
    ],
)  # fmt: skip
def test_trap_21_amounts_are_read_in_the_decimals_of_their_currency(value: Any, currency: str, amount: int) -> None:
    assert minor(value, currency, "x") == amount


@pytest.mark.parametrize("value", ["1.999", "one", "1,50", True, "NaN", "Infinity", [], "1e400", "9" * 30])
def test_what_is_no_amount_is_refused(value: Any) -> None:
    with pytest.raises(RowError):
        minor(value, "CNY", "x")


def test_yen_with_decimals_are_refused() -> None:
    with pytest.raises(RowError, match="more than the 0 decimals of JPY"):
        minor("19.80", "JPY", "x")


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("2026-11-01T10:00:00Z", "2026-11-01T10:00:00+00:00"),
        ("2026-11-01T10:00:00.250-05:00", "2026-11-01T10:00:00.250000-05:00"),
        ("2025-10-07 09:50:26 +0200", "2025-10-07T09:50:26+02:00"),
        ("2025-10-07 09:50:26 UTC", "2025-10-07T09:50:26+00:00"),
        ("", None),
        (None, None),
    ],
)
def test_times_are_read_with_their_offset(value: Any, read: str | None) -> None:
    assert time(value, "x") == read


@pytest.mark.parametrize("value", ["2026-11-01 10:00:00", "yesterday", 12, "0001-01-01T00:00:00+23:00"])
def test_a_time_without_offset_or_sense_is_refused(value: Any) -> None:
    with pytest.raises(RowError, match="is not a time"):
        time(value, "x")


@pytest.mark.parametrize(("value", "number"), [(3, 3), ("3", 3), (3.0, 3), ("3.0", 3), (None, 0)])
def test_whole_numbers(value: Any, number: int) -> None:
    assert whole(value, "x") == number
    with pytest.raises(RowError, match="is not a whole number"):
        whole("3.5", "x")


def test_texts_lose_what_cannot_be_printed() -> None:
    assert phrase("a\x00b\u200bc\n") == "a b c"
    assert phrase("x" * 600) == "x" * 500


@given(
    st.fractions(0, 10_000, max_denominator=1000),
    st.integers(1, 20),
    st.fractions(0, 5_000, max_denominator=1000),
    st.integers(0, 300_000),
)
def test_a_lines_total_is_kept_exactly(price: Fraction, quantity: int, discount: Fraction, total: int) -> None:
    amounts = line_amounts(price, quantity, discount, total)
    assert amounts.unit_price_minor == rounded(price)
    assert amounts.unit_price_minor * quantity - amounts.discount_minor + amounts.surcharge_minor == total
    assert 0 <= amounts.discount_minor <= amounts.unit_price_minor * quantity
    assert amounts.surcharge_minor >= 0


@given(st.lists(st.fractions(0, 500, max_denominator=50), min_size=1, max_size=8))
def test_fractions_are_rounded_to_a_given_sum_or_not_at_all(amounts: list[Fraction]) -> None:
    total = rounded(sum(amounts, Fraction(0)))
    made = round_to_sum(amounts, total)
    assert made is not None
    assert sum(made) == total
    assert all(abs(whole_amount - amount) < 1 for whole_amount, amount in zip(made, amounts, strict=True))
    assert round_to_sum(amounts, total + len(amounts) + 1) is None


@given(st.lists(st.integers(0, 5_000), min_size=1, max_size=5), st.data())
def test_payments_of_a_checkout_are_shared_to_the_cent(totals: list[int], data: st.DataObject) -> None:
    whole_sum = sum(totals)
    cut = data.draw(st.integers(0, whole_sum))
    payments = [
        {"id": "1", "amount_minor": cut},
        {"id": "2", "amount_minor": whole_sum - cut, "units": whole_sum - cut},
    ]
    shared = split_payments(payments, totals)
    assert [sum(part["amount_minor"] for part in parts) for parts in shared] == totals
    for payment in payments:
        given_out = [part for parts in shared for part in parts if part["id"] == payment["id"]]
        assert sum(part["amount_minor"] for part in given_out) == payment["amount_minor"]
        assert sum(part.get("units", 0) for part in given_out) == payment.get("units", 0)


@given(orders(), st.data())
def test_refunds_put_down_to_lines_add_up_and_never_exceed_a_share(order: Order, data: st.DataObject) -> None:
    left = order.paid_minor
    refunds = []
    for number in range(3):
        amount = data.draw(st.integers(0, left))
        units = {line.id: data.draw(st.integers(0, line.quantity)) for line in order.lines[:2]}
        refunds.append(ShopRefund(str(number), amount, None, units, data.draw(st.integers(0, amount))))
        left -= amount
    told = read_order(add_refunds(write_order(order), refunds)).refunds
    assert sum(refund.amount_minor for refund in told) == order.paid_minor - left
    allocation = allocate(order)
    for line in order.lines:
        share = allocation.share(line.id)
        of_line = [refund for refund in told if refund.line_id == line.id]
        assert sum(refund.amount_minor for refund in of_line if refund.head is Head.GOODS) <= share.goods_minor
        assert sum(refund.amount_minor for refund in of_line if refund.head is Head.FREIGHT_OUT) <= share.freight_minor
        assert sum(refund.quantity for refund in of_line) <= line.quantity
    assert not [refund for refund in told if refund.head is Head.GOODWILL]


def test_what_was_given_beyond_the_price_is_goodwill() -> None:
    document = {
        "id": "1", "merchant_id": "m", "merchant_name": "M", "buyer_id": "b", "market": "cn", "currency": "CNY",
        "placed_at": "2026-11-01T10:00:00+08:00",
        "lines": [{"id": "1", "sku": "s", "title": "t", "category": "c", "quantity": 1, "unit_price_minor": 500}],
        "payments": [{"id": "p", "means": "money", "amount_minor": 500}],
    }  # fmt: skip
    told = read_order(add_refunds(document, [ShopRefund("r", 700, None)])).refunds
    assert [(refund.head, refund.amount_minor) for refund in told] == [(Head.GOODS, 500), (Head.GOODWILL, 200)]
