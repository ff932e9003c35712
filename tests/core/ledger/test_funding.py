"""Out of whose money a buyer is paid, in which order, and what the fund may do."""

import pytest

from makewhole.core.ledger.funding import Funded, advance, fund_dues
from makewhole.core.ledger.model import (
    AccountKey,
    Funding,
    FundLimits,
    FundObstacle,
    PayDue,
    PaymentInstruction,
)
from makewhole.core.ledger.movements import Balances
from makewhole.core.ledger.refusals import BadAmount, FundCapReached, FundInsolvent, MoneyRefused
from makewhole.core.words import Head, Party
from tests.core.ledger.tables import CURRENCY, SCOPE, account, check, rows

STRIPE = account("fund")


def due(amount_minor: int, payer: Party = Party.MERCHANT, head: Head = Head.GOODS) -> PayDue:
    return PayDue("1", head, amount_minor, payer)


def funded(
    held: Balances,
    *dues: PayDue,
    funding: Funding = Funding.FUND,
    cap_minor: int = 100_000,
    advanced_minor: int = 0,
    limit_minor: int = 100_000,
    stripes: tuple[AccountKey, ...] = (STRIPE,),
) -> Funded:
    instruction = PaymentInstruction("r-1", "c-1", "o-1", "m-1", "b-1", CURRENCY, dues, funding, cap_minor)
    total_minor = sum(held.get(stripe, 0) for stripe in stripes)
    return fund_dues(instruction, dues, held, FundLimits(stripes, total_minor, advanced_minor, limit_minor))


def test_escrow_pays_first_then_the_merchant_and_the_rest_is_a_shortfall() -> None:
    table = """
        escrow  merchant  deposit  fund | outgoing
          4000      1500     9000  9000 |        0
             0         0     9000  9000 |     5500
        """
    result = funded(rows(table)[0], due(6_000), funding=Funding.MERCHANT)
    check(table, result.transfers)
    assert result.paid_from == (("escrow", 4_000), ("merchant", 1_500))
    assert (result.shortfall_minor, result.advanced_minor, result.obstacle) == (500, 0, None)


def test_where_the_fund_stands_not_in_the_deposit_pays_the_buyer_after_the_balance() -> None:
    table = """
        escrow  merchant  deposit  fund | outgoing
          1000      1500     9000  9000 |        0
             0         0     5500  9000 |     6000
        """
    result = funded(rows(table)[0], due(6_000), funding=Funding.DEPOSIT)
    check(table, result.transfers)
    assert result.paid_from == (("escrow", 1_000), ("merchant", 1_500), ("deposit", 3_500))
    assert (result.shortfall_minor, result.advanced_minor, result.obstacle) == (0, 0, None)


def test_the_fund_pays_what_escrow_lacks_and_takes_recourse_deposit_first() -> None:
    table = """
        escrow  merchant  deposit  fund | outgoing  receivable  advanced
          1000       700     2000  9000 |        0           0         0
             0         0        0  6700 |     6000       -2300      2300
        """
    result = funded(rows(table)[0], due(6_000))
    check(table, result.transfers)
    assert [each.act for each in result.transfers] == ["pay", "advance", "recover", "recover"]
    assert result.paid_from == (("escrow", 1_000), ("fund", 5_000))
    assert result.recovered == (("deposit", 2_000), ("merchant", 700))


def test_recourse_takes_what_was_advanced_and_not_older_debts_from_the_deposit() -> None:
    table = """
        deposit  fund | outgoing  receivable  advanced
           9000  9000 |        0       -4000      4000
           8000  9000 |     1000       -4000      4000
        """
    check(table, funded(rows(table)[0], due(1_000)).transfers)


def test_what_a_chargeback_froze_pays_before_escrow() -> None:
    table = """
        chargeback  escrow | outgoing
              2000    5000 |        0
                 0    4000 |     3000
        """
    result = funded(rows(table)[0], due(3_000), funding=Funding.MERCHANT)
    check(table, result.transfers)
    assert result.paid_from == (("chargeback", 2_000), ("escrow", 1_000))


