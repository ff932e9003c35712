"""The CSV that Shopify's admin exports: one row per line item, the order's own fields on its first row.

The export tells taxes and refunds for the whole order only. Taxes on top of prices are shared over the lines by value;
a refunded amount is put down to lines and freight by value. It tells no delivery, so such orders are never signed.
Buyers are known by their e-mail address.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from makewhole.core.allocation.allocate import apportion
from makewhole.core.money import to_major
from makewhole.core.words import Text
from makewhole.integrations.shops.assemble import ShopRefund, add_refunds, sums_disagree
from makewhole.integrations.shops.rows import ReadOptions, Row, RowError
from makewhole.integrations.shops.shopify_json import PAID
from makewhole.integrations.shops.tables import TableRow, table_rows
from makewhole.integrations.shops.values import known_currency, minor, needed, phrase, time, whole

COLUMNS = (
    "Name", "Email", "Financial Status", "Currency", "Subtotal", "Shipping", "Taxes", "Total", "Created at",
    "Lineitem quantity", "Lineitem name", "Lineitem price",
)  # fmt: skip
"""The columns without which an order cannot be read; others are used where they are there."""


def read_file(path: Path, market: str, options: ReadOptions) -> Iterator[Row]:
    """The orders of one file. Rows of one order stand together, as Shopify writes them."""
    try:
        for rows in _orders(table_rows(path, options.advance, COLUMNS)):
            first = rows[0]
            number = first.values.get("Name", "").lstrip("#")
            try:
                for row in rows:
                    if row.fault:
                        raise row.fault
                yield Row(path.name, first.line_number, number, order_document(rows, market, options))
            except RowError as error:
                yield Row(path.name, first.line_number, number, None, (error.fault,))
    except RowError as error:
        yield Row(path.name, 1, "", None, (error.fault,))


def _orders(rows: Iterator[TableRow]) -> Iterator[list[TableRow]]:
    together: list[TableRow] = []
    for row in rows:
        same = together and not row.fault and row.values.get("Name") == together[0].values.get("Name")
        if together and not same:
            yield together
            together = []
        together.append(row)
    if together:
        yield together


def order_document(rows: Sequence[TableRow], market: str, options: ReadOptions) -> dict[str, Any]:
    """The rows of one order as a document. Raises RowError."""
    head = rows[0].values
    status = head.get("Financial Status", "")
    if status not in PAID:
        raise RowError("Financial Status", Text(f"为 {status!r}，尚未付清", f"is {status!r}: it is not paid up"),
                       Text("付清后再导入", "import it once it is paid"))  # fmt: skip
    currency = known_currency(needed(head, "Currency"), "Currency")
    lines = [_line(row.values, number, currency, options) for number, row in enumerate(rows, start=1)]
    discounts, freight = _settle(head, lines, currency)
    total = minor(needed(head, "Total"), currency, "Total")
    email = needed(head, "Email")
    document: dict[str, Any] = {
        "id": needed(head, "Name").lstrip("#"),
        "merchant_id": options.merchant_id or options.shop_id,
        "merchant_name": options.merchant_name or options.merchant_id or options.shop_id,
        "buyer_id": email,
        "buyer_name": phrase(head.get("Billing Name") or head.get("Shipping Name")),
        "market": market,
        "currency": currency,
        "placed_at": time(needed(head, "Created at"), "Created at"),
        "lines": lines,
        "discounts": discounts,
        "freight": freight,
        "payments": _payments(head, total),
        "parcels": _parcels(head, rows),
    }
    if head.get("Cancelled at"):
        document["cancelled_at"] = time(head["Cancelled at"], "Cancelled at")
    refunded = minor(head.get("Refunded Amount"), currency, "Refunded Amount")
    return add_refunds(document, [ShopRefund("refunded", refunded, None)] if refunded else [])


def _line(values: Mapping[str, str], number: int, currency: str, options: ReadOptions) -> dict[str, Any]:
    sku = phrase(values.get("Lineitem sku"), 128)
    return {
        "id": str(number),
        "sku": sku or phrase(needed(values, "Lineitem name"), 128),
        "title": phrase(needed(values, "Lineitem name")),
        "category": options.category(sku, values.get("Vendor")),
        "quantity": whole(needed(values, "Lineitem quantity"), "Lineitem quantity"),
        "unit_price_minor": minor(needed(values, "Lineitem price"), currency, "Lineitem price"),
        "discount_minor": minor(values.get("Lineitem discount"), currency, "Lineitem discount"),
    }


def _settle(
    head: Mapping[str, str], lines: Sequence[dict[str, Any]], currency: str
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """The order's discount and freight. Taxes on top of prices are put on the lines and the freight.

    Whether taxes are in the prices, and whether a discount went to freight, is not told: it follows from which of the
    possibilities makes the total. Raises RowError when none does.
    """
    amount = {
        column: minor(head.get(column), currency, column)
        for column in ("Subtotal", "Shipping", "Taxes", "Total", "Discount Amount", "Duties")
    }
    gross = [line["unit_price_minor"] * line["quantity"] - line["discount_minor"] for line in lines]
    discount = sum(gross) - amount["Subtotal"]
    freight = {"amount_minor": amount["Shipping"], "discount_minor": 0, "surcharge_minor": amount["Duties"]}
    made = amount["Subtotal"] + amount["Shipping"] + amount["Duties"]
    on_freight = max(0, amount["Discount Amount"] - discount - sum(line["discount_minor"] for line in lines))
    for freight_discount in dict.fromkeys((0, min(on_freight, amount["Shipping"]))):
        for tax in dict.fromkeys((0, amount["Taxes"])):
            if discount >= 0 and made - freight_discount + tax == amount["Total"]:
                freight["discount_minor"] = freight_discount
                net_freight = amount["Shipping"] - freight_discount
                taxes = apportion(tax, [*gross, net_freight]) if any([*gross, net_freight]) else [0] * (len(lines) + 1)
                for line, part in zip(lines, taxes, strict=False):
                    line["surcharge_minor"] = part
                freight["surcharge_minor"] += taxes[-1]
                code = phrase(head.get("Discount Code"), 128) or "discount"
                return ([{"id": code, "amount_minor": discount}] if discount else []), freight
    raise sums_disagree("Total", f"{to_major(amount['Total'], currency)}", f"{to_major(made, currency)} {currency}")


def _payments(head: Mapping[str, str], total_minor: int) -> list[dict[str, Any]]:
    if not total_minor:
        return []
    return [
        {
            "id": head.get("Payment ID") or head.get("Id") or "payment",
            "means": "money",
            "amount_minor": total_minor,
            "provider": phrase(head.get("Payment Method")) or "shopify",
            "reference": phrase(head.get("Payment Reference") or head.get("Id")),
            "paid_at": time(head.get("Paid at"), "Paid at"),
        }
    ]


def _parcels(head: Mapping[str, str], rows: Sequence[TableRow]) -> list[dict[str, Any]]:
    at = time(head.get("Fulfilled at"), "Fulfilled at")
    if at is None:
        return []
    sent = [
        {"line_id": str(number), "quantity": whole(row.values.get("Lineitem quantity"), "Lineitem quantity")}
        for number, row in enumerate(rows, start=1)
        if row.values.get("Lineitem fulfillment status") == "fulfilled"
    ]
    return [{"id": "1", "carrier": phrase(head.get("Shipping Method")), "contents": sent,
             "events": [{"kind": "dispatched", "at": at}]}]  # fmt: skip
