"""Taking a file in: it is received, recognised, scanned, decoded, kept and recorded as a draft exhibit."""

import hashlib
import io
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import BinaryIO, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from makewhole.core.case.model import Actor
from makewhole.core.words import Party, Role, Text
from makewhole.rooms.evidence import ports, store
from makewhole.rooms.evidence.models import Exhibit, Kind
from makewhole.rooms.evidence.ports import EvidenceRefused, ScanResult, ScanState
from makewhole.rooms.evidence.service import media as media_types
from makewhole.rooms.evidence.service.media import Family, Media
from makewhole.rooms.evidence.service.names import clean_file_name
from makewhole.rooms.evidence.service.pictures import Picture, bands, read_picture
from makewhole.rooms.ids import new_id

PER_UPLOADER_MAX = 60
"""Exhibits one person may hand in for one order."""
TITLE_MAX = 200
NOTE_MAX = 2000

SIDES: dict[Role, Party] = {
    Role.BUYER: Party.BUYER,
    Role.MERCHANT: Party.MERCHANT,
    Role.AGENT: Party.PLATFORM,
    Role.OPERATOR: Party.PLATFORM,
    Role.SYSTEM: Party.PLATFORM,
}
"""For which side each role hands in evidence."""


class NewExhibit(NamedTuple):
    """What is handed in and for which order. `zone` is the market's time zone, for times a file gives without one."""

    order_id: UUID
    merchant_id: str
    buyer_id: str
    kind: str
    zone: str
    title: str = ""
    note: str = ""
    file_name: str = ""


class Spooled(NamedTuple):
    file: BinaryIO
    sha256: str
    size_bytes: int


class Examined(NamedTuple):
    media: Media
    scan: ScanResult
    picture: Picture | None
    taken_at: datetime | None


def add(new: NewExhibit, actor: Actor, chunks: Iterable[bytes], now: datetime) -> Exhibit:
    """Take in one file as the actor's draft for this order. The same content again returns the draft there is.

    Raises EvidenceRefused when something about it cannot be accepted (nothing is kept), ScannerUnavailable when the
    configured malware scanner does not answer.
    """
    check(new, actor)
    kind = Kind(new.kind)
    with _spooled(chunks, media_types.bytes_max(kind)) as spooled:
        existing = _draft(new, actor, spooled.sha256)
        if existing is not None:
            return existing
        examined = _examine(spooled.file, kind, ZoneInfo(new.zone))
        exhibit = _described(new, actor, spooled, examined, now)
        files = _files_of(exhibit, spooled, examined.picture)
        for sha256, file in files.items():
            ports.files().keep(file, sha256)
        try:
            with transaction.atomic():
                store.lock_contents(files)
                for sha256, file in files.items():
                    # The sweep may have removed an unreferenced file after it was kept above; now it must wait.
                    ports.files().keep(file, sha256)
                exhibit.save(force_insert=True)
        except IntegrityError:
            existing = _draft(new, actor, spooled.sha256)
            if existing is None:
                raise
            return existing
    return exhibit


def check(new: NewExhibit, actor: Actor) -> None:
    """Raises EvidenceRefused when the description or the actor does not fit, before any byte is taken."""
    if new.kind not in Kind.values:
        raise EvidenceRefused(
            "kind_unknown",
            Text(
                f"没有“{new.kind}”这种证据类型。可选：{'、'.join(Kind.values)}。",
                f"There is no kind of evidence {new.kind!r}. Choose one of {', '.join(Kind.values)}.",
            ),
            "kind",
        )
    for field, value, most in (("title", new.title, TITLE_MAX), ("note", new.note, NOTE_MAX)):
        if len(value) > most or "\x00" in value:
            raise EvidenceRefused(
                "text_too_long",
                Text(f"文字太长，最多 {most} 个字。请写短一些。", f"The text may have at most {most} characters."),
                field,
            )
    if actor.role is Role.BUYER and actor.stands_for != new.buyer_id:
        raise not_found()
    if actor.role is Role.MERCHANT and actor.stands_for != new.merchant_id:
        raise not_found()
    handed_in = Exhibit.objects.filter(
        order_id=new.order_id, uploaded_by_role=actor.role.value, uploaded_for=actor.stands_for
    ).count()
    if handed_in >= PER_UPLOADER_MAX:
        raise EvidenceRefused(
            "too_many",
            Text(
                f"这个订单最多提交 {PER_UPLOADER_MAX} 份证据。请先删除不需要的草稿。",
                f"At most {PER_UPLOADER_MAX} exhibits may be handed in for one order. Remove drafts you do not need.",
            ),
        )


