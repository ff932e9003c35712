"""Give back what was paid by the means it was paid with, part by part, without ever losing the remainder.

A refund takes the next stretch of what the buyer paid for a line: the price of units 2 and 3, or cents 1,000 to 1,500
of its freight. Every payment's part of the stretch follows from running totals, so that any series of refunds, in any
sizes, ends exactly at what each payment brought in.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from makewhole.core.allocation.model import Allocation
from makewhole.core.order.model import Means, Order
from makewhole.core.words import Head

Refunded = Mapping[tuple[str, Head], int]
"""Minor units already given back, by line and head (goods and freight out). What is absent is nothing."""


class MeansRefund(NamedTuple):
    """What goes back to one payment. `units` counts points or coupons; 0 for money.

    A coupon is one unit: it comes back with the last of what it paid for, so until then `units` is 0.
    """

    payment_id: str
    means: Means
    amount_minor: int
    units: int


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


def _stretches(allocation: Allocation, line_id: str, head: Head, refunded: Refunded) -> tuple[list[int], int, int]:
    """The payments' parts of what the head's money was taken from, and where this line's stretch begins and ends."""
    if head is Head.GOODS:
        share = allocation.share(line_id)
        return [amount for _, amount in share.by_payment], refunded.get((line_id, head), 0), share.goods_minor
    if head is not Head.FREIGHT_OUT:
        raise ValueError(f"{head} is no part of the price: it is compensation, and paid in money")
    begin = 0
    for share in allocation.lines:
        if share.line_id == line_id:
            parts = [amount for _, amount in allocation.freight_by_payment]
            return parts, begin + refunded.get((line_id, head), 0), begin + share.freight_minor
        begin += share.freight_minor
    raise KeyError(line_id)


def _by_payment(allocation: Allocation, refunded: Refunded) -> list[int]:
    """What was given back of each payment, over all lines and heads."""
    totals = [0] * len(allocation.freight_by_payment)
    for (line_id, head), amount_minor in refunded.items():
        if amount_minor and head in (Head.GOODS, Head.FREIGHT_OUT):
            stretch = _take(allocation, line_id, head, amount_minor, {})
            totals = [total + part for total, part in zip(totals, stretch, strict=True)]
    return totals


def _take(allocation: Allocation, line_id: str, head: Head, amount_minor: int, refunded: Refunded) -> list[int]:
    parts, begin, end = _stretches(allocation, line_id, head, refunded)
    if amount_minor < 0 or begin + amount_minor > end:
        raise ValueError(f"{amount_minor} of {head} on line {line_id!r} cannot be given back: {end - begin} is left")
    upto, before = split_upto(begin + amount_minor, parts), split_upto(begin, parts)
    return [after - earlier for after, earlier in zip(upto, before, strict=True)]


def refund_amount_by_means(
    allocation: Allocation, order: Order, line_id: str, head: Head, amount_minor: int, refunded: Refunded
) -> tuple[MeansRefund, ...]:
    """Split an amount given back on a line's goods or freight over the order's payments; parts of zero are left out.

    `refunded` is all that was given back on this order before, by line and head. Raises ValueError when more would be
    given back than was paid, or when the head is no part of the price; KeyError when the order has no such line.
    """
    taken = _take(allocation, line_id, head, amount_minor, refunded)
    before = _by_payment(allocation, refunded)
    refunds = []
    for payment, amount, earlier in zip(order.payments, taken, before, strict=True):
        units = 0
        if payment.units:
            upto = payment.units * (earlier + amount) // payment.amount_minor
            units = upto - payment.units * earlier // payment.amount_minor
        if amount or units:
            refunds.append(MeansRefund(payment.id, payment.means, amount, units))
    return tuple(refunds)


def refund_by_means(
    allocation: Allocation,
    order: Order,
    line_id: str,
    first_unit: int,
    quantity: int,
    refunded: Refunded | None = None,
) -> tuple[MeansRefund, ...]:
    """Split the price of `quantity` units after the first `first_unit` ones over the order's payments.

    `refunded` tells what was given back on the order's other lines and on freight: it decides when a coupon is whole
    again. What was given back on this line is the price of its first `first_unit` units. Raises ValueError for units
    the line does not have.
    """
    share = allocation.share(line_id)
    if first_unit < 0 or quantity < 0 or first_unit + quantity > share.quantity:
        raise ValueError(
            f"units {first_unit + 1} to {first_unit + quantity} of line {line_id!r} cannot be given back: "
            f"it has {share.quantity}"
        )
    before = {**(refunded or {}), (line_id, Head.GOODS): share.goods_for(0, first_unit)}
    amount_minor = share.goods_for(first_unit, quantity)
    return refund_amount_by_means(allocation, order, line_id, Head.GOODS, amount_minor, before)
