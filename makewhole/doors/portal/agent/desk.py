"""The desk: what waits for a ruling, by due time; taking a case, taking the next one, putting one back."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from makewhole.core.case.model import Actor
from makewhole.core.words import Reason, Step
from makewhole.doors.portal.agent.frame import (
    DESK,
    MINE,
    UNASSIGNED,
    agent_names,
    agents_only,
    case_href,
    view_of,
)
from makewhole.doors.portal.parts.acting import actor_of, refusal_text, see_other
from makewhole.doors.portal.parts.markets import zone_of
from makewhole.doors.portal.parts.tables import Column, Filter, Table, read_wish
from makewhole.doors.portal.parts.times import relative_text, when_text
from makewhole.doors.portal.parts.words import label_of
from makewhole.rooms import clock
from makewhole.rooms.cases import queries as cases
from makewhole.rooms.cases import service
from makewhole.rooms.cases.queries import BadCursor, CaseRow
from makewhole.rooms.cases.service import Refused

VIEWS = {"mine": MINE, "unassigned": UNASSIGNED, "all": cases.Filter()}
LOOKED_AT = 20
"""How many waiting cases are tried for one that this agent may take."""


def columns(view: str) -> list[Column]:
    """The columns of the desk; whose a case is stands only where it can differ."""
    shown = [
        Column(key="title", label=_("Case"), kind="link", note_key="order_number"),
        Column(key="reason", label=_("Reason"), note_key="more_reasons"),
        Column(key="step", label=_("What is asked"), kind="chip", vocabulary="step"),
        Column(key="due_at", label=_("Due"), kind="clock"),
        Column(key="wanted_minor", label=_("Claimed"), kind="money"),
    ]
    return [*shown, Column(key="agent", label=_("With"))] if view == "all" else shown


def filters() -> list[Filter]:
    return [
        Filter(
            name="step",
            label=_("What is asked"),
            choices=[(step.value, label_of(step)) for step in (Step.RULE, Step.RULE_APPEAL)],
        ),
        Filter(name="reason", label=_("Reason"), choices=[(reason.value, label_of(reason)) for reason in Reason]),
        Filter(
            name="due", label=_("Due"), choices=[("overdue", _("overdue")), ("day", _("within a day"))]
        ),
    ]  # fmt: skip


def narrowed(view: str, chosen: Any, text: str, now: datetime) -> cases.Filter:
    """The view's filter with what the URL asks for on top."""
    due = chosen.get("due")
    return VIEWS[view]._replace(
        step=Step(chosen["step"]) if "step" in chosen else None,
        reason=Reason(chosen["reason"]) if "reason" in chosen else None,
        due_before={"overdue": now, "day": now + timedelta(days=1)}.get(due) if due else None,
        text=text,
    )


def row_of(row: CaseRow, names: dict[str, str]) -> dict[str, Any]:
    """A case as the desk's table shows it."""
    reasons = [label_of(reason) for reason in row.reasons]
    return {
        "href": case_href(row.id),
        "title": row.title,
        "order_number": row.order_number,
        "reason": reasons[0],
        "more_reasons": _("and %(count)d more") % {"count": len(reasons) - 1} if len(reasons) > 1 else "",
        "step": row.next_step,
        "due_at": row.next_due_at,
        "wanted_minor": row.wanted_minor,
        "currency": row.currency,
        "agent": names.get(row.agent_id, "") if row.agent_id else "",
    }


