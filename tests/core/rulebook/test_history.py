"""What changed in a rulebook, and what stands around a rule."""

from datetime import date

import pytest

from makewhole.core.rulebook.describe import Describer
from makewhole.core.rulebook.history import ChangeKind, changes, difference, editions_of_rule
from makewhole.core.rulebook.related import related
from makewhole.core.words import Party
from tests.core.rulebook.books import real_book

CN = real_book("cn")
MARKETS = ("cn", "jd", "eu", "uk", "us", "br")


@pytest.mark.parametrize("market", MARKETS)
def test_every_edition_of_every_rule_came_once_and_what_ended_is_told(market: str) -> None:
    book = real_book(market)
    told = changes(book)
    begun = [(change.rule.id, change.day) for change in told if change.kind is not ChangeKind.ENDED]
    assert sorted(begun) == sorted((rule.id, rule.start) for rule in book.rules)
    assert [change.day for change in told] == sorted((change.day for change in told), reverse=True)
    for change in told:
        if change.kind is ChangeKind.ENDED:
            assert not any(rule.in_force(change.day) for rule in editions_of_rule(book, change.rule.id))


@pytest.mark.parametrize("market", MARKETS)
def test_a_change_always_has_something_to_tell_in_every_language(market: str) -> None:
    book = real_book(market)
    for change in changes(book):
        if change.before is not None:
            assert any(difference(change.before, change.rule, Describer(book, "zh"))), change.rule.id
            assert any(difference(change.before, change.rule, Describer(book, "en"))), change.rule.id


def test_the_figures_of_late_dispatch_changed_in_2022() -> None:
    (now, before) = editions_of_rule(CN, "cn-promise-late-dispatch")
    assert now.start == date(2022, 7, 18)
    told = difference(before, now, Describer(CN, "en"))
    price = "compensation for lateness: the price of the goods claimed"
    assert told.gone == (f"{price} × 30 %, at most ¥500.00",)
    assert told.come == (
        "compensation for lateness: the price of the goods claimed × 5 %, at least ¥5.00, at most ¥30.00",
    )


def test_what_stands_around_a_rule() -> None:
    today = [rule for rule in CN.rules if rule.in_force(date(2026, 11, 29))]
    by_id = {rule.id: rule for rule in today}
    around = related(by_id["cn-consumer-25-return"], today)
    assert by_id["cn-consumer-25-fresh"] in around.against
    assert by_id["cn-consumer-25-return"] in related(by_id["cn-consumer-25-fresh"], today).of
    defective = next(rule for rule in today if "quality" in rule.reasons and "goods_defective" in str(rule.when))
    burdens = [each for each in related(defective, today).burdens if each.fact.name == "goods_defective"]
    assert Party.MERCHANT in {each.party for each in burdens}
    assert all(each.rule is not None for each in burdens)


def test_an_unmoved_burden_lies_on_the_one_who_says_so() -> None:
    today = [rule for rule in CN.rules if rule.in_force(date(2026, 11, 29))]
    alone = [each for rule in today for each in related(rule, today).burdens if each.rule is None]
    assert alone
    assert all(each.party is each.fact.tells for each in alone)


def test_a_rule_the_book_does_not_have_has_no_editions() -> None:
    assert editions_of_rule(CN, "cn-nothing") == ()
