"""The market whose rules and clock an order goes by."""

from functools import lru_cache
from zoneinfo import ZoneInfo

from makewhole.doors.api.frame.problems import Fault, Problem, bad_input
from makewhole.doors.api.frame.refusals import faults_of_order
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


def require_market(market: object, currency: object = None) -> None:
    """Raises Problem where nothing could ever be answered: a market without a rulebook, or one of another currency."""
    fault = rulebooks.order_fault(market, currency)
    if fault is None:
        return
    if fault.path == "$.currency":
        raise bad_input(*faults_of_order((fault,)))
    place = [Fault("/market", fault.wrong, fault.remedy)]
    raise Problem("market-unknown", fault.wrong, kind=REFUSALS["market-unknown"], faults=place)
