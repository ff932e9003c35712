"""The agent's pages in a real browser: both sides beside the rules, findings worked out live, no script needed."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from makewhole.core.case.model import Case
from makewhole.core.words import Reason, Role
from makewhole.integrations.payments.sandbox.provider import Sandbox
from makewhole.rooms.cases import queries as cases
from makewhole.rooms.identity.models import User
from makewhole.rooms.treasury import ports
from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.browser.people import look_closely, sign_in, small_targets
from tests.doors.panel import disputed, take
from tests.doors.shop import AGENT, people
from tests.rooms.treasury.stage import play

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOOKS = [
    pytest.param(PHONE, "zh-hans", "light", id="phone-chinese-light"),
    pytest.param(PHONE, "en", "dark", id="phone-english-dark"),
    pytest.param(DESK, "zh-hans", "dark", id="desk-chinese-dark"),
    pytest.param(DESK, "en", "light", id="desk-english-light"),
]
UNTRUE = "fact-description_untrue"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    registered = ports.provider("sandbox")
    yield play()
    ports.register_provider(registered, stands_in=True)
    ports.tell_worker(True)


@pytest.fixture
def person(transactional_db: None) -> User:
    return people()[Role.AGENT]


@pytest.fixture
def mine(sandbox: Sandbox, person: User) -> Case:
    """A case with photos on this agent's desk, beside another with the same photo that nobody has."""
    disputed("2026112100600", timezone.now(), Reason.QUALITY, photos=True)
    case = disputed("2026112100417", timezone.now(), photos=True)
    take(case, person)
    return case


def rulings_of(case: Case) -> int:
    return len(cases.read_case(UUID(case.id), AGENT, timezone.now()).case.rulings)


@pytest.mark.parametrize(("size", "language", "theme"), LOOKS)
def test_every_page_is_readable_by_everybody(
    open_page: OpenPage,
    live_server: LiveServer,
    person: User,
    mine: Case,
    size: tuple[int, int],
    language: str,
    theme: str,
) -> None:
    page = sign_in(open_page("/healthz", size, language, theme), live_server.url, person)
    base = f"/agent/cases/{mine.id}/"
    exhibit = f"/agent/evidence/{cases.read_case(UUID(mine.id), AGENT, timezone.now()).case.exhibits[0][0]}/"
    for path in ("/agent/", "/agent/all/", "/agent/cases/", base, f"{base}rule/", f"{base}precedents/", exhibit):
        page.goto(path)
        look_closely(page)
        assert not small_targets(page), path


def test_on_the_desk_both_sides_stand_beside_the_rules(
    open_page: OpenPage, live_server: LiveServer, person: User, mine: Case
) -> None:
    page = sign_in(open_page("/healthz", DESK), live_server.url, person)
    page.goto(f"/agent/cases/{mine.id}/")
    boxes = [page.locator(name).bounding_box() for name in (".side-card-buyer", ".answer", ".side-card-merchant")]
    lefts = [box["x"] for box in boxes if box]
    assert len(lefts) == 3
    assert lefts == sorted(lefts)
    assert len({round(box["y"]) for box in boxes if box}) == 1


def test_keys_move_through_the_desk_and_enter_opens(
    open_page: OpenPage, live_server: LiveServer, person: User, mine: Case
) -> None:
    page = sign_in(open_page("/healthz", DESK), live_server.url, person)
    page.goto("/agent/all/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url("**/agent/cases/*/")


def rule_sheet(page: Page, case: Case) -> None:
    page.goto(f"/agent/cases/{case.id}/rule/")


def test_a_finding_works_the_answer_out_again_at_once(
    open_page: OpenPage, live_server: LiveServer, person: User, mine: Case
) -> None:
    page = sign_in(open_page("/healthz", DESK), live_server.url, person)
    rule_sheet(page, mine)
    expect(page.locator("#outcome .notice")).to_contain_text("Not found yet: the goods differ from the description")
    page.locator(f"input[name='{UNTRUE}'][value=yes]").check(force=True)
    expect(page.locator("#outcome .notice")).to_have_count(0)
    expect(page.locator("#outcome .outcome-sum")).to_contain_text("¥134.00")
    expect(page.locator("#announcer")).to_have_text("Worked out again: ¥134.00")
    page.locator(f"input[name='{UNTRUE}'][value=no]").check(force=True)
    expect(page.locator("#outcome input[name=remedy][value=return_and_refund]")).to_have_count(0)
    page.select_option("#add-fact", "human_damage")
    expect(page.locator("#finding-human_damage")).to_be_visible()


def test_what_was_typed_is_there_again_and_is_worked_out(
    open_page: OpenPage, live_server: LiveServer, person: User, mine: Case
) -> None:
    page = sign_in(open_page("/healthz", DESK), live_server.url, person)
    rule_sheet(page, mine)
    page.locator(f"input[name='{UNTRUE}'][value=yes]").check(force=True)
    page.fill("[name=reasons]", "The page promised mist blue.")
    expect(page.locator("#outcome .notice")).to_have_count(0)
    page.goto("/agent/")
    rule_sheet(page, mine)
    assert page.input_value("[name=reasons]") == "The page promised mist blue."
    expect(page.locator("#outcome .notice")).to_have_count(0)


def fill_and_look_again(page: Page) -> None:
    page.locator(f"input[name='{UNTRUE}'][value=yes]").check(force=True)
    page.locator("summary:has-text('Why, and on which exhibits')").first.click()
    page.fill("[name=why-description_untrue]", "The photo shows another glaze.")
    page.locator("[name=exhibits-description_untrue]").first.check(force=True)
    page.fill("[name=reasons]", "The page promised mist blue.")
    page.click("button[value=confirm]")
    expect(page.locator(".confirm")).to_contain_text("¥134.00")


def test_a_ruling_is_seen_in_full_and_then_given(
    open_page: OpenPage, live_server: LiveServer, person: User, mine: Case
) -> None:
    page = sign_in(open_page("/healthz", PHONE), live_server.url, person)
    rule_sheet(page, mine)
    fill_and_look_again(page)
    look_closely(page)
    assert rulings_of(mine) == 0
    page.click("button:has-text('No, go back')")
    assert page.input_value("[name=reasons]") == "The page promised mist blue."
    page.click("button[value=confirm]")
    page.click("button[name=confirmed]")
    page.wait_for_url(f"**/agent/cases/{mine.id}/")
    expect(page.locator(".messages")).to_contain_text("You have ruled.")
    expect(page.locator("#ruling")).to_contain_text("The photo shows another glaze.")
    assert rulings_of(mine) == 1


def test_ruling_needs_no_script(open_page: OpenPage, live_server: LiveServer, person: User, mine: Case) -> None:
    page = sign_in(open_page("/healthz", PHONE, script=False), live_server.url, person)
    rule_sheet(page, mine)
    page.locator(f"input[name='{UNTRUE}'][value=yes]").check(force=True)
    page.click("button[value=preview]")
    expect(page.locator("#outcome .notice")).to_have_count(0)
    page.fill("[name=why-description_untrue]", "The photo shows another glaze.")
    page.fill("[name=reasons]", "The page promised mist blue.")
    page.click("button[value=confirm]")
    page.click("button[name=confirmed]")
    assert rulings_of(mine) == 1
