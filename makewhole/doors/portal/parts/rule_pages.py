"""The rules in force as pages: a market's rules to search and narrow, and one rule with its history."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from makewhole.core.rulebook import phrases
from makewhole.core.rulebook.describe import Describer, kind_of
from makewhole.core.rulebook.rule import Rule, Rulebook
from makewhole.core.words import Layer, Reason, RuleStatus
from makewhole.doors.portal.parts.cards import say
from makewhole.doors.portal.parts.markets import book_of, zone_of
from makewhole.doors.portal.parts.tables import Filter, Wish, read_wish
from makewhole.doors.portal.parts.times import language
from makewhole.doors.portal.parts.words import label_of
from makewhole.rooms import clock
from makewhole.rooms.rulebooks import queries

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
    """The market asked for, else the first one. Raises Http404 for a market without rules."""
    known = queries.markets()
    chosen = market or ("cn" if "cn" in known else next(iter(known), ""))
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
    """A market's rules in force on a day, narrowed and searched in both languages."""
    chosen, book = market_of(market)
    day = day_of(request, chosen)
    wish = read_wish(request.GET, [], filters(book))
    edition = book.edition(day)
    found = [rule for rule in edition.rules if rule.in_force(day) and fits(rule, wish)]
    pages = max(1, -(-len(found) // PAGE))
    shown = found[(wish.page - 1) * PAGE : wish.page * PAGE]
    context = {
        **frame,
        "market": chosen,
        "market_name": say(book.name),
        "markets": [(each, say(other.name), f"{base}{each}/") for each, other in all_books()],
        "day": day,
        "edition": edition.name,
        "rules": [rule_row(rule, chosen, base) for rule in shown],
        "rule_count": len(found),
        "all_count": len(edition.rules),
        "filters": filters(book),
        "wish": wish,
        "page_count": pages,
        "editions": [(each.start, f"?on={each.start.isoformat()}") for each in reversed(book.editions)],
        "zone": zone_of(chosen),
    }
    return render(request, template, context)


def all_books() -> list[tuple[str, Rulebook]]:
    return [(market, book) for market in queries.markets() if (book := book_of(market)) is not None]


def fits(rule: Rule, wish: Wish) -> bool:
    """Whether a rule is what the address asks for."""
    chosen = wish.filters
    if "layer" in chosen and rule.layer != chosen["layer"]:
        return False
    if "status" in chosen and rule.status != chosen["status"]:
        return False
    if "kind" in chosen and kind_of(rule) != chosen["kind"]:
        return False
    if "reason" in chosen and not rule.concerns(frozenset({Reason(chosen["reason"])})):
        return False
    text = wish.text.casefold()
    searched = (*rule.sentence, *rule.citation.text, rule.id)
    return not text or all(any(word in each.casefold() for each in searched) for word in text.split())


def rule_row(rule: Rule, market: str, base: str) -> dict[str, Any]:
    other = "en" if language() == "zh" else "zh"
    return {
        "id": rule.id,
        "href": f"{base}{market}/{rule.id}/",
        "sentence": say(rule.sentence),
        "other": rule.sentence.en if other == "en" else rule.sentence.zh,
        "other_language": "en" if other == "en" else "zh-Hans",
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


def show_rule(
    request: HttpRequest, market: str, rule_id: str, base: str, template: str, frame: Mapping[str, Any]
) -> HttpResponse:
    """One rule: what it says now, and every edition of it with its dates. Raises Http404 for none of ours."""
    chosen, book = market_of(market)
    editions = sorted((rule for rule in book.rules if rule.id == rule_id), key=lambda rule: rule.start, reverse=True)
    if not editions:
        raise Http404(_("There is no such rule."))
    today = day_of(request, chosen)
    current = next((rule for rule in editions if rule.in_force(today)), editions[0])
    context = {
        **frame,
        "market": chosen,
        "market_name": say(book.name),
        "rule": rule_row(current, chosen, base),
        "in_force": current.in_force(today),
        "holds_when": Describer(book, language()).when(current),
        "then": Describer(book, language()).outcome(current.outcome),
        "history": [
            {**rule_row(rule, chosen, base), "is_current": rule is current and rule.in_force(today)}
            for rule in editions
        ],
        "trail": [(_("Rules in force"), f"{base}{chosen}/")],
        "zone": zone_of(chosen),
    }
    return render(request, template, context)
