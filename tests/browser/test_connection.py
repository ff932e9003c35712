"""The pages on a bad connection: slow, breaking off, with more chosen meanwhile and impatient thumbs."""

import re
from pathlib import Path
from uuid import UUID

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from makewhole.core.words import Reason, Remedy, Role
from makewhole.rooms.evidence import queries as evidence
from makewhole.rooms.identity.models import User
from tests.browser.conftest import PHONE, OpenPage
from tests.browser.people import photo, sign_in
from tests.doors.shop import BUYER, claim, document, people, sell

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LATER_PIECES = re.compile(r"/v1/uploads/[^/]+/parts/[1-9]")


@pytest.fixture
def person(transactional_db: None) -> User:
    return people()[Role.BUYER]


@pytest.fixture
def orders(transactional_db: None) -> list[UUID]:
    return sell(document("2026112100417", now=timezone.now()))


@pytest.fixture
def showing(open_page: OpenPage, live_server: LiveServer, person: User, orders: list[UUID]) -> Page:
    """The step of the claim where photos are added, with the steps before it done."""
    page = sign_in(open_page("/sign-in/", PHONE), live_server.url, person)
    page.goto(f"/buyer/orders/{orders[0]}/due/?reason=damaged&line-1=1")
    page.click("#claim-this button")
    page.fill("textarea[name=story]", "打开箱子，杯沿碎了。")
    page.click(".wizard-press button")
    page.locator("label[for=plan-return_and_refund]").click()
    page.click(".wizard-press button")
    page.wait_for_url("**/claim/evidence/")
    return page


def test_what_is_chosen_before_the_script_has_come_is_sent_when_it_comes(
    open_page: OpenPage, live_server: LiveServer, person: User, orders: list[UUID]
) -> None:
    page = sign_in(open_page("/sign-in/", PHONE), live_server.url, person)
    held: list[Route] = []
    page.route("**/uploads.js*", lambda route: held.append(route))
    with page.expect_request("**/uploads.js*"):
        page.goto(f"/buyer/orders/{orders[0]}/claim/evidence/", wait_until="commit")
    page.set_input_files("input[name=files]", [photo("把手.jpg")])
    expect(page.locator(".draft")).to_have_count(0)
    held[0].continue_()
    expect(page.locator(".draft")).to_contain_text("把手.jpg")


def test_an_upload_goes_on_where_the_connection_broke_off(
    open_page: OpenPage, live_server: LiveServer, person: User, orders: list[UUID], tmp_path: Path
) -> None:
    page = sign_in(open_page("/sign-in/", PHONE), live_server.url, person)
    page.goto(f"/buyer/orders/{orders[0]}/claim/evidence/")
    offsets: list[str] = []
    page.on(
        "request",
        lambda request: offsets.append(request.url.rsplit("/", 1)[1]) if "/parts/" in request.url else None,
    )
    video = tmp_path / "unpacking.mp4"
    video.write_bytes(mp4(5 * 1024 * 1024))
    broken = iter(["once"])
    page.route(LATER_PIECES, lambda route: None if next(broken, None) else route.continue_())
    page.on("dialog", lambda dialog: dialog.accept())
    with page.expect_request(LATER_PIECES):
        page.set_input_files("input[name=files]", video)
    page.reload()
    expect(page.locator("[data-upload-note]")).to_contain_text("unpacking.mp4")
    page.set_input_files("input[name=files]", video)
    expect(page.locator(".draft")).to_contain_text("unpacking.mp4")
    assert offsets.count("0") == 1
    (draft,) = evidence.drafts(orders[0], BUYER)
    assert draft.size_bytes == video.stat().st_size


def mp4(size_bytes: int) -> bytes:
    """A file that begins and is built as an MP4 does: type, a movie header of no length, and padding."""
    kind = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2"
    header = b"\x00\x00\x00\x6cmvhd" + bytes(100)
    movie = (len(header) + 8).to_bytes(4, "big") + b"moov" + header
    rest = size_bytes - len(kind) - len(movie)
    return kind + movie + rest.to_bytes(4, "big") + b"mdat" + bytes(rest - 8)


def choose(page: Page, name: str) -> None:
    page.set_input_files("input[name=files]", [photo(name)])


