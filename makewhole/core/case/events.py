"""What happened in a case. Events are the truth: numbered without gap, each sealed with the hash of the one before.

The hash of an event is SHA-256 over the previous event's hash (32 bytes; none for the first) followed by the event
in canonical JSON: UTF-8, keys sorted, no white space, integers only.
"""

import hashlib
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

import orjson

from makewhole.core.case import record
from makewhole.core.case.model import CaseDue, Obligation, Offer, OrderSeen, Outcome, Payment, Ruling, Terms
from makewhole.core.facts import Fact
from makewhole.core.rulebook.model import ClaimLine, Paid
from makewhole.core.words import Party, Reason, Role, Step


class EventKind(StrEnum):
    OPENED = "opened"
    CLAIM_ACCEPTED = "claim_accepted"
    OFFER_MADE = "offer_made"
    OFFER_ACCEPTED = "offer_accepted"
    OFFER_LAPSED = "offer_lapsed"
    CLAIM_REFUSED = "claim_refused"
    ESCALATED = "escalated"
    EVIDENCE_SUBMITTED = "evidence_submitted"
    EVIDENCE_FINISHED = "evidence_finished"
    EVIDENCE_REQUESTED = "evidence_requested"
    RULED = "ruled"
    RULING_ACCEPTED = "ruling_accepted"
    APPEALED = "appealed"
    RULING_FINAL = "ruling_final"
    SHIPPED_BACK = "shipped_back"
    RETURN_CONFIRMED = "return_confirmed"
    RETURN_CONTESTED = "return_contested"
    GOODS_SENT = "goods_sent"
    RECEIPT_CONFIRMED = "receipt_confirmed"
    NOT_RECEIVED = "not_received"
    REFUNDED_INSTEAD = "refunded_instead"
    PAYMENT_MADE = "payment_made"
    PAYMENT_SHORT = "payment_short"
    PAID_ELSEWHERE = "paid_elsewhere"
    REFUND_SETTLED = "refund_settled"
    REFUND_FAILED = "refund_failed"
    REMINDED = "reminded"
    CLOSED = "closed"


class Opened(NamedTuple):
    """The claim as made. `before` is what had been paid on these units; `answer_sha256` seals the answer given."""

    case_id: str
    order_id: str
    merchant_id: str
    buyer_id: str
    market: str
    currency: str
    edition: str
    reasons: tuple[Reason, ...]
    lines: tuple[ClaimLine, ...]
    wanted: Terms
    story: str = ""
    facts: tuple[tuple[str, Fact], ...] = ()
    before: tuple[Paid, ...] = ()
    seen: OrderSeen = OrderSeen()
    answer_sha256: str = ""


class Nothing(NamedTuple):
    """The kind of the event says all."""


class Said(NamedTuple):
    note: str = ""


class Agreed(NamedTuple):
    """The terms that are performed from now on; None when the claim was dismissed for good."""

    terms: Terms | None


class OfferMade(NamedTuple):
    offer: Offer


class EvidenceSubmitted(NamedTuple):
    party: Party
    exhibit_ids: tuple[str, ...] = ()
    note: str = ""


class ByParty(NamedTuple):
    party: Party


class EvidenceRequested(NamedTuple):
    parties: tuple[Party, ...]
    question: str


class Ruled(NamedTuple):
    """`answer_sha256` seals the answer under the ruling's findings."""

    ruling: Ruling
    answer_sha256: str
    seen: OrderSeen = OrderSeen()


class Appealed(NamedTuple):
    party: Party
    grounds: str
    exhibit_ids: tuple[str, ...] = ()


class Sent(NamedTuple):
    carrier: str
    tracking_number: str


class SentBack(NamedTuple):
    """`freight` is the buyer's cost of sending back, where somebody else bears it."""

    carrier: str
    tracking_number: str
    freight: CaseDue | None = None


class PaymentMade(NamedTuple):
    payment: Payment


class PaymentShort(NamedTuple):
    """What the money at hand did not cover. `fund_tried`: the guarantee fund could not cover it either."""

    short_minor: int
    fund_tried: bool = False


