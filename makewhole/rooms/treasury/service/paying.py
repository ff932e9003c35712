"""Pay what a case decided: find the money, set it aside, and write down what has to leave the house.

One transaction, four round trips: lock and read the order's money; lock the accounts; write everything; hand the
intents to the worker. The same instruction again gives the same result and pays nothing.
"""

import contextlib
import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction

from makewhole.core.ledger.funding import Funded, fund_dues
from makewhole.core.ledger.means import asset_of, credit_chargebacks, split_by_means
from makewhole.core.ledger.model import (
    AccountKey,
    AccountKind,
    Funding,
    FundLimits,
    FundObstacle,
    PayDue,
    PaymentInstruction,
    Payout,
    PayoutKind,
)
from makewhole.core.ledger.movements import Scope, debt_accounts, into_wallet, send_out
from makewhole.core.ledger.refusals import FundInsolvent
from makewhole.core.order.model import Means
from makewhole.core.words import Head, Party
from makewhole.rooms.ids import new_id
from makewhole.rooms.treasury.models import IntentKind, IntentState
from makewhole.rooms.treasury.service.debts import write_debt
from makewhole.rooms.treasury.service.handing import hand_over
from makewhole.rooms.treasury.service.refusals import MoreThanDue, ReferenceReused, UnknownOrder, WrongOrder
from makewhole.rooms.treasury.service.stripes import first_stripes
from makewhole.rooms.treasury.store.batch import Batch, joined
from makewhole.rooms.treasury.store.book import Book, place_of
from makewhole.rooms.treasury.store.order_money import OrderMoney, lock_order_money
from makewhole.rooms.treasury.store.orders import move_heads, move_payments
from makewhole.rooms.treasury.store.payouts import IntentRow, write_instruction, write_intents


class PaymentResult(NamedTuple):
    """What became of an instruction.

    `paid_from`: who gave how much (`escrow`, `merchant`, `fund`, `chargeback`: taken by the buyer's bank already).
    `paid`: the dues as far as money was found. `intents` are the payouts made, `awaited` those the provider has yet to
    confirm; `held` says that some wait for the end of a chargeback. `advanced_minor` is what the fund laid out for the
    merchant, `recovered` what recourse brought back at once. `obstacle` says why the fund gave less than asked.
    """

    paid_from: tuple[tuple[str, int], ...]
    shortfall_minor: int
    intents: tuple[UUID, ...]
    awaited: tuple[str, ...]
    paid: tuple[PayDue, ...]
    advanced_minor: int
    recovered: tuple[tuple[str, int], ...]
    obstacle: FundObstacle | None
    held: bool

    @property
    def paid_minor(self) -> int:
        return sum(due.amount_minor for due in self.paid)


@joined()
def pay(instruction: PaymentInstruction, now: datetime) -> PaymentResult:
    """Carry out a payment instruction, as far as there is money; never more than is due on a line and head.

    The caller holds the order's row (`orders.service.lock_order`), as every command on an order does.

    Raises `UnknownOrder`, `WrongOrder`, `ReferenceReused`, `MoreThanDue` or `BadAmount`; nothing is changed then.
    """
    digest = hashlib.sha256(repr(instruction).encode()).hexdigest()
    case_id = UUID(instruction.case_id) if instruction.case_id else None
    money = lock_order_money(UUID(instruction.order_id), instruction.reference, case_id)
    if money is None:
        raise UnknownOrder(instruction.order_id)
    if money.instruction:
        if money.instruction[0] != digest:
            raise ReferenceReused(instruction.reference)
        return _read_result(money.instruction[1])
    _check(instruction, money)
    dues, credited = credit_chargebacks(instruction.dues, money.uncredited)
    book, funded = _fund(instruction, dues, money, now)
    payouts = split_by_means(funded.paid, money.payments, money.returned, money.currency)
    posted = [(book.post(transfer), transfer) for transfer in funded.transfers]
    intents = [(_book_payout(book, payout, instruction, money, now), payout) for payout in (*credited, *payouts)]
    batch = Batch()
    book.write(batch)
    scope = Scope(money.merchant_id, instruction.order_id, instruction.case_id)
    write_debt(batch, scope, instruction.reference, money.currency, funded.advanced_minor, posted, now)
    _write_payouts(batch, money, intents, now)
    result = _result(funded, credited, [intent for intent, _ in intents])
    write_instruction(
        batch, instruction.reference, money.order_id, money.merchant_id, case_id, digest, _write_result(result), now
    )
    batch.run()
    hand_over([intent.id for intent, _ in intents if intent.state is IntentState.CLAIMED])
    return result


def _check(instruction: PaymentInstruction, money: OrderMoney) -> None:
    for field in ("merchant_id", "buyer_id", "currency"):
        given, known = getattr(instruction, field), getattr(money, field)
        if given != known:
            raise WrongOrder(f"{field} is {given!r} in the instruction and {known!r} on order {money.order_id}")
    wanted: dict[tuple[str, Head], int] = {}
    for due in instruction.dues:
        key = (due.line_id, due.head)
        wanted[key] = wanted.get(key, 0) + due.amount_minor
        if wanted[key] > money.room.get(key, 0):
            raise MoreThanDue(due.line_id, due.head, wanted[key], money.room.get(key, 0))


