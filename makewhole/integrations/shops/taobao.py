"""Trades of Taobao and Tmall, as the open platform gives them.

Read are the answers of `taobao.trade.fullinfo.get`, `taobao.trades.sold.get` and the increments, one after another, in
an array or one per line. Amounts are text in yuan; times are Beijing time. What other calls tell may stand in the same
or other files: `taobao.logistics.trace.search` (when a parcel was signed) and `taobao.refund.get` (what was refunded).
Traces and refunds are read first and held in memory; trades are not.

A sub-order is a line. Its part of the whole trade's discounts (`part_mjz_discount`) stays as Taobao divided it, so it
is the line's own discount. Points are worth a fen each, as Tmall's are.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta, timezone
from itertools import combinations
from pathlib import Path
from typing import Any

from makewhole.core.money import to_major
from makewhole.core.words import Text
from makewhole.integrations.shops.assemble import ShopRefund, add_refunds, sums_disagree
from makewhole.integrations.shops.rows import ReadOptions, Row, RowError
from makewhole.integrations.shops.streams import Record, json_records
from makewhole.integrations.shops.taobao_parcels import Trace, parcels, read_trace
from makewhole.integrations.shops.values import listed, mapped, minor, needed, phrase, time, whole

BEIJING = timezone(timedelta(hours=8))
CURRENCY = "CNY"

TRACE, REFUND, REFUNDS = "logistics_trace_search_response", "refund", "refunds"
WRAPPERS = frozenset(
    {
        "trade_fullinfo_get_response", "trade_get_response", "trades_sold_get_response",
        "trades_sold_increment_get_response", "trades_sold_incrementv_get_response", "trades", "trade",
        "refund_get_response", "refunds_receive_get_response", REFUNDS, REFUND, TRACE, "total_results", "has_next",
        "request_id",
    }
)  # fmt: skip

NOT_PAID = frozenset(
    {"TRADE_NO_CREATE_PAY", "WAIT_BUYER_PAY", "TRADE_CLOSED_BY_TAOBAO", "PAY_PENDING", "WAIT_PRE_AUTH_CONFIRM"}
)
CLOSED = "TRADE_CLOSED"
FINISHED = "TRADE_FINISHED"
REFUNDED = "SUCCESS"

_ADD_REFUND = Text("请一并导入 taobao.refund.get 的结果", "import the answers of taobao.refund.get with it")


def read(files: Sequence[Path], options: ReadOptions) -> Iterator[Row]:
    """Taobao trades as documents, one row per trade; traces and refunds give no row of their own."""
    traces: dict[str, list[Trace]] = {}
    refunds: dict[str, list[dict[str, Any]]] = {}
    for record in _records(files, options, advance=False):
        if record.value is not None and record.under == TRACE:
            traces.setdefault(str(record.value.get("tid")), []).append(read_trace(record.value))
        elif record.value is not None and record.under in (REFUND, REFUNDS):
            refunds.setdefault(str(record.value.get("tid")), []).append(record.value)
    for path in files:
        for record in _records([path], options, advance=True):
            if record.value is None:
                yield Row(path.name, record.line_number, "", None, (record.fault.fault,) if record.fault else ())
            elif record.under not in (TRACE, REFUND, REFUNDS):
                number = _text(record.value, "tid")
                try:
                    document = order_document(record.value, traces.get(number, ()), refunds.get(number, ()), options)
                    yield Row(path.name, record.line_number, number, document)
                except RowError as error:
                    yield Row(path.name, record.line_number, number, None, (error.fault,))


def _records(files: Sequence[Path], options: ReadOptions, *, advance: bool) -> Iterator[Record]:
    for path in files:
        yield from json_records(path, options.advance if advance else lambda count: None, WRAPPERS)


def _text(record: Mapping[str, Any], field: str) -> str:
    """Ids are numbers or text, depending on the client that wrote them; `…_str` is the exact one."""
    return str(record.get(f"{field}_str") or record.get(field) or "")


def order_document(
    trade: Mapping[str, Any], traces: Sequence[Trace], refunds: Sequence[Mapping[str, Any]], options: ReadOptions
) -> dict[str, Any]:
    """One trade as a document. Raises RowError."""
    status = str(needed(trade, "status"))
    if status in NOT_PAID or (status == CLOSED and not trade.get("pay_time")):
        raise RowError("status", Text(f"为 {status}，未付款", f"is {status}: it was not paid"),
                       Text("付款后再导入", "import it once it is paid"))  # fmt: skip
    suborders = listed(mapped(trade, "orders"), "order", "orders.")
    if not suborders:
        raise RowError("orders.order", Text("没有子订单", "holds no sub-order"),
                       Text("请在 fields 中写上 orders", "ask for orders in fields"))  # fmt: skip
    lines = [_line(suborder, options) for suborder in suborders]
    seller = str(options.merchant_id or needed(trade, "seller_nick"))
    document: dict[str, Any] = {
        "id": _text(trade, "tid") or needed(trade, "tid"),
        "merchant_id": seller,
        "merchant_name": options.merchant_name or phrase(trade.get("seller_nick")) or seller,
        "buyer_id": str(trade.get("buyer_open_uid") or needed(trade, "buyer_nick")),
        "buyer_name": phrase(trade.get("buyer_nick")),
        "market": options.market or "cn",
        "currency": CURRENCY,
        "placed_at": time(needed(trade, "created"), "created", BEIJING),
        "lines": lines,
        **_money(trade, lines),
        "parcels": parcels(trade, suborders, traces, BEIJING),
    }
    if status == FINISHED:
        document["completed_at"] = time(trade.get("end_time"), "end_time", BEIJING)
    elif status == CLOSED:
        document["cancelled_at"] = time(needed(trade, "end_time"), "end_time", BEIJING)
    return add_refunds(document, _refunds(suborders, lines, refunds))


def _line(suborder: Mapping[str, Any], options: ReadOptions) -> dict[str, Any]:
    place = "orders.order."
    adjusted = minor(suborder.get("adjust_fee"), CURRENCY, f"{place}adjust_fee")
    own = minor(suborder.get("discount_fee"), CURRENCY, f"{place}discount_fee")
    shared = minor(suborder.get("part_mjz_discount"), CURRENCY, f"{place}part_mjz_discount")
    sku = suborder.get("outer_sku_id") or suborder.get("outer_iid") or _text(suborder, "sku_id")
    title = phrase(suborder.get("title"))
    kind = phrase(suborder.get("sku_properties_name"))
    return {
        "id": _text(suborder, "oid") or needed(suborder, "oid", place),
        "sku": phrase(sku or _text(suborder, "num_iid") or needed(suborder, "num_iid", place), 128),
        "title": phrase(f"{title} {kind}"),
        "category": options.category(suborder.get("outer_sku_id"), suborder.get("outer_iid"), suborder.get("cid")),
        "quantity": whole(needed(suborder, "num", place), f"{place}num"),
        "unit_price_minor": minor(needed(suborder, "price", place), CURRENCY, f"{place}price"),
        "discount_minor": own + shared + max(0, -adjusted),
        "surcharge_minor": max(0, adjusted),
    }


def _net(line: Mapping[str, int]) -> int:
    return line["unit_price_minor"] * line["quantity"] - line["discount_minor"] + line["surcharge_minor"]


def _money(trade: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Freight, discounts on the whole trade, and payments.

    `payment` may or may not contain what points and red packets paid, and a trade-level discount may or may not have
    been divided already: it follows from which of them close the gap between lines and payment. Raises RowError when
    none does.
    """
    paid = minor(needed(trade, "payment"), CURRENCY, "payment")
    freight = minor(trade.get("post_fee"), CURRENCY, "post_fee")
    points = whole(trade.get("point_fee"), "point_fee")
    due = sum(_net(line) for line in lines) + freight
    gap = due - paid
    service_fee = -gap if gap < 0 and -gap == minor(trade.get("buyer_cod_fee"), CURRENCY, "buyer_cod_fee") else 0
    red_packet = whole(trade.get("coupon_fee") or trade.get("tmall_coupon_fee"), "coupon_fee")
    parts = {
        "discount": minor(trade.get("discount_fee"), CURRENCY, "discount_fee"),
        "points": points,
        "coupon": red_packet,
    }
    closing = _closing(gap + service_fee, {name: amount for name, amount in parts.items() if amount > 0})
    if closing is None:
        raise sums_disagree("payment", f"{to_major(paid, CURRENCY)}", f"{to_major(due, CURRENCY)} {CURRENCY}")
    in_points = min(points, paid) if points and "points" not in closing else 0
    at = time(trade.get("pay_time"), "pay_time", BEIJING)
    reference = phrase(trade.get("alipay_no") or _text(trade, "tid"))
    provider = "cod" if trade.get("type") == "cod" else "alipay"
    payments: list[dict[str, Any]] = [
        {"id": "money", "means": "money", "amount_minor": paid - in_points, "provider": provider,
         "reference": reference, "paid_at": at},
        {"id": "points", "means": "points", "amount_minor": in_points or ("points" in closing) * points,
         "units": points},
        {"id": "red_packet", "means": "coupon", "amount_minor": ("coupon" in closing) * red_packet,
         "units": red_packet},
    ]  # fmt: skip
    discount = {"id": _promotion(trade), "amount_minor": parts["discount"]}
    return {
        "freight": {"amount_minor": freight, "surcharge_minor": service_fee},
        "discounts": [discount] if "discount" in closing else [],
        "payments": [payment for payment in payments if payment["amount_minor"]],
    }


