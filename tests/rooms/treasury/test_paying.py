"""Paying a buyer: out of whose money, by which means, and never more than is due."""

import pytest

from makewhole.core.ledger.model import Funding, FundObstacle
from makewhole.core.rulebook.model import Paid
from makewhole.core.words import Head, Party
from makewhole.rooms.ids import new_id
from makewhole.rooms.treasury import queries, service
from makewhole.rooms.treasury.service.refusals import MoreThanDue, ReferenceReused, UnknownOrder, WrongOrder
from tests.rooms.treasury.stage import (
    NOW,
    balance,
    document,
    grant,
    head,
    instruction,
    let_pass,
    play,
    refunded_at_bank,
    sell,
    states,
)

pytestmark = pytest.mark.django_db
GOODS = Head.GOODS


def test_escrow_pays_a_refund_which_settles_at_the_provider() -> None:
    sandbox = play()
    (sold,) = sell(document("1"))
    assert (balance("escrow"), balance("provider")) == (10_000, -10_000)
    grant(sold, ("1", GOODS, 6_000))
    result = service.pay(instruction(sold, "r-1", ("1", GOODS, 6_000)), NOW)
    assert result.paid_from == (("escrow", 6_000),)
    assert (result.shortfall_minor, result.paid_minor, len(result.awaited)) == (0, 6_000, 1)
    assert head(sold) == (6_000, 6_000, 0)
    assert (balance("escrow"), balance("outgoing"), balance("provider")) == (4_000, 6_000, -10_000)
    position = queries.position(sold.id, "m-1", "CNY")
    assert position == ((Paid("1", GOODS, 6_000, Party.MERCHANT),), 4_000, 0, 0)
    let_pass(sandbox)
    assert states(sold) == [("refund", "settled", 6_000)]
    assert head(sold) == (6_000, 0, 6_000)
    assert (balance("outgoing"), balance("provider"), refunded_at_bank("pay-1")) == (0, -4_000, 6_000)


def test_what_the_merchant_lacks_is_a_shortfall_and_nothing_else_is_touched() -> None:
    (sold,) = sell(document("1", completed_at="2026-11-20T10:00:00+08:00"))
    service.top_up_fund("CNY", 1_000_000, "start", NOW)
    service.top_up_deposit("m-1", "CNY", 5_000, "d-1", NOW)
    assert service.settle_order(sold.id, NOW) == 10_000
    service.pay_out_merchant("m-1", "CNY", 9_000, "out-1", NOW)
    grant(sold, ("1", GOODS, 6_000))
    result = service.pay(instruction(sold, "r-1", ("1", GOODS, 6_000)), NOW)
    assert result.paid_from == (("merchant", 1_000),)
    assert result.shortfall_minor == 5_000
    assert (balance("deposit"), balance("fund")) == (5_000, 1_000_000)


def test_trap_24_payout_already_made_the_fund_advances_and_takes_recourse() -> None:
    (sold,) = sell(document("1", completed_at="2026-11-20T10:00:00+08:00"))
    service.top_up_fund("CNY", 1_000_000, "start", NOW)
    service.top_up_deposit("m-1", "CNY", 2_000, "d-1", NOW)
    service.settle_order(sold.id, NOW)
    service.pay_out_merchant("m-1", "CNY", 9_000, "out-1", NOW)
    grant(sold, ("1", GOODS, 6_000))
    result = service.pay(instruction(sold, "r-1", ("1", GOODS, 6_000), funding=Funding.FUND), NOW)
    assert result.paid_from == (("fund", 6_000),)
    assert result.recovered == (("deposit", 2_000), ("merchant", 1_000))
    assert (result.advanced_minor, result.shortfall_minor) == (6_000, 0)
    assert (balance("receivable"), balance("advanced"), balance("fund")) == (-3_000, 3_000, 997_000)


def test_the_cap_trims_what_the_fund_advances() -> None:
    (sold,) = sell(document("1", completed_at="2026-11-20T10:00:00+08:00"))
    service.top_up_fund("CNY", 1_000_000, "start", NOW)
    service.settle_order(sold.id, NOW)
    service.pay_out_merchant("m-1", "CNY", 10_000, "out-1", NOW)
    grant(sold, ("1", GOODS, 6_000))
    result = service.pay(instruction(sold, "r-1", ("1", GOODS, 6_000), funding=Funding.FUND, cap_minor=4_000), NOW)
    assert (result.advanced_minor, result.shortfall_minor) == (4_000, 2_000)
    assert result.obstacle is FundObstacle.CAP_REACHED
    again = service.pay(instruction(sold, "r-2", ("1", GOODS, 2_000), funding=Funding.FUND, cap_minor=4_000), NOW)
    assert (again.paid_minor, again.shortfall_minor, again.intents) == (0, 2_000, ())


