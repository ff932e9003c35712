"""One claim as the merchant sees it: the clock and its cost, what can be done, both sides, the money."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from makewhole.core.case.actions import Action
from makewhole.core.words import Party
from makewhole.doors.portal.merchant.frame import EVIDENCE, case_href, frame, merchants_only
from makewhole.doors.portal.merchant.offers import offer_fields, read_offer
from makewhole.doors.portal.merchant.queue import COSTLY
from makewhole.doors.portal.merchant.statement import entries_of_case
from makewhole.doors.portal.parts.acting import actor_of, see_other
from makewhole.doors.portal.parts.case_acting import Tried, act_on_case, view_of
from makewhole.doors.portal.parts.case_fields import case_actions, read_exhibits, with_evidence_apart
from makewhole.doors.portal.parts.case_page import case_context, outlook_of
from makewhole.doors.portal.parts.evidence_pages import upload_context
from makewhole.doors.portal.parts.form_body import FormBody
from makewhole.doors.portal.parts.markets import zone_of
from makewhole.rooms import clock
from makewhole.rooms.cases import queries as cases
from makewhole.rooms.cases.queries import CaseView
from makewhole.rooms.evidence import queries as evidence


@require_GET
@merchants_only
def show_case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """One claim."""
    return case_page(request, view_of(request, case_id), None)


@require_http_methods(["GET", "HEAD", "POST"])
@merchants_only
def act(request: HttpRequest, case_id: UUID, name: str) -> HttpResponse:
    """Do something on the claim; opened with GET (after signing in again) it is the claim itself."""
    base = case_href(case_id)
    if request.method != "POST":
        return see_other(base)
    return act_on_case(request, case_id, name, base, case_page, more_of)


def more_of(request: HttpRequest, view: CaseView, action: Action) -> FormBody:
    """The amounts of an offer, and drafts of evidence that are handed in."""
    outlook = outlook_of(view, actor_of(request), clock.now()) if action.name == "make_offer" else None
    if outlook is not None:
        return read_offer(request.POST, view, outlook)
    return read_exhibits(request, action)


def case_page(request: HttpRequest, view: CaseView, tried: Tried | None) -> HttpResponse:
    """The claim's page, with a refused form as it was typed."""
    reader, now, base = actor_of(request), clock.now(), case_href(view.case.id)
    drafts = evidence.drafts(view.order.id, reader)
    context = case_context(view, reader, now)
    outlook = context["outlook"]
    own = {"make_offer": lambda mine: offer_fields(view, outlook, mine)}
    actions = case_actions(view, base, drafts, tried, own)
    titles = [view.order.order.line(line.line_id).title for line in view.case.lines]
    context |= {
        **frame(request),
        **with_evidence_apart(actions, view.case, Party.MERCHANT),
        "tried": tried,
        "trail": [(_("Queue"), "/merchant/")],
        "here": titles[0],
        "exhibits_base": EVIDENCE,
        "silence": silence_of(view),
        "up_next": None if silence_of(view) else up_next(request),
        "entries_of_case": entries_of_case(view) if view.case.payments else [],
        **upload_context(view.order, drafts, EVIDENCE, f"{base}#evidence"),
    }
    return render(request, "merchant/case.html", context)


def up_next(request: HttpRequest) -> dict[str, Any] | None:
    """The most pressing claim in the queue, for who is done with this one; None when nothing waits."""
    rows = cases.inbox(actor_of(request), limit=1).rows
    return {"row": rows[0], "href": case_href(rows[0].id), "zone": zone_of(rows[0].market)} if rows else None


def silence_of(view: CaseView) -> dict[str, Any] | None:
    """What the merchant's own silence would bring and cost; None while nothing waits for them."""
    own = [each for each in view.case.obligations if each.debtor is Party.MERCHANT]
    if not own:
        return None
    first = min(own, key=lambda each: each.due_at)
    terms = view.case.agreed or view.case.demand
    paid_minor = sum(payment.total_minor for payment in view.case.payments)
    return {
        "due_at": first.due_at,
        "what": first.on_silence,
        "costs": first.on_silence in COSTLY,
        "amount_minor": max(0, terms.total_minor - paid_minor),
    }
