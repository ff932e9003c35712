"""What the worker does for cases again and again."""

from collections.abc import Sequence
from datetime import UTC, datetime

from makewhole.rooms.cases.queries import FeedEvent, events_after
from makewhole.rooms.cases.service import expire_due
from makewhole.rooms.notices import service as notices
from makewhole.rooms.sweeps import Sweep


def for_webhooks(event: FeedEvent) -> notices.Event:
    """An event as endpoints get it: the same as in the feed of the API."""
    payload = {
        "type": f"case.{event.kind.value}",
        "case_id": str(event.case_id),
        "sequence": event.sequence,
        "merchant_id": event.merchant_id,
        "at": event.at.astimezone(UTC).isoformat(timespec="seconds"),
        "role": event.role.value,
        "data": dict(event.data),
    }
    return notices.Event(f"case.{event.kind.value}", payload, event.merchant_id, event.at, event.position)


def _feed(position: int, limit: int) -> Sequence[notices.Event]:
    return [for_webhooks(event) for event in events_after(position, limit).events]


def relay_events(now: datetime, limit: int) -> int:
    return notices.relay("cases", _feed, now, limit)


SWEEPS = (Sweep("deadlines of cases", expire_due), Sweep("events to webhooks", relay_events))
