"""Exhibits and uploads as the API tells them."""

from typing import Any
from zoneinfo import ZoneInfo

from pydantic import Field

from makewhole.doors.api.shapes.plain import Answered, Time, time, time_or_none, words
from makewhole.rooms.evidence.models import Exhibit, Kind, Upload

KINDS = words(Kind.values)


class UploadState(Answered):
    """A file on its way in pieces. Go on from byte `received_bytes`."""

    id: str
    order_id: str
    kind: str = Field(json_schema_extra=KINDS)
    file_name: str
    size_bytes: int
    received_bytes: int
    expires_at: Time
    exhibit_id: str | None = Field(description="The exhibit it became; null while it is not finished.")


class Uploads(Answered):
    items: list[UploadState]


class ExhibitState(Answered):
    """One piece of evidence. `case_id` is null while it is a draft that only its uploader sees."""

    id: str
    order_id: str
    case_id: str | None
    side: str = Field(json_schema_extra={"enum": ["buyer", "merchant", "platform"]})
    kind: str = Field(json_schema_extra=KINDS)
    title: str
    note: str
    file_name: str
    media_type: str
    size_bytes: int
    sha256: str = Field(description="SHA-256 of the file as handed in, which is kept byte for byte.")
    width_pixels: int | None
    height_pixels: int | None
    taken_at: Time | None = Field(description="When the file says it was made. A hint, never proof alone.")
    uploaded_at: Time
    attached_at: Time | None
    position: int | None = Field(description="Its number within the case.")
    chain_hash: str = Field(description="Covers this exhibit and all before it in the case; empty for a draft.")
    scan: str = Field(json_schema_extra={"enum": ["clean", "not_scanned"]})
    has_thumbnail: bool
    has_web_view: bool


class Exhibits(Answered):
    items: list[ExhibitState]


def upload_state(upload: Upload) -> dict[str, Any]:
    zone = ZoneInfo(upload.zone)
    return {
        "id": str(upload.id),
        "order_id": str(upload.order_id),
        "kind": upload.kind,
        "file_name": upload.file_name,
        "size_bytes": upload.size_bytes,
        "received_bytes": upload.received_bytes,
        "expires_at": time(upload.expires_at, zone),
        "exhibit_id": str(upload.exhibit_id) if upload.exhibit_id else None,
    }


def exhibit_state(exhibit: Exhibit, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "id": str(exhibit.id),
        "order_id": str(exhibit.order_id),
        "case_id": str(exhibit.case_id) if exhibit.case_id else None,
        "side": exhibit.side,
        "kind": exhibit.kind,
        "title": exhibit.title,
        "note": exhibit.note,
        "file_name": exhibit.file_name,
        "media_type": exhibit.media_type,
        "size_bytes": exhibit.size_bytes,
        "sha256": exhibit.sha256,
        "width_pixels": exhibit.width_pixels,
        "height_pixels": exhibit.height_pixels,
        "taken_at": time_or_none(exhibit.taken_at, zone),
        "uploaded_at": time(exhibit.uploaded_at, zone),
        "attached_at": time_or_none(exhibit.attached_at, zone),
        "position": exhibit.position,
        "chain_hash": exhibit.chain_hash,
        "scan": exhibit.scan,
        "has_thumbnail": bool(exhibit.thumbnail_sha256),
        "has_web_view": bool(exhibit.web_view_sha256),
    }
