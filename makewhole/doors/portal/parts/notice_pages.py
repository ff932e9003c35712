"""The inbox of either side: notices in the reader's language, and the way to what each is about."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from makewhole.doors.portal.parts.acting import actor_of, see_other
from makewhole.doors.portal.parts.markets import home_zone, zone_of
from makewhole.doors.portal.parts.times import language
from makewhole.rooms import clock
from makewhole.rooms.cases import queries as cases
from makewhole.rooms.notices import queries, service


def show_list(request: HttpRequest, template: str, base: str, frame: Mapping[str, Any]) -> HttpResponse:
    """A page of notices, newest first."""
    try:
        page = queries.inbox(actor_of(request), request.GET.get("cursor", ""))
    except queries.BadCursor as error:
        raise BadRequest(str(error)) from None
    tongue = language()
    markets = cases.markets_of([notice.case_id for notice in page.rows if notice.case_id])
    rows = [
        {
            "subject": notice.subject(tongue),
            "body": notice.body(tongue),
            "at": notice.created_at,
            "zone": zone_of(markets[notice.case_id]) if notice.case_id in markets else home_zone(),
            "unread": notice.read_at is None,
            "href": f"{base}{notice.id}/",
        }
        for notice in page.rows
    ]
    return render(request, template, {**frame, "rows": rows, "next_cursor": page.next_cursor, "notices_base": base})


def open_one(request: HttpRequest, notice_id: UUID, base: str, case_href: Callable[[object], str]) -> HttpResponse:
    """Mark a notice read and lead to its case. One that is not the reader's leads back to the inbox."""
    reader = actor_of(request)
    found = queries.notice(notice_id, reader)
    if found is None:
        return see_other(base)
    service.mark_read(reader, [notice_id], clock.now())
    return see_other(case_href(found.case_id) if found.case_id else base)


def read_all(request: HttpRequest, base: str) -> HttpResponse:
    service.mark_read(actor_of(request), None, clock.now())
    return see_other(base)