def test_files_just_uploaded_are_in_the_form_that_hands_them_in(
    open_page: OpenPage, live_server: LiveServer, person: User, orders: list[UUID]
) -> None:
    case = claim(orders[0], Reason.QUALITY, Remedy.RETURN_AND_REFUND, defect_kind="visible")
    page = sign_in(open_page("/sign-in/", PHONE), live_server.url, person)
    page.goto(f"/buyer/cases/{case.id}/")
    choose(page, "杯沿.jpg")
    expect(page.locator("input[name=exhibit_ids]")).to_be_checked()
    page.uncheck("input[name=exhibit_ids]")
    choose(page, "杯底.jpg")
    expect(page.locator("input[name=exhibit_ids]")).to_have_count(2)
    assert page.locator("input[name=exhibit_ids]:checked").count() == 1
    page.click("form[action$='submit_evidence/'] button")
    expect(page.locator(".exhibit-buyer")).to_have_count(1)
    expect(page.locator(".exhibit-buyer")).to_contain_text("杯底.jpg")


def test_what_is_chosen_while_another_file_travels_is_sent_too(showing: Page, orders: list[UUID]) -> None:
    held: list[Route] = []
    showing.route("**/v1/uploads/*/parts/0", lambda route: held.append(route) if not held else route.continue_())
    with showing.expect_request("**/v1/uploads/*/parts/0"):
        choose(showing, "杯沿.jpg")
    choose(showing, "杯底.jpg")
    expect(showing.locator("[data-drop-list] li")).to_have_count(2)
    held[0].continue_()
    expect(showing.locator(".draft")).to_have_count(2)


def test_without_a_network_a_file_waits_and_goes_on(showing: Page, orders: list[UUID]) -> None:
    showing.context.set_offline(True)
    choose(showing, "杯沿.jpg")
    expect(showing.locator("[data-upload-note]")).to_contain_text("goes on by itself")
    expect(showing.locator("[data-drop-list]")).to_contain_text("杯沿.jpg")
    showing.context.set_offline(False)
    expect(showing.locator(".draft")).to_contain_text("杯沿.jpg")
    expect(showing.locator("[data-upload-note]")).to_be_empty()


def test_going_on_waits_for_the_files_on_their_way(showing: Page, orders: list[UUID]) -> None:
    held: list[Route] = []
    showing.route("**/v1/uploads/*/parts/0", lambda route: held.append(route))
    with showing.expect_request("**/v1/uploads/*/parts/0"):
        choose(showing, "杯沿.jpg")
    showing.click(".wizard-press button")
    expect(showing.locator(".held")).to_contain_text("Files are still on their way.")
    assert showing.url.endswith("/claim/evidence/")
    held[0].continue_()
    showing.wait_for_url("**/claim/check/")
    expect(showing.locator(".checks")).to_contain_text("1 file")


def test_who_does_not_want_to_wait_presses_again(showing: Page, orders: list[UUID]) -> None:
    showing.route("**/v1/uploads/*/parts/0", lambda route: None)
    with showing.expect_request("**/v1/uploads/*/parts/0"):
        choose(showing, "杯沿.jpg")
    showing.click(".wizard-press button")
    expect(showing.locator(".held")).to_be_visible()
    showing.click(".wizard-press button")
    showing.wait_for_url("**/claim/check/")


def test_a_form_sent_without_a_network_stays_and_is_sent_later(showing: Page, orders: list[UUID]) -> None:
    showing.goto(showing.url.replace("evidence", "story"))
    showing.fill("textarea[name=story]", "打开箱子，杯沿和把手都碎了。")
    showing.context.set_offline(True)
    showing.click(".wizard-press button")
    expect(showing.locator(".wizard-press [role=status]")).to_contain_text("Nothing was sent")
    assert showing.input_value("textarea[name=story]") == "打开箱子，杯沿和把手都碎了。"
    showing.context.set_offline(False)
    showing.click(".wizard-press button")
    showing.wait_for_url("**/claim/evidence/")


def test_signing_out_leaves_nothing_of_what_was_typed_or_chosen(showing: Page, orders: list[UUID]) -> None:
    showing.route(LATER_PIECES, lambda route: None)
    showing.on("dialog", lambda dialog: dialog.accept())
    with showing.expect_request(LATER_PIECES):
        showing.set_input_files("input[name=files]", {**photo("杯沿.jpg"), "buffer": photo()["buffer"] * 4})
    showing.goto(showing.url.replace("evidence", "story"))
    showing.fill("textarea[name=story]", "杯沿碎了一块。")
    kept = "Object.keys(localStorage).filter((key) => key.startsWith('makewhole-')).length"
    assert showing.evaluate(kept) >= 2
    showing.click("[data-forget-drafts] button")
    showing.wait_for_url(lambda url: "/claim/" not in url)
    assert showing.evaluate(kept) == 0
