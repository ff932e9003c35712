"""Write an order as a document of the order format; what has its default value is left out.

Written out field by field, because every imported order passes here; a test holds it against the fields of the model.
"""

from datetime import datetime
from typing import Any

from makewhole.core.order.model import Discount, Freight, Line, Order, Parcel, ParcelEvent, Payment, Promises, Refund


def write_order(order: Order) -> dict[str, Any]:
    """The order as a document. `read_order` and `order_from_stored` give the same order back."""
    document: dict[str, Any] = {
        "id": order.id,
        "merchant_id": order.merchant_id,
        "merchant_name": order.merchant_name,
        "buyer_id": order.buyer_id,
        "market": order.market,
        "currency": order.currency,
        "placed_at": order.placed_at.isoformat(),
        "lines": [_line(line) for line in order.lines],
    }
    if order.payments:
        document["payments"] = [_payment(payment) for payment in order.payments]
    if order.discounts:
        document["discounts"] = [_discount(discount) for discount in order.discounts]
    if order.freight != _NO_FREIGHT:
        document["freight"] = _freight(order.freight)
    if order.promises != _NO_PROMISES:
        document["promises"] = _promises(order.promises)
    if order.parcels:
        document["parcels"] = [_parcel(parcel) for parcel in order.parcels]
    if order.refunds:
        document["refunds"] = [_refund(refund) for refund in order.refunds]
    if order.checkout_id:
        document["checkout_id"] = order.checkout_id
    if order.buyer_name:
        document["buyer_name"] = order.buyer_name
    if order.return_address:
        document["return_address"] = order.return_address
    _put_times(document, completed_at=order.completed_at, cancelled_at=order.cancelled_at)
    return document


_NO_FREIGHT = Freight()
_NO_PROMISES = Promises()


def _put_times(part: dict[str, Any], **times: datetime | None) -> None:
    for name, at in times.items():
        if at is not None:
            part[name] = at.isoformat()


def _put_amounts(part: dict[str, Any], **amounts: int) -> None:
    for name, amount in amounts.items():
        if amount:
            part[name] = amount


def _line(line: Line) -> dict[str, Any]:
    part: dict[str, Any] = {
        "id": line.id,
        "sku": line.sku,
        "title": line.title,
        "category": line.category,
        "quantity": line.quantity,
        "unit_price_minor": line.unit_price_minor,
    }
    if line.discount_minor:
        part["discount_minor"] = line.discount_minor
    if line.surcharge_minor:
        part["surcharge_minor"] = line.surcharge_minor
    if line.flags:
        part["flags"] = sorted(flag.value for flag in line.flags)
    return part


def _payment(payment: Payment) -> dict[str, Any]:
    part: dict[str, Any] = {"id": payment.id, "means": payment.means.value, "amount_minor": payment.amount_minor}
    if payment.provider:
        part["provider"] = payment.provider
    if payment.reference:
        part["reference"] = payment.reference
    _put_amounts(part, units=payment.units)
    _put_times(part, paid_at=payment.paid_at)
    return part


def _discount(discount: Discount) -> dict[str, Any]:
    part: dict[str, Any] = {"id": discount.id, "amount_minor": discount.amount_minor}
    if discount.threshold_minor is not None:
        part["threshold_minor"] = discount.threshold_minor
    if discount.kind != "promotion":
        part["kind"] = discount.kind
    return part


def _freight(freight: Freight) -> dict[str, Any]:
    part: dict[str, Any] = {}
    _put_amounts(
        part,
        amount_minor=freight.amount_minor,
        discount_minor=freight.discount_minor,
        surcharge_minor=freight.surcharge_minor,
    )
    return part


def _promises(promises: Promises) -> dict[str, Any]:
    part: dict[str, Any] = {}
    _put_times(part, dispatch_by=promises.dispatch_by, deliver_by=promises.deliver_by)
    if promises.no_reason_return_days is not None:
        part["no_reason_return_days"] = promises.no_reason_return_days
    if promises.freight_insurance:
        part["freight_insurance"] = True
    if promises.warranty_days is not None:
        part["warranty_days"] = promises.warranty_days
    return part


def _parcel(parcel: Parcel) -> dict[str, Any]:
    part: dict[str, Any] = {"id": parcel.id, "carrier": parcel.carrier, "tracking_number": parcel.tracking_number}
    if parcel.events:
        part["events"] = [_event(event) for event in parcel.events]
    if parcel.contents:
        part["contents"] = [{"line_id": line_id, "quantity": quantity} for line_id, quantity in parcel.contents]
    return part


def _event(event: ParcelEvent) -> dict[str, Any]:
    part: dict[str, Any] = {"kind": event.kind.value, "at": event.at.isoformat()}
    if event.note:
        part["note"] = event.note
    return part


def _refund(refund: Refund) -> dict[str, Any]:
    part: dict[str, Any] = {
        "id": refund.id,
        "line_id": refund.line_id,
        "head": refund.head.value,
        "amount_minor": refund.amount_minor,
    }
    _put_amounts(part, quantity=refund.quantity)
    _put_times(part, refunded_at=refund.refunded_at)
    return part
