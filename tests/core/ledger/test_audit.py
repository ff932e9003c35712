"""The audit finds every fault it names, and none in books made by the movements."""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from makewhole.core.ledger import movements as act
from makewhole.core.ledger.audit import audit
from makewhole.core.ledger.funding import fund_dues, recovered_minor
from makewhole.core.ledger.model import (
    UNBOUNDED,
    AccountKind,
    Advance,
    Entry,
    Funding,
    FundLimits,
    PayDue,
    PaymentInstruction,
    PaymentTaken,
    Transfer,
    TransferState,
)
from makewhole.core.ledger.movements import Scope
from makewhole.core.ledger.refusals import MoneyRefused
from makewhole.core.order.model import Means
from makewhole.core.words import Head, Party
from tests.core.ledger.tables import CURRENCY, account, sums_to_zero

STRIPE = account("fund")
POSTED = TransferState.POSTED


def moved(act_name: str, reference: str, *entries: tuple[str, int]) -> tuple[Transfer, TransferState]:
    found = tuple(Entry(account(name), amount) for name, amount in entries)
    return Transfer(act_name, reference, found, "m-1", "o-1", ""), POSTED


def faults(*transfers: tuple[Transfer, TransferState], advances: tuple[Advance, ...] = ()) -> list[str]:
    return [f"{fault.invariant} {fault.where}: {fault.what}" for fault in audit(transfers, advances)]


def test_entries_that_do_not_sum_to_zero_per_asset() -> None:
    wrong = moved("pay", "r-1", ("provider", -5), ("escrow", 4))
    assert faults(wrong) == ["I1 pay r-1: entries sum to -1 CNY"]
    mixed = moved("pay", "r-1", ("provider", -5), ("wallet:points", 5))
    assert sorted(faults(mixed)) == ["I1 pay r-1: entries sum to -5 CNY", "I1 pay r-1: entries sum to 5 points"]


def test_an_act_done_twice_under_one_reference_unless_the_first_was_voided() -> None:
    once = moved("receive", "r-1", ("provider", -5), ("escrow", 5))
    assert faults(once, once) == ["I1 receive r-1: done 2 times"]
    assert faults((once[0], TransferState.VOIDED), once) == []


def test_an_account_below_its_floor_even_for_a_moment() -> None:
    out = moved("settle", "r-1", ("escrow", -5), ("merchant", 5))
    into = moved("receive", "r-2", ("provider", -5), ("escrow", 5))
    assert faults(out, into) == ["I3 settle r-1: escrow o-1: -5"]
    assert faults(into, out) == []


def test_debts_on_record_that_the_accounts_do_not_show() -> None:
    filled = moved("fund_in", "f", ("platform", -9), ("fund", 9))
    laid_out = moved("advance", "r-1", ("fund", -9), ("outgoing", 9), ("receivable", -9), ("advanced", 9))
    record = Advance("r-1", "m-1", CURRENCY, 9, 0, 0)
    assert faults(filled, laid_out, advances=(record,)) == []
    assert faults(filled, laid_out) == [
        "I8 receivable m-1: account -9, records 0 CNY",
        "I8 advanced m-1: account 9, records 0 CNY",
    ]
    assert faults(filled, laid_out, advances=(record._replace(recovered_minor=4),))[0] == (
        "I8 receivable m-1: account -9, records -5 CNY"
    )
    too_much = record._replace(recovered_minor=10)
    assert faults(filled, laid_out, advances=(too_much,))[0] == "I8 advance r-1: -1 outstanding"


