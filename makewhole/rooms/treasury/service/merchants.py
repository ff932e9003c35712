"""A merchant's own money and the platform's: deposits, payouts, repayments, write-offs, and filling the fund."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from makewhole.core.ledger import movements
from makewhole.core.ledger.model import AccountKey, AccountKind, Transfer
from makewhole.core.ledger.movements import Balances, Scope, debt_accounts
from makewhole.core.ledger.refusals import BadAmount
from makewhole.core.money import decimals
from makewhole.rooms.ids import new_id
from makewhole.rooms.treasury.models import IntentKind, IntentState
from makewhole.rooms.treasury.ports import Capture, provider
from makewhole.rooms.treasury.service.debts import write_recovery
from makewhole.rooms.treasury.service.handing import hand_over
from makewhole.rooms.treasury.service.prior import UNNAMED_PROVIDER
from makewhole.rooms.treasury.service.refusals import ReferenceReused, UnknownFund
from makewhole.rooms.treasury.service.stripes import all_stripes, stripe_for
from makewhole.rooms.treasury.store import money as store
from makewhole.rooms.treasury.store.batch import Batch
from makewhole.rooms.treasury.store.book import Book, place_of
from makewhole.rooms.treasury.store.payouts import IntentRow, write_intents

Movement = Callable[[Balances, Scope, AccountKey], Sequence[Transfer]]


@transaction.atomic
def top_up_fund(currency: str, amount_minor: int, reference: str, now: datetime) -> None:
    """The platform puts money of its own into the guarantee fund."""
    decimals(currency)
    if _done("fund_in", reference, "", amount_minor):
        return
    stripes = all_stripes(currency)
    filled = movements.top_up_fund(currency, reference, stripes, amount_minor)
    book = Book(now)
    book.lock(place_of("", account) for account, _ in filled.entries)
    book.post(filled)
    batch = Batch()
    book.write(batch)
    batch.run()


def set_approval_limit(currency: str, limit_minor: int) -> None:
    """Above this amount the fund pays nothing by itself. Raises `UnknownFund`, `BadAmount` below zero."""
    if limit_minor < 0:
        raise BadAmount(limit_minor)
    if not store.set_approval_limit(currency, limit_minor):
        raise UnknownFund(currency)


def top_up_deposit(merchant_id: str, currency: str, amount_minor: int, reference: str, now: datetime) -> int:
    """The merchant pays into its deposit; what it owes the fund is taken from it at once. Returns what was taken."""

    def movement(balances: Balances, scope: Scope, stripe: AccountKey) -> Sequence[Transfer]:
        return movements.top_up_deposit(balances, scope, currency, reference, stripe, UNNAMED_PROVIDER, amount_minor)

    return _move("deposit_in", merchant_id, currency, amount_minor, reference, movement, now)


def repay(merchant_id: str, currency: str, amount_minor: int, reference: str, now: datetime) -> int:
    """The merchant pays what it owes the fund with new money. Raises `MoreThanOwed`."""

    def movement(balances: Balances, scope: Scope, stripe: AccountKey) -> Sequence[Transfer]:
        return movements.repay(balances, scope, currency, reference, stripe, UNNAMED_PROVIDER, amount_minor)

    booked_as = f"{reference}/{AccountKind.PROVIDER}"
    return _move("recover", merchant_id, currency, amount_minor, booked_as, movement, now)


def write_off(merchant_id: str, currency: str, amount_minor: int, reference: str, now: datetime) -> int:
    """The house gives up collecting a part of what the merchant owes. Raises `MoreThanOwed`."""

    def movement(balances: Balances, scope: Scope, stripe: AccountKey) -> Sequence[Transfer]:
        return [movements.write_off(balances, scope, currency, reference, amount_minor)]

    return _move("write_off", merchant_id, currency, amount_minor, reference, movement, now)


def pay_out_merchant(merchant_id: str, currency: str, amount_minor: int, reference: str, now: datetime) -> UUID | None:
    """Send a part of the merchant's balance to the merchant. Raises `InsufficientFunds`, `DebtOutstanding`.

    Returns the intent, None when this reference was paid out before.
    """
    return _withdraw(AccountKind.MERCHANT, merchant_id, currency, amount_minor, reference, now)


def withdraw_deposit(merchant_id: str, currency: str, amount_minor: int, reference: str, now: datetime) -> UUID | None:
    """Send a part of the deposit back to the merchant. Raises `InsufficientFunds`, `DebtOutstanding`."""
    return _withdraw(AccountKind.DEPOSIT, merchant_id, currency, amount_minor, reference, now)


@transaction.atomic
def _move(
    act: str,
    merchant_id: str,
    currency: str,
    amount_minor: int,
    reference: str,
    movement: Movement,
    now: datetime,
) -> int:
    decimals(currency)
    if _done(act, reference, merchant_id, amount_minor):
        return 0
    scope = Scope(merchant_id)
    stripe = stripe_for(reference, (), currency)
    book = _book(merchant_id, currency, stripe, now)
    posted = [(book.post(transfer), transfer) for transfer in movement(book.balances(merchant_id), scope, stripe)]
    batch = Batch()
    book.write(batch)
    if act != "write_off":
        capture = Capture(reference, f"{merchant_id}/{reference}", amount_minor, currency, now)
        provider(UNNAMED_PROVIDER).note_captures([capture])
    taken_minor = write_recovery(batch, scope, currency, posted, now)
    batch.run()
    return taken_minor


@transaction.atomic
def _withdraw(
    kind: AccountKind, merchant_id: str, currency: str, amount_minor: int, reference: str, now: datetime
) -> UUID | None:
    intent_kind = IntentKind.DEPOSIT_OUT if kind is AccountKind.DEPOSIT else IntentKind.MERCHANT_OUT
    decimals(currency)
    if _done(str(intent_kind), reference, merchant_id, amount_minor):
        return None
    book = _book(merchant_id, currency, None, now)
    sent = movements.withdraw(
        book.balances(merchant_id), Scope(merchant_id), currency, reference, UNNAMED_PROVIDER, kind, amount_minor
    )
    intent = IntentRow(
        id=new_id(),
        instruction=reference,
        order_id=None,
        merchant_id=merchant_id,
        case_id=None,
        kind=intent_kind,
        payment_id="",
        provider=UNNAMED_PROVIDER,
        payment_reference="",
        asset=currency,
        amount_minor=amount_minor,
        units=0,
        state=IntentState.CLAIMED,
        transfer_id=book.hold(sent),
        next_attempt_at=now,
    )
    batch = Batch()
    book.write(batch)
    write_intents(batch, [intent], [], now)
    batch.run()
    hand_over([intent.id])
    return intent.id


def _done(act: str, reference: str, merchant_id: str, amount_minor: int) -> bool:
    """Whether this very act was done before. Raises `ReferenceReused` when the reference stood for something else."""
    if amount_minor <= 0:
        raise BadAmount(amount_minor)
    store.lock_reference(reference)
    earlier = store.done_as(act, reference)
    if earlier is None:
        return False
    counted = amount_minor * 2 if act == "recover" else amount_minor  # A recovery also lowers the receivable.
    if earlier != (merchant_id, counted):
        raise ReferenceReused(reference)
    return True


def _book(merchant_id: str, currency: str, stripe: AccountKey | None, now: datetime) -> Book:
    kinds = (AccountKind.MERCHANT, AccountKind.DEPOSIT, AccountKind.WRITE_OFF)
    accounts = [AccountKey(kind, merchant_id, currency) for kind in kinds]
    accounts += [AccountKey(AccountKind.PROVIDER, UNNAMED_PROVIDER, currency), *debt_accounts(merchant_id, currency)]
    if stripe:
        accounts.append(stripe)
    book = Book(now)
    book.lock(place_of(merchant_id, account) for account in accounts)
    return book
