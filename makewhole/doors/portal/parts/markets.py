"""What pages need of an order's market: its time zone, and its rules in words as of the day an order was placed."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings

from makewhole.core.rulebook.rule import Rulebook
from makewhole.rooms.rulebooks import queries as rulebooks
from makewhole.rooms.rulebooks.queries import RuleText

UTC = ZoneInfo("UTC")
RULES = "/rules/"
"""Where the rules of every market can be read by anyone."""


def book_of(market: str) -> Rulebook | None:
    """The market's rulebook; None for a market without one."""
    return rulebooks.book(market) if market in _markets(str(settings.RULEBOOKS_DIRECTORY)) else None


def all_books() -> list[tuple[str, Rulebook]]:
    """Every market with its rulebook: the home market, those that pay in its currency, then the others."""
    names = _markets(str(settings.RULEBOOKS_DIRECTORY))
    books = [(market, book) for market in names if (book := book_of(market)) is not None]
    first = rulebooks.home_market()
    currency = next((book.currency for market, book in books if market == first), "")
    return sorted(books, key=lambda each: (each[0] != first, each[1].currency != currency))


def home_zone() -> ZoneInfo:
    """The zone of times that belong to no market of their own."""
    return zone_of(rulebooks.home_market())


def zone_of(market: str) -> ZoneInfo:
    """The market's time zone; UTC for a market without a rulebook."""
    book = book_of(market)
    zone = book.calendar.zone if book else UTC
    return zone if isinstance(zone, ZoneInfo) else UTC


def rules_of(market: str, placed_at: datetime) -> Mapping[str, RuleText]:
    """The market's rules by id, in the words that were in force on the day an order was placed."""
    if book_of(market) is None:
        return {}
    return rules_on(market, placed_at.astimezone(zone_of(market)).date())


def rules_on(market: str, day: date | None) -> Mapping[str, RuleText]:
    """The market's rules by id, in the words of a day or, without one, in their latest."""
    return _rules(str(settings.RULEBOOKS_DIRECTORY), market, day)


def address_of(market: str, rule_id: str, start: date, base: str = RULES) -> str:
    """The permanent address of one edition of a rule: what an answer rests on can be read there for ever."""
    return f"{base}{market}/{rule_id}/{start.isoformat()}/"


@lru_cache(maxsize=8)
def _markets(folder: str) -> tuple[str, ...]:
    return rulebooks.markets()


@lru_cache(maxsize=256)
def _rules(folder: str, market: str, day: date | None) -> Mapping[str, RuleText]:
    texts = rulebooks.rule_texts(market, day)
    return {name: rule._replace(href=address_of(market, name, rule.start)) for name, rule in texts.items()}
