"""Orders for tests: one written out in full, and a strategy for any order the format allows."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from makewhole.core.order.model import Discount, Freight, Line, Means, Order, Payment

PLACED = datetime(2026, 11, 11, 2, 0, tzinfo=UTC)


def order_document() -> dict[str, Any]:
    """An order with every field in use: two parcels, points and a coupon, freight partly discounted."""
    return {
        "id": "2026111100017",
        "merchant_id": "m-qinghe",
        "merchant_name": "青禾果园",
        "buyer_id": "b-301",
        "buyer_name": "林晓",
        "market": "cn",
        "currency": "CNY",
        "placed_at": "2026-11-11T10:00:00+08:00",
        "checkout_id": "c-88",
        "lines": [
            {
                "id": "1", "sku": "apple-5kg", "title": "红富士苹果 5 斤", "category": "fresh/fruit", "quantity": 3,
                "unit_price_minor": 3990, "discount_minor": 470, "flags": ["not_returnable_confirmed"],
            },
            {
                "id": "2", "sku": "knife-1", "title": "水果刀", "category": "household/kitchen", "quantity": 1,
                "unit_price_minor": 2500, "surcharge_minor": 200,
            },
        ],
        "discounts": [{"id": "d-1", "amount_minor": 1000, "threshold_minor": 10000, "kind": "满减"}],
        "freight": {"amount_minor": 1200, "discount_minor": 400, "surcharge_minor": 10},
        "payments": [
            {
                "id": "p-1", "means": "money", "amount_minor": 12510, "provider": "alipay", "reference": "2026-1",
                "paid_at": "2026-11-11T10:00:31+08:00",
            },
            {"id": "p-2", "means": "points", "amount_minor": 500, "reference": "b-301", "units": 50000},
            {"id": "p-3", "means": "coupon", "amount_minor": 1000, "reference": "NEW10", "units": 1},
        ],
        "promises": {
            "dispatch_by": "2026-11-13T10:00:00+08:00", "deliver_by": "2026-11-18T10:00:00+08:00",
            "no_reason_return_days": 7, "freight_insurance": True, "warranty_days": 365,
        },
        "parcels": [
            {
                "id": "k-1", "carrier": "SF", "tracking_number": "SF1001",
                "events": [
                    {"kind": "dispatched", "at": "2026-11-12T09:00:00+08:00"},
                    {"kind": "signed", "at": "2026-11-14T15:20:00+08:00", "note": "本人签收"},
                ],
                "contents": [{"line_id": "1", "quantity": 3}],
            },
            {
                "id": "k-2", "carrier": "YTO", "tracking_number": "YT2001",
                "events": [{"kind": "dispatched", "at": "2026-11-12T09:00:00+08:00"}],
                "contents": [{"line_id": "2", "quantity": 1}],
            },
        ],
        "refunds": [
            {
                "id": "r-1", "line_id": "1", "head": "goods", "amount_minor": 3000, "quantity": 1,
                "refunded_at": "2026-11-13T09:00:00+08:00",
            },
        ],
        "completed_at": "2026-11-24T15:20:00+08:00",
    }  # fmt: skip


@st.composite
def orders(draw: st.DrawFn, currency: str = "CNY") -> Order:
    """Any order whose payments add up: free lines, discounts up to everything, up to three payments."""
    lines = []
    for number in range(draw(st.integers(1, 6))):
        quantity, price = draw(st.integers(1, 9)), draw(st.integers(0, 5_000))
        discount = draw(st.integers(0, quantity * price))
        surcharge = draw(st.integers(0, 300))
        lines.append(Line(str(number), "s", "t", "c", quantity, price, discount, surcharge_minor=surcharge))
    gross = sum(line.gross_minor for line in lines)
    discounts = tuple(
        Discount(str(number), amount)
        for number, amount in enumerate(_cut(draw, draw(st.integers(0, gross)), draw(st.integers(0, 3))))
    )
    freight_minor = draw(st.integers(0, 3_000))
    freight = Freight(freight_minor, draw(st.integers(0, freight_minor)), draw(st.integers(0, 50)))
    due = gross - sum(discount.amount_minor for discount in discounts) + freight.paid_minor
    payments = []
    for number, amount in enumerate(_cut(draw, due, draw(st.integers(1, 3)))):
        means = draw(st.sampled_from(Means))
        units = 0 if means is Means.MONEY else draw(st.integers(1, 9_000))
        if amount:
            payments.append(Payment(str(number), means, amount, units=units))
    return Order(
        "1", "m", "M", "b", "cn", currency, PLACED, tuple(lines), tuple(payments), discounts, freight
    )  # fmt: skip


def _cut(draw: st.DrawFn, amount: int, pieces: int) -> list[int]:
    if not pieces:
        return []
    cuts = sorted(draw(st.lists(st.integers(0, amount), min_size=pieces - 1, max_size=pieces - 1)))
    return [upper - lower for lower, upper in zip([0, *cuts], [*cuts, amount], strict=True)]
