"""Read makewhole's order format, strictly. `docs/reference/order.md` explains the format.

`write_order` writes it, and `order_from_stored` reads back what it wrote: trusted, and many times faster.
"""

from collections.abc import Mapping
from typing import Any

from makewhole.core.order import checks
from makewhole.core.order.document import OrderDocument, ParcelDocument
from makewhole.core.order.faults import OrderError, OrderFault
from makewhole.core.order.model import (
    Discount,
    Freight,
    Line,
    Order,
    Parcel,
    ParcelEvent,
    Payment,
    Promises,
    Refund,
)
from makewhole.core.order.shape import read_shape
from makewhole.core.order.stored import order_from_stored
from makewhole.core.order.write import write_order
from makewhole.core.words import Text

__all__ = ["OrderError", "OrderFault", "json_schema", "order_from_stored", "read_order", "write_order"]


def read_order(document: Mapping[str, Any]) -> Order:
    """The order a document describes.

    Raises OrderError with every fault found: first those of shape; if there are none, those of sense (sums, ids,
    quantities, dates).
    """
    if not isinstance(document, Mapping):
        raise OrderError(
            [OrderFault("$", Text("不是订单对象", "is not an order"), Text("请写成 { … }", "write it as { … }"))]
        )
    shaped, wrong = read_shape(document)
    if shaped is None:
        raise OrderError(wrong)
    order = order_of(shaped)
    contradictions = tuple(checks.faults(order))
    if contradictions:
        raise OrderError(contradictions)
    return order


def order_of(document: OrderDocument) -> Order:
    """The order in a document whose shape is right; what its fields say together is not looked at."""
    freight, promises = document.freight, document.promises
    return Order(
        id=document.id,
        merchant_id=document.merchant_id,
        merchant_name=document.merchant_name,
        buyer_id=document.buyer_id,
        market=document.market,
        currency=document.currency,
        placed_at=document.placed_at,
        lines=tuple(
            Line(
                line.id, line.sku, line.title, line.category, line.quantity, line.unit_price_minor,
                line.discount_minor, frozenset(line.flags), line.surcharge_minor,
            )
            for line in document.lines
        ),
        payments=tuple(
            Payment(
                payment.id, payment.means, payment.amount_minor, payment.provider, payment.reference, payment.units,
                payment.paid_at,
            )
            for payment in document.payments
        ),
        discounts=tuple(
            Discount(discount.id, discount.amount_minor, discount.threshold_minor, discount.kind)
            for discount in document.discounts
        ),
        freight=Freight(freight.amount_minor, freight.discount_minor, freight.surcharge_minor),
        promises=Promises(
            promises.dispatch_by, promises.deliver_by, promises.no_reason_return_days, promises.freight_insurance,
            promises.warranty_days,
        ),
        parcels=tuple(_parcel(parcel) for parcel in document.parcels),
        checkout_id=document.checkout_id,
        completed_at=document.completed_at,
        cancelled_at=document.cancelled_at,
        buyer_name=document.buyer_name,
        refunds=tuple(
            Refund(
                refund.id, refund.line_id, refund.head, refund.amount_minor, refund.quantity, refund.refunded_at
            )
            for refund in document.refunds
        ),
        return_address=document.return_address,
    )  # fmt: skip


def _parcel(parcel: ParcelDocument) -> Parcel:
    return Parcel(
        parcel.id,
        parcel.carrier,
        parcel.tracking_number,
        tuple(ParcelEvent(event.kind, event.at, event.note) for event in parcel.events),
        tuple((content.line_id, content.quantity) for content in parcel.contents),
    )


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of the order format: its shape. Sums, unique ids and dates are told in the guide."""
    schema = OrderDocument.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
