"""The rules as pages anyone can read: search in three languages, permanent addresses, history, what changed."""

from itertools import cycle

import pytest
from django.test import Client

from makewhole.core.words import Language
from makewhole.doors.portal.parts.markets import address_of
from makewhole.rooms.rulebooks import queries
from tests.doors.forms import text

LANGUAGES: tuple[tuple[str, Language], ...] = (("en", "en"), ("zh-hans", "zh"), ("zh-hant", "zh-hant"))
PAGE_BYTES_MAX = 100_000


@pytest.fixture
def anyone() -> Client:
    return Client(headers={"Accept-Language": "en"})


@pytest.mark.parametrize("market", queries.markets())
def test_every_edition_of_a_rule_has_its_page(market: str) -> None:
    """One rule in five, in each language in turn: all are drawn from the same template."""
    for rule, (tag, language) in zip(queries.book(market).rules[::5], cycle(LANGUAGES), strict=False):
        page = Client(headers={"Accept-Language": tag}).get(address_of(market, rule.id, rule.start))
        assert page.status_code == 200, rule.id
        assert len(page.content) < PAGE_BYTES_MAX
        assert rule.sentence.say(language)[:30] in text(page), rule.id


@pytest.mark.parametrize("market", queries.markets())
@pytest.mark.parametrize("place", ["", "changes/", "?page=2", "?on=2023-05-01", "?q=return&layer=law"])
def test_no_page_is_heavy(anyone: Client, market: str, place: str) -> None:
    page = anyone.get(f"/rules/{market}/{place}")
    assert page.status_code == 200
    assert len(page.content) < PAGE_BYTES_MAX


def test_an_edition_says_that_another_is_in_force(anyone: Client) -> None:
    old = text(anyone.get("/rules/cn/cn-promise-late-dispatch/2015-01-01/"))
    assert "Another one is in force today" in old
    assert "at most ¥500.00" in old
    new = text(anyone.get("/rules/cn/cn-promise-late-dispatch/"))
    assert "Another one is in force today" not in new
    assert "before" in new
    assert "at most ¥30.00" in new


@pytest.mark.parametrize("start", ["2015-01-02", "yesterday", "2015-13-45"])
def test_a_day_on_which_no_edition_began_has_no_page(anyone: Client, start: str) -> None:
    assert anyone.get(f"/rules/cn/cn-promise-late-dispatch/{start}/").status_code == 404


@pytest.mark.parametrize("query", ["鲜活易腐", "鮮活易腐", "perishible", "Perishable goods"])
def test_a_rule_is_found_in_either_script_and_with_a_slip(anyone: Client, query: str) -> None:
    assert "Fresh and perishable goods" in text(anyone.get("/rules/cn/", {"q": query}))


def test_a_question_is_answered_by_what_comes_nearest(anyone: Client) -> None:
    page = text(anyone.get("/rules/cn/", {"q": "运费谁出"}))
    assert "These come nearest" in page
    assert "freight" in page


def test_a_rule_tells_who_must_prove_and_what_speaks_against_it(anyone: Client) -> None:
    page = text(anyone.get("/rules/cn/cn-consumer-25-return/"))
    assert "What speaks against it" in page
    assert "Fresh and perishable goods" in page
    assert "What it stands against" in text(anyone.get("/rules/cn/cn-consumer-25-fresh/"))


def test_what_changed_lately_is_told_with_both_figures(anyone: Client) -> None:
    assert "What changed lately" in text(anyone.get("/rules/cn/"))
    page = text(anyone.get("/rules/uk/changes/"))
    assert "2018-05-25" in page


def test_the_answer_leads_to_the_edition_it_rests_on(anyone: Client) -> None:
    told = {
        "market": "cn",
        "category": "home",
        "price": "79",
        "quantity": "1",
        "freight": "5",
        "reason": "late_dispatch",
        "placed": "2022-07-10",
        "send_by": "2022-07-11",
        "sent": "2022-07-14",
    }
    page = anyone.get("/due/", told).content.decode()
    assert "/rules/cn/cn-promise-late-dispatch/2015-01-01/" in page


@pytest.mark.parametrize("language", ["zh-TW", "zh-HK", "zh-Hant"])
def test_a_reader_in_taiwan_or_hong_kong_reads_traditional_chinese(language: str) -> None:
    page = Client(headers={"Accept-Language": language}).get("/rules/cn/cn-consumer-25-return/").content.decode()
    assert '<html lang="zh-hant"' in page
    assert "《消費者權益保護法》第25條" in page
    assert "无理由" not in page
