"""Files for the tests, made here: photos with metadata, a small MP4, and what attackers send."""

import io
import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

from PIL import ExifTags, Image, ImageDraw

from makewhole.core.case.model import Actor
from makewhole.core.words import Role
from makewhole.rooms.evidence.service import NewExhibit

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
ORDER = UUID("01900000-0000-7000-8000-000000000001")
CASE = UUID("01900000-0000-7000-8000-0000000000c1")
OTHER_CASE = UUID("01900000-0000-7000-8000-0000000000c2")
BUYER = Actor(Role.BUYER, "buyer-li")
STRANGER = Actor(Role.BUYER, "buyer-wang")
MERCHANT = Actor(Role.MERCHANT, "shop-blue")
AGENT = Actor(Role.AGENT, "agent-chen")
OPERATOR = Actor(Role.OPERATOR, "operator-zhao")


def new(kind: str = "photo", file_name: str = "盒子.jpg", order_id: UUID = ORDER, title: str = "") -> NewExhibit:
    return NewExhibit(
        order_id=order_id,
        merchant_id=MERCHANT.id,
        buyer_id=BUYER.id,
        kind=kind,
        zone="Asia/Shanghai",
        title=title,
        file_name=file_name,
    )


def pieces(data: bytes, size: int = 1000) -> Iterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


def drawing(seed: int = 1, width: int = 640, height: int = 480) -> Image.Image:
    """A picture with structure; another seed gives quite another picture."""
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    for number in range(9):
        value = (seed * 7919 + number * 104729) % 100_003
        x, y = value % 80 * width // 100, value // 80 % 80 * height // 100
        colour = (value % 256, value // 3 % 256, value // 7 % 256)
        draw.rectangle((x, y, x + width // (2 + value % 4), y + height // (2 + value % 3)), fill=colour)
    return image


def photo(seed: int = 1, **options: object) -> bytes:
    return saved(drawing(seed), "JPEG", quality=90, **options)


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def phone_photo(offset: str = "+08:00", orientation: int = 6) -> bytes:
    """A photo as a phone writes it: turned, with time, camera and place."""
    image = drawing(3, 640, 480)
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Phone Works"
    exif[ExifTags.Base.Model] = "P9"
    exif[ExifTags.Base.Orientation] = orientation
    detail = exif.get_ifd(ExifTags.IFD.Exif)
    detail[ExifTags.Base.DateTimeOriginal] = "2026:11:20 18:30:00"
    if offset:
        detail[ExifTags.Base.OffsetTimeOriginal] = offset
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    return saved(image, "JPEG", exif=exif)


def box(name: bytes, content: bytes) -> bytes:
    return struct.pack("!I", 8 + len(content)) + name + content


def video(made_at: datetime = datetime(2026, 11, 20, 10, 0, tzinfo=UTC), brand: bytes = b"isom") -> bytes:
    """The skeleton of an MP4: type, movie header with its time, data."""
    seconds = int((made_at - datetime(1904, 1, 1, tzinfo=UTC)).total_seconds())
    header = box(b"mvhd", struct.pack("!IIIII", 0, seconds, seconds, 1000, 5000) + b"\0" * 80)
    return box(b"ftyp", brand + struct.pack("!I", 512) + brand) + box(b"moov", header) + box(b"mdat", b"\1" * 5000)
