"""An order is done: what is left in its escrow becomes the merchant's, less what the merchant owes the fund."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import DatabaseError, transaction

from makewhole.core.ledger.model import AccountKey, AccountKind, Transfer
from makewhole.core.ledger.movements import Scope, debt_accounts, settle_escrow
from makewhole.core.ledger.refusals import MoneyRefused
from makewhole.rooms.orders.service import lock_free_orders, lock_order
from makewhole.rooms.treasury import ports
from makewhole.rooms.treasury.service.debts import write_recovery
from makewhole.rooms.treasury.service.refusals import UnknownOrder
from makewhole.rooms.treasury.service.stripes import all_stripes, own_stripe
from makewhole.rooms.treasury.store.batch import Batch
from makewhole.rooms.treasury.store.book import Book, place_of
from makewhole.rooms.treasury.store.money import (
    EscrowToSettle,
    lock_escrows,
    orders_to_settle,
    postpone_settlement,
    write_settled,
)

LOOK_AGAIN_AFTER = timedelta(days=1)


class Settlement(NamedTuple):
    """One escrow on its way to the merchant, with the accounts it needs; the last is a stripe of the fund."""

    escrow: EscrowToSettle
    accounts: tuple[AccountKey, ...]

    @property
    def stripe(self) -> AccountKey:
        return self.accounts[-1]


@transaction.atomic
def settle_order(order_id: UUID, now: datetime) -> int:
    """Settle an order's escrow with the merchant. Returns the amount, 0 when it was settled before.

    An order with an open case, with something due and not paid, or with a running chargeback is not settled now but
    looked at again a day later (0). Raises `UnknownOrder`.
    """
    lock_order(order_id)
    escrows = lock_escrows([order_id])
    if not escrows:
        raise UnknownOrder(order_id)
    return _settle(escrows, now, every_stripe=True)


def settle_due(now: datetime, limit: int) -> int:
    """Settle the orders whose time has come, all in one transaction. Returns how many were looked at.

    Orders that others hold at this moment are left for the next time. When the whole lot fails, each is settled
    alone, so that one order in trouble does not keep the others waiting; what went wrong is raised at the end.
    """
    due = orders_to_settle(now, limit)
    try:
        with transaction.atomic():
            free = [record.id for record in lock_free_orders(due, limit)]
            _settle(lock_escrows(free), now, every_stripe=False)
            return len(free)
    except (MoneyRefused, DatabaseError):
        return _settle_each(due, now)


def _settle_each(due: Sequence[UUID], now: datetime) -> int:
    failures: list[Exception] = []
    for order_id in due:
        try:
            settle_order(order_id, now)
        except (MoneyRefused, DatabaseError) as error:
            failures.append(error)
            postpone_settlement([order_id], now + LOOK_AGAIN_AFTER)
    if failures:
        raise ExceptionGroup(f"{len(failures)} of {len(due)} escrows could not be settled; they wait a day", failures)
    return len(due)


def _settle(escrows: Sequence[EscrowToSettle], now: datetime, every_stripe: bool) -> int:
    """Settle what may be settled, postpone the rest. Returns the amount settled.

    A lot locks a stripe of the fund only for merchants who owe it; a debt that arose since we looked leaves its
    orders for the next time.
    """
    held = ports.not_to_settle([escrow.order_id for escrow in escrows if not escrow.is_settled])
    waiting = [each.order_id for each in escrows if not each.is_settled and (each.must_wait or each.order_id in held)]
    if waiting:
        postpone_settlement(waiting, now + LOOK_AGAIN_AFTER)
    ready = [_settlement(each) for each in escrows if not each.is_settled and each.order_id not in waiting]
    book = Book(now)
    book.lock(
        place_of(each.escrow.merchant_id, account)
        for each in ready
        for account in each.accounts
        if account.kind is not AccountKind.FUND or every_stripe or each.escrow.owed_minor
    )
    posted: dict[tuple[str, str], list[tuple[UUID, Transfer]]] = {}
    settled: list[UUID] = []
    for each in ready:
        transfers = _transfers(book, each)
        if transfers is not None:
            settled.append(each.escrow.order_id)
            found = posted.setdefault((each.escrow.merchant_id, each.escrow.currency), [])
            found += [(book.post(transfer), transfer) for transfer in transfers]
    batch = Batch()
    book.write(batch)
    for (merchant_id, asset), of_merchant in posted.items():
        write_recovery(batch, Scope(merchant_id), asset, of_merchant, now)
    write_settled(batch, settled, now)
    batch.run()
    return sum(_settled_minor(transfer) for found in posted.values() for _, transfer in found)


def _settlement(escrow: EscrowToSettle) -> Settlement:
    merchant_id, asset = escrow.merchant_id, escrow.currency
    stripes = all_stripes(asset) if escrow.owed_minor else (AccountKey(AccountKind.FUND, "00", asset),)
    return Settlement(
        escrow,
        (
            AccountKey(AccountKind.ESCROW, str(escrow.order_id), asset),
            AccountKey(AccountKind.MERCHANT, merchant_id, asset),
            *debt_accounts(merchant_id, asset),
            stripes[own_stripe(escrow.order_id, len(stripes))],
        ),
    )


def _transfers(book: Book, each: Settlement) -> tuple[Transfer, ...] | None:
    """The transfers of one settlement; None when the merchant owes and no stripe is locked to take it."""
    escrow = each.escrow
    stripe_is_locked = book.holds(place_of(escrow.merchant_id, each.stripe))
    balances = book.balances(escrow.merchant_id, each.accounts if stripe_is_locked else each.accounts[:-1])
    _, receivable = debt_accounts(escrow.merchant_id, escrow.currency)
    if balances[receivable] < 0 and not stripe_is_locked:
        return None
    scope = Scope(escrow.merchant_id, str(escrow.order_id))
    return settle_escrow(balances, scope, escrow.currency, str(escrow.order_id), each.stripe)


def _settled_minor(transfer: Transfer) -> int:
    return sum(amount for _, amount in transfer.entries if amount > 0) if transfer.act == "settle" else 0