def _fund(
    instruction: PaymentInstruction, dues: tuple[PayDue, ...], money: OrderMoney, now: datetime
) -> tuple[Book, Funded]:
    """Lock the accounts and find the money: first over as few stripes of the fund as should do, else over all."""
    house_minor = sum(due.amount_minor for due in dues if due.payer is not Party.MERCHANT)
    own_minor = sum(money.available.values())
    wanted_minor = sum(due.amount_minor for due in dues) - house_minor
    from_fund = house_minor + (max(0, wanted_minor - own_minor) if instruction.funding is Funding.FUND else 0)
    if not from_fund:
        return _fund_over((), instruction, dues, money, now)
    few = first_stripes(money.order_id, money.stripes, from_fund)
    if len(few) < len(money.stripes):
        # Others may have emptied these stripes since we looked. Then the savepoint lets their locks go, and all are
        # taken in order.
        with contextlib.suppress(FundInsolvent), transaction.atomic():
            return _fund_over(few, instruction, dues, money, now)
    everywhere = tuple(stripe for stripe, _ in money.stripes)
    return _fund_over(everywhere, instruction, dues, money, now)


def _fund_over(
    stripes: tuple[AccountKey, ...],
    instruction: PaymentInstruction,
    dues: tuple[PayDue, ...],
    money: OrderMoney,
    now: datetime,
) -> tuple[Book, Funded]:
    book = Book(now)
    book.lock(place_of(money.merchant_id, account) for account in _accounts(stripes, instruction, money))
    balances = book.balances(money.merchant_id)
    total_minor = sum(amount for _, amount in money.stripes)
    if len(stripes) == len(money.stripes):
        total_minor = sum(balances[stripe] for stripe in stripes)
    limits = FundLimits(stripes, total_minor, money.advanced_minor, money.approval_limit_minor)
    return book, fund_dues(instruction, dues, balances, limits)


def _accounts(
    stripes: tuple[AccountKey, ...], instruction: PaymentInstruction, money: OrderMoney
) -> Iterable[AccountKey]:
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
    owed_minor = sum(due.amount_minor for due in instruction.dues if due.payer is Party.MERCHANT)
    if in_kind or stripes or owed_minor > sum(money.available.values()):
        # All of them, though this payment may need but one: the command may go on to another purse.
        for kind in (AccountKind.MERCHANT, AccountKind.DEPOSIT):
            yield AccountKey(kind, merchant_id, currency)
        yield from debt_accounts(merchant_id, currency)
    yield from stripes


def _book_payout(
    book: Book, payout: Payout, instruction: PaymentInstruction, money: OrderMoney, now: datetime
) -> IntentRow:
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


def _write_payouts(batch: Batch, money: OrderMoney, intents: Sequence[tuple[IntentRow, Payout]], now: datetime) -> None:
    pending: dict[tuple[str, Head], int] = {}
    paid: dict[tuple[str, Head], int] = {}
    returned: dict[str, int] = {}
    credited: dict[str, int] = {}
    parts: list[tuple[IntentRow, PayDue]] = []
    for intent, payout in intents:
        totals = paid if intent.state is IntentState.SETTLED else pending
        for part in payout.parts:
            key = (part.line_id, part.head)
            totals[key] = totals.get(key, 0) + part.amount_minor
            parts.append((intent, part))
        if payout.kind is PayoutKind.CHARGEBACK:
            credited[payout.payment_id] = payout.amount_minor
        elif payout.payment_id and payout.kind is not PayoutKind.PAYOUT:
            returned[payout.payment_id] = payout.amount_minor
    write_intents(batch, [intent for intent, _ in intents], parts, now)
    move_heads(batch, money.order_id, pending, paid)
    move_payments(batch, money.order_id, returned, credited)


def _result(funded: Funded, credited: Sequence[Payout], intents: Sequence[IntentRow]) -> PaymentResult:
    by_bank = sum(payout.amount_minor for payout in credited)
    parts = tuple(part for payout in credited for part in payout.parts)
    open_states = (IntentState.CLAIMED, IntentState.HELD)
    return PaymentResult(
        paid_from=(*((("bank", by_bank),) if by_bank else ()), *funded.paid_from),
        shortfall_minor=funded.shortfall_minor,
        intents=tuple(intent.id for intent in intents),
        awaited=tuple(str(intent.id) for intent in intents if intent.state in open_states),
        paid=(*parts, *funded.paid),
        advanced_minor=funded.advanced_minor,
        recovered=funded.recovered,
        obstacle=funded.obstacle,
        held=any(intent.state is IntentState.HELD for intent in intents),
    )


def _write_result(result: PaymentResult) -> dict[str, Any]:
    return {**result._asdict(), "intents": [str(intent) for intent in result.intents]}


def _read_result(stored: dict[str, Any]) -> PaymentResult:
    return PaymentResult(
        paid_from=tuple((source, amount) for source, amount in stored["paid_from"]),
        shortfall_minor=stored["shortfall_minor"],
        intents=tuple(UUID(intent) for intent in stored["intents"]),
        awaited=tuple(stored["awaited"]),
        paid=tuple(
            PayDue(line_id, Head(head), amount, Party(payer)) for line_id, head, amount, payer in stored["paid"]
        ),
        advanced_minor=stored["advanced_minor"],
        recovered=tuple((source, amount) for source, amount in stored["recovered"]),
        obstacle=FundObstacle(stored["obstacle"]) if stored["obstacle"] else None,
        held=stored["held"],
    )
