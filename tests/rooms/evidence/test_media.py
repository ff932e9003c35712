"""What a file is, is read from its bytes: names and claimed types are never believed."""

import io
from datetime import UTC, datetime

import pytest

from makewhole.rooms.evidence.models import Kind
from makewhole.rooms.evidence.ports import EvidenceRefused
from makewhole.rooms.evidence.service import media
from makewhole.rooms.evidence.service.names import clean_file_name
from tests.rooms.evidence.material import box, drawing, photo, saved, video


@pytest.mark.parametrize(
    ("kind", "content", "media_type"),
    [
        (Kind.PHOTO, photo(), "image/jpeg"),
        (Kind.PHOTO, saved(drawing(), "PNG"), "image/png"),
        (Kind.PHOTO, saved(drawing(), "WEBP"), "image/webp"),
        (Kind.PHOTO, saved(drawing(), "GIF"), "image/gif"),
        (Kind.PHOTO, saved(drawing(), "AVIF"), "image/avif"),
        (Kind.PHOTO, box(b"ftyp", b"heic\0\0\0\0mif1heic") + b"\0" * 50, "image/heic"),
        (Kind.VIDEO, video(), "video/mp4"),
        (Kind.VIDEO, video(brand=b"qt  "), "video/quicktime"),
        (Kind.VIDEO, b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm" + b"\0" * 60, "video/webm"),
        (Kind.TEST_REPORT, b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "application/pdf"),
        (Kind.CHAT, "买家：少了一件\n卖家：好的".encode(), "text/plain; charset=utf-8"),
        (Kind.CHAT, "买家：少了一件\r\n卖家：好的".encode("gb18030"), "text/plain; charset=gb18030"),
        (Kind.PARCEL_WEIGHT, b'{"parcel": "SF1", "weight_grams": 412}', "application/json"),
    ],
)
def test_accepted_files_are_told_by_their_bytes(kind: Kind, content: bytes, media_type: str) -> None:
    assert media.recognise(io.BytesIO(content), kind).media_type == media_type


@pytest.mark.parametrize(
    ("kind", "content", "code"),
    [
        (Kind.PHOTO, b"", "empty"),
        (Kind.PHOTO, b"MZ\x90\x00\x03\x00\x00\x00", "type_not_accepted"),
        (Kind.DOCUMENT, b"PK\x03\x04\x14\x00\x06\x00", "type_not_accepted"),
        (Kind.DOCUMENT, b"<!DOCTYPE html><script>alert(1)</script>", "markup"),
        (Kind.CHAT, b'hello\n<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>', "markup"),
        (Kind.DOCUMENT, b"<?xml version='1.0'?><x/>", "markup"),
        (Kind.PHOTO, video(), "type_not_for_kind"),
        (Kind.VIDEO, photo(), "type_not_for_kind"),
        (Kind.VIDEO, box(b"ftyp", b"isom\0\0\2\0isom") + b"\0\0\xff\xffmdat123", "cut_off"),
        (Kind.VIDEO, video()[:60], "cut_off"),
        (Kind.CHAT, b"line\n" * 500_000, "too_large"),
    ],
)
def test_what_is_not_evidence_is_refused_with_what_to_do(kind: Kind, content: bytes, code: str) -> None:
    with pytest.raises(EvidenceRefused) as refused:
        media.recognise(io.BytesIO(content), kind)
    assert refused.value.code == code
    assert refused.value.text.zh
    assert refused.value.text.en


def test_a_video_tells_when_it_was_recorded() -> None:
    made_at = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
    assert media.video_made_at(io.BytesIO(video(made_at))) == made_at


def test_a_video_without_a_time_tells_none() -> None:
    assert media.video_made_at(io.BytesIO(video(datetime(1904, 1, 1, tzinfo=UTC)))) is None


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("开箱.JPG", "开箱.png"),
        ("../../etc/passwd", "passwd.png"),
        ("C:\\Users\\li\\photo.jpg", "photo.png"),
        ('a"b;\r\nSet-Cookie: x.jpg', "ab;Set-Cookie x.png"),
        ("invoice\u202egnp.exe", "invoicegnp.png"),
        ("", "file.png"),
        (".htaccess", "htaccess.png"),
        ("evil.php.jpg", "evil.php.png"),
        ("x" * 400, "x" * 120 + ".png"),
    ],
)
def test_file_names_cannot_mislead(name: str, clean: str) -> None:
    assert clean_file_name(name, "png") == clean
