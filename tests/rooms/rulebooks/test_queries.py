"""Rulebooks in service: found by market, read once, checked before they serve."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from makewhole.core.rulebook.source import RulebookError
from makewhole.core.words import Layer
from makewhole.rooms.rulebooks import queries
from tests.rooms.rulebooks.conftest import RULEBOOKS, Spoil


def test_the_shipped_markets_are_found_and_sound() -> None:
    assert set(queries.markets(RULEBOOKS)) >= {"br", "cn", "eu", "jd", "uk", "us"}
    for market in queries.markets(RULEBOOKS):
        assert queries.book(market, RULEBOOKS).market == market


def test_a_book_is_read_once() -> None:
    assert queries.book("cn", RULEBOOKS) is queries.book("cn", RULEBOOKS)


def test_an_unknown_market_is_refused_with_those_there_are() -> None:
    with pytest.raises(LookupError, match=r"no rulebook for market 'atlantis'.*there is br, cn, eu, jd, uk, us"):
        queries.book("atlantis", RULEBOOKS)
    with pytest.raises(LookupError, match="there is none"):
        queries.book("cn", RULEBOOKS / "nowhere")


@pytest.mark.parametrize("market", ["../rulebooks/cn", "cn/..", "", ".", "/etc"])
def test_a_market_is_a_name_and_no_path(market: str) -> None:
    with pytest.raises(LookupError):
        queries.book(market, RULEBOOKS)


def test_a_book_named_otherwise_than_its_folder_is_refused(folder: Path, spoil: Spoil) -> None:
    spoil("br/market.yaml", "market: br", "market: cn")
    with pytest.raises(RulebookError, match="the market is called cn, its folder br"):
        queries.book("br", folder)


def test_a_book_that_fails_its_check_never_serves(folder: Path, spoil: Spoil) -> None:
    spoil("br/platform.yaml", "step: respond, debtor: merchant", "step: respond, debtor: platform")
    with pytest.raises(RulebookError, match="step respond of the merchant has no term"):
        queries.book("br", folder)
    assert queries.unchecked_book("br", folder).market == "br"


def test_a_variant_shares_law_categories_and_sources_and_has_figures_of_its_own() -> None:
    cn, jd = queries.book("cn", RULEBOOKS), queries.book("jd", RULEBOOKS)
    assert jd.reasons == cn.reasons
    assert jd.categories == cn.categories
    law = {rule.id for rule in cn.rules if rule.layer is Layer.LAW}
    assert law <= set(jd.by_id)
    assert {rule.id for rule in jd.rules if rule.layer in (Layer.PLATFORM, Layer.CATEGORY)}.isdisjoint(cn.by_id)


def test_a_variant_of_nothing_is_refused_with_its_place(folder: Path, spoil: Spoil) -> None:
    spoil("jd/market.yaml", "like: cn", "like: atlantis")
    with pytest.raises(RulebookError, match=r"there is no file atlantis/market\.yaml"):
        queries.book("jd", folder)
    spoil("jd/market.yaml", "like: atlantis\n", "")
    with pytest.raises(RulebookError, match="there are no sources; add sources, or name a market it is like"):
        queries.book("jd", folder)


def test_markets_that_are_like_each_other_do_not_turn_in_a_circle(folder: Path, spoil: Spoil) -> None:
    spoil("cn/market.yaml", "calendar: cn/calendar.yaml", "calendar: cn/calendar.yaml\nlike: jd")
    assert queries.unchecked_book("jd", folder).market == "jd"
    assert queries.unchecked_book("cn", folder).market == "cn"


def test_rules_are_told_as_in_force_on_a_day() -> None:
    now = queries.rule_texts("cn", date(2026, 11, 21), RULEBOOKS)["cn-promise-late-dispatch"]
    then = queries.rule_texts("cn", date(2022, 7, 17), RULEBOOKS)["cn-promise-late-dispatch"]
    assert now.sentence.zh != then.sentence.zh
    assert now.citation.zh == "《淘宝、天猫违背承诺规则》"
    assert now.layer is Layer.PLATFORM


def test_books_are_read_without_django() -> None:
    program = (
        "import sys; from pathlib import Path; from makewhole.rooms.rulebooks import queries; "
        f"queries.book('cn', Path({str(RULEBOOKS)!r})); sys.exit('django' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_inside_django_the_folder_is_the_setting() -> None:
    assert queries.book("br").market == "br"
