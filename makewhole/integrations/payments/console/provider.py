"""The console double: keeps its books in memory and says on a stream what it is asked for."""

import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TextIO

from makewhole.core.money import to_major
from makewhole.integrations.payments.sandbox.provider import Post
from makewhole.integrations.payments.signing import body_of, reports_in, signed, verified
from makewhole.rooms.treasury.ports import (
    Accepted,
    Answer,
    Capture,
    OutgoingKind,
    OutgoingPayment,
    Refused,
    Report,
    ReportKind,
    StatementEntry,
)


@dataclass
class _Taken:
    """A payment as the console keeps it. `payment` is the request of its latest round."""

    payment: OutgoingPayment
    reference: str
    state: ReportKind


class Console:
    """Settles everything it accepts at the next `advance`. Lives as long as its process; a second one knows nothing."""

    name = "console"

    def __init__(self, secret: str, post: Post, out: TextIO = sys.stdout) -> None:
        self.secret = secret
        self.post = post
        self._out = out
        self._alone = threading.Lock()
        self._captures: dict[str, Capture] = {}
        self._taken: dict[str, _Taken] = {}
        self._lines: list[StatementEntry] = []
        self._events: list[Report] = []

    def send(self, payment: OutgoingPayment, now: datetime) -> Answer:
        with self._alone:
            known = self._taken.get(payment.key)
            if known is not None:
                if known.payment._replace(round=0) != payment._replace(round=0):
                    return Refused(f"key {payment.key} was used for another payment", final=False)
                return Accepted(known.reference, settled=known.state is ReportKind.SETTLED)
            refusal = self._refusal(payment)
            if refusal is not None:
                return refusal
            taken = _Taken(payment, f"console-{len(self._taken) + 1}", ReportKind.ACCEPTED)
            self._taken[payment.key] = taken
            self._tell(taken, now)
            amount = to_major(payment.amount_minor, payment.currency)
            print(f"{payment.kind} {amount} {payment.currency} on {payment.target} (key {payment.key})", file=self._out)
            return Accepted(taken.reference)

    def look_up(self, payment: OutgoingPayment, now: datetime) -> Report | None:
        with self._alone:
            known = self._taken.get(payment.key)
            return self._report(known, now) if known else None

    def note_captures(self, captures: Sequence[Capture]) -> None:
        with self._alone:
            self._captures.update({capture.key: capture for capture in captures})

    def statement(self, since: datetime, until: datetime) -> Iterable[StatementEntry]:
        with self._alone:
            taken = [
                StatementEntry(
                    self.name, f"in_{each.key}", "capture", each.key, 0, each.reference,
                    each.amount_minor, each.currency, each.at,
                )
                for each in self._captures.values()
            ]  # fmt: skip
            lines = [line for line in (*taken, *self._lines) if since <= line.booked_at < until]
        return sorted(lines, key=lambda line: (line.booked_at, line.reference))

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Sequence[Report]:
        event_id, text = verified(self.secret, headers, body, now)
        return reports_in(self.name, event_id, text)

    def advance(self, now: datetime, limit: int) -> int:
        """Settle what was accepted. Returns how many payments moved."""
        with self._alone:
            waiting = [taken for taken in self._taken.values() if taken.state is ReportKind.ACCEPTED][:limit]
            for taken in waiting:
                taken.state = ReportKind.SETTLED
                payment = taken.payment
                self._lines.append(
                    StatementEntry(
                        self.name, taken.reference, str(payment.kind), payment.key, payment.round, payment.target,
                        -payment.amount_minor, payment.currency, now,
                    )
                )  # fmt: skip
                self._tell(taken, now)
            return len(waiting)

    def deliver(self, now: datetime, limit: int) -> int:
        """Send the webhooks that wait; what is not taken (2xx) is sent again next time. Returns how many were sent."""
        with self._alone:
            events, self._events = self._events[:limit], self._events[limit:]
        for event in events:
            body = body_of(event)
            status = self.post(signed(self.secret, event.event_id, body, now), body.encode(), now)
            if not 200 <= status < 300:
                with self._alone:
                    self._events.append(event)
        return len(events)

    def _refusal(self, payment: OutgoingPayment) -> Refused | None:
        if payment.kind is OutgoingKind.TRANSFER:
            return None
        captured = [each for each in self._captures.values() if each.reference == payment.target]
        if not captured:
            return Refused(f"there is no payment {payment.target!r}", final=True)
        if captured[0].currency != payment.currency:
            return Refused(f"the payment was made in {captured[0].currency}, not {payment.currency}", final=True)
        gone = sum(
            taken.payment.amount_minor
            for taken in self._taken.values()
            if taken.payment.target == payment.target and taken.payment.kind is OutgoingKind.REFUND
        )
        left_minor = sum(each.amount_minor for each in captured) - gone
        if payment.kind is OutgoingKind.REFUND and payment.amount_minor > left_minor:
            return Refused(f"{payment.amount_minor} is more than the {left_minor} left of the payment", final=True)
        return None

    def _tell(self, taken: _Taken, now: datetime) -> None:
        self._events.append(self._report(taken, now))

    def _report(self, taken: _Taken, now: datetime) -> Report:
        payment = taken.payment
        return Report(
            provider=self.name,
            event_id=f"{taken.reference}/{taken.state}",
            kind=taken.state,
            key=payment.key,
            round=payment.round,
            reference=taken.reference,
            target=payment.target,
            amount_minor=payment.amount_minor,
            currency=payment.currency,
            at=now,
        )
