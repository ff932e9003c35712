"""The sandbox as the treasury sees it, and how its webhooks reach us."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import httpx
from django.db import transaction
from django.db.models import Q

from makewhole.core.ledger.refusals import MoneyRefused
from makewhole.integrations.payments.models import SandboxEvent
from makewhole.integrations.payments.sandbox import bank
from makewhole.integrations.payments.sandbox.manners import CALM, Manners
from makewhole.integrations.payments.signing import reports_in, signed, verified
from makewhole.rooms.treasury import service as treasury
from makewhole.rooms.treasury.ports import (
    Answer,
    BadWebhook,
    Capture,
    OutgoingPayment,
    Report,
    StatementEntry,
    Unknown,
)

Post = Callable[[Mapping[str, str], bytes, datetime], int]
"""Deliver a webhook: headers, body, now → HTTP status."""

LEASE = timedelta(minutes=1)
RETRY_AFTER = timedelta(seconds=30)
ATTEMPTS_MAX = 12
TIMEOUT_SECONDS = 10.0


class Sandbox:
    """A provider on our own database, behind the same port as a real one. `secret` signs its webhooks."""

    name = bank.NAME

    def __init__(self, secret: str, manners: Manners = CALM, post: Post | None = None) -> None:
        self.secret = secret
        self.manners = manners
        self.post = post or in_process

    def send(self, payment: OutgoingPayment, now: datetime) -> Answer:
        answer, fate = bank.take_request(payment, self.manners, now)
        if fate is not None and fate.early:
            bank.advance(now, 1, payment.key)
            self.deliver(now, 10, payment.key)
        if fate is not None and fate.times_out:
            return Unknown("the sandbox did not answer in time")
        return answer

    def look_up(self, payment: OutgoingPayment, now: datetime) -> Report | None:
        return bank.look_up(payment, now)

    def note_captures(self, captures: Sequence[Capture]) -> None:
        bank.take_captures(captures)

    def statement(self, since: datetime, until: datetime) -> Iterable[StatementEntry]:
        return bank.statement(since, until)

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Sequence[Report]:
        event_id, text = verified(self.secret, headers, body, now)
        return reports_in(self.name, event_id, text)

    def advance(self, now: datetime, limit: int) -> int:
        """Let time pass at the bank. Returns how many payments moved."""
        return bank.advance(now, limit)

    def deliver(self, now: datetime, limit: int, key: str = "") -> int:
        """Send the webhooks that are due. What is not taken (2xx) is sent again, more and more slowly.

        A crash on the way sends those of this lot again when their lease is over.
        """
        events = self._claim(now, limit, key)
        for event in events:
            headers = signed(self.secret, event.id, event.body, now)
            self._note(event, self.post(headers, event.body.encode(), now), now)
        SandboxEvent.objects.bulk_update(events, ["last_status", "times_left", "deliver_at"])
        return len(events)

    @transaction.atomic
    def _claim(self, now: datetime, limit: int, key: str) -> list[SandboxEvent]:
        due = SandboxEvent.objects.select_for_update(skip_locked=True).filter(deliver_at__lte=now)
        if key:
            due = due.filter(Q(body__contains=f'"key": "{key}"'))
        events = list(due.order_by("deliver_at", "id")[:limit])
        for event in events:
            event.deliver_at = now + LEASE
            event.attempts += 1
        SandboxEvent.objects.bulk_update(events, ["deliver_at", "attempts"])
        return events

    def _note(self, event: SandboxEvent, status: int, now: datetime) -> None:
        event.last_status = status
        if 200 <= status < 300:
            event.times_left -= 1
            event.deliver_at = now + bank.REPEATS_AFTER if event.times_left else None
        elif event.attempts >= ATTEMPTS_MAX:
            event.deliver_at = None
        else:
            event.deliver_at = now + RETRY_AFTER * 2 ** (event.attempts - 1)


def in_process(headers: Mapping[str, str], body: bytes, now: datetime) -> int:
    """Hand a webhook straight to the treasury, with the statuses our endpoint answers with."""
    try:
        treasury.receive_webhook(bank.NAME, headers, body, now)
    except BadWebhook:
        return 400
    except MoneyRefused:
        return 409
    return 200


def over_http(url: str) -> Post:
    """Post webhooks to our own endpoint. A server that cannot be reached counts as 503."""

    def post(headers: Mapping[str, str], body: bytes, now: datetime) -> int:
        try:
            return httpx.post(url, headers=dict(headers), content=body, timeout=TIMEOUT_SECONDS).status_code
        except httpx.HTTPError:
            return 503

    return post
