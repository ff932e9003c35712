"""Publishing events to whoever listens by webhook, and sending them again on request."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction

from makewhole.core.words import Text
from makewhole.rooms.ids import new_id
from makewhole.rooms.notices import store
from makewhole.rooms.notices.models import Delivery, DeliveryState, FeedPosition, PublishedEvent
from makewhole.rooms.notices.ports import Channel, NoticeRefused
from makewhole.rooms.notices.service.delivering import TRIES
from makewhole.rooms.notices.service.endpoints import own_endpoint

EVENT_TYPE = re.compile(r"[a-z_]+(\.[a-z_]+)+")


class Event(NamedTuple):
    """Something that happened to a merchant's affairs at `at`. `position` orders it in its room's feed."""

    event_type: str
    payload: Mapping[str, Any]
    merchant_id: str
    at: datetime
    position: int = 0


Read = Callable[[int, int], Sequence[Event]]
"""Reads a room's feed: events after a position, in order, at most so many."""


def publish(event_type: str, payload: Mapping[str, Any], merchant_id: str, now: datetime) -> None:
    """Have every endpoint that listens told of an event of this merchant, in the caller's transaction.

    One statement when nobody listens. Requests go out after commit, signed, again and again until they arrive.
    """
    _publish([Event(event_type, payload, merchant_id, now)], now)


def relay(feed: str, read: Read, now: datetime, limit: int) -> int:
    """Publish what a room's feed holds after the place reached before; each event once. Returns how many were read.

    The room's own work is not slowed: it only writes its feed. Workers take turns; who comes second does nothing.
    """
    FeedPosition.objects.get_or_create(feed=feed)
    with transaction.atomic():
        reached = FeedPosition.objects.select_for_update(skip_locked=True).filter(feed=feed).first()
        if reached is None:
            return 0
        events = read(reached.position, limit)
        if events:
            _publish(events, now)
            reached.position = events[-1].position
            reached.save(update_fields=["position"])
    return len(events)


def _publish(events: Sequence[Event], now: datetime) -> None:
    for event in events:
        if not EVENT_TYPE.fullmatch(event.event_type):
            raise ValueError(f"{event.event_type!r} is no event type; write it like case.opened")
    listeners = store.listening({event.merchant_id for event in events})
    if not listeners:
        return
    published: list[PublishedEvent] = []
    deliveries: list[Delivery] = []
    for event in events:
        hearing = [one for one in listeners if one.hears(event.event_type, event.merchant_id)]
        if hearing:
            row = PublishedEvent(
                id=new_id(),
                event_type=event.event_type,
                merchant_id=event.merchant_id,
                payload=dict(event.payload),
                created_at=event.at,
            )
            published.append(row)
            deliveries += [_delivery(row, one.endpoint_id, now) for one in hearing]
    with transaction.atomic():
        PublishedEvent.objects.bulk_create(published)
        Delivery.objects.bulk_create(deliveries)


def _delivery(event: PublishedEvent, endpoint_id: UUID, now: datetime) -> Delivery:
    return Delivery(
        id=new_id(),
        channel=Channel.WEBHOOK.value,
        event=event,
        endpoint_id=endpoint_id,
        merchant_id=event.merchant_id,
        tries_left=TRIES[Channel.WEBHOOK],
        next_attempt_at=now,
        created_at=now,
    )


def replay(endpoint_id: UUID, merchant_id: str, now: datetime, *, since: datetime | None = None) -> int:
    """Send again what failed to reach the endpoint, or with `since` everything from then on; returns how many.

    Receivers know repeats by the webhook-id, which stays the same. Raises NoticeRefused when it is switched off.
    """
    with transaction.atomic():
        endpoint = own_endpoint(endpoint_id, merchant_id)
        if endpoint.disabled_at is not None:
            raise NoticeRefused(
                "endpoint_off",
                Text("接收地址已停用。请先重新启用。", "The endpoint is switched off. Switch it on first."),
                "endpoint_id",
            )
        ended = Delivery.objects.filter(endpoint=endpoint).exclude(state=DeliveryState.WAITING)
        ended = ended.filter(state=DeliveryState.FAILED) if since is None else ended.filter(created_at__gte=since)
        return ended.update(
            state=DeliveryState.WAITING,
            tries_left=TRIES[Channel.WEBHOOK],
            claimed_at=None,
            next_attempt_at=now,
            finished_at=None,
        )
