"""Carry out intents: claim durably, then ask the provider, then keep the answer.

The key the provider sees is the intent's id, in every attempt. An attempt that brought no clear answer is followed by
the same request, never by another; what the provider says for good arrives through `reporting`.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction

from makewhole.rooms.treasury import ports
from makewhole.rooms.treasury.models import IntentKind, IntentState
from makewhole.rooms.treasury.ports import Accepted, OutgoingKind, OutgoingPayment, Refused, Report, ReportKind
from makewhole.rooms.treasury.service import reporting
from makewhole.rooms.treasury.store.payouts import IntentRow, claim_intent, due_intents, note_answer

LEASE = timedelta(minutes=2)
"""How long one worker has an intent for itself; a provider must answer, or be given up on, within half of it."""

FIRST_RETRY = timedelta(seconds=30)
LAST_RETRY = timedelta(hours=6)
ASK_AGAIN_AFTER = timedelta(hours=12)
"""When a provider that has accepted a payment is asked what has become of it."""

_KINDS = {
    IntentKind.REFUND: OutgoingKind.REFUND,
    IntentKind.PAYOUT: OutgoingKind.PAYOUT,
    IntentKind.DEPOSIT_OUT: OutgoingKind.TRANSFER,
    IntentKind.MERCHANT_OUT: OutgoingKind.TRANSFER,
}


def carry_out(intent_id: UUID, now: datetime) -> bool:
    """Ask the provider for one intent, if its attempt is due and nobody else is at it. Call it outside a transaction.

    Returns whether the provider was asked. A crash between the call and the note of its answer is mended by the next
    attempt, which the claim has already set: it asks with the same key.
    """
    with transaction.atomic(durable=True):
        intent = claim_intent(intent_id, now, now + LEASE)
    if intent is None:
        return False
    payment = outgoing(intent)
    try:
        provider = ports.provider(intent.provider)
    except ports.UnknownProvider as error:
        note_answer(intent.id, intent.round, "", str(error), now + _pause(intent.attempts))
        return True
    if intent.provider_reference:
        news = provider.look_up(payment, now)
        if news is not None:
            return _follow(intent, news, now)
    answer = provider.send(payment, now)
    if isinstance(answer, Accepted):
        note_answer(intent.id, intent.round, answer.provider_reference, "", now + ASK_AGAIN_AFTER)
        if answer.settled:
            reporting.report(_from_answer(intent, ReportKind.SETTLED, now, reference=answer.provider_reference), now)
    elif isinstance(answer, Refused) and answer.final:
        reporting.report(_from_answer(intent, ReportKind.FAILED, now, why=answer.why), now)
    else:
        note_answer(intent.id, intent.round, "", answer.why, now + _pause(intent.attempts))
    return True


def carry_out_all(intent_ids: Sequence[UUID], now: datetime) -> int:
    """Carry out these intents as `carry_out` does one. Returns how many it asked for.

    One payment in trouble does not keep the others waiting; what went wrong is raised at the end.
    """
    return _each([partial(carry_out, intent_id, now) for intent_id in intent_ids])


def carry_out_due(now: datetime, limit: int) -> int:
    """Carry out what is due: new intents, attempts to repeat, payments to ask about. Returns how many it asked for.

    One payment in trouble does not keep the others waiting; what went wrong is raised at the end.
    """

    def once_more(intent_id: UUID, state: IntentState) -> bool:
        return reporting.retry_failed(intent_id, state, now) or carry_out(intent_id, now)

    return _each([partial(once_more, *due) for due in due_intents(now, limit)])


def _each(attempts: Sequence[Callable[[], bool]]) -> int:
    done = 0
    failures: list[Exception] = []
    for attempt in attempts:
        try:
            done += attempt()
        except Exception as error:
            failures.append(error)
    if failures:
        raise ExceptionGroup(f"{len(failures)} payments could not be carried out; they come again", failures)
    return done


def outgoing(intent: IntentRow) -> OutgoingPayment:
    """The request for an intent: the same in every attempt of a round."""
    kind = _KINDS[intent.kind]
    target = intent.merchant_id if kind is OutgoingKind.TRANSFER else intent.payment_reference
    return OutgoingPayment(str(intent.id), intent.round, kind, target, intent.amount_minor, intent.asset)


def _follow(intent: IntentRow, news: Report, now: datetime) -> bool:
    note_answer(intent.id, intent.round, news.reference, "", now + ASK_AGAIN_AFTER)
    reporting.report(news, now)
    return True


def _from_answer(intent: IntentRow, kind: ReportKind, now: datetime, reference: str = "", why: str = "") -> Report:
    """What a provider says in its answer, in the form of its reports."""
    return Report(
        provider=intent.provider,
        event_id=f"answer/{intent.id}/{intent.round}/{kind}",
        kind=kind,
        key=str(intent.id),
        round=intent.round,
        reference=reference,
        target=intent.payment_reference,
        amount_minor=intent.amount_minor,
        currency=intent.asset,
        at=now,
        why=why,
        final=kind is ReportKind.FAILED,
    )


def _pause(attempts: int) -> timedelta:
    return min(LAST_RETRY, FIRST_RETRY * 2 ** min(attempts - 1, 12))
