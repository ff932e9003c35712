"""Operators and money: the fund, deposits, write-offs, the books; figures once more, once, refused in words."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from makewhole.core.ledger.model import Funding
from makewhole.core.words import Head, Role
from makewhole.doors.portal.operator.auditing import all_checks
from makewhole.doors.portal.operator.words import ACCOUNTS, ACTS, CHECKS, INTENT_KINDS, INTENT_STATES
from makewhole.integrations.payments.sandbox.provider import Sandbox
from makewhole.rooms.treasury import queries as treasury
from makewhole.rooms.treasury import service
from tests.doors.forms import form, send, text
from tests.doors.shop import MERCHANT_ID, document, sell
from tests.rooms.treasury import stage

pytestmark = pytest.mark.django_db
FUND = "/operator/fund/"
MERCHANT = f"/operator/merchants/{MERCHANT_ID}/"
PAGES = (
    "/operator/", "/operator/fund/", "/operator/merchants/", "/operator/books/", "/operator/books/accounts/",
    "/operator/books/transfers/", "/operator/books/payouts/", "/operator/books/reconciliation/",
    "/operator/books/checks/", "/operator/cases/", "/operator/rules/", "/operator/people/", "/operator/keys/",
    "/operator/webhooks/", "/operator/notices/",
)  # fmt: skip


@pytest.fixture
def operator(sandbox: Sandbox, browser_of: Callable[[Role], Client]) -> Client:
    return browser_of(Role.OPERATOR)


@pytest.fixture
def fund(sandbox: Sandbox, db: None) -> None:
    service.top_up_fund("CNY", 1_000_000, "first", timezone.now())


def advanced() -> int:
    """The fund lays 50.00 out for the merchant, who has neither balance nor deposit; what is owed then."""
    sold = stage.sell(stage.document("F-1", merchant_id=MERCHANT_ID), now=timezone.now())[0]
    dues = (("1", Head.GOODS, 10_000), ("1", Head.DAMAGES, 5_000))
    case_id = stage.grant(sold, *dues)
    service.pay(stage.instruction(sold, "advance", *dues, funding=Funding.FUND, case_id=case_id), timezone.now())
    return treasury.merchant_money(MERCHANT_ID, "CNY").owed_minor


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_for_operators_alone(browser_of: Callable[[Role], Client], path: str) -> None:
    assert browser_of(Role.OPERATOR).get(path).status_code == 200
    assert Client().get(path).headers["Location"] == f"/sign-in/?next={path}"
    for role in (Role.BUYER, Role.MERCHANT, Role.AGENT):
        assert browser_of(role).get(path).status_code == 403


@pytest.mark.parametrize(
    "path", ["fund/top-up/", "fund/limit/", f"merchants/{MERCHANT_ID}/write-off/", "books/reconciliation/run/"]
)
def test_money_is_moved_by_operators_alone(agent: Client, path: str) -> None:
    assert agent.post(f"/operator/{path}", {"amount": "100", "limit": "1", "confirmed": "yes"}).status_code == 403


@pytest.fixture
def agent(sandbox: Sandbox, browser_of: Callable[[Role], Client]) -> Client:
    return browser_of(Role.AGENT)


def ask(client: Client, page: str, place: str, **typed: Any) -> Any:
    """Fill a form of the page and send it: what comes is the page that asks once more."""
    return send(client, page, place, **typed)


def say_yes(client: Client, asked: Any, place: str, **typed: Any) -> Any:
    return client.post(place, {**form(asked, place), "confirmed": "yes", **typed})


def test_topping_up_shows_the_figures_first(operator: Client, fund: None) -> None:
    place = f"{FUND}top-up/"
    asked = ask(operator, FUND, place, amount="2,500.00")
    page = text(asked)
    assert "The fund holds now ¥10,000.00 You add ¥2,500.00 It then holds ¥12,500.00" in page
    assert treasury.fund_today("CNY").balance_minor == 1_000_000
    answer = say_yes(operator, asked, place)
    assert "¥2,500.00 is in the fund." in text(operator.get(answer.headers["Location"]))
    assert treasury.fund_today("CNY").balance_minor == 1_250_000


def test_trap_04_topping_up_twice_by_one_form_is_once(operator: Client, fund: None) -> None:
    place = f"{FUND}top-up/"
    asked = ask(operator, FUND, place, amount="2,500.00")
    say_yes(operator, asked, place)
    say_yes(operator, asked, place)
    assert treasury.fund_today("CNY").balance_minor == 1_250_000


@pytest.mark.parametrize("amount", ["", "0", "-5", "12,50", "a lot", "99999999999999999"])
def test_an_amount_that_is_none_moves_nothing(operator: Client, fund: None, amount: str) -> None:
    answer = operator.post(f"{FUND}top-up/", {"amount": amount, "currency": "CNY", "confirmed": "yes"}, follow=True)
    assert "amount" in text(answer).lower()
    assert treasury.fund_today("CNY").balance_minor == 1_000_000


def test_a_currency_no_market_has_is_refused(operator: Client, fund: None) -> None:
    assert operator.get(f"{FUND}?currency=XXX").status_code == 400
    assert operator.post(f"{FUND}top-up/", {"amount": "1", "currency": "XXX"}).status_code == 400


def test_the_limit_is_set_once_confirmed(operator: Client, fund: None) -> None:
    place = f"{FUND}limit/"
    asked = ask(operator, FUND, place, limit="300.00")
    say_yes(operator, asked, place)
    assert treasury.fund_today("CNY").approval_limit_minor == 30_000


def test_a_deposit_says_what_goes_to_the_fund_at_once(operator: Client, fund: None) -> None:
    sell(document("A-1", now=timezone.now()))
    place = f"{MERCHANT}deposit/"
    asked = ask(operator, MERCHANT, place, amount="500.00")
    assert "Paid into the deposit ¥500.00 Deposit then ¥500.00" in text(asked)
    say_yes(operator, asked, place)
    assert treasury.merchant_money(MERCHANT_ID, "CNY").deposit_minor == 50_000


def test_a_merchant_nobody_heard_of_is_not_found(operator: Client) -> None:
    assert operator.get("/operator/merchants/nobody/").status_code == 404
    assert operator.post("/operator/merchants/nobody/deposit/", {"amount": "1"}).status_code == 404


def test_writing_off_wants_the_amount_typed_again(operator: Client, fund: None) -> None:
    owed_minor = advanced()
    place = f"{MERCHANT}write-off/"
    asked = ask(operator, MERCHANT, place, amount="30.00", why="The company was struck off.")
    wrong = say_yes(operator, asked, place, again="3.00")
    assert wrong.status_code == 422
    assert "This is not the same amount." in text(wrong)
    assert treasury.merchant_money(MERCHANT_ID, "CNY").owed_minor == owed_minor
    answer = say_yes(operator, wrong, place, again="30.00")
    assert answer.status_code == 303
    money = treasury.merchant_money(MERCHANT_ID, "CNY")
    assert (money.owed_minor, money.written_off_minor) == (owed_minor - 3_000, 3_000)
    assert "struck off" in text(operator.get("/operator/books/transfers/?act=write_off"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"amount": "99,999.00", "why": "gone"}, "no more can be written off"),
        ({"amount": "10.00", "why": ""}, "Say why the debt cannot be collected."),
    ],
)
def test_what_cannot_be_written_off_says_so(operator: Client, fund: None, typed: dict[str, str], said: str) -> None:
    advanced()
    answer = operator.post(f"{MERCHANT}write-off/", {**typed, "currency": "CNY"}, follow=True)
    assert said in text(answer)


def test_the_books_sum_to_zero_and_lead_to_every_entry(operator: Client, fund: None) -> None:
    sell(document("A-1", now=timezone.now()))
    assert "Total ¥0.00" in text(operator.get("/operator/books/"))
    transfer = treasury.transfers("receive").transfers[0]
    page = text(operator.get(f"/operator/books/transfers/{transfer.id}/"))
    assert "Payment received" in page
    assert "Orders' escrow" in page
    assert operator.get("/operator/books/transfers/0193a000-0000-7000-8000-000000000000/").status_code == 404
    assert operator.get("/operator/books/transfers/?cursor=nonsense").status_code == 400


def test_checks_run_when_asked_and_are_told_in_words(operator: Client, fund: None) -> None:
    sell(document("A-1", now=timezone.now()))
    page = text(operator.post("/operator/books/checks/"))
    assert "Everything holds." in page
    assert "all accounts of an asset sum to zero" in page


def test_every_check_act_and_account_has_words() -> None:
    assert {check.title for check in all_checks()} == set(CHECKS)
    assert all(str(word) for words in (ACCOUNTS, ACTS, INTENT_KINDS, INTENT_STATES) for word in words.values())


def test_statements_are_fetched_and_compared(operator: Client, sandbox: Sandbox, fund: None) -> None:
    sell(document("A-1", now=timezone.now() - timedelta(days=5)), now=timezone.now() - timedelta(days=5))
    answer = operator.post("/operator/books/reconciliation/run/", follow=True)
    assert "matched" in text(answer)


def test_today_takes_few_queries(
    operator: Client, fund: None, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    operator.get("/operator/")
    with django_assert_max_num_queries(16):
        operator.get("/operator/")
    with django_assert_max_num_queries(10):
        operator.get(FUND)
