"""Orders in makewhole's own format: JSON objects in an array or one per line, or a flat CSV.

The CSV has one row per line; its columns carry the names of the format (`docs/reference/order.md`). The fields of an
order are read from its first row. Columns the CSV does not know are refused.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from makewhole.core.words import Text
from makewhole.integrations.shops.rows import ReadOptions, Row, RowError
from makewhole.integrations.shops.streams import json_records
from makewhole.integrations.shops.tables import TableRow, heading, table_rows
from makewhole.integrations.shops.values import needed, whole

ORDER_TEXT = (
    "merchant_id", "merchant_name", "buyer_id", "buyer_name", "return_address", "market", "currency", "placed_at",
    "checkout_id", "completed_at", "cancelled_at",
)  # fmt: skip
LINE_TEXT = ("sku", "title", "category")
LINE_NUMBERS = ("quantity", "unit_price_minor", "discount_minor", "surcharge_minor")
MONEY = ("paid_minor", "provider", "reference", "paid_at")
IN_KIND = ("points_minor", "points", "coupon_minor", "coupon")
FREIGHT = ("freight_minor", "freight_discount_minor", "freight_surcharge_minor")
PROMISES = ("dispatch_by", "deliver_by", "no_reason_return_days", "freight_insurance", "warranty_days")
PARCEL = ("carrier", "tracking_number", "dispatched_at", "signed_at")
COLUMNS = (
    "order_id", *ORDER_TEXT, "line_id", *LINE_TEXT, *LINE_NUMBERS, "flags", "order_discount_minor",
    "order_discount_threshold_minor", *FREIGHT, *MONEY, *IN_KIND, *PROMISES, *PARCEL,
)  # fmt: skip
"""Every column the CSV may have."""

REQUIRED = ("order_id", "merchant_id", "buyer_id", "market", "currency", "placed_at", "line_id", "sku", "title",
            "category", "quantity", "unit_price_minor", "paid_minor")  # fmt: skip


def read(files: Sequence[Path], options: ReadOptions) -> Iterator[Row]:
    """Documents of the house's own format, one row per order."""
    for path in files:
        yield from (_read_csv if "order_id" in heading(path) else _read_json)(path, options)


def _read_json(path: Path, options: ReadOptions) -> Iterator[Row]:
    for record in json_records(path, options.advance, frozenset()):
        if record.value is None:
            yield Row(path.name, record.line_number, "", None, (record.fault.fault,) if record.fault else ())
        else:
            number = record.value.get("id")
            shown = number if isinstance(number, str) else ""
            yield Row(path.name, record.line_number, shown, record.value)


def _read_csv(path: Path, options: ReadOptions) -> Iterator[Row]:
    unknown = [name for name in heading(path) if name not in COLUMNS]
    if unknown:
        wrong = Text(f"有未知的列 {'、'.join(unknown)}", f"has unknown columns {', '.join(unknown)}")
        known = Text(f"可用：{'、'.join(COLUMNS)}", f"known are {', '.join(COLUMNS)}")
        yield Row(path.name, 1, "", None, (RowError(path.name, wrong, known).fault,))
        return
    together: list[TableRow] = []
    try:
        for row in table_rows(path, options.advance, REQUIRED):
            if together and row.values.get("order_id") != together[0].values.get("order_id"):
                yield _order_row(path, together)
                together = []
            together.append(row)
    except RowError as error:
        yield Row(path.name, 1, "", None, (error.fault,))
    if together:
        yield _order_row(path, together)


def _order_row(path: Path, rows: Sequence[TableRow]) -> Row:
    first = rows[0]
    number = first.values.get("order_id", "")
    try:
        for row in rows:
            if row.fault:
                raise row.fault
        return Row(path.name, first.line_number, number, _document(rows))
    except RowError as error:
        return Row(path.name, first.line_number, number, None, (error.fault,))


def _numbers(values: Mapping[str, str], names: Mapping[str, str]) -> dict[str, int]:
    """Whole numbers of the columns that are filled, under the names given."""
    return {name: whole(values[column], column) for column, name in names.items() if values.get(column)}


def _texts(values: Mapping[str, str], columns: Sequence[str]) -> dict[str, str]:
    return {column: values[column] for column in columns if values.get(column)}


def _document(rows: Sequence[TableRow]) -> dict[str, Any]:
    head = rows[0].values
    document: dict[str, Any] = {"id": needed(head, "order_id"), "merchant_name": "", **_texts(head, ORDER_TEXT)}
    document["lines"] = [_line(row.values) for row in rows]
    discount = _numbers(
        head, {"order_discount_minor": "amount_minor", "order_discount_threshold_minor": "threshold_minor"}
    )
    if discount:
        document["discounts"] = [{"id": "order", **discount}]
    document["freight"] = _numbers(
        head,
        {"freight_minor": "amount_minor", "freight_discount_minor": "discount_minor",
         "freight_surcharge_minor": "surcharge_minor"},
    )  # fmt: skip
    document["payments"] = _payments(head)
    promises: dict[str, Any] = _texts(head, ("dispatch_by", "deliver_by"))
    promises |= _numbers(head, {name: name for name in ("no_reason_return_days", "warranty_days")})
    if head.get("freight_insurance"):
        told = head["freight_insurance"]
        promises["freight_insurance"] = {"true": True, "false": False}.get(told.lower(), told)
    document["promises"] = promises
    parcel: dict[str, Any] = _texts(head, ("carrier", "tracking_number"))
    events = [
        {"kind": kind, "at": head[column]}
        for kind, column in (("dispatched", "dispatched_at"), ("signed", "signed_at"))
        if head.get(column)
    ]
    document["parcels"] = [{"id": "1", **parcel, "events": events}] if parcel or events else []
    return document


def _line(values: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": needed(values, "line_id"),
        **_texts(values, LINE_TEXT),
        **_numbers(values, {name: name for name in LINE_NUMBERS}),
        "flags": values.get("flags", "").split(),
    }


def _payments(head: Mapping[str, str]) -> list[dict[str, Any]]:
    paid = _numbers(head, {name: name for name in ("paid_minor", "points_minor", "points", "coupon_minor")})
    money = {"id": "money", "means": "money", "amount_minor": paid.get("paid_minor", 0),
             **_texts(head, ("provider", "reference", "paid_at"))}  # fmt: skip
    points = {"id": "points", "means": "points", "amount_minor": paid.get("points_minor", 0),
              "units": paid.get("points", 0)}  # fmt: skip
    coupon = {"id": "coupon", "means": "coupon", "amount_minor": paid.get("coupon_minor", 0), "units": 1,
              "reference": head.get("coupon", "")}  # fmt: skip
    return [payment for payment in (money, points, coupon) if payment["amount_minor"]]