@dataclass
class House:
    """Books kept by the movements alone, with a record of every advance, as the treasury keeps them."""

    balances: dict[Any, int] = field(default_factory=dict)
    posted: list[Transfer] = field(default_factory=list)
    advances: list[Advance] = field(default_factory=list)

    def take(self, *transfers: Transfer) -> None:
        for transfer in transfers:
            sums_to_zero(transfer)
            self.balances = act.applied(self.balances, [transfer])
            self.posted.append(transfer)
            left = recovered_minor([transfer])
            for place, advance in enumerate(self.advances):
                back = min(left, advance.outstanding_minor)
                self.advances[place] = advance._replace(recovered_minor=advance.recovered_minor + back)
                left -= back
            assert left == 0, "nothing is recovered that nobody owes"

    def pay(self, reference: str, scope: Scope, amount: int, funding: Funding, cap: int) -> None:
        dues = (PayDue("1", Head.GOODS, amount, Party.MERCHANT),)
        wanted = PaymentInstruction(
            reference, "", scope.order_id, scope.merchant_id, "b-1", CURRENCY, dues, funding, cap
        )
        held = act.available(self.balances, STRIPE)
        result = fund_dues(wanted, dues, self.balances, FundLimits((STRIPE,), held, 0, 10_000))
        if result.advanced_minor:
            self.advances.append(Advance(reference, scope.merchant_id, CURRENCY, result.advanced_minor, 0, 0))
        self.take(*result.transfers)
        assert sum(due.amount_minor for due in result.paid) + result.shortfall_minor == amount
        assert sum(amount for _, amount in result.paid_from) == amount - result.shortfall_minor

    def write_off(self, scope: Scope, reference: str, amount: int) -> None:
        self.take(act.write_off(self.balances, scope, CURRENCY, reference, amount))
        for place, advance in enumerate(self.advances):
            lost = min(amount, advance.outstanding_minor) if advance.merchant_id == scope.merchant_id else 0
            self.advances[place] = advance._replace(written_off_minor=advance.written_off_minor + lost)
            amount -= lost


AMOUNTS = st.integers(1, 3_000)
STEPS = st.tuples(
    st.sampled_from(["receive", "settle", "pay", "advance", "deposit", "fund", "repay", "off", "out"]), AMOUNTS, AMOUNTS
)


@settings(max_examples=200)
@given(st.lists(STEPS, max_size=40))
def test_whatever_is_done_the_books_stay_sound(steps: list[tuple[str, int, int]]) -> None:
    house = House()
    for number, (what, amount, other) in enumerate(steps):
        reference, scope = f"r-{number}", Scope("m-1", f"o-{other % 3}")
        try:
            _do(house, what, reference, scope, amount, other)
        except MoneyRefused:
            continue
    found = audit([(transfer, POSTED) for transfer in house.posted], house.advances)
    assert not found, found
    below = {key: amount for key, amount in house.balances.items() if amount < 0 and key.kind not in UNBOUNDED}
    assert not below


def _do(house: House, what: str, reference: str, scope: Scope, amount: int, other: int) -> None:
    if what == "receive":
        payment = PaymentTaken(reference, Means.MONEY, "sandbox", "", amount, 0, 0, ())
        house.take(act.receive_payment(payment, CURRENCY, scope))
    elif what == "settle":
        house.take(*act.settle_escrow(house.balances, scope, CURRENCY, reference, STRIPE))
    elif what == "pay":
        house.pay(reference, scope, amount, Funding.MERCHANT, 0)
    elif what == "advance":
        house.pay(reference, scope, amount, Funding.FUND, other)
    elif what == "deposit":
        house.take(*act.top_up_deposit(house.balances, scope, CURRENCY, reference, STRIPE, "sandbox", amount))
    elif what == "fund":
        house.take(act.top_up_fund(CURRENCY, reference, (STRIPE,), amount))
    elif what == "repay":
        house.take(*act.repay(house.balances, scope, CURRENCY, reference, STRIPE, "sandbox", amount))
    elif what == "off":
        house.write_off(scope, reference, amount)
    else:
        kind = AccountKind.MERCHANT if other % 2 else AccountKind.DEPOSIT
        house.take(act.withdraw(house.balances, scope, CURRENCY, reference, "sandbox", kind, amount))
