"""One rule as a page: what it says, gives and rests on, what stands against it, and every edition of it."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from makewhole.core.facts import EXHIBIT_LABELS
from makewhole.core.rulebook.describe import Describer
from makewhole.core.rulebook.history import difference, editions_of_rule
from makewhole.core.rulebook.related import Burden, related
from makewhole.core.rulebook.rule import Deduction, Exclusion, Rule, Rulebook
from makewhole.doors.portal.parts.cards import say
from makewhole.doors.portal.parts.markets import zone_of
from makewhole.doors.portal.parts.rule_pages import day_of, market_of, rule_row
from makewhole.doors.portal.parts.times import language
from makewhole.doors.portal.parts.words import label_of


def show_rule(
    request: HttpRequest, market: str, rule_id: str, start: str, base: str, template: str, frame: Mapping[str, Any]
) -> HttpResponse:
    """One rule as it stands today, or, with `start`, the edition of it that began on that day.

    The second is the address answers lead to: the edition says the same for ever. Raises Http404 for none of ours.
    """
    chosen, book = market_of(market)
    editions = editions_of_rule(book, rule_id)
    if not editions:
        raise Http404(_("There is no such rule."))
    today = day_of(request, chosen)
    in_force = next((rule for rule in editions if rule.in_force(today)), None)
    shown = next((rule for rule in editions if rule.start.isoformat() == start), None) if start else None
    if start and shown is None:
        raise Http404(_("There is no such rule."))
    rule = shown or in_force or editions[0]
    context = {
        **frame,
        **around(rule, [each for each in book.rules if each.in_force(beside(rule, today))], book, base),
        "market": chosen,
        "market_name": say(book.name),
        "rule": rule_row(rule, chosen, base),
        "in_force": rule is in_force,
        "newer_href": rule_row(rule, chosen, base)["href"] if in_force is not None and rule is not in_force else "",
        "history": history(editions, rule, in_force, book, chosen, base),
        "trail": [(_("Rules in force"), f"{base}{chosen}/")],
        "zone": zone_of(chosen),
    }
    return render(request, template, context)


def beside(rule: Rule, today: date) -> date:
    """The day whose rules stand beside an edition: today, or the nearest day it was in force on."""
    return max(rule.start, min(today, rule.end or today))


def around(rule: Rule, rules: Sequence[Rule], book: Rulebook, base: str) -> dict[str, Any]:
    """What a rule gives and rests on, and what stands around it among the rules of its day."""
    market = book.market
    describer = Describer(book, language())
    neighbours = related(rule, rules)
    follows = describer.outcome(rule.outcome)
    if isinstance(rule.outcome, (Exclusion, Deduction)):
        # What it stands against is told by links below, not by names.
        follows = follows[1:]
    return {
        "holds_when": describer.when(rule),
        "then": follows,
        "against": [rule_row(each, market, base) for each in neighbours.against],
        "of": [rule_row(each, market, base) for each in neighbours.of],
        "burdens": [burden_row(each, market, base) for each in neighbours.burdens],
    }


def burden_row(burden: Burden, market: str, base: str) -> dict[str, Any]:
    """A fact to prove: by whom, with what, and the rule that says so."""
    return {
        "fact": say(burden.fact.label),
        "party": label_of(burden.party),
        "exhibits": [say(EXHIBIT_LABELS[kind]) for kind in burden.fact.proves],
        "rule": rule_row(burden.rule, market, base) if burden.rule is not None else None,
    }


def history(
    editions: tuple[Rule, ...], shown: Rule, in_force: Rule | None, book: Rulebook, market: str, base: str
) -> list[dict[str, Any]]:
    """Every edition of a rule, the newest first, with what it changed."""
    describer = Describer(book, language())
    changed = {now.start: difference(before, now, describer) for now, before in pairwise(editions)}
    return [
        {
            **rule_row(rule, market, base),
            "is_shown": rule is shown,
            "is_current": rule is in_force,
            "difference": changed.get(rule.start),
        }
        for rule in editions
    ]
