"""Every part, in a real browser: accessible, in policy, within the screen, and doing what it promises."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("demo")]

PATHS = (
    "/",
    "/sign-in/",
    "/no-such-page/",
    "/parts/answer/",
    "/parts/case/?bar=1",
    "/parts/desk/",
    "/parts/forms/",
    "/parts/tables/",
    "/parts/small/",
)
LOOKS = [
    pytest.param(PHONE, "zh-hans", "light", id="phone-chinese-light"),
    pytest.param(PHONE, "en", "dark", id="phone-english-dark"),
    pytest.param(DESK, "zh-hans", "dark", id="desk-chinese-dark"),
    pytest.param(DESK, "en", "light", id="desk-english-light"),
]


def assert_accessible(page: Page) -> None:
    """No violation of axe's rules, with everything that folds unfolded."""
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    violations = Axe().run(page).response["violations"]
    found = [(each["id"], [node["html"] for node in each["nodes"]]) for each in violations]
    assert not found, f"{page.url}: {found}"


def assert_within_screen(page: Page) -> None:
    """Nothing sticks out sideways."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


@pytest.mark.parametrize(("size", "language", "theme"), LOOKS)
def test_every_part_is_accessible_and_fits(
    open_page: OpenPage, size: tuple[int, int], language: str, theme: str
) -> None:
    page = open_page("/", size, language, theme)
    for path in PATHS:
        page.goto(path)
        assert_within_screen(page)
        assert_accessible(page)


def test_targets_are_large_enough_for_a_thumb(open_page: OpenPage) -> None:
    page = open_page("/parts/case/", PHONE)
    small = page.eval_on_selector_all(
        "button, .nav-link, summary, .tabs a, select",
        "(all) => all.filter((each) => each.offsetParent && each.getBoundingClientRect().height < 43.5)"
        ".map((each) => each.outerHTML.slice(0, 80))",
    )
    assert not small


def test_each_exhibit_names_its_side_within_its_own_frame(open_page: OpenPage) -> None:
    page = open_page("/parts/desk/", PHONE)
    assert page.locator(".exhibit .party").all_inner_texts() == ["Buyer", "Buyer", "Merchant", "Merchant"]
    for exhibit in page.locator(".exhibit").all():
        frame, label = exhibit.bounding_box(), exhibit.locator(".party").bounding_box()
        assert frame is not None
        assert label is not None
        assert frame["y"] < label["y"] < frame["y"] + frame["height"]


def test_j_and_k_move_between_rows(open_page: OpenPage) -> None:
    page = open_page("/parts/tables/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".row-link").nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator(".row-link").nth(0)).to_be_focused()
    page.keyboard.press("Enter")
    assert "#claim-" in page.url


def test_a_filter_shows_at_once_and_stays_in_the_address(open_page: OpenPage) -> None:
    page = open_page("/parts/tables/")
    page.select_option("select[name=stage]", "mediation")
    expect(page.locator("tbody tr")).to_have_count(1)
    assert "stage=mediation" in page.url


def test_light_and_dark_change_at_once_and_are_remembered(open_page: OpenPage) -> None:
    page = open_page("/parts/forms/?fresh=1")
    page.fill("#id_email", "lin@example.org")
    page.click("[data-theme-switch] button")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.input_value("#id_email") == "lin@example.org"
    dark = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == dark != "rgb(246, 243, 236)"


def test_what_was_typed_is_there_again_after_coming_back(open_page: OpenPage) -> None:
    page = open_page("/parts/case/")
    page.click("summary:has-text('Make another offer')")
    page.fill("#offer-note", "Half of it, and a new cup.")
    page.goto("/parts/tables/")
    page.goto("/parts/case/")
    assert page.input_value("#offer-note") == "Half of it, and a new cup."


def test_trap_04_a_double_tap_sends_one_request(open_page: OpenPage) -> None:
    page = open_page("/parts/case/")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.evaluate(
        "() => { const button = document.querySelector('.action button:not([type])'); button.click(); button.click(); }"
    )
    page.wait_for_url("**/parts/confirm/")
    assert len(sent) == 1


def test_money_asks_once_more_with_the_figures(open_page: OpenPage) -> None:
    page = open_page("/parts/case/", PHONE)
    page.click("button:has-text('Accept and pay')")
    expect(page.locator("h1")).to_have_text("Accept and pay")
    expect(page.locator(".dues-large")).to_contain_text("¥125.00")
    assert_accessible(page)
    page.click("button:has-text('Yes: Accept and pay')")
    expect(page.locator(".notice")).to_contain_text("The refund is on its way")


def test_a_chosen_file_is_named_before_it_is_sent(open_page: OpenPage) -> None:
    page = open_page("/parts/forms/?fresh=1")
    page.set_input_files("#id_photo", [{"name": "parcel.jpg", "mimeType": "image/jpeg", "buffer": b"x" * 2048}])
    expect(page.locator("[data-drop-list]")).to_contain_text("parcel.jpg")
    expect(page.locator("[data-drop-list]")).to_contain_text("2 KB")


def test_running_clocks_speak_as_the_server_did(open_page: OpenPage) -> None:
    page = open_page("/parts/case/", language="zh-hans")
    clocks = page.locator(".clock-left").all_inner_texts()
    without_script = open_page("/parts/case/", language="zh-hans", script=False)
    assert [each.split(" ")[0] for each in clocks] == [
        each.split(" ")[0] for each in without_script.locator(".clock-left").all_inner_texts()
    ]
    assert clocks[0].startswith("还剩 1 天 7 小时")


def test_pages_work_without_script(open_page: OpenPage) -> None:
    page = open_page("/parts/case/", PHONE, script=False)
    page.click("button:has-text('Accept and pay')")
    expect(page.locator(".dues-large")).to_contain_text("¥125.00")
    page = open_page("/parts/answer/", PHONE, script=False)
    page.click("[lang=zh-Hans].tool-button")
    expect(page.locator("h1")).to_have_text("部件陈列")
