"""What providers report: post or void what was pending, move heads from under way to paid, tell who waits for it.

Reports may come twice, out of order, and before the provider has answered our own request; what counts is the intent's
state under its order's lock. A failed payment is tried again as the same one; when that is of no use the money goes
into the buyer's wallet, so nobody waits for ever.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from makewhole.core.ledger.model import AccountKey, AccountKind, Payout, PayoutKind, TransferState
from makewhole.core.ledger.movements import Scope, into_wallet, returned, send_out
from makewhole.rooms.ids import new_id
from makewhole.rooms.orders.service import lock_order
from makewhole.rooms.treasury import ports
from makewhole.rooms.treasury.models import IntentKind, IntentState
from makewhole.rooms.treasury.ports import Report, ReportKind
from makewhole.rooms.treasury.service import disputing
from makewhole.rooms.treasury.service.refusals import NotRetryable, ProviderContradicts, UnknownIntent
from makewhole.rooms.treasury.store.batch import Batch
from makewhole.rooms.treasury.store.book import Book, pending_transfer, place_of, posted_transfer
from makewhole.rooms.treasury.store.order_money import lock_order_money
from makewhole.rooms.treasury.store.orders import head_moves, move_heads
from makewhole.rooms.treasury.store.payouts import (
    IntentRow,
    intent_by_reference,
    move_parts,
    parts_of,
    take_event,
    write_intent_state,
    write_intents,
)
from makewhole.rooms.treasury.store.payouts import intent as read_intent

RETRY_FAILED_AFTER = timedelta(minutes=10)
ROUNDS_MAX = 3
"""How often the same payment is tried after the provider said that it failed, before it goes into the wallet."""

CHARGEBACKS = frozenset({ReportKind.CHARGEBACK_OPENED, ReportKind.CHARGEBACK_LOST, ReportKind.CHARGEBACK_WON})
_UNDER_WAY = frozenset({IntentState.HELD, IntentState.CLAIMED, IntentState.SENT})
_BUYERS = frozenset({IntentKind.REFUND, IntentKind.PAYOUT})


def receive_webhook(provider: str, headers: Mapping[str, str], body: bytes, now: datetime) -> int:
    """Take in a provider's webhook: check its signature, then follow each report once. Returns how many were new.

    Raises `ports.BadWebhook` (answer 400), `ports.UnknownProvider` (404), or `MoneyRefused` when a report contradicts
    the books (409): then nothing of that report is kept, and the provider's next delivery is looked at afresh.
    """
    reports = ports.provider(provider).parse_webhook(headers, body, now)
    return sum(report(each, now) for each in reports)


@transaction.atomic
def report(news: Report, now: datetime) -> bool:
    """Follow one report of a provider, under the lock of its order. Returns False when it was known or out of date.

    Raises `UnknownIntent` for a payment nobody asked for, `ProviderContradicts` for another amount or currency and
    for a success after a failure that was final.
    """
    if news.kind in CHARGEBACKS:
        return take_event(news.provider, news.event_id, str(news.kind), now) and disputing.follow(news, now)
    intent_id = _intent_of(news)
    if news.kind is ReportKind.ACCEPTED and _is_known(intent_id, news):
        return False
    intent = _locked(intent_id)
    if not take_event(news.provider, news.event_id, str(news.kind), now):
        return False
    if (news.amount_minor, news.currency) != (intent.amount_minor, intent.asset):
        raise ProviderContradicts(
            f"{news.provider} reports {news.amount_minor} {news.currency} for payout {intent.id}, "
            f"which is {intent.amount_minor} {intent.asset}"
        )
    if news.kind is ReportKind.SETTLED:
        return _settled(intent, news, now)
    if news.round < intent.round:
        return False
    if news.kind is ReportKind.ACCEPTED:
        return _accepted(intent, news, now)
    return _failed(intent, news, now)


def retry_failed(intent_id: UUID, state: IntentState, now: datetime) -> bool:
    """Try a failed intent again when its time has come; from the sweep, which then carries it out."""
    if state is not IntentState.FAILED:
        return False
    with transaction.atomic():
        intent = _locked(intent_id)
        if intent.state is not IntentState.FAILED or intent.next_attempt_at is None or intent.next_attempt_at > now:
            return False
        _again(intent, now)
    return True


@transaction.atomic
def retry(intent_id: UUID, now: datetime) -> None:
    """Try a failed payment again, as the same payment: same intent, same key, next round.

    Raises `UnknownIntent`, or `NotRetryable` when it has not failed.
    """
    intent = _locked(intent_id)
    if intent.state is not IntentState.FAILED:
        raise NotRetryable(intent.id, intent.state)
    _again(intent, now)


@transaction.atomic
def pay_into_wallet(intent_id: UUID, now: datetime) -> UUID:
    """Give up on the provider: the money of a failed payment goes into the buyer's wallet. Returns the new intent."""
    intent = _locked(intent_id)
    if intent.state is not IntentState.FAILED or intent.kind not in _BUYERS:
        raise NotRetryable(intent.id, intent.state)
    return _into_wallet(intent, now)


