"""Instructions, intents and advances: what leaves the house and what merchants owe for it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from makewhole.core.ledger.model import PayDue
from makewhole.core.words import Head, Party
from makewhole.rooms.arrays import columns
from makewhole.rooms.treasury.models import IntentKind, IntentState
from makewhole.rooms.treasury.store.batch import Batch


class IntentRow(NamedTuple):
    """One intent as it lies in the table, without its times of creation and settlement."""

    id: UUID
    instruction: str
    order_id: UUID | None
    merchant_id: str
    case_id: UUID | None
    kind: IntentKind
    payment_id: str
    provider: str
    payment_reference: str
    asset: str
    amount_minor: int
    units: int
    state: IntentState
    round: int = 1
    attempts: int = 0
    provider_reference: str = ""
    transfer_id: UUID | None = None
    next_attempt_at: datetime | None = None
    last_error: str = ""


def write_intents(
    batch: Batch, intents: Sequence[IntentRow], parts: Sequence[tuple[IntentRow, PayDue]], now: datetime
) -> None:
    if intents:
        batch.add(
            "INSERT INTO treasury_intent (id, instruction, order_id, merchant_id, case_id, kind, payment_id, provider,"
            " payment_reference, asset, amount_minor, units, state, round, attempts, provider_reference, transfer_id,"
            " next_attempt_at, last_error, created_at, settled_at)"
            " SELECT fresh.*, %s, CASE WHEN state = 'settled' THEN %s END FROM unnest(%s::uuid[], %s::text[],"
            " %s::uuid[], %s::text[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],"
            " %s::bigint[], %s::bigint[], %s::text[], %s::int[], %s::int[], %s::text[], %s::uuid[], %s::timestamptz[],"
            " %s::text[]) AS fresh (id, instruction, order_id, merchant_id, case_id, kind, payment_id, provider,"
            " payment_reference, asset, amount_minor, units, state)",
            [now, now, *columns(intents)],
        )
    if parts:
        rows = [(intent.id, intent.order_id, intent.merchant_id, _back_on(intent), *part) for intent, part in parts]
        batch.add(
            "INSERT INTO treasury_part"
            " (intent_id, order_id, merchant_id, payment_id, line_id, head, amount_minor, payer)"
            " SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[],"
            " %s::bigint[], %s::text[])",
            columns(rows),
        )


def _back_on(intent: IntentRow) -> str:
    """The payment an intent gives back; new money gives back none, though it goes to a payment's payer."""
    return "" if intent.kind is IntentKind.PAYOUT else intent.payment_id


class InstructionRow(NamedTuple):
    """An instruction that was carried out: the digest of what was asked, and the result as JSON."""

    reference: str
    order_id: UUID
    merchant_id: str
    case_id: UUID | None
    body_sha256: str
    result: str


def write_instructions(batch: Batch, rows: Sequence[InstructionRow], now: datetime) -> None:
    if rows:
        batch.add(
            "INSERT INTO treasury_instruction"
            " (reference, order_id, merchant_id, case_id, body_sha256, result, created_at)"
            " SELECT *, %s FROM unnest(%s::text[], %s::uuid[], %s::text[], %s::uuid[], %s::text[], %s::jsonb[])",
            [now, *columns(rows)],
        )


class AdvanceRow(NamedTuple):
    id: UUID
    reference: str
    order_id: UUID
    merchant_id: str
    case_id: UUID | None
    asset: str
    amount_minor: int


def write_advances(batch: Batch, rows: Sequence[AdvanceRow], now: datetime) -> None:
    if rows:
        batch.add(
            "INSERT INTO treasury_advance (id, reference, order_id, merchant_id, case_id, asset, amount_minor,"
            " recovered_minor, written_off_minor, made_at) SELECT *, 0, 0, %s FROM unnest(%s::uuid[], %s::text[],"
            " %s::uuid[], %s::text[], %s::uuid[], %s::text[], %s::bigint[])",
            [now, *columns(rows)],
        )


class RecourseRow(NamedTuple):
    """A transfer's share in paying an advance back, or (`source` 'write_off') in giving it up."""

    advance_id: UUID
    transfer_id: UUID
    merchant_id: str
    source: str
    amount_minor: int


def write_recourse(batch: Batch, rows: Sequence[RecourseRow], now: datetime) -> None:
    if not rows:
        return
    batch.add(
        "INSERT INTO treasury_recourse (advance_id, transfer_id, merchant_id, source, amount_minor, taken_at)"
        " SELECT *, %s FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::bigint[])",
        [now, *columns(rows)],
    )
    batch.add(
        "UPDATE treasury_advance SET recovered_minor = recovered_minor + fresh.back,"
        " written_off_minor = written_off_minor + fresh.lost FROM (SELECT id,"
        " coalesce(sum(amount) FILTER (WHERE source <> 'write_off'), 0) AS back,"
        " coalesce(sum(amount) FILTER (WHERE source = 'write_off'), 0) AS lost"
        " FROM unnest(%s::uuid[], %s::text[], %s::bigint[]) AS taken (id, source, amount) GROUP BY id) fresh"
        " WHERE treasury_advance.id = fresh.id",
        [[row.advance_id for row in rows], [row.source for row in rows], [row.amount_minor for row in rows]],
    )


