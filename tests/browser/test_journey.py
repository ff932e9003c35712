"""The main job, end to end, with real pages at phone size: a wronged buyer is made whole, the merchant silent.

The buyer claims; the merchant offers too little and then falls silent; the platform hears both sides; an agent rules;
the merchant, whose money has left, does not pay; the guarantee fund does, and the merchant's deposit repays it.
"""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from makewhole.core.case import commands as c
from makewhole.core.words import Remedy, Role, Stage
from makewhole.rooms.cases import queries as cases
from makewhole.rooms.identity.models import User
from makewhole.rooms.treasury import ports
from makewhole.rooms.treasury import service as treasury
from tests.browser.conftest import PHONE, OpenPage
from tests.browser.people import look_closely, photo, sign_in
from tests.doors.shop import BUYER, MERCHANT, MERCHANT_ID, Time, document, give, people, rehearsal, sell
from tests.rooms.treasury.stage import balance, play, refunded_at_bank

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def time(transactional_db: None, tmp_path: Path) -> Iterator[Time]:
    """The time all pages live in, with a provider of the test's own."""
    registered = ports.provider("sandbox")
    with rehearsal(play(), tmp_path) as running:
        yield running
    ports.register_provider(registered, stands_in=True)
    ports.tell_worker(True)


def money_gone(sandbox_time: Time) -> UUID:
    """An order whose money the merchant has had and taken out; a deposit stands, and the fund holds money."""
    now = sandbox_time.now
    (order_id,) = sell(document("2026112100417", now=now), now=now)
    treasury.settle_order(order_id, now)
    treasury.pay_out_merchant(MERCHANT_ID, "CNY", 26_800, "payout-1", now)
    treasury.top_up_deposit(MERCHANT_ID, "CNY", 5_000, "deposit-1", now)
    treasury.top_up_fund("CNY", 1_000_000, "fund-1", now)
    sandbox_time.pass_hours(3)
    return order_id


def claims(page: Page, order_id: UUID) -> str:
    """The buyer asks what is due and claims half of the price back, with a photo. Returns the claim's address."""
    page.goto(f"/buyer/orders/{order_id}/")
    page.click("text=有质量问题，或用不了了")
    page.select_option("select[name='line-1']", "2")
    percent = page.locator("input[type=number][name=fact-value_lost_percent]")
    percent.fill("50")
    percent.dispatch_event("change")
    expect(page.locator(".answer")).to_contain_text("¥129.00")
    page.click("text=申请售后")
    page.fill("textarea[name=story]", "两只杯子的把手都有裂纹，倒热水会漏。")
    page.click(".wizard-press button")
    page.wait_for_url("**/claim/plan/")
    page.click("label[for=plan-partial_refund]")
    page.click(".wizard-press button")
    page.set_input_files("input[name=files]", [photo("把手.jpg")])
    expect(page.locator(".draft")).to_contain_text("把手.jpg")
    page.click(".wizard-press button")
    expect(page.locator("h1")).to_have_text("核对并提交")
    look_closely(page)
    page.click("text=提交售后")
    page.wait_for_url("**/buyer/cases/*/")
    expect(page.locator(".notice-good")).to_contain_text("商家已收到通知")
    return page.url


def merchant_offers_too_little(page: Page, case_id: str) -> None:
    page.goto("/merchant/")
    page.click(".row-link")
    page.wait_for_url(f"**/merchant/cases/{case_id}/")
    page.click("summary:has-text('提出方案')")
    page.click("label.choice:has-text('部分退款')")
    page.fill("#offer-1-goods", "20")
    page.fill("#offer-note", "可能是运输造成的，补偿 20 元可以吗？")
    page.click("form[action$='make_offer/'] button")
    expect(page.locator(".compare")).to_contain_text("¥20.00")


def buyer_insists(page: Page, place: str) -> None:
    page.goto(place)
    expect(page.locator(".compare")).to_contain_text("¥20.00")
    page.click("summary:has-text('修改诉求')")
    page.fill("#revise-note", "裂纹会漏水，请按一半退。")
    page.click("form[action$='revise_claim/'] button")
    expect(page.locator(".next-eyebrow").first).to_contain_text("商家")


def buyer_calls_the_platform(page: Page, place: str) -> None:
    page.goto(place)
    expect(page.locator(".past")).to_contain_text("方案逾期未获答复，已失效")
    page.click("form[action$='escalate/'] button")
    expect(page.locator(".page-head .chip")).to_have_text("平台处理中")


