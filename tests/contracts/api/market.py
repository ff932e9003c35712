"""An invented order for the API's tests, signed three days ago, and photos for its cases."""

import io
from datetime import timedelta
from typing import Any

from django.utils.timezone import now
from PIL import Image

BUYER = "b-301"
MERCHANT = "m-qinghe"


def days_ago(days: float) -> str:
    return (now() - timedelta(days=days)).isoformat(timespec="seconds")


def order_document(number: str = "2026111100017", **changes: Any) -> dict[str, Any]:
    """Two boxes of apples and a knife, 112.80 in all, freight included."""
    return {
        "id": number,
        "merchant_id": MERCHANT,
        "merchant_name": "青禾果园",
        "buyer_id": BUYER,
        "buyer_name": "林晓",
        "market": "cn",
        "currency": "CNY",
        "placed_at": days_ago(8),
        "lines": [
            {
                "id": "1", "sku": "apple-5kg", "title": "红富士苹果 5 斤", "category": "fresh/fruit", "quantity": 2,
                "unit_price_minor": 3990,
            },
            {
                "id": "2", "sku": "knife-1", "title": "水果刀", "category": "household/kitchen", "quantity": 1,
                "unit_price_minor": 2500,
            },
        ],
        "freight": {"amount_minor": 800},
        "payments": [
            {
                "id": "p-1", "means": "money", "amount_minor": 11280, "provider": "sandbox",
                "reference": f"pay-{number}", "paid_at": days_ago(8),
            },
        ],
        "parcels": [
            {
                "id": "k-1", "carrier": "SF", "tracking_number": "SF1403350021",
                "events": [
                    {"kind": "dispatched", "at": days_ago(7)},
                    {"kind": "signed", "at": days_ago(3)},
                ],
            },
        ],
        **changes,
    }  # fmt: skip


def claim(order_id: str, **changes: Any) -> dict[str, Any]:
    """The knife was not in the parcel."""
    return {
        "order_id": order_id,
        "reasons": ["item_missing"],
        "lines": [{"line_id": "2", "quantity": 1}],
        "remedy": "refund_only",
        "story": "拆开包裹只有苹果，没有水果刀。",
        **changes,
    }


def photo(shade: int = 120) -> bytes:
    """A small picture with some structure in it."""
    image = Image.new("RGB", (160, 120), (shade, 90, 60))
    for x in range(0, 160, 16):
        image.paste((255 - x, shade, x), (x, x // 2, x + 9, 110))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG")
    return buffer.getvalue()