def _closing(gap: int, parts: Mapping[str, int]) -> frozenset[str] | None:
    """The fewest parts that add up to the gap, earlier ones first; None when there are none."""
    for count in range(len(parts) + 1):
        for chosen in combinations(parts, count):
            if sum(parts[name] for name in chosen) == gap:
                return frozenset(chosen)
    return None


def _promotion(trade: Mapping[str, Any]) -> str:
    details = listed(mapped(trade, "promotion_details"), "promotion_detail", "promotion_details.")
    names = [phrase(detail.get("promotion_name"), 60) for detail in details if detail.get("promotion_name")]
    return phrase(" ".join(names), 128) or "discount"


def _refunds(
    suborders: Sequence[Mapping[str, Any]], lines: Sequence[Mapping[str, Any]], records: Sequence[Mapping[str, Any]]
) -> list[ShopRefund]:
    """What was given back on each sub-order: its refund record, or all of it where the sub-order was closed."""
    refunds = []
    for suborder, line in zip(suborders, lines, strict=True):
        told = [
            record for record in records
            if _text(record, "oid") == line["id"] and record.get("status") == REFUNDED
        ]  # fmt: skip
        for record in told:
            amount = minor(needed(record, "refund_fee", "refund."), CURRENCY, "refund.refund_fee")
            back = whole(record.get("num"), "refund.num") if record.get("has_good_return") is True else 0
            at = time(record.get("modified"), "refund.modified", BEIJING)
            refunds.append(ShopRefund(_text(record, "refund_id"), amount, at, {line["id"]: back}))
        if suborder.get("refund_status") == REFUNDED and not told:
            if suborder.get("status") != CLOSED:
                oid = line["id"]
                wrong = Text(f"子订单 {oid} 已退款，金额不明", f"sub-order {oid} was refunded, nobody says how much")
                raise RowError("orders.order.refund_status", wrong, _ADD_REFUND)
            at = time(suborder.get("end_time"), "orders.order.end_time", BEIJING)
            refund_id = _text(suborder, "refund_id") or line["id"]
            refunds.append(ShopRefund(refund_id, _net(line), at, {line["id"]: line["quantity"]}))
    return refunds
