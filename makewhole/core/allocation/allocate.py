"""Share an order's discounts, freight and payments over its lines, once and exactly.

`docs/concepts/allocation.md` tells the rules with an example. In short: order discounts and freight are shared by
value, by largest remainder, ties to the earlier line. Points and coupons pay for goods first, money pays for the rest.
"""

from collections.abc import Sequence

from makewhole.core.allocation.model import Allocation, LineShare
from makewhole.core.order.model import Means, Order


def apportion(amount: int, weights: Sequence[int]) -> list[int]:
    """Share a whole amount by weights: largest remainder, ties to the earlier one. The shares add up exactly.

    No share exceeds its weight when the amount does not exceed their sum. Raises ValueError for a negative amount or
    weight, and for an amount to share over weights that are all zero.
    """
    total = sum(weights)
    if amount < 0 or any(weight < 0 for weight in weights):
        raise ValueError(f"cannot share {amount} over {list(weights)}: amounts and weights are never negative")
    if total == 0:
        if amount:
            raise ValueError(f"cannot share {amount} over nothing: all weights are zero")
        return [0] * len(weights)
    if amount == total:
        return list(weights)
    shares = [amount * weight // total for weight in weights]
    missing = amount - sum(shares)
    if missing:
        by_remainder = sorted(range(len(weights)), key=lambda place: -(amount * weights[place] % total))
        for place in by_remainder[:missing]:
            shares[place] += 1
    return shares


def split_upto(amount_minor: int, parts: Sequence[int]) -> list[int]:
    """How the first `amount_minor` of a sum made of `parts` fall on the parts.

    Exact (the results add up to the amount), steady (no part ever shrinks as the amount grows) and complete (the
    whole amount gives the parts themselves). Largest remainder is not steady, so it would not do here.
    """
    rest_minor, whole = amount_minor, sum(parts)
    upto = []
    for part in parts:
        share = rest_minor * part // whole if whole else 0
        upto.append(share)
        rest_minor -= share
        whole -= part
    return upto


def _by_payment(order: Order, goods: Sequence[int], freight_minor: int) -> list[list[int]]:
    """For each payment, what it paid of each line and, last, of the freight. Rows and columns add up exactly."""
    if len(order.payments) == 1:
        return [[*goods, freight_minor]]
    left = [*goods, freight_minor]
    paid: list[list[int]] = [[]] * len(order.payments)
    in_kind_first = sorted(range(len(order.payments)), key=lambda place: order.payments[place].means is Means.MONEY)
    for place in in_kind_first:
        payment = order.payments[place]
        if payment.means is Means.MONEY:
            shares = apportion(payment.amount_minor, left)
        else:
            on_goods = min(payment.amount_minor, sum(left[:-1]))
            shares = [*apportion(on_goods, left[:-1]), payment.amount_minor - on_goods]
        paid[place] = shares
        left = [before - share for before, share in zip(left, shares, strict=True)]
    return paid


def allocate(order: Order) -> Allocation:
    """Every line's share of the order's discounts, freight and payments.

    Raises ValueError when the order's payments are not what its lines, discounts and freight make; an order that
    `read_order` accepted never raises.
    """
    if order.paid_minor != order.due_minor:
        raise ValueError(f"order {order.id}: {order.paid_minor} was paid, but {order.due_minor} was due")
    lines = order.lines
    gross = [line.gross_minor for line in lines]
    discount_minor = sum(discount.amount_minor for discount in order.discounts)
    discounts = apportion(discount_minor, gross)
    goods = [whole - discount for whole, discount in zip(gross, discounts, strict=True)]
    freight_minor = order.freight.paid_minor
    freight = apportion(freight_minor, goods if any(goods) else [line.quantity for line in lines])
    paid = _by_payment(order, goods, freight_minor)
    ids = [payment.id for payment in order.payments]
    return Allocation(
        order.currency,
        tuple(
            [
                LineShare(
                    line.id,
                    line.quantity,
                    goods[place],
                    freight[place],
                    tuple([(payment_id, shares[place]) for payment_id, shares in zip(ids, paid, strict=True)]),
                )
                for place, line in enumerate(lines)
            ]
        ),
        freight_minor,
        tuple([(payment_id, shares[-1]) for payment_id, shares in zip(ids, paid, strict=True)]),
    )