def agent_rules(page: Page, case_id: str) -> None:
    """The agent takes the case from the desk, finds the goods defective and rules as the rules then give."""
    page.goto("/agent/unassigned/")
    page.goto(f"/agent/cases/{case_id}/")
    page.click("form[action$='take/'] button")
    page.goto(f"/agent/cases/{case_id}/rule/")
    for fact, value, why in (
        ("goods_defective", "yes", "照片上两只把手都有裂纹。"),
        ("value_lost_percent", "50", "能装冷水，不能装热水，价值约剩一半。"),
    ):
        control = page.locator(f"[name='fact-{fact}']")
        if control.first.get_attribute("type") == "radio":
            page.locator(f"[name='fact-{fact}'][value='{value}']").check(force=True)
        else:
            control.fill(value)
            control.dispatch_event("change")
        reason = page.locator(f"[name='why-{fact}']")
        if not reason.is_visible():
            page.click(f"section[aria-labelledby='finding-{fact}'] summary")
        reason.fill(why)
    expect(page.locator("#outcome .choice-text").first).to_be_visible()
    page.locator("#outcome input[name=remedy][value=partial_refund]").check(force=True)
    expect(page.locator(".outcome-sum")).to_contain_text("¥129.00")
    page.fill("[name=reasons]", "质量问题属实，商家未提供相反证据，按价值减少的比例退还价款。")
    page.click("button[value=confirm]")
    expect(page.locator("article.confirm")).to_contain_text("¥129.00")
    page.click("article.confirm button[value=yes]")
    page.wait_for_url("**/agent/**")


def test_a_buyer_is_made_whole_although_the_merchant_is_silent(
    open_page: OpenPage, live_server: LiveServer, time: Time
) -> None:
    staff: dict[Role, User] = people()
    order_id = money_gone(time)
    phones = {
        role: sign_in(open_page("/sign-in/", PHONE, "zh-hans"), live_server.url, staff[role])
        for role in (Role.BUYER, Role.MERCHANT, Role.AGENT)
    }
    place = claims(phones[Role.BUYER], order_id)
    case_id = place.rstrip("/").rsplit("/", 1)[1]
    time.pass_hours(5)
    merchant_offers_too_little(phones[Role.MERCHANT], case_id)
    time.pass_hours(2)
    buyer_insists(phones[Role.BUYER], place)
    time.pass_hours(49)  # the merchant says nothing: the proposal lapses
    buyer_calls_the_platform(phones[Role.BUYER], place)
    give_up_own_round(case_id, time)
    time.pass_hours(73)  # nor does the merchant hand anything in: the ruling is made on what is on file
    assert cases.read_case(UUID(case_id), MERCHANT, time.now).case.stage is Stage.MEDIATION
    agent_rules(phones[Role.AGENT], case_id)
    ruled = phones[Role.BUYER]
    ruled.goto(place)
    expect(ruled.locator("#ruling")).to_contain_text("照片上两只把手都有裂纹。")
    look_closely(ruled)
    time.pass_hours(24 * 8)  # nobody appeals: the ruling is final; the merchant's money is gone
    time.pass_hours(26)  # nor does the merchant pay: the fund does
    time.pass_hours(24 * 4)
    ruled.goto(place)
    expect(ruled.locator(".page-head .chip")).to_have_text("裁决支持买家")
    expect(ruled.locator(".flow")).to_contain_text("保障基金")
    expect(ruled.locator("#money")).to_contain_text("¥129.00 已于")
    look_closely(ruled)
    ruled.goto("/buyer/money/")
    expect(ruled.locator(".refund-arrived")).to_have_text("¥129.00")
    owes(phones[Role.MERCHANT])
    assert refunded_at_bank("pay-2026112100417") == 12_900
    assert balance("deposit", MERCHANT_ID) == 0
    assert balance("receivable", MERCHANT_ID) == -(12_900 - 5_000)


def give_up_own_round(case_id: str, time: Time) -> None:
    """The buyer has handed everything in with the claim."""
    case = cases.read_case(UUID(case_id), BUYER, time.now).case
    assert case.demand.remedy is Remedy.PARTIAL_REFUND
    give(case, c.FinishEvidence(), BUYER, time.now)


def owes(page: Page) -> None:
    """The merchant's statement says what the fund paid, what the deposit gave and what is still owed."""
    page.goto("/merchant/statement/")
    expect(page.locator(".stat-harm")).to_contain_text("¥79.00")
    expect(page.locator(".data")).to_contain_text("偿还保障基金")
    look_closely(page)
