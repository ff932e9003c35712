"""Messages to the shop: what happened, in words, each leading to its claim. The shop's staff share one inbox."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from makewhole.doors.portal.merchant.frame import case_href, frame, merchants_only
from makewhole.doors.portal.parts import notice_pages


@require_GET
@merchants_only
def list_notices(request: HttpRequest) -> HttpResponse:
    """The inbox, newest first."""
    return notice_pages.show_list(request, "merchant/notices.html", "/merchant/notices/", frame(request))


@require_GET
@merchants_only
def open_notice(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Mark it read and go to what it is about."""
    return notice_pages.open_one(request, notice_id, "/merchant/notices/", case_href)


@require_POST
@merchants_only
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all as read."""
    return notice_pages.read_all(request, "/merchant/notices/")
