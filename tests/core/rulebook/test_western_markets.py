"""The books of the European Union, the United Kingdom, the United States and Brazil: what each must hold."""

import re
from datetime import date, datetime, timedelta

import pytest

from makewhole.core.calendar import MarketCalendar, TermUnit
from makewhole.core.rulebook.rule import Cap, Grant, TermRule
from makewhole.core.rulebook.scenario import Scenario
from makewhole.core.words import Layer, Reason, RuleStatus
from makewhole.rooms.rulebooks import queries
from tests.core.rulebook.books import RULEBOOKS, real_book

MARKETS = ("br", "eu", "uk", "us")
CHINESE = re.compile("[\u4e00-\u9fff]")
LEAST = {"eu": 35, "uk": 35, "us": 20, "br": 35}


def _scenarios(market: str) -> tuple[Scenario, ...]:
    return queries.scenarios(real_book(market), RULEBOOKS)


@pytest.mark.parametrize("market", MARKETS)
def test_every_reason_has_rules(market: str) -> None:
    assert set(real_book(market).reasons) == set(Reason)


@pytest.mark.parametrize("market", MARKETS)
def test_every_remedy_a_reason_can_have_is_expected_by_a_scenario(market: str) -> None:
    book = real_book(market)
    can = {
        (reason, rule.outcome.remedy)
        for rule in book.rules
        if isinstance(rule.outcome, Grant)
        for reason in rule.reasons or book.reasons
    }
    expected = {
        (reason, plan["remedy"])
        for scenario in _scenarios(market)
        for reason in scenario.claim.reasons
        for plan in scenario.expected.get("plans", [])
    }
    assert {(reason, remedy.value) for reason, remedy in can} - expected == set()


@pytest.mark.parametrize("market", MARKETS)
def test_every_scenario_speaks_both_languages_and_names_a_rule(market: str) -> None:
    scenarios = _scenarios(market)
    assert len(scenarios) >= LEAST[market]
    for scenario in scenarios:
        assert CHINESE.search(scenario.says.zh), scenario.id
        assert not CHINESE.search(scenario.says.en), scenario.id
        expected = scenario.expected
        named = any("rule" in plan for plan in expected.get("plans", [])) or expected.get("obstacles")
        assert named or market == "br", scenario.id


@pytest.mark.parametrize("market", MARKETS)
def test_every_sentence_is_written_in_both_languages(market: str) -> None:
    for rule in real_book(market).rules:
        assert CHINESE.search(rule.sentence.zh), rule.id
        assert not CHINESE.search(rule.sentence.en), rule.id
        assert rule.sentence.zh.endswith("。"), rule.id
        assert rule.sentence.en.endswith("."), rule.id


def test_only_sections_that_were_read_claim_to_be_checked() -> None:
    checked = {
        (market, rule.citation.source.en, rule.citation.article)
        for market in MARKETS
        for rule in real_book(market).rules
        if rule.status is RuleStatus.VERIFIED
    }
    act = "Consumer Rights Act 2015"
    assert checked == {("uk", act, "22"), ("uk", act, "24"), ("uk", act, "28")}


@pytest.mark.parametrize("market", MARKETS)
def test_law_comes_first_and_the_platform_sets_fund_and_procedure(market: str) -> None:
    book = real_book(market)
    for rule in book.rules:
        if isinstance(rule.outcome, Cap):
            assert rule.layer is Layer.PLATFORM, rule.id
    of_law = {rule.id for rule in book.rules if rule.layer is Layer.LAW}
    for rule in book.rules:
        if rule.layer is not Layer.LAW:
            assert of_law.isdisjoint(getattr(rule.outcome, "of", ())), f"{rule.id} lessens a right of the law"


def _days(calendar: MarketCalendar, start: date, length: int, unit: TermUnit, *, rolls: bool = False) -> str:
    begin = datetime(start.year, start.month, start.day, 12, tzinfo=calendar.zone)
    return calendar.deadline(begin, length, unit, rolls=rolls).at.date().isoformat()


def test_a_period_of_union_law_ends_on_a_working_day_whatever_day_it_begins() -> None:
    calendar = real_book("eu").calendar
    start = date(2026, 1, 1)
    for offset in range(365):
        end = date.fromisoformat(_days(calendar, start + timedelta(days=offset), 14, TermUnit.DAYS, rolls=True))
        plain = start + timedelta(days=offset + 14)
        assert calendar.is_working_day(end)
        assert all(not calendar.is_working_day(plain + timedelta(days=n)) for n in range((end - plain).days))


@pytest.mark.parametrize(
    ("market", "day", "off"),
    [
        ("eu", "2026-05-14", True),  # Ascension
        ("eu", "2026-07-21", True),
        ("eu", "2026-12-26", True),  # a Saturday, no holiday
        ("eu", "2026-04-03", False),  # Good Friday is worked in Belgium
        ("uk", "2022-06-03", True),
        ("uk", "2022-09-19", True),
        ("uk", "2023-05-08", True),
        ("uk", "2020-05-04", False),  # that year's May holiday was kept on the eighth
        ("uk", "2027-12-28", True),
        ("us", "2026-07-03", True),
        ("us", "2021-12-31", True),
        ("us", "2020-06-19", False),  # not yet a holiday
        ("us", "2026-06-19", True),
        ("us", "2026-11-26", True),
        ("br", "2026-11-20", True),
    ],
)
def test_days_off(market: str, day: str, off: bool) -> None:
    assert real_book(market).calendar.is_working_day(date.fromisoformat(day)) is not off


def test_a_year_without_published_bank_holidays_is_provisional() -> None:
    calendar = real_book("uk").calendar
    begin = datetime(2029, 4, 2, 12, tzinfo=calendar.zone)
    assert calendar.deadline(begin, 3, TermUnit.WORKING_DAYS).provisional
    assert not calendar.deadline(begin.replace(year=2026), 3, TermUnit.WORKING_DAYS).provisional


def test_a_withdrawal_is_refunded_within_fourteen_days_of_notice_when_goods_are_sent_at_once() -> None:
    """Directive 2011/83/EU, art. 13: over a whole year, answer + inspection + payment never take longer."""
    book = real_book("eu")
    terms = [book.rule(name).outcome for name in ("eu-respond-withdrawal", "eu-inspect-withdrawal", "eu-pay")]
    for offset in range(365):
        begin = datetime(2026, 1, 1, 12, tzinfo=book.calendar.zone) + timedelta(days=offset)
        moment = begin
        for term in terms:
            assert isinstance(term, TermRule)
            moment = book.calendar.deadline(moment, term.length, term.unit).at
        assert (moment.date() - begin.date()).days <= 14, begin
