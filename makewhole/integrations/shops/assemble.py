"""Put an order document together from what a shop tells: amounts that must add up, refunds without lines, checkouts."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from makewhole.core.allocation.allocate import allocate, apportion
from makewhole.core.order.faults import OrderError
from makewhole.core.order.read import read_order
from makewhole.core.words import Head, Text
from makewhole.integrations.shops.rows import RowError
from makewhole.integrations.shops.values import rounded


class LineAmounts(NamedTuple):
    """Unit price, discount and surcharge of a line, such that price × quantity − discount + surcharge is its total."""

    unit_price_minor: int
    discount_minor: int
    surcharge_minor: int


def line_amounts(unit_price: Fraction, quantity: int, discount: Fraction, total_minor: int) -> LineAmounts:
    """Whole minor units for a line whose shop reckons in fractions of them; the total given is kept exactly.

    `unit_price` and `discount` are in minor units and may be fractions; what they leave over is the surcharge (tax on
    top, or the rounding).
    """
    unit_price_minor = rounded(unit_price)
    price_minor = unit_price_minor * quantity
    discount_minor = min(rounded(discount), price_minor)
    surcharge_minor = total_minor - (price_minor - discount_minor)
    if surcharge_minor < 0:
        discount_minor, surcharge_minor = discount_minor - surcharge_minor, 0
    return LineAmounts(unit_price_minor, discount_minor, surcharge_minor)


def round_to_sum(amounts: Sequence[Fraction], total_minor: int) -> list[int] | None:
    """Whole amounts that make the total, each less than one unit from its exact value; None when there are none."""
    floors = [amount.__floor__() for amount in amounts]
    missing = total_minor - sum(floors)
    if not 0 <= missing <= sum(1 for amount in amounts if amount.denominator != 1):
        return None
    nearest = sorted(range(len(amounts)), key=lambda place: floors[place] - amounts[place])
    for place in nearest[:missing]:
        floors[place] += 1
    return floors


class ShopRefund(NamedTuple):
    """One refund as a shop tells it. `units` are the units of lines it names; `freight_minor` the part for freight."""

    id: str
    amount_minor: int
    refunded_at: str | None
    units: Mapping[str, int] = {}
    freight_minor: int = 0


def add_refunds(document: dict[str, Any], refunds: Sequence[ShopRefund]) -> dict[str, Any]:
    """The document with the shop's own refunds put down to lines and heads.

    Money goes to the freight part and the units a refund names first; what is beyond them, or a refund that names
    nothing, is shared over what is left of all lines and the freight, by value; more than was ever paid is goodwill.
    Raises RowError when the document itself is no order.
    """
    if not refunds:
        return document
    try:
        order = read_order(document)
    except OrderError as error:
        fault = error.faults[0]
        raise RowError(fault.path, fault.wrong, fault.remedy) from error
    allocation = allocate(order)
    goods = {share.line_id: share.goods_minor for share in allocation.lines}
    freight = {share.line_id: share.freight_minor for share in allocation.lines}
    taken = dict.fromkeys(goods, 0)
    entries: list[dict[str, Any]] = []
    for refund in refunds:
        given: dict[tuple[str, Head], int] = {}
        freight_minor = min(refund.freight_minor, refund.amount_minor)
        left_minor = _take(freight, Head.FREIGHT_OUT, freight, freight_minor, given)
        left_minor += refund.amount_minor - freight_minor
        units: dict[str, int] = {}
        worth: dict[str, int] = {}
        for line_id in (line.id for line in order.lines if line.id in refund.units):
            share = allocation.share(line_id)
            units[line_id] = min(refund.units[line_id], share.quantity - taken[line_id])
            worth[line_id] = min(goods[line_id], share.goods_for(taken[line_id], units[line_id]))
            taken[line_id] += units[line_id]
            given[line_id, Head.GOODS] = 0
        left_minor = _take(goods, Head.GOODS, worth, left_minor, given)
        left_minor = _take(goods, Head.GOODS, goods, left_minor, given)
        left_minor = _take(freight, Head.FREIGHT_OUT, freight, left_minor, given)
        if left_minor:
            given[order.lines[0].id, Head.GOODWILL] = left_minor
        entries += _entries(refund, given, units)
    return {**document, "refunds": entries}


def _take(
    left: dict[str, int], head: Head, weights: Mapping[str, int], amount_minor: int, given: dict[tuple[str, Head], int]
) -> int:
    """Give an amount back on lines by weight, at most the weights; returns what could not be given."""
    lines = [line_id for line_id, weight in weights.items() if weight]
    possible = min(amount_minor, sum(weights[line_id] for line_id in lines))
    for line_id, part in zip(lines, apportion(possible, [weights[line_id] for line_id in lines]), strict=True):
        left[line_id] -= part
        given[line_id, head] = given.get((line_id, head), 0) + part
    return amount_minor - possible


def _entries(
    refund: ShopRefund, given: Mapping[tuple[str, Head], int], units: Mapping[str, int]
) -> list[dict[str, Any]]:
    entries = []
    for number, ((line_id, head), amount_minor) in enumerate(given.items(), start=1):
        quantity = units.get(line_id, 0) if head is Head.GOODS else 0
        if amount_minor or quantity:
            entry: dict[str, Any] = {
                "id": f"{refund.id}/{number}", "line_id": line_id, "head": head.value, "amount_minor": amount_minor,
                "quantity": quantity,
            }  # fmt: skip
            entries.append(entry | ({"refunded_at": refund.refunded_at} if refund.refunded_at else {}))
    return entries


def split_payments(payments: Sequence[dict[str, Any]], totals_minor: Sequence[int]) -> list[list[dict[str, Any]]]:
    """Share the payments of one checkout over its orders, by value: each order gets exactly its total.

    The payments add up to the totals. A payment that pays several orders keeps its id and reference in each; parts of
    zero are left out.
    """
    left = list(totals_minor)
    shared: list[list[dict[str, Any]]] = [[] for _ in totals_minor]
    for payment in payments:
        parts = apportion(payment["amount_minor"], left)
        units = apportion(payment.get("units", 0), parts) if any(parts) else parts
        for place, (part, count) in enumerate(zip(parts, units, strict=True)):
            if part:
                shared[place].append({**payment, "amount_minor": part} | ({"units": count} if count else {}))
        left = [before - part for before, part in zip(left, parts, strict=True)]
    return shared


def sums_disagree(path: str, paid: str, due: str) -> RowError:
    """The fault of an order whose payments are not what its lines make."""
    return RowError(
        path,
        Text(f"付款 {paid} 与应付 {due} 不符", f"{paid} was paid, but the lines, discounts and freight make {due}"),
        Text("请核对导出是否完整", "check that the export is complete"),
    )
