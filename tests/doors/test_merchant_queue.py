"""The queue and the statement: what waits by due time, what silence costs, whose it is, and every entry."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from makewhole.core.case import commands as c
from makewhole.core.words import Reason, Remedy, Role
from makewhole.integrations.payments.sandbox.provider import Sandbox
from makewhole.rooms.cases import service
from makewhole.rooms.treasury import service as treasury
from tests.doors.forms import text
from tests.doors.shop import BUYER, MERCHANT, MERCHANT_ID, Time, claim, cup, document, give, line, sell

pytestmark = pytest.mark.django_db
BYTES_MAX = 100_000


@pytest.fixture
def claims(sandbox: Sandbox, db: None) -> list[str]:
    """Three claims with different clocks and sums: the oldest falls due first, the second is the dearest."""
    now = timezone.now()
    goods = (cup(1), line("1", "青瓷茶壶", 1, 88_000), line("1", "木质托盘", 1, 3_900))
    orders = sell(*(document(f"A-{number}", each, now=now) for number, each in enumerate(goods, 1)))
    moments = [now - timedelta(hours=hours) for hours in (30, 20, 10)]
    return [claim(order_id, now=moment).id for order_id, moment in zip(orders, moments, strict=True)]


def shown(response: object) -> list[str]:
    """The claims of the table, in order."""
    page = response.content.decode()  # type: ignore[attr-defined]
    return [part.split("/")[0] for part in page.split('class="row-link" href="/merchant/cases/')[1:]]


def test_the_queue_stands_in_order_of_due_time_with_what_silence_costs(merchant: Client, claims: list[str]) -> None:
    response = merchant.get("/merchant/")
    assert shown(response) == claims
    page = text(response)
    assert "the claim counts as accepted costs ¥139.00" in page
    assert "Waiting for you 3" in page
    assert "Clock ends within a day 1" in page
    assert "At stake within a day ¥139.00" in page


def test_the_queue_is_sorted_and_narrowed_by_its_address(merchant: Client, claims: list[str]) -> None:
    assert shown(merchant.get("/merchant/?sort=-at_stake_minor"))[0] == claims[1]
    assert shown(merchant.get("/merchant/?sort=-due_at")) == claims[::-1]
    assert shown(merchant.get("/merchant/?q=茶壶")) == [claims[1]]
    assert shown(merchant.get("/merchant/?q=A-3")) == [claims[2]]
    assert shown(merchant.get("/merchant/?reason=damaged")) == []
    assert shown(merchant.get("/merchant/?reason=item_missing&step=respond&stage=negotiation")) == claims


@pytest.mark.parametrize("wish", ["sort=buyer_id", "reason=magic", "page=0", "cursor=nonsense"])
def test_an_address_that_asks_for_what_there_is_not_is_refused(merchant: Client, wish: str) -> None:
    assert merchant.get(f"/merchant/?{wish}").status_code == 400


def test_a_shop_sees_its_own_claims_alone(other_merchant: Client, buyer: Client, claims: list[str]) -> None:
    for place in ("/merchant/", "/merchant/open/", "/merchant/closed/"):
        assert shown(other_merchant.get(place)) == []
    assert buyer.get("/merchant/").status_code == 403
    assert Client().get("/merchant/").headers["Location"] == "/sign-in/?next=/merchant/"


@pytest.mark.parametrize("role", [Role.AGENT, Role.OPERATOR])
def test_the_platform_has_pages_of_its_own(browser_of: Callable[[Role], Client], claims: list[str], role: Role) -> None:
    client = browser_of(role)
    for place in ("/merchant/", f"/merchant/cases/{claims[0]}/", "/buyer/", f"/buyer/cases/{claims[0]}/"):
        assert client.get(place).status_code == 403


def test_an_empty_queue_names_the_next_clock(merchant: Client, claims: list[str]) -> None:
    for case_id in claims:
        give_offer(case_id)
    page = text(merchant.get("/merchant/"))
    assert "Nothing waits for you" in page
    assert "Buyer, Answer the offer" in page


def give_offer(case_id: str) -> None:
    proposal = c.Proposal(remedy=Remedy.REFUND_ONLY, amount_minor=1_000)
    service.act(UUID(case_id), c.MakeOffer(proposal=proposal), MERCHANT, timezone.now())


def test_open_and_closed_claims_have_views_of_their_own(merchant: Client, claims: list[str]) -> None:
    service.act(UUID(claims[0]), c.Withdraw(), BUYER, timezone.now())
    assert shown(merchant.get("/merchant/closed/")) == [claims[0]]
    assert sorted(shown(merchant.get("/merchant/open/"))) == sorted(claims[1:])
    assert "Withdrawn" in text(merchant.get("/merchant/closed/"))


def test_the_statement_tells_balances_and_each_entry_with_its_claim(
    merchant: Client, other_merchant: Client, sandbox: Sandbox
) -> None:
    now = timezone.now()
    treasury.top_up_deposit(MERCHANT_ID, "CNY", 500_000, "deposit-1", now)
    (order_id,) = sell(document("A-1", now=now))
    treasury.settle_order(order_id, now)
    case = claim(order_id, Reason.QUALITY, Remedy.RETURN_AND_REFUND, defect_kind="visible")
    offer = c.Proposal(remedy=Remedy.PARTIAL_REFUND, amount_minor=3_000)
    give(case, c.MakeOffer(proposal=offer), MERCHANT)
    give(case, c.AcceptOffer(), BUYER)
    Time(sandbox, now).pass_hours(2)
    page = text(merchant.get("/merchant/statement/"))
    assert "Balance ¥238.00" in page
    assert "Deposit ¥5,000.00" in page
    assert "Refund to the buyer Claim A-1" in page
    assert "−¥30.00 ¥238.00" in page
    assert "Order settled to you Order A-1" in page
    assert "No entries yet" in text(other_merchant.get("/merchant/statement/"))


def test_the_statement_goes_on_by_cursor(merchant: Client, sandbox: Sandbox) -> None:
    now = timezone.now()
    for number in range(60):
        treasury.top_up_deposit(MERCHANT_ID, "CNY", 100, f"deposit-{number}", now)
    first = merchant.get("/merchant/statement/")
    assert text(first).count("Deposit paid in") == 50
    more = first.content.decode().split('class="button button-quiet" href="')[1].split('"')[0].replace("&amp;", "&")
    assert text(merchant.get(f"/merchant/statement/{more}")).count("Deposit paid in") == 10
    assert merchant.get("/merchant/statement/?cursor=nonsense").status_code == 400
    assert merchant.get("/merchant/statement/?currency=GOLD").status_code == 400


def test_pages_are_light_and_ask_the_database_little(
    merchant: Client, sandbox: Sandbox, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    now = timezone.now()
    orders = sell(*(document(f"A-{number}", cup(1), now=now) for number in range(60)))
    cases = [claim(order_id) for order_id in orders]
    for place, most in (
        ("/merchant/", 8),
        ("/merchant/open/", 8),
        (f"/merchant/cases/{cases[0].id}/", 16),
        ("/merchant/statement/", 10),
        ("/merchant/notices/", 7),
    ):
        merchant.get(place)
        with django_assert_max_num_queries(most):
            response = merchant.get(place)
        assert len(response.content) <= BYTES_MAX, (place, len(response.content))
