"""The merchant's pages in a real browser: the queue by keyboard, an offer from the phone, evidence handed in."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from makewhole.core.case import commands as c
from makewhole.core.case.model import Case
from makewhole.core.words import Reason, Remedy, Role
from makewhole.integrations.payments.sandbox.provider import Sandbox
from makewhole.rooms.identity.models import User
from makewhole.rooms.treasury import ports
from makewhole.rooms.treasury import service as treasury
from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.browser.people import look_closely, photo, sign_in, small_targets
from tests.doors.shop import MERCHANT, MERCHANT_ID, Time, claim, cup, document, give, people, sell
from tests.rooms.treasury.stage import play

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOOKS = [
    pytest.param(PHONE, "zh-hans", "dark", id="phone-chinese-dark"),
    pytest.param(DESK, "zh-hans", "light", id="desk-chinese-light"),
    pytest.param(DESK, "en", "dark", id="desk-english-dark"),
]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    registered = ports.provider("sandbox")
    yield play()
    ports.register_provider(registered, stands_in=True)
    ports.tell_worker(True)


@pytest.fixture
def person(transactional_db: None) -> User:
    return people()[Role.MERCHANT]


@pytest.fixture
def claims(sandbox: Sandbox, transactional_db: None) -> list[Case]:
    """Three claims, the oldest first."""
    now = timezone.now()
    orders = sell(*(document(f"202611210000{number}", cup(1), now=now) for number in range(3)))
    return [
        claim(order_id, Reason.QUALITY, Remedy.RETURN_AND_REFUND, now=now - timedelta(hours=30 - 8 * number),
              defect_kind="visible")
        for number, order_id in enumerate(orders)
    ]  # fmt: skip


def settled(sandbox: Sandbox) -> Case:
    """A claim that was paid, on an order of its own; the merchant has a deposit."""
    now = timezone.now()
    treasury.top_up_deposit(MERCHANT_ID, "CNY", 500_000, "deposit-1", now)
    (order_id,) = sell(document("2026112100099", now=now))
    case = claim(order_id, now=now)
    give(case, c.AcceptClaim(), MERCHANT, now)
    Time(sandbox, now).pass_hours(3)
    return case


@pytest.mark.parametrize(("size", "language", "theme"), LOOKS)
def test_every_page_fits_and_is_accessible(
    open_page: OpenPage,
    live_server: LiveServer,
    person: User,
    claims: list[Case],
    sandbox: Sandbox,
    size: tuple[int, int],
    language: str,
    theme: str,
) -> None:
    done = settled(sandbox)
    page = sign_in(open_page("/sign-in/", size, language, theme), live_server.url, person)
    for path in (
        "/merchant/",
        "/merchant/?q=nothing-like-this",
        "/merchant/open/",
        "/merchant/closed/",
        f"/merchant/cases/{claims[0].id}/",
        f"/merchant/cases/{done.id}/",
        "/merchant/statement/",
        "/merchant/notices/",
    ):
        page.goto(path)
        look_closely(page)
        assert not small_targets(page), path


def test_the_queue_is_worked_through_by_keyboard(
    open_page: OpenPage, live_server: LiveServer, person: User, claims: list[Case]
) -> None:
    page = sign_in(open_page("/sign-in/", DESK), live_server.url, person)
    page.goto("/merchant/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".row-link").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/merchant/cases/{claims[1].id}/")
    page.go_back()
    page.keyboard.press("/")
    page.keyboard.type("2026112100002")
    page.keyboard.press("Enter")
    expect(page.locator(".row-link")).to_have_count(1)
    page.focus("select[name=reason]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(page.locator(".row-link")).to_have_count(1)
    assert "reason=" not in page.url.replace("reason=&", "")
    page.select_option("select[name=reason]", "damaged")
    page.focus("select[name=reason]")
    page.keyboard.press("Enter")
    expect(page.locator(".empty")).to_be_visible()
    assert "reason=damaged" in page.url


def test_an_offer_beyond_what_is_due_is_caught_and_then_made_from_the_phone(
    open_page: OpenPage, live_server: LiveServer, person: User, claims: list[Case]
) -> None:
    page = sign_in(open_page("/sign-in/", PHONE), live_server.url, person)
    page.goto(f"/merchant/cases/{claims[0].id}/")
    page.click("summary:has-text('Make an offer')")
    page.click("label.choice:has-text('Partial refund')")
    page.fill("#offer-1-goods", "500")
    page.fill("#offer-note", "抱歉，先退一部分可以吗？")
    page.click("form[action$='make_offer/'] button")
    expect(page.locator("#offer-1-goods_error")).to_contain_text("At most ¥129.00 is due.")
    expect(page.locator(".notice-harm")).to_be_focused()
    page.click(".notice-harm a")
    expect(page.locator("#offer-1-goods")).to_be_focused()
    assert page.input_value("#offer-note") == "抱歉，先退一部分可以吗？"
    page.fill("#offer-1-goods", "40")
    page.click("form[action$='make_offer/'] button")
    expect(page.locator(".notice-good")).to_contain_text("Make an offer")
    expect(page.locator(".compare")).to_contain_text("¥40.00")
    expect(page.locator(".next-eyebrow")).to_contain_text("Buyer")


def test_evidence_goes_in_from_the_camera_and_is_handed_in(
    open_page: OpenPage, live_server: LiveServer, person: User, claims: list[Case]
) -> None:
    page = sign_in(open_page("/sign-in/", PHONE), live_server.url, person)
    page.goto(f"/merchant/cases/{claims[0].id}/")
    page.set_input_files("input[name=files]", [photo("打包台.jpg")])
    expect(page.locator(".draft")).to_contain_text("打包台.jpg")
    expect(page.locator("input[name=exhibit_ids]")).to_be_checked()
    page.click("form[action$='submit_evidence/'] button")
    expect(page.locator(".notice-good")).to_contain_text("Hand in evidence")
    expect(page.locator(".exhibit-merchant img")).to_be_visible()


def test_accepting_is_confirmed_with_the_figures_and_works_without_script(
    open_page: OpenPage, live_server: LiveServer, person: User, claims: list[Case]
) -> None:
    page = sign_in(open_page("/sign-in/", DESK, script=False), live_server.url, person)
    page.goto(f"/merchant/cases/{claims[0].id}/")
    page.click("form[action$='accept_claim/'] button")
    expect(page.locator(".dues-large")).to_contain_text("¥139.00")
    page.click("button:has-text('Yes: Accept the claim')")
    expect(page.locator(".notice-good")).to_contain_text("Accept the claim")
    expect(page.locator(".next-name")).to_have_text("Send the goods back")
