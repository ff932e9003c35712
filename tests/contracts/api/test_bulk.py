"""Orders in bulk: good rows kept, bad rows told by line, the same file again harmless."""

import json
from typing import Any

import pytest

from makewhole.doors.api import intake
from makewhole.rooms.orders.models import Order
from tests.contracts.api.client import Speaker
from tests.contracts.api.market import order_document


def lines(*rows: Any) -> bytes:
    return b"".join((row if isinstance(row, bytes) else json.dumps(row).encode()) + b"\n" for row in rows)


def hand_in(shop: Speaker, data: bytes) -> list[dict[str, Any]]:
    response = shop.send("POST", "/v1/orders/bulk", data, content_type=intake.NDJSON)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == intake.NDJSON
    return [json.loads(line) for line in response.getvalue().splitlines()]


def test_good_rows_are_kept_and_bad_ones_told_by_line(shop: Speaker) -> None:
    told = hand_in(
        shop,
        lines(
            order_document("1"),
            b"",
            b"{not json",
            order_document("2", payments=[]),
            order_document("3", market="atlantis"),
            b'{"id": "4", "id": "5"}',
            "a text",
            order_document("6"),
        ),
    )
    *rows, last = told
    assert [(row["line"], row["number"], row["outcome"]) for row in rows] == [
        (1, "1", "accepted"), (3, "", "rejected"), (4, "2", "rejected"), (5, "", "rejected"), (6, "", "rejected"),
        (7, "", "rejected"), (8, "6", "accepted"),
    ]  # fmt: skip
    assert last == {"done": {"accepted": 2, "updated": 0, "unchanged": 0, "rejected": 5}}
    kinds = [row["problem"]["type"].rsplit("/", 1)[-1] for row in rows if "problem" in row]
    assert kinds == ["bad-json", "bad-input", "market-unknown", "bad-json", "bad-input"]
    assert rows[2]["problem"]["errors"][0]["field"] == "/payments"
    assert Order.objects.count() == 2


def test_the_same_file_again_changes_nothing(shop: Speaker) -> None:
    data = lines(*(order_document(str(number)) for number in range(5)))
    first, again = hand_in(shop, data), hand_in(shop, data)
    assert first[-1]["done"]["accepted"] == again[-1]["done"]["unchanged"] == 5
    assert [row["id"] for row in first[:-1]] == [row["id"] for row in again[:-1]]


def test_more_rows_than_one_batch_holds(shop: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "BATCH", 3)
    told = hand_in(shop, lines(*(order_document(str(number)) for number in range(8))))
    assert [row["line"] for row in told[:-1]] == list(range(1, 9))
    assert told[-1]["done"]["accepted"] == 8


def test_a_line_too_long_is_read_over(shop: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "JSON_BYTES_MAX", 4000)
    told = hand_in(shop, lines(order_document("1"), b'"' + b"x" * 20_000 + b'"', order_document("2")))
    assert [row["outcome"] for row in told[:-1]] == ["accepted", "rejected", "accepted"]
    assert told[1]["problem"]["type"] == "/v1/problems/too-large"


def test_a_file_too_large_is_refused_whole(shop: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "BYTES_MAX", 100)
    response = shop.send("POST", "/v1/orders/bulk", lines(order_document("1")), content_type=intake.NDJSON)
    assert response.status_code == 413
    assert not Order.objects.exists()


def test_a_file_without_rows_is_done_at_once(shop: Speaker) -> None:
    assert hand_in(shop, b"\n\n") == [{"done": {"accepted": 0, "updated": 0, "unchanged": 0, "rejected": 0}}]


def test_orders_belong_to_the_shop_that_handed_them_in(shop: Speaker) -> None:
    hand_in(shop, lines(order_document("1")))
    assert Order.objects.get().shop_id == "shop"


def test_one_order_is_taken_in_updated_and_left_alone(shop: Speaker) -> None:
    first = shop.post("/v1/orders", order_document())
    later = order_document(completed_at="2026-12-24T15:20:00+08:00", placed_at=order_document()["placed_at"])
    document = shop.get(f"/v1/orders/{first.json()['id']}").json()["document"]
    again = shop.post("/v1/orders", document)
    assert (first.status_code, again.status_code) == (201, 200)
    assert (first.json()["outcome"], again.json()["outcome"]) == ("accepted", "unchanged")
    updated = shop.post("/v1/orders", {**document, "completed_at": later["completed_at"]})
    assert (updated.status_code, updated.json()["outcome"]) == (200, "updated")


def test_an_order_nobody_could_answer_on_is_refused(shop: Speaker) -> None:
    strange = order_document("2", currency="JPY")
    refused = shop.post("/v1/orders", strange)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "/currency")
    assert refused.json()["errors"][0]["what"] == "the rules of cn reckon in CNY, the order in JPY"
    assert hand_in(shop, lines(strange))[0]["problem"]["errors"][0]["field"] == "/currency"


def test_a_whole_large_order_may_be_claimed_whatever_its_lines_are_called(shop: Speaker) -> None:
    ids = [f"{number:0128}" for number in range(300)]
    sold = [
        {"id": each, "sku": "s", "title": "t", "category": "other", "quantity": 1, "unit_price_minor": 100}
        for each in ids
    ]  # fmt: skip
    payment = {"id": "p", "means": "money", "amount_minor": 30_800, "provider": "sandbox", "reference": "r"}
    taken = shop.post("/v1/orders", order_document("1", lines=sold, payments=[payment], parcels=[]))
    question = {"order_id": taken.json()["id"], "reasons": ["item_missing"],
                "lines": [{"line_id": each, "quantity": 1} for each in ids]}  # fmt: skip
    told = shop.post("/v1/answers", question)
    assert told.status_code == 200, told.json()
    assert told.json()["plans"][0]["total"]["amount_minor"] == 30_800


def test_a_wrong_order_is_told_field_by_field_in_the_readers_language(shop: Speaker) -> None:
    wrong = {**order_document(), "lines": [], "colour": "red", "currency": "XYZ"}
    refused = shop.post("/v1/orders", wrong, headers={"Accept-Language": "zh"})
    assert refused.status_code == 422
    assert {fault["field"] for fault in refused.json()["errors"]} == {"/lines", "/colour", "/currency"}
    assert refused.json()["title"] == "内容有误"
