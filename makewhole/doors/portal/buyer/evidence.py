"""A buyer's evidence: files taken in, shown and dropped."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_GET, require_POST

from makewhole.doors.portal.buyer.frame import buyers_only, frame, order_of
from makewhole.doors.portal.parts import evidence_pages


@require_POST
@buyers_only
def add(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Take files in as drafts."""
    return evidence_pages.add_drafts(request, order_of(request, order_id), "/buyer/")


@require_POST
@buyers_only
def drop(request: HttpRequest, exhibit_id: UUID) -> HttpResponse:
    """Drop a draft."""
    return evidence_pages.drop_draft(request, exhibit_id, "/buyer/")


@require_GET
@buyers_only
def show(request: HttpRequest, exhibit_id: UUID) -> HttpResponse:
    """One exhibit."""
    return evidence_pages.show_exhibit(request, exhibit_id, "buyer/exhibit.html", "/buyer/cases/", frame(request))


@require_GET
@buyers_only
def serve(request: HttpRequest, exhibit_id: UUID, form: str) -> HttpResponseBase:
    """An exhibit's file."""
    return evidence_pages.serve_exhibit(request, exhibit_id, evidence_pages.variant_of(form))
