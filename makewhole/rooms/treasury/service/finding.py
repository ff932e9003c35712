"""Find the money for payments: lock all accounts they need at once, fund one after the other, book each on its way."""

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from makewhole.core.ledger.funding import Funded, fund_dues
from makewhole.core.ledger.means import asset_of, split_by_means
from makewhole.core.ledger.model import (
    AccountKey,
    AccountKind,
    Funding,
    FundLimits,
    PayDue,
    PaymentInstruction,
    Payout,
    PayoutKind,
    Transfer,
)
from makewhole.core.ledger.movements import Scope, debt_accounts, into_wallet, send_out
from makewhole.core.ledger.refusals import FundInsolvent
from makewhole.core.order.model import Means
from makewhole.core.words import Party
from makewhole.rooms.ids import new_id
from makewhole.rooms.treasury.models import IntentKind, IntentState
from makewhole.rooms.treasury.service.stripes import first_stripes
from makewhole.rooms.treasury.store.book import Book, place_of
from makewhole.rooms.treasury.store.money import FundNow, funds_now
from makewhole.rooms.treasury.store.order_money import OrderMoney
from makewhole.rooms.treasury.store.payouts import IntentRow


class Wanted(NamedTuple):
    """A payment that money is wanted for: `dues`, beside what the buyer's bank took already (`credited`)."""

    instruction: PaymentInstruction
    money: OrderMoney
    dues: tuple[PayDue, ...]
    credited: tuple[Payout, ...]

    @property
    def owed_minor(self) -> int:
        """What of it is the merchant's to pay."""
        return sum(due.amount_minor for due in self.dues if due.payer is Party.MERCHANT)

    @property
    def from_fund_minor(self) -> int:
        """What the fund is asked for: what the house owes, and what the order's own money does not reach for."""
        house_minor = sum(due.amount_minor for due in self.dues) - self.owed_minor
        if self.instruction.funding is not Funding.FUND:
            return house_minor
        return house_minor + max(0, self.owed_minor - sum(self.money.available.values()))


class Found(NamedTuple):
    """How far a payment was funded, the transfers that did it, and the payouts that follow."""

    wanted: Wanted
    funded: Funded
    posted: tuple[tuple[UUID, Transfer], ...]
    intents: tuple[tuple[IntentRow, Payout], ...]


Stripes = Mapping[str, tuple[AccountKey, ...]]
"""The accounts of the fund to draw on, by currency."""


def find_money(wanted: Sequence[Wanted], now: datetime) -> tuple[Book, list[Found]]:
    """Lock the accounts and find the money: first over as few stripes of the fund as should do, else over all."""
    from_fund: dict[str, int] = {}
    for each in wanted:
        if each.from_fund_minor:
            currency = each.money.currency
            from_fund[currency] = from_fund.get(currency, 0) + each.from_fund_minor
    funds = funds_now(list(from_fund)) if from_fund else {}
    first = wanted[0].money.order_id
    few = {asset: first_stripes(first, fund.stripes, from_fund[asset]) for asset, fund in funds.items()}
    everywhere = {asset: tuple(stripe for stripe, _ in fund.stripes) for asset, fund in funds.items()}
    if any(len(few[asset]) < len(everywhere[asset]) for asset in funds):
        # Others may have emptied these stripes since we looked. Then the savepoint lets their locks go, and all are
        # taken in order.
        with contextlib.suppress(FundInsolvent), transaction.atomic():
            return _find_over(few, funds, wanted, now)
    return _find_over(everywhere, funds, wanted, now)


def _find_over(
    stripes: Stripes, funds: Mapping[str, FundNow], wanted: Sequence[Wanted], now: datetime
) -> tuple[Book, list[Found]]:
    asked = []
    for each in wanted:
        of_fund = stripes.get(each.money.currency, ()) if each.from_fund_minor else ()
        asked.append((each, of_fund, tuple(_accounts(each, of_fund))))
    book = Book(now)
    book.lock(place_of(each.money.merchant_id, account) for each, _, accounts in asked for account in accounts)
    found: list[Found] = []
    for each, of_fund, accounts in asked:
        instruction, money, dues, credited = each
        limits = _limits(book, of_fund, funds.get(money.currency), money.advanced_minor)
        funded = fund_dues(instruction, dues, book.balances(money.merchant_id, accounts), limits)
        payouts = split_by_means(funded.paid, money.payments, money.returned, money.currency)
        posted = tuple([(book.post(transfer), transfer) for transfer in funded.transfers])
        intents = tuple([(_book_payout(book, payout, each, now), payout) for payout in (*credited, *payouts)])
        found.append(Found(each, funded, posted, intents))
    return book, found


