"""Read rulebooks: the book of a market, its editions, and its rules as people read them.

Importable and usable without Django's setup when the folder is given; otherwise the folder is the setting
`RULEBOOKS_DIRECTORY`. Books are read once per process; a changed file is seen by the next process.
"""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from makewhole.core.facts import FACTS, FactName
from makewhole.core.rulebook.check import faults_of
from makewhole.core.rulebook.rule import Grant, Rule, Rulebook
from makewhole.core.rulebook.scenario import Scenario
from makewhole.core.rulebook.source import RulebookError
from makewhole.core.words import Layer, RuleStatus, Text
from makewhole.rooms.rulebooks import store
from makewhole.rooms.rulebooks.store import UnknownMarket as UnknownMarket


class RuleText(NamedTuple):
    """A rule as a reader meets it, in the edition that began on `start`.

    `by_court`: the right it gives is not for the platform to rule on.
    """

    id: str
    sentence: Text
    citation: Text
    layer: Layer
    status: RuleStatus
    href: str
    start: date
    by_court: bool = False


def markets(folder: Path | None = None) -> tuple[str, ...]:
    """The markets that have a rulebook."""
    return store.markets(folder or _folder())


def book(market: str, folder: Path | None = None) -> Rulebook:
    """The rulebook of a market, read and checked once.

    Raises UnknownMarket for a market without one, RulebookError when its files are faulty or fail the check.
    """
    return _book(folder or _folder(), market)


@lru_cache(maxsize=32)
def _book(folder: Path, market: str) -> Rulebook:
    found = store.load(folder, market)
    faults = faults_of(found)
    if faults:
        raise RulebookError(faults)
    return found


def unchecked_book(market: str, folder: Path | None = None) -> Rulebook:
    """The rulebook as its files say, not checked: for tools that report on it. Raises as `book` for faulty files."""
    return store.load(folder or _folder(), market)


def scenarios(book: Rulebook, folder: Path | None = None) -> tuple[Scenario, ...]:
    """The scenarios kept beside a book. Raises RulebookError for a file that cannot be read."""
    return store.scenarios(folder or _folder(), book)


def rule_texts(market: str, day: date | None = None, folder: Path | None = None) -> Mapping[str, RuleText]:
    """All rules of a market by id, as in force on a day (or in their latest edition)."""
    rules = book(market, folder)
    return {rule_id: rule_text(rules.rule(rule_id, day)) for rule_id in dict.fromkeys(rule.id for rule in rules.rules)}


def rule_text(rule: Rule) -> RuleText:
    """One rule as a reader meets it; `href` is the address of its source, where there is one."""
    by_court = isinstance(rule.outcome, Grant) and rule.outcome.by_court
    return RuleText(
        rule.id, rule.sentence, rule.citation.text, rule.layer, rule.status, rule.citation.url, rule.start, by_court
    )


def fact_names() -> Mapping[str, FactName]:
    """The closed list of facts, by name: labels, questions, who tells and what proves each."""
    return FACTS


def _folder() -> Path:
    from django.conf import settings

    return _path(settings.RULEBOOKS_DIRECTORY)


@lru_cache(maxsize=32)
def _path(folder: Path | str) -> Path:
    """One object for one folder: a path works its hash out once, and books are found by it on every request."""
    return Path(folder)
