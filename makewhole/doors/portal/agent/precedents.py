"""How cases like this one ended: every case by outcome and reason, and for one case those nearest to it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from makewhole.core.case.model import Outcome
from makewhole.core.words import Reason
from makewhole.doors.portal.agent.frame import DESK, agents_only, case_href, frame, view_of
from makewhole.doors.portal.parts.acting import actor_of
from makewhole.doors.portal.parts.cards import say
from makewhole.doors.portal.parts.figures import money_text
from makewhole.doors.portal.parts.markets import book_of, zone_of
from makewhole.doors.portal.parts.tables import Column, Filter, Table, read_wish
from makewhole.doors.portal.parts.words import label_of, words_of
from makewhole.rooms import clock
from makewhole.rooms.cases import queries as cases
from makewhole.rooms.cases.queries import BadCursor, CaseRow
from makewhole.rooms.orders import queries as orders
from makewhole.rooms.orders.queries import OrderRecord

LOOKED_AT = 100
"""How many of the newest closed cases of each reason precedents are chosen from."""
SHOWN = 20


def columns() -> list[Column]:
    return [
        Column(key="title", label=_("Case"), kind="link", note_key="category"),
        Column(key="reason", label=_("Reason")),
        Column(key="outcome", label=_("Ended"), kind="chip", vocabulary="outcome"),
        Column(key="wanted_minor", label=_("Claimed"), kind="money"),
        Column(key="agreed_minor", label=_("Granted"), kind="money", note_key="share"),
        Column(key="closed_at", label=_("Closed"), kind="when"),
    ]


def row_of(row: CaseRow, category: str = "") -> dict[str, Any]:
    agreed_minor = row.agreed_minor or 0
    return {
        "href": case_href(row.id),
        "title": row.title,
        "category": category or row.order_number,
        "reason": words_of(row.reasons),
        "outcome": row.outcome,
        "wanted_minor": row.wanted_minor,
        "agreed_minor": agreed_minor,
        "share": f"{agreed_minor * 100 // row.wanted_minor}%" if row.wanted_minor else "",
        "currency": row.currency,
        "closed_at": row.closed_at,
    }


@require_GET
@agents_only
def show_cases(request: HttpRequest) -> HttpResponse:
    """Closed cases, newest first, narrowed by the address."""
    filters = [
        Filter(name="reason", label=_("Reason"), choices=[(reason.value, label_of(reason)) for reason in Reason]),
        Filter(name="outcome", label=_("Ended"), choices=[(one.value, label_of(one)) for one in Outcome]),
    ]
    wish = read_wish(request.GET, columns(), filters)
    wanted = cases.Filter(
        waiting=False,
        open=False,
        reason=Reason(wish.filters["reason"]) if "reason" in wish.filters else None,
        outcome=Outcome(wish.filters["outcome"]) if "outcome" in wish.filters else None,
        text=wish.text,
    )
    try:
        page = cases.inbox(actor_of(request), wanted, request.GET.get("cursor", ""))
    except BadCursor as error:
        raise BadRequest(str(error)) from None
    table = Table(
        caption=_("Closed cases"),
        columns=columns(),
        rows=[row_of(row) for row in page.rows],
        wish=wish,
        filters=filters,
        searchable=True,
        empty_title=_("No closed case fits"),
        empty_text=_("Widen the search."),
    )
    zone = zone_of(page.rows[0].market) if page.rows else None
    return render(
        request,
        "agent/cases.html",
        {**frame(request), "zone": zone, "table": table, "next_cursor": page.next_cursor},
    )


@require_GET
@agents_only
def show_precedents(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Closed cases of the same reason and category, the nearest category first, with what came of them."""
    now = clock.now()
    view = view_of(request, case_id, now)
    case, order = view.case, view.order.order
    mine = [order.line(line.line_id).category for line in case.lines]
    found: dict[UUID, CaseRow] = {}
    for reason in case.reasons:
        wanted = cases.Filter(waiting=False, open=False, reason=reason)
        found |= {row.id: row for row in cases.inbox(actor_of(request), wanted, limit=LOOKED_AT).rows}
    found.pop(case_id, None)
    records = orders.orders(list({row.order_id for row in found.values()}))
    near = sorted(
        ((closeness(mine, categories_of(records.get(row.order_id))), row) for row in found.values()),
        key=lambda each: (each[0], each[1].market == case.market, each[1].closed_at),
        reverse=True,
    )[:SHOWN]
    rows = [row for score, row in near if score]
    same = bool(rows)
    rows = rows or [row for _score, row in near]
    names = category_names(case.market)
    table = Table(
        caption=_("Cases like this one"),
        columns=columns(),
        rows=[row_of(row, category_text(records.get(row.order_id), names)) for row in rows],
        empty_title=_("No case of this kind has ended yet"),
        empty_text=_("Yours will be the first that others look at."),
    )
    context = {
        **frame(request, now),
        "zone": zone_of(case.market),
        "case": case,
        "table": table,
        "same_category": same,
        "summary": summary(rows),
        "trail": [(_("Desk"), DESK), (order.line(case.lines[0].line_id).title, case_href(case_id))],
        "here": _("Cases like this one"),
    }
    return render(request, "agent/precedents.html", context)


def categories_of(record: OrderRecord | None) -> list[str]:
    return [line.category for line in record.order.lines] if record else []


def closeness(mine: Iterable[str], theirs: Iterable[str]) -> int:
    """How many steps of the category tree the nearest two categories share, from the top."""
    return max((shared(one.split("/"), other.split("/")) for one in mine for other in theirs), default=0)


def shared(one: list[str], other: list[str]) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right or not left:
            break
        count += 1
    return count


def category_names(market: str) -> dict[str, str]:
    """What the market's rulebook calls its categories."""
    book = book_of(market)
    return {path: say(name) for path, name in book.categories.items()} if book else {}


def category_text(record: OrderRecord | None, names: dict[str, str]) -> str:
    """The category of the order's first line, in the nearest words there are for it."""
    path = next(iter(categories_of(record)), "")
    while path and path not in names:
        path = path.rpartition("/")[0]
    return names.get(path, "")


def summary(rows: list[CaseRow]) -> list[tuple[str, int, str]]:
    """How often each outcome came, and what was granted of what was claimed."""
    counted = []
    for outcome in Outcome:
        ended = [row for row in rows if row.outcome is outcome]
        if ended:
            granted = sum(row.agreed_minor or 0 for row in ended)
            same_currency = len({row.currency for row in ended}) == 1
            note = money_text(granted, ended[0].currency) if same_currency and granted else ""
            counted.append((label_of(outcome), len(ended), note))
    return counted