def _intent_of(news: Report) -> UUID:
    if news.key:
        try:
            return UUID(news.key)
        except ValueError:
            raise UnknownIntent(news.key) from None
    found = intent_by_reference(news.provider, news.reference)
    if found is None:
        raise UnknownIntent(news.reference)
    return found


def _is_known(intent_id: UUID, news: Report) -> bool:
    """Whether the provider's own answer told its acceptance already, as it mostly does; then nothing need be locked."""
    intent = read_intent(intent_id)
    return intent is not None and intent.provider_reference == news.reference


def _locked(intent_id: UUID) -> IntentRow:
    """The intent, with its order and escrow locked first, as every command does."""
    intent = read_intent(intent_id)
    if intent is None:
        raise UnknownIntent(intent_id)
    if intent.order_id:
        lock_order(intent.order_id)
    again = read_intent(intent_id, lock=True)
    if again is None:
        raise UnknownIntent(intent_id)
    return again


def _accepted(intent: IntentRow, news: Report, now: datetime) -> bool:
    if intent.state not in _UNDER_WAY or intent.provider_reference:
        return False
    batch = Batch()
    write_intent_state(batch, intent._replace(provider_reference=news.reference), now)
    batch.run()
    return True


def _settled(intent: IntentRow, news: Report, now: datetime) -> bool:
    if intent.state is IntentState.SETTLED:
        return False
    if intent.state not in _UNDER_WAY or news.round != intent.round:
        raise ProviderContradicts(
            f"{news.provider} reports payout {intent.id} (round {news.round}) as settled, "
            f"but it is {intent.state} in round {intent.round}; look at the provider's statement before trying again"
        )
    batch = Batch()
    book = _resolve(intent, TransferState.POSTED, now)
    book.write(batch)
    settled = intent._replace(
        state=IntentState.SETTLED, provider_reference=news.reference, next_attempt_at=None, last_error=""
    )
    write_intent_state(batch, settled, now)
    _move(batch, intent, -1, 1)
    batch.run()
    _tell_settled(intent, now)
    return True


def _failed(intent: IntentRow, news: Report, now: datetime) -> bool:
    """Failed on the way, or returned after it had settled: the money is back in the order's outgoing account."""
    came_back = news.kind is ReportKind.RETURNED and intent.state is IntentState.SETTLED
    if not came_back and intent.state not in _UNDER_WAY:
        return False
    if news.kind is ReportKind.RETURNED and not came_back:
        _settled(intent, news._replace(kind=ReportKind.SETTLED), now)
        return _failed(_locked(intent.id), news, now)
    batch = Batch()
    book = _take_back(intent, now) if came_back else _resolve(intent, TransferState.VOIDED, now)
    book.write(batch)
    hopeless = news.final or intent.round >= ROUNDS_MAX
    waits = None if hopeless or intent.kind not in _BUYERS else now + RETRY_FAILED_AFTER * 2 ** (intent.round - 1)
    failed = intent._replace(
        state=IntentState.FAILED, transfer_id=None, next_attempt_at=waits, last_error=news.why or "failed"
    )
    write_intent_state(batch, failed, now)
    if came_back:
        _move(batch, intent, 1, -1)
    batch.run()
    if hopeless and intent.kind in _BUYERS:
        _into_wallet(failed, now)
    elif intent.case_id:
        for listener in ports.listeners():
            listener.refund_failed(intent.case_id, str(intent.id), failed.last_error, now)
    return True