class RefundReport(NamedTuple):
    reference: str
    why: str = ""


class Reminded(NamedTuple):
    step: Step
    debtor: Party


class Closed(NamedTuple):
    outcome: Outcome
    note: str = ""


Payload = (
    Opened
    | Nothing
    | Said
    | Agreed
    | OfferMade
    | EvidenceSubmitted
    | ByParty
    | EvidenceRequested
    | Ruled
    | Appealed
    | Sent
    | SentBack
    | PaymentMade
    | PaymentShort
    | RefundReport
    | Reminded
    | Closed
)

PAYLOADS: dict[EventKind, type[Payload]] = {
    EventKind.OPENED: Opened,
    EventKind.CLAIM_ACCEPTED: Agreed,
    EventKind.OFFER_MADE: OfferMade,
    EventKind.OFFER_ACCEPTED: Agreed,
    EventKind.OFFER_LAPSED: Nothing,
    EventKind.CLAIM_REFUSED: Said,
    EventKind.ESCALATED: Said,
    EventKind.EVIDENCE_SUBMITTED: EvidenceSubmitted,
    EventKind.EVIDENCE_FINISHED: ByParty,
    EventKind.EVIDENCE_REQUESTED: EvidenceRequested,
    EventKind.RULED: Ruled,
    EventKind.RULING_ACCEPTED: ByParty,
    EventKind.APPEALED: Appealed,
    EventKind.RULING_FINAL: Agreed,
    EventKind.SHIPPED_BACK: SentBack,
    EventKind.RETURN_CONFIRMED: Nothing,
    EventKind.RETURN_CONTESTED: Said,
    EventKind.GOODS_SENT: Sent,
    EventKind.RECEIPT_CONFIRMED: Nothing,
    EventKind.NOT_RECEIVED: Said,
    EventKind.REFUNDED_INSTEAD: Agreed,
    EventKind.PAYMENT_MADE: PaymentMade,
    EventKind.PAYMENT_SHORT: PaymentShort,
    EventKind.PAID_ELSEWHERE: Nothing,
    EventKind.REFUND_SETTLED: RefundReport,
    EventKind.REFUND_FAILED: RefundReport,
    EventKind.REMINDED: Reminded,
    EventKind.CLOSED: Closed,
}


class Event(NamedTuple):
    """One thing that happened. `next` is what is owed from then on; None where that did not change."""

    sequence: int
    kind: EventKind
    at: datetime
    role: Role
    actor_id: str
    data: Payload
    next: tuple[Obligation, ...] | None = None


def write_data(event: Event) -> dict[str, Any]:
    """The event's payload and its next obligations as one JSON object."""
    plain: dict[str, Any] = record.write(event.data)
    if event.next is not None:
        plain["next"] = [record.write(obligation) for obligation in event.next]
    return plain


def read_event(sequence: int, kind: str, at: datetime, role: str, actor_id: str, plain: dict[str, Any]) -> Event:
    """The event stored with these columns. Raises KeyError or ValueError when it is none of ours."""
    event_kind = EventKind(kind)
    payload = {name: value for name, value in plain.items() if name != "next"}
    following = plain.get("next")
    return Event(
        sequence,
        event_kind,
        at,
        Role(role),
        actor_id,
        record.read(PAYLOADS[event_kind], payload),
        None if following is None else tuple(record.read(Obligation, each) for each in following),
    )


def canonical(case_id: str, event: Event, plain: dict[str, Any]) -> bytes:
    """The bytes that are hashed: the event with `plain` (see `write_data`) as its data."""
    whole = {
        "case_id": case_id,
        "sequence": event.sequence,
        "kind": event.kind.value,
        "at": record.write_time(event.at),
        "role": event.role.value,
        "actor_id": event.actor_id,
        "data": plain,
    }
    return orjson.dumps(whole, option=orjson.OPT_SORT_KEYS)


def seal(previous: bytes, case_id: str, event: Event, plain: dict[str, Any]) -> bytes:
    """The event's hash (32 bytes). `previous` is the hash of the event before it, empty for the first."""
    return hashlib.sha256(previous + canonical(case_id, event, plain)).digest()
