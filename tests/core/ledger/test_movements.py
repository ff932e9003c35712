"""One business act after the other, as tables of balances."""

import pytest

from makewhole.core.ledger import movements as act
from makewhole.core.ledger.model import AccountKind, PayDue, PaymentTaken, Payout, PayoutKind
from makewhole.core.ledger.refusals import BadAmount, DebtOutstanding, InsufficientFunds, MoreThanOwed
from makewhole.core.order.model import Means
from makewhole.core.words import Head, Party
from tests.core.ledger.tables import CURRENCY, SCOPE, account, check, rows

STRIPE = account("fund")
GOODS = PayDue("1", Head.GOODS, 6_000, Party.MERCHANT)


def payment(means: Means = Means.MONEY, amount_minor: int = 10_000) -> PaymentTaken:
    return PaymentTaken("p-1", means, "sandbox", "pay-1", amount_minor, 0, 0, ())


def payout(kind: PayoutKind, amount_minor: int = 6_000, asset: str = CURRENCY, units: int = 0) -> Payout:
    return Payout(kind, "p-1", amount_minor, asset, units, (GOODS,))


def test_money_goes_into_escrow_and_the_platform_stands_for_points() -> None:
    check(
        """
        provider  platform | escrow
               0         0 |      0
          -10000         0 |  10000
          -10000      -500 |  10500
        """,
        [act.receive_payment(payment(), CURRENCY, SCOPE)],
        [act.receive_payment(payment(Means.POINTS, 500), CURRENCY, SCOPE)],
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("10000  0      0      0      0", "0  10000      0      0      0"),
        ("10000  0      0  -4000   4000", "0   6000   4000      0      0"),
        ("10000  0    500 -14000  14000", "0      0  10500  -4000   4000"),
        ("    0  9      0  -4000   4000", "0      9      0  -4000   4000"),
    ],
    ids=["no debt", "debt below", "debt above", "nothing left"],
)
def test_settlement_nets_the_debt_and_leaves_the_earlier_balance_alone(before: str, after: str) -> None:
    table = f"escrow merchant fund receivable advanced\n{before}\n{after}"
    (held, _) = rows(table)
    check(table, act.settle_escrow(held, SCOPE, CURRENCY, "o-1", STRIPE))


def test_a_deposit_paid_in_repays_first() -> None:
    table = """
        provider  deposit | fund  receivable  advanced
               0        0 |    0       -3000      3000
           -5000     2000 | 3000           0         0
        """
    check(table, act.top_up_deposit(rows(table)[0], SCOPE, CURRENCY, "d-1", STRIPE, "sandbox", 5_000))


def test_a_debt_is_repaid_with_new_money_and_written_off() -> None:
    table = """
        provider  fund | receivable  advanced  write_off
               0     0 |      -5000      5000          0
           -2000  2000 |      -3000      3000          0
           -2000  2000 |          0      3000      -3000
        """
    first, second, _ = rows(table)
    check(
        table,
        act.repay(first, SCOPE, CURRENCY, "x-1", STRIPE, "sandbox", 2_000),
        [act.write_off(second, SCOPE, CURRENCY, "x-2", 3_000)],
    )


def test_the_fund_is_filled_evenly_over_its_stripes() -> None:
    stripes = tuple(STRIPE._replace(owner=f"{number:02d}") for number in range(3))
    filled = act.top_up_fund(CURRENCY, "start", stripes, 10_001)
    assert [amount for _, amount in filled.entries] == [-10_001, 3_334, 3_334, 3_333]
    few = act.top_up_fund(CURRENCY, "start", stripes, 2)
    assert [amount for _, amount in few.entries] == [-2, 1, 1]


def test_what_is_sent_out_leaves_through_the_provider_and_comes_back_the_same_way() -> None:
    sent = act.send_out(payout(PayoutKind.REFUND), "sandbox", "i-1/1", SCOPE, CURRENCY)
    check(
        """
        outgoing  provider
            6000    -10000
               0     -4000
            6000    -10000
        """,
        [sent],
        [act.returned(sent, "i-1/1")],
    )
    assert (sent.act, act.returned(sent, "i-1/1").act) == ("refund", "refund_returned")


def test_points_come_back_in_kind_and_their_value_returns_to_the_platform() -> None:
    check(
        """
        outgoing  platform | issued:points  wallet:points
             500      -500 |             0              0
               0         0 |          -333            333
        """,
        [act.into_wallet(payout(PayoutKind.WALLET, 500, "points", 333), "b-1", "i-1", SCOPE, CURRENCY)],
    )


def test_money_into_the_wallet_and_value_too_small_for_a_point() -> None:
    check(
        """
        outgoing  platform  wallet
             501         0       0
               1         0     500
               0         1     500
        """,
        [act.into_wallet(payout(PayoutKind.WALLET, 500, CURRENCY, 500), "b-1", "i-1", SCOPE, CURRENCY)],
        [act.into_wallet(payout(PayoutKind.WALLET, 1, "points", 0), "b-1", "i-2", SCOPE, CURRENCY)],
    )
    with pytest.raises(ValueError, match="a refund does not go into a wallet"):
        act.into_wallet(payout(PayoutKind.REFUND), "b-1", "i-1", SCOPE, CURRENCY)


@pytest.mark.parametrize("kind", [AccountKind.MERCHANT, AccountKind.DEPOSIT])
def test_taking_money_out_needs_money_and_no_debt(kind: AccountKind) -> None:
    held = {account(kind): 1_000}
    check(
        f"{kind} provider\n1000 0\n1 999",
        [act.withdraw(held, SCOPE, CURRENCY, "out-1", "sandbox", kind, 999)],
    )
    with pytest.raises(InsufficientFunds, match=f"{kind} of m-1 holds 1000 CNY, 1001 are needed"):
        act.withdraw(held, SCOPE, CURRENCY, "out-1", "sandbox", kind, 1_001)
    with pytest.raises(DebtOutstanding, match="owes the fund 1"):
        act.withdraw({**held, account("receivable"): -1}, SCOPE, CURRENCY, "out-1", "sandbox", kind, 1)


def test_amounts_that_are_none_and_debts_that_are_not_there_are_refused() -> None:
    owing = {account("receivable"): -100, account("advanced"): 100}
    for amount in (0, -1):
        with pytest.raises(BadAmount, match="is not above zero"):
            act.top_up_fund(CURRENCY, "start", (STRIPE,), amount)
        with pytest.raises(BadAmount):
            act.repay(owing, SCOPE, CURRENCY, "x", STRIPE, "sandbox", amount)
        with pytest.raises(BadAmount):
            act.write_off(owing, SCOPE, CURRENCY, "x", amount)
        with pytest.raises(BadAmount):
            act.withdraw({}, SCOPE, CURRENCY, "x", "sandbox", AccountKind.MERCHANT, amount)
    with pytest.raises(MoreThanOwed, match="m-1 owes 100, 101 is more"):
        act.repay(owing, SCOPE, CURRENCY, "x", STRIPE, "sandbox", 101)
    with pytest.raises(MoreThanOwed):
        act.write_off(owing, SCOPE, CURRENCY, "x", 101)
