"""The buyer's pages in a real browser: readable, reachable, without script, and with nothing lost on the way."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from makewhole.core.case import commands as c
from makewhole.core.words import Reason, Remedy, Role
from makewhole.integrations.payments.sandbox.provider import Sandbox
from makewhole.rooms.cases import queries as cases
from makewhole.rooms.identity.models import User
from makewhole.rooms.treasury import ports
from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.browser.people import look_closely, photo, sign_in, small_targets
from tests.doors.shop import BUYER, MERCHANT, Time, claim, cup, document, give, line, people, sell
from tests.rooms.treasury.stage import play

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOOKS = [
    pytest.param(PHONE, "zh-hans", "light", id="phone-chinese-light"),
    pytest.param(PHONE, "en", "dark", id="phone-english-dark"),
    pytest.param(DESK, "en", "light", id="desk-english-light"),
]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    registered = ports.provider("sandbox")
    yield play()
    ports.register_provider(registered, stands_in=True)
    ports.tell_worker(True)


@pytest.fixture
def person(transactional_db: None) -> User:
    return people()[Role.BUYER]


@pytest.fixture
def orders(sandbox: Sandbox, transactional_db: None) -> list[UUID]:
    """Received, under way with three lines, and older."""
    now = timezone.now()
    goods = (cup(1), line("2", "云南挂耳咖啡 20 包", 3, 4_500), line("3", "木质托盘", 1, 3_900))
    return sell(
        document("2026112100417", now=now),
        document("2026112100500", *goods, now=now, days_ago=3, signed=False),
        document("2026110100100", cup(1), now=now, days_ago=12),
    )


def offered(order_id: UUID) -> str:
    """The address of a claim that waits for the buyer's answer."""
    case = claim(order_id, Reason.QUALITY, Remedy.RETURN_AND_REFUND, defect_kind="visible")
    offer = c.Proposal(remedy=Remedy.PARTIAL_REFUND, amount_minor=3_000)
    give(case, c.MakeOffer(proposal=offer, note="抱歉给您带来不便，先退您 30 元可以吗？"), MERCHANT)
    return f"/buyer/cases/{case.id}/"


def paid(order_id: UUID, sandbox: Sandbox) -> str:
    """The address of a claim that was accepted and paid."""
    now = timezone.now()
    case = claim(order_id, now=now)
    give(case, c.AcceptClaim(), MERCHANT, now)
    Time(sandbox, now).pass_hours(3)
    return f"/buyer/cases/{case.id}/"


@pytest.mark.parametrize(("size", "language", "theme"), LOOKS)
def test_every_page_fits_and_is_accessible(
    open_page: OpenPage,
    live_server: LiveServer,
    person: User,
    orders: list[UUID],
    sandbox: Sandbox,
    size: tuple[int, int],
    language: str,
    theme: str,
) -> None:
    answered, settled = offered(orders[2]), paid(orders[1], sandbox)
    page = sign_in(open_page("/sign-in/", size, language, theme), live_server.url, person)
    order = f"/buyer/orders/{orders[0]}/"
    for path in (
        "/buyer/",
        order,
        f"{order}due/",
        f"{order}due/?reason=quality&line-1=1",
        f"{order}claim/story/",
        f"{order}claim/reason/",
        f"{order}claim/items/",
        "/buyer/cases/",
        answered,
        settled,
        "/buyer/money/",
        "/buyer/notices/",
    ):
        page.goto(path)
        look_closely(page)
        assert not small_targets(page), path


def fill(page: Page, story: str = "用了两次把手就裂了。") -> None:
    """From the story to the evidence, with what the answer page already knew."""
    page.fill("textarea[name=story]", story)
    page.click(".wizard-press button")
    page.wait_for_url("**/claim/plan/")
    page.locator("input[name=fact-defect_kind][value=visible]").check(force=True)
    page.locator("label[for=plan-return_and_refund]").click()
    page.click(".wizard-press button")
    page.wait_for_url("**/claim/evidence/")


def test_claiming_with_the_camera_and_going_back_on_the_way(
    open_page: OpenPage, live_server: LiveServer, person: User, orders: list[UUID]
) -> None:
    page = sign_in(open_page("/sign-in/", PHONE), live_server.url, person)
    page.goto(f"/buyer/orders/{orders[0]}/")
    page.click("text=It is faulty or stopped working")
    expect(page.locator(".answer")).to_contain_text("Return and refund")
    page.click("text=Claim this")
    page.wait_for_url("**/claim/story/")
    fill(page)
    page.set_input_files("input[name=files]", [photo("把手.jpg")])
    expect(page.locator(".draft")).to_contain_text("把手.jpg")
    look_closely(page)
    page.click(".wizard-press button")
    page.wait_for_url("**/claim/check/")
    look_closely(page)
    page.go_back()
    page.go_back()
    expect(page.locator("input[name=plan][value=return_and_refund]")).to_be_checked()
    page.goto(f"/buyer/orders/{orders[0]}/claim/check/")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.evaluate(
        "() => { const button = document.querySelector('.wizard-press button'); button.click(); button.click(); }"
    )
    page.wait_for_url("**/buyer/cases/*/")
    assert len(sent) == 1
    expect(page.locator(".notice-good")).to_contain_text("Your claim is open.")
    expect(page.locator(".exhibit img").first).to_be_visible()
    assert len(cases.inbox(BUYER).rows) == 1


