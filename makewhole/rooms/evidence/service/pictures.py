"""Pictures are decoded here, with limits, and drawn anew: what pages show never carries the uploaded bytes."""

import io
import itertools
import struct
import threading
from datetime import datetime
from typing import Any, BinaryIO, NamedTuple
from zoneinfo import ZoneInfo

from PIL import ExifTags, Image, UnidentifiedImageError

from makewhole.core.words import Text
from makewhole.rooms.evidence.ports import EvidenceRefused
from makewhole.rooms.evidence.service.media import Media

PIXELS_MAX = 60_000_000
THUMBNAIL_PIXELS = 320
WEB_VIEW_PIXELS = 1600
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
DECODERS = threading.BoundedSemaphore(2)
"""At most two pictures are decoded at a time: each may take some hundred megabytes while it is open."""
HASH_SIDE = 8
PLAIN_BITS = 3
"""A picture with so few differences (a blank wall) resembles every other blank one: it gets no perceptual hash."""


BROKEN = (OSError, ValueError, SyntaxError, EOFError, struct.error, KeyError, TypeError, OverflowError, MemoryError)
"""What decoders raise on hostile or damaged bytes."""

TURNS: dict[int, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""How to turn a picture upright, by its EXIF orientation."""
SIDEWAYS = frozenset(TURNS[orientation] for orientation in (5, 6, 7, 8))


class Origin(NamedTuple):
    turn: Image.Transpose | None
    taken_at: datetime | None
    provenance: dict[str, Any]


class Picture(NamedTuple):
    """What was read from a picture, and its derived forms (JPEG without any metadata).

    Width and height are as people see it, turned upright.
    """

    width_pixels: int
    height_pixels: int
    perceptual_hash: int | None
    taken_at: datetime | None
    provenance: dict[str, Any]
    thumbnail: bytes
    web_view: bytes


def read_picture(file: BinaryIO, media: Media, zone: ZoneInfo) -> Picture:
    """Decode a picture. Times written without an offset are read in `zone`.

    Raises EvidenceRefused when it has too many pixels or cannot be decoded.
    """
    file.seek(0)
    try:
        with DECODERS, Image.open(file, formats=FORMATS) as image:
            width, height = image.size
            if width * height > PIXELS_MAX:
                raise _too_many_pixels(f"{width} × {height}")
            origin = _origin(image, zone)
            # The decoder of JPEG can shrink while it reads, which saves most of the memory and time.
            image.draft("RGB", (WEB_VIEW_PIXELS, WEB_VIEW_PIXELS))
            web_view = _flat(image)
    except Image.DecompressionBombError as error:
        raise _too_many_pixels("") from error
    except (UnidentifiedImageError, *BROKEN) as error:
        raise EvidenceRefused(
            "broken_picture",
            Text(
                "图片已损坏或不完整，无法打开。请重新拍照或重新选择。",
                f"The picture is broken or cut off and cannot be opened as {media.media_type}. Choose it again.",
            ),
        ) from error
    if origin.turn is not None:
        web_view = web_view.transpose(origin.turn)
        if origin.turn in SIDEWAYS:
            width, height = height, width
    return Picture(
        width_pixels=width,
        height_pixels=height,
        perceptual_hash=perceptual_hash(web_view),
        taken_at=origin.taken_at,
        provenance=origin.provenance,
        thumbnail=_jpeg(_shrunk(web_view, THUMBNAIL_PIXELS)),
        web_view=_jpeg(web_view),
    )


def perceptual_hash(image: Image.Image) -> int | None:
    """Difference hash: whether each point is brighter than its left neighbour, in 8 rows of 8, as a signed number.

    It survives scaling, recompression and small changes of light. None for a picture without structure.
    """
    grey = image.convert("L").resize((HASH_SIDE + 1, HASH_SIDE), Image.Resampling.LANCZOS)
    rows = [grey.crop((0, y, HASH_SIDE + 1, y + 1)).tobytes() for y in range(HASH_SIDE)]
    bits = 0
    for row in rows:
        for left, right in itertools.pairwise(row):
            bits = bits << 1 | (right > left)
    if bits.bit_count() < PLAIN_BITS or bits.bit_count() > 64 - PLAIN_BITS:
        return None
    return bits - (1 << 64) if bits >> 63 else bits


def bands(perceptual_hash: int) -> list[int]:
    """The eight bytes of a hash, each with its place: two hashes at most 7 bits apart share at least one."""
    unsigned = perceptual_hash & ((1 << 64) - 1)
    return [place << 8 | (unsigned >> 8 * place & 255) for place in range(8)]


def _flat(image: Image.Image) -> Image.Image:
    """The picture in plain RGB on white, no larger than the web view."""
    see_through = image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info
    drawn = image.convert("RGBA" if see_through else "RGB")
    drawn.thumbnail((WEB_VIEW_PIXELS, WEB_VIEW_PIXELS), Image.Resampling.LANCZOS)
    if see_through:
        white = Image.new("RGBA", drawn.size, "white")
        return Image.alpha_composite(white, drawn).convert("RGB")
    return drawn


def _shrunk(image: Image.Image, longest_pixels: int) -> Image.Image:
    copy = image.copy()
    copy.thumbnail((longest_pixels, longest_pixels), Image.Resampling.LANCZOS)
    return copy


def _jpeg(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    clean = Image.frombytes("RGB", image.size, image.tobytes())
    clean.save(buffer, "JPEG", quality=82, optimize=True, progressive=True)
    return buffer.getvalue()


def _origin(image: Image.Image, zone: ZoneInfo) -> Origin:
    """When and with what the picture says it was taken. Places are not read, only that one is recorded."""
    try:
        exif = image.getexif()
        detail = exif.get_ifd(ExifTags.IFD.Exif)
        place = bool(exif.get_ifd(ExifTags.IFD.GPSInfo))
    except BROKEN:
        return Origin(None, None, {"unreadable": True})
    written = _short(detail.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime))
    offset = _short(detail.get(ExifTags.Base.OffsetTimeOriginal) or detail.get(ExifTags.Base.OffsetTime))
    named = {
        "camera_make": _short(exif.get(ExifTags.Base.Make)),
        "camera_model": _short(exif.get(ExifTags.Base.Model)),
        "program": _short(exif.get(ExifTags.Base.Software)),
        "time_written": written,
        "offset_written": offset,
    }
    provenance: dict[str, Any] = {name: value for name, value in named.items() if value}
    if place:
        provenance["place_recorded"] = True
    orientation = exif.get(ExifTags.Base.Orientation)
    turn = TURNS.get(orientation) if isinstance(orientation, int) else None
    return Origin(turn, _moment(written, offset, zone), provenance)


def _moment(written: str, offset: str, zone: ZoneInfo) -> datetime | None:
    try:
        if offset:
            return datetime.strptime(f"{written} {offset.replace(':', '')}", "%Y:%m:%d %H:%M:%S %z")
        return datetime.strptime(written, "%Y:%m:%d %H:%M:%S").replace(tzinfo=zone)
    except ValueError:
        return None


def _short(value: object) -> str:
    text = str(value or "").replace("\x00", "")
    return "".join(character for character in text if character.isprintable()).strip()[:200]


def _too_many_pixels(size: str) -> EvidenceRefused:
    most = PIXELS_MAX // 1_000_000
    return EvidenceRefused(
        "too_many_pixels",
        Text(
            f"图片像素过大（{size or '超出上限'}），最多 {most} 百万像素。请缩小后再提交。",
            f"The picture has too many pixels ({size or 'above the limit'}); at most {most} million. "
            "Make it smaller and hand it in again.",
        ),
    )
