"""A merchant's own money: settlement and netting, deposits, payouts, debts, write-offs."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from makewhole.core.ledger.model import Funding
from makewhole.core.ledger.refusals import BadAmount, DebtOutstanding, InsufficientFunds, MoreThanOwed
from makewhole.core.words import Head
from makewhole.rooms.treasury import ports, queries, service
from makewhole.rooms.treasury.service.refusals import DueAboveCap, DueBelowPaid, MoreThanDue, ReferenceReused
from tests.rooms.treasury.books import books_are_sound
from tests.rooms.treasury.stage import (
    NOW,
    Sold,
    balance,
    document,
    grant,
    head,
    instruction,
    let_pass,
    play,
    sell,
)

pytestmark = pytest.mark.django_db
GOODS = Head.GOODS
DONE = "2026-11-20T10:00:00+08:00"


def indebted(amount_minor: int = 6_000) -> Sold:
    """A merchant whose balance is paid out, and who owes the fund for a refund it had to lay out."""
    (sold,) = sell(document("debt", completed_at=DONE))
    service.top_up_fund("CNY", 1_000_000, "start", NOW)
    service.settle_order(sold.id, NOW)
    service.pay_out_merchant("m-1", "CNY", 10_000, "out-debt", NOW)
    let_pass(play())
    grant(sold, ("1", GOODS, amount_minor))
    service.pay(instruction(sold, "r-debt", ("1", GOODS, amount_minor), funding=Funding.FUND), NOW)
    assert balance("receivable") == -amount_minor
    return sold


def test_settlement_nets_what_the_merchant_owes() -> None:
    indebted()
    first, second = sell(document("1", amount_minor=4_000, completed_at=DONE), document("2", completed_at=DONE))
    service.settle_order(first.id, NOW)
    assert (balance("receivable"), balance("merchant"), balance("fund")) == (-2_000, 0, 998_000)
    service.settle_order(second.id, NOW)
    assert (balance("receivable"), balance("merchant"), balance("fund")) == (0, 8_000, 1_000_000)
    assert service.settle_order(second.id, NOW) == 0
    books_are_sound()


def test_a_deposit_paid_in_repays_the_debt_first() -> None:
    indebted()
    assert service.top_up_deposit("m-1", "CNY", 10_000, "d-1", NOW) == 6_000
    assert service.top_up_deposit("m-1", "CNY", 10_000, "d-1", NOW) == 0
    assert queries.merchant_money("m-1", "CNY").deposit_minor == 4_000
    books_are_sound()


def test_a_debt_is_repaid_in_parts_and_the_rest_written_off() -> None:
    indebted()
    service.repay("m-1", "CNY", 2_500, "repaid-1", NOW)
    with pytest.raises(MoreThanOwed, match="owes 3500, 3501 is more"):
        service.write_off("m-1", "CNY", 3_501, "off-1", NOW)
    service.write_off("m-1", "CNY", 3_500, "off-1", NOW)
    money = queries.merchant_money("m-1", "CNY")
    assert (money.owed_minor, money.written_off_minor) == (0, 3_500)
    fund = queries.fund_today("CNY")
    assert (fund.advanced_minor, fund.recovered_minor, fund.written_off_minor) == (6_000, 2_500, 3_500)
    books_are_sound()


def test_who_owes_takes_nothing_out() -> None:
    indebted()
    with pytest.raises(DebtOutstanding, match="owes the fund 6000"):
        service.pay_out_merchant("m-1", "CNY", 1, "out-2", NOW)
    with pytest.raises(DebtOutstanding):
        service.withdraw_deposit("m-1", "CNY", 1, "back-1", NOW)


def test_a_payout_leaves_the_balance_at_once_and_settles_with_the_provider() -> None:
    sandbox = play()
    (sold,) = sell(document("1", completed_at=DONE))
    service.settle_order(sold.id, NOW)
    service.pay_out_merchant("m-1", "CNY", 7_000, "out-1", NOW)
    money = queries.merchant_money("m-1", "CNY")
    assert (money.balance_minor, money.sending_minor) == (3_000, 7_000)
    with pytest.raises(InsufficientFunds, match="holds 3000 CNY, 3001 are needed"):
        service.pay_out_merchant("m-1", "CNY", 3_001, "out-2", NOW)
    let_pass(sandbox)
    money = queries.merchant_money("m-1", "CNY")
    assert (money.balance_minor, money.sending_minor, balance("provider")) == (3_000, 0, -3_000)
    books_are_sound()


@pytest.mark.parametrize("ending", ["insufficient", "bounced"])
def test_a_payout_that_fails_or_bounces_is_the_merchants_again(ending: str) -> None:
    sandbox = play()
    merchant = f"m-1#{ending}"
    (sold,) = sell(document("1", merchant, completed_at=DONE))
    service.settle_order(sold.id, NOW)
    service.pay_out_merchant(merchant, "CNY", 7_000, "out-1", NOW)
    let_pass(sandbox)
    let_pass(sandbox, NOW + timedelta(days=2))
    money = queries.merchant_money(merchant, "CNY")
    assert (money.balance_minor, money.sending_minor, balance("provider")) == (10_000, 0, -10_000)
    assert service.reconcile_provider("sandbox", NOW + timedelta(days=3)).differences == ()
    service.pay_out_merchant(merchant, "CNY", 10_000, "out-2", NOW + timedelta(days=3))
    books_are_sound()


def test_a_reference_stands_for_one_act() -> None:
    service.top_up_deposit("m-1", "CNY", 5_000, "d-1", NOW)
    with pytest.raises(ReferenceReused):
        service.top_up_deposit("m-2", "CNY", 5_000, "d-1", NOW)
    with pytest.raises(ReferenceReused):
        service.top_up_deposit("m-1", "CNY", 5_001, "d-1", NOW)
    for amount in (0, -5):
        with pytest.raises(BadAmount):
            service.top_up_deposit("m-1", "CNY", amount, f"d{amount}", NOW)
    with pytest.raises(ValueError, match="currency 'XYZ' is not known"):
        service.top_up_deposit("m-1", "XYZ", 1, "d-9", NOW)


@pytest.fixture
def guarded() -> Iterator[list[bool]]:
    """A room above that holds back every order until it says yes."""
    answer = [False]

    def guard(order_ids: Sequence[UUID]) -> Sequence[UUID]:
        return [] if answer[0] else order_ids

    ports.register_guard(guard)
    yield answer
    answer[0] = True


def test_an_order_with_an_open_case_or_open_dues_is_not_settled(guarded: list[bool]) -> None:
    (sold,) = sell(document("1", completed_at=DONE))
    assert service.settle_order(sold.id, NOW) == 0
    guarded[0] = True
    case = grant(sold, ("1", GOODS, 500))
    assert service.settle_order(sold.id, NOW) == 0
    service.pay(instruction(sold, "r-1", ("1", GOODS, 500), case_id=case), NOW)
    assert service.settle_due(NOW, 10) == 0, "it is looked at again a day later"
    assert service.settle_due(NOW + timedelta(days=1), 10) == 1
    assert balance("merchant") == 9_500


def test_dues_of_a_case_replace_what_it_granted_before() -> None:
    (sold,) = sell(document("1"))
    case = grant(sold, ("1", GOODS, 6_000), ("*", Head.LATENESS, 500), cap_minor=10_000)
    other = grant(sold, ("1", GOODS, 3_000), cap_minor=10_000)
    assert head(sold) == (9_000, 0, 0)
    with pytest.raises(DueAboveCap, match="13000 over all cases is above the cap of 10000"):
        grant(sold, ("1", GOODS, 10_000), case_id=case, cap_minor=10_000)
    service.pay(instruction(sold, "r-1", ("1", GOODS, 5_000), case_id=case), NOW)
    with pytest.raises(DueBelowPaid, match="cannot become 4999, 5000 is already paid"):
        grant(sold, ("1", GOODS, 4_999), case_id=case, cap_minor=10_000)
    with pytest.raises(MoreThanDue, match="4000 asked, but only 3000 is due"):
        service.pay(instruction(sold, "r-2", ("1", GOODS, 4_000), case_id=other), NOW)
    grant(sold, ("1", GOODS, 5_000), case_id=case, cap_minor=10_000)
    assert (head(sold), head(sold, "*", Head.LATENESS)) == ((8_000, 5_000, 0), (0, 0, 0))
    service.set_dues(sold.id, other, [])
    assert head(sold) == (5_000, 5_000, 0)


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("UPDATE treasury_entry SET amount_minor = amount_minor + 1", "never changed or removed"),
        ("DELETE FROM treasury_entry", "never changed or removed"),
        ("UPDATE treasury_transfer SET act = 'other'", "only goes from pending to posted or voided"),
        ("UPDATE treasury_transfer SET state = 'voided'", "only goes from pending to posted or voided"),
        ("DELETE FROM treasury_transfer", "only goes from pending to posted or voided"),
        ("UPDATE treasury_account SET posted_minor = -1 WHERE kind = 'escrow'", "account_floor"),
        (
            "INSERT INTO treasury_entry (transfer_id, account_id, amount_minor, before_minor, after_minor, posted_at)"
            " SELECT transfer_id, account_id, 5, 0, 5, now() FROM treasury_entry LIMIT 1",
            "not to zero",
        ),
    ],
)
def test_the_database_itself_refuses_to_edit_the_books(statement: str, message: str) -> None:
    sell(document("1"))
    with pytest.raises(DatabaseError, match=message), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    books_are_sound()
