"""Pictures are decoded with limits and drawn anew."""

import io
import struct
import zlib
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from makewhole.rooms.evidence.ports import EvidenceRefused
from makewhole.rooms.evidence.service import media
from makewhole.rooms.evidence.service.pictures import bands, perceptual_hash, read_picture
from tests.rooms.evidence.material import drawing, phone_photo, photo, saved

SHANGHAI = ZoneInfo("Asia/Shanghai")


def distance(one: int | None, other: int | None) -> int:
    assert one is not None
    assert other is not None
    return ((one ^ other) & (2**64 - 1)).bit_count()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def test_time_camera_and_place_are_read_and_no_metadata_is_passed_on() -> None:
    picture = read_picture(io.BytesIO(phone_photo()), media.JPEG, SHANGHAI)
    assert picture.taken_at == datetime(2026, 11, 20, 10, 30, tzinfo=UTC)
    assert picture.provenance["camera_make"] == "Phone Works"
    assert picture.provenance["place_recorded"] is True
    for derived in (picture.thumbnail, picture.web_view):
        assert not opened(derived).getexif()
        assert b"Phone Works" not in derived


def test_a_time_without_an_offset_is_read_in_the_market_s_zone() -> None:
    picture = read_picture(io.BytesIO(phone_photo(offset="")), media.JPEG, ZoneInfo("America/Sao_Paulo"))
    assert picture.taken_at == datetime(2026, 11, 20, 21, 30, tzinfo=UTC)
    assert "offset_written" not in picture.provenance


def test_a_turned_photo_is_shown_upright() -> None:
    picture = read_picture(io.BytesIO(phone_photo(orientation=6)), media.JPEG, SHANGHAI)
    assert (picture.width_pixels, picture.height_pixels) == (480, 640)
    assert opened(picture.web_view).size == (480, 640)
    assert opened(picture.thumbnail).size == (240, 320)


def test_a_large_photo_is_measured_whole_and_shown_small() -> None:
    large = saved(drawing(2, 4000, 3000), "JPEG", quality=60)
    picture = read_picture(io.BytesIO(large), media.JPEG, SHANGHAI)
    assert (picture.width_pixels, picture.height_pixels) == (4000, 3000)
    assert max(opened(picture.web_view).size) == 1600


def test_see_through_pictures_are_laid_on_white() -> None:
    picture = read_picture(io.BytesIO(saved(Image.new("RGBA", (50, 50), (0, 0, 0, 0)), "PNG")), media.PNG, SHANGHAI)
    corner = opened(picture.web_view).getpixel((0, 0))
    assert corner == (255, 255, 255)


def test_a_pixel_bomb_is_refused_before_it_is_decoded() -> None:
    header = struct.pack("!IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack("!I", 13) + chunk + struct.pack("!I", zlib.crc32(chunk))
    data = b"IDAT" + zlib.compress(b"\0" * 100_000)
    bomb += struct.pack("!I", len(data) - 4) + data + struct.pack("!I", zlib.crc32(data))
    with pytest.raises(EvidenceRefused) as refused:
        read_picture(io.BytesIO(bomb), media.PNG, SHANGHAI)
    assert refused.value.code == "too_many_pixels"


@pytest.mark.parametrize("keep", [30, 300, 4000])
def test_a_picture_cut_off_anywhere_is_refused(keep: int) -> None:
    with pytest.raises(EvidenceRefused) as refused:
        read_picture(io.BytesIO(photo()[:keep]), media.JPEG, SHANGHAI)
    assert refused.value.code == "broken_picture"


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_unreadable_metadata_does_not_cost_the_picture() -> None:
    broken = saved(drawing(), "JPEG", exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff")
    assert read_picture(io.BytesIO(broken), media.JPEG, SHANGHAI).width_pixels == 640


def test_the_hash_survives_what_chat_programs_do_and_tells_pictures_apart() -> None:
    original = drawing(5)
    smaller = opened(saved(original.resize((320, 240)), "JPEG", quality=40)).convert("RGB")
    assert distance(perceptual_hash(original), perceptual_hash(smaller)) <= 6
    for other in range(6, 26):
        assert distance(perceptual_hash(original), perceptual_hash(drawing(other))) > 6


def test_a_blank_picture_has_no_hash_because_all_blank_pictures_look_alike() -> None:
    assert perceptual_hash(Image.new("RGB", (100, 100), "white")) is None


def test_hashes_up_to_seven_bits_apart_share_a_band() -> None:
    value = perceptual_hash(drawing(5))
    assert value is not None
    near = value ^ 0b1_00000001_00000001_00000001_00000001_00000001_00000001
    assert distance(value, near) == 7
    assert set(bands(value)) & set(bands(near))
