"""Reads of the evidence room: exhibits by side, who may see them, files to serve, pictures used before, checks."""

import hashlib
import re
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import quote
from uuid import UUID

from makewhole.core.case.model import Actor
from makewhole.core.words import Party, Role
from makewhole.rooms.checks import Check, CheckResult
from makewhole.rooms.evidence import ports, store
from makewhole.rooms.evidence.models import Exhibit, Upload, chain_hash

BITS_APART_MAX = 6
"""Two photos are held to be the same picture when their hashes differ in at most so many of 64 bits."""
FILES_CHECKED = 200
INLINE_TYPES = frozenset({"video/mp4", "video/quicktime", "video/webm"})
"""Originals a page may play. Every other original is only ever downloaded."""


class Variant(StrEnum):
    """Which form of an exhibit is served."""

    ORIGINAL = "original"
    WEB_VIEW = "web_view"
    THUMBNAIL = "thumbnail"


class Served(NamedTuple):
    """A file to stream: HTTP status (200, 206 or 416), headers, content in pieces."""

    status: int
    headers: dict[str, str]
    chunks: Iterator[bytes]


class Reuse(NamedTuple):
    """The same file (`bits_apart` None) or nearly the same picture, handed in on another case."""

    exhibit: Exhibit
    bits_apart: int | None


def sides(case_id: UUID) -> dict[Party, tuple[Exhibit, ...]]:
    """The exhibits of a case by side, each in the order handed in; every side is a key."""
    exhibits = list(Exhibit.objects.filter(case_id=case_id).order_by("position"))
    return {
        party: tuple(one for one in exhibits if one.side == party.value)
        for party in (Party.BUYER, Party.MERCHANT, Party.PLATFORM)
    }


def drafts(order_id: UUID, actor: Actor) -> tuple[Exhibit, ...]:
    """What the actor has uploaded for an order and not handed in yet, oldest first."""
    return tuple(
        Exhibit.objects.filter(
            case_id__isnull=True, order_id=order_id, uploaded_by_role=actor.role.value, uploaded_for=actor.stands_for
        ).order_by("uploaded_at", "id")
    )


def uploads(order_id: UUID, actor: Actor) -> tuple[Upload, ...]:
    """The actor's unfinished uploads for an order, so that a page can go on with them."""
    return tuple(
        Upload.objects.filter(
            order_id=order_id, uploaded_by_role=actor.role.value, uploaded_for=actor.stands_for, exhibit_id__isnull=True
        ).order_by("started_at")
    )


def may_read(actor: Actor, exhibit: Exhibit) -> bool:
    """I10: a draft is for who acts for its uploader; an exhibit of a case for its buyer, its merchant and the panel.

    The panel are the platform's agents. Which agent sees which case is decided where the case is read.
    """
    if exhibit.case_id is None:
        return (exhibit.uploaded_by_role, exhibit.uploaded_for) == (actor.role.value, actor.stands_for)
    if actor.role is Role.BUYER:
        return actor.stands_for == exhibit.buyer_id
    if actor.role is Role.MERCHANT:
        return actor.stands_for == exhibit.merchant_id
    return actor.role in {Role.AGENT, Role.SYSTEM}


def exhibit(exhibit_id: UUID, actor: Actor) -> Exhibit | None:
    """The exhibit, or None when there is none or the actor may not see it: the two look the same from outside."""
    found = Exhibit.objects.filter(id=exhibit_id).first()
    return found if found is not None and may_read(actor, found) else None


def serve(exhibit: Exhibit, variant: Variant, byte_range: str = "") -> Served | None:
    """The file of an exhibit the reader may see, with headers that keep a browser from running anything in it.

    `byte_range` is the request's Range header; one range is answered with 206. None when the exhibit has no such form
    (a video has no thumbnail).
    """
    sha256 = _sha256(exhibit, variant)
    size_bytes = ports.files().size(sha256) if sha256 else None
    if size_bytes is None:
        return None
    is_original = variant is Variant.ORIGINAL
    media_type = exhibit.media_type if is_original else "image/jpeg"
    inline = not is_original or media_type in INLINE_TYPES
    headers = {
        "Content-Type": media_type,
        "Content-Disposition": _disposition(exhibit.file_name, inline),
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; style-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, max-age=3600, immutable",
        "ETag": f'"{sha256}"',
        "Accept-Ranges": "bytes",
    }
    if not byte_range:
        headers["Content-Length"] = str(size_bytes)
        return Served(200, headers, ports.files().read(sha256))
    wanted = _range(byte_range, size_bytes)
    if wanted is None:
        return Served(416, {**headers, "Content-Range": f"bytes */{size_bytes}", "Content-Length": "0"}, iter(()))
    start, length = wanted
    headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{size_bytes}"
    headers["Content-Length"] = str(length)
    return Served(206, headers, ports.files().read(sha256, start, length))


