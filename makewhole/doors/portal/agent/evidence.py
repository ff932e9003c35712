"""Exhibits before the panel: one large, with where else it was handed in, and its files."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from makewhole.doors.portal.agent.frame import CASES, agents_only, case_href, frame
from makewhole.doors.portal.parts import evidence_pages
from makewhole.rooms.evidence import queries as evidence


@require_GET
@agents_only
def show(request: HttpRequest, exhibit_id: UUID) -> HttpResponse:
    """One exhibit, and the cases in which the same file or nearly the same photo was handed in."""
    found = evidence_pages.exhibit_of(request, exhibit_id)
    reuses = [
        {
            "href": case_href(reuse.exhibit.case_id),
            "side": reuse.exhibit.side,
            "at": reuse.exhibit.attached_at,
            "same_buyer": reuse.exhibit.buyer_id == found.buyer_id,
            "exact": reuse.bits_apart is None,
        }
        for reuse in evidence.used_elsewhere(found)
    ]
    more = {
        **frame(request),
        "reuses": reuses,
        "trail": [(_("Desk"), "/agent/"), (_("Case"), case_href(found.case_id))],
    }
    return evidence_pages.show_exhibit(request, exhibit_id, "agent/exhibit.html", CASES, more)


@require_GET
@agents_only
def serve(request: HttpRequest, exhibit_id: UUID, form: str) -> HttpResponseBase:
    """An exhibit's file."""
    return evidence_pages.serve_exhibit(request, exhibit_id, evidence_pages.variant_of(form))
