"""What a file is, read from its bytes. The name and the type a browser claims are never trusted."""

import os
import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import BinaryIO, NamedTuple

import orjson

from makewhole.core.words import Text
from makewhole.rooms.evidence.models import Kind
from makewhole.rooms.evidence.ports import EvidenceRefused

MEBIBYTE = 1024 * 1024
HEAD_BYTES = 64


class Family(StrEnum):
    """Kinds of media that share limits and handling."""

    PICTURE = "picture"
    VIDEO = "video"
    PDF = "pdf"
    TEXT = "text"


class Media(NamedTuple):
    """`drawable`: a picture the program can decode itself."""

    family: Family
    media_type: str
    extension: str
    drawable: bool = False


JPEG = Media(Family.PICTURE, "image/jpeg", "jpg", True)
PNG = Media(Family.PICTURE, "image/png", "png", True)
GIF = Media(Family.PICTURE, "image/gif", "gif", True)
WEBP = Media(Family.PICTURE, "image/webp", "webp", True)
AVIF = Media(Family.PICTURE, "image/avif", "avif", True)
HEIC = Media(Family.PICTURE, "image/heic", "heic")
MP4 = Media(Family.VIDEO, "video/mp4", "mp4")
QUICKTIME = Media(Family.VIDEO, "video/quicktime", "mov")
WEBM = Media(Family.VIDEO, "video/webm", "webm")
PDF = Media(Family.PDF, "application/pdf", "pdf")
PLAIN = Media(Family.TEXT, "text/plain; charset=utf-8", "txt")
PLAIN_CHINESE = Media(Family.TEXT, "text/plain; charset=gb18030", "txt")
JSON = Media(Family.TEXT, "application/json", "json")

BYTES_MAX: dict[Family, int] = {
    Family.PICTURE: 25 * MEBIBYTE,
    Family.VIDEO: 500 * MEBIBYTE,
    Family.PDF: 25 * MEBIBYTE,
    Family.TEXT: 2 * MEBIBYTE,
}

FAMILIES: dict[Kind, frozenset[Family]] = {
    Kind.PHOTO: frozenset({Family.PICTURE}),
    Kind.VIDEO: frozenset({Family.VIDEO}),
    Kind.CHAT: frozenset({Family.PICTURE, Family.VIDEO, Family.PDF, Family.TEXT}),
    Kind.ORDER_SNAPSHOT: frozenset({Family.PICTURE, Family.PDF, Family.TEXT}),
    Kind.PARCEL_WEIGHT: frozenset({Family.PICTURE, Family.VIDEO, Family.PDF, Family.TEXT}),
    Kind.CARRIER_EVENT: frozenset({Family.PICTURE, Family.PDF, Family.TEXT}),
    Kind.TEST_REPORT: frozenset({Family.PICTURE, Family.PDF}),
    Kind.DOCUMENT: frozenset({Family.PICTURE, Family.PDF, Family.TEXT}),
}
"""Which media each kind of exhibit may be."""

ACCEPTED = Text(
    "可以提交：照片（JPEG、PNG、WebP、GIF、AVIF、HEIC）、视频（MP4、MOV、WebM）、PDF、纯文本。",
    "Hand in a photo (JPEG, PNG, WebP, GIF, AVIF, HEIC), a video (MP4, MOV, WebM), a PDF or plain text.",
)

BRANDS: dict[bytes, Media] = {
    b"avif": AVIF,
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"), HEIC),
    b"qt  ": QUICKTIME,
    **dict.fromkeys(
        (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"dash",
         b"3gp4", b"3gp5", b"3gp6", b"3gg6", b"3g2a"),
        MP4,
    ),
}  # fmt: skip
"""Major brands of ISO base media files (ISO/IEC 14496-12, 'ftyp')."""

MARKUP = re.compile(rb"<\s*(?:!doctype|html|svg|script|head|body|iframe|object|embed|\?xml)", re.IGNORECASE)


def bytes_max(kind: Kind) -> int:
    """The most bytes a file of this kind may have."""
    return max(BYTES_MAX[family] for family in FAMILIES[kind])


def recognise(file: BinaryIO, kind: Kind) -> Media:
    """What the file is. Raises EvidenceRefused when it is not an accepted type, or not one for this kind."""
    size_bytes = file.seek(0, os.SEEK_END)
    if size_bytes == 0:
        raise EvidenceRefused("empty", Text("文件是空的。请重新选择文件。", "The file is empty. Choose it again."))
    file.seek(0)
    media = _by_magic(file.read(HEAD_BYTES)) or _text(file)
    if media is None:
        raise EvidenceRefused(
            "type_not_accepted",
            Text(f"无法识别或不接受这种文件。{ACCEPTED.zh}", f"This type of file is not accepted. {ACCEPTED.en}"),
        )
    if media.family not in FAMILIES[kind]:
        raise EvidenceRefused(
            "type_not_for_kind",
            Text(
                f"这个文件不能作为“{KIND_NAMES[kind].zh}”提交。请改选正确的证据类型。",
                f"This file cannot be handed in as “{KIND_NAMES[kind].en}”. Choose the kind of evidence that fits it.",
            ),
            "kind",
        )
    refuse_too_large(size_bytes, BYTES_MAX[media.family])
    if media.media_type in {MP4.media_type, QUICKTIME.media_type}:
        _refuse_cut_off(file, size_bytes)
    file.seek(0)
    return media


