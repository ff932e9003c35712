"""Orders of every market through the API: taken in, asked about and claimed in their own currency and days."""

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from makewhole.rooms.rulebooks import queries
from tests.contracts.api.client import Speaker
from tests.contracts.api.market import BUYER, MERCHANT, order_document
from tests.core.rulebook.books import RULEBOOKS

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("market", ["br", "eu", "uk", "us"])
def test_an_order_is_claimed_in_its_market_s_currency_and_days(
    shop: Speaker, buyer: Callable[..., Speaker], market: str
) -> None:
    book = queries.book(market)
    document = order_document(f"{market}-1", market=market, currency=book.currency)
    taken = shop.post("/v1/orders", document)
    assert taken.status_code == 201, taken.json()
    order_id = taken.json()["id"]
    lin = buyer(BUYER)
    question = {"order_id": order_id, "reasons": ["wrong_item"], "lines": [{"line_id": "2", "quantity": 1}]}
    answer = lin.post("/v1/answers", question, key=None).json()
    assert answer["edition"].startswith(f"{market}@")
    plan = next(plan for plan in answer["plans"] if plan["remedy"] == "return_and_refund")
    assert {due["amount"]["currency"] for due in plan["dues"]} == {book.currency}
    opened = lin.post(
        "/v1/cases", {**question, "remedy": "return_and_refund", "story": "Another knife came.", "exhibit_ids": []}
    )
    assert opened.status_code == 201, opened.json()
    case = opened.json()["case"]
    assert (case["market"], case["currency"]) == (market, book.currency)
    due_at = datetime.fromisoformat(case["obligations"][0]["due_at"])
    assert due_at.utcoffset() == due_at.astimezone(book.calendar.zone).utcoffset()


def test_every_market_says_what_it_covers(shop: Speaker) -> None:
    listed = shop.get("/v1/rulebooks").json()
    assert {row["market"] for row in listed["items"]} >= {"br", "cn", "eu", "uk", "us"}
    for market in ("br", "eu", "uk", "us"):
        told = shop.get(f"/v1/rulebooks/{market}").json()
        assert told["currency"] == queries.book(market).currency
        assert len(told["reasons"]) == 24


def test_an_order_in_another_currency_than_its_market_s_is_refused_where_it_comes_in(
    shop: Speaker, buyer: Callable[..., Speaker]
) -> None:
    strange = order_document("eu-2", market="eu", currency="USD")
    question = {"order": strange, "reasons": ["quality"], "lines": [{"line_id": "2", "quantity": 1}]}
    for refused in (shop.post("/v1/orders", strange), buyer(BUYER).post("/v1/answers", question, key=None)):
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == "/currency"
        assert "EUR" in refused.json()["detail"]


@pytest.mark.parametrize(("market", "currency"), [("eu", "EUR"), ("us", "USD")])
def test_a_statement_is_in_the_currency_its_merchant_sells_in(
    shop: Speaker, operator: Speaker, market: str, currency: str
) -> None:
    assert shop.post("/v1/orders", order_document(f"{market}-3", market=market, currency=currency)).status_code == 201
    statement = operator.get(f"/v1/merchants/{MERCHANT}/statement").json()
    assert statement["in_escrow"] == {"amount_minor": 11280, "currency": currency}
    assert operator.get(f"/v1/merchants/{MERCHANT}/statement?currency=BRL").json()["in_escrow"]["amount_minor"] == 0


def test_the_fund_is_told_in_the_currency_and_days_asked_for(operator: Speaker) -> None:
    assert operator.get("/v1/fund").json()["balance"]["currency"] == "CNY"
    assert operator.get("/v1/fund?currency=GBP").json()["balance"]["currency"] == "GBP"
    for asked, currency in (("market=uk", "GBP"), ("currency=USD", "USD"), ("days=1", "CNY")):
        days = operator.get(f"/v1/fund/days?{asked}").json()["items"]
        assert {day["balance"]["currency"] for day in days} == {currency}
    assert operator.get("/v1/fund?currency=XYZ").status_code == 400


def test_a_house_without_a_chinese_book_tells_its_money_in_its_first_market_s(
    operator: Speaker, settings: object, tmp_path: Path
) -> None:
    shutil.copytree(RULEBOOKS / "uk", tmp_path / "uk")
    settings.RULEBOOKS_DIRECTORY = tmp_path  # type: ignore[attr-defined]
    assert operator.get("/v1/fund").json()["balance"]["currency"] == "GBP"
