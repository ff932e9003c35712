"""The Brazilian e-commerce dataset of Olist: real orders of a marketplace, as a folder of CSV tables.

Tables are known by their columns, and some may be partial: what is there is joined, an order that lacks its items or
payments is rejected. Each item row is one unit; equal units of one seller are one line. An order of several sellers
becomes several orders of one checkout, its payments shared by value.

What the dataset leaves open is settled like this. A card payment above the items is the interest of its instalments
and is put on the lines as surcharge; a payment below them is a discount. A parcel handed over before the order by the
carrier's clock counts as handed over with the order, and the note says so. The estimated delivery is a day and lasts
until that day ends. An order cancelled has no time of it: the last time recorded stands for it. Where the time of
purchase is missing, that of the approved payment stands for it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from makewhole.core.allocation.allocate import apportion
from makewhole.core.money import to_major
from makewhole.core.words import Text
from makewhole.integrations.shops.assemble import split_payments
from makewhole.integrations.shops.olist_categories import path_of
from makewhole.integrations.shops.olist_tables import (
    Item,
    Payment,
    Tables,
    end_of_day,
    files_of,
    load,
    moment,
    order_rows,
    reviews,
)
from makewhole.integrations.shops.rows import ReadOptions, Row, RowError
from makewhole.integrations.shops.values import minor

__all__ = ["read", "reviews"]

CURRENCY = "BRL"
VOUCHER = "voucher"
ROUNDING_MINOR_PER_ITEM = 1
INTEREST_PERCENT_PER_INSTALMENT = 4

_COMPLETE = Text("请补全该表", "add the missing rows")


def read(files: Sequence[Path], options: ReadOptions) -> Iterator[Row]:
    """The dataset's orders as documents; an order of several sellers gives several rows."""
    try:
        found = files_of(files)
        tables = load(found, options.advance)
    except RowError as error:
        yield Row(", ".join(path.name for path in files), 1, "", None, (error.fault,))
        return
    for path, row in order_rows(found, options.advance):
        number = row.values.get("order_id", "")
        try:
            if row.fault:
                raise row.fault
            for document in order_documents(row.values, tables, options):
                yield Row(path.name, row.line_number, document["id"], document)
        except RowError as error:
            yield Row(path.name, row.line_number, number, None, (error.fault,))


def order_documents(order: Mapping[str, str], tables: Tables, options: ReadOptions) -> list[dict[str, Any]]:
    """The documents of one order of the dataset, one per seller. Raises RowError."""
    number = order["order_id"]
    items = sorted(tables.items.get(number, ()))
    if not items:
        raise RowError("order_items", Text("没有商品行", "holds no item of this order"), _COMPLETE)
    payments = _payments(number, tables.payments.get(number, ()))
    by_seller: dict[str, list[Item]] = {}
    for item in items:
        by_seller.setdefault(item.seller_id, []).append(item)
    times = _times(order)
    drafts = [_draft(order, seller_id, of_seller, times, tables, options) for seller_id, of_seller in by_seller.items()]
    _settle_difference(drafts, payments, tables.payments[number], len(items))
    for draft, of_draft in zip(drafts, split_payments(payments, [_due(draft) for draft in drafts]), strict=True):
        draft["payments"] = of_draft
    if len(drafts) > 1:
        for place, draft in enumerate(drafts, start=1):
            draft["id"], draft["checkout_id"] = f"{number}-{place}", number
    return drafts


def _payments(number: str, given: Sequence[Payment]) -> list[dict[str, Any]]:
    """Vouchers are credit in kind: their units are their minor units."""
    payments: list[dict[str, Any]] = []
    for payment in sorted(given, key=lambda payment: payment.sequence):
        amount_minor = minor(payment.value, CURRENCY, "payment_value")
        in_kind = {"means": "coupon", "units": amount_minor} if payment.type == VOUCHER else {"means": "money"}
        if amount_minor:
            payments.append(
                {"id": f"{len(payments) + 1}", **in_kind, "amount_minor": amount_minor, "provider": payment.type,
                 "reference": f"{number}/{payment.sequence}"}
            )  # fmt: skip
    if not payments:
        raise RowError("order_payments", Text("没有付款", "holds no payment of this order"), _COMPLETE)
    return payments


class _Times:
    def __init__(self, placed: datetime, dispatched: datetime | None, signed: datetime | None) -> None:
        self.placed, self.dispatched, self.signed = placed, dispatched, signed


def _times(order: Mapping[str, str]) -> _Times:
    bought = moment(order.get("order_purchase_timestamp", ""), "order_purchase_timestamp")
    approved = moment(order["order_approved_at"], "order_approved_at")
    placed = bought or approved
    if placed is None:
        raise RowError("order_purchase_timestamp", Text("没有下单时间", "is missing"), _COMPLETE)
    return _Times(
        placed,
        moment(order.get("order_delivered_carrier_date", ""), "order_delivered_carrier_date"),
        moment(order["order_delivered_customer_date"], "order_delivered_customer_date"),
    )


