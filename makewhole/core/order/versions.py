"""What a newer version of a known order may change.

- Who and when (merchant, buyer, market, currency, time of placing) never changes: that would be another order.
- What happened only grows: parcels, their events, the shop's own refunds and the order's end are added to what is
  known; an older export does not take them away. What is told again under the same id is corrected.
- The sale (lines, payments, discounts, freight, promises) and the shop's refunds may be corrected until somebody has
  a claim on them; whoever stores the order asks before storing such a change.
- Names may change at any time.
"""

from typing import NamedTuple

from makewhole.core.order.faults import OrderFault
from makewhole.core.order.model import Order, Parcel, Refund
from makewhole.core.words import Text

IDENTITY = ("merchant_id", "buyer_id", "market", "currency", "placed_at")
SALE = ("lines", "payments", "discounts", "freight", "promises", "refunds", "checkout_id")


class Merged(NamedTuple):
    """The order after the newer version. `sale_changed` names the fields of the sale that differ from before."""

    order: Order
    sale_changed: tuple[str, ...]


def identity_faults(known: Order, newer: Order) -> tuple[OrderFault, ...]:
    """Why the newer version is not the same order: every field of its identity that differs."""
    return tuple(
        OrderFault(
            f"$.{field}",
            Text(f"订单 {known.id} 已有，此项为 {getattr(known, field)}",
                 f"order {known.id} is known with {getattr(known, field)}"),
            Text("同一店铺内的另一笔订单请用另一个编号", "give another order of this shop its own id"),
        )
        for field in IDENTITY
        if getattr(known, field) != getattr(newer, field)
    )  # fmt: skip


def merge(known: Order, newer: Order) -> Merged:
    """The known order with what the newer version adds or corrects. Both have the same identity."""
    if known == newer:
        return Merged(known, ())
    order = newer._replace(
        parcels=_parcels(known, newer),
        refunds=_refunds(known, newer),
        completed_at=newer.completed_at or known.completed_at,
        cancelled_at=newer.cancelled_at or known.cancelled_at,
        buyer_name=newer.buyer_name or known.buyer_name,
        return_address=newer.return_address or known.return_address,
    )
    return Merged(order, tuple(field for field in SALE if getattr(order, field) != getattr(known, field)))


def keep_sale(known: Order, newer: Order) -> Order:
    """The newer version with the sale as it was known."""
    return newer._replace(**{field: getattr(known, field) for field in SALE})


def _refunds(known: Order, newer: Order) -> tuple[Refund, ...]:
    told = {refund.id: refund for refund in newer.refunds}
    kept = [told.pop(refund.id, refund) for refund in known.refunds]
    return (*kept, *told.values())


def _parcels(known: Order, newer: Order) -> tuple[Parcel, ...]:
    told = {parcel.id: parcel for parcel in newer.parcels}
    kept = [_parcel(parcel, told.pop(parcel.id)) if parcel.id in told else parcel for parcel in known.parcels]
    return (*kept, *told.values())


def _parcel(known: Parcel, newer: Parcel) -> Parcel:
    events = dict.fromkeys(known.events)
    events.update(dict.fromkeys(newer.events))
    return Parcel(
        known.id,
        newer.carrier or known.carrier,
        newer.tracking_number or known.tracking_number,
        tuple(sorted(events, key=lambda event: event.at)) if len(events) > len(known.events) else known.events,
        newer.contents or known.contents,
    )
