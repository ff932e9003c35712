"""Reads on orders."""

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from makewhole.rooms.checks import Check, CheckResult
from makewhole.rooms.orders import store
from makewhole.rooms.orders.models import Buyer, Merchant, Shop
from makewhole.rooms.orders.models import OrderRecord as OrderRecord

PAGE = 20
PAGE_MAX = 200


class BadCursor(ValueError):
    """The cursor was not given out by this room."""


class Page(NamedTuple):
    """Orders, newest first. `next_cursor` is empty on the last page."""

    records: tuple[OrderRecord, ...]
    next_cursor: str


def order(order_id: UUID) -> OrderRecord | None:
    """The order, or None."""
    return store.read_order(order_id)


def orders(order_ids: Sequence[UUID]) -> dict[UUID, OrderRecord]:
    """These orders by id; those that do not exist are left out."""
    return {record.id: record for record in store.read_orders(order_ids)} if order_ids else {}


def order_by_number(shop_id: str, number: str) -> OrderRecord | None:
    """The shop's order of this number, or None."""
    return store.read_order_by_number(shop_id, number)


def orders_of_buyer(buyer_id: str, cursor: str = "", limit: int = PAGE) -> Page:
    """One page of a buyer's orders. Raises BadCursor."""
    return _page("buyer_id", buyer_id, cursor, limit)


def orders_of_merchant(merchant_id: str, cursor: str = "", limit: int = PAGE) -> Page:
    """One page of a merchant's orders. Raises BadCursor."""
    return _page("merchant_id", merchant_id, cursor, limit)


def shops() -> list[str]:
    """The shops that have handed in orders, in the order they were first heard of."""
    return list(Shop.objects.order_by("created_at", "id").values_list("id", flat=True))


def merchant_names(merchant_ids: Sequence[str]) -> dict[str, str]:
    """Names of merchants as last told by a shop; a merchant without orders is left out."""
    return dict(Merchant.objects.filter(id__in=merchant_ids).values_list("id", "name"))


def merchants_called(text: str, limit: int = 50) -> dict[str, str]:
    """Merchants whose name holds this text, or whose id it is: names by id."""
    found = Merchant.objects.filter(Q(name__icontains=text) | Q(id=text)).order_by("id")
    return dict(found.values_list("id", "name")[:limit])


def buyer_names(buyer_ids: Sequence[str]) -> dict[str, str]:
    """Names of buyers as last told by a shop, which may be empty; a buyer without orders is left out."""
    return dict(Buyer.objects.filter(id__in=buyer_ids).values_list("id", "name"))


def checks() -> list[Check]:
    """What `makewhole verify` looks at in this room: what the money of every case is worked out from."""
    return [
        Check("I2", "what an order's lines, discounts and freight make is what was paid", _faulty),
    ]


def _faulty() -> CheckResult:
    return CheckResult(*store.count_faulty())


def _page(column: str, value: str, cursor: str, limit: int) -> Page:
    limit = max(1, min(limit, PAGE_MAX))
    rows = store.read_page(column, value, _position(cursor) if cursor else None, limit + 1)
    more = ""
    if len(rows) > limit:
        last, placed_at = rows[limit - 1]
        more = base64.urlsafe_b64encode(f"{placed_at.isoformat()} {last.id}".encode()).decode()
    return Page(tuple(record for record, _ in rows[:limit]), more)


def _position(cursor: str) -> tuple[datetime, UUID]:
    try:
        placed_at, order_id = base64.urlsafe_b64decode(cursor.encode()).decode().split(" ")
        at = datetime.fromisoformat(placed_at)
        if at.tzinfo is None:
            raise ValueError("no offset")
        return at, UUID(order_id)
    except (ValueError, binascii.Error) as error:
        raise BadCursor(f"cursor {cursor[:80]!r} was not given out here; leave it out to begin anew") from error
