"""Read an order back from the document we wrote ourselves: trusted, so nothing is checked; every case command needs it.

Enumerations are looked up in tables and tuples are made directly, because a call of an Enum class costs as much as
a whole line here.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from makewhole.core.order.model import (
    Discount,
    Freight,
    Line,
    LineFlag,
    Means,
    Order,
    Parcel,
    ParcelEvent,
    ParcelEventKind,
    Payment,
    Promises,
    Refund,
)
from makewhole.core.words import Head

_MEANS = {str(word): word for word in Means}
_KINDS = {str(word): word for word in ParcelEventKind}
_FLAGS = {str(word): word for word in LineFlag}
_HEADS = {str(word): word for word in Head}
_NO_FLAGS: frozenset[LineFlag] = frozenset()
_NO_FREIGHT = Freight()
_NO_PROMISES = Promises()

_read_time = datetime.fromisoformat


def _time(text: str | None) -> datetime | None:
    return None if text is None else _read_time(text)


def order_from_stored(document: Mapping[str, Any]) -> Order:
    """The order that `write_order` wrote. The document is trusted: use `read_order` for anything from outside."""
    get = document.get
    freight, promises = get("freight"), get("promises")
    return Order(
        document["id"],
        document["merchant_id"],
        document["merchant_name"],
        document["buyer_id"],
        document["market"],
        document["currency"],
        _read_time(document["placed_at"]),
        tuple([_line(line) for line in document["lines"]]),
        tuple([_payment(payment) for payment in get("payments", ())]),
        tuple([_discount(discount) for discount in get("discounts", ())]),
        Freight(**freight) if freight else _NO_FREIGHT,
        _promises(promises) if promises else _NO_PROMISES,
        tuple([_parcel(parcel) for parcel in get("parcels", ())]),
        get("checkout_id", ""),
        _time(get("completed_at")),
        _time(get("cancelled_at")),
        get("buyer_name", ""),
        tuple([_refund(refund) for refund in get("refunds", ())]),
        get("return_address", ""),
    )


def _line(line: dict[str, Any]) -> Line:
    get = line.get
    flags = get("flags")
    return Line(
        line["id"],
        line["sku"],
        line["title"],
        line["category"],
        line["quantity"],
        line["unit_price_minor"],
        get("discount_minor", 0),
        frozenset([_FLAGS[flag] for flag in flags]) if flags else _NO_FLAGS,
        get("surcharge_minor", 0),
    )


def _payment(payment: dict[str, Any]) -> Payment:
    get = payment.get
    return Payment(
        payment["id"],
        _MEANS[payment["means"]],
        payment["amount_minor"],
        get("provider", ""),
        get("reference", ""),
        get("units", 0),
        _time(get("paid_at")),
    )


def _discount(discount: dict[str, Any]) -> Discount:
    get = discount.get
    return Discount(discount["id"], discount["amount_minor"], get("threshold_minor"), get("kind", "promotion"))


def _promises(promises: dict[str, Any]) -> Promises:
    get = promises.get
    return Promises(
        _time(get("dispatch_by")),
        _time(get("deliver_by")),
        get("no_reason_return_days"),
        get("freight_insurance", False),
        get("warranty_days"),
    )


def _parcel(parcel: dict[str, Any]) -> Parcel:
    get = parcel.get
    return Parcel(
        parcel["id"],
        parcel["carrier"],
        parcel["tracking_number"],
        tuple(
            [
                ParcelEvent(_KINDS[event["kind"]], _read_time(event["at"]), event.get("note", ""))
                for event in get("events", ())
            ]
        ),
        tuple([(content["line_id"], content["quantity"]) for content in get("contents", ())]),
    )


def _refund(refund: dict[str, Any]) -> Refund:
    get = refund.get
    return Refund(
        refund["id"],
        refund["line_id"],
        _HEADS[refund["head"]],
        refund["amount_minor"],
        get("quantity", 0),
        _time(get("refunded_at")),
    )
