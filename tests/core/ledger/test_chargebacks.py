"""The buyer's bank disputes a payment: set aside once, lost once, or given back."""

import pytest

from makewhole.core.ledger import chargebacks
from makewhole.core.ledger.model import FundLimits
from makewhole.core.ledger.refusals import BadAmount
from tests.core.ledger.tables import CURRENCY, SCOPE, account, check, rows

STRIPE = account("fund")
LIMITS = FundLimits((STRIPE,), 0, 0, 0)


def test_what_is_disputed_is_set_aside_beyond_what_already_waits() -> None:
    table = """
        escrow  merchant | outgoing  chargeback
          3000      5000 |     2000           0
             0      4000 |     2000        4000
        """
    check(table, chargebacks.freeze(rows(table)[0], SCOPE, CURRENCY, "x", 6_000, waiting_minor=2_000))
    assert chargebacks.freeze(rows(table)[0], SCOPE, CURRENCY, "x", 2_000, waiting_minor=2_000) == ()


def test_a_won_dispute_gives_back_to_escrow_or_after_settlement_to_the_merchant() -> None:
    before = "chargeback escrow merchant\n4000 0 0\n"
    (held,) = rows(before)
    check(f"{before}0 4000 0", chargebacks.release(held, SCOPE, CURRENCY, "x", settled=False))
    check(f"{before}0 0 4000", chargebacks.release(held, SCOPE, CURRENCY, "x", settled=True))
    assert chargebacks.release({}, SCOPE, CURRENCY, "x", settled=True) == ()


def test_a_lost_dispute_is_paid_out_of_waiting_refunds_then_of_what_was_set_aside() -> None:
    table = """
        outgoing  chargeback  escrow | provider
            2000        4000     500 |   -10000
               0           0     500 |    -4000
        """
    lost = chargebacks.lose(rows(table)[0], SCOPE, account("provider"), "x", 6_000, 2_000, LIMITS)
    check(table, lost.transfers)
    assert lost.advanced_minor == 0


def test_what_nobody_holds_is_laid_out_by_a_fund_the_platform_fills_first() -> None:
    table = """
        merchant  deposit  fund | provider  platform  receivable  advanced
            1000      300   500 |    -5000         0           0         0
               0        0   300 |        0     -3500       -3700      3700
        """
    lost = chargebacks.lose(rows(table)[0], SCOPE, account("provider"), "x", 5_000, 0, LIMITS)
    check(table, lost.transfers)
    assert lost.advanced_minor == 4_000


def test_a_dispute_over_nothing_is_refused() -> None:
    with pytest.raises(BadAmount):
        chargebacks.freeze({}, SCOPE, CURRENCY, "x", 0, 0)
    with pytest.raises(BadAmount):
        chargebacks.lose({}, SCOPE, account("provider"), "x", 0, 0, LIMITS)
