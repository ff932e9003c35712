"""Shopify's Admin REST API orders.

Amounts are decimal strings in major units. Where the buyer paid in another currency than the shop's, the buyer's
(`presentment_money` of each `…_set`) is the order's: refunds go back in the currency that was paid. Discounts on the
whole cart arrive already shared over the lines (`discount_allocations`), and stay as Shopify shared them.
`transactions` are read where the export has them beside the order; without them the whole order counts as one payment,
which is refused when a gift card took part, since nobody could tell its share.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from makewhole.core.words import Text
from makewhole.integrations.shops.assemble import ShopRefund, add_refunds
from makewhole.integrations.shops.rows import ReadOptions, Row, RowError
from makewhole.integrations.shops.streams import json_records
from makewhole.integrations.shops.values import (
    exact,
    full_name,
    known_currency,
    listed,
    mapped,
    minor,
    needed,
    phrase,
    time,
    whole,
)

WRAPPERS = frozenset({"orders", "order"})
PAID = frozenset({"paid", "partially_refunded", "refunded"})
PARCEL_EVENTS = {
    "in_transit": "in_transit", "out_for_delivery": "in_transit", "attempted_delivery": "in_transit",
    "delivered": "signed",
}  # fmt: skip
"""Shopify's `shipment_status` → what it says of the parcel; other words say nothing of its journey."""

GIFT_CARD = "gift_card"


def read_file(path: Path, market: str, options: ReadOptions) -> Iterator[Row]:
    """The orders of one file."""
    for record in json_records(path, options.advance, WRAPPERS):
        if record.value is None:
            yield Row(path.name, record.line_number, "", None, (record.fault.fault,) if record.fault else ())
            continue
        number = str(record.value.get("name") or record.value.get("id") or "").lstrip("#")
        try:
            yield Row(path.name, record.line_number, number, order_document(record.value, market, options))
        except RowError as error:
            yield Row(path.name, record.line_number, number, None, (error.fault,))


class _Amounts:
    """Reads amounts in the currency the buyer paid in."""

    def __init__(self, order: Mapping[str, Any]) -> None:
        shop = known_currency(needed(order, "currency"), "currency")
        self.currency = known_currency(order.get("presentment_currency") or shop, "presentment_currency")
        self.is_shops = self.currency == shop

    def of(self, part: Mapping[str, Any], field: str, path: str = "") -> int:
        """The amount under `field`, or under `field_set` in the buyer's currency; absent is 0."""
        place = f"{path}{field}"
        both = part.get(f"{field}_set")
        if isinstance(both, dict):
            for side in ("presentment_money", "shop_money"):
                money = mapped(both, side)
                if money.get("currency_code") == self.currency:
                    return minor(money.get("amount"), self.currency, place)
        if not exact(part.get(field), place):
            return 0
        if not self.is_shops:
            raise RowError(
                f"{place}_set",
                Text(f"缺少以 {self.currency} 计的金额", f"has no amount in {self.currency}, in which the buyer paid"),
                Text("请导出各 _set 字段", "export the _set fields"),
            )
        return minor(part[field], self.currency, place)


def order_document(order: Mapping[str, Any], market: str, options: ReadOptions) -> dict[str, Any]:
    """One Shopify order as a document. Raises RowError."""
    _check_paid(order)
    amounts = _Amounts(order)
    tax_on_top = not order.get("taxes_included")
    lines = [
        _line(item, amounts, tax_on_top, options) for item in listed(order, "line_items")
        if whole(item.get("quantity"), "line_items.quantity")
    ]  # fmt: skip
    if not lines:
        raise RowError("line_items", Text("没有商品行", "holds no line"), Text("请重新导出", "export again"))
    freight = _freight(listed(order, "shipping_lines"), amounts, tax_on_top)
    _add_tip(lines, order, amounts, freight)
    customer = mapped(order, "customer")
    document: dict[str, Any] = {
        "id": str(order.get("name") or needed(order, "id")).lstrip("#"),
        "merchant_id": options.merchant_id or options.shop_id,
        "merchant_name": options.merchant_name or options.merchant_id or options.shop_id,
        "buyer_id": str(customer.get("id") or order.get("email") or order.get("phone") or needed(order, "customer")),
        "buyer_name": full_name(customer) or phrase(mapped(order, "shipping_address").get("name")),
        "market": market,
        "currency": amounts.currency,
        "placed_at": time(order.get("processed_at") or needed(order, "created_at"), "created_at"),
        "lines": lines,
        "freight": freight,
        "payments": _payments(order, amounts),
        "parcels": [
            _parcel(part) for part in listed(order, "fulfillments") if part.get("status") in (None, "success", "open")
        ],
    }  # fmt: skip
    if order.get("cancelled_at"):
        document["cancelled_at"] = time(order["cancelled_at"], "cancelled_at")
    refunds = [_refund(part, amounts) for part in listed(order, "refunds")]
    return add_refunds(document, [part for part in refunds if part.amount_minor or part.units])


