"""My orders, and one order with its promises, its parcels and what can go wrong."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET

from makewhole.core.order.model import LineFlag, Order, ParcelEventKind
from makewhole.core.rulebook.model import ClaimLine
from makewhole.core.words import Reason
from makewhole.doors.portal.buyer import reasons
from makewhole.doors.portal.buyer.frame import buyers_only, case_href, frame, order_href, order_of
from makewhole.doors.portal.parts.acting import actor_of
from makewhole.doors.portal.parts.markets import book_of, zone_of
from makewhole.rooms import clock
from makewhole.rooms.cases import queries as cases
from makewhole.rooms.cases.queries import CaseRow, Filter
from makewhole.rooms.cases.service import Refused
from makewhole.rooms.orders import queries as orders
from makewhole.rooms.orders.queries import BadCursor, OrderRecord

OPEN_CASES_SHOWN = 100


class State(NamedTuple):
    """Where an order stands: the words, their tone as a chip, and since when."""

    text: str
    tone: str
    since: datetime | None


class Promise(NamedTuple):
    """One promise. `mark` is kept, broken, running or plain (nothing to keep time by)."""

    icon: str
    text: str
    at: datetime | None
    mark: str


class ParcelLine(NamedTuple):
    text: str
    at: datetime
    note: str


@require_GET
@buyers_only
def list_orders(request: HttpRequest) -> HttpResponse:
    """The buyer's orders, newest first, each with its open claim and clock."""
    reader = actor_of(request)
    try:
        page = orders.orders_of_buyer(reader.stands_for, request.GET.get("cursor", ""))
    except BadCursor as error:
        raise BadRequest(str(error)) from None
    open_cases = cases.inbox(reader, Filter(waiting=False, open=True), limit=OPEN_CASES_SHOWN).rows
    by_order: dict[UUID, CaseRow] = {row.order_id: row for row in reversed(open_cases)}
    rows = [
        {
            "order": record.order,
            "href": order_href(record.id),
            "state": state_of(record.order),
            "case": by_order.get(record.id),
            "case_href": case_href(by_order[record.id].id) if record.id in by_order else "",
            "zone": zone_of(record.order.market),
        }
        for record in page.records
    ]
    waiting = [row for row in open_cases if row.next_debtor == "buyer"]
    context = {
        **frame(request),
        "rows": rows,
        "next_cursor": page.next_cursor,
        "waiting": sorted(waiting, key=lambda row: row.next_due_at or clock.now())[:3],
        "zone": rows[0]["zone"] if rows else None,
    }
    return render(request, "buyer/orders.html", context)


@require_GET
@buyers_only
def show_order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """One order: promises, parcels, lines, its cases, and the question what went wrong."""
    record = order_of(request, order_id)
    order, reader, now = record.order, actor_of(request), clock.now()
    book = book_of(order.market)
    context = {
        **frame(request),
        "record": record,
        "order": order,
        "trail": [(_("My orders"), "/buyer/")],
        "here": order.id,
        "lines": [(line, record.allocation.share(line.id).goods_minor) for line in order.lines],
        "state": state_of(order),
        "promises": promises(order, now) + return_promise(request, record, now),
        "parcels": [(parcel, parcel_lines(parcel)) for parcel in order.parcels],
        "cases": [(row, case_href(row.id)) for row in cases.cases_of_order(record.id, reader)],
        "reasons": reasons.choices(order, book.reasons) if book else [],
        "flags": {line.id: flag_words(line.flags) for line in order.lines},
        "due_href": f"{order_href(record.id)}due/",
        "zone": zone_of(order.market),
        "now": now,
    }
    return render(request, "buyer/order.html", context)


def state_of(order: Order) -> State:
    """Where the order stands, in a word."""
    if order.cancelled_at is not None:
        return State(_("Cancelled"), "quiet", order.cancelled_at)
    if order.completed_at is not None:
        return State(_("Receipt confirmed"), "good", order.completed_at)
    if order.signed_at is not None:
        return State(pgettext("parcel", "Delivered"), "good", order.signed_at)
    for kind, text in ((ParcelEventKind.LOST, _("Parcel lost")), (ParcelEventKind.REFUSED, _("Refused at the door"))):
        at = first_event(order, kind)
        if at is not None:
            return State(text, "harm", at)
    sent_at = first_event(order, ParcelEventKind.DISPATCHED)
    if sent_at is not None:
        return State(pgettext("parcel", "On its way"), "active", sent_at)
    return State(_("Not sent yet"), "waiting", order.placed_at)


def first_event(order: Order, kind: ParcelEventKind) -> datetime | None:
    return min((at for parcel in order.parcels if (at := parcel.when(kind)) is not None), default=None)


def promises(order: Order, now: datetime) -> list[Promise]:
    """What the merchant undertook on this order, and whether it was kept."""
    given = order.promises
    found = []
    for icon, text, due_at, done_at in (
        ("box", _("Sent by"), given.dispatch_by, first_event(order, ParcelEventKind.DISPATCHED)),
        ("truck", _("Delivered by"), given.deliver_by, order.signed_at),
    ):
        if due_at is not None:
            late = (done_at or now) > due_at
            found.append(Promise(icon, text, due_at, "broken" if late else "kept" if done_at else "running"))
    if given.freight_insurance:
        found.append(Promise("shield", _("Return freight is insured"), None, "plain"))
    if given.warranty_days:
        days = ngettext("%(count)d day of warranty", "%(count)d days of warranty", given.warranty_days)
        found.append(Promise("shield", days % {"count": given.warranty_days}, None, "plain"))
    return found


def return_promise(request: HttpRequest, record: OrderRecord, now: datetime) -> list[Promise]:
    """Until when the order can be returned without a reason, by the rules themselves; nothing where it cannot."""
    lines = [ClaimLine(line.id, line.quantity) for line in record.order.lines]
    try:
        answer = cases.answer_for(record.id, (Reason.CHANGED_MIND,), lines, (), actor_of(request), now)
    except Refused:
        return []
    until = max((plan.claim_until.at for plan in answer.plans if plan.claim_until is not None), default=None)
    return [Promise("undo", _("Return without a reason until"), until, "running")] if until else []


def parcel_lines(parcel: Any) -> list[ParcelLine]:
    """What the carrier recorded, newest first."""
    words = {
        ParcelEventKind.DISPATCHED: _("Sent"),
        ParcelEventKind.IN_TRANSIT: pgettext("parcel", "On its way"),
        ParcelEventKind.SIGNED: pgettext("parcel", "Delivered"),
        ParcelEventKind.REFUSED: _("Refused at the door"),
        ParcelEventKind.LOST: _("Parcel lost"),
        ParcelEventKind.DAMAGED: _("Damaged on the way"),
        ParcelEventKind.INTERCEPTED: _("Called back"),
        ParcelEventKind.RETURNED: _("Returned to the merchant"),
    }
    return [ParcelLine(words[event.kind], event.at, event.note) for event in reversed(parcel.events)]


def flag_words(flags: frozenset[LineFlag]) -> list[str]:
    """What was declared for a line at purchase."""
    words = {
        LineFlag.NOT_RETURNABLE_CONFIRMED: _("confirmed as not returnable"),
        LineFlag.NEAR_EXPIRY_DECLARED: _("declared near expiry"),
        LineFlag.FLAW_DECLARED: _("declared with a flaw"),
        LineFlag.SECOND_HAND: _("second-hand"),
        LineFlag.CUSTOM_MADE: _("made to order"),
        LineFlag.GIFT: _("gift"),
    }
    return [words[flag] for flag in sorted(flags)]
