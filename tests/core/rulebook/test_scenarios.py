"""Every scenario kept beside a rulebook comes out as its lawyer expects, with its arithmetic, under its citation."""

from collections import Counter
from functools import lru_cache

import pytest

from makewhole.core.rulebook.explain import cited, explain
from makewhole.core.rulebook.reach import own_rules, unreached
from makewhole.core.rulebook.rule import Grant
from makewhole.core.rulebook.scenario import Scenario, answer_to, differences, read_scenarios, reckoned, wrong_sums
from makewhole.core.rulebook.source import RulebookError
from makewhole.core.words import Remedy
from makewhole.rooms.rulebooks import queries
from tests.core.rulebook.books import RULEBOOKS, real_book

MARKETS = queries.markets(RULEBOOKS)


@lru_cache(maxsize=16)
def _scenarios(market: str) -> tuple[Scenario, ...]:
    return queries.scenarios(real_book(market), RULEBOOKS)


ALL = [(market, scenario) for market in MARKETS for scenario in _scenarios(market)]
OF_CHINA = [scenario for market, scenario in ALL if market in ("cn", "jd")]


@pytest.mark.parametrize(("market", "scenario"), ALL, ids=[scenario.id for _, scenario in ALL])
def test_scenario(market: str, scenario: Scenario) -> None:
    book = real_book(market)
    answer = answer_to(scenario, book)
    assert differences(scenario, answer, book) == ()
    for language in ("zh", "en"):
        told = explain(answer, book, scenario.order, language)
        assert all(block.title for block in told)
        citations = {rule.rule_id: rule for rule in cited(answer, book, language)}
        for line in (line for block in told for line in block.lines):
            assert line.text
            assert not line.rule_id or citations[line.rule_id].citation


def test_there_are_scenarios_enough_and_each_has_its_own_name() -> None:
    names = Counter(scenario.id for _, scenario in ALL)
    assert len(names) == len(ALL)
    assert len(OF_CHINA) >= 190


@pytest.mark.parametrize("market", MARKETS)
def test_every_right_a_rule_gives_has_a_scenario_for_each_of_its_reasons(market: str) -> None:
    book = real_book(market)
    given = {
        (reason, rule.outcome.remedy)
        for rule in own_rules(book)
        if isinstance(rule.outcome, Grant)
        for reason in rule.reasons or book.reasons
    }
    expected = {
        (scenario.claim.reasons[0], Remedy(plan["remedy"]))
        for scenario in _scenarios(market)
        if len(scenario.claim.reasons) == 1
        for plan in scenario.expected.get("plans", ())
    }
    assert sorted(given - expected) == []


@pytest.mark.parametrize("scenario", [one for _, one in ALL], ids=[scenario.id for _, scenario in ALL])
def test_a_scenario_names_a_rule_it_rests_on(scenario: Scenario) -> None:
    expected = scenario.expected
    named = [plan.get(field) for plan in expected.get("plans", ()) for field in ("rule", "rules")]
    named += [expected.get(field) for field in ("obstacles", "sanctions", "avenues")]
    assert any(named), f"{scenario.place}: name the rule of a plan, or what speaks against"


@pytest.mark.parametrize("market", MARKETS)
def test_every_rule_is_reached_by_a_scenario(market: str) -> None:
    assert unreached(real_book(market), _scenarios(market)) == ()


def test_the_four_first_questions_are_among_them() -> None:
    names = {scenario.id for _, scenario in ALL}
    assert names >= {
        "cn-fund-paid-part-return-still-open",
        "cn-fund-paid-all-return-closed",
        "cn-after-sales-of-a-defect",
        "cn-channel-of-compensation",
        "cn-item-missing-what-am-i-due",
    }


@pytest.mark.parametrize(
    ("name", "wrong", "told"),
    [
        ("plans", [{"remedy": "repair"}], "plans: expected ['repair'], but it is"),
        ("questions", ["no_such"], "questions: expected ['no_such']"),
        ("fund", "1.00", "fund: expected 1.00"),
        ("edition", "cn@1900-01-01", "edition: expected cn@1900-01-01"),
        ("surprise", 1, "expect has no ['surprise']"),
    ],
)
def test_a_wrong_expectation_is_told(name: str, wrong: object, told: str) -> None:
    book = real_book("cn")
    scenario = next(scenario for _, scenario in ALL if scenario.id == "cn-item-missing-what-am-i-due")
    spoiled = scenario._replace(expected={**scenario.expected, name: wrong})
    assert any(line.startswith(told) for line in differences(spoiled, answer_to(scenario, book), book))


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("dues", {"1 goods": "198.99", "1 freight_out": "7.40"}),
        ("total", "206.41"),
        ("rule", "cn-consumer-52-missing-reship"),
        ("rules", ["cn-no-such-rule"]),
        ("settled", False),
        ("claim_until", "2028-11-15"),
        ("steps", {"respond": "2026-11-17 09:01"}),
        ("payer", ["platform"]),
    ],
)
def test_a_wrong_expectation_of_a_plan_is_told(field: str, wrong: object) -> None:
    book = real_book("cn")
    scenario = next(scenario for _, scenario in ALL if scenario.id == "cn-item-missing-what-am-i-due")
    first, *others = scenario.expected["plans"]
    spoiled = scenario._replace(expected={**scenario.expected, "plans": [{**first, field: wrong}, *others]})
    told = differences(spoiled, answer_to(scenario, book), book)
    assert [line for line in told if line.startswith(f"refund_only {field}: expected")]


def test_sums_are_reckoned_exactly() -> None:
    assert reckoned("199.00 × 5% + (3 - 1) / 4") == reckoned("10.45")
    assert list(wrong_sums(["199.00 - 60.00 = 139.00", "62.19 / 2 ≈ 31.09"])) == []
    for wrong in ("199.00 - 60.00 = 139.01", "1 + 1", "x = 1", "1.00 / 3 = 0.34"):
        assert len(list(wrong_sums([wrong]))) == 1, wrong


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("orders: {}\nscenarios: []", "there is no scenario"),
        ("orders: {}\nscenarios: [{id: a, says: {zh: x, en: y}, order: none}]", "there is no order none"),
        ("orders: {o: {id: '1'}}\nscenarios: [{id: a, says: {zh: x, en: y}, order: o}]", "the order is wrong"),
    ],
)
def test_a_faulty_scenario_is_refused_with_its_place(text: str, wrong: str) -> None:
    with pytest.raises(RulebookError) as refusal:
        read_scenarios("some.yaml", text, real_book("cn"))
    assert wrong in str(refusal.value)
    assert str(refusal.value).startswith("some.yaml:")
