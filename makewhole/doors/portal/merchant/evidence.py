"""A merchant's evidence: files taken in, shown and dropped."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_GET, require_POST

from makewhole.doors.portal.merchant.frame import frame, merchants_only, order_of
from makewhole.doors.portal.parts import evidence_pages


@require_POST
@merchants_only
def add(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Take files in as drafts."""
    return evidence_pages.add_drafts(request, order_of(request, order_id), "/merchant/")


@require_POST
@merchants_only
def drop(request: HttpRequest, exhibit_id: UUID) -> HttpResponse:
    """Drop a draft."""
    return evidence_pages.drop_draft(request, exhibit_id, "/merchant/")


@require_GET
@merchants_only
def show(request: HttpRequest, exhibit_id: UUID) -> HttpResponse:
    """One exhibit."""
    frame_ = frame(request)
    return evidence_pages.show_exhibit(request, exhibit_id, "merchant/exhibit.html", "/merchant/cases/", frame_)


@require_GET
@merchants_only
def serve(request: HttpRequest, exhibit_id: UUID, form: str) -> HttpResponseBase:
    """An exhibit's file."""
    return evidence_pages.serve_exhibit(request, exhibit_id, evidence_pages.variant_of(form))
