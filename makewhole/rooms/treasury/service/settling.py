"""An order is done: what is left in its escrow becomes the merchant's, less what the merchant owes the fund."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import DatabaseError, transaction

from makewhole.core.ledger.model import AccountKey, AccountKind
from makewhole.core.ledger.movements import Scope, debt_accounts, settle_escrow
from makewhole.core.ledger.refusals import MoneyRefused
from makewhole.rooms.orders.service import lock_order
from makewhole.rooms.treasury import ports
from makewhole.rooms.treasury.service.debts import write_recovery
from makewhole.rooms.treasury.service.refusals import UnknownOrder
from makewhole.rooms.treasury.service.stripes import stripe_for
from makewhole.rooms.treasury.store.batch import Batch
from makewhole.rooms.treasury.store.book import Book, place_of
from makewhole.rooms.treasury.store.money import has_open_dues, orders_to_settle, postpone_settlement, write_settled
from makewhole.rooms.treasury.store.order_money import lock_order_money

LOOK_AGAIN_AFTER = timedelta(days=1)


@transaction.atomic
def settle_order(order_id: UUID, now: datetime) -> int:
    """Settle an order's escrow with the merchant. Returns the amount, 0 when it was settled before.

    An order with an open case, with something due and not paid, or with a running chargeback is not settled now but
    looked at again a day later (0). Raises `UnknownOrder`.
    """
    lock_order(order_id)
    money = lock_order_money(order_id)
    if money is None:
        raise UnknownOrder(order_id)
    if money.is_settled:
        return 0
    if money.frozen or has_open_dues(order_id) or not ports.may_settle(order_id):
        postpone_settlement([order_id], now + LOOK_AGAIN_AFTER)
        return 0
    asset, merchant_id = money.currency, money.merchant_id
    scope = Scope(merchant_id, str(order_id))
    stripe = stripe_for(order_id, money.stripes, asset)
    accounts = [
        AccountKey(AccountKind.ESCROW, str(order_id), asset),
        AccountKey(AccountKind.MERCHANT, merchant_id, asset),
        *debt_accounts(merchant_id, asset),
    ]
    book = Book(now)
    book.lock(place_of(merchant_id, account) for account in (*accounts, stripe))
    transfers = settle_escrow(book.balances(merchant_id), scope, asset, str(order_id), stripe)
    posted = [(book.post(transfer), transfer) for transfer in transfers]
    batch = Batch()
    book.write(batch)
    write_recovery(batch, scope, asset, posted, now)
    write_settled(batch, order_id, now)
    batch.run()
    return sum(amount for account, amount in transfers[0].entries if amount > 0) if transfers else 0


def settle_due(now: datetime, limit: int) -> int:
    """Settle the orders whose time has come, each in its own transaction. Returns how many were looked at."""
    due = orders_to_settle(now, limit)
    failures: list[Exception] = []
    for order_id in due:
        try:
            settle_order(order_id, now)
        except (MoneyRefused, DatabaseError) as error:  # One order in trouble must not keep the others waiting.
            failures.append(error)
            postpone_settlement([order_id], now + LOOK_AGAIN_AFTER)
    if failures:
        raise ExceptionGroup(f"{len(failures)} of {len(due)} escrows could not be settled; they wait a day", failures)
    return len(due)
