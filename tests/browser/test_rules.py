"""The rules as anyone reads them, in a real browser: three languages, phone and desk, with and without script."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.browser.people import look_closely, small_targets

LOOKS = [
    pytest.param(PHONE, "zh-hant", "light", id="phone-traditional-light"),
    pytest.param(PHONE, "zh-hans", "dark", id="phone-simplified-dark"),
    pytest.param(DESK, "en", "dark", id="desk-english-dark"),
    pytest.param(DESK, "zh-hant", "dark", id="desk-traditional-dark"),
]
PAGES = (
    "/rules/cn/?q=refnud", "/rules/uk/?reason=quality&layer=law", "/rules/cn/?q=运费谁出", "/rules/cn/changes/?page=2",
    "/rules/cn/cn-promise-late-dispatch/", "/rules/cn/cn-promise-late-dispatch/2015-01-01/",
    "/rules/cn/cn-consumer-24-return/", "/rules/cn/cn-consumer-25-fresh/",
)  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("size", "language", "theme"), LOOKS)
def test_the_pages_of_the_rules_are_readable_by_everybody(
    open_page: OpenPage, size: tuple[int, int], language: str, theme: str
) -> None:
    page = open_page("/rules/", size, language, theme)
    for path in PAGES:
        page.goto(path)
        look_closely(page)
        assert not small_targets(page), path


@pytest.mark.django_db(transaction=True)
def test_from_the_answer_to_the_rule_and_its_history_without_script(open_page: OpenPage) -> None:
    told = "market=cn&reason=late_dispatch&category=home&price=79&quantity=1&freight=5"
    days = "placed=2022-07-10&send_by=2022-07-11&sent=2022-07-14"
    page = open_page(f"/due/?{told}&{days}", PHONE, "zh-hant", script=False)
    rule = page.locator("details.rule", has_text="延遲發貨").first
    rule.locator("summary").click()
    rule.get_by_role("link", name="看完整規則和沿革").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-hant")
    expect(page.locator("h1")).to_contain_text("延遲發貨")
    expect(page.locator("main")).to_contain_text("今天施行的是另一版")
    page.get_by_role("link", name="看今天施行的這一條").click()
    expect(page.locator("main")).to_contain_text("最高 ¥30.00")


@pytest.mark.django_db(transaction=True)
def test_the_language_is_switched_between_three_where_one_is(open_page: OpenPage) -> None:
    page = open_page("/rules/cn/?q=perishable", PHONE, "en")
    page.get_by_role("button", name="切換到繁體中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-hant")
    expect(page.locator("main")).to_contain_text("鮮活易腐的商品")
    page.get_by_role("button", name="切换到简体中文").click()
    expect(page.locator("main")).to_contain_text("鲜活易腐的商品")
    page.get_by_role("button", name="Read this in English").click()
    expect(page.locator("main")).to_contain_text("Fresh and perishable goods")
    assert page.url.endswith("/rules/cn/?q=perishable")
