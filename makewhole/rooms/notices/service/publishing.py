"""Publishing events to whoever listens by webhook, and sending them again on request."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from makewhole.core.words import Text
from makewhole.rooms.ids import new_id
from makewhole.rooms.notices import store
from makewhole.rooms.notices.models import Delivery, DeliveryState, PublishedEvent
from makewhole.rooms.notices.ports import Channel, NoticeRefused
from makewhole.rooms.notices.service.delivering import TRIES
from makewhole.rooms.notices.service.endpoints import own_endpoint

EVENT_TYPE = re.compile(r"[a-z_]+(\.[a-z_]+)+")


def publish(event_type: str, payload: Mapping[str, Any], merchant_id: str, now: datetime) -> None:
    """Have every endpoint that listens told of an event of this merchant, in the caller's transaction.

    One statement when nobody listens. Requests go out after commit, signed, again and again until they arrive.
    """
    if not EVENT_TYPE.fullmatch(event_type):
        raise ValueError(f"{event_type!r} is no event type; write it like case.opened")
    listening = store.listening(event_type, merchant_id)
    if not listening:
        return
    with transaction.atomic():
        event = PublishedEvent.objects.create(
            id=new_id(), event_type=event_type, merchant_id=merchant_id, payload=dict(payload), created_at=now
        )
        Delivery.objects.bulk_create(
            Delivery(
                id=new_id(),
                channel=Channel.WEBHOOK.value,
                event=event,
                endpoint_id=endpoint_id,
                merchant_id=merchant_id,
                tries_left=TRIES[Channel.WEBHOOK],
                next_attempt_at=now,
                created_at=now,
            )
            for endpoint_id in listening
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
