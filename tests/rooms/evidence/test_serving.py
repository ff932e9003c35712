"""Files are served so that a browser runs nothing in them; pictures used in another case are found."""

import io

import pytest
from PIL import Image

from makewhole.core.case.model import Actor
from makewhole.rooms.evidence import queries, service
from makewhole.rooms.evidence.models import Exhibit
from makewhole.rooms.evidence.queries import Variant
from makewhole.rooms.ids import new_id
from tests.rooms.evidence.material import (
    BUYER,
    CASE,
    MERCHANT,
    NOW,
    OTHER_CASE,
    STRANGER,
    drawing,
    new,
    photo,
    pieces,
    saved,
    video,
)

pytestmark = pytest.mark.django_db


def handed_in(data: bytes, kind: str = "photo", **more: object) -> Exhibit:
    return service.add_to_case(new(kind), CASE, BUYER, pieces(data), NOW, **more)  # type: ignore[arg-type]


def in_another_case(data: bytes, actor: Actor = BUYER) -> Exhibit:
    described = new(order_id=new_id())._replace(buyer_id=actor.id)
    return service.add_to_case(described, OTHER_CASE, actor, [data], NOW)


def body(served: queries.Served | None) -> bytes:
    assert served is not None
    return b"".join(served.chunks)


def test_an_original_picture_is_only_downloaded_and_its_name_is_harmless() -> None:
    data = photo()
    served = queries.serve(handed_in(data), Variant.ORIGINAL)
    assert served is not None
    assert served.status == 200
    assert (
        served.headers["Content-Disposition"]
        == "attachment; filename=\"__.jpg\"; filename*=UTF-8''%E7%9B%92%E5%AD%90.jpg"
    )
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert served.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert served.headers["Cache-Control"].startswith("private")
    assert body(served) == data


@pytest.mark.parametrize("variant", [Variant.WEB_VIEW, Variant.THUMBNAIL])
def test_derived_pictures_are_shown_in_the_page(variant: Variant) -> None:
    served = queries.serve(handed_in(saved(drawing(), "PNG")), variant)
    assert served is not None
    assert served.headers["Content-Type"] == "image/jpeg"
    assert served.headers["Content-Disposition"].startswith("inline")
    assert Image.open(io.BytesIO(body(served))).format == "JPEG"


def test_text_is_downloaded_and_has_no_thumbnail() -> None:
    chat = handed_in(b"shop: sorry", "chat")
    served = queries.serve(chat, Variant.ORIGINAL)
    assert served is not None
    assert served.headers["Content-Disposition"].startswith("attachment")
    assert queries.serve(chat, Variant.THUMBNAIL) is None


@pytest.mark.parametrize(
    ("byte_range", "status", "content_range", "part"),
    [
        ("bytes=0-99", 206, "bytes 0-99/{size}", slice(0, 100)),
        ("bytes=5000-", 206, "bytes 5000-{last}/{size}", slice(5000, None)),
        ("bytes=-10", 206, "bytes {tail}-{last}/{size}", slice(-10, None)),
        ("bytes=5-999999", 206, "bytes 5-{last}/{size}", slice(5, None)),
        ("bytes=999999-", 416, "bytes */{size}", slice(0, 0)),
        ("bytes=9-5", 416, "bytes */{size}", slice(0, 0)),
        ("bytes=0-1,5-6", 416, "bytes */{size}", slice(0, 0)),
        ("nonsense", 416, "bytes */{size}", slice(0, 0)),
    ],
)
def test_videos_play_in_ranges(byte_range: str, status: int, content_range: str, part: slice) -> None:
    data = video()
    served = queries.serve(handed_in(data, "video"), Variant.ORIGINAL, byte_range)
    assert served is not None
    size = len(data)
    assert served.status == status
    assert served.headers["Content-Range"] == content_range.format(size=size, last=size - 1, tail=size - 10)
    assert served.headers["Content-Disposition"].startswith("inline")
    content = body(served)
    assert content == data[part]
    assert served.headers["Content-Length"] == str(len(content))


def test_the_same_file_in_another_case_is_found_for_the_panel() -> None:
    before = in_another_case(photo(4), STRANGER)
    now = handed_in(photo(4))
    assert queries.used_elsewhere(now) == (queries.Reuse(before, None),)


def test_the_same_picture_saved_anew_is_found_and_its_distance_told() -> None:
    smaller = saved(drawing(4).resize((400, 300)), "JPEG", quality=45)
    before = in_another_case(smaller)
    (found,) = queries.used_elsewhere(handed_in(photo(4)))
    assert found.exhibit == before
    assert found.bits_apart is not None
    assert found.bits_apart <= queries.BITS_APART_MAX


def test_other_pictures_drafts_and_the_case_s_own_are_not_reuse() -> None:
    in_another_case(photo(8))
    exhibit = handed_in(photo(4))
    handed_in(saved(drawing(4).resize((400, 300)), "JPEG", quality=45))
    service.add(new(order_id=new_id()), BUYER, [photo(4)], NOW)
    service.add_to_case(new("photo"), CASE, MERCHANT, [photo(4)], NOW)
    assert queries.used_elsewhere(exhibit) == ()
