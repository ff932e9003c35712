"""Orders as the API tells them: the house's own id, what they are found by, and the document as handed in."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import Field

from makewhole.core.order.read import write_order
from makewhole.doors.api.shapes.plain import Amount, Answered, Time, amount, time, time_or_none
from makewhole.rooms.orders.models import OrderRecord
from makewhole.rooms.orders.service import Imported


class OrderRow(Answered):
    """One order in a list."""

    id: str = Field(description="The house's id of the order, as all other routes name it.")
    number: str = Field(description="The shop's own order number.")
    shop_id: str
    merchant_id: str
    merchant_name: str
    buyer_id: str
    market: str
    paid: Amount
    placed_at: Time
    signed_at: Time | None
    completed_at: Time | None
    cancelled_at: Time | None


class FullOrder(OrderRow):
    """One order with its document in makewhole's order format (docs/reference/order.md)."""

    document: dict[str, Any]


class TakenIn(Answered):
    """What became of an order handed in."""

    id: str
    number: str
    outcome: str = Field(
        json_schema_extra={"enum": ["accepted", "updated", "unchanged"]},
        description="`accepted`: new here. `updated`: a newer version of a known order. `unchanged`: known as it is.",
    )


def order_row(record: OrderRecord, zone: ZoneInfo) -> dict[str, Any]:
    order = record.order
    return {
        "id": str(record.id),
        "number": order.id,
        "shop_id": record.shop_id,
        "merchant_id": order.merchant_id,
        "merchant_name": order.merchant_name,
        "buyer_id": order.buyer_id,
        "market": order.market,
        "paid": amount(order.paid_minor, order.currency),
        "placed_at": time(order.placed_at, zone),
        "signed_at": time_or_none(order.signed_at, zone),
        "completed_at": time_or_none(order.completed_at, zone),
        "cancelled_at": time_or_none(order.cancelled_at, zone),
    }


def full_order(record: OrderRecord, zone: ZoneInfo) -> dict[str, Any]:
    return {**order_row(record, zone), "document": _in_zone(write_order(record.order), zone)}


def _in_zone(document: Any, zone: ZoneInfo, name: str = "") -> Any:
    """The document with its times as people of the market read them."""
    if isinstance(document, dict):
        return {key: _in_zone(value, zone, key) for key, value in document.items()}
    if isinstance(document, list):
        return [_in_zone(value, zone, name) for value in document]
    if isinstance(document, str) and (name == "at" or name.endswith(("_at", "_by"))):
        return time(datetime.fromisoformat(document), zone)
    return document


def taken_in(imported: Imported) -> dict[str, Any]:
    record = imported.record
    return {
        "id": str(record.id) if record else None,
        "number": imported.number,
        "outcome": imported.outcome.value,
    }
