"""The room's own SQL: locking and reading orders on the hot path, and taking them in by the batch.

Batches travel as one JSON parameter each: the server unpacks it, so a batch of any size is one statement of one shape.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from makewhole.core.order.model import Order
from makewhole.core.order.stored import order_from_stored
from makewhole.rooms import prepared
from makewhole.rooms.arrays import array
from makewhole.rooms.orders.models import OrderRecord

_RECORD = "SELECT id, document, shop_id FROM orders_order"

_COLUMNS = (
    "id uuid, number text, checkout_id text, merchant_id text, buyer_id text, market text, currency text,"
    " paid_minor bigint, placed_at timestamptz, signed_at timestamptz, completed_at timestamptz,"
    " cancelled_at timestamptz, document jsonb"
)
_NAMES = ", ".join(column.split()[0] for column in _COLUMNS.split(", "))


def _record(row: Sequence[Any]) -> OrderRecord:
    document = orjson.loads(row[1]) if isinstance(row[1], str | bytes) else row[1]
    return OrderRecord(row[0], order_from_stored(document), row[2])


def _row(record: OrderRecord, document: dict[str, Any]) -> dict[str, Any]:
    order = record.order
    return {
        "id": record.id,
        "number": order.id,
        "checkout_id": order.checkout_id,
        "merchant_id": order.merchant_id,
        "buyer_id": order.buyer_id,
        "market": order.market,
        "currency": order.currency,
        "paid_minor": order.paid_minor,
        "placed_at": order.placed_at,
        "signed_at": order.signed_at,
        "completed_at": order.completed_at,
        "cancelled_at": order.cancelled_at,
        "document": document,
    }


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def ask_to_lock(order_id: UUID) -> Callable[[], OrderRecord | None]:
    """Ask for an order and hold its row until the transaction ends; called, it gives None without such an order."""
    return _ask(f"{_RECORD} WHERE id = %s FOR UPDATE", [order_id])


def lock_free_orders(order_ids: Sequence[UUID], limit: int) -> list[OrderRecord]:
    """Read and hold those of these orders that nobody else holds, at most so many; waits for nobody."""
    rows = prepared.run(
        f"{_RECORD} WHERE id = ANY(%s::uuid[]) LIMIT %s FOR UPDATE SKIP LOCKED", [array(order_ids), limit]
    )
    return [_record(row) for row in rows]


def lock_by_number(shop_id: str, numbers: Sequence[str]) -> dict[str, OrderRecord]:
    """Read and hold the shop's orders among these numbers, in one order for everybody, so that nobody deadlocks."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_RECORD} WHERE shop_id = %s AND number = ANY(%s) ORDER BY id FOR UPDATE", [shop_id, list(numbers)]
        )
        records = [_record(row) for row in cursor.fetchall()]
    return {record.order.id: record for record in records}


def insert_orders(records: Iterable[tuple[OrderRecord, dict[str, Any]]], shop_id: str, now: datetime) -> set[UUID]:
    """Add new orders with their documents. Returns the ids added; a number somebody else took meanwhile is left out."""
    rows = sorted((_row(record, document) for record, document in records), key=lambda row: str(row["number"]))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO orders_order (shop_id, imported_at, updated_at, {_NAMES})"  # noqa: S608 - constants
            f" SELECT %s, %s, %s, {_NAMES} FROM jsonb_to_recordset(%s::jsonb) AS given ({_COLUMNS})"
            " ON CONFLICT (shop_id, number) DO NOTHING RETURNING id",
            [shop_id, now, now, _json(rows)],
        )
        return {row[0] for row in cursor.fetchall()}


def update_orders(records: Iterable[tuple[OrderRecord, dict[str, Any]]], now: datetime) -> None:
    """Write newer versions over orders whose rows this transaction holds."""
    assigned = ", ".join(f"{name} = given.{name}" for name in _NAMES.split(", ") if name not in {"id", "number"})
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE orders_order SET updated_at = greatest(imported_at, %s), {assigned}"  # noqa: S608 - constants
            f" FROM jsonb_to_recordset(%s::jsonb) AS given ({_COLUMNS}) WHERE orders_order.id = given.id",
            [now, _json([_row(record, document) for record, document in records])],
        )


