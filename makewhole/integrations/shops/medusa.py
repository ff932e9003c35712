"""Orders of Medusa v2, as its Admin API gives them (`GET /admin/orders` or `/admin/orders/{id}`).

Amounts are decimals in major units and may carry more decimals than the currency has; line totals are rounded so that
they add up to what was paid. The lists of the API hold no lines unless asked: request them with
`fields=*items,*items.detail,*items.adjustments,*shipping_methods,*payment_collections.payments.captures,
*payment_collections.payments.refunds,*credit_lines,*fulfillments.items,*fulfillments.labels,*customer`.
The CSV that Medusa's admin exports holds no lines at all and cannot be read.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from makewhole.core.money import decimals
from makewhole.core.words import Text
from makewhole.integrations.shops.assemble import ShopRefund, add_refunds, line_amounts, round_to_sum, sums_disagree
from makewhole.integrations.shops.rows import ReadOptions, Row, RowError
from makewhole.integrations.shops.streams import json_records
from makewhole.integrations.shops.tables import heading
from makewhole.integrations.shops.values import (
    exact,
    full_name,
    known_currency,
    listed,
    mapped,
    minor,
    needed,
    phrase,
    rounded,
    time,
    whole,
)

WRAPPERS = frozenset({"orders", "order", "count", "offset", "limit", "estimate_count"})

_FIELDS = Text(
    "请用 fields 参数连同商品行、配送与付款一起导出",
    "export with the fields parameter: items, shipping methods, payments",
)


CSV_COLUMNS = frozenset({"Order_ID", "Display_ID"})
"""What the CSV of Medusa's admin is known by."""


def csv_fault(path: Path) -> RowError:
    """Why the CSV of Medusa's admin cannot be read."""
    return RowError(
        path.name,
        Text("是 Medusa 后台导出的 CSV，其中没有商品行", "is the CSV of Medusa's admin, which holds no lines"),
        Text("请改用 Admin API 的 JSON", "export JSON from the Admin API instead"),
    )


def read(files: Sequence[Path], options: ReadOptions) -> Iterator[Row]:
    """Medusa orders as documents, one row per order. Raises MissingOption without a market."""
    market = options.needed_market()
    for path in files:
        if set(heading(path)) >= CSV_COLUMNS:
            yield Row(path.name, 1, "", None, (csv_fault(path).fault,))
            continue
        for record in json_records(path, options.advance, WRAPPERS):
            if record.value is None:
                faults = (record.fault.fault,) if record.fault else ()
                yield Row(path.name, record.line_number, "", None, faults)
                continue
            number = str(record.value.get("display_id") or record.value.get("id") or "")
            try:
                document = order_document(record.value, market, options)
                yield Row(path.name, record.line_number, number, document)
            except RowError as error:
                yield Row(path.name, record.line_number, number, None, (error.fault,))


def order_document(order: Mapping[str, Any], market: str, options: ReadOptions) -> dict[str, Any]:
    """One Medusa order as a document. Raises RowError."""
    _check_kind(order)
    currency = known_currency(needed(order, "currency_code"), "currency_code")
    items = [item for item in listed(order, "items") if whole(item.get("quantity"), "quantity")]
    methods = listed(order, "shipping_methods")
    payments, refunds = _payments(order, currency)
    totals = _totals(items, methods, sum(payment["amount_minor"] for payment in payments), currency)
    customer = mapped(order, "customer")
    document: dict[str, Any] = {
        "id": str(order.get("display_id") or needed(order, "id")),
        "merchant_id": options.merchant_id or options.shop_id,
        "merchant_name": options.merchant_name or options.merchant_id or options.shop_id,
        "buyer_id": str(order.get("customer_id") or needed(order, "email")),
        "buyer_name": full_name(customer) or full_name(mapped(order, "shipping_address")),
        "market": market,
        "currency": currency,
        "placed_at": time(needed(order, "created_at"), "created_at"),
        "lines": [_line(item, total, currency, options) for item, total in zip(items, totals, strict=False)],
        "freight": _freight(methods, sum(totals[len(items) :]), currency),
        "payments": payments,
        "parcels": [_parcel(fulfilment) for fulfilment in listed(order, "fulfillments") if _goes_out(fulfilment)],
    }
    if order.get("status") == "canceled":
        document["cancelled_at"] = time(order.get("canceled_at") or order.get("updated_at"), "canceled_at")
    return add_refunds(document, _with_units(refunds, items))


def _check_kind(order: Mapping[str, Any]) -> None:
    if order.get("status") == "draft":
        raise RowError("status", Text("是草稿", "is a draft"), Text("下单后再导入", "import it once it is placed"))
    for field in ("items", "shipping_methods", "payment_collections"):
        if field not in order:
            raise RowError(field, Text("缺少这个字段", "is missing"), _FIELDS)
    if not order["items"]:
        raise RowError("items", Text("没有商品行", "holds no line"), _FIELDS)


def _totals(
    items: Sequence[Mapping[str, Any]], methods: Sequence[Mapping[str, Any]], paid_minor: int, currency: str
) -> list[int]:
    """Totals of items, then of shipping methods, in whole minor units that add up to what was paid."""
    scale = 10 ** decimals(currency)
    places = [(f"items[{n}].total", item) for n, item in enumerate(items)]
    places += [(f"shipping_methods[{n}].total", method) for n, method in enumerate(methods)]
    amounts = []
    for path, part in places:
        if part.get("total") is None:
            raise RowError(path, Text("缺少这个字段", "is missing"), _FIELDS)
        amounts.append(exact(part["total"], path) * scale)
    totals = round_to_sum(amounts, paid_minor)
    if totals is None:
        due = Fraction(sum(amounts, Fraction(0)), scale)
        raise sums_disagree("payment_collections", f"{paid_minor / scale:.2f}", f"{float(due):.2f} {currency}")
    return totals


