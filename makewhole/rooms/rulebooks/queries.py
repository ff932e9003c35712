"""Read rulebooks: the book of a market, its editions, and its rules as people read them.

Importable and usable without Django's setup when the folder is given; otherwise the folder is the setting
`RULEBOOKS_DIRECTORY`. Books are read once per process; a changed file is seen by the next process.
"""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from makewhole.core.money import DECIMALS
from makewhole.core.order.faults import OrderFault
from makewhole.core.rulebook.check import faults_of
from makewhole.core.rulebook.rule import Grant, Place, Rule, Rulebook
from makewhole.core.rulebook.scenario import Scenario
from makewhole.core.rulebook.source import Problem, RulebookError
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


def home_market() -> str:
    """The market meant where nobody names one: the setting's where it has a rulebook, else the first; '' for none."""
    from django.conf import settings

    known = markets()
    return settings.HOME_MARKET if settings.HOME_MARKET in known else next(iter(known), "")


def order_fault(market: object, currency: object, folder: Path | None = None) -> OrderFault | None:
    """Why nothing could ever be answered on an order of this market in this currency; None when it can.

    What is no text is a fault of shape, told with the order's others. Raises as `book` for a market's faulty header.
    """
    if not isinstance(market, str):
        return None
    return _order_fault(folder or _folder(), market, currency if isinstance(currency, str) else "")


@lru_cache(maxsize=64)
def _order_fault(folder: Path, market: str, currency: str) -> OrderFault | None:
    known = store.markets(folder)
    if market not in known:
        shown = ascii(market)[:60]
        return OrderFault(
            "$.market",
            Text(f"没有市场 {shown} 的规则", f"there are no rules for the market {shown}"),
            Text(f"可用：{'、'.join(known)}", f"known are {', '.join(known)}"),
        )
    paid = store.read_files(folder, market).header.currency
    if currency != paid and currency in DECIMALS:
        return OrderFault(
            "$.currency",
            Text(f"市场 {market} 以 {paid} 计价，订单却是 {currency}",
                 f"the rules of {market} reckon in {paid}, the order in {currency}"),
            Text("核对币种与市场", "check currency and market"),
        )  # fmt: skip
    return None


class Unsealed(RulebookError):
    """A rulebook was not sealed by a clean check, or was changed since, so no service may load it."""

    def __init__(self, market: str) -> None:
        command = f"makewhole rulebook check {market} --seal"
        super().__init__(
            (
                Problem(
                    Place(f"{market}/market.yaml", 1),
                    Text(
                        f"规则库 {market} 没有有效的封签：检查之后有改动，或从未检查",
                        f"the rulebook {market} has no valid seal: it was changed since its check, or never checked",
                    ),
                    Text(f"运行 {command}", f"run {command}"),
                ),
            )
        )


def book(market: str, folder: Path | None = None) -> Rulebook:
    """The rulebook of a market, sealed by a clean check; read once per process.

    Raises UnknownMarket for a market without one, RulebookError when its files are faulty, Unsealed when they are not
    those that were checked.
    """
    return _book(folder or _folder(), market)


@lru_cache(maxsize=32)
def _book(folder: Path, market: str) -> Rulebook:
    found = book_to_try(market, folder)
    if not found.sealed:
        raise Unsealed(market)
    return found.book


class ToTry(NamedTuple):
    """A book without faults of structure; `sealed`: a clean check has seen it as it is, so that it may serve."""

    book: Rulebook
    sealed: bool


def book_to_try(market: str, folder: Path | None = None) -> ToTry:
    """The rulebook as its files say now, sealed or not: for those who try out what they edit. Raises as `book`."""
    where = folder or _folder()
    files = store.read_files(where, market)
    found = store.book_of(files)
    faults = faults_of(found)
    if faults:
        raise RulebookError(faults)
    return ToTry(found, store.sealed_digest(where, market) == files.digest)


def not_in_service(folder: Path | None = None) -> tuple[Problem, ...]:
    """Why rulebooks of the folder may not serve; empty when all may. Quick: compares seals and judges no rule."""
    where = folder or _folder()
    problems: list[Problem] = []
    for market in store.markets(where):
        try:
            if store.sealed_digest(where, market) != store.read_files(where, market).digest:
                raise Unsealed(market)
        except RulebookError as error:
            problems += error.problems
    return tuple(problems)


def unchecked_book(market: str, folder: Path | None = None) -> Rulebook:
    """The rulebook as its files say, not checked: for tools that report on it. Raises as `book` for faulty files."""
    return store.book_of(store.read_files(folder or _folder(), market))


def rule_files(market: str, folder: Path | None = None) -> Mapping[str, str]:
    """The texts of the files that hold a market's rules, by name, in the order they are read. Raises as `book`."""
    files = store.read_files(folder or _folder(), market)
    return {name: files.texts[name] for name in files.header.files}


def changed_book(market: str, name: str, text: str, folder: Path | None = None) -> Rulebook:
    """The book of a market were one of its files to say this: to be tried, never to serve.

    Raises RulebookError with every fault of the text, and of the book as it would be; UnknownMarket.
    """
    found = store.book_of(store.with_text(store.read_files(folder or _folder(), market), name, text))
    faults = faults_of(found)
    if faults:
        raise RulebookError(faults)
    return found


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


def _folder() -> Path:
    from django.conf import settings

    return _path(settings.RULEBOOKS_DIRECTORY)


@lru_cache(maxsize=32)
def _path(folder: Path | str) -> Path:
    """One object for one folder: a path works its hash out once, and books are found by it on every request."""
    return Path(folder)
