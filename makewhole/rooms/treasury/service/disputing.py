"""Chargebacks: while the buyer's bank disputes a payment, refunds on it wait, so that it is not paid twice."""

from datetime import datetime
from uuid import UUID

from makewhole.core.ledger import chargebacks
from makewhole.core.ledger.model import AccountKey, AccountKind, FundLimits, TransferState
from makewhole.core.ledger.movements import Scope, applied, debt_accounts
from makewhole.rooms.ids import new_id
from makewhole.rooms.orders.service import lock_order
from makewhole.rooms.treasury import ports
from makewhole.rooms.treasury.models import ChargebackState, IntentKind, IntentState
from makewhole.rooms.treasury.ports import Report, ReportKind
from makewhole.rooms.treasury.service.debts import Debt, write_debts
from makewhole.rooms.treasury.service.handing import hand_over
from makewhole.rooms.treasury.service.refusals import ProviderContradicts, UnknownOrder
from makewhole.rooms.treasury.service.stripes import all_stripes
from makewhole.rooms.treasury.store.batch import Batch
from makewhole.rooms.treasury.store.book import Book, pending_transfer, place_of
from makewhole.rooms.treasury.store.chargebacks import (
    ChargebackRow,
    chargeback,
    close_chargeback,
    disputed_payments,
    free_intents,
    hold_intents,
    is_frozen,
    lose_payment,
    write_chargeback,
)
from makewhole.rooms.treasury.store.order_money import OrderMoney, lock_order_money
from makewhole.rooms.treasury.store.orders import head_moves, move_heads
from makewhole.rooms.treasury.store.payouts import IntentRow, intents_on_payment, parts_of, write_intent_state

__all__ = ["follow", "is_frozen"]


def follow(news: Report, now: datetime) -> bool:
    """Open or close a chargeback as the provider reports. Returns False for what is known or out of date.

    A payment shared by the orders of one checkout is disputed on each of them, up to what each has of it.
    """
    followed = False
    left_minor = news.amount_minor
    for order_id, payment_id, amount_minor in disputed_payments(news.provider, news.target):
        share_minor = min(left_minor, amount_minor)
        if share_minor:
            part = news._replace(amount_minor=share_minor, reference=f"{news.reference}/{order_id}")
            followed |= _follow_on(part, order_id, payment_id, now)
            left_minor -= share_minor
    if left_minor:
        raise ProviderContradicts(
            f"{news.provider} disputes {news.amount_minor} of payment {news.target!r}, "
            f"{left_minor} more than the orders here have of it"
        )
    return followed


def _follow_on(news: Report, order_id: UUID, payment_id: str, now: datetime) -> bool:
    lock_order(order_id)
    money = lock_order_money(order_id)
    if money is None:
        raise UnknownOrder(order_id)
    known = chargeback(news.provider, news.reference)
    if known is None:
        known = _open(news, money, payment_id, now)
        if news.kind is ReportKind.CHARGEBACK_OPENED:
            return True
    elif known.state is not ChargebackState.OPEN or news.kind is ReportKind.CHARGEBACK_OPENED:
        return False
    if news.kind is ReportKind.CHARGEBACK_LOST:
        _lose(known, money, now)
    else:
        _win(known, money, now)
    return True


def _open(news: Report, money: OrderMoney, payment_id: str, now: datetime) -> ChargebackRow:
    payment = money.payment(payment_id)
    if news.currency != money.currency:
        raise ProviderContradicts(
            f"{news.provider} disputes {news.currency} on payment {payment_id}, which was made in {money.currency}"
        )
    row = ChargebackRow(
        new_id(),
        money.order_id,
        money.merchant_id,
        payment_id,
        payment.provider,
        news.reference,
        news.amount_minor,
        ChargebackState.OPEN,
    )
    waiting = _waiting(money.order_id, payment_id)
    batch = Batch()
    write_chargeback(batch, row, now)
    hold_intents(batch, [intent.id for intent in waiting])
    book = _book(money, now)
    frozen = chargebacks.freeze(
        book.balances(money.merchant_id),
        _scope(money),
        money.currency,
        str(row.id),
        row.amount_minor,
        sum(intent.amount_minor for intent in waiting),
    )
    for transfer in frozen:
        book.post(transfer)
    book.write(batch)
    batch.run()
    return row


