"""The operator's and the public pages in a real browser: readable, within the screen, and working without script."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from makewhole.core.words import Role
from makewhole.integrations.payments.sandbox.provider import Sandbox
from makewhole.rooms import clock
from makewhole.rooms.cases.queries import cases_of_order
from makewhole.rooms.identity.models import User
from makewhole.rooms.orders import queries as orders
from makewhole.rooms.treasury import ports
from makewhole.rooms.treasury import queries as treasury
from makewhole.rooms.treasury import service as money
from makewhole.rooms.trials import queries as trials
from makewhole.rooms.trials.service import asking
from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.browser.people import look_closely, sign_in, small_targets
from tests.doors.panel import disputed
from tests.doors.shop import AGENT, MERCHANT_ID, people
from tests.rooms.treasury.stage import play

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOOKS = [
    pytest.param(PHONE, "zh-hans", "light", id="phone-chinese-light"),
    pytest.param(DESK, "zh-hans", "dark", id="desk-chinese-dark"),
    pytest.param(DESK, "en", "light", id="desk-english-light"),
]
PAGES = (
    "/operator/", "/operator/cases/", "/operator/fund/", "/operator/merchants/", f"/operator/merchants/{MERCHANT_ID}/",
    "/operator/books/", "/operator/books/accounts/", "/operator/books/transfers/", "/operator/books/payouts/",
    "/operator/books/reconciliation/", "/operator/books/checks/", "/operator/rules/",
    "/operator/rules/cn/cn-consumer-25-return/", "/operator/people/", "/operator/keys/", "/operator/webhooks/",
    "/operator/notices/", "/operator/rules/compare/?market=cn", "/operator/rules/trials/?market=cn",
    "/operator/rules/trials/draft/?market=cn&file=cn/platform.yaml",
)  # fmt: skip
PUBLIC = ("/due/", "/rights/", "/rules/", "/rules/cn/cn-consumer-25-return/")


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    registered = ports.provider("sandbox")
    yield play()
    ports.register_provider(registered, stands_in=True)
    ports.tell_worker(True)


@pytest.fixture
def person(transactional_db: None, sandbox: Sandbox) -> User:
    """An operator with a fund, a deposit and a case to look at."""
    now = timezone.now()
    money.top_up_fund("CNY", 5_000_000, "fund", now - timedelta(days=9))
    money.top_up_deposit(MERCHANT_ID, "CNY", 300_000, "deposit", now - timedelta(days=8))
    disputed("2026112100417", now)
    return people()[Role.OPERATOR]


@pytest.mark.parametrize(("size", "language", "theme"), LOOKS)
def test_every_page_is_readable_by_everybody(
    open_page: OpenPage, live_server: LiveServer, person: User, size: tuple[int, int], language: str, theme: str
) -> None:
    page = sign_in(open_page("/healthz", size, language, theme), live_server.url, person)
    record = orders.order_by_number("shop", "2026112100417")
    assert record is not None
    case = cases_of_order(record.id, AGENT)[0]
    transfer = treasury.transfers().transfers[0]
    for path in (*PAGES, f"/operator/cases/{case.id}/", f"/operator/books/transfers/{transfer.id}/"):
        page.goto(path)
        look_closely(page)
        assert not small_targets(page), path


@pytest.mark.parametrize(("size", "language", "theme"), LOOKS)
def test_public_pages_are_readable_by_everybody(
    open_page: OpenPage, size: tuple[int, int], language: str, theme: str
) -> None:
    page = open_page("/", size, language, theme)
    for path in PUBLIC:
        page.goto(path)
        look_closely(page)
        assert not small_targets(page), path


def test_the_fund_is_topped_up_without_script_and_asks_once_more(
    open_page: OpenPage, live_server: LiveServer, person: User
) -> None:
    page = sign_in(open_page("/healthz", PHONE, script=False), live_server.url, person)
    page.goto("/operator/fund/")
    page.fill("#top-up-amount", "2,500.00")
    page.click("button:has-text('Top the fund up')")
    expect(page.locator(".dues-large")).to_contain_text("¥52,500.00")
    page.click("button:has-text('Yes: Top the fund up')")
    expect(page.locator(".messages")).to_contain_text("¥2,500.00 is in the fund.")


def test_the_checks_run_on_the_live_data(open_page: OpenPage, live_server: LiveServer, person: User) -> None:
    page = sign_in(open_page("/healthz", DESK), live_server.url, person)
    page.goto("/operator/books/checks/")
    page.click("button:has-text('Check everything now')")
    expect(page.locator(".notice-good")).to_contain_text("Everything holds.")
    look_closely(page)


def test_a_key_is_made_and_its_text_is_gone_after_going_on(
    open_page: OpenPage, live_server: LiveServer, person: User
) -> None:
    page = sign_in(open_page("/healthz", DESK), live_server.url, person)
    page.goto("/operator/keys/")
    page.fill("#id_name", "Order export")
    page.locator("input[name=scope][value=shop]").check(force=True)
    page.click("button:has-text('Make the key')")
    secret = page.locator(".secret").inner_text()
    look_closely(page)
    page.click("text=I have copied it")
    expect(page.locator(".plain-list")).to_contain_text("Order export")
    assert secret not in page.content()


def test_anyone_learns_what_they_are_due_without_an_account(open_page: OpenPage) -> None:
    page = open_page("/rights/cn/", PHONE)
    page.click("text=See what I am due: Changed my mind")
    today = timezone.now().date()
    page.fill("#id_price", "129.00")
    for name, days in (("placed", 6), ("sent", 5), ("received", 3)):
        page.fill(f"#id_{name}", (today - timedelta(days=days)).isoformat())
    page.click("button:has-text('See what I am due')")
    expect(page.locator(".answer")).to_contain_text("Consumer Rights Protection Law (2013), art. 25")
    page.locator("input[name=fact-goods_intact][value=yes]").check(force=True)
    page.click("button:has-text('See what I am due')")
    expect(page.locator(".answer .figure").first).to_have_text("¥129.00")
    look_closely(page)


@pytest.mark.parametrize(("size", "language", "theme"), LOOKS)
def test_a_trial_is_asked_for_watched_and_read(
    open_page: OpenPage, live_server: LiveServer, person: User, size: tuple[int, int], language: str, theme: str
) -> None:
    page = sign_in(open_page("/healthz", size, language, theme), live_server.url, person)
    page.goto("/operator/rules/trials/?market=cn&before=cn@2022-03-15&after=cn@2022-07-18")
    page.click("form[method=post].table-tools button")
    expect(page.locator("progress")).to_be_visible()
    look_closely(page)
    asking.run(trials.trials("cn")[0].id, clock.now)
    # The page fetches itself anew while the trial runs.
    expect(page.locator(".plot")).to_have_count(4, timeout=10_000)
    look_closely(page)
    assert not small_targets(page)
