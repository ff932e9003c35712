"""Faults of sense: what an order's fields say together. Shape was checked before."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from makewhole.core.money import to_major
from makewhole.core.order.document import AMOUNT_MAX_MINOR
from makewhole.core.order.faults import OrderFault
from makewhole.core.order.model import Means, Order, Parcel, ParcelEventKind
from makewhole.core.words import Head, Text

_NOT_ARRIVED = frozenset(
    {ParcelEventKind.LOST, ParcelEventKind.REFUSED, ParcelEventKind.INTERCEPTED, ParcelEventKind.RETURNED}
)
"""What travelled in such a parcel may travel again in another one."""


def faults(order: Order) -> Iterator[OrderFault]:
    """Everything in the order that contradicts itself."""
    yield from _unique(order)
    yield from _amounts(order)
    yield from _payments(order)
    yield from _contents(order)
    yield from _refunds(order)
    yield from _dates(order)


def _say(amount_minor: int, currency: str) -> str:
    return f"{to_major(amount_minor, currency)} {currency}"


def _unique(order: Order) -> Iterator[OrderFault]:
    ids: dict[str, Iterable[str]] = {
        "lines": (line.id for line in order.lines),
        "discounts": (discount.id for discount in order.discounts),
        "payments": (payment.id for payment in order.payments),
        "parcels": (parcel.id for parcel in order.parcels),
        "refunds": (refund.id for refund in order.refunds),
    }
    for field, values in ids.items():
        seen: dict[str, int] = {}
        for index, value in enumerate(values):
            if value in seen:
                first = f"$.{field}[{seen[value]}]"
                yield OrderFault(
                    f"$.{field}[{index}].id",
                    Text(f"编号 {value!r} 已用于 {first}", f"id {value!r} is already used by {first}"),
                    Text("同一订单内编号须各不相同", "give each its own id"),
                )
            seen.setdefault(value, index)


def _amounts(order: Order) -> Iterator[OrderFault]:
    for index, line in enumerate(order.lines):
        price_minor = line.unit_price_minor * line.quantity
        if line.discount_minor > price_minor:
            yield OrderFault(
                f"$.lines[{index}].discount_minor",
                Text(f"优惠 {line.discount_minor} 超过商品价款 {price_minor}",
                     f"the discount {line.discount_minor} is above the price of the line, {price_minor}"),
                Text("优惠不得超过单价乘数量", "a discount takes off at most unit price times quantity"),
            )  # fmt: skip
    lines_minor = sum(line.gross_minor for line in order.lines)
    discounts_minor = sum(discount.amount_minor for discount in order.discounts)
    if discounts_minor > lines_minor:
        yield OrderFault(
            "$.discounts",
            Text(f"订单优惠合计 {discounts_minor} 超过商品合计 {lines_minor}",
                 f"the discounts add up to {discounts_minor}, more than the lines, {lines_minor}"),
            Text("运费优惠写在 freight.discount_minor", "a discount on freight belongs in freight.discount_minor"),
        )  # fmt: skip
    freight = order.freight
    if freight.discount_minor > freight.amount_minor:
        yield OrderFault(
            "$.freight.discount_minor",
            Text(f"运费优惠 {freight.discount_minor} 超过运费 {freight.amount_minor}",
                 f"the discount {freight.discount_minor} is above the freight, {freight.amount_minor}"),
            Text("运费优惠不得超过运费", "a discount takes off at most the freight"),
        )  # fmt: skip


def _payments(order: Order) -> Iterator[OrderFault]:
    if max(order.due_minor, order.paid_minor) > AMOUNT_MAX_MINOR:
        most = _say(AMOUNT_MAX_MINOR, order.currency)
        yield OrderFault(
            "$",
            Text("整笔订单的金额太大", "the amount of the whole order is too large"),
            Text(f"至多为 {most}", f"it may be at most {most}"),
        )
    difference = order.paid_minor - order.due_minor
    if difference:
        paid, due = _say(order.paid_minor, order.currency), _say(order.due_minor, order.currency)
        gap = _say(abs(difference), order.currency)
        yield OrderFault(
            "$.payments",
            Text(f"付款合计 {paid}，应付（商品 − 优惠 + 运费）{due}，相差 {gap}",
                 f"the payments add up to {paid}, but lines less discounts plus freight make {due}; "
                 f"{'too much' if difference > 0 else 'missing'}: {gap}"),
            Text("核对付款、优惠、运费与附加费用，使两数相等",
                 "make both sums equal: check payments, discounts, freight and surcharges"),
        )  # fmt: skip
    for index, payment in enumerate(order.payments):
        if (payment.means is Means.MONEY) == (payment.units > 0):
            yield OrderFault(
                f"$.payments[{index}].units",
                Text(f"{payment.units} 与付款方式 {payment.means} 不符",
                     f"{payment.units} does not go with means {payment.means}"),
                Text("积分与优惠券须写数量，金钱写 0", "give the number of points or coupons; 0 for money"),
            )  # fmt: skip


def _contents(order: Order) -> Iterator[OrderFault]:
    quantities = {line.id: line.quantity for line in order.lines}
    packed: dict[str, int] = {}
    for number, parcel in enumerate(order.parcels):
        under_way = not any(event.kind in _NOT_ARRIVED for event in parcel.events)
        inside: dict[str, int] = {}
        for index, (line_id, quantity) in enumerate(parcel.contents):
            path = f"$.parcels[{number}].contents[{index}]"
            if line_id not in quantities:
                yield _no_such_line(f"{path}.line_id", line_id, order)
                continue
            inside[line_id] = inside.get(line_id, 0) + quantity
            if under_way:
                packed[line_id] = packed.get(line_id, 0) + quantity
            most = max(inside[line_id], packed.get(line_id, 0) if under_way else 0)
            if most > quantities[line_id]:
                yield OrderFault(
                    f"{path}.quantity",
                    Text(f"商品行 {line_id!r} 共装 {most} 件，只订了 {quantities[line_id]} 件",
                         f"{most} units of line {line_id!r} are packed, but {quantities[line_id]} were ordered"),
                    Text("装箱数量不得超过订购数量", "pack at most what was ordered"),
                )  # fmt: skip


def _no_such_line(path: str, line_id: str, order: Order) -> OrderFault:
    known = [line.id for line in order.lines[:10]]
    return OrderFault(
        path,
        Text(f"订单没有商品行 {line_id!r}", f"the order has no line {line_id!r}"),
        Text(f"可用：{'、'.join(known)}", f"its lines are {', '.join(known)}"),
    )


def _refunds(order: Order) -> Iterator[OrderFault]:
    lines = {line.id: line for line in order.lines}
    given: dict[str, int] = {}
    units: dict[str, int] = {}
    for index, refund in enumerate(order.refunds):
        path = f"$.refunds[{index}]"
        line = lines.get(refund.line_id)
        if line is None:
            yield _no_such_line(f"{path}.line_id", refund.line_id, order)
            continue
        units[line.id] = units.get(line.id, 0) + refund.quantity
        if units[line.id] > line.quantity:
            yield OrderFault(
                f"{path}.quantity",
                Text(f"商品行 {line.id!r} 退了 {units[line.id]} 件，只订了 {line.quantity} 件",
                     f"{units[line.id]} units of line {line.id!r} came back, but {line.quantity} were ordered"),
                Text("退货数量不得超过订购数量", "count at most what was ordered"),
            )  # fmt: skip
        key = line.id if refund.head is Head.GOODS else refund.head
        given[key] = given.get(key, 0) + refund.amount_minor
        most = {Head.GOODS: line.gross_minor, Head.FREIGHT_OUT: order.freight.paid_minor}.get(refund.head)
        if most is not None and given[key] > most:
            yield OrderFault(
                f"{path}.amount_minor",
                Text(f"已退 {given[key]}，超过所付 {most}", f"{given[key]} was given back, but only {most} was paid"),
                Text("多退的部分写作 goodwill", "write what was given beyond the price under goodwill"),
            )  # fmt: skip


def _dates(order: Order) -> Iterator[OrderFault]:
    """Nothing happens before the order is placed.

    Payment may: money is authorised, and deposits paid, before the shop writes the order. A parcel's events may stand
    in any order: carriers' clocks differ, and real exports hold parcels signed for before they were handed over.
    """
    if order.completed_at and order.cancelled_at:
        yield OrderFault(
            "$.cancelled_at",
            Text("订单既已完成又已取消", "the order is both completed and cancelled"),
            Text("只写其一", "give one of the two"),
        )
    times: list[tuple[str, datetime | None]] = [
        ("$.completed_at", order.completed_at),
        ("$.cancelled_at", order.cancelled_at),
        ("$.promises.dispatch_by", order.promises.dispatch_by),
        ("$.promises.deliver_by", order.promises.deliver_by),
    ]
    times += [(f"$.refunds[{index}].refunded_at", refund.refunded_at) for index, refund in enumerate(order.refunds)]
    times += [place for number, parcel in enumerate(order.parcels) for place in _event_times(number, parcel)]
    for path, at in times:
        if at is not None and at < order.placed_at:
            placed = order.placed_at.isoformat()
            yield OrderFault(
                path,
                Text(f"{at.isoformat()} 早于下单时间 {placed}", f"{at.isoformat()} is before the order, {placed}"),
                Text("核对时间与时区", "check the time and its offset"),
            )


def _event_times(number: int, parcel: Parcel) -> Iterator[tuple[str, datetime | None]]:
    for index, event in enumerate(parcel.events):
        yield f"$.parcels[{number}].events[{index}].at", event.at
