"""One case before the panel: both sides beside the rules, the file, what the agent may do, photos used elsewhere."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from makewhole.core.case.model import Case
from makewhole.core.words import Party, Role, Step
from makewhole.doors.portal.agent.frame import (
    DESK,
    EVIDENCE,
    agent_names,
    agents_only,
    case_href,
    frame,
    view_of,
)
from makewhole.doors.portal.parts.acting import actor_of, see_other
from makewhole.doors.portal.parts.actions import action_views
from makewhole.doors.portal.parts.cards import exhibit_view, say
from makewhole.doors.portal.parts.case_acting import Tried, act_on_case, no_more
from makewhole.doors.portal.parts.case_page import SPOKEN, case_context
from makewhole.doors.portal.parts.order_file import order_context
from makewhole.rooms import clock
from makewhole.rooms.cases.queries import CaseView
from makewhole.rooms.evidence import queries as evidence
from makewhole.rooms.evidence.models import Exhibit

RULINGS = {"rule": Step.RULE, "rule_appeal": Step.RULE_APPEAL}
"""Actions with a page of their own, and the obligation each of them meets."""
EXHIBITS_COMPARED = 40


class Statement(NamedTuple):
    """What one side said, in its own words."""

    what: str
    words: str
    at: datetime


@require_GET
@agents_only
def show_case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The case."""
    return case_page(request, view_of(request, case_id, clock.now()), None)


@require_http_methods(["GET", "HEAD", "POST"])
@agents_only
def act(request: HttpRequest, case_id: UUID, name: str) -> HttpResponse:
    """Ask for evidence. Rulings have a page of their own; opened with GET this is the case itself."""
    base = case_href(case_id)
    if request.method != "POST" or name in RULINGS:
        return see_other(base)
    return act_on_case(request, case_id, name, base, case_page, no_more)


def case_page(request: HttpRequest, view: CaseView, tried: Tried | None) -> HttpResponse:
    """The case's page, with a refused form as it was typed."""
    now, reader = clock.now(), actor_of(request)
    context = case_context(view, reader, now)
    reuses = reuses_of([*context["buyer_exhibits"], *context["merchant_exhibits"]])
    context |= {
        **frame(request, now),
        "tried": tried,
        "trail": [(_("Desk"), DESK)],
        "here": view.order.order.line(view.case.lines[0].line_id).title,
        "base": case_href(view.case.id),
        "exhibits_base": EVIDENCE,
        "buyer_exhibits": with_warnings(context["buyer_exhibits"], reuses),
        "merchant_exhibits": with_warnings(context["merchant_exhibits"], reuses),
        "buyer_says": statements(view, Role.BUYER),
        "merchant_says": statements(view, Role.MERCHANT),
        "file": order_context(view.order),
        "duty": duty_of(view.case),
        **standing(view, reader.id),
        "asking": asking(view, tried),
    }
    return render(request, "agent/case.html", context)


def duty_of(case: Case) -> Any:
    """What the panel owes the case now; None while it waits for others."""
    return case.obligation(Step.RULE, Party.PLATFORM) or case.obligation(Step.RULE_APPEAL, Party.PLATFORM)


def standing(view: CaseView, agent_id: str) -> dict[str, Any]:
    """Who has the case, and what of it this agent may do."""
    name = next((action.name for action in view.actions if action.name in RULINGS), "")
    return {
        "is_mine": view.agent_id == agent_id,
        "holder": agent_names().get(view.agent_id, _("Another agent")) if view.agent_id else "",
        "ruling_href": f"{case_href(view.case.id)}{name.replace('_', '-')}/" if name else "",
        "ruled_before": any(ruling.by == agent_id for ruling in view.case.rulings),
    }


def asking(view: CaseView, tried: Tried | None) -> Any:
    """The form to ask for evidence, while there is a round left; None otherwise."""
    mine = tried if tried is not None and tried.name == "request_evidence" else None
    more = {"icon": "camera"} | ({"values": mine.values, "errors": mine.errors} if mine else {})
    views = action_views(
        [action for action in view.actions if action.name == "request_evidence"],
        case_href(view.case.id),
        request_evidence=more,
    )
    return views[0] if views else None


def statements(view: CaseView, role: Role) -> list[Statement]:
    """What a side said, in the order it was said."""
    return [
        Statement(say(moment.title), say(moment.detail), moment.at)
        for moment in view.timeline
        if moment.role is role and moment.kind in SPOKEN and moment.detail.zh
    ]


def reuses_of(exhibits: Iterable[Exhibit]) -> dict[UUID, list[evidence.Reuse]]:
    """For each exhibit, where the same file or nearly the same photo was handed in before."""
    found = {each.id: list(evidence.used_elsewhere(each)) for each in list(exhibits)[:EXHIBITS_COMPARED]}
    return {exhibit_id: reuses for exhibit_id, reuses in found.items() if reuses}


def with_warnings(exhibits: Iterable[Exhibit], reuses: dict[UUID, list[evidence.Reuse]]) -> list[Any]:
    """Exhibits for the gallery, those that appear elsewhere marked as such."""
    drawn = []
    for each in exhibits:
        view = exhibit_view(each, EVIDENCE)
        elsewhere = reuses.get(each.id, [])
        drawn.append({**view._asdict(), "kind": each.kind, "title": view.caption,
                      "uploaded_at": view.at, "warning": warning_of(elsewhere)})  # fmt: skip
    return drawn


def warning_of(reuses: list[evidence.Reuse]) -> str:
    """One sentence on where an exhibit appeared before."""
    if not reuses:
        return ""
    count = len({reuse.exhibit.case_id for reuse in reuses})
    if any(reuse.bits_apart is None for reuse in reuses):
        return _("The same file was used in another case (%(count)d)") % {"count": count}
    return _("Nearly the same photo was used in another case (%(count)d)") % {"count": count}
