"""The pages of rules in the reference are those the rulebooks give, for every market and written language."""

import re
from pathlib import Path

import pytest

from makewhole.core.rulebook.page import rules_page
from makewhole.core.words import WRITTEN, Language
from makewhole.rooms.rulebooks import queries
from tests.core.rulebook.books import real_book

ROOT = Path(__file__).parents[3]
MARKETS = queries.markets(ROOT / "rulebooks")


@pytest.mark.parametrize("market", MARKETS)
@pytest.mark.parametrize("language", WRITTEN)
def test_the_page_is_that_of_the_book(market: str, language: Language) -> None:
    name = f"rules-{market}.md" if language == "en" else f"rules-{market}.{language}.md"
    page = ROOT / "docs" / "reference" / name
    told = page.read_text(encoding="utf-8") if page.exists() else ""
    assert told == rules_page(real_book(market), language), (
        f"run makewhole rulebook page {market} --lang {language} > docs/reference/{name}"
    )
    assert f"reference/{name}" in (ROOT / "docs" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("market", MARKETS)
def test_every_link_of_a_page_leads_to_a_rule_on_it(market: str) -> None:
    page = rules_page(real_book(market), "en")
    rules = re.findall(r"^#### (\S+)$", page, re.M)
    assert len(rules) == len(set(rules))
    assert set(re.findall(r"\(#(\S+?)\)", page)) <= set(rules)


def test_there_is_no_page_of_a_market_that_is_gone() -> None:
    pages = {path.name.split(".")[0].removeprefix("rules-") for path in (ROOT / "docs/reference").glob("rules-*.md")}
    assert pages == set(MARKETS)
