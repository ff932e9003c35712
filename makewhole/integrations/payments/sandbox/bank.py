"""The bank side of the sandbox: takes requests, settles them when their time has come, writes its statement."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.db import connection, transaction
from django.db.models import F

from makewhole.integrations.payments.models import (
    SandboxCapture,
    SandboxDispute,
    SandboxEvent,
    SandboxLine,
    SandboxPayment,
    SandboxShare,
)
from makewhole.integrations.payments.sandbox.manners import Ending, Fate, Manners
from makewhole.integrations.payments.signing import body_of
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

NAME = "sandbox"
BOUNCES_AFTER = timedelta(days=2)
REPEATS_AFTER = timedelta(minutes=1)


_TAKE = """
INSERT INTO payments_sandbox_capture (reference, amount_minor, currency, refunded_minor)
SELECT DISTINCT ON (reference) reference, 0, currency, 0
  FROM unnest(%s::text[], %s::text[]) AS given (reference, currency)
ON CONFLICT (reference) DO NOTHING;
WITH given AS (
  SELECT * FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::text[], %s::timestamptz[])
           AS given (key, reference, amount_minor, currency, captured_at)
), before AS (
  SELECT share.key, share.amount_minor FROM payments_sandbox_share share JOIN given USING (key) FOR UPDATE OF share
), kept AS (
  INSERT INTO payments_sandbox_share (key, reference, amount_minor, currency, captured_at) SELECT * FROM given
  ON CONFLICT (key) DO UPDATE SET amount_minor = excluded.amount_minor
)
UPDATE payments_sandbox_capture SET amount_minor = payments_sandbox_capture.amount_minor + change.amount_minor
  FROM (SELECT reference, sum(given.amount_minor - coalesce(before.amount_minor, 0)) AS amount_minor
          FROM given LEFT JOIN before USING (key) GROUP BY reference) change
 WHERE payments_sandbox_capture.reference = change.reference AND change.amount_minor <> 0
"""


def take_captures(captures: Sequence[Capture]) -> None:
    """The shop's checkout took these payments; the same key again is the same one, a corrected one counts anew."""
    captures = list({each.key: each for each in captures}.values())
    with connection.cursor() as cursor:
        cursor.execute(
            _TAKE,
            [
                [each.reference for each in captures],
                [each.currency for each in captures],
                [each.key for each in captures],
                [each.reference for each in captures],
                [each.amount_minor for each in captures],
                [each.currency for each in captures],
                [each.at for each in captures],
            ],
        )


@transaction.atomic
def take_request(payment: OutgoingPayment, manners: Manners, now: datetime) -> tuple[Answer, Fate | None]:
    """Answer a request, once per key and round. The fate is given when something new was started."""
    capture = None
    if payment.kind is not OutgoingKind.TRANSFER:
        capture = SandboxCapture.objects.select_for_update().filter(reference=payment.target).first()
    known = SandboxPayment.objects.select_for_update().filter(key=payment.key).first()
    if known is not None:
        body = (known.kind, known.target, known.amount_minor, known.currency)
        if body != (str(payment.kind), payment.target, payment.amount_minor, payment.currency):
            return Refused(f"key {payment.key} was used for another payment", final=False), None
        if payment.round <= known.round or known.state not in (ReportKind.FAILED, ReportKind.RETURNED):
            return _as_it_stands(known), None
    refusal = _refusal(payment, capture)
    if refusal is not None:
        return refusal, None
    if capture is not None and payment.kind is OutgoingKind.REFUND:
        capture.refunded_minor += payment.amount_minor
        capture.save(update_fields=["refunded_minor"])
    fate = manners.fate(payment)
    row = SandboxPayment(
        key=payment.key,
        kind=str(payment.kind),
        target=payment.target,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        round=payment.round,
        reference=f"sb_{uuid5(NAMESPACE_URL, f'{payment.key}/{payment.round}').hex}",
        state=str(ReportKind.ACCEPTED),
        ending=str(fate.ending),
        twice=fate.twice,
        next_at=now if fate.early else now + fate.settles_after,
    )
    row.save(force_insert=known is None)
    heard_at = now + fate.settles_after + REPEATS_AFTER if fate.late_accept else now
    _event(row, ReportKind.ACCEPTED, now, heard_at).save(force_insert=True)
    return Accepted(row.reference), fate


@transaction.atomic
def advance(now: datetime, limit: int, key: str = "") -> int:
    """Settle, fail or bounce the payments whose time has come. Returns how many.

    Captures are locked before payments, as `take_request` does.
    """
    due = SandboxPayment.objects.filter(next_at__lte=now)
    wanted = (due.filter(key=key) if key else due).order_by("next_at").values_list("key", "target")[:limit]
    keys, targets = [key for key, _ in wanted], {target for _, target in wanted}
    list(SandboxCapture.objects.select_for_update().filter(reference__in=targets).order_by("reference"))
    rows = list(due.select_for_update(skip_locked=True).filter(key__in=keys).order_by("next_at"))
    lines = [line for row in rows for line in _advance(row, now)]
    SandboxPayment.objects.bulk_update(rows, ["state", "next_at", "why"])
    SandboxLine.objects.bulk_create(lines)
    SandboxEvent.objects.bulk_create([_event(row, ReportKind(row.state), now, now) for row in rows])
    return len(rows)


def look_up(payment: OutgoingPayment, now: datetime) -> Report | None:
    """What has become of a payment."""
    row = SandboxPayment.objects.filter(key=payment.key).first()
    if row is None:
        return None
    return _report(row, ReportKind(row.state), now)


