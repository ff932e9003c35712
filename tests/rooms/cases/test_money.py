"""Cases and the treasury together: escrow, shortfall, fund, recourse, a failing provider; the books stay clean."""

from uuid import UUID

import pytest

from makewhole.core.case import commands as c
from makewhole.core.case.model import Case, Finding, Outcome
from makewhole.core.words import Party, Reason, Remedy, Stage, Step
from makewhole.integrations.payments.sandbox.manners import Manners
from makewhole.rooms.cases import queries, service
from makewhole.rooms.orders import queries as orders
from makewhole.rooms.treasury import queries as treasury_queries
from makewhole.rooms.treasury import service as treasury
from tests.core.case.play import AGENT, BUYER, MERCHANT, START
from tests.rooms.cases.stage import Clock, claim, numbered, sell
from tests.rooms.treasury.stage import balance, play, refunded_at_bank

pytestmark = pytest.mark.django_db


def look(case_id: UUID, clock: Clock) -> Case:
    return queries.read_case(case_id, BUYER, clock.now).case


def clean() -> bool:
    return all(
        check.run().wrong == 0
        for room in (queries, treasury_queries, orders)
        for check in room.checks()  # type: ignore[attr-defined]
    )


def emptied(number: str) -> UUID:
    """An order whose escrow went to the merchant, who had it paid out."""
    (order_id,) = sell(numbered(number)._replace(completed_at=START))
    assert treasury.settle_order(order_id, START) == 21_000
    treasury.pay_out_merchant("merchant-1", "CNY", 21_000, f"out-{number}", START)
    return order_id


def test_trap_24_the_money_is_gone_the_fund_pays_and_the_deposit_repays_the_fund() -> None:
    clock = Clock(play())
    treasury.top_up_fund("CNY", 1_000_000, "start", START)
    treasury.top_up_deposit("merchant-1", "CNY", 30_000, "d-1", START)
    case_id = UUID(claim(emptied("A-1")).id)
    service.act(case_id, c.AcceptClaim(), MERCHANT, clock.now)
    assert look(case_id, clock).obligation(Step.PAY, Party.MERCHANT) is not None
    clock.pass_hours(30)
    case = look(case_id, clock)
    assert (case.outcome, case.advanced_minor) == (Outcome.SETTLED, 10_000)
    assert (balance("fund"), balance("deposit")) == (1_000_000, 20_000)
    assert refunded_at_bank("ref-A-1") == 10_000
    assert clean()


def test_trap_34_who_wins_gets_what_is_due_and_nothing_of_the_losers_deposit_beyond_it() -> None:
    clock = Clock(play())
    treasury.top_up_fund("CNY", 1_000_000, "start", START)
    treasury.top_up_deposit("merchant-1", "CNY", 500_000, "d-1", START)
    case_id = UUID(claim(emptied("A-1")).id)
    service.act(case_id, c.RefuseClaim(note="It was weighed on leaving."), MERCHANT, clock.now)
    service.act(case_id, c.Escalate(), BUYER, clock.now)
    clock.pass_hours(200)
    found = (Finding("item_absent", True, "The parcel weighed 300 g too little.", ()),)
    ruling = c.Rule(findings=found, reasons="The weight shows it.", proposal=c.Proposal(remedy=Remedy.REFUND_ONLY))
    service.act(case_id, ruling, AGENT, clock.now)
    clock.pass_hours(24 * 30)
    case = look(case_id, clock)
    assert case.agreed is not None
    assert (case.outcome, case.agreed.total_minor) == (Outcome.RULED_FOR_BUYER, 10_000)
    assert refunded_at_bank("ref-A-1") == 10_000
    assert (balance("deposit"), balance("fund"), balance("wallet")) == (490_000, 1_000_000, 0)
    assert clean()