def not_found() -> EvidenceRefused:
    """The one refusal for what is not there and for what the actor may not see."""
    return EvidenceRefused(
        "not_found",
        Text("找不到这份证据。请刷新页面后重试。", "There is no such exhibit for you. Reload the page and try again."),
        "exhibit_id",
    )


@contextmanager
def _spooled(chunks: Iterable[bytes], bytes_most: int) -> Iterator[Spooled]:
    """The whole file on local disk, with the digest of its content; gone when the block ends."""
    digest = hashlib.sha256()
    size_bytes = 0
    with tempfile.TemporaryFile(prefix="makewhole-evidence-") as file:
        for chunk in chunks:
            size_bytes += len(chunk)
            media_types.refuse_too_large(size_bytes, bytes_most)
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        yield Spooled(file, digest.hexdigest(), size_bytes)


def _examine(file: BinaryIO, kind: Kind, zone: ZoneInfo) -> Examined:
    media = media_types.recognise(file, kind)
    file.seek(0)
    scan = ports.scanner().scan(file)
    if scan.state is ScanState.INFECTED:
        raise EvidenceRefused(
            "infected",
            Text(
                f"文件中发现恶意程序（{scan.detail}），未予接收。请检查您的设备。",
                f"The file carries malware ({scan.detail}) and was not taken. Check the device it comes from.",
            ),
        )
    if media.drawable:
        picture = read_picture(file, media, zone)
        return Examined(media, scan, picture, picture.taken_at)
    made_at = media_types.video_made_at(file) if media.family is Family.VIDEO and media.extension != "webm" else None
    return Examined(media, scan, None, made_at)


def _described(new: NewExhibit, actor: Actor, spooled: Spooled, examined: Examined, now: datetime) -> Exhibit:
    picture = examined.picture
    hash_ = picture.perceptual_hash if picture else None
    return Exhibit(
        id=new_id(),
        order_id=new.order_id,
        merchant_id=new.merchant_id,
        buyer_id=new.buyer_id,
        side=SIDES[actor.role].value,
        kind=new.kind,
        title=new.title.strip(),
        note=new.note.strip(),
        file_name=clean_file_name(new.file_name, examined.media.extension),
        uploaded_by_role=actor.role.value,
        uploaded_by=actor.id,
        uploaded_for=actor.stands_for,
        sha256=spooled.sha256,
        size_bytes=spooled.size_bytes,
        media_type=examined.media.media_type,
        width_pixels=picture.width_pixels if picture else None,
        height_pixels=picture.height_pixels if picture else None,
        perceptual_hash=hash_,
        perceptual_bands=[] if hash_ is None else bands(hash_),
        taken_at=examined.taken_at,
        provenance=picture.provenance if picture else {},
        thumbnail_sha256=hashlib.sha256(picture.thumbnail).hexdigest() if picture else "",
        web_view_sha256=hashlib.sha256(picture.web_view).hexdigest() if picture else "",
        scan=examined.scan.state.value,
        scan_detail=examined.scan.detail[:200],
        uploaded_at=now,
    )


def _files_of(exhibit: Exhibit, spooled: Spooled, picture: Picture | None) -> dict[str, BinaryIO]:
    files = {exhibit.sha256: spooled.file}
    if picture is not None:
        files[exhibit.thumbnail_sha256] = io.BytesIO(picture.thumbnail)
        files[exhibit.web_view_sha256] = io.BytesIO(picture.web_view)
    return files


def _draft(new: NewExhibit, actor: Actor, sha256: str) -> Exhibit | None:
    return Exhibit.objects.filter(
        case_id__isnull=True,
        order_id=new.order_id,
        uploaded_by_role=actor.role.value,
        uploaded_for=actor.stands_for,
        sha256=sha256,
    ).first()
