"""What am I due, without an account: told by hand, judged by the engine, nothing stored."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests.doors.forms import text

TOLD = {
    "market": "cn",
    "reason": "changed_mind",
    "category": "home",
    "price": "129.00",
    "quantity": "2",
    "freight": "10",
}


@pytest.fixture
def anyone() -> Client:
    return Client(headers={"Accept-Language": "en"})


def ago(days: int) -> str:
    return (timezone.now() - timedelta(days=days)).date().isoformat()


def ask(client: Client, **told: Any) -> Any:
    return client.get("/due/", {**TOLD, "placed": ago(6), "sent": ago(5), "received": ago(3), **told})


def test_the_page_opens_without_account_and_without_a_database(
    anyone: Client, db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert "The answer appears here" in text(anyone.get("/due/"))
        assert "Return and refund" in text(ask(anyone))


@pytest.mark.django_db
def test_a_change_of_mind_within_seven_days_gives_the_price_of_what_goes_back(anyone: Client) -> None:
    page = text(ask(anyone, **{"fact-goods_intact": "yes"}))
    assert "Return and refund ¥258.00" in page
    assert "Consumer Rights Protection Law (2013), art. 25" in page


@pytest.mark.django_db
def test_eight_days_after_receipt_it_is_too_late_and_the_rule_says_so(anyone: Client) -> None:
    page = text(ask(anyone, placed=ago(20), sent=ago(19), received=ago(15)))
    assert "What speaks against it" in page
    assert "Return and refund ¥" not in page


@pytest.mark.django_db
def test_answers_to_its_questions_change_the_answer(anyone: Client) -> None:
    asked = ask(anyone, reason="quality")
    assert 'name="fact-defect_kind"' in asked.content.decode()
    less = text(ask(anyone, reason="quality", quantity="1", **{"fact-value_lost_percent": "30"}))
    assert "¥38.70" in less


@pytest.mark.django_db
def test_what_nobody_asks_for_can_be_said_and_changes_the_answer(anyone: Client) -> None:
    phone = {"reason": "fault_in_warranty", "category": "electronics/phone", "fact-faulty_part": "machine"}
    late = {"placed": ago(60), "sent": ago(59), "received": ago(57)}
    asked = ask(anyone, **phone, **late)
    assert "Is there more to it?" in text(asked)
    assert 'name="fact-repairs_failed"' in asked.content.decode()
    assert 'name="fact-part_replacements"' not in asked.content.decode(), "a phone is no vehicle"
    assert "Exchange Goods, no money" not in text(asked)
    assert "Exchange Goods, no money" in text(ask(anyone, **phone, **late, **{"fact-repairs_failed": "2"}))


@pytest.mark.django_db
@pytest.mark.parametrize("market", ["cn", "br", "jd"])
def test_every_reason_of_every_market_has_an_answer(anyone: Client, market: str) -> None:
    from makewhole.doors.portal.parts.markets import book_of

    book = book_of(market)
    assert book is not None
    for reason in book.reasons:
        page = ask(anyone, market=market, reason=reason.value, category="other", price="100", freight="")
        assert page.status_code == 200
        assert "answer-top" in page.content.decode(), reason


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"price": "12,50"}, "This is not an amount."),
        ({"price": ""}, "This is needed."),
        ({"price": "99999999999999"}, "more than any order costs"),
        ({"quantity": "0"}, "Write how many"),
        ({"quantity": "many"}, "Write how many"),
        ({"reason": "bad_weather"}, "no rules for this in this market"),
        ({"placed": "yesterday"}, "This is not a date."),
        ({"placed": ""}, "This is needed."),
        ({"placed": "1900-01-01"}, "too long ago"),
        ({"received": "2099-01-01"}, "This day has not come yet."),
        ({"sent": "2000-01-01"}, "too long ago, or too far ahead"),
        ({"fact-value_lost_percent": "a third"}, "This is not a whole number."),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(anyone: Client, told: dict[str, str], said: str) -> None:
    page = ask(anyone, **{"reason": "quality", **told})
    assert page.status_code == 200
    assert said in text(page)


@pytest.mark.django_db
def test_days_in_the_wrong_order_are_noticed(anyone: Client) -> None:
    assert "This is before 'Ordered on'." in text(ask(anyone, placed=ago(2), sent=ago(4), received=ago(1)))


@pytest.mark.django_db
def test_rights_lead_to_rules_and_to_the_answer(anyone: Client) -> None:
    page = anyone.get("/rights/cn/").content.decode()
    assert "/due/?market=cn&amp;reason=late_delivery" in page
    assert "/rules/cn/cn-consumer-25-return/" in page
    assert anyone.get("/rights/mars/").status_code == 404


@pytest.mark.django_db
def test_the_same_in_chinese(anyone: Client) -> None:
    page = text(anyone.get("/due/", headers={"Accept-Language": "zh-CN"}))
    assert "我应得什么" in page
    assert "哪里出了问题" in page
