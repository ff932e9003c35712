"""The invented marketplace of the demo: merchants of several manners, buyers, staff, and how an order is written."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from makewhole.core.words import Role

SHOP = "demo"
CURRENCY = "CNY"


class Person(NamedTuple):
    """Somebody who can be let in with one click. `party` is the buyer's or merchant's id."""

    username: str
    name: str
    role: Role
    party: str = ""


BUYERS = {"b-linyue": "林月", "b-zhouhang": "周航", "b-chenxi": "陈汐", "b-wangyi": "王一"}
MERCHANTS = {
    "m-shanye": "山野陶",
    "m-qingming": "清明电器",
    "m-yunduan": "云端数码",
    "m-guoyuan": "果园直送",
    "m-xunfeng": "迅风百货",
}
"""Fair and prompt, careful, stubborn, friendly, and gone silent."""
RETURNS_GO_TO = {
    "m-shanye": "江西省景德镇市示例路 18 号 山野陶退货组 收 0798-0000001",
    "m-qingming": "广东省中山市示例大道 66 号 清明电器售后仓 收 0757-0000002",
    "m-yunduan": "浙江省杭州市西湖区示例街 9 号 云端数码退货处 收 0571-0000003",
    "m-guoyuan": "山东省莱阳市示例村 2 号 果园直送 收 0535-0000004",
}
"""One shop has told no address for returns."""
PEOPLE = (
    Person("demo-linyue", "林月", Role.BUYER, "b-linyue"),
    Person("demo-zhouhang", "周航", Role.BUYER, "b-zhouhang"),
    Person("demo-qingming", "清明电器 · 小许", Role.MERCHANT, "m-qingming"),
    Person("demo-shanye", "山野陶 · 阿木", Role.MERCHANT, "m-shanye"),
    Person("demo-agent", "沈宁", Role.AGENT),
    Person("demo-agent-2", "韩笑", Role.AGENT),
    Person("demo-operator", "顾言", Role.OPERATOR),
)
DEPOSITS_MINOR = {
    "m-shanye": 200_000,
    "m-qingming": 300_000,
    "m-yunduan": 15_000,
    "m-guoyuan": 100_000,
    "m-xunfeng": 8_000,
}
FUND_MINOR = 5_000_000


class Goods(NamedTuple):
    """One line of an invented order, the price in minor units."""

    sku: str
    title: str
    category: str
    price_minor: int
    quantity: int = 1
    flags: tuple[str, ...] = ()


def order(
    number: str,
    merchant_id: str,
    buyer_id: str,
    goods: Sequence[Goods],
    placed_at: datetime,
    *,
    freight_minor: int = 0,
    discount_minor: int = 0,
    points_minor: int = 0,
    dispatched_after: timedelta | None = timedelta(hours=20),
    signed_after: timedelta | None = timedelta(days=3),
    lost: bool = False,
) -> dict[str, Any]:
    """An order document. What is to happen to its parcel is told as time from placing; None: it does not happen."""
    total = sum(each.price_minor * each.quantity for each in goods) + freight_minor - discount_minor
    payments = [
        {"id": "p-1", "means": "money", "amount_minor": total - points_minor, "provider": "alipay",
         "reference": f"2026{number}"}
    ]  # fmt: skip
    if points_minor:
        payments.append(
            {"id": "p-2", "means": "points", "amount_minor": points_minor, "units": points_minor, "reference": buyer_id}
        )
    document: dict[str, Any] = {
        "id": number,
        "merchant_id": merchant_id,
        "merchant_name": MERCHANTS[merchant_id],
        "buyer_id": buyer_id,
        "buyer_name": BUYERS[buyer_id],
        "return_address": RETURNS_GO_TO.get(merchant_id, ""),
        "market": "cn",
        "currency": CURRENCY,
        "placed_at": placed_at.isoformat(),
        "lines": [line(place, each) for place, each in enumerate(goods, start=1)],
        "payments": payments,
        "promises": {"dispatch_by": (placed_at + timedelta(hours=48)).isoformat(), "no_reason_return_days": 7},
        "parcels": parcels(number, placed_at, dispatched_after, signed_after, lost),
    }
    if freight_minor:
        document["freight"] = {"amount_minor": freight_minor}
    if discount_minor:
        document["discounts"] = [{"id": "d-1", "amount_minor": discount_minor, "threshold_minor": discount_minor * 10}]
    return document


def line(place: int, goods: Goods) -> Mapping[str, Any]:
    written: dict[str, Any] = {
        "id": str(place),
        "sku": goods.sku,
        "title": goods.title,
        "category": goods.category,
        "quantity": goods.quantity,
        "unit_price_minor": goods.price_minor,
    }
    return {**written, "flags": list(goods.flags)} if goods.flags else written


def parcels(
    number: str, placed_at: datetime, dispatched_after: timedelta | None, signed_after: timedelta | None, lost: bool
) -> list[dict[str, Any]]:
    """The order's one parcel with its events, or none."""
    if dispatched_after is None:
        return []
    events: list[tuple[str, timedelta]] = [("dispatched", dispatched_after)]
    if lost:
        events.append(("in_transit", dispatched_after + timedelta(days=1)))
    if signed_after is not None:
        events.append(("signed", signed_after))
    told = [{"kind": kind, "at": (placed_at + after).isoformat()} for kind, after in events]
    return [{"id": "k-1", "carrier": "顺丰", "tracking_number": f"SF{number[-8:]}", "events": told}]


def known_at(document: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The document without the parcel events still to come."""

    def past(events: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        return [event for event in events if datetime.fromisoformat(event["at"]) <= now]

    told = [{**parcel, "events": past(parcel["events"])} for parcel in document["parcels"]]
    return {**document, "parcels": [parcel for parcel in told if parcel["events"]]}