def _draft(
    order: Mapping[str, str], seller_id: str, items: Sequence[Item], times: _Times, tables: Tables, options: ReadOptions
) -> dict[str, Any]:
    customer_id = order["customer_id"]
    place = tables.sellers.get(seller_id, "")
    draft: dict[str, Any] = {
        "id": order["order_id"],
        "merchant_id": seller_id,
        "merchant_name": f"Seller {seller_id[:6]} {place}".strip(),
        "buyer_id": tables.customers.get(customer_id, customer_id),
        "market": options.market or "br",
        "currency": CURRENCY,
        "placed_at": times.placed.isoformat(),
        "lines": _lines(items, tables, options),
        "freight": {"amount_minor": sum(minor(item.freight, CURRENCY, "freight_value") for item in items)},
        "promises": _promises(order, items),
        "parcels": _parcels(times),
    }
    if order["order_status"] == "canceled":
        approved = moment(order["order_approved_at"], "order_approved_at")
        known = [at for at in (times.placed, approved, times.dispatched, times.signed) if at]
        draft["cancelled_at"] = max(known).isoformat()
    return draft


def _lines(items: Sequence[Item], tables: Tables, options: ReadOptions) -> list[dict[str, Any]]:
    lines: dict[tuple[str, str], dict[str, Any]] = {}
    for item in items:
        line = lines.get((item.product_id, item.price))
        if line:
            line["quantity"] += 1
            continue
        portuguese = tables.products.get(item.product_id, "")
        category = tables.english.get(portuguese, portuguese)
        lines[item.product_id, item.price] = {
            "id": str(item.number),
            "sku": item.product_id,
            "title": category.replace("_", " ") or "product",
            "category": options.categories.get(category) or path_of(category),
            "quantity": 1,
            "unit_price_minor": minor(item.price, CURRENCY, "price"),
        }
    return list(lines.values())


def _promises(order: Mapping[str, str], items: Sequence[Item]) -> dict[str, str]:
    limits = [at for item in items if (at := moment(item.shipping_limit, "shipping_limit_date"))]
    promises = {"dispatch_by": max(limits).isoformat()} if limits else {}
    estimate = moment(order["order_estimated_delivery_date"], "order_estimated_delivery_date")
    return promises | ({"deliver_by": end_of_day(estimate).isoformat()} if estimate else {})


def _parcels(times: _Times) -> list[dict[str, Any]]:
    events = []
    if times.dispatched:
        event = {"kind": "dispatched", "at": max(times.dispatched, times.placed).isoformat()}
        early = {"note": f"recorded {times.dispatched.isoformat()}, before the order"}
        events.append(event | (early if times.dispatched < times.placed else {}))
    if times.signed:
        events.append({"kind": "signed", "at": times.signed.isoformat()})
    return [{"id": "1", "events": events}] if events else []


def _due(draft: Mapping[str, Any]) -> int:
    lines = sum(line["unit_price_minor"] * line["quantity"] + line.get("surcharge_minor", 0) for line in draft["lines"])
    discounts: int = sum(discount["amount_minor"] for discount in draft.get("discounts", ()))
    return int(lines) - discounts + int(draft["freight"]["amount_minor"])


def _settle_difference(
    drafts: Sequence[dict[str, Any]], payments: Sequence[Mapping[str, Any]], given: Sequence[Payment], items: int
) -> None:
    """Put the difference between payments and items where it belongs. Raises RowError when items must be missing."""
    paid = sum(int(payment["amount_minor"]) for payment in payments)
    due = sum(_due(draft) for draft in drafts)
    difference = paid - due
    if difference > 0:
        instalments = max((payment.instalments for payment in given if payment.type != VOUCHER), default=0)
        interest = due * INTEREST_PERCENT_PER_INSTALMENT * instalments // 100 if instalments > 1 else 0
        if difference > max(interest, items * ROUNDING_MINOR_PER_ITEM):
            gap = f"{to_major(difference, CURRENCY)} {CURRENCY}"
            wrong = Text(f"付款比商品多 {gap}", f"lacks rows: {gap} more was paid than they make")
            raise RowError("order_items", wrong, _COMPLETE)
        lines = [line for draft in drafts for line in draft["lines"]]
        weights = [line["unit_price_minor"] * line["quantity"] for line in lines]
        for line, part in zip(lines, apportion(difference, weights), strict=True):
            line["surcharge_minor"] = part
    elif difference < 0:
        worth = [sum(line["unit_price_minor"] * line["quantity"] for line in draft["lines"]) for draft in drafts]
        for draft, part in zip(drafts, apportion(min(-difference, sum(worth)), worth), strict=True):
            if part:
                draft["discounts"] = [{"id": "difference", "amount_minor": part, "kind": "difference"}]