def ensure_shop(shop_id: str, now: datetime) -> None:
    """Know the shop from now on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO orders_shop (id, created_at) SELECT %s, %s"
            " WHERE NOT EXISTS (SELECT FROM orders_shop WHERE id = %s) ON CONFLICT DO NOTHING",
            [shop_id, now, shop_id],
        )


def keep_names(orders: Iterable[Order]) -> None:
    """Keep the names of these orders' merchants and buyers as last told; an empty name takes none away.

    Names already kept are left alone, so importers do not wait for each other over one merchant's row.
    """
    merchants: dict[str, str] = {}
    buyers: dict[str, str] = {}
    for order in orders:
        merchants[order.merchant_id] = order.merchant_name or merchants.get(order.merchant_id, "")
        buyers[order.buyer_id] = order.buyer_name or buyers.get(order.buyer_id, "")
    with connection.cursor() as cursor:
        for table, names in (("orders_merchant", merchants), ("orders_buyer", buyers)):
            cursor.execute(
                f"INSERT INTO {table} (id, name) SELECT id, name"  # noqa: S608 - constants
                " FROM jsonb_to_recordset(%s::jsonb) AS given (id text, name text)"
                f" WHERE NOT EXISTS (SELECT FROM {table} kept WHERE kept.id = given.id"
                "  AND (kept.name = given.name OR given.name = '')) ORDER BY id"
                " ON CONFLICT (id) DO UPDATE SET name = excluded.name WHERE excluded.name <> ''",
                [_json([{"id": key, "name": names[key]} for key in sorted(names)])],
            )


def analyse() -> None:
    """Let the database look at its tables anew, so that it plans for what a bulk import has just put into them."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def read_order(order_id: UUID) -> OrderRecord | None:
    """Read one order, or None."""
    return _one(f"{_RECORD} WHERE id = %s", [order_id])


def read_order_by_number(shop_id: str, number: str) -> OrderRecord | None:
    """Read the shop's order of this number, or None."""
    return _one(f"{_RECORD} WHERE shop_id = %s AND number = %s", [shop_id, number])


def read_orders(order_ids: Sequence[UUID]) -> list[OrderRecord]:
    """Read these orders; those that do not exist are left out."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_RECORD} WHERE id = ANY(%s)", [list(order_ids)])
        return [_record(row) for row in cursor.fetchall()]


def _one(statement: str, values: Sequence[Any]) -> OrderRecord | None:
    return _ask(statement, values)()


def _ask(statement: str, values: Sequence[Any]) -> Callable[[], OrderRecord | None]:
    asked = prepared.send(statement, values)

    def read() -> OrderRecord | None:
        rows = asked.rows()
        return _record(rows[0]) if rows else None

    return read


def read_page(
    column: str, value: str, before: tuple[datetime, UUID] | None, limit: int
) -> list[tuple[OrderRecord, datetime]]:
    """Read the newest `limit` orders of a buyer or merchant, older than `before`; each with its sorting time."""
    if column not in {"buyer_id", "merchant_id"}:
        raise ValueError(f"orders are not listed by {column!r}")
    older = " AND (placed_at, id) < (%s, %s)" if before else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, document, shop_id, placed_at FROM orders_order"  # noqa: S608 - constants
            f" WHERE {column} = %s{older} ORDER BY placed_at DESC, id DESC LIMIT %s",
            [value, *(before or ()), limit],
        )
        return [(_record(row), row[3]) for row in cursor.fetchall()]


def count_faulty() -> tuple[int, int, str]:
    """Orders checked, orders whose document and columns or sums disagree, and the first of them.

    The sums are worked out by the database from the document alone, without any of the code that wrote it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH sums AS (
                SELECT id, shop_id, number, paid_minor, merchant_id, buyer_id, document,
                    (SELECT coalesce(sum((payment->>'amount_minor')::bigint), 0)
                       FROM jsonb_array_elements(document->'payments') AS payment) AS paid,
                    (SELECT coalesce(sum((line->>'unit_price_minor')::bigint * (line->>'quantity')::bigint
                              - coalesce((line->>'discount_minor')::bigint, 0)
                              + coalesce((line->>'surcharge_minor')::bigint, 0)), 0)
                       FROM jsonb_array_elements(document->'lines') AS line)
                    - (SELECT coalesce(sum((discount->>'amount_minor')::bigint), 0)
                       FROM jsonb_array_elements(document->'discounts') AS discount)
                    + coalesce((document#>>'{freight,amount_minor}')::bigint, 0)
                    - coalesce((document#>>'{freight,discount_minor}')::bigint, 0)
                    + coalesce((document#>>'{freight,surcharge_minor}')::bigint, 0) AS due
                FROM orders_order
            ), faulty AS (
                SELECT * FROM sums WHERE paid <> paid_minor OR paid <> due OR number <> document->>'id'
                    OR merchant_id <> document->>'merchant_id' OR buyer_id <> document->>'buyer_id'
            )
            SELECT (SELECT count(*) FROM sums), (SELECT count(*) FROM faulty),
                coalesce((SELECT 'order ' || number || ' of shop ' || shop_id FROM faulty ORDER BY id LIMIT 1), '')
            """
        )
        checked, wrong, first = cursor.fetchone() or (0, 0, "")
    return checked, wrong, first
