"""Reading orders: pages by cursor, several at once, and the check that sums and columns agree."""

import base64
from datetime import UTC, datetime

import pytest
from django.db import connection

from makewhole.rooms.orders import queries, service
from tests.core.order.orders import order_document

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def stock(count: int, **changes: str) -> None:
    documents = [
        {
            **order_document(), "id": f"n-{number}", "placed_at": f"2026-11-{1 + number // 2:02}T10:00:00+08:00",
            **changes,
        }
        for number in range(count)
    ]  # fmt: skip
    assert {result.outcome.value for result in service.import_orders(documents, "demo", NOW)} == {"accepted"}


def test_pages_of_a_buyer_hold_each_order_once_newest_first() -> None:
    stock(9)
    numbers: list[str] = []
    cursor = ""
    for size in (4, 4, 1):
        page = queries.orders_of_buyer("b-301", cursor, limit=4)
        assert len(page.records) == size
        numbers += [record.order.id for record in page.records]
        cursor = page.next_cursor
    assert cursor == ""
    assert sorted(numbers) == [f"n-{number}" for number in range(9)]
    assert numbers[0] == "n-8"
    days = [int(number[2:]) // 2 for number in numbers]
    assert days == sorted(days, reverse=True)


def test_a_merchant_sees_its_own_orders_only() -> None:
    stock(2)
    stock(1, id="other", merchant_id="m-2")
    assert [record.order.id for record in queries.orders_of_merchant("m-2").records] == ["other"]
    assert len(queries.orders_of_merchant("m-qinghe").records) == 2


@pytest.mark.parametrize(
    "cursor",
    ["nonsense", "é", base64.urlsafe_b64encode(b"2026-11-11T10:00:00 00000000-0000-0000-0000-000000000000").decode()],
)
def test_a_cursor_from_elsewhere_is_refused(cursor: str) -> None:
    with pytest.raises(queries.BadCursor, match="was not given out here"):
        queries.orders_of_buyer("b-301", cursor)


def test_several_orders_are_read_at_once() -> None:
    stock(2)
    ids = [record.id for record in queries.orders_of_buyer("b-301").records]
    assert list(queries.orders(ids)) != []
    assert set(queries.orders(ids)) == set(ids)
    assert queries.orders([]) == {}


@pytest.mark.parametrize(
    "damage",
    [
        "paid_minor = paid_minor + 1",
        "merchant_id = 'm-2'",
        "document = jsonb_set(document, '{lines,0,quantity}', '4')",
        "document = jsonb_set(document, '{freight,surcharge_minor}', '11')",
    ],
)
def test_verify_finds_an_order_whose_sums_or_columns_disagree(damage: str) -> None:
    stock(3)
    (check,) = queries.checks()
    assert check.run() == (3, 0, "")
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE orders_order SET {damage} WHERE number = 'n-1'")
    assert check.run() == (3, 1, "order n-1 of shop demo")


def test_lists_are_read_from_their_index() -> None:
    stock(3)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM orders_order WHERE merchant_id = 'm'"
            " AND (placed_at, id) < (now(), gen_random_uuid()) ORDER BY placed_at DESC, id DESC LIMIT 20"
        )
        plan = " ".join(row[0] for row in cursor.fetchall())
    assert "orders_order_of_merchant" in plan
    assert "Sort" not in plan
