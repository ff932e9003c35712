"""What all of an operator's pages share: who reads, in which currency, and the moment the page speaks of."""

from datetime import datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.core.exceptions import BadRequest
from django.http import HttpRequest

from makewhole.core.words import Role
from makewhole.doors.portal.parts.access import role_required
from makewhole.doors.portal.parts.acting import actor_of
from makewhole.doors.portal.parts.markets import all_books, home_zone, zone_of
from makewhole.rooms import clock
from makewhole.rooms.notices import queries as notices

operators_only = role_required(Role.OPERATOR)


def frame(request: HttpRequest, now: datetime | None = None) -> dict[str, Any]:
    """Context of the portal's base."""
    unread = notices.unread_count(actor_of(request))
    return {"now": now or clock.now(), "unread": unread, "zone": home_zone()}


def currencies() -> dict[str, str]:
    """The currencies of the markets there are rulebooks for, each with its market; that of the home market first."""
    found: dict[str, str] = {}
    for market, book in all_books():
        found.setdefault(book.currency, market)
    return found


def currency_of(request: HttpRequest) -> str:
    """The currency the address asks for, else the first one. Raises BadRequest for one no market has."""
    known = currencies()
    asked = request.GET.get("currency", "") or request.POST.get("currency", "")
    if asked and asked not in known:
        raise BadRequest(f"{asked[:8]!r} is not the currency of a market here; there are {', '.join(known)}")
    return asked or next(iter(known), "")


def zone_of_currency(currency: str) -> ZoneInfo:
    """The zone of the market that pays in this currency."""
    return zone_of(currencies().get(currency, ""))


def currency_tabs(base: str) -> list[tuple[str, str, str]]:
    """The currencies as tabs; empty where there is one alone."""
    known = currencies()
    return [(code, code, f"{base}?currency={code}") for code in known] if len(known) > 1 else []


def case_href(case_id: object) -> str:
    return f"/operator/cases/{case_id}/"


def merchant_href(merchant_id: str, currency: str = "") -> str:
    return f"/operator/merchants/{quote(merchant_id, safe='')}/" + (f"?currency={currency}" if currency else "")