def statement(since: datetime, until: datetime) -> Iterable[StatementEntry]:
    """Captures and lines of a span of time, in order."""
    taken = SandboxShare.objects.filter(captured_at__gte=since, captured_at__lt=until).order_by("captured_at", "key")
    for share in taken.iterator():
        yield StatementEntry(
            NAME, f"in_{share.key}", "capture", share.key, 0, share.reference,
            share.amount_minor, share.currency, share.captured_at,
        )  # fmt: skip
    lines = SandboxLine.objects.filter(booked_at__gte=since, booked_at__lt=until).order_by("booked_at", "reference")
    for line in lines.iterator():
        yield StatementEntry(
            NAME, line.reference, line.kind, line.key, line.round, line.target,
            line.amount_minor, line.currency, line.booked_at,
        )  # fmt: skip


@transaction.atomic
def open_dispute(target: str, amount_minor: int, now: datetime) -> str:
    """The buyer's bank disputes a payment. Returns the dispute's reference."""
    capture = SandboxCapture.objects.select_for_update().get(reference=target)
    reference = f"dp_{uuid5(NAMESPACE_URL, f'{target}/{amount_minor}').hex}"
    SandboxDispute.objects.create(reference=reference, capture=capture, amount_minor=amount_minor, state="open")
    _tell_dispute(reference, ReportKind.CHARGEBACK_OPENED, capture, amount_minor, now)
    return reference


@transaction.atomic
def close_dispute(reference: str, lost: bool, now: datetime) -> None:
    """The buyer's bank decides; when we lose, it takes the money at once."""
    dispute = (
        SandboxDispute.objects.select_for_update().select_related("capture").get(reference=reference, state="open")
    )
    dispute.state = "lost" if lost else "won"
    dispute.save(update_fields=["state"])
    capture, amount_minor = dispute.capture, dispute.amount_minor
    if lost:
        SandboxLine.objects.create(
            reference=reference, kind="chargeback", target=capture.reference, amount_minor=-amount_minor,
            currency=capture.currency, booked_at=now,
        )  # fmt: skip
    kind = ReportKind.CHARGEBACK_LOST if lost else ReportKind.CHARGEBACK_WON
    _tell_dispute(reference, kind, capture, amount_minor, now)


def _refusal(payment: OutgoingPayment, capture: SandboxCapture | None) -> Refused | None:
    if payment.kind is OutgoingKind.TRANSFER:
        return None
    if capture is None:
        return Refused(f"there is no payment {payment.target!r}", final=True)
    if capture.currency != payment.currency:
        return Refused(f"the payment was made in {capture.currency}, not {payment.currency}", final=True)
    left_minor = capture.amount_minor - capture.refunded_minor
    if payment.kind is OutgoingKind.REFUND and payment.amount_minor > left_minor:
        return Refused(f"{payment.amount_minor} is more than the {left_minor} left of the payment", final=True)
    return None


def _as_it_stands(row: SandboxPayment) -> Answer:
    if row.state == ReportKind.FAILED:
        return Refused(row.why, final=row.ending == Ending.CARD_CLOSED)
    return Accepted(row.reference, settled=row.state == ReportKind.SETTLED)


def _advance(row: SandboxPayment, now: datetime) -> list[SandboxLine]:
    """Bring one payment to its next state. Returns what the statement says of it."""
    if row.state == ReportKind.SETTLED:
        row.state, row.next_at, row.why = str(ReportKind.RETURNED), None, "the account the money went to is closed"
        _give_back(row)
        return [_line(row, "returned", row.amount_minor, now)]
    if row.ending in (Ending.INSUFFICIENT, Ending.CARD_CLOSED):
        row.state, row.next_at = str(ReportKind.FAILED), None
        row.why = "the card is closed" if row.ending == Ending.CARD_CLOSED else "not enough on the merchant's account"
        _give_back(row)
        return []
    row.state = str(ReportKind.SETTLED)
    row.next_at = now + BOUNCES_AFTER if row.ending == Ending.BOUNCED else None
    return [_line(row, row.kind, -row.amount_minor, now)]


def _give_back(row: SandboxPayment) -> None:
    if row.kind == OutgoingKind.REFUND:
        SandboxCapture.objects.filter(reference=row.target).update(
            refunded_minor=F("refunded_minor") - row.amount_minor
        )


def _line(row: SandboxPayment, kind: str, amount_minor: int, now: datetime) -> SandboxLine:
    return SandboxLine(
        reference=f"{row.reference}/{kind}", kind=kind, key=row.key, round=row.round, target=row.target,
        amount_minor=amount_minor, currency=row.currency, booked_at=now,
    )  # fmt: skip


def _report(row: SandboxPayment, kind: ReportKind, at: datetime) -> Report:
    return Report(
        provider=NAME,
        event_id=f"evt_{uuid5(NAMESPACE_URL, f'{row.reference}/{kind}').hex}",
        kind=kind,
        key=row.key,
        round=row.round,
        reference=row.reference,
        target=row.target,
        amount_minor=row.amount_minor,
        currency=row.currency,
        at=at,
        why=row.why,
        final=row.ending in (Ending.CARD_CLOSED, Ending.BOUNCED) and kind is not ReportKind.ACCEPTED,
    )


def _event(row: SandboxPayment, kind: ReportKind, now: datetime, heard_at: datetime) -> SandboxEvent:
    news = _report(row, kind, now)
    return SandboxEvent(id=news.event_id, body=body_of(news), deliver_at=heard_at, times_left=2 if row.twice else 1)


def _tell_dispute(reference: str, kind: ReportKind, capture: SandboxCapture, amount_minor: int, now: datetime) -> None:
    event_id = f"evt_{uuid5(NAMESPACE_URL, f'{reference}/{kind}').hex}"
    news = Report(NAME, event_id, kind, "", 0, reference, capture.reference, amount_minor, capture.currency, now)
    SandboxEvent.objects.create(id=event_id, body=body_of(news), deliver_at=now)
