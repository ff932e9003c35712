"""Rules are found by words: in both languages and both scripts, with slips, and by a question."""

import pytest

from makewhole.core.rulebook.search import QUERY_MAX, Index
from tests.core.rulebook.books import real_book

CN = real_book("cn")
INDEX = Index(CN.rules)


def best(query: str) -> str:
    found = INDEX.find(query)
    return found.rules[0].id if found.rules and found.exact else ""


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("鲜活易腐", "cn-consumer-25-fresh"),
        ("鮮活易腐", "cn-consumer-25-fresh"),
        ("perishable", "cn-consumer-25-fresh"),
        ("PERISH", "cn-consumer-25-fresh"),
        ("perishible", "cn-consumer-25-fresh"),
        ("perihsable", "cn-consumer-25-fresh"),
        ("七日无理由退货 签收", "cn-consumer-25-return"),
        ("虛假發貨", "cn-promise-fake-dispatch"),
        ("fake dispatch", "cn-promise-fake-dispatch"),
        ("cn-promise-late-dispatch", "cn-promise-late-dispatch"),
        ("ｃｎ－promise　late-dispatch", "cn-promise-late-dispatch"),
    ],
)
def test_a_rule_is_found(query: str, wanted: str) -> None:
    assert best(query) == wanted


@pytest.mark.parametrize("query", ["运费谁出", "手机坏了", "who would pay freight to me"])
def test_a_question_finds_what_comes_nearest(query: str) -> None:
    found = INDEX.find(query)
    assert found.rules
    assert not found.exact


@pytest.mark.parametrize("query", ["unicorn", "獨角獸", "zzzzzzzz qqqqqqqq"])
def test_what_is_in_no_rule_finds_nothing(query: str) -> None:
    assert INDEX.find(query).rules == ()


@pytest.mark.parametrize("query", ["", "   ", "…?!"])
def test_no_words_find_all_rules_in_their_order(query: str) -> None:
    assert INDEX.find(query).rules == CN.rules


def test_every_word_has_to_be_found() -> None:
    both, one = INDEX.find("counterfeit refund"), INDEX.find("counterfeit")
    assert set(both.rules) < set(one.rules)


def test_a_very_long_query_is_read_to_its_limit_only() -> None:
    assert INDEX.find("perishable" + " " * QUERY_MAX + "unicorn").rules == INDEX.find("perishable").rules
