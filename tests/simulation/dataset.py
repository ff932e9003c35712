"""A small invented dataset in the shape of Olist's tables: every kind of trouble, within a few days."""

import csv
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

FIRST = datetime(2018, 3, 1, 10, tzinfo=UTC)
SELLERS = ("s-fair", "s-slow", "s-tough", "s-deaf", "s-new")
KINDS = ("fine", "late", "never_sent", "lost", "cancelled", "sent_late", "broken", "missing", "wrong")
REVIEWS = {
    "broken": "Produto chegou quebrado",
    "missing": "Faltou uma peça no pacote",
    "wrong": "Recebi o produto errado",
    "fine": "Tudo certo",
}


def write_dataset(directory: Path, orders: int) -> None:
    """Write the tables for so many orders, of all kinds in turn."""
    directory.mkdir(parents=True, exist_ok=True)
    numbered = [(f"order-{place:04}", KINDS[place % len(KINDS)], place) for place in range(orders)]
    # The last order is one that went well, long after: until then the data tells how the others went on.
    numbered.append((f"order-{orders:04}", "fine", orders + 200))
    write(
        directory / "orders.csv",
        ("order_id", "customer_id", "order_status", "order_purchase_timestamp", "order_approved_at",
         "order_delivered_carrier_date", "order_delivered_customer_date", "order_estimated_delivery_date"),
        (order_row(number, kind, place) for number, kind, place in numbered),
    )  # fmt: skip
    write(
        directory / "items.csv",
        ("order_id", "order_item_id", "product_id", "seller_id", "shipping_limit_date", "price", "freight_value"),
        (item for number, _, place in numbered for item in item_rows(number, place)),
    )
    write(
        directory / "payments.csv",
        ("order_id", "payment_sequential", "payment_type", "payment_installments", "payment_value"),
        ((number, 1, "credit_card", 1, f"{2 * (price(place) + 12.5):.2f}") for number, _, place in numbered),
    )
    write(
        directory / "reviews.csv",
        ("review_id", "order_id", "review_score", "review_comment_title", "review_comment_message",
         "review_creation_date"),
        (
            (f"r-{number}", number, 5 if kind == "fine" else 1, "", REVIEWS[kind], stamp(placed(place), 9))
            for number, kind, place in numbered
            if kind in REVIEWS
        ),
    )  # fmt: skip
    customers = sorted({place % 17 for _, _, place in numbered})
    write(directory / "customers.csv", ("customer_id", "customer_unique_id"), ((f"c-{n}", f"u-{n}") for n in customers))
    write(directory / "products.csv", ("product_id", "product_category_name"), [("p-1", "perfumaria")])
    write(
        directory / "sellers.csv", ("seller_id", "seller_city", "seller_state"), [(s, "santos", "SP") for s in SELLERS]
    )


def write(path: Path, heading: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heading)
        writer.writerows(rows)


def placed(place: int) -> datetime:
    return FIRST + timedelta(hours=2 * place)


def stamp(at: datetime, days: float) -> str:
    return f"{at + timedelta(days=days):%Y-%m-%d %H:%M:%S}"


def price(place: int) -> float:
    return 30 + 7.35 * (place % 11)


def order_row(number: str, kind: str, place: int) -> Sequence[object]:
    at = placed(place)
    sent = {"never_sent": "", "cancelled": "", "sent_late": stamp(at, 6)}.get(kind, stamp(at, 1))
    came = {"never_sent": "", "cancelled": "", "lost": "", "late": stamp(at, 24), "sent_late": stamp(at, 8)}
    status = {"never_sent": "processing", "cancelled": "canceled", "lost": "shipped"}.get(kind, "delivered")
    delivered = came.get(kind, stamp(at, 5))
    estimate = f"{at + timedelta(days=10):%Y-%m-%d} 00:00:00"
    return (number, f"c-{place % 17}", status, stamp(at, 0), stamp(at, 0.01), sent, delivered, estimate)


def item_rows(number: str, place: int) -> list[Sequence[object]]:
    seller = SELLERS[place % len(SELLERS)]
    limit = stamp(placed(place), 3)
    return [(number, unit, "p-1", seller, limit, f"{price(place):.2f}", "12.50") for unit in (1, 2)]