def _line(item: Mapping[str, Any], total_minor: int, currency: str, options: ReadOptions) -> dict[str, Any]:
    scale, quantity = 10 ** decimals(currency), whole(item.get("quantity"), "items.quantity")
    discount = sum((exact(part.get("amount"), "items.adjustments.amount") for part in listed(item, "adjustments")),
                   Fraction(0))  # fmt: skip
    price, less, more = line_amounts(
        exact(needed(item, "unit_price", "items."), "items.unit_price") * scale, quantity, discount * scale, total_minor
    )
    product = mapped(mapped(item, "variant"), "product")
    title = " ".join(phrase(part) for part in (item.get("product_title"), item.get("title")) if part)
    return {
        "id": str(needed(item, "id", "items.")),
        "sku": str(item.get("variant_sku") or item.get("variant_id") or item.get("product_id") or item["id"])[:128],
        "title": phrase(title or item.get("product_handle")),
        "category": options.category(
            item.get("variant_sku"), item.get("product_type"), item.get("product_collection"), product.get("type_id")
        ),
        "quantity": quantity,
        "unit_price_minor": price,
        "discount_minor": less,
        "surcharge_minor": more,
    }


def _freight(methods: Sequence[Mapping[str, Any]], total_minor: int, currency: str) -> dict[str, Any]:
    scale = 10 ** decimals(currency)
    amount = sum((exact(method.get("amount"), "shipping_methods.amount") for method in methods), Fraction(0)) * scale
    adjustments = [part for method in methods for part in listed(method, "adjustments")]
    discount = sum((exact(part.get("amount"), "shipping_methods.adjustments") for part in adjustments), Fraction(0))
    price, less, more = line_amounts(amount, 1, discount * scale, total_minor)
    return {"amount_minor": price, "discount_minor": less, "surcharge_minor": more}


def _payments(order: Mapping[str, Any], currency: str) -> tuple[list[dict[str, Any]], list[ShopRefund]]:
    """What was captured, and what was given back. Credit lines (gift cards, store credit) are paid in kind."""
    payments: list[dict[str, Any]] = []
    refunds: list[ShopRefund] = []
    for collection in listed(order, "payment_collections"):
        for payment in listed(collection, "payments"):
            captures = listed(payment, "captures")
            amount_minor = sum(minor(part.get("amount"), currency, "captures.amount") for part in captures)
            if not captures and payment.get("captured_at"):
                amount_minor = minor(payment.get("amount"), currency, "payments.amount")
            if not amount_minor:
                continue
            paid_at = payment.get("captured_at") or (captures[0].get("created_at") if captures else None)
            payments.append(
                {
                    "id": str(needed(payment, "id", "payments.")),
                    "means": "money",
                    "amount_minor": amount_minor,
                    "provider": phrase(payment.get("provider_id")),
                    "reference": str(payment["id"]),
                    "paid_at": time(paid_at, "payments.captured_at"),
                }
            )
            for refund in listed(payment, "refunds"):
                given_minor = minor(refund.get("amount"), currency, "refunds.amount")
                at = time(refund.get("created_at"), "refunds.created_at")
                refunds.append(ShopRefund(str(needed(refund, "id", "refunds.")), given_minor, at))
    if not payments and not listed(order, "credit_lines"):
        raise RowError("payment_collections", Text("尚未收款", "nothing was captured yet"),
                       Text("收款后再导入", "import it once it is paid"))  # fmt: skip
    for credit in listed(order, "credit_lines"):
        amount_minor = rounded(exact(credit.get("amount"), "credit_lines.amount") * 10 ** decimals(currency))
        if amount_minor > 0:
            reference = phrase(credit.get("reference_id") or credit.get("reference"))
            payments.append(
                {
                    "id": str(needed(credit, "id", "credit_lines.")), "means": "coupon", "amount_minor": amount_minor,
                    "reference": reference, "units": amount_minor,
                }
            )  # fmt: skip
    return payments, refunds


def _with_units(refunds: Sequence[ShopRefund], items: Sequence[Mapping[str, Any]]) -> list[ShopRefund]:
    """Medusa tells refunds and returned units apart from each other: the units go with the first refund."""
    units = {}
    for item in items:
        detail = mapped(item, "detail")
        count = whole(detail.get("return_received_quantity"), "items.detail.return_received_quantity")
        if count:
            units[str(item["id"])] = count
    if not units:
        return list(refunds)
    first, *others = refunds or [ShopRefund("returned", 0, None)]
    return [first._replace(units=units), *others]


def _goes_out(fulfilment: Mapping[str, Any]) -> bool:
    return not fulfilment.get("canceled_at")


def _parcel(fulfilment: Mapping[str, Any]) -> dict[str, Any]:
    events = []
    for kind, field in (("dispatched", "shipped_at"), ("signed", "delivered_at")):
        at = time(fulfilment.get(field), f"fulfillments.{field}")
        if at:
            events.append({"kind": kind, "at": at})
    numbers = [str(label["tracking_number"]) for label in listed(fulfilment, "labels") if label.get("tracking_number")]
    contents = [
        {"line_id": str(needed(item, "line_item_id", "fulfillments.items.")),
         "quantity": whole(item.get("quantity"), "fulfillments.items.quantity")}
        for item in listed(fulfilment, "items") if item.get("line_item_id")
    ]  # fmt: skip
    return {
        "id": str(needed(fulfilment, "id", "fulfillments.")),
        "carrier": phrase(fulfilment.get("provider_id")),
        "tracking_number": phrase(", ".join(numbers)),
        "events": events,
        "contents": contents,
    }