def lock_outstanding(merchant_id: str, asset: str) -> list[tuple[UUID, int]]:
    """The merchant's advances not yet paid back, oldest first, with what each still lacks.

    Call it while holding the merchant's receivable account: that is what keeps two recoveries apart.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, amount_minor - recovered_minor - written_off_minor FROM treasury_advance"
            " WHERE merchant_id = %s AND asset = %s AND amount_minor > recovered_minor + written_off_minor"
            " ORDER BY made_at, id",
            [merchant_id, asset],
        )
        return [(advance_id, outstanding) for advance_id, outstanding in cursor.fetchall()]


def intent(intent_id: UUID, lock: bool = False) -> IntentRow | None:
    statement = "SELECT * FROM treasury_intent WHERE id = %s"
    found = _intents(statement + " FOR NO KEY UPDATE" if lock else statement, [intent_id])
    return found[0] if found else None


def intent_by_reference(provider: str, reference: str) -> UUID | None:
    """The intent a provider knows under this reference of its own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM treasury_intent WHERE provider = %s AND provider_reference = %s", [provider, reference]
        )
        row = cursor.fetchone()
    return row[0] if row else None


def intents_on_payment(order_id: UUID, payment_id: str, states: Iterable[IntentState]) -> list[IntentRow]:
    """Intents on one payment in these states, oldest first, locked."""
    return _intents(
        "SELECT * FROM treasury_intent WHERE order_id = %s AND payment_id = %s AND state = ANY(%s)"
        " AND kind IN ('refund', 'payout') ORDER BY id FOR NO KEY UPDATE",
        [order_id, payment_id, [str(state) for state in states]],
    )


def parts_of(intent_id: UUID) -> list[PayDue]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT line_id, head, amount_minor, payer FROM treasury_part WHERE intent_id = %s ORDER BY id", [intent_id]
        )
        return [PayDue(line, Head(head), amount, Party(payer)) for line, head, amount, payer in cursor.fetchall()]


def move_parts(batch: Batch, old: UUID, new: UUID) -> None:
    """What an intent was for goes over to the one that replaces it."""
    batch.add("UPDATE treasury_part SET intent_id = %s WHERE intent_id = %s", [new, old])


def take_event(provider: str, event_id: str, kind: str, now: datetime) -> bool:
    """Note a provider's event; False when it was noted before. Waits for whoever is noting the same one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO treasury_provider_event (provider, event_id, kind, received_at) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (provider, event_id) DO NOTHING",
            [provider, event_id, kind, now],
        )
        return bool(cursor.rowcount == 1)


def write_intent_state(batch: Batch, row: IntentRow, now: datetime) -> None:
    """Everything of an intent that may change in its life."""
    batch.add(
        "UPDATE treasury_intent SET kind = %s, state = %s, round = %s, attempts = %s, provider_reference = %s,"
        " transfer_id = %s, next_attempt_at = %s, last_error = %s,"
        " settled_at = CASE WHEN %s = 'settled' THEN %s END WHERE id = %s",
        [
            str(row.kind),
            str(row.state),
            row.round,
            row.attempts,
            row.provider_reference,
            row.transfer_id,
            row.next_attempt_at,
            row.last_error[:500],
            str(row.state),
            now,
            row.id,
        ],
    )


def claim_intent(intent_id: UUID, now: datetime, next_attempt_at: datetime) -> IntentRow | None:
    """Take an intent that is due, for this worker alone until `next_attempt_at`. None when there is nothing to take."""
    found = _intents(
        "UPDATE treasury_intent SET state = 'sent', attempts = attempts + 1, next_attempt_at = %s"
        " WHERE id = %s AND state IN ('claimed', 'sent') AND next_attempt_at <= %s RETURNING *",
        [next_attempt_at, intent_id, now],
    )
    return found[0] if found else None


def note_answer(intent_id: UUID, round_: int, provider_reference: str, error: str, next_attempt_at: datetime) -> None:
    """Keep what the provider answered, unless its report has come in the meantime and settled the matter."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE treasury_intent SET provider_reference = CASE WHEN provider_reference = '' THEN %s"
            " ELSE provider_reference END, last_error = %s, next_attempt_at = %s"
            " WHERE id = %s AND state = 'sent' AND round = %s",
            [provider_reference, error[:500], next_attempt_at, intent_id, round_],
        )


def due_intents(now: datetime, limit: int) -> list[tuple[UUID, IntentState]]:
    """Intents whose next attempt is due, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, state FROM treasury_intent WHERE next_attempt_at <= %s ORDER BY next_attempt_at LIMIT %s",
            [now, limit],
        )
        return [(intent_id, IntentState(state)) for intent_id, state in cursor.fetchall()]


def _intents(statement: str, values: Sequence[Any]) -> list[IntentRow]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        places = {column.name: place for place, column in enumerate(cursor.description)}
        rows = [[row[places[name]] for name in IntentRow._fields] for row in cursor.fetchall()]
    for row in rows:
        row[5], row[12] = IntentKind(row[5]), IntentState(row[12])
    return [IntentRow(*row) for row in rows]


def known_instructions(references: Sequence[str]) -> list[str]:
    """Of these references, those under which something was already paid."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT instruction FROM treasury_intent WHERE instruction = ANY(%s)", [list(references)]
        )
        return [reference for (reference,) in cursor.fetchall()]
