"""A case of every market through the ordinary service: its currency, its calendar, and silence decides."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from makewhole.core.case import commands as c
from makewhole.core.case.model import Actor, Case, Outcome
from makewhole.core.rulebook.model import ClaimLine
from makewhole.core.words import Reason, Remedy, Role, Stage, Step
from makewhole.rooms.cases import queries, service
from makewhole.rooms.treasury import service as treasury
from tests.core.rulebook.books import RULEBOOKS, real_book
from tests.rooms.cases.stage import Clock
from tests.rooms.treasury.stage import balance, play, refunded_at_bank

pytestmark = pytest.mark.django_db

# A Wednesday at noon in London: half past nine in the morning in New York, evening in Shanghai.
START = datetime(2026, 9, 2, 11, 0, tzinfo=UTC)
BUYER = Actor(Role.BUYER, "person-1", "buyer-1")
CURRENCY = {"br": "BRL", "cn": "CNY", "eu": "EUR", "uk": "GBP", "us": "USD"}
RESPOND_BY = {  # by the market's own clocks and calendar
    "br": "2026-09-08T23:59:59.999999-03:00",  # three working days; 7 September is Independence Day
    "cn": "2026-09-04T19:00:00+08:00",  # forty-eight hours
    "eu": "2026-09-07T23:59:59.999999+02:00",  # three working days
    "uk": "2026-09-07T23:59:59.999999+01:00",  # three working days
    "us": "2026-09-08T23:59:59.999999-04:00",  # three working days; 7 September is Labor Day
}
MARKETS = sorted(CURRENCY)
HALF_DAY = timedelta(hours=12)


@pytest.fixture(autouse=True)
def real_books(demo_market: None, settings: object) -> None:
    settings.RULEBOOKS_DIRECTORY = RULEBOOKS  # type: ignore[attr-defined]


def document(market: str, **changes: Any) -> dict[str, Any]:
    """A kettle at 60.00 and two cups at 10.00, freight 4.00, received five days ago."""
    days = [(START - timedelta(days=ago)).isoformat() for ago in (12, 11, 5)]
    return {
        "id": f"{market}-1",
        "merchant_id": "m-1",
        "merchant_name": "Hartley & Sons",
        "buyer_id": BUYER.stands_for,
        "market": market,
        "currency": CURRENCY[market],
        "placed_at": days[0],
        "lines": [
            {"id": "1", "sku": "k", "title": "Kettle", "category": "home", "quantity": 1, "unit_price_minor": 6000},
            {"id": "2", "sku": "c", "title": "Cup", "category": "home", "quantity": 2, "unit_price_minor": 1000},
        ],
        "freight": {"amount_minor": 400},
        "payments": [
            {
                "id": "p-1", "means": "money", "provider": "sandbox", "reference": f"pay-{market}",
                "amount_minor": 8400, "paid_at": days[0],
            }
        ],
        "parcels": [
            {
                "id": "P1", "carrier": "Post", "tracking_number": "P1",
                "events": [{"kind": "dispatched", "at": days[1]}, {"kind": "signed", "at": days[2]}],
            }
        ],
        **changes,
    }  # fmt: skip


def sell(market: str, **changes: Any) -> UUID:
    outcomes = treasury.import_orders([document(market, **changes)], "stage", START)
    faults = [fault.say() for outcome in outcomes for fault in outcome.faults]
    assert not faults, faults
    record = outcomes[0].record
    assert record is not None
    return record.id


def claim(order_id: UUID, reason: Reason, remedy: Remedy, line: ClaimLine, **facts: Any) -> Case:
    command = c.OpenCase(
        reasons=(reason,),
        lines=(line,),
        proposal=c.Proposal(remedy=remedy),
        story="Not so.",
        facts=tuple(facts.items()),
    )
    return service.open_case(order_id, command, BUYER, START).case


@pytest.mark.parametrize("market", MARKETS)
def test_a_missing_cup_is_paid_when_the_merchant_stays_silent(market: str) -> None:
    clock = Clock(play(), START)
    order_id = sell(market)
    case = claim(order_id, Reason.ITEM_MISSING, Remedy.REFUND_ONLY, ClaimLine("2", 1))
    respond = case.obligation(Step.RESPOND)
    assert respond is not None
    zone = real_book(market).calendar.zone
    assert respond.due_at.astimezone(zone).isoformat() == RESPOND_BY[market]
    clock.pass_hours(24 * 18, HALF_DAY)
    view = queries.read_case(UUID(case.id), BUYER, clock.now)
    assert (view.case.stage, view.case.outcome) == (Stage.CLOSED, Outcome.SETTLED)
    assert view.case.currency == CURRENCY[market]
    # One cup of two, and its part of the freight: 10.00 and 0.50.
    assert refunded_at_bank(f"pay-{market}") == 1050
    assert balance("escrow", asset=CURRENCY[market]) == 8400 - 1050


@pytest.mark.parametrize(
    ("market", "refunded"),
    [("br", 6300), ("cn", 6000), ("eu", 6300), ("uk", 6300), ("us", 6000)],
)
def test_a_kettle_nobody_wants_goes_back_and_is_refunded(market: str, refunded: int) -> None:
    clock = Clock(play(), START)
    facts = {"goods_intact": True} if market == "cn" else {}
    case = claim(sell(market), Reason.CHANGED_MIND, Remedy.RETURN_AND_REFUND, ClaimLine("1", 1), **facts)
    case_id = UUID(case.id)
    clock.pass_hours(24 * 7, HALF_DAY)
    service.act(case_id, c.ShipBack(carrier="Post", tracking_number="B1"), BUYER, clock.now)
    clock.pass_hours(24 * 24, HALF_DAY)
    view = queries.read_case(case_id, BUYER, clock.now)
    assert (view.case.stage, view.case.outcome) == (Stage.CLOSED, Outcome.SETTLED)
    assert refunded_at_bank(f"pay-{market}") == refunded


@pytest.mark.parametrize("market", ["eu", "uk", "us"])
def test_what_the_platform_owes_is_paid_by_the_platform(market: str) -> None:
    """A payment nobody authorised is refunded by the platform; the merchant's money stays."""
    clock = Clock(play(), START)
    order_id = sell(market)
    treasury.top_up_fund(CURRENCY[market], 100_000, "stage fund", START)
    case = claim(order_id, Reason.ACCOUNT_MISUSE, Remedy.REFUND_ONLY, ClaimLine("1", 1))
    assert case.wanted.dues
    clock.pass_hours(24 * 18, HALF_DAY)
    view = queries.read_case(UUID(case.id), BUYER, clock.now)
    assert (view.case.stage, view.case.outcome) == (Stage.CLOSED, Outcome.SETTLED)
    assert refunded_at_bank(f"pay-{market}") == 6300
    assert balance("escrow", asset=CURRENCY[market]) == 8400