def _win(row: ChargebackRow, money: OrderMoney, now: datetime) -> None:
    """The bank took nothing: what waited goes out, what was set aside goes back."""
    waiting = _waiting(money.order_id, row.payment_id)
    batch = Batch()
    close_chargeback(batch, row.id, ChargebackState.WON, now)
    freed = [intent.id for intent in waiting if intent.state is IntentState.HELD]
    free_intents(batch, freed, now)
    book = _book(money, now)
    balances = book.balances(money.merchant_id)
    for transfer in chargebacks.release(balances, _scope(money), money.currency, str(row.id), money.is_settled):
        book.post(transfer)
    book.write(batch)
    batch.run()
    hand_over(freed)


def _lose(row: ChargebackRow, money: OrderMoney, now: datetime) -> None:
    """The bank took the money: refunds that waited are thereby paid, as far as it reaches; later dues are credited."""
    stripes = all_stripes(money.currency)
    provider = AccountKey(AccountKind.PROVIDER, row.provider, money.currency)
    book = _book(money, now, (*stripes, provider))
    batch = Batch()
    paid, freed = _paid_by_bank(row, money)
    for intent in paid:
        _settle_by_bank(batch, book, intent, now)
    waiting_minor = sum(intent.amount_minor for intent in paid)
    balances = book.balances(money.merchant_id)
    limits = FundLimits(stripes, sum(balances[stripe] for stripe in stripes), 0, 0)
    lost = chargebacks.lose(balances, _scope(money), provider, str(row.id), row.amount_minor, waiting_minor, limits)
    after = applied(balances, lost.transfers)
    rest = chargebacks.release(after, _scope(money), money.currency, str(row.id), money.is_settled)
    posted = [(book.post(transfer), transfer) for transfer in (*lost.transfers, *rest)]
    book.write(batch)
    write_debts(batch, [Debt(_scope(money), str(row.id), money.currency, lost.advanced_minor, posted)], now)
    close_chargeback(batch, row.id, ChargebackState.LOST, now)
    lose_payment(batch, money.order_id, row.payment_id, row.amount_minor, waiting_minor)
    free_intents(batch, freed, now)
    batch.run()
    hand_over(freed)
    for intent in paid:
        if intent.case_id:
            for listener in ports.listeners():
                listener.refund_settled(intent.case_id, str(intent.id), now)


def _paid_by_bank(row: ChargebackRow, money: OrderMoney) -> tuple[list[IntentRow], list[UUID]]:
    """Waiting refunds the bank's money covers whole, oldest first; the others go out."""
    paid: list[IntentRow] = []
    freed: list[UUID] = []
    left_minor = row.amount_minor
    for intent in _waiting(money.order_id, row.payment_id):
        if intent.amount_minor <= left_minor:
            left_minor -= intent.amount_minor
            paid.append(intent)
        elif intent.state is IntentState.HELD:
            freed.append(intent.id)
    return paid, freed


def _settle_by_bank(batch: Batch, book: Book, intent: IntentRow, now: datetime) -> None:
    if intent.transfer_id is not None:
        book.resolve(intent.transfer_id, pending_transfer(intent.transfer_id), TransferState.VOIDED)
    settled = intent._replace(
        kind=IntentKind.CHARGEBACK, state=IntentState.SETTLED, transfer_id=None, next_attempt_at=None, last_error=""
    )
    write_intent_state(batch, settled, now)
    if intent.order_id:
        move_heads(batch, head_moves(intent.order_id, [(part, -1, 1) for part in parts_of(intent.id)]))


def _waiting(order_id: UUID, payment_id: str) -> list[IntentRow]:
    """Refunds on the payment whose money is still here: not asked for yet, waiting, or failed."""
    states = (IntentState.CLAIMED, IntentState.HELD, IntentState.FAILED)
    return [intent for intent in intents_on_payment(order_id, payment_id, states) if intent.kind is IntentKind.REFUND]


def _book(money: OrderMoney, now: datetime, more: tuple[AccountKey, ...] = ()) -> Book:
    order_id, merchant_id, asset = str(money.order_id), money.merchant_id, money.currency
    of_order = (AccountKind.CHARGEBACK, AccountKind.ESCROW, AccountKind.OUTGOING)
    of_merchant = (AccountKind.MERCHANT, AccountKind.DEPOSIT, AccountKind.PLATFORM)
    accounts = [AccountKey(kind, order_id, asset) for kind in of_order]
    accounts += [AccountKey(kind, merchant_id, asset) for kind in of_merchant]
    accounts += [*debt_accounts(merchant_id, asset), *more]
    book = Book(now)
    book.lock(place_of(merchant_id, account) for account in accounts)
    return book


def _scope(money: OrderMoney) -> Scope:
    return Scope(money.merchant_id, str(money.order_id))