def _check_paid(order: Mapping[str, Any]) -> None:
    if order.get("test") is True:
        raise RowError("test", Text("是测试订单", "is a test order"), Text("无须导入", "leave it out"))
    status = order.get("financial_status")
    if status not in PAID:
        raise RowError(
            "financial_status",
            Text(f"为 {status!r}，尚未付清", f"is {status!r}: it is not paid up"),
            Text("付清后再导入", "import it once it is paid"),
        )


def _line(item: Mapping[str, Any], amounts: _Amounts, tax_on_top: bool, options: ReadOptions) -> dict[str, Any]:
    shares = listed(item, "discount_allocations")
    discount = sum(amounts.of(share, "amount", "line_items.discount_allocations.") for share in shares)
    surcharge = sum(amounts.of(duty, "price", "line_items.duties.") for duty in listed(item, "duties"))
    if tax_on_top:
        surcharge += sum(amounts.of(tax, "price", "line_items.tax_lines.") for tax in listed(item, "tax_lines"))
    sku = item.get("sku") or item.get("variant_id") or item.get("product_id") or needed(item, "id", "line_items.")
    return {
        "id": str(needed(item, "id", "line_items.")),
        "sku": phrase(sku, 128) or str(item["id"]),
        "title": phrase(item.get("name") or item.get("title")),
        "category": options.category(item.get("sku"), item.get("product_type"), item.get("product_id"),
                                     item.get("vendor")),
        "quantity": whole(item.get("quantity"), "line_items.quantity"),
        "unit_price_minor": amounts.of(item, "price", "line_items."),
        "discount_minor": discount or amounts.of(item, "total_discount", "line_items."),
        "surcharge_minor": surcharge,
    }  # fmt: skip


def _freight(methods: Sequence[Mapping[str, Any]], amounts: _Amounts, tax_on_top: bool) -> dict[str, Any]:
    price = sum(amounts.of(method, "price", "shipping_lines.") for method in methods)
    shares = [share for method in methods for share in listed(method, "discount_allocations")]
    discount = sum(amounts.of(share, "amount", "shipping_lines.discount_allocations.") for share in shares)
    taxes = [tax for method in methods for tax in listed(method, "tax_lines")] if tax_on_top else []
    surcharge = sum(amounts.of(tax, "price", "shipping_lines.tax_lines.") for tax in taxes)
    return {"amount_minor": price, "discount_minor": discount, "surcharge_minor": surcharge}


def _add_tip(
    lines: list[dict[str, Any]], order: Mapping[str, Any], amounts: _Amounts, freight: Mapping[str, int]
) -> None:
    """A tip is part of the total; where no line stands for it, it becomes one."""
    tip = amounts.of(order, "total_tip_received")
    made = freight["amount_minor"] - freight["discount_minor"] + freight["surcharge_minor"]
    for line in lines:
        made += line["unit_price_minor"] * line["quantity"] - line["discount_minor"] + line["surcharge_minor"]
    if tip and made + tip == amounts.of(order, "total_price"):
        lines.append(
            {"id": "tip", "sku": "tip", "title": "Tip", "category": "service/tip", "quantity": 1,
             "unit_price_minor": tip}
        )  # fmt: skip


