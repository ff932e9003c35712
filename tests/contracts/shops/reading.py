"""What the tests of every reader share: reading an export and the promise each reader keeps."""

from pathlib import Path

from makewhole.core.order.model import Order
from makewhole.core.order.read import read_order
from makewhole.integrations.shops.formats import READERS
from makewhole.integrations.shops.rows import ReadOptions, Row

EXPORTS = Path(__file__).parent / "exports"
OPTIONS = ReadOptions(shop_id="my-shop", market="cn", categories={"clothes": "clothing", "50050": "fresh/fruit"})


def rows(format_name: str, *names: str, options: ReadOptions = OPTIONS) -> list[Row]:
    return list(READERS[format_name]([EXPORTS / name for name in names], options))


def good(read: list[Row]) -> dict[str, Order]:
    """The orders read, by number. Every document a reader gives must be an order."""
    return {row.document["id"]: read_order(row.document) for row in read if row.document is not None}


def rejected(read: list[Row]) -> dict[str, str]:
    """Number (or line, where there is no number) → why it was rejected."""
    return {
        row.number or f"line {row.line_number}": "; ".join(fault.say() for fault in row.faults)
        for row in read
        if row.document is None
    }