def test_what_the_house_owes_is_borne_by_the_fund_without_recourse() -> None:
    table = """
        escrow  deposit  fund | outgoing
          5000     5000  9000 |        0
          4000     5000  8500 |     1500
        """
    result = funded(rows(table)[0], due(500, Party.PLATFORM, Head.GOODWILL), due(1_000), funding=Funding.MERCHANT)
    check(table, result.transfers)
    assert (result.advanced_minor, result.recovered) == (0, ())


@pytest.mark.parametrize(
    ("fund", "cap", "advanced", "limit", "paid", "short", "obstacle"),
    [
        (9_000, 5_000, 0, 9_000, 3_000, 0, None),
        (9_000, 2_000, 0, 9_000, 2_000, 1_000, FundObstacle.CAP_REACHED),
        (9_000, 5_000, 4_500, 9_000, 500, 2_500, FundObstacle.CAP_REACHED),
        (9_000, 5_000, 6_000, 9_000, 0, 3_000, FundObstacle.CAP_REACHED),
        (2_999, 5_000, 0, 9_000, 0, 3_000, FundObstacle.INSOLVENT),
        (9_000, 5_000, 0, 2_999, 0, 3_000, FundObstacle.APPROVAL_NEEDED),
        (9_000, 5_000, 0, 3_000, 3_000, 0, None),
        (2_000, 2_000, 0, 9_000, 2_000, 1_000, FundObstacle.CAP_REACHED),
    ],
)
def test_cap_solvency_and_approval(
    fund: int, cap: int, advanced: int, limit: int, paid: int, short: int, obstacle: FundObstacle | None
) -> None:
    result = funded({STRIPE: fund}, due(3_000), cap_minor=cap, advanced_minor=advanced, limit_minor=limit)
    assert (result.advanced_minor, result.shortfall_minor, result.obstacle) == (paid, short, obstacle)
    assert sum(each.amount_minor for each in result.paid) == paid


def test_money_found_in_part_pays_the_dues_in_their_order() -> None:
    held = {account("escrow"): 2_500}
    dues = (due(1_000), due(300, Party.FUND, Head.GOODWILL), due(2_000, head=Head.LATENESS))
    result = funded(held, *dues, funding=Funding.MERCHANT)
    assert result.paid == (dues[0], dues[2]._replace(amount_minor=1_500))
    assert (result.shortfall_minor, result.obstacle) == (800, FundObstacle.INSOLVENT)


def test_an_advance_draws_on_several_stripes_and_comes_back_to_the_first() -> None:
    stripes = (STRIPE, STRIPE._replace(owner="07"), STRIPE._replace(owner="03"))
    held = {stripes[0]: 100, stripes[1]: 250, stripes[2]: 5_000, account("deposit"): 40}
    result = funded(held, due(1_000), stripes=stripes)
    taken, back = (dict(each.entries) for each in result.transfers)
    assert [taken[stripe] for stripe in stripes] == [-100, -250, -650]
    assert back[stripes[0]] == 40


def test_an_advance_beyond_cap_or_stripes_is_refused_whole() -> None:
    limits = FundLimits((STRIPE,), 5_000, 1_000, 100_000)
    outgoing = account("outgoing")
    with pytest.raises(FundCapReached, match="covers at most 3000 for this order and has laid out 1000; 2001 more"):
        advance({STRIPE: 5_000}, SCOPE, "r-1", outgoing, limits, 2_001, 3_000)
    with pytest.raises(FundInsolvent, match="holds 1999 CNY, 2000 are needed"):
        advance({STRIPE: 1_999}, SCOPE, "r-1", outgoing, limits, 2_000, 3_000)


def test_dues_that_make_no_sense_are_refused() -> None:
    with pytest.raises(BadAmount, match="amount 0 is not above zero"):
        funded({}, due(0))
    with pytest.raises(MoneyRefused, match="the buyer cannot owe the buyer"):
        funded({}, due(5, Party.BUYER))
