"""The formats orders come in, by name, and which of them a file plainly is."""

from collections.abc import Sequence
from pathlib import Path

from makewhole.integrations.shops import medusa, olist, own, shopify, shopify_json, taobao
from makewhole.integrations.shops.olist_tables import COLUMNS
from makewhole.integrations.shops.plainness import unreadable
from makewhole.integrations.shops.rows import Reader
from makewhole.integrations.shops.streams import json_records
from makewhole.integrations.shops.tables import heading

READERS: dict[str, Reader] = {
    "makewhole": own.read,
    "medusa": medusa.read,
    "olist": olist.read,
    "shopify": shopify.read,
    "taobao": taobao.read,
}

_ALL_WRAPPERS = medusa.WRAPPERS | shopify_json.WRAPPERS | taobao.WRAPPERS

_JSON_MARKS: tuple[tuple[str, frozenset[str]], ...] = (
    ("makewhole", frozenset({"merchant_id", "lines", "placed_at"})),
    ("shopify", frozenset({"line_items", "financial_status"})),
    ("medusa", frozenset({"items", "currency_code"})),
    ("taobao", frozenset({"tid"})),
    ("taobao", frozenset({"oid"})),
)
"""Fields that only this format's records have together."""

_SHOPIFY_CSV = frozenset({"Name", "Lineitem quantity"})
_OWN_CSV = frozenset({"order_id", "line_id", "unit_price_minor"})


def detect(files: Sequence[Path]) -> str | None:
    """The one format all these files plainly have, or None.

    Raises RowError for a file that holds nothing to read, and for Medusa's CSV, which holds no lines.
    """
    found = {_detect_one(path) for path in files}
    return found.pop() if len(found) == 1 else None


def _detect_one(path: Path) -> str | None:
    if path.is_dir():
        formats = {_detect_table(file, frozenset(heading(file))) for file in path.glob("*.csv")}
        return "olist" if "olist" in formats else None
    fault = unreadable(path)
    if fault:
        raise fault
    by_columns = _detect_table(path, frozenset(heading(path)))
    if by_columns:
        return by_columns
    for record in json_records(path, lambda count: None, _ALL_WRAPPERS):
        fields = record.value.keys() if record.value else frozenset()
        return next((name for name, marks in _JSON_MARKS if marks <= fields), None)
    return None


def _detect_table(path: Path, names: frozenset[str]) -> str | None:
    if names >= medusa.CSV_COLUMNS:
        raise medusa.csv_fault(path)
    if names >= _SHOPIFY_CSV:
        return "shopify"
    if names >= _OWN_CSV:
        return "makewhole"
    return "olist" if any(names.issuperset(columns) for columns in COLUMNS.values()) else None
