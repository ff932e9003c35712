"""Evidence on pages: files taken in as drafts of the reader's side, shown, served safely, dropped again.

With script a file travels in pieces over `/v1/uploads` and goes on where it stopped; without it, as one form.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from makewhole.doors.portal.parts.acting import actor_of, see_other
from makewhole.doors.portal.parts.cards import say
from makewhole.doors.portal.parts.fields import Field
from makewhole.doors.portal.parts.markets import zone_of
from makewhole.rooms import clock
from makewhole.rooms.evidence import queries, service
from makewhole.rooms.evidence.models import Exhibit, Kind
from makewhole.rooms.evidence.queries import Variant
from makewhole.rooms.orders import queries as orders
from makewhole.rooms.orders.queries import OrderRecord

BY_TYPE = "by_type"
ACCEPT = "image/*,video/*,application/pdf"


def kinds_offered() -> list[tuple[str, str]]:
    """What a file may be said to be; else its type tells."""
    return [
        (BY_TYPE, _("Photo, video or document")),
        (Kind.CHAT.value, _("Conversation")),
        (Kind.PARCEL_WEIGHT.value, _("Weight of the parcel")),
        (Kind.CARRIER_EVENT.value, _("Carrier's record")),
        (Kind.TEST_REPORT.value, _("Test report")),
        (Kind.ORDER_SNAPSHOT.value, _("Snapshot of the order")),
    ]


def upload_context(record: OrderRecord, drafts: Sequence[Exhibit], base: str, back_href: str) -> dict[str, Any]:
    """Context of `parts/upload.html`: where files go, what is there already, and where to come back to."""
    return {
        "upload_href": f"{base}add/{record.id}/",
        "evidence_base": base,
        "upload_order_id": record.id,
        "drafts": drafts,
        "back_href": back_href,
        "file_field": Field(
            name="files", label=_("Photos, videos or PDF"), kind="file", accept=ACCEPT, multiple=True, required=True,
            help=_("The original is kept unchanged. Places stored in photos are never shown."),
        ),
        "kind_field": Field(
            name="kind", label=_("What is it?"), kind="choice", required=True, choices=kinds_offered(), id="upload-kind"
        ),
        "title_field": Field(name="title", label=_("What does it show?"), length_max=200, id="upload-title"),
    }  # fmt: skip


def kind_of(said: str, media_type: str) -> str:
    """What an upload is: as was said, else by its type."""
    if said and said != BY_TYPE:
        return said
    family = media_type.split("/")[0]
    return {"image": Kind.PHOTO.value, "video": Kind.VIDEO.value}.get(family, Kind.DOCUMENT.value)


def back_of(request: HttpRequest, otherwise: str) -> str:
    """The page of this site that the form stood on."""
    wanted = request.POST.get("next", "")
    known = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if known else otherwise


def add_drafts(request: HttpRequest, record: OrderRecord, otherwise: str) -> HttpResponse:
    """Take the files of a form in as drafts; each that cannot be accepted is named with the reason."""
    back_href = back_of(request, otherwise)
    taken = 0
    files = [file for file in request.FILES.getlist("files") if isinstance(file, UploadedFile)]
    if not files:
        messages.error(request, _("No file was chosen."))
    for file in files:
        try:
            service.add(new_exhibit(request, record, file), actor_of(request), file.chunks(), clock.now())
            taken += 1
        except service.EvidenceRefused as refused:
            messages.error(request, f"{file.name}: {say(refused.text)}")
        except service.ScannerUnavailable:
            messages.error(request, _("Files cannot be checked for malware at the moment. Try again in a while."))
            break
    if taken:
        counted = ngettext("%(count)d file is ready.", "%(count)d files are ready.", taken) % {"count": taken}
        messages.info(request, counted)
    return see_other(back_href)


def new_exhibit(request: HttpRequest, record: OrderRecord, file: UploadedFile) -> service.NewExhibit:
    return service.NewExhibit(
        order_id=record.id,
        merchant_id=record.order.merchant_id,
        buyer_id=record.order.buyer_id,
        kind=kind_of(request.POST.get("kind", ""), file.content_type or ""),
        zone=zone_of(record.order.market).key,
        title=request.POST.get("title", "")[:200].strip(),
        file_name=file.name or "",
    )


def drop_draft(request: HttpRequest, exhibit_id: UUID, otherwise: str) -> HttpResponse:
    """Remove one of the reader's own drafts; what was handed in stays."""
    try:
        service.discard(exhibit_id, actor_of(request))
    except service.EvidenceRefused as refused:
        messages.error(request, say(refused.text))
    return see_other(back_of(request, otherwise))


def exhibit_of(request: HttpRequest, exhibit_id: UUID) -> Exhibit:
    """The exhibit, when the reader may see it. Raises Http404 otherwise."""
    found = queries.exhibit(exhibit_id, actor_of(request))
    if found is None:
        raise Http404(_("There is no such exhibit."))
    return found


VARIANTS = {"thumbnail": Variant.THUMBNAIL, "view": Variant.WEB_VIEW, "original": Variant.ORIGINAL}


def variant_of(form: str) -> Variant:
    """The form of a file that an address names. Raises Http404 for none of ours."""
    if form not in VARIANTS:
        raise Http404(_("There is no such form of this exhibit."))
    return VARIANTS[form]


def show_exhibit(
    request: HttpRequest, exhibit_id: UUID, template: str, case_base: str, frame: Mapping[str, Any]
) -> HttpResponse:
    """One exhibit large, with what is recorded of it."""
    found = exhibit_of(request, exhibit_id)
    record = orders.order(found.order_id)
    zone = zone_of(record.order.market) if record else None
    trail = [(_("Claim"), f"{case_base}{found.case_id}/")] if found.case_id else []
    context = {
        **frame,
        "exhibit": found,
        "is_video": found.media_type in queries.INLINE_TYPES,
        "zone": zone,
        "trail": trail,
        "here": str(found),
    }
    return render(request, template, context)


def serve_exhibit(request: HttpRequest, exhibit_id: UUID, variant: Variant) -> HttpResponseBase:
    """A form of the exhibit's file, with headers that let nothing in it run."""
    served = queries.serve(exhibit_of(request, exhibit_id), variant, request.headers.get("Range", ""))
    if served is None:
        raise Http404(_("There is no such form of this exhibit."))
    return StreamingHttpResponse(served.chunks, status=served.status, headers=served.headers)