def test_trap_31_two_orders_sent_back_in_one_parcel_are_two_returns() -> None:
    clock = Clock(play())
    back = c.ShipBack(carrier="SF", tracking_number="SF-both")
    case_ids = []
    for order_id in sell(numbered("A-1"), numbered("A-2")):
        case_ids.append(UUID(claim(order_id, reason=Reason.CHANGED_MIND, remedy=Remedy.RETURN_AND_REFUND).id))
        service.act(case_ids[-1], c.AcceptClaim(), MERCHANT, clock.now)
        service.act(case_ids[-1], back, BUYER, clock.now)
    first, second = case_ids
    service.act(first, c.ConfirmReturn(), MERCHANT, clock.now)
    service.act(second, c.ContestReturn(note="This box was empty."), MERCHANT, clock.now)
    clock.pass_hours(3)
    assert (look(first, clock).outcome, look(second, clock).is_open) == (Outcome.SETTLED, True)
    assert (refunded_at_bank("ref-A-1"), refunded_at_bank("ref-A-2")) == (10_000, 0)
    assert clean()


def test_an_empty_fund_leaves_the_case_open_and_pays_when_it_is_filled() -> None:
    clock = Clock(play())
    case_id = UUID(claim(emptied("A-1")).id)
    service.act(case_id, c.AcceptClaim(), MERCHANT, clock.now)
    clock.pass_hours(30)
    assert look(case_id, clock).stage is Stage.PERFORMANCE
    treasury.top_up_fund("CNY", 1_000_000, "late", clock.now)
    clock.pass_hours(30)
    assert look(case_id, clock).outcome is Outcome.SETTLED
    assert (balance("fund"), balance("receivable")) == (990_000, -10_000)
    assert clean()


@pytest.mark.django_db(transaction=True)
def test_a_merchant_tops_up_and_pays_now() -> None:
    clock = Clock(play())
    case_id = UUID(claim(emptied("A-1")).id)
    service.act(case_id, c.AcceptClaim(), MERCHANT, clock.now)
    with pytest.raises(service.Refused, match="balance_empty"):
        service.act(case_id, c.PayNow(), MERCHANT, clock.now)
    sell(numbered("A-2")._replace(completed_at=START))
    (other,) = [row for row in orders.orders_of_merchant("merchant-1").records if row.order.id == "A-2"]
    treasury.settle_order(other.id, START)
    service.act(case_id, c.PayNow(), MERCHANT, clock.now)
    clock.pass_hours(3)
    assert look(case_id, clock).outcome is Outcome.SETTLED
    assert clean()


def test_trap_08_a_provider_that_fails_is_asked_for_the_same_refund_again() -> None:
    clock = Clock(play(Manners(insufficient=1000)))
    (order_id,) = sell(numbered("A-1"))
    case_id = UUID(claim(order_id).id)
    service.act(case_id, c.AcceptClaim(), MERCHANT, clock.now)
    clock.pass_hours(6)
    view = queries.read_case(case_id, BUYER, clock.now)
    assert [moment.kind for moment in view.timeline] == [
        "opened",
        "claim_accepted",
        "payment_made",
        "refund_failed",
        "refund_failed",
        "refund_settled",
        "closed",
    ]
    assert (balance("wallet"), refunded_at_bank("ref-A-1")) == (10_000, 0)
    assert clean()


def test_an_order_in_dispute_keeps_its_escrow_and_its_sale() -> None:
    (order_id,) = sell(numbered("A-1")._replace(completed_at=START))
    case_id = UUID(claim(order_id).id)
    assert treasury.settle_order(order_id, START) == 0
    service.act(case_id, c.Withdraw(), BUYER, START)
    assert treasury.settle_order(order_id, START) == 21_000


def test_a_reship_with_nothing_to_pay_moves_no_money() -> None:
    (order_id,) = sell(numbered("A-1"))
    case_id = UUID(claim(order_id, remedy=Remedy.RESHIP).id)
    service.act(case_id, c.AcceptClaim(), MERCHANT, START)
    service.act(case_id, c.SendGoods(carrier="SF", tracking_number="1"), MERCHANT, START)
    done = service.act(case_id, c.ConfirmReceipt(), BUYER, START)
    assert done.case.outcome is Outcome.SETTLED
    assert balance("escrow") == 21_000
