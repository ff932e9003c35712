"""Trying deliveries: which are due, one try of one of them, and when to try again."""

import zlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from makewhole.core.words import language_of
from makewhole.rooms.notices import ports, store
from makewhole.rooms.notices.models import Attempt, Delivery, DeliveryState
from makewhole.rooms.notices.ports import Carried, Channel, NotCarried, Outgoing
from makewhole.rooms.notices.service.endpoints import heard, not_heard
from makewhole.rooms.notices.service.signing import signed
from makewhole.rooms.notices.store import Due

SECONDS_BETWEEN: dict[Channel, tuple[int, ...]] = {
    Channel.MAIL: (60, 600, 3600, 6 * 3600),
    Channel.SMS: (30, 300, 1800),
    Channel.WEBHOOK: (5, 300, 1800, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600),
}
"""How long to wait after each failed try (for webhooks as Standard Webhooks advises: about three days in all)."""
TRIES = {channel: len(pauses) + 1 for channel, pauses in SECONDS_BETWEEN.items()}
LOST_AFTER = timedelta(minutes=5)
"""A try that has not ended by then was lost with its process."""
ANSWER_KEPT_MAX = 500

Defer = Callable[[Sequence[Due]], None]
"""Queues the tries as jobs, in the transaction of the caller."""


def queue_due(now: datetime, limit: int, defer: Defer) -> int:
    """Queue the tries that are due; what was interrupted half way is ended or queued again. Returns how many."""
    with transaction.atomic():
        ended = store.end_interrupted(now, limit)
        for due in ended:
            _note(
                due.delivery_id, due.attempt, now, False, 0, "interrupted: it may have been sent, so it is not repeated"
            )
        taken = store.take_due(now, now + LOST_AFTER, limit)
        if taken:
            defer(taken)
    return len(ended) + len(taken)


def attempt(due: Due, now: datetime) -> None:
    """Make one try and keep what came of it. Nothing happens when this very try was made before."""
    if not store.claim(due, now, now + LOST_AFTER):
        return
    delivery = Delivery.objects.select_related("notice", "event", "endpoint").get(id=due.delivery_id)
    channel = Channel(delivery.channel)
    courier = ports.courier(channel)
    try:
        if courier is None:
            raise NotCarried(f"the channel {channel.value} is off", for_good=True)
        if delivery.endpoint is not None and delivery.endpoint.disabled_at is not None:
            raise NotCarried("the endpoint is switched off", for_good=True)
        carried = courier.carry(_outgoing(delivery, now))
    except NotCarried as failure:
        _failed(delivery, channel, failure, now)
    else:
        _arrived(delivery, carried, now)


def _outgoing(delivery: Delivery, now: datetime) -> Outgoing:
    if delivery.event is not None and delivery.endpoint is not None:
        return signed(delivery.event, delivery.endpoint, now)
    notice = delivery.notice
    if notice is None:
        raise ValueError(f"delivery {delivery.id} is neither of a notice nor of an event")
    language = language_of(delivery.language) or "en"
    subject, body = notice.subject(language), notice.body(language)
    if delivery.channel == Channel.SMS.value:
        return Outgoing(str(delivery.id), delivery.address, f"{subject}\n{body}")
    if settings.PUBLIC_URL and notice.case_id is not None:
        body = f"{body}\n\n{settings.PUBLIC_URL}/{notice.to_role}/cases/{notice.case_id}/"
    return Outgoing(str(delivery.id), delivery.address, body, subject=subject)


def _arrived(delivery: Delivery, carried: Carried, now: datetime) -> None:
    with transaction.atomic():
        _finish(delivery, state=DeliveryState.DELIVERED, next_attempt_at=None, finished_at=now)
        _note(delivery.id, delivery.attempts, now, True, carried.status, carried.answer)
        if delivery.endpoint_id is not None:
            heard(delivery.endpoint_id)


def _failed(delivery: Delivery, channel: Channel, failure: NotCarried, now: datetime) -> None:
    """Keep the failure and try again later, unless that is of no use, may repeat what arrived, or was tried enough."""
    repeatable = channel is Channel.WEBHOOK or not failure.unknown
    again_at = _again_at(delivery, channel, now) if repeatable and not failure.for_good else None
    with transaction.atomic():
        if again_at is None:
            _finish(delivery, state=DeliveryState.FAILED, next_attempt_at=None, finished_at=now)
        else:
            _finish(delivery, tries_left=delivery.tries_left - 1, next_attempt_at=again_at)
        _note(delivery.id, delivery.attempts, now, False, failure.status, str(failure))
        if delivery.endpoint is not None and delivery.endpoint.disabled_at is None:
            not_heard(delivery.endpoint, str(failure), now, gone=failure.gone)


def _again_at(delivery: Delivery, channel: Channel, now: datetime) -> datetime | None:
    pauses = SECONDS_BETWEEN[channel]
    tried = TRIES[channel] - delivery.tries_left
    if tried >= len(pauses):
        return None
    # Up to a tenth more, different for each delivery, so that an endpoint that comes back is not flooded.
    spread = zlib.crc32(delivery.id.bytes) % 100 / 1000
    return now + timedelta(seconds=pauses[tried] * (1 + spread))


def _finish(delivery: Delivery, **changes: object) -> None:
    """End the claimed try; a try that was lost and taken over meanwhile ends nothing."""
    Delivery.objects.filter(id=delivery.id, attempts=delivery.attempts, state=DeliveryState.WAITING).update(
        claimed_at=None, **changes
    )


def _note(delivery_id: UUID, number: int, now: datetime, arrived: bool, status: int, answer: str) -> None:
    Attempt.objects.update_or_create(
        delivery_id=delivery_id,
        number=number,
        defaults={"at": now, "arrived": arrived, "status": status, "answer": answer[:ANSWER_KEPT_MAX]},
    )
