"""Changed rules tried before anyone publishes them: a file of the book is edited on the page and answered for."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from makewhole.core.rulebook.rule import Rulebook
from makewhole.core.rulebook.source import Problem, RulebookError
from makewhole.doors.portal.operator.comparing import chosen_book, market_tabs
from makewhole.doors.portal.operator.frame import frame, operators_only
from makewhole.doors.portal.operator.tabs import rules_tabs
from makewhole.doors.portal.parts.acting import Went, actor_of, once
from makewhole.doors.portal.parts.actions import new_key
from makewhole.doors.portal.parts.times import language
from makewhole.rooms import clock
from makewhole.rooms.rulebooks import queries as rulebooks
from makewhole.rooms.trials.ports import Draft, TrialError
from makewhole.rooms.trials.service import asking

DRAFT = "/operator/rules/trials/draft/"
TRIALS = "/operator/rules/trials/"
FAULTS_SHOWN = 10


@require_GET
@operators_only
def edit(request: HttpRequest) -> HttpResponse:
    """A file of the book as it is published, to be changed and tried; `rule` opens the file a rule stands in."""
    book = chosen_book(request)
    files = rulebooks.rule_files(book.market)
    editions = book.by_id.get(request.GET.get("rule", ""), ())
    name = _file(files, request.GET.get("file", "") or next((rule.place.file for rule in editions), next(iter(files))))
    return _page(request, book, Draft(name, files[name]), _in_force(book, clock.now()))


@require_POST
@operators_only
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a trial of the changed file; what is wrong in it is told with its line, and nothing typed is lost."""
    book = chosen_book(request)
    name = _file(rulebooks.rule_files(book.market), request.POST.get("file", ""))
    # A form sends line ends as CR LF, whatever the file had.
    draft = Draft(name, request.POST.get("text", "").replace("\r\n", "\n"))
    against = request.POST.get("against", "")[:64]

    def act() -> Went:
        trial_id = asking.ask(book.market, "", against, actor_of(request).id, clock.now(), draft)
        return Went(f"{TRIALS}{trial_id}/")

    try:
        return once(request, act, f"{DRAFT}?market={book.market}")
    except TrialError as error:
        messages.error(request, error.text.say(language()))
        return _page(request, book, draft, against, status=422)
    except RulebookError as error:
        return _page(request, book, draft, against, error.problems, status=422)


def _file(files: Any, name: str) -> str:
    if name not in files:
        raise BadRequest(f"there is no file of rules {name[:100]!r}; there are {', '.join(files)}")
    return name


def _in_force(book: Rulebook, now: datetime) -> str:
    """The name of the edition that is in force now."""
    today = book.calendar.local(now).toordinal()
    return book.editions[max(0, sum(start <= today for start in book.starts) - 1)].name


def _page(
    request: HttpRequest,
    book: Rulebook,
    draft: Draft,
    against: str,
    problems: tuple[Problem, ...] = (),
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        **frame(request),
        "tabs": rules_tabs(),
        "markets": market_tabs(DRAFT),
        "market": book.market,
        "files": list(rulebooks.rule_files(book.market)),
        "file": draft.file,
        "text": draft.text,
        "editions": [edition.name for edition in reversed(book.editions)],
        "against": against,
        "key": new_key(),
        "faults": [_fault(problem, draft) for problem in problems[:FAULTS_SHOWN]],
        "more_faults": max(0, len(problems) - FAULTS_SHOWN),
        "crumbs": [(_("Try on past cases"), f"{TRIALS}?market={book.market}")],
    }
    return render(request, "operator/draft.html", context, status=status)


def _fault(problem: Problem, draft: Draft) -> dict[str, Any]:
    """A fault in a sentence, and the line it is in."""
    lines = draft.text.splitlines()
    place = problem.place
    inside = place.file == draft.file and 0 < place.line <= len(lines)
    return {"told": problem.say(language()), "number": place.line, "line": lines[place.line - 1] if inside else ""}
