"""Evidence: files arrive in pieces over bad connections, become drafts, and are handed in with an action."""

from typing import Annotated, Any
from uuid import UUID

from django.http import StreamingHttpResponse
from ninja import Router
from pydantic import Field

from makewhole.core.words import Text
from makewhole.doors.api.frame.callers import PEOPLE, Standing
from makewhole.doors.api.frame.calls import Call, Reply
from makewhole.doors.api.frame.faults import Id, Shape
from makewhole.doors.api.frame.problems import Fault, Problem
from makewhole.doors.api.frame.queries import Query
from makewhole.doors.api.frame.routes import reads, settles, writes
from makewhole.doors.api.markets import zone_of
from makewhole.doors.api.ownership import order_of
from makewhole.doors.api.shapes.examples import example
from makewhole.doors.api.shapes.exhibits import (
    Exhibits,
    ExhibitState,
    Uploads,
    UploadState,
    exhibit_state,
    upload_state,
)
from makewhole.doors.api.shapes.plain import Answered
from makewhole.rooms.cases import queries as cases
from makewhole.rooms.evidence import queries, service
from makewhole.rooms.evidence.models import Exhibit, Kind
from makewhole.rooms.evidence.service import PART_BYTES_MAX, NewExhibit
from makewhole.rooms.orders import queries as orders

router = Router(tags=["exhibits"])
BYTES = "application/octet-stream"
SIDES = frozenset({Standing.BUYER, Standing.MERCHANT, Standing.AGENT})


class NewUpload(Shape):
    """A file to come. The kind decides what is accepted; what the file is, is read from its bytes."""

    order_id: Id
    kind: Annotated[Kind, Field(strict=False)]
    file_name: Annotated[str, Field(min_length=1, max_length=200)]
    size_bytes: Annotated[int, Field(ge=1, le=10**12)]
    title: Annotated[str, Field(max_length=200)] = ""
    note: Annotated[str, Field(max_length=2000)] = ""


class OfOrder(Query):
    order_id: UUID


class OfOrderOrCase(Query):
    """Either the caller's drafts for an order, or what was handed in on a case."""

    order_id: UUID | None = Field(default=None, description="Your drafts for this order.")
    case_id: UUID | None = Field(default=None, description="What both sides handed in on this case.")


class Wanted(Query):
    variant: queries.Variant = Field(
        default=queries.Variant.ORIGINAL,
        description="`original` is the file byte for byte; the others are drawn anew, without metadata.",
    )


@writes(
    router,
    "/uploads",
    answers=UploadState,
    example=example("upload"),
    body=NewUpload,
    body_example=example("new_upload"),
    who=SIDES,
    status=201,
)
def start_upload(call: Call) -> Reply:
    """Announce a file.

    Then PUT its pieces and finish. An upload waits 48 hours for its next piece.
    """
    wanted: NewUpload = call.body
    record = order_of(call, wanted.order_id)
    new = NewExhibit(
        order_id=record.id,
        merchant_id=record.order.merchant_id,
        buyer_id=record.order.buyer_id,
        kind=wanted.kind.value,
        zone=zone_of(record.order.market).key,
        title=wanted.title,
        note=wanted.note,
        file_name=wanted.file_name,
    )
    return Reply(upload_state(service.start(new, wanted.size_bytes, call.actor, call.now)), 201)


@reads(router, "/uploads", answers=Uploads, example={"items": [example("upload")]}, query=OfOrder, who=SIDES)
def list_uploads(call: Call) -> Reply:
    """List your unfinished uploads for an order, to go on with them."""
    return Reply({"items": [upload_state(upload) for upload in queries.uploads(call.query.order_id, call.actor)]})


class Received(Answered):
    received_bytes: int


@settles(
    router,
    "PUT",
    "/uploads/{uuid:upload_id}/parts/{int:offset}",
    answers=Received,
    example={"received_bytes": 8388608},
    body=BYTES,
    body_example="(bytes)",
    bytes_max=PART_BYTES_MAX,
    who=SIDES,
)
def put_part(call: Call, upload_id: UUID, offset: int) -> Reply:
    """Send the piece of the file that begins at byte `offset`, up to 8 MiB.

    The same piece again is taken once. When a piece in between is missing, the 409 says in `received_bytes` where to
    go on.
    """
    if offset > 10**12:
        raise Problem("not-found")
    return Reply({"received_bytes": service.append(upload_id, call.actor, offset, call.body, call.now)})