def test_questions_answered_change_the_answer_at_once(
    open_page: OpenPage, live_server: LiveServer, person: User, orders: list[UUID]
) -> None:
    page = sign_in(open_page("/sign-in/", PHONE), live_server.url, person)
    page.goto(f"/buyer/orders/{orders[0]}/due/?reason=quality&line-1=1")
    expect(page.locator(".answer")).to_contain_text("Amount not known yet")
    percent = page.locator("input[type=number][name=fact-value_lost_percent]")
    percent.fill("30")
    percent.dispatch_event("change")
    expect(page.locator(".answer")).to_contain_text("¥38.70")
    assert "fact-value_lost_percent=30" in page.url


def test_what_is_typed_while_the_answer_is_on_its_way_is_kept(
    open_page: OpenPage, live_server: LiveServer, person: User, orders: list[UUID]
) -> None:
    page = sign_in(open_page("/sign-in/", PHONE), live_server.url, person)
    page.goto(f"/buyer/orders/{orders[0]}/due/?reason=quality&line-1=1")
    page.select_option("select[name=line-1]", "2")
    page.fill("input[type=number][name=fact-value_lost_percent]", "30")
    expect(page.locator(".answer")).to_contain_text("¥77.40")
    expect(page.locator("input[type=number][name=fact-value_lost_percent]")).to_have_value("30")


def test_a_figure_is_worked_out_when_the_typing_pauses(
    open_page: OpenPage, live_server: LiveServer, person: User, orders: list[UUID]
) -> None:
    page = sign_in(open_page("/sign-in/", PHONE), live_server.url, person)
    page.goto(f"/buyer/orders/{orders[0]}/due/?reason=quality&line-1=1")
    page.focus("input[type=number][name=fact-value_lost_percent]")
    page.keyboard.type("3")
    expect(page.locator(".answer")).to_contain_text("¥3.87")
    page.keyboard.type("0")
    expect(page.locator(".answer")).to_contain_text("¥38.70")
    expect(page.locator("#announcer")).to_contain_text("¥38.70")


def test_steps_sent_after_the_session_ended_are_there_again(
    open_page: OpenPage, live_server: LiveServer, person: User, orders: list[UUID]
) -> None:
    page = sign_in(open_page("/sign-in/", PHONE), live_server.url, person)
    step = f"/buyer/orders/{orders[0]}/claim/reason/"
    page.goto(step)
    page.check("input[value=quality]")
    page.context.clear_cookies(name="makewhole_session")
    page.click(".wizard-press button")
    page.wait_for_url("**/sign-in/**")
    sign_in(page, live_server.url, person).goto(step)
    expect(page.locator("input[value=quality]")).to_be_checked()
    page.click(".wizard-press button")
    page.goto(f"/buyer/orders/{orders[0]}/due/?reason=damaged&line-1=1")
    page.click("#claim-this button")
    page.goto(step)
    expect(page.locator("input[value=damaged]")).to_be_checked()
    expect(page.locator("input[value=quality]")).not_to_be_checked()


def test_everything_works_without_script(
    open_page: OpenPage, live_server: LiveServer, person: User, orders: list[UUID]
) -> None:
    page = sign_in(open_page("/sign-in/", PHONE, script=False), live_server.url, person)
    page.goto(f"/buyer/orders/{orders[0]}/due/?reason=quality")
    page.fill("input[type=number][name=fact-value_lost_percent]", "30")
    page.click("text=Work it out")
    expect(page.locator(".answer")).to_contain_text("¥77.40")
    page.click("text=Claim this")
    page.fill("textarea[name=story]", "用了两次把手就裂了。")
    page.click(".wizard-press button")
    page.click("label[for=plan-partial_refund]")
    page.click(".wizard-press button")
    page.set_input_files("input[name=files]", [photo()])
    page.click("text=Add files")
    expect(page.locator(".draft")).to_contain_text("photo.jpg")
    page.click(".wizard-press button")
    page.click(".wizard-press button")
    expect(page.locator(".notice-good")).to_contain_text("Your claim is open.")


def test_an_offer_is_accepted_with_the_thumb_after_seeing_the_figures(
    open_page: OpenPage, live_server: LiveServer, person: User, orders: list[UUID]
) -> None:
    place = offered(orders[2])
    page = sign_in(open_page("/sign-in/", PHONE, "zh-hans"), live_server.url, person)
    page.goto(place)
    expect(page.locator(".compare")).to_contain_text("¥30.00")
    expect(page.locator(".action-bar")).to_contain_text("答复方案")
    page.click(".action-bar .button")
    expect(page.locator(".action-bar")).to_be_hidden()
    page.click("#actions .action button:has-text('接受方案')")
    expect(page.locator(".dues-large")).to_contain_text("¥30.00")
    expect(page.locator(".confirm")).to_contain_text("少得 ¥")
    look_closely(page)
    page.click("button:has-text('接受方案')")
    expect(page.locator(".notice-good")).to_contain_text("接受方案")
    expect(page.locator(".flow")).to_contain_text("¥30.00")


def test_clocks_on_my_orders_run_as_the_server_said(
    open_page: OpenPage, live_server: LiveServer, person: User, orders: list[UUID]
) -> None:
    claim(orders[0], now=timezone.now() - timedelta(hours=5))
    page = sign_in(open_page("/sign-in/", PHONE), live_server.url, person)
    page.goto("/buyer/")
    expect(page.locator(".order-case .clock-left")).to_have_text("1 day 18 h left")
