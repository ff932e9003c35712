"""What the shop itself gave back before (or beside) makewhole: booked as paid, so that nobody pays it again."""

from datetime import datetime

from makewhole.core.ledger.means import split_by_means
from makewhole.core.ledger.model import AccountKey, AccountKind, HeadDue, PayDue, Payout, PayoutKind, Transfer
from makewhole.core.ledger.movements import Balances, Move, Scope, available, transfer
from makewhole.core.order.model import Means, Payment
from makewhole.core.words import Party
from makewhole.rooms.ids import new_id
from makewhole.rooms.orders.service import OrderRecord
from makewhole.rooms.treasury.models import IntentKind, IntentState
from makewhole.rooms.treasury.store.batch import Batch
from makewhole.rooms.treasury.store.book import Book, Place, place_of
from makewhole.rooms.treasury.store.order_money import OrderMoney, lock_order_money
from makewhole.rooms.treasury.store.orders import (
    DueRow,
    PaymentMove,
    head_moves,
    lock_heads,
    move_heads,
    move_payments,
    write_dues,
)
from makewhole.rooms.treasury.store.payouts import IntentRow, known_instructions, write_intents

UNNAMED_PROVIDER = "sandbox"
"""The provider of payments whose order names none."""


def places(record: OrderRecord) -> list[Place]:
    """The accounts that booking the shop's refunds of an order touches, to be locked with all others of an import."""
    order = record.order
    accounts = [
        AccountKey(AccountKind.ESCROW, str(record.id), order.currency),
        AccountKey(AccountKind.PLATFORM, order.merchant_id, order.currency),
    ]
    accounts += [
        AccountKey(AccountKind.PROVIDER, provider_of(payment), order.currency)
        for payment in order.payments
        if payment.means is Means.MONEY
    ]
    return [place_of(order.merchant_id, account) for account in accounts]


def provider_of(payment: Payment) -> str:
    """The provider of a payment in money; one that names none went through the provider that stands in."""
    return (payment.provider or UNNAMED_PROVIDER) if payment.means is Means.MONEY else ""


def book_prior(record: OrderRecord, now: datetime) -> None:
    """Book the shop's own refunds of one order that are not booked yet. The caller holds the order's row."""
    references = {f"prior/{record.id}/{refund.id}": refund for refund in record.order.refunds if refund.amount_minor}
    for reference in known_instructions(list(references)):
        del references[reference]
    for reference, refund in references.items():
        due = PayDue(refund.line_id, refund.head, refund.amount_minor, Party.MERCHANT)
        _book_one(record, reference, due, now)


def _book_one(record: OrderRecord, reference: str, due: PayDue, now: datetime) -> None:
    locked, money = lock_heads([(record.id, None)]).get(record.id), lock_order_money(record.id)
    if locked is None or money is None:
        raise LookupError(f"order {record.id} has no escrow to book the shop's refund {reference} on")
    known = {(head.line_id, head.head): head for head in locked[1]}.get((due.line_id, due.head))
    total_minor = (known.due_minor if known else 0) + due.amount_minor
    cap_minor = max(known.cap_minor if known else 0, total_minor)
    batch = Batch()
    total = HeadDue(due.line_id, due.head, total_minor, cap_minor)
    write_dues(batch, [DueRow(record.id, money.merchant_id, None, total)], [])
    payouts = split_by_means((due,), money.payments, money.returned, money.currency)
    _move_money(batch, money, payouts, reference, now)
    intents = [(_intent(money, payout, reference, money.currency), payout) for payout in payouts]
    parts = [(intent, part) for intent, payout in intents for part in payout.parts]
    write_intents(batch, [intent for intent, _ in intents], parts, now)
    move_heads(batch, head_moves(record.id, [(due, 0, 1)]))
    move_payments(
        batch,
        [PaymentMove(record.id, each.payment_id, each.amount_minor, 0) for each in payouts if _is_return(each)],
    )
    batch.run()


def _move_money(batch: Batch, money: OrderMoney, payouts: tuple[Payout, ...], reference: str, now: datetime) -> None:
    """What went back on a payment leaves the escrow, or the platform's pocket where the escrow is empty.

    What the shop gave beyond the payments never passed through these books, so nothing moves.
    """
    scope = Scope(money.merchant_id, str(money.order_id))
    escrow = AccountKey(AccountKind.ESCROW, scope.order_id, money.currency)
    platform = AccountKey(AccountKind.PLATFORM, money.merchant_id, money.currency)
    providers = {
        payment.id: AccountKey(AccountKind.PROVIDER, payment.provider, money.currency)
        for payment in money.payments
        if payment.means is Means.MONEY
    }
    book = Book(now)
    book.lock(place_of(money.merchant_id, account) for account in {escrow, platform, *providers.values()})
    for payout in payouts:
        if _is_return(payout):
            target = providers[payout.payment_id] if payout.kind is PayoutKind.REFUND else platform
            book.post(_given(book.balances(money.merchant_id), scope, escrow, platform, target, payout, reference))
    book.write(batch)


def _given(
    balances: Balances,
    scope: Scope,
    escrow: AccountKey,
    platform: AccountKey,
    target: AccountKey,
    payout: Payout,
    reference: str,
) -> Transfer:
    from_escrow = min(payout.amount_minor, available(balances, escrow))
    moves = [Move(escrow, target, from_escrow)] if from_escrow else []
    if payout.amount_minor > from_escrow:
        moves.append(Move(platform, target, payout.amount_minor - from_escrow))
    return transfer("prior", f"{reference}/{payout.payment_id}", scope, moves)


def _is_return(payout: Payout) -> bool:
    return bool(payout.payment_id) and payout.kind is not PayoutKind.PAYOUT


def _intent(money: OrderMoney, payout: Payout, reference: str, currency: str) -> IntentRow:
    return IntentRow(
        id=new_id(),
        instruction=reference,
        order_id=money.order_id,
        merchant_id=money.merchant_id,
        case_id=None,
        kind=IntentKind.PRIOR,
        payment_id=payout.payment_id if _is_return(payout) else "",
        provider="",
        payment_reference="",
        asset=currency,
        amount_minor=payout.amount_minor,
        units=payout.units,
        state=IntentState.SETTLED,
    )
