"""The feed of events over all cases, for webhooks, integrations and reports."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from makewhole.core.case.events import EventKind
from makewhole.core.words import Role
from makewhole.rooms.cases.store import feed

PAGE_MAX = 1000


class FeedEvent(NamedTuple):
    """One event as the world outside gets it. `data` is its payload; `next` in it is what is owed from then on."""

    position: int
    case_id: UUID
    sequence: int
    merchant_id: str
    kind: EventKind
    at: datetime
    role: Role
    actor_id: str
    data: Mapping[str, Any]


class FeedPage(NamedTuple):
    """`next_position` is where to go on; the same as given when there was nothing new."""

    events: tuple[FeedEvent, ...]
    next_position: int


def events_after(position: int, limit: int = 100, merchant_id: str = "") -> FeedPage:
    """Events after a position, of one merchant or of all, each exactly once and in one order for everybody.

    An event appears when no transaction still runs that could put another one before it.
    """
    rows = feed.events_after(position, max(1, min(limit, PAGE_MAX)), merchant_id)
    events = tuple(
        FeedEvent(number, case_id, sequence, merchant, EventKind(kind), at, Role(role), actor_id, data)
        for number, case_id, sequence, merchant, kind, at, role, actor_id, data in rows
    )
    return FeedPage(events, events[-1].position if events else position)
