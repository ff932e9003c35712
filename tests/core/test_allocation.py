"""What each line, unit and payment bears: exact sums for any order, and the field's traps one by one."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makewhole.core.allocation.allocate import allocate, apportion, split_upto
from makewhole.core.allocation.thresholds import thresholds
from makewhole.core.order.model import Discount, Freight, Line, Means, Order, Payment
from tests.core.order.orders import PLACED, orders


def _order(
    lines: list[tuple[int, int]], payments: list[Payment], discount: int = 0, freight: Freight | None = None
) -> Order:
    """An order of lines given as (quantity, unit price), with one discount on the whole."""
    made = tuple(Line(str(n), "s", "t", "c", quantity, price) for n, (quantity, price) in enumerate(lines, start=1))
    discounts = (Discount("d", discount),) if discount else ()
    return Order("1", "m", "M", "b", "cn", "CNY", PLACED, made, tuple(payments), discounts, freight or Freight())


def _money(amount: int, payment_id: str = "p") -> Payment:
    return Payment(payment_id, Means.MONEY, amount)


@given(st.integers(0, 10_000), st.lists(st.integers(0, 500), min_size=1, max_size=8).filter(any))
def test_a_share_is_at_most_one_unit_away_from_its_exact_part(amount: int, weights: list[int]) -> None:
    shares = apportion(amount, weights)
    assert sum(shares) == amount
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share * sum(weights) - amount * weight) < sum(weights)


def test_ties_go_to_the_earlier_line() -> None:
    assert apportion(2, [5, 5, 5]) == [1, 1, 0]


def test_nothing_cannot_bear_a_share() -> None:
    with pytest.raises(ValueError, match="all weights are zero"):
        apportion(1, [0, 0])
    with pytest.raises(ValueError, match="never negative"):
        apportion(1, [2, -1])


@given(orders())
def test_lines_and_payments_add_up_both_ways(order: Order) -> None:
    allocation = allocate(order)
    assert sum(share.goods_minor for share in allocation.lines) + allocation.freight_minor == order.paid_minor
    assert sum(share.freight_minor for share in allocation.lines) == allocation.freight_minor
    assert sum(amount for _, amount in allocation.freight_by_payment) == allocation.freight_minor
    for share in allocation.lines:
        assert sum(amount for _, amount in share.by_payment) == share.goods_minor
        assert share.freight_minor >= 0
        assert all(amount >= 0 for _, amount in share.by_payment)
    for place, payment in enumerate(order.payments):
        on_goods = sum(share.by_payment[place][1] for share in allocation.lines)
        assert on_goods + allocation.freight_by_payment[place][1] == payment.amount_minor


@given(orders())
def test_units_of_a_line_add_up_and_none_is_negative(order: Order) -> None:
    for share in allocate(order).lines:
        units = [share.goods_for(unit, 1) for unit in range(share.quantity)]
        assert sum(units) == share.goods_minor
        assert min(units) >= 0
        assert max(units) - min(units) <= 1


@given(st.lists(st.integers(0, 40), min_size=1, max_size=5))
def test_a_split_never_shrinks_as_the_amount_grows(parts: list[int]) -> None:
    splits = [split_upto(amount, parts) for amount in range(sum(parts) + 1)]
    assert splits[-1] == parts
    for amount, split in enumerate(splits):
        assert sum(split) == amount
    for earlier, later in pairwise(splits):
        assert all(before <= after for before, after in zip(earlier, later, strict=True))


@given(orders(currency="JPY"))
def test_trap_21_shares_of_a_currency_without_decimals_are_whole_and_exact(order: Order) -> None:
    allocation = allocate(order)
    assert allocation.currency == "JPY"
    assert sum(share.goods_minor for share in allocation.lines) + allocation.freight_minor == order.paid_minor


def test_trap_09_two_of_three_units_give_back_the_price_of_two() -> None:
    order = _order([(3, 1000)], [_money(2999)], discount=1)
    allocation = allocate(order)
    assert allocation.share("1").goods_for(0, 2) == 1999


def test_trap_13_an_order_discount_is_borne_by_value() -> None:
    allocation = allocate(_order([(1, 6000), (1, 3000), (1, 1000)], [_money(9000)], discount=1000))
    assert [share.goods_minor for share in allocation.lines] == [5400, 2700, 900]


def test_trap_14_a_threshold_is_judged_by_what_is_kept() -> None:
    order = _order([(2, 6000), (1, 3000)], [_money(14_000)])
    order = order._replace(discounts=(Discount("over-100", 1000, threshold_minor=10_000),))
    (kept,) = thresholds(order, {"2": 1})
    assert (kept.kept_minor, kept.met_at_purchase, kept.still_met) == (12_000, True, True)
    (lost,) = thresholds(order, {"1": 1})
    assert (lost.kept_minor, lost.still_met) == (9_000, False)


def test_trap_14_a_threshold_met_over_several_shops_is_not_judged_by_one_order() -> None:
    order = _order([(1, 6000)], [_money(5000)])._replace(discounts=(Discount("over-300", 1000, 30_000),))
    assert thresholds(order, {})[0].still_met is None
    with pytest.raises(ValueError, match="cannot be returned"):
        thresholds(order, {"1": 2})


def test_trap_15_ten_over_three_lines_loses_no_cent() -> None:
    allocation = allocate(_order([(1, 1000)] * 3, [_money(2000)], discount=1000))
    assert [share.goods_minor for share in allocation.lines] == [666, 667, 667]
    assert sum(share.goods_minor for share in allocation.lines) == 2000


def test_trap_17_units_and_total_agree() -> None:
    order = _order([(7, 333)], [_money(2231)], discount=100)
    share = allocate(order).share("1")
    assert sum(share.goods_for(unit, 1) for unit in range(7)) == share.goods_minor == 2231


def test_points_and_coupons_pay_for_goods_and_money_for_freight() -> None:
    points = Payment("points", Means.POINTS, 400, units=400)
    order = _order([(1, 1000)], [_money(1400), points], freight=Freight(800))
    allocation = allocate(order)
    assert dict(allocation.freight_by_payment) == {"p": 800, "points": 0}
    assert dict(allocation.lines[0].by_payment) == {"p": 600, "points": 400}


def test_an_order_that_is_not_paid_up_is_not_shared_out() -> None:
    with pytest.raises(ValueError, match="999 was paid, but 1000 was due"):
        allocate(_order([(1, 1000)], [_money(999)]))