def _payments(order: Mapping[str, Any], amounts: _Amounts) -> list[dict[str, Any]]:
    at = time(order.get("processed_at") or order.get("created_at"), "processed_at")
    transactions = listed(order, "transactions")
    if not transactions:
        total = amounts.of(order, "total_price")
        gateways = order.get("payment_gateway_names") or []
        if GIFT_CARD in gateways and len(gateways) > 1:
            raise RowError(
                "transactions",
                Text("礼品卡付了一部分，却没有交易明细", "is missing, though a gift card paid a part"),
                Text("请连同 transactions 一起导出", "export the order with its transactions"),
            )
        provider = phrase(", ".join(str(name) for name in gateways)) or "shopify"
        payments = [_payment("payment", provider, str(needed(order, "id")), total, at)]
        return [payment for payment in payments if payment["amount_minor"]]
    return [
        _payment(
            str(needed(part, "id", "transactions.")),
            phrase(part.get("gateway")),
            phrase(part.get("authorization") or part["id"]),
            _transaction_amount(part, amounts),
            time(part.get("processed_at") or part.get("created_at"), "transactions.processed_at"),
        )
        for part in transactions
        if part.get("kind") in ("sale", "capture") and part.get("status") == "success"
    ]


def _payment(payment_id: str, provider: str, reference: str, amount_minor: int, at: str | None) -> dict[str, Any]:
    """A gift card is credit in kind: its units are its minor units."""
    kind = {"means": "coupon", "units": amount_minor} if provider == GIFT_CARD else {"means": "money"}
    return {
        "id": payment_id, **kind, "amount_minor": amount_minor, "provider": provider, "reference": reference,
        "paid_at": at,
    }  # fmt: skip


def _transaction_amount(part: Mapping[str, Any], amounts: _Amounts) -> int:
    """A transaction states its own currency; that of the shop is not the buyer's where the two differ."""
    stated = str(part.get("currency") or amounts.currency).upper()
    if stated != amounts.currency:
        return amounts.of({"amount_set": part.get("amount_set"), "amount": part.get("amount")}, "amount",
                          "transactions.")  # fmt: skip
    return minor(part.get("amount"), amounts.currency, "transactions.amount")


def _refund(refund: Mapping[str, Any], amounts: _Amounts) -> ShopRefund:
    """Money is what the transactions gave back; lines and freight say what it was for."""
    amount_minor = sum(
        _transaction_amount(part, amounts)
        for part in listed(refund, "transactions")
        if part.get("kind") == "refund" and part.get("status") == "success"
    )
    units: dict[str, int] = {}
    for item in listed(refund, "refund_line_items"):
        line_id = str(needed(item, "line_item_id", "refund_line_items."))
        units[line_id] = units.get(line_id, 0) + whole(item.get("quantity"), "refund_line_items.quantity")
    freight_minor = sum(
        -amounts.of(part, "amount", "order_adjustments.") - amounts.of(part, "tax_amount", "order_adjustments.")
        for part in listed(refund, "order_adjustments")
        if part.get("kind") == "shipping_refund"
    )
    if not freight_minor:
        lines = listed(refund, "refund_shipping_lines")
        freight_minor = sum(amounts.of(part, "subtotal_amount", "refund_shipping_lines.") for part in lines)
    at = time(refund.get("processed_at") or refund.get("created_at"), "refunds.created_at")
    return ShopRefund(str(needed(refund, "id", "refunds.")), amount_minor, at, units, max(0, freight_minor))


def _parcel(fulfilment: Mapping[str, Any]) -> dict[str, Any]:
    """REST tells no time of delivery: `updated_at` stands for it once `shipment_status` says delivered."""
    events = [{"kind": "dispatched", "at": time(needed(fulfilment, "created_at", "fulfillments."), "created_at")}]
    kind = PARCEL_EVENTS.get(str(fulfilment.get("shipment_status")))
    if kind and fulfilment.get("updated_at"):
        events.append({"kind": kind, "at": time(fulfilment["updated_at"], "fulfillments.updated_at")})
    numbers = fulfilment.get("tracking_numbers") or [fulfilment.get("tracking_number") or ""]
    return {
        "id": str(needed(fulfilment, "id", "fulfillments.")),
        "carrier": phrase(fulfilment.get("tracking_company")),
        "tracking_number": phrase(", ".join(str(number) for number in numbers)),
        "events": events,
        "contents": [
            {"line_id": str(needed(item, "id", "fulfillments.line_items.")),
             "quantity": whole(item.get("quantity"), "fulfillments.line_items.quantity")}
            for item in listed(fulfilment, "line_items")
        ],
    }  # fmt: skip
