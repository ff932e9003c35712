"""All cases, narrowed by the address, and one case with its timeline and money; evidence is the panel's to see."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from makewhole.core.case.model import Outcome
from makewhole.core.words import Party, Reason, Stage
from makewhole.doors.portal.operator.books import asset_text
from makewhole.doors.portal.operator.frame import case_href, frame, merchant_href, operators_only
from makewhole.doors.portal.operator.words import account_text, act_text
from makewhole.doors.portal.parts.acting import actor_of
from makewhole.doors.portal.parts.cards import say
from makewhole.doors.portal.parts.case_page import case_context
from makewhole.doors.portal.parts.markets import zone_of
from makewhole.doors.portal.parts.order_file import order_context
from makewhole.doors.portal.parts.tables import Column, Filter, Table, Wish, read_wish
from makewhole.doors.portal.parts.words import label_of
from makewhole.rooms import clock
from makewhole.rooms.cases import queries as cases
from makewhole.rooms.cases.queries import BadCursor, CaseRow
from makewhole.rooms.cases.service import Refused
from makewhole.rooms.treasury import queries as treasury


def columns() -> list[Column]:
    return [
        Column(key="title", label=_("Case"), kind="link", note_key="order_number"),
        Column(key="reason", label=_("Reason")),
        Column(key="stage", label=_("Stage"), kind="chip", vocabulary="stage", note_key="outcome_text"),
        Column(key="next", label=_("Next"), note_key="next_who"),
        Column(key="due_at", label=_("Due"), kind="clock"),
        Column(key="wanted_minor", label=_("Claimed"), kind="money"),
        Column(key="paid_minor", label=_("Paid"), kind="money"),
    ]


def filters() -> list[Filter]:
    parties = (Party.BUYER, Party.MERCHANT, Party.PLATFORM)
    return [
        Filter(name="stage", label=_("Stage"), choices=[(stage.value, label_of(stage)) for stage in Stage]),
        Filter(name="waiting_for", label=_("Waits for"), choices=[(party.value, label_of(party)) for party in parties]),
        Filter(name="due", label=_("Due"), choices=[("overdue", _("overdue")), ("day", _("within a day"))]),
        Filter(name="reason", label=_("Reason"), choices=[(reason.value, label_of(reason)) for reason in Reason]),
        Filter(name="outcome", label=_("Ended"), choices=[(one.value, label_of(one)) for one in Outcome]),
    ]


def row_of(row: CaseRow) -> dict[str, Any]:
    """A case as an operator's table shows it."""
    return {
        "href": case_href(row.id),
        "title": row.title,
        "order_number": row.order_number,
        "reason": label_of(row.reasons[0]),
        "stage": row.stage,
        "outcome_text": label_of(row.outcome) if row.outcome else "",
        "next": label_of(row.next_step) if row.next_step else "",
        "next_who": label_of(row.next_debtor) if row.next_debtor else "",
        "due_at": row.next_due_at,
        "wanted_minor": row.wanted_minor,
        "paid_minor": row.paid_minor,
        "currency": row.currency,
        "zone": zone_of(row.market),
    }


def wanted_of(request: HttpRequest, wish: Wish) -> cases.Filter:
    """The filter the address asks for. By due time where it asks for clocks, else newest first."""
    chosen, now = wish.filters, clock.now()
    by_clock = "waiting_for" in chosen or "due" in chosen
    due = {"overdue": now, "day": now + timedelta(days=1)}.get(chosen.get("due", ""))
    return cases.Filter(
        waiting=by_clock,
        waiting_for=Party(chosen["waiting_for"]) if "waiting_for" in chosen else None,
        due_before=due,
        stage=Stage(chosen["stage"]) if "stage" in chosen else None,
        reason=Reason(chosen["reason"]) if "reason" in chosen else None,
        outcome=Outcome(chosen["outcome"]) if "outcome" in chosen else None,
        merchant_id=request.GET.get("merchant", "")[:200] or None,
        text=wish.text,
    )


@require_GET
@operators_only
def list_cases(request: HttpRequest) -> HttpResponse:
    """Every case."""
    wish = read_wish(request.GET, columns(), filters())
    try:
        page = cases.inbox(actor_of(request), wanted_of(request, wish), request.GET.get("cursor", ""))
    except BadCursor as error:
        raise BadRequest(str(error)) from None
    table = Table(
        caption=_("Cases"),
        columns=columns(),
        rows=[row_of(row) for row in page.rows],
        wish=wish,
        filters=filters(),
        searchable=True,
        empty_title=_("No case fits"),
        empty_text=_("Widen the search."),
    )
    context = {
        **frame(request),
        "zone": zone_of(page.rows[0].market) if page.rows else None,
        "table": table,
        "next_cursor": page.next_cursor,
        "merchant": request.GET.get("merchant", "")[:200],
    }
    return render(request, "operator/cases.html", context)


@require_GET
@operators_only
def show_case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """One case: where it stands, what happened, the order, and every transfer it caused."""
    now, reader = clock.now(), actor_of(request)
    try:
        view = cases.read_case(case_id, reader, now)
    except Refused as refused:
        raise Http404(say(refused.refusal.what)) from None
    transfers = [
        {
            "act": act_text(row.act),
            "state": row.state,
            "at": row.resolved_at or row.created_at,
            "href": f"/operator/books/transfers/{row.id}/",
            "entries": [
                (account_text(entry.kind), asset_text(entry.amount_minor, entry.asset)) for entry in row.entries
            ],
        }
        for row in treasury.transfers_of_order(view.order.id)
        if str(row.case_id) == view.case.id
    ]
    context = {
        **case_context(view, reader, now),
        **frame(request, now),
        "file": order_context(view.order),
        "transfers": transfers,
        "trail": [(_("Cases"), "/operator/cases/")],
        "here": view.order.order.line(view.case.lines[0].line_id).title,
        "merchant_href": merchant_href(view.case.merchant_id, view.case.currency),
    }
    return render(request, "operator/case.html", context)
