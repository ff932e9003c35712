"""Messages: what happened, in words, each leading to its claim."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from makewhole.doors.portal.buyer.frame import buyers_only, case_href, frame
from makewhole.doors.portal.parts import notice_pages


@require_GET
@buyers_only
def list_notices(request: HttpRequest) -> HttpResponse:
    """The inbox, newest first."""
    return notice_pages.show_list(request, "buyer/notices.html", "/buyer/notices/", frame(request))


@require_GET
@buyers_only
def open_notice(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Mark it read and go to what it is about."""
    return notice_pages.open_one(request, notice_id, "/buyer/notices/", case_href)


@require_POST
@buyers_only
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all as read."""
    return notice_pages.read_all(request, "/buyer/notices/")
