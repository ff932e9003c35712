"""Files that arrive in pieces over a bad connection: start, append from where it stopped, finish."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from makewhole.core.case.model import Actor
from makewhole.core.words import Text
from makewhole.rooms.evidence import ports
from makewhole.rooms.evidence.models import Exhibit, Kind, Upload
from makewhole.rooms.evidence.ports import EvidenceRefused
from makewhole.rooms.evidence.service import media
from makewhole.rooms.evidence.service.intake import SIDES, NewExhibit, add, check, not_found
from makewhole.rooms.ids import new_id

PART_BYTES_MAX = 8 * media.MEBIBYTE
PARTS_MAX = 2000
OPEN_UPLOADS_MAX = 10
UPLOAD_KEPT = timedelta(hours=48)
"""How long an upload waits for its next piece."""


class WrongOffset(EvidenceRefused):
    """The piece does not begin where the last one ended; go on from `received_bytes`."""

    def __init__(self, received_bytes: int) -> None:
        super().__init__(
            "wrong_offset",
            Text(f"请从第 {received_bytes} 字节继续上传。", f"Continue the upload from byte {received_bytes}."),
            "offset",
        )
        self.received_bytes = received_bytes


def start(new: NewExhibit, size_bytes: int, actor: Actor, now: datetime) -> Upload:
    """Announce a file of `size_bytes`. Raises EvidenceRefused when it can never be accepted."""
    check(new, actor)
    if size_bytes < 1:
        raise EvidenceRefused("empty", Text("文件是空的。请重新选择文件。", "The file is empty. Choose it again."))
    media.refuse_too_large(size_bytes, media.bytes_max(Kind(new.kind)))
    waiting = Upload.objects.filter(
        order_id=new.order_id, uploaded_by_role=actor.role.value, uploaded_for=actor.stands_for,
        exhibit_id__isnull=True, expires_at__gt=now,
    )  # fmt: skip
    if waiting.count() >= OPEN_UPLOADS_MAX:
        raise EvidenceRefused(
            "too_many_uploads",
            Text(
                f"同时上传的文件太多，最多 {OPEN_UPLOADS_MAX} 个。请等待或取消其中一些。",
                f"At most {OPEN_UPLOADS_MAX} files may be on their way at once. Wait for some or cancel them.",
            ),
        )
    return Upload.objects.create(
        id=new_id(),
        order_id=new.order_id,
        merchant_id=new.merchant_id,
        buyer_id=new.buyer_id,
        side=SIDES[actor.role].value,
        kind=new.kind,
        title=new.title,
        note=new.note,
        file_name=new.file_name[:200],
        zone=new.zone,
        uploaded_by_role=actor.role.value,
        uploaded_by=actor.id,
        uploaded_for=actor.stands_for,
        size_bytes=size_bytes,
        started_at=now,
        expires_at=now + UPLOAD_KEPT,
    )


def append(upload_id: UUID, actor: Actor, offset: int, data: bytes, now: datetime) -> int:
    """Keep the next piece, which begins at byte `offset`; returns how many bytes have arrived in all.

    A piece sent twice is taken once. Raises WrongOffset when a piece is missing in between, EvidenceRefused when the
    piece does not fit.
    """
    with transaction.atomic():
        upload = _own(upload_id, actor, now)
        if offset < upload.received_bytes and offset in upload.part_offsets:
            return upload.received_bytes
        if offset != upload.received_bytes:
            raise WrongOffset(upload.received_bytes)
        room = min(PART_BYTES_MAX, upload.size_bytes - upload.received_bytes)
        if not 1 <= len(data) <= room or len(upload.part_offsets) >= PARTS_MAX:
            raise EvidenceRefused(
                "piece_size",
                Text(f"这一段应为 1 到 {room} 字节。", f"The next piece must have from 1 to {room} bytes."),
                "data",
            )
        ports.files().keep_part(upload.id, offset, data)
        upload.part_offsets.append(offset)
        upload.received_bytes += len(data)
        upload.expires_at = now + UPLOAD_KEPT
        upload.save(update_fields=["part_offsets", "received_bytes", "expires_at"])
        return upload.received_bytes


def finish(upload_id: UUID, actor: Actor, now: datetime) -> Exhibit:
    """Turn a complete upload into the actor's draft exhibit; doing it again returns the same one.

    Raises WrongOffset while bytes are missing, and EvidenceRefused when the file cannot be accepted: the upload is
    then gone, pieces and all.
    """
    refusal: EvidenceRefused | None = None
    with transaction.atomic():
        upload = _own(upload_id, actor, now)
        if upload.exhibit_id is not None:
            finished = Exhibit.objects.filter(id=upload.exhibit_id).first()
            if finished is None:
                raise not_found()
            return finished
        if upload.received_bytes != upload.size_bytes:
            raise WrongOffset(upload.received_bytes)
        new = NewExhibit(
            order_id=upload.order_id, merchant_id=upload.merchant_id, buyer_id=upload.buyer_id, kind=upload.kind,
            zone=upload.zone, title=upload.title, note=upload.note, file_name=upload.file_name,
        )  # fmt: skip
        try:
            exhibit = add(new, actor, ports.files().read_parts(upload.id, upload.part_offsets), now)
        except EvidenceRefused as refused:
            refusal = refused
            upload.delete()
        else:
            upload.exhibit_id = exhibit.id
            upload.save(update_fields=["exhibit_id"])
        transaction.on_commit(lambda: ports.files().remove_parts(upload_id))
    if refusal is not None:
        raise refusal
    return exhibit


def cancel(upload_id: UUID, actor: Actor, now: datetime) -> None:
    """Give up an upload; its pieces are removed. Raises EvidenceRefused when it is not the actor's."""
    with transaction.atomic():
        upload = _own(upload_id, actor, now)
        ports.files().remove_parts(upload.id)
        upload.delete()


def _own(upload_id: UUID, actor: Actor, now: datetime) -> Upload:
    upload = Upload.objects.select_for_update().filter(id=upload_id).first()
    if upload is None or (upload.uploaded_by_role, upload.uploaded_for) != (actor.role.value, actor.stands_for):
        raise not_found()
    if upload.expires_at <= now:
        raise EvidenceRefused(
            "upload_expired",
            Text("这次上传已过期，请重新上传文件。", "This upload has expired. Start it again."),
            "upload_id",
        )
    return upload