def refuse_too_large(size_bytes: int, most_bytes: int) -> None:
    """Raises EvidenceRefused when a file is larger than allowed."""
    if size_bytes > most_bytes:
        most = most_bytes // MEBIBYTE
        raise EvidenceRefused(
            "too_large",
            Text(
                f"文件太大，最多 {most} MB。请压缩，或只截取关键部分后再提交。",
                f"The file is too large: at most {most} MB. Make it smaller or cut out the part that matters.",
            ),
        )


def video_made_at(file: BinaryIO) -> datetime | None:
    """When an MP4 or MOV says it was recorded ('mvhd', seconds since 1904 in UTC), or None."""
    size_bytes = file.seek(0, os.SEEK_END)
    for name, start, end in _boxes(file, 0, size_bytes):
        if name != b"moov":
            continue
        for inner, inner_start, _inner_end in _boxes(file, start, end):
            if inner == b"mvhd":
                file.seek(inner_start)
                head = file.read(12)
                width = 8 if head[:1] == b"\x01" else 4
                seconds = int.from_bytes(head[4 : 4 + width], "big")
                made_at = datetime(1904, 1, 1, tzinfo=UTC) + timedelta(seconds=min(seconds, 2**36))
                return made_at if made_at.year >= 1990 else None
    return None


def _by_magic(head: bytes) -> Media | None:
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WEBP
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head:
        return WEBM
    if head[4:8] == b"ftyp":
        return BRANDS.get(head[8:12])
    return None


def _text(file: BinaryIO) -> Media | None:
    """Plain text in UTF-8 or GB 18030 (Windows in China), or JSON; None for anything else.

    Raises EvidenceRefused for web pages and SVG.
    """
    file.seek(0)
    data = file.read(BYTES_MAX[Family.TEXT] + 1)
    if MARKUP.search(data):
        raise EvidenceRefused(
            "markup",
            Text(
                "不接受网页或 SVG 文件，因为其中可能藏有程序。请改交截图。",
                "Web pages and SVG files are not accepted, because they can hide programs. Hand in a screenshot.",
            ),
        )
    if any(byte < 32 and byte not in b"\t\n\r\f" for byte in data):
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return PLAIN_CHINESE if _decodes(data, "gb18030") else None
    if text.lstrip().startswith(("{", "[")):
        try:
            orjson.loads(text)
            return JSON
        except orjson.JSONDecodeError:
            return PLAIN
    return PLAIN


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _boxes(file: BinaryIO, start: int, end: int) -> list[tuple[bytes, int, int]]:
    """Name, start and end of the content of each box between two offsets; stops at the first that does not fit."""
    found: list[tuple[bytes, int, int]] = []
    while start + 8 <= end and len(found) < 10_000:
        file.seek(start)
        head = file.read(16)
        size = int.from_bytes(head[:4], "big")
        content = start + 8
        if size == 1:
            size = int.from_bytes(head[8:16], "big")
            content = start + 16
        elif size == 0:
            size = end - start
        if size < content - start or start + size > end:
            break
        found.append((head[4:8], content, start + size))
        start += size
    return found


def _refuse_cut_off(file: BinaryIO, size_bytes: int) -> None:
    names = {name for name, _start, _end in _boxes(file, 0, size_bytes)}
    if b"moov" not in names:
        raise EvidenceRefused(
            "cut_off",
            Text(
                "视频不完整，无法播放。请重新上传原视频。",
                "The video is cut off and cannot be played. Upload it again.",
            ),
        )


KIND_NAMES: dict[Kind, Text] = {
    Kind.PHOTO: Text("照片", "photo"),
    Kind.VIDEO: Text("视频", "video"),
    Kind.CHAT: Text("聊天记录", "conversation"),
    Kind.ORDER_SNAPSHOT: Text("订单快照", "snapshot of the order"),
    Kind.PARCEL_WEIGHT: Text("包裹重量", "parcel weight"),
    Kind.CARRIER_EVENT: Text("物流记录", "carrier record"),
    Kind.TEST_REPORT: Text("检测报告", "test report"),
    Kind.DOCUMENT: Text("其他文件", "document"),
}
