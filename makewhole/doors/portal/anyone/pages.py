"""What the public pages share, and the pages of rights and rules that anyone can read."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from makewhole.core.rulebook.rule import Grant, Rulebook
from makewhole.core.words import Layer, Reason
from makewhole.doors.portal.parts import rule_page, rule_pages
from makewhole.doors.portal.parts.cards import say
from makewhole.doors.portal.parts.markets import RULES, all_books, zone_of
from makewhole.doors.portal.parts.words import label_of
from makewhole.rooms import clock

SENTENCES_EACH = 3


def tabs() -> list[tuple[str, str, str]]:
    return [
        ("due", _("What am I due?"), "/due/"),
        ("rights", _("Your rights"), "/rights/"),
        ("rules", _("Rules in force"), RULES),
    ]


def frame() -> dict[str, Any]:
    return {"now": clock.now(), "tabs": tabs()}


@require_GET
def list_rules(request: HttpRequest, market: str = "") -> HttpResponse:
    """A market's rules, for anyone."""
    return rule_pages.show_book(request, market, RULES, "anyone/rules.html", frame())


@require_GET
def show_rule(request: HttpRequest, market: str, rule_id: str, start: str = "") -> HttpResponse:
    """One rule with its history, or one edition of it, for anyone."""
    return rule_page.show_rule(request, market, rule_id, start, RULES, "anyone/rule.html", frame())


@require_GET
def list_changes(request: HttpRequest, market: str) -> HttpResponse:
    """What changed in a market's rules, for anyone."""
    return rule_pages.show_changes(request, market, RULES, "anyone/changes.html", frame())


@require_GET
def show_rights(request: HttpRequest, market: str = "") -> HttpResponse:
    """For each thing that can go wrong: what the rules give, in their own sentences, and the way to the answer."""
    chosen, book = rule_pages.market_of(market)
    context = {
        **frame(),
        "market": chosen,
        "markets": [(each, say(other.name), f"/rights/{each}/") for each, other in all_books()],
        "guides": [guide(book, reason) for reason in book.reasons],
        "zone": zone_of(chosen),
    }
    return render(request, "anyone/rights.html", context)


def guide(book: Rulebook, reason: Reason) -> dict[str, Any]:
    """The rights of one reason today, the law's first, and what makes the buyer whole before what is paid on top."""
    today = clock.now().astimezone(zone_of(book.market)).date()
    found = [
        (list(Layer).index(rule.layer), rule.outcome.adds, rule)
        for rule in book.edition(today).rules
        if reason in rule.reasons and isinstance(rule.outcome, Grant) and rule.in_force(today)
    ]
    grants = [rule for _layer, _adds, rule in sorted(found, key=lambda each: each[:2])]
    return {
        "reason": reason,
        "label": label_of(reason),
        "sentences": [
            {"text": say(rule.sentence), "href": f"{RULES}{book.market}/{rule.id}/", "layer": rule.layer,
             "citation": say(rule.citation.text)}
            for rule in grants[:SENTENCES_EACH]
        ],
        "more": max(0, len(grants) - SENTENCES_EACH),
        "more_href": f"{RULES}{book.market}/?reason={reason.value}",
        "due_href": f"/due/?market={book.market}&reason={reason.value}",
    }  # fmt: skip
