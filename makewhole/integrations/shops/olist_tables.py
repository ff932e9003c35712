"""The tables of the Olist dataset, known by their columns, and what orders are joined with, held in memory.

The dataset has about 100,000 orders, so its items and payments fit; the orders themselves are streamed.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from makewhole.core.words import Text
from makewhole.integrations.shops.rows import RowError
from makewhole.integrations.shops.tables import TableRow, heading, table_rows
from makewhole.integrations.shops.values import whole

ZONE = ZoneInfo("America/Sao_Paulo")

ORDERS, ITEMS, PAYMENTS = "orders", "items", "payments"
CUSTOMERS, PRODUCTS, SELLERS = "customers", "products", "sellers"
REVIEWS, TRANSLATION = "reviews", "translation"

COLUMNS: dict[str, tuple[str, ...]] = {
    ITEMS: ("order_id", "order_item_id", "product_id", "seller_id", "shipping_limit_date", "price", "freight_value"),
    PAYMENTS: ("order_id", "payment_sequential", "payment_type", "payment_installments", "payment_value"),
    REVIEWS: ("review_id", "order_id", "review_score", "review_comment_title", "review_comment_message",
              "review_creation_date"),
    ORDERS: ("order_id", "customer_id", "order_status", "order_approved_at", "order_estimated_delivery_date",
             "order_delivered_customer_date"),
    CUSTOMERS: ("customer_id", "customer_unique_id"),
    PRODUCTS: ("product_id", "product_category_name"),
    SELLERS: ("seller_id", "seller_city", "seller_state"),
    TRANSLATION: ("product_category_name", "product_category_name_english"),
}  # fmt: skip
"""The columns a table is known by and needs. `orders` may lack the times of purchase and dispatch."""


class Item(NamedTuple):
    number: int
    product_id: str
    seller_id: str
    shipping_limit: str
    price: str
    freight: str


class Payment(NamedTuple):
    sequence: int
    type: str
    instalments: int
    value: str


class Review(NamedTuple):
    """What a buyer wrote after delivery or after the estimate had passed; `score` from 1 to 5."""

    score: int
    title: str
    message: str
    created_at: datetime


@dataclass
class Tables:
    """What orders are joined with, by their ids."""

    items: dict[str, list[Item]] = field(default_factory=dict)
    payments: dict[str, list[Payment]] = field(default_factory=dict)
    customers: dict[str, str] = field(default_factory=dict)
    products: dict[str, str] = field(default_factory=dict)
    sellers: dict[str, str] = field(default_factory=dict)
    english: dict[str, str] = field(default_factory=dict)


def files_of(given: Sequence[Path]) -> dict[str, list[Path]]:
    """The dataset's files by table, from folders and files. Raises RowError when a needed table is not among them."""
    paths = [path for one in given for path in (sorted(one.glob("*.csv")) if one.is_dir() else [one])]
    found: dict[str, list[Path]] = {}
    for path in paths:
        names = set(heading(path))
        table = next((table for table, columns in COLUMNS.items() if names.issuperset(columns)), None)
        if table:
            found.setdefault(table, []).append(path)
    missing = [table for table in (ORDERS, ITEMS, PAYMENTS) if table not in found]
    if missing:
        where = ", ".join(str(path) for path in given)
        raise RowError(
            where,
            Text(f"没有 {'、'.join(missing)} 表", f"holds no table of {', '.join(missing)}"),
            Text("请给出数据集所在的文件夹", "give the folder of the dataset"),
        )
    return found


def load(found: dict[str, list[Path]], advance: Callable[[int], None]) -> Tables:
    """Read everything orders are joined with. A row that cannot be read raises RowError."""
    tables = Tables()
    seen: set[tuple[str, str]] = set()
    for row in _rows(found, ITEMS, advance):
        key = row["order_id"], row["order_item_id"]
        if key not in seen:
            seen.add(key)
            number = whole(row["order_item_id"], "order_item_id")
            limit, price, freight = row["shipping_limit_date"], row["price"], row["freight_value"]
            item = Item(number, row["product_id"], row["seller_id"], limit, price, freight)
            tables.items.setdefault(key[0], []).append(item)
    for row in _rows(found, PAYMENTS, advance):
        payment = Payment(
            whole(row["payment_sequential"], "payment_sequential"),
            row["payment_type"],
            whole(row["payment_installments"], "payment_installments"),
            row["payment_value"],
        )
        tables.payments.setdefault(row["order_id"], []).append(payment)
    for row in _rows(found, CUSTOMERS, advance):
        tables.customers[row["customer_id"]] = row["customer_unique_id"]
    for row in _rows(found, PRODUCTS, advance):
        tables.products[row["product_id"]] = row["product_category_name"]
    for row in _rows(found, SELLERS, advance):
        tables.sellers[row["seller_id"]] = f"{row['seller_city']} {row['seller_state']}"
    for row in _rows(found, TRANSLATION, advance):
        tables.english[row["product_category_name"]] = row["product_category_name_english"]
    return tables


def order_rows(found: dict[str, list[Path]], advance: Callable[[int], None]) -> Iterator[tuple[Path, TableRow]]:
    """The rows of the tables of orders, streamed."""
    for path in found.get(ORDERS, []):
        for row in table_rows(path, advance, COLUMNS[ORDERS]):
            yield path, row


def reviews(given: Sequence[Path]) -> dict[str, list[Review]]:
    """The dataset's reviews by the dataset's order id, oldest first; empty when the table is absent."""
    found: dict[str, list[Review]] = {}
    for row in _rows(files_of(given), REVIEWS, lambda count: None):
        at = moment(row["review_creation_date"], "review_creation_date")
        if at and row["review_score"].isdigit():
            review = Review(int(row["review_score"]), row["review_comment_title"], row["review_comment_message"], at)
            found.setdefault(row["order_id"], []).append(review)
    for told in found.values():
        told.sort(key=lambda review: review.created_at)
    return found


def moment(text: str, path: str) -> datetime | None:
    """A time of the dataset, in São Paulo; absent is None. Raises RowError.

    Most copies write 2018-05-25 15:31:09; some of them passed through a spreadsheet and write 5/25/2018 15:31 or
    25-05-2018 15:31.
    """
    if not text:
        return None
    try:
        if text[4:5] == "-":
            return datetime.fromisoformat(text).replace(tzinfo=ZONE)
        form = "%m/%d/%Y %H:%M" if "/" in text else "%d-%m-%Y %H:%M"
        return datetime.strptime(text, form).replace(tzinfo=ZONE)
    except ValueError:
        raise RowError(
            path,
            Text(f"{text!r} 不是时间", f"{text!r} is not a time"),
            Text("写成 2018-05-25 15:31:09", "write it like 2018-05-25 15:31:09"),
        ) from None


def end_of_day(at: datetime) -> datetime:
    """The last second of the day: a day is promised, and the day is kept until it ends."""
    return datetime.combine(at.date(), time(23, 59, 59), ZONE) if at.time() == time(0) else at


def _rows(found: dict[str, list[Path]], table: str, advance: Callable[[int], None]) -> Iterator[dict[str, str]]:
    for path in found.get(table, []):
        for row in table_rows(path, advance, COLUMNS[table]):
            if row.fault:
                raise row.fault
            yield row.values
