"""Orders of other markets on the pages: their currency, their days, their rules, from the question to the case."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from makewhole.core.words import Reason
from makewhole.rooms.cases import queries as cases
from makewhole.rooms.rulebooks import queries
from tests.doors.forms import form, text
from tests.doors.shop import BUYER, document, line, sell

pytestmark = pytest.mark.django_db

SIGN = {"eu": "€", "uk": "£", "us": "$", "br": "R$ "}
MARKETS = sorted(SIGN)


def sold(market: str, **changes: Any) -> UUID:
    kettle = line("1", "Kettle", 1, 7_900, category="home")
    told = document(
        f"{market}-1",
        kettle,
        now=timezone.now(),
        market=market,
        currency=queries.book(market).currency,
        promises={},
        **changes,
    )
    return sell(told)[0]


@pytest.fixture
def anyone() -> Client:
    return Client(headers={"Accept-Language": "en"})


@pytest.mark.parametrize("market", MARKETS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_reason_is_answered_without_an_account(market: str, language: str) -> None:
    client = Client(headers={"Accept-Language": language})
    today = timezone.now()
    told = {"market": market, "category": "home", "price": "79", "quantity": "1", "freight": "5"}
    days = {name: (today - timedelta(days=ago)).date().isoformat() for name, ago in
            (("placed", 9), ("sent", 8), ("received", 4))}  # fmt: skip
    for reason in Reason:
        page = client.get("/due/", {**told, **days, "reason": reason.value})
        assert page.status_code == 200, reason
        assert "answer-top" in page.content.decode(), reason


@pytest.mark.parametrize("market", MARKETS)
def test_a_claim_goes_from_story_to_case_in_the_order_s_own_currency(
    buyer: Client, merchant: Client, market: str
) -> None:
    sign = SIGN[market]
    order_id = sold(market)
    page = f"/buyer/orders/{order_id}/claim/"
    assert f"{sign}79" in text(buyer.get(f"/buyer/orders/{order_id}/"))
    for name, said in (
        ("story", {"story": "The lid does not close."}),
        ("reason", {"reason": ["damaged"]}),
        ("items", {"line-1": "1"}),
        ("plan", {"plan": "return_and_refund", "fact-defect_grave": "yes"}),
        ("evidence", {}),
    ):
        answered = buyer.post(f"{page}{name}/", said)
        assert answered.status_code == 303, (name, text(answered))
    check = buyer.get(f"{page}check/")
    assert f"{sign}89" in text(check)
    opened = buyer.post(f"{page}check/", form(check, ""))
    assert opened.status_code == 303
    (row,) = cases.inbox(BUYER).rows
    case_page = text(buyer.get(f"/buyer/cases/{row.id}/"))
    assert f"{sign}89" in case_page
    assert "¥" not in case_page
    queue = text(merchant.get(f"/merchant/cases/{row.id}/"))
    assert f"{sign}89" in queue
    statement = text(merchant.get("/merchant/statement/"))
    assert sign in statement
    assert "¥" not in statement


@pytest.mark.parametrize("market", MARKETS)
def test_the_rights_centre_and_the_rules_of_a_market_can_be_read(anyone: Client, market: str) -> None:
    book = queries.book(market)
    assert book.name.en.split(" (")[0] in text(anyone.get(f"/rights/{market}/"))
    rules = anyone.get(f"/rules/{market}/")
    assert rules.status_code == 200
    first = book.rules[0]
    page = text(anyone.get(f"/rules/{market}/{first.id}/"))
    assert first.sentence.en[:40] in page