@require_GET
@agents_only
def show_desk(request: HttpRequest, view: str = "mine") -> HttpResponse:
    """What waits for a ruling: on my desk, on nobody's, or all of it; narrowed by the address."""
    now, reader = clock.now(), actor_of(request)
    shown = columns(view)
    wish = read_wish(request.GET, shown, filters())
    try:
        page = cases.inbox(reader, narrowed(view, wish.filters, wish.text, now), request.GET.get("cursor", ""))
    except BadCursor as error:
        raise BadRequest(str(error)) from None
    loads = {key: cases.how_much_waits(reader, now, wanted) for key, wanted in VIEWS.items()}
    names = agent_names() if view == "all" else {}
    zone = zone_of(page.rows[0].market) if page.rows else None
    is_narrowed = bool(wish.filters or wish.text or request.GET.get("cursor"))
    table = Table(
        caption=_("Cases that wait for a ruling"),
        columns=shown,
        rows=[row_of(row, names) for row in page.rows],
        wish=wish,
        filters=filters() if page.rows or is_narrowed else (),
        searchable=bool(page.rows or is_narrowed),
        empty_title=_("Nothing fits this search") if is_narrowed else empty_title(view),
        empty_text=_("Widen the search or look at all that waits.") if is_narrowed else next_clock(reader, now, view),
    )
    context = {
        "now": now,
        "on_my_desk": loads["mine"].waiting,
        "zone": zone,
        "view": view,
        "loads": loads,
        "load": loads[view],
        "tabs": desk_tabs(loads),
        "table": table,
        "next_cursor": page.next_cursor,
    }
    return render(request, "agent/desk.html", context)


def desk_tabs(loads: dict[str, cases.Waiting]) -> list[tuple[str, str, str]]:
    names = {"mine": _("On my desk"), "unassigned": _("Nobody has them yet"), "all": _("All that wait")}
    hrefs = {"mine": DESK, "unassigned": f"{DESK}unassigned/", "all": f"{DESK}all/"}
    return [(key, f"{name} ({loads[key].waiting})", hrefs[key]) for key, name in names.items()]


def empty_title(view: str) -> str:
    return {
        "mine": _("Nothing is on your desk"),
        "unassigned": _("Every case has its agent"),
        "all": _("Nothing waits for a ruling"),
    }[view]


def next_clock(reader: Actor, now: datetime, view: str) -> str:
    """When the panel's next clock ends, to be said where a list is empty."""
    rows = cases.inbox(reader, limit=1).rows if view != "all" else ()
    if not rows or rows[0].next_due_at is None:
        return _("When a case comes to the platform it appears here, the most urgent on top.")
    due_at = rows[0].next_due_at
    said = {"when": when_text(due_at, now, zone_of(rows[0].market)), "relative": relative_text(due_at, now)}
    return _("The next clock of the panel ends %(when)s (%(relative)s).") % said


@require_POST
@agents_only
def take(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Put the case on my desk."""
    view = view_of(request, case_id, clock.now())
    if not view.actions and view.case.is_open and may_only_watch(view):
        messages.warning(request, _("You ruled on this case before. Another agent must rule on the appeal."))
        return see_other(case_href(case_id))
    try:
        service.assign(case_id, actor_of(request).id)
    except Refused as refused:
        messages.warning(request, refusal_text(refused.refusal))
    return see_other(case_href(case_id))


def may_only_watch(view: cases.CaseView) -> bool:
    """Whether the case waits for another agent's ruling than this reader's."""
    return view.case.obligation(Step.RULE_APPEAL) is not None


@require_POST
@agents_only
def take_next(request: HttpRequest) -> HttpResponse:
    """Take the most urgent case that nobody has and that I may rule on."""
    now, reader = clock.now(), actor_of(request)
    for row in cases.inbox(reader, UNASSIGNED, limit=LOOKED_AT).rows:
        if not view_of(request, row.id, now).actions:
            continue
        try:
            service.assign(row.id, reader.id)
        except Refused:
            continue
        return see_other(case_href(row.id))
    messages.info(request, _("There is no case to take at the moment."))
    return see_other(DESK)


@require_POST
@agents_only
def release(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Put the case back for others."""
    try:
        service.release(case_id, actor_of(request).id)
    except Refused:
        messages.warning(request, _("This case is not on your desk."))
        return see_other(case_href(case_id))
    messages.success(request, _("The case is back for others to take."))
    return see_other(DESK)
