"""Two editions of a market's rules beside each other."""

from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from makewhole.core.rulebook import phrases
from makewhole.core.rulebook.compare import Change, Effect, Happened, Named, compare
from makewhole.core.rulebook.rule import Rulebook
from makewhole.doors.portal.operator.frame import frame, operators_only
from makewhole.doors.portal.operator.tabs import rules_tabs
from makewhole.doors.portal.parts.cards import say
from makewhole.doors.portal.parts.markets import all_books
from makewhole.doors.portal.parts.words import label_of
from makewhole.rooms.rulebooks import queries as rulebooks

TONES = {Effect.BETTER: "good", Effect.WORSE: "harm", Effect.MIXED: "waiting", Effect.NEUTRAL: "quiet"}


def chosen_book(request: HttpRequest) -> Rulebook:
    """The market the address asks for, else the home market. Raises BadRequest for one there is not."""
    books = dict(all_books())
    asked = request.GET.get("market", "") or request.POST.get("market", "") or rulebooks.home_market()
    if asked not in books:
        raise BadRequest(f"there is no rulebook for market {asked[:16]!r}; there are {', '.join(books)}")
    return books[asked]


def market_tabs(base: str) -> list[tuple[str, str, str]]:
    found = [(market, say(book.name), f"{base}?market={market}") for market, book in all_books()]
    return found if len(found) > 1 else []


def edition_pair(request: HttpRequest, book: Rulebook) -> tuple[str, str]:
    """The editions the address asks for: by default the latest and the one before it."""
    names = [edition.name for edition in book.editions]
    pair = request.GET.get("before", "") or names[max(0, len(names) - 2)], request.GET.get("after", "") or names[-1]
    for name in pair:
        if name not in names:
            raise BadRequest(f"{book.market} has no edition {name[:40]!r}; there are {', '.join(names)}")
    return pair


def effect_words() -> dict[Effect, str]:
    return {
        Effect.BETTER: _("better for the buyer"), Effect.WORSE: _("worse for the buyer"),
        Effect.MIXED: _("better for some, worse for others"), Effect.NEUTRAL: _("no difference to the buyer"),
    }  # fmt: skip


@require_GET
@operators_only
def show_comparison(request: HttpRequest) -> HttpResponse:
    """Which rights came, went, got better or worse from one edition to the other."""
    book = chosen_book(request)
    before, after = edition_pair(request, book)
    sides = [book.edition_named(name) for name in (before, after)]
    found = compare(*(Named(book, side.name, side.rules) for side in sides))
    words = effect_words()
    context: dict[str, Any] = {
        **frame(request),
        "tabs": rules_tabs(),
        "markets": market_tabs("/operator/rules/compare/"),
        "market": book.market,
        "editions": [edition.name for edition in reversed(book.editions)],
        "before": before,
        "after": after,
        "effects": list(words.values()),
        "reasons": [
            (label_of(reason), [(word, counted[effect]) for effect, word in words.items()])
            for reason, counted in found.by_reason.items()
        ],
        "changes": [_told(change, book, words) for change in found.changes],
    }
    return render(request, "operator/compare.html", context)


def _told(change: Change, book: Rulebook, words: dict[Effect, str]) -> dict[str, Any]:
    happened = {Happened.CAME: pgettext("rule", "new"), Happened.WENT: _("gone"), Happened.CHANGED: _("changed")}
    return {
        "id": change.rule.id,
        "href": f"/operator/rules/{book.market}/{change.rule.id}/",
        "sentence": say(change.rule.sentence),
        "kind": say(phrases.KINDS[change.kind]),
        "happened": happened[change.happened],
        "effect": words[change.effect],
        "tone": TONES[change.effect],
        "told": [say(text) for text in change.told] if change.happened is Happened.CHANGED else [],
    }
