"""A market's rules as pages: those in force on a day, to search and narrow, and what changed when."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from makewhole.core.rulebook import phrases
from makewhole.core.rulebook.describe import Describer, kind_of
from makewhole.core.rulebook.history import Change, ChangeKind, changes, difference
from makewhole.core.rulebook.rule import Rule, Rulebook
from makewhole.core.rulebook.search import Index
from makewhole.core.words import Layer, Reason, RuleStatus
from makewhole.doors.portal.parts.cards import say
from makewhole.doors.portal.parts.markets import address_of, all_books, book_of, zone_of
from makewhole.doors.portal.parts.tables import Filter, Wish, read_wish
from makewhole.doors.portal.parts.times import language, speaks_chinese
from makewhole.doors.portal.parts.words import label_of
from makewhole.rooms import clock
from makewhole.rooms.rulebooks import queries as rulebooks

PAGE = 30


def status_words() -> dict[RuleStatus, str]:
    return {
        RuleStatus.VERIFIED: _("checked against the official text"),
        RuleStatus.UNVERIFIED: _("figures not yet checked against the official text"),
    }


def filters(book: Rulebook) -> list[Filter]:
    return [
        Filter(name="layer", label=_("Source"), choices=[(layer.value, label_of(layer)) for layer in Layer]),
        Filter(
            name="kind", label=_("What it does"), choices=[(kind, say(text)) for kind, text in phrases.KINDS.items()]
        ),
        Filter(name="reason", label=_("Reason"), choices=[(each.value, label_of(each)) for each in book.reasons]),
        Filter(name="status", label=_("Checked"), choices=[(one.value, text) for one, text in status_words().items()]),
    ]


def market_of(market: str) -> tuple[str, Rulebook]:
    """The market asked for, else the home market. Raises Http404 for a market without rules."""
    chosen = market or rulebooks.home_market()
    book = book_of(chosen)
    if book is None:
        raise Http404(_("There are no rules for this market."))
    return chosen, book


def day_of(request: HttpRequest, market: str) -> date:
    """The day of the market the address asks for; today without one. Raises BadRequest for no day."""
    asked = request.GET.get("on", "")
    if not asked:
        return clock.now().astimezone(zone_of(market)).date()
    try:
        return date.fromisoformat(asked)
    except ValueError:
        raise BadRequest(f"{asked[:20]!r} is not a day; write it like 2026-11-21") from None


def show_book(request: HttpRequest, market: str, base: str, template: str, frame: Mapping[str, Any]) -> HttpResponse:
    """A market's rules in force on a day, narrowed and searched in both languages and either script."""
    chosen, book = market_of(market)
    day = day_of(request, chosen)
    wish = read_wish(request.GET, [], filters(book))
    edition = book.edition(day)
    found = index_of(book, edition.name).find(wish.text)
    fitting = [rule for rule in found.rules if rule.in_force(day) and fits(rule, wish)]
    shown = fitting[(wish.page - 1) * PAGE : wish.page * PAGE]
    latest = changes_of(book)[0].day
    context = {
        **frame,
        "market": chosen,
        "market_name": say(book.name),
        "markets": [(each, say(other.name), f"{base}{each}/") for each, other in all_books()],
        "day": day,
        "is_today": "on" not in request.GET,
        "edition": edition.name,
        "rules": [rule_row(rule, chosen, base) for rule in shown],
        "rule_count": len(fitting),
        "all_count": sum(rule.in_force(day) for rule in edition.rules),
        "nearest": not found.exact,
        "filters": filters(book),
        "wish": wish,
        "page_count": max(1, -(-len(fitting) // PAGE)),
        "latest": latest,
        "latest_count": sum(change.day == latest for change in changes_of(book)),
        "changes_href": f"{base}{chosen}/changes/",
        "editions": [(each.start, f"?on={each.start.isoformat()}") for each in reversed(book.editions)],
        "zone": zone_of(chosen),
    }
    return render(request, template, context)


@lru_cache(maxsize=64)
def index_of(book: Rulebook, edition: str) -> Index:
    """An edition made ready to be searched."""
    return Index(book.edition_named(edition).rules)


@lru_cache(maxsize=32)
def changes_of(book: Rulebook) -> tuple[Change, ...]:
    return changes(book)


def fits(rule: Rule, wish: Wish) -> bool:
    """Whether a rule is among those the address narrows down to."""
    chosen = wish.filters
    if "layer" in chosen and rule.layer != chosen["layer"]:
        return False
    if "status" in chosen and rule.status != chosen["status"]:
        return False
    if "kind" in chosen and kind_of(rule) != chosen["kind"]:
        return False
    return "reason" not in chosen or rule.concerns(frozenset({Reason(chosen["reason"])}))


def rule_row(rule: Rule, market: str, base: str) -> dict[str, Any]:
    chinese = speaks_chinese()
    return {
        "id": rule.id,
        "href": f"{base}{market}/{rule.id}/",
        "edition_href": address_of(market, rule.id, rule.start, base),
        "sentence": say(rule.sentence),
        "other": rule.sentence.en if chinese else rule.sentence.zh,
        "other_language": "en" if chinese else "zh-Hans",
        "citation": say(rule.citation.text),
        "url": rule.citation.url,
        "layer": rule.layer,
        "kind": say(phrases.KINDS[kind_of(rule)]),
        "unverified": rule.status is RuleStatus.UNVERIFIED,
        "status": status_words()[rule.status],
        "reasons": [label_of(reason) for reason in Reason if reason in rule.reasons],
        "start": rule.start,
        "end": rule.end,
    }


def show_changes(request: HttpRequest, market: str, base: str, template: str, frame: Mapping[str, Any]) -> HttpResponse:
    """What became of a market's rules, the latest first, with what each said before and says since."""
    chosen, book = market_of(market)
    wish = read_wish(request.GET, [])
    told = changes_of(book)
    describer = Describer(book, language())
    shown = told[(wish.page - 1) * PAGE : wish.page * PAGE]
    words = {ChangeKind.CAME: pgettext("rule", "new"), ChangeKind.CHANGED: _("changed"), ChangeKind.ENDED: _("ended")}
    context = {
        **frame,
        "market": chosen,
        "market_name": say(book.name),
        "markets": [(each, say(other.name), f"{base}{each}/changes/") for each, other in all_books()],
        "days": [
            (
                day,
                [
                    {
                        **rule_row(change.rule, chosen, base),
                        "change": words[change.kind],
                        "tone": {ChangeKind.CAME: "good", ChangeKind.CHANGED: "active"}.get(change.kind, "quiet"),
                        "difference": difference(change.before, change.rule, describer) if change.before else None,
                    }
                    for change in of_day
                ],
            )
            for day, of_day in groupby(shown, key=lambda change: change.day)
        ],
        "page": wish.page,
        "page_count": max(1, -(-len(told) // PAGE)),
        "trail": [(_("Rules in force"), f"{base}{chosen}/")],
        "zone": zone_of(chosen),
    }
    return render(request, template, context)
