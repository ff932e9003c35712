"""What the house told its operators."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from makewhole.doors.portal.operator.frame import case_href, frame, operators_only
from makewhole.doors.portal.operator.tabs import house_tabs
from makewhole.doors.portal.parts import notice_pages

NOTICES = "/operator/notices/"


@require_GET
@operators_only
def list_notices(request: HttpRequest) -> HttpResponse:
    """Newest first."""
    return notice_pages.show_list(request, "operator/notices.html", NOTICES, {**frame(request), "tabs": house_tabs()})


@require_GET
@operators_only
def open_notice(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Mark it read and go to its case."""
    return notice_pages.open_one(request, notice_id, NOTICES, case_href)


@require_POST
@operators_only
def read_all(request: HttpRequest) -> HttpResponse:
    return notice_pages.read_all(request, NOTICES)
