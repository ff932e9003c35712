"""Reckon what a rule gives or takes off: shares of what the buyer paid, rates with floor and ceiling.

Minor units throughout. Products are rounded half up once, at the end, as everywhere in the house: GB/T 8170 allows the
choice, and half up is what buyers reckon by hand.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from makewhole.core.allocation.allocate import apportion
from makewhole.core.allocation.model import Allocation, LineShare
from makewhole.core.allocation.thresholds import thresholds
from makewhole.core.order.model import Order
from makewhole.core.rulebook.model import ClaimLine
from makewhole.core.rulebook.rule import Amount, Base

# Members of an enum looked up once: the look-up costs as much as the comparison it serves.
_PRICE, _FREIGHT_OUT, _FIXED, _FACT = Base.PRICE, Base.FREIGHT_OUT, Base.FIXED, Base.FACT
_ORDER_PAID, _ORDER_PRICE, _FREIGHT_WAIVED = Base.ORDER_PAID, Base.ORDER_PRICE, Base.FREIGHT_WAIVED


class Sums:
    """What was paid for the claimed units of one line (or, for the whole order, of all claimed lines)."""

    __slots__ = ("allocation", "claimed", "freight_minor", "order", "place", "price_minor")

    def __init__(
        self,
        price_minor: int,
        freight_minor: int,
        order: Order,
        allocation: Allocation,
        claimed: Sequence[ClaimLine],
        place: int | None,
    ) -> None:
        self.price_minor, self.freight_minor = price_minor, freight_minor
        self.order, self.allocation, self.claimed, self.place = order, allocation, claimed, place


def units_of(amount_minor: int, share: LineShare, line: ClaimLine) -> int:
    """The claimed units' part of an amount of their line, by running totals."""
    if line.quantity == share.quantity:
        return amount_minor
    upto = amount_minor * (line.first_unit + line.quantity) // share.quantity
    return upto - amount_minor * line.first_unit // share.quantity


def reckon(amount: Amount, sums: Sums, values: Sequence[Any], slots: Mapping[str, int]) -> int:
    """The amount; 0 while a fact it needs is not known."""
    base = amount.base
    if base is _PRICE:
        minor = sums.price_minor
    elif base is _FREIGHT_OUT:
        minor = sums.freight_minor
    elif base is _FIXED:
        minor = amount.fixed_minor
    elif base is _FACT:
        told_minor = values[slots[amount.fact]] or 0
        minor = told_part(sums, told_minor) if amount.shared_by is None else shared(told_minor, amount.shared_by, sums)
    else:
        minor = of_order(base, sums)
    if amount.rate != 1 or amount.percent_of or amount.times:
        minor = _scaled(minor, amount, values, slots)
    if amount.at_least_minor is not None and minor < amount.at_least_minor:
        minor = amount.at_least_minor
    if amount.at_most_minor is not None and minor > amount.at_most_minor:
        minor = amount.at_most_minor
    if amount.at_most_rate is not None:
        minor = min(minor, _rounded(sums.price_minor * amount.at_most_rate.numerator, amount.at_most_rate.denominator))
    return minor


def _scaled(minor: int, amount: Amount, values: Sequence[Any], slots: Mapping[str, int]) -> int:
    numerator, denominator = amount.rate.as_integer_ratio()
    if amount.percent_of:
        numerator *= values[slots[amount.percent_of]] or 0
        denominator *= 100
    if amount.times:
        numerator *= values[slots[amount.times]] or 0
        denominator *= amount.per
    return _rounded(minor * numerator, denominator)


def _rounded(numerator: int, denominator: int) -> int:
    """The quotient, rounded half up."""
    return (2 * numerator + denominator) // (2 * denominator)


def of_order(base: Base, sums: Sums) -> int:
    """A sum of the whole order, or the line's part of one that concerns the claim as a whole."""
    if base is _ORDER_PAID:
        return sums.order.paid_minor
    if base is _ORDER_PRICE:
        return sum(share.goods_minor for share in sums.allocation.lines)
    return _part(sums, sums.order.freight.discount_minor if base is _FREIGHT_WAIVED else lost_discount(sums))


def _part(sums: Sums, whole_minor: int) -> int:
    """The line's part of a sum that concerns the claim as a whole; never more than the claimed goods cost."""
    if sums.place is None or not whole_minor:
        return whole_minor
    prices = _prices(sums)
    return apportion(min(whole_minor, sum(prices)), prices)[sums.place]


def told_part(sums: Sums, told_minor: int) -> int:
    """The line's part of a sum that was told for the whole claim: by what the lines cost, or, all free, by units."""
    if sums.place is None or len(sums.claimed) == 1 or not told_minor:
        return told_minor
    prices = _prices(sums)
    return apportion(told_minor, prices if any(prices) else [line.quantity for line in sums.claimed])[sums.place]


def shared(whole_minor: int, by: Base, sums: Sums) -> int:
    """The claimed units' part of a sum told for the whole order, by what each line paid of the goods or the freight."""
    shares = sums.allocation.lines
    weights = [share.freight_minor if by is _FREIGHT_OUT else share.goods_minor for share in shares]
    if not whole_minor or not sum(weights):
        return 0
    parts = dict(zip((share.line_id for share in shares), apportion(whole_minor, weights), strict=True))
    claimed = sums.claimed if sums.place is None else sums.claimed[sums.place : sums.place + 1]
    return sum(units_of(parts[line.line_id], sums.allocation.share(line.line_id), line) for line in claimed)


def _prices(sums: Sums) -> list[int]:
    """What each claimed line cost."""
    shares = [sums.allocation.share(line.line_id) for line in sums.claimed]
    return [units_of(share.goods_minor, share, line) for share, line in zip(shares, sums.claimed, strict=True)]


def lost_discount(sums: Sums) -> int:
    """The part of threshold discounts that the goods kept no longer earn.

    A discount granted from a threshold is lost when what is kept costs less than that. Its part on the returned goods
    never was paid; what is deducted is its part on the goods kept. When nothing is kept, nothing is deducted.
    """
    order = sums.order
    if not any(discount.threshold_minor for discount in order.discounts):
        return 0
    return max(0, _lost(order, sums, returned=True) - _lost(order, sums, returned=False))


def _lost(order: Order, sums: Sums, *, returned: bool) -> int:
    """The discounts' part on the goods kept, of discounts whose threshold the goods kept no longer reach."""
    gone = {line.line_id: line.first_unit + (line.quantity if returned else 0) for line in sums.claimed}
    lost = {one.discount_id for one in thresholds(order, gone) if one.still_met is False}
    whole = sum(line.gross_minor for line in order.lines)
    kept = sum(line.gross_minor - line.gross_minor * gone.get(line.id, 0) // line.quantity for line in order.lines)
    return sum(
        (2 * discount.amount_minor * kept + whole) // (2 * whole)
        for discount in order.discounts
        if discount.id in lost and whole
    )