def used_elsewhere(exhibit: Exhibit, limit: int = 20) -> tuple[Reuse, ...]:
    """Other cases in which the same file, or nearly the same photo, was handed in; for the panel only."""
    if exhibit.case_id is None:
        return ()
    found = store.resembling(
        case_id=exhibit.case_id,
        sha256=exhibit.sha256,
        perceptual_hash=exhibit.perceptual_hash,
        bands=list(exhibit.perceptual_bands),
        bits_apart_max=BITS_APART_MAX,
        limit=limit,
    )
    by_id = Exhibit.objects.in_bulk([one.exhibit_id for one in found])
    return tuple(Reuse(by_id[one.exhibit_id], one.bits_apart) for one in found)


def checks() -> list[Check]:
    """What `makewhole verify` asks of this room."""
    return [
        Check("I6", "exhibits of each case form one unbroken chain", _check_chains),
        Check("I6", "kept files have the content they were filed with (the newest ones)", _check_files),
        Check("I10", "every exhibit was handed in by the side it stands for", _check_sides),
    ]


def _check_chains() -> CheckResult:
    checked = wrong = 0
    first = ""
    case_id: UUID | None = None
    position, previous = 0, ""
    for one in Exhibit.objects.filter(case_id__isnull=False).order_by("case_id", "position").iterator(chunk_size=2000):
        if one.case_id != case_id:
            case_id, position, previous = one.case_id, 0, ""
        position += 1
        checked += 1
        if (one.position, one.previous_hash, one.chain_hash) != (position, previous, chain_hash(one)):
            wrong += 1
            first = first or f"exhibit {one.id}, number {one.position} of case {one.case_id}"
        position, previous = one.position or position, one.chain_hash
    return CheckResult(checked, wrong, first)


def _check_files() -> CheckResult:
    checked = wrong = 0
    first = ""
    for one in Exhibit.objects.order_by("-uploaded_at")[:FILES_CHECKED].iterator():
        for sha256 in filter(None, (one.sha256, one.thumbnail_sha256, one.web_view_sha256)):
            checked += 1
            if not _has_its_content(sha256):
                wrong += 1
                first = first or f"exhibit {one.id}, file {sha256}"
    return CheckResult(checked, wrong, first)


def _check_sides() -> CheckResult:
    of_the_parties = Exhibit.objects.exclude(side=Party.PLATFORM.value)
    wrong = [
        one
        for one in of_the_parties.only("id", "side", "uploaded_by_role", "uploaded_for", "buyer_id", "merchant_id")
        if one.uploaded_by_role != one.side
        or one.uploaded_for != (one.buyer_id if one.side == Party.BUYER.value else one.merchant_id)
    ]
    return CheckResult(of_the_parties.count(), len(wrong), f"exhibit {wrong[0].id}" if wrong else "")


def _has_its_content(sha256: str) -> bool:
    digest = hashlib.sha256()
    try:
        for chunk in ports.files().read(sha256):
            digest.update(chunk)
    except FileNotFoundError:
        return False
    return digest.hexdigest() == sha256


def _sha256(exhibit: Exhibit, variant: Variant) -> str:
    if variant is Variant.ORIGINAL:
        return exhibit.sha256
    return exhibit.thumbnail_sha256 if variant is Variant.THUMBNAIL else exhibit.web_view_sha256


def _disposition(file_name: str, inline: bool) -> str:
    """RFC 6266: a plain name for old programs, the real one in UTF-8 (RFC 5987)."""
    plain = re.sub(r'[^\x20-\x7e]|["\\%]', "_", file_name)
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"


def _range(header: str, size_bytes: int) -> tuple[int, int] | None:
    """First byte and length of a single range (RFC 9110, 14.1.2), or None when it cannot be satisfied."""
    match = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", header.strip())
    if match is None or match.group(0) == "bytes=-":
        return None
    first, last = match.groups()
    if not first:
        length = min(int(last), size_bytes)
        return (size_bytes - length, length) if length else None
    start = int(first)
    end = min(int(last), size_bytes - 1) if last else size_bytes - 1
    return (start, end - start + 1) if start <= end else None
