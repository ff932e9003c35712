"""My claims, and one claim: where it stands, what I can do, what both sides said, where the money is."""

from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from makewhole.core.case.actions import Action
from makewhole.core.words import Party
from makewhole.doors.portal.buyer.frame import EVIDENCE, buyers_only, case_href, frame, order_href
from makewhole.doors.portal.buyer.money import refund_row
from makewhole.doors.portal.parts.acting import actor_of, see_other
from makewhole.doors.portal.parts.case_acting import Tried, act_on_case, view_of
from makewhole.doors.portal.parts.case_fields import case_actions, read_exhibits, remedy_choices, with_evidence_apart
from makewhole.doors.portal.parts.case_page import case_context
from makewhole.doors.portal.parts.evidence_pages import upload_context
from makewhole.doors.portal.parts.fields import Field
from makewhole.doors.portal.parts.form_body import FormBody
from makewhole.doors.portal.parts.markets import zone_of
from makewhole.rooms import clock
from makewhole.rooms.cases import queries as cases
from makewhole.rooms.cases.queries import BadCursor, CaseView, Filter, Outlook
from makewhole.rooms.evidence import queries as evidence
from makewhole.rooms.treasury import queries as treasury


@require_GET
@buyers_only
def list_cases(request: HttpRequest) -> HttpResponse:
    """The buyer's claims, newest first."""
    try:
        page = cases.inbox(actor_of(request), Filter(waiting=False), request.GET.get("cursor", ""), 30)
    except BadCursor as error:
        raise BadRequest(str(error)) from None
    rows = [{"case": row, "href": case_href(row.id), "zone": zone_of(row.market)} for row in page.rows]
    context = {**frame(request), "rows": rows, "next_cursor": page.next_cursor}
    return render(request, "buyer/cases.html", {**context, "zone": rows[0]["zone"] if rows else None})


@require_GET
@buyers_only
def show_case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """One claim."""
    return case_page(request, view_of(request, case_id), None)


@require_http_methods(["GET", "HEAD", "POST"])
@buyers_only
def act(request: HttpRequest, case_id: UUID, name: str) -> HttpResponse:
    """Do something on the claim; opened with GET (after signing in again) it is the claim itself."""
    base = case_href(case_id)
    if request.method != "POST":
        return see_other(base)
    return act_on_case(request, case_id, name, base, case_page, more_of)


def more_of(request: HttpRequest, view: CaseView, action: Action) -> FormBody:
    """Drafts of evidence that are handed in with the action."""
    return read_exhibits(request, action)


def case_page(request: HttpRequest, view: CaseView, tried: Tried | None) -> HttpResponse:
    """The claim's page, with a refused form as it was typed."""
    reader, now, base = actor_of(request), clock.now(), case_href(view.case.id)
    drafts = evidence.drafts(view.order.id, reader)
    context = case_context(view, reader, now)
    outlook = context["outlook"]
    own = {"revise_claim": lambda mine: revise_fields(view, outlook, mine)}
    actions = case_actions(view, base, drafts, tried, own)
    payouts = treasury.order_payouts(view.order.id) if view.case.payments else ()
    context |= {
        **frame(request),
        **with_evidence_apart(actions, view.case, Party.BUYER),
        "tried": tried,
        "order_href": order_href(view.order.id),
        "payouts": [
            refund_row(payout, {view.order.id: view.order}) for payout in payouts if str(payout.case_id) == view.case.id
        ],
        "exhibits_base": EVIDENCE,
        "headline": headline(view),
        "trail": [(_("My claims"), "/buyer/cases/")],
        "here": headline(view),
        **upload_context(view.order, drafts, EVIDENCE, f"{base}#evidence"),
    }
    return render(request, "buyer/case.html", context)


def revise_fields(view: CaseView, outlook: Outlook, tried: Tried | None) -> list[Field]:
    """Another plan the rules give, and if wished less than all of it."""
    values, errors = (tried.values, tried.errors) if tried else ({}, {})
    return [
        Field(
            name="remedy", label=_("What do you want instead?"), kind="radio", required=True, id="revise-remedy",
            choices=remedy_choices(outlook, view.case.currency),
            value=values.get("remedy", view.case.demand.remedy), errors=errors.get("remedy", ()),
        ),
        Field(
            name="amount_minor", label=_("Amount"), kind="money", currency=view.case.currency, id="revise-amount",
            value=values.get("amount_minor", ""), errors=errors.get("amount_minor", ()),
            help=_("Leave empty for everything you are due."),
        ),
        Field(
            name="note", label=_("Say why, if you like"), kind="textarea", rows=3, id="revise-note", length_max=4000,
            value=values.get("note", ""), errors=errors.get("note", ()),
        ),
    ]  # fmt: skip


def headline(view: CaseView) -> str:
    """The goods the claim is about, in a line."""
    titles = [view.order.order.line(line.line_id).title for line in view.case.lines]
    return titles[0] if len(titles) == 1 else _("%(first)s and %(count)d more") % {
        "first": titles[0], "count": len(titles) - 1,
    }  # fmt: skip
