"""The market whose rules and clock an order goes by."""

from functools import lru_cache
from zoneinfo import ZoneInfo

from makewhole.core.words import Text
from makewhole.doors.api.frame.problems import Fault, Problem
from makewhole.doors.api.frame.room_refusals import REFUSALS
from makewhole.rooms.rulebooks import queries as rulebooks

UTC = ZoneInfo("UTC")


@lru_cache(maxsize=64)
def zone_of(market: str) -> ZoneInfo:
    """The time zone of a market; UTC for one without a rulebook."""
    if market not in rulebooks.markets():
        return UTC
    zone = rulebooks.book(market).calendar.zone
    return zone if isinstance(zone, ZoneInfo) else UTC


def currency_of(market: str) -> str:
    """What a market pays in; '' for one without a rulebook."""
    return rulebooks.book(market).currency if market in rulebooks.markets() else ""


def market_paying_in(currency: str) -> str:
    """The market meant where a call names a currency alone: the home market, else the first that pays in it."""
    paying = [market for market in rulebooks.markets() if currency_of(market) == currency]
    home = rulebooks.home_market()
    return home if home in paying else next(iter(paying), home)


def require_market(market: object) -> None:
    """Raises Problem `market-unknown` for a market without a rulebook: nothing could ever be answered on it."""
    known = rulebooks.markets()
    if isinstance(market, str) and market not in known:
        shown = ascii(market)[:60]
        what = Text(f"没有市场 {shown} 的规则", f"there are no rules for the market {shown}")
        to_do = Text(f"可用：{'、'.join(known)}", f"known are {', '.join(known)}")
        raise Problem("market-unknown", what, kind=REFUSALS["market-unknown"], faults=[Fault("/market", what, to_do)])