def _again(intent: IntentRow, now: datetime) -> None:
    """The next round of the same payment: money set aside anew, same key."""
    outgoing = AccountKey(AccountKind.OUTGOING, str(intent.order_id or ""), intent.asset)
    if intent.kind not in _BUYERS:
        raise NotRetryable(intent.id, f"a merchant's {intent.kind}, which is asked for anew; it is {intent.state}")
    book = Book(now)
    book.lock([place_of(intent.merchant_id, outgoing)])
    payout = Payout(PayoutKind(intent.kind), intent.payment_id, intent.amount_minor, intent.asset, 0, ())
    sent = send_out(payout, intent.provider, f"{intent.id}/{intent.round + 1}", _scope(intent), intent.asset)
    batch = Batch()
    number = book.hold(sent)
    book.write(batch)
    held = intent.order_id is not None and disputing.is_frozen(intent.order_id, intent.payment_id)
    claimed = intent._replace(
        state=IntentState.HELD if held else IntentState.CLAIMED,
        round=intent.round + 1,
        attempts=0,
        provider_reference="",
        transfer_id=number,
        next_attempt_at=None if held else now,
    )
    write_intent_state(batch, claimed, now)
    batch.run()


def _into_wallet(intent: IntentRow, now: datetime) -> UUID:
    if intent.order_id is None:
        raise NotRetryable(intent.id, intent.state)
    money = lock_order_money(intent.order_id)
    if money is None:
        raise UnknownIntent(intent.id)
    payout = Payout(PayoutKind.WALLET, "", intent.amount_minor, intent.asset, intent.amount_minor, ())
    paid_in = into_wallet(payout, money.buyer_id, str(intent.id), _scope(intent), intent.asset)
    book = Book(now)
    book.lock(place_of(intent.merchant_id, account) for account, _ in paid_in.entries)
    new = intent._replace(
        id=new_id(),
        instruction=str(intent.id),
        kind=IntentKind.WALLET,
        payment_id=intent.payment_id if intent.kind is IntentKind.REFUND else "",
        provider="",
        provider_reference="",
        state=IntentState.SETTLED,
        transfer_id=book.post(paid_in),
        next_attempt_at=None,
        last_error="",
    )
    batch = Batch()
    book.write(batch)
    replaced = intent._replace(state=IntentState.REPLACED, next_attempt_at=None)
    write_intent_state(batch, replaced, now)
    write_intents(batch, [new], [], now)
    move_parts(batch, intent.id, new.id)
    _move(batch, intent, -1, 1)
    batch.run()
    _tell_settled(intent, now)
    return new.id


def _resolve(intent: IntentRow, state: TransferState, now: datetime) -> Book:
    if intent.transfer_id is None:
        raise LookupError(f"payout {intent.id} has no transfer to resolve")
    sent = pending_transfer(intent.transfer_id)
    book = Book(now)
    book.lock(place_of(intent.merchant_id, account) for account, _ in sent.entries)
    book.resolve(intent.transfer_id, sent, state)
    return book


def _take_back(intent: IntentRow, now: datetime) -> Book:
    if intent.transfer_id is None:
        raise LookupError(f"payout {intent.id} has no transfer to take back")
    back = returned(posted_transfer(intent.transfer_id), f"{intent.id}/{intent.round}")
    book = Book(now)
    book.lock(place_of(intent.merchant_id, account) for account, _ in back.entries)
    book.post(back)
    return book


def _move(batch: Batch, intent: IntentRow, pending: int, paid: int) -> None:
    if intent.order_id is not None:
        move_heads(batch, head_moves(intent.order_id, [(part, pending, paid) for part in parts_of(intent.id)]))


def _scope(intent: IntentRow) -> Scope:
    return Scope(intent.merchant_id, str(intent.order_id or ""), str(intent.case_id or ""))


def _tell_settled(intent: IntentRow, now: datetime) -> None:
    if intent.case_id and intent.kind in _BUYERS:
        for listener in ports.listeners():
            listener.refund_settled(intent.case_id, str(intent.id), now)