def _limits(book: Book, stripes: tuple[AccountKey, ...], fund: FundNow | None, advanced_minor: int) -> FundLimits:
    """What the fund may do: locked stripes as they are now, the others as they were when we looked."""
    if fund is None or not stripes:
        return FundLimits((), 0, advanced_minor, fund.approval_limit_minor if fund else 0)
    locked = book.balances("", stripes)
    total_minor = sum(locked.get(stripe, seen_minor) for stripe, seen_minor in fund.stripes)
    return FundLimits(stripes, total_minor, advanced_minor, fund.approval_limit_minor)


def _accounts(wanted: Wanted, stripes: tuple[AccountKey, ...]) -> Iterable[AccountKey]:
    instruction, money = wanted.instruction, wanted.money
    order_id, merchant_id, currency = instruction.order_id, money.merchant_id, money.currency
    yield AccountKey(AccountKind.ESCROW, order_id, currency)
    yield AccountKey(AccountKind.OUTGOING, order_id, currency)
    if AccountKind.CHARGEBACK in money.available:
        yield AccountKey(AccountKind.CHARGEBACK, order_id, currency)
    in_kind = [asset_of(payment, currency) for payment in money.payments if payment.means is not Means.MONEY]
    for asset in in_kind:
        yield AccountKey(AccountKind.WALLET, money.buyer_id, asset)
        yield AccountKey(AccountKind.ISSUED, asset, asset)
    if in_kind:
        yield AccountKey(AccountKind.PLATFORM, merchant_id, currency)
    if len(in_kind) == len(money.payments):
        yield AccountKey(AccountKind.WALLET, money.buyer_id, currency)
    own_minor = sum(money.available.values())
    if in_kind or stripes or instruction.funding is not Funding.MERCHANT or wanted.owed_minor > own_minor:
        # All of them, though this payment may need but one: the command may go on to another purse.
        for kind in (AccountKind.MERCHANT, AccountKind.DEPOSIT):
            yield AccountKey(kind, merchant_id, currency)
        yield from debt_accounts(merchant_id, currency)
    yield from stripes


def _book_payout(book: Book, payout: Payout, wanted: Wanted, now: datetime) -> IntentRow:
    instruction, money = wanted.instruction, wanted.money
    payment = money.payment(payout.payment_id) if payout.payment_id else None
    scope = Scope(money.merchant_id, instruction.order_id, instruction.case_id)
    intent = IntentRow(
        id=new_id(),
        instruction=instruction.reference,
        order_id=money.order_id,
        merchant_id=money.merchant_id,
        case_id=UUID(instruction.case_id) if instruction.case_id else None,
        kind=IntentKind(payout.kind),
        payment_id=payout.payment_id,
        provider="",
        payment_reference=payment.reference if payment else "",
        asset=payout.asset or money.currency,
        amount_minor=payout.amount_minor,
        units=payout.units,
        state=IntentState.SETTLED,
    )
    if payout.kind is PayoutKind.CHARGEBACK:
        return intent
    if payout.kind is PayoutKind.WALLET or payment is None:
        transfer = into_wallet(payout, money.buyer_id, str(intent.id), scope, money.currency)
        return intent._replace(transfer_id=book.post(transfer))
    transfer = send_out(payout, payment.provider, f"{intent.id}/1", scope, money.currency)
    held = payout.kind is PayoutKind.REFUND and payment.id in money.frozen
    return intent._replace(
        transfer_id=book.hold(transfer),
        provider=payment.provider,
        state=IntentState.HELD if held else IntentState.CLAIMED,
        next_attempt_at=None if held else now,
    )
