"""Reads of the notices room: inboxes, endpoints, deliveries and their tries, checks."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from makewhole.core.case.model import Actor
from makewhole.rooms.checks import Check, CheckResult
from makewhole.rooms.notices.models import Attempt, Delivery, DeliveryState, Endpoint, Notice, addressed_to


class Page(NamedTuple):
    """Notices, newest first; `next_cursor` asks for the ones before them, empty at the end."""

    rows: tuple[Notice, ...]
    next_cursor: str


class BadCursor(ValueError):
    """The cursor is not one that a page before gave."""


def inbox(reader: Actor, cursor: str = "", limit: int = 30, *, unread_only: bool = False) -> Page:
    """The reader's notices. Raises BadCursor."""
    notices = Notice.objects.filter(addressed_to(reader))
    if unread_only:
        notices = notices.filter(read_at=None)
    if cursor:
        notices = notices.filter(id__lt=_id(cursor))
    rows = tuple(notices.order_by("-id")[: limit + 1])
    return Page(rows[:limit], str(rows[limit - 1].id) if len(rows) > limit else "")


def notice(notice_id: UUID, reader: Actor) -> Notice | None:
    """One of the reader's notices; None when it is not theirs."""
    return Notice.objects.filter(addressed_to(reader), id=notice_id).first()


UNREAD_COUNTED = 100
"""Nobody asks whether it is more: counting on would cost the more the less somebody reads."""


def unread_count(reader: Actor) -> int:
    """How many notices wait for the reader, up to `UNREAD_COUNTED`."""
    return Notice.objects.filter(addressed_to(reader), read_at=None)[:UNREAD_COUNTED].count()


def endpoints(merchant_id: str) -> QuerySet[Endpoint]:
    """A merchant's endpoints, newest first; the platform's (an empty `merchant_id`) see all."""
    found = Endpoint.objects.order_by("-id")
    return found.filter(merchant_id=merchant_id) if merchant_id else found


def deliveries(
    endpoint_id: UUID, merchant_id: str, cursor: str = "", limit: int = 50, *, state: str = ""
) -> tuple[Sequence[Delivery], str]:
    """Deliveries to an endpoint, newest first, and the cursor for the ones before. Raises BadCursor."""
    found = Delivery.objects.filter(endpoint_id=endpoint_id, endpoint__in=endpoints(merchant_id))
    if state:
        found = found.filter(state=state)
    if cursor:
        found = found.filter(id__lt=_id(cursor))
    rows = tuple(found.select_related("event").order_by("-id")[: limit + 1])
    return rows[:limit], str(rows[limit - 1].id) if len(rows) > limit else ""


def attempts(delivery: Delivery) -> tuple[Attempt, ...]:
    """The tries of a delivery, the first one first."""
    return tuple(Attempt.objects.filter(delivery=delivery).order_by("number"))


def checks() -> list[Check]:
    """What `makewhole verify` asks of this room."""
    return [
        Check("I9", "nothing is marked delivered without a try that arrived", _check_delivered),
        Check("I10", "a merchant's endpoint hears of that merchant alone", _check_endpoints),
    ]


def _check_delivered() -> CheckResult:
    delivered = Delivery.objects.filter(state=DeliveryState.DELIVERED)
    wrong = delivered.exclude(id__in=Attempt.objects.filter(arrived=True).values("delivery_id"))
    first = wrong.order_by("id").first()
    return CheckResult(delivered.count(), wrong.count(), f"delivery {first.id}" if first else "")


def _check_endpoints() -> CheckResult:
    heard = Delivery.objects.filter(endpoint__isnull=False)
    wrong = [
        one
        for one in heard.exclude(endpoint__merchant_id="").select_related("endpoint", "event").iterator()
        if one.endpoint is None or one.event is None or one.endpoint.merchant_id != one.event.merchant_id
    ]
    return CheckResult(heard.count(), len(wrong), f"delivery {wrong[0].id}" if wrong else "")


def _id(cursor: str) -> UUID:
    try:
        return UUID(cursor)
    except ValueError:
        raise BadCursor(f"{cursor!r} is not a cursor; use next_cursor of the page before") from None