@settles(
    router, "POST", "/uploads/{uuid:upload_id}/finish", answers=ExhibitState, example=example("exhibit"), who=SIDES
)
def finish_upload(call: Call, upload_id: UUID) -> Reply:
    """Turn a complete upload into your draft exhibit.

    The file is recognised, scanned and filed. Doing it again gives the same exhibit.
    """
    return Reply(_told(service.finish(upload_id, call.actor, call.now))[0])


@settles(router, "DELETE", "/uploads/{uuid:upload_id}", answers=None, example=None, who=SIDES, status=204)
def cancel_upload(call: Call, upload_id: UUID) -> Reply:
    """Give up an upload; its pieces are removed."""
    service.cancel(upload_id, call.actor, call.now)
    return Reply(b"", 204)


@reads(router, "/exhibits", answers=Exhibits, example={"items": [example("exhibit")]}, query=OfOrderOrCase, who=PEOPLE)
def list_exhibits(call: Call) -> Reply:
    """List your drafts for an order, or all that was handed in on a case."""
    wanted: OfOrderOrCase = call.query
    if wanted.case_id is not None and wanted.order_id is None:
        cases.read_case(wanted.case_id, call.actor, call.now)
        found = [exhibit for side in queries.sides(wanted.case_id).values() for exhibit in side]
        found.sort(key=lambda exhibit: exhibit.position or 0)
    elif wanted.order_id is not None and wanted.case_id is None:
        found = list(queries.drafts(wanted.order_id, call.actor))
    else:
        what = Text("须给出其一", "must be given, or the other one")
        to_do = Text("给出 order_id 或 case_id 之一", "give one of order_id and case_id")
        raise Problem("bad-request", faults=[Fault("case_id", what, to_do), Fault("order_id", what, to_do)])
    return Reply({"items": _told(*found)})


@reads(router, "/exhibits/{uuid:exhibit_id}", answers=ExhibitState, example=example("exhibit"), who=PEOPLE)
def read_exhibit(call: Call, exhibit_id: UUID) -> Reply:
    """Read what is recorded of an exhibit."""
    return Reply(_told(_visible(call, exhibit_id))[0])


@reads(
    router,
    "/exhibits/{uuid:exhibit_id}/file",
    answers=BYTES,
    example="(bytes)",
    query=Wanted,
    who=PEOPLE,
    refusals=(416,),
)
def download_exhibit(call: Call, exhibit_id: UUID) -> StreamingHttpResponse:
    """Download an exhibit's file, whole or the `Range` you ask for.

    The content type is that of the file. Nothing in it may run: it is served with a policy that forbids everything.
    """
    exhibit = _visible(call, exhibit_id)
    served = queries.serve(exhibit, call.query.variant, call.request.headers.get("Range", ""))
    if served is None:
        raise Problem("not-found", Text("没有这种形式。", "There is no such form of it."))
    if served.status == 416:
        raise Problem("range-not-satisfiable", headers={"Content-Range": served.headers["Content-Range"]})
    return StreamingHttpResponse(served.chunks, status=served.status, headers=served.headers)


@settles(router, "DELETE", "/exhibits/{uuid:exhibit_id}", answers=None, example=None, who=SIDES, status=204)
def discard_exhibit(call: Call, exhibit_id: UUID) -> Reply:
    """Drop one of your drafts. What was handed in on a case stays for good."""
    service.discard(exhibit_id, call.actor)
    return Reply(b"", 204)


def _visible(call: Call, exhibit_id: UUID) -> Exhibit:
    exhibit = queries.exhibit(exhibit_id, call.actor)
    if exhibit is None:
        raise Problem("not-found", Text("没有这份证据。", "There is no such exhibit."))
    return exhibit


def _told(*exhibits: Exhibit) -> list[dict[str, Any]]:
    """The exhibits as the API tells them, in the time of their order's market."""
    records = orders.orders([exhibit.order_id for exhibit in exhibits])
    return [exhibit_state(exhibit, zone_of(records[exhibit.order_id].order.market)) for exhibit in exhibits]
