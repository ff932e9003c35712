"""What the shop itself gave back before the order came here, held against each line's share."""

from makewhole.core.allocation.allocate import allocate
from makewhole.core.order.faults import OrderFault
from makewhole.core.order.model import Order
from makewhole.core.words import Head, Text


def prior_refunds(order: Order) -> dict[tuple[str, Head], int]:
    """Minor units given back before import, by line and head; goodwill too, though it is no part of the price."""
    given: dict[tuple[str, Head], int] = {}
    for refund in order.refunds:
        key = (refund.line_id, refund.head)
        given[key] = given.get(key, 0) + refund.amount_minor
    return given


def prior_faults(order: Order) -> tuple[OrderFault, ...]:
    """Refunds that give back more than the line's share of what was paid. The order passed `read_order`."""
    if not order.refunds:
        return ()
    allocation = allocate(order)
    faults = []
    for (line_id, head), amount_minor in prior_refunds(order).items():
        share = allocation.share(line_id)
        most = {Head.GOODS: share.goods_minor, Head.FREIGHT_OUT: share.freight_minor}.get(head)
        if most is not None and amount_minor > most:
            faults.append(
                OrderFault(
                    "$.refunds",
                    Text(f"商品行 {line_id!r} 的 {head} 已退 {amount_minor}，其分摊只有 {most}",
                         f"{amount_minor} of {head} was given back on line {line_id!r}, but its share is {most}"),
                    Text("多退的部分写作 goodwill", "write what was given beyond the share under goodwill"),
                )
            )  # fmt: skip
    return tuple(faults)
