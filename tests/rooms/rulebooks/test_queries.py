"""Rulebooks on disk: found by market, read once, checked before they serve, never led out of their folder."""

import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from makewhole.core.rulebook.source import RulebookError
from makewhole.core.words import Layer
from makewhole.rooms.rulebooks import queries

RULEBOOKS = Path(__file__).parents[3] / "rulebooks"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped rulebooks to spoil."""
    copied = tmp_path / "rulebooks"
    shutil.copytree(RULEBOOKS, copied)
    return copied


def _spoil(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


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


def test_files_outside_the_folder_are_refused(folder: Path) -> None:
    outside = folder.parent / "outside.yaml"
    outside.write_text("layer: law\nrules: []", encoding="utf-8")
    _spoil(folder, "br/market.yaml", "br/law.yaml", "../outside.yaml")
    with pytest.raises(RulebookError, match=r"there is no file \.\./outside\.yaml"):
        queries.book("br", folder)


def test_a_missing_file_is_told_where_it_was_named(folder: Path) -> None:
    (folder / "br" / "law.yaml").unlink()
    with pytest.raises(RulebookError, match=r"br/market\.yaml:1: there is no file br/law\.yaml"):
        queries.book("br", folder)


def test_a_file_that_is_no_text_is_refused(folder: Path) -> None:
    (folder / "br" / "law.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RulebookError, match="no UTF-8 text"):
        queries.book("br", folder)


def test_a_file_of_many_megabytes_is_refused(folder: Path) -> None:
    (folder / "br" / "law.yaml").write_text("a" * 10_000_000, encoding="utf-8")
    with pytest.raises(RulebookError, match="too large"):
        queries.book("br", folder)


def test_a_book_named_otherwise_than_its_folder_is_refused(folder: Path) -> None:
    _spoil(folder, "br/market.yaml", "market: br", "market: cn")
    with pytest.raises(RulebookError, match="the market is called cn, its folder br"):
        queries.book("br", folder)


def test_a_book_that_fails_its_check_never_serves(folder: Path) -> None:
    _spoil(folder, "br/platform.yaml", "step: respond, debtor: merchant", "step: respond, debtor: platform")
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


def test_a_variant_of_nothing_is_refused_with_its_place(folder: Path) -> None:
    _spoil(folder, "jd/market.yaml", "like: cn", "like: atlantis")
    with pytest.raises(RulebookError, match=r"there is no file atlantis/market\.yaml"):
        queries.book("jd", folder)
    _spoil(folder, "jd/market.yaml", "like: atlantis\n", "")
    with pytest.raises(RulebookError, match="there are no sources; add sources, or name a market it is like"):
        queries.book("jd", folder)


def test_markets_that_are_like_each_other_do_not_turn_in_a_circle(folder: Path) -> None:
    _spoil(folder, "cn/market.yaml", "calendar: cn/calendar.yaml", "calendar: cn/calendar.yaml\nlike: jd")
    assert queries.book("jd", folder).market == "jd"
    assert queries.book("cn", folder).market == "cn"


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
    assert set(queries.fact_names()) >= {"goods_intact", "signed_at"}