def test_above_the_cap_the_deposit_pays_the_buyer() -> None:
    (sold,) = sell(document("1", completed_at="2026-11-20T10:00:00+08:00"))
    service.top_up_fund("CNY", 1_000_000, "start", NOW)
    service.top_up_deposit("m-1", "CNY", 5_000, "d-1", NOW)
    assert service.settle_order(sold.id, NOW) == 10_000
    service.pay_out_merchant("m-1", "CNY", 10_000, "out-1", NOW)
    grant(sold, ("1", GOODS, 6_000))
    result = service.pay(instruction(sold, "r-1", ("1", GOODS, 6_000), funding=Funding.DEPOSIT), NOW)
    assert result.paid_from == (("deposit", 5_000),)
    assert (result.shortfall_minor, head(sold)) == (1_000, (6_000, 5_000, 0))
    assert (balance("deposit"), balance("fund"), balance("outgoing")) == (0, 1_000_000, 5_000)


def test_above_the_approval_limit_nothing_goes_out_and_the_debt_stays() -> None:
    (sold,) = sell(document("1"))
    service.top_up_fund("CNY", 1_000_000, "start", NOW)
    service.set_approval_limit("CNY", 3_000)
    grant(sold, ("*", Head.DAMAGES, 5_000))
    owed = instruction(sold, "r-1", ("*", Head.DAMAGES, 5_000), payer=Party.PLATFORM)
    result = service.pay(owed, NOW)
    assert (result.paid_minor, result.shortfall_minor) == (0, 5_000)
    assert result.obstacle is FundObstacle.APPROVAL_NEEDED
    assert head(sold, "*", Head.DAMAGES) == (5_000, 0, 0)


def test_an_empty_fund_advances_nothing() -> None:
    (sold,) = sell(document("1"))
    service.top_up_fund("CNY", 1_000, "start", NOW)
    grant(sold, ("1", GOODS, 10_000), ("*", Head.DAMAGES, 2_000))
    wanted = instruction(sold, "r-1", ("1", GOODS, 10_000), ("*", Head.DAMAGES, 2_000), funding=Funding.FUND)
    result = service.pay(wanted, NOW)
    assert result.paid_from == (("escrow", 10_000),)
    assert (result.shortfall_minor, result.obstacle) == (2_000, FundObstacle.INSOLVENT)


def test_the_same_instruction_again_gives_the_same_result_and_pays_nothing() -> None:
    (sold,) = sell(document("1"))
    grant(sold, ("1", GOODS, 6_000))
    wanted = instruction(sold, "r-1", ("1", GOODS, 6_000))
    first = service.pay(wanted, NOW)
    assert service.pay(wanted, NOW) == first
    assert head(sold) == (6_000, 6_000, 0)
    with pytest.raises(ReferenceReused):
        service.pay(instruction(sold, "r-1", ("1", GOODS, 5_000)), NOW)


def test_trap_07_limits_look_at_what_is_pending_too() -> None:
    (sold,) = sell(document("1"))
    grant(sold, ("1", GOODS, 6_000))
    service.pay(instruction(sold, "r-1", ("1", GOODS, 4_000)), NOW)
    with pytest.raises(MoreThanDue, match="3000 asked, but only 2000 is due"):
        service.pay(instruction(sold, "r-2", ("1", GOODS, 3_000)), NOW)
    service.pay(instruction(sold, "r-3", ("1", GOODS, 2_000)), NOW)
    assert head(sold) == (6_000, 6_000, 0)


def test_what_contradicts_the_order_is_refused() -> None:
    (sold,) = sell(document("1"))
    grant(sold, ("1", GOODS, 6_000))
    with pytest.raises(WrongOrder, match="currency is 'JPY' in the instruction and 'CNY' on order"):
        service.pay(instruction(sold, "r-1", ("1", GOODS, 60))._replace(currency="JPY"), NOW)
    with pytest.raises(WrongOrder, match="merchant_id"):
        service.pay(instruction(sold, "r-1", ("1", GOODS, 60))._replace(merchant_id="m-2"), NOW)
    with pytest.raises(UnknownOrder):
        service.pay(instruction(sold, "r-1", ("1", GOODS, 60))._replace(order_id=str(new_id())), NOW)
    assert states(sold) == []


def test_trap_12_goodwill_is_paid_when_nothing_of_the_order_is_left() -> None:
    sandbox = play()
    (sold,) = sell(document("1"))
    service.top_up_fund("CNY", 100_000, "start", NOW)
    grant(sold, ("1", GOODS, 10_000))
    service.pay(instruction(sold, "r-1", ("1", GOODS, 10_000)), NOW)
    grant(sold, ("*", Head.GOODWILL, 800))
    result = service.pay(instruction(sold, "r-2", ("*", Head.GOODWILL, 800), payer=Party.PLATFORM), NOW)
    assert result.paid_from == (("fund", 800),)
    let_pass(sandbox)
    assert states(sold) == [("refund", "settled", 10_000), ("payout", "settled", 800)]
    assert (balance("fund"), refunded_at_bank("pay-1")) == (99_200, 10_800)
