"""Chargebacks of the buyers' banks."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from makewhole.rooms.treasury.models import ChargebackState
from makewhole.rooms.treasury.store.batch import Batch


class ChargebackRow(NamedTuple):
    id: UUID
    order_id: UUID
    merchant_id: str
    payment_id: str
    provider: str
    reference: str
    amount_minor: int
    state: ChargebackState


def disputed_payments(provider: str, reference: str) -> list[tuple[UUID, str, int]]:
    """Orders, payments and amounts that share a provider's payment reference."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT order_id, payment_id, amount_minor FROM treasury_payment"
            " WHERE provider_reference = %s AND provider = %s ORDER BY order_id, position",
            [reference, provider],
        )
        return [(order_id, payment_id, amount) for order_id, payment_id, amount in cursor.fetchall()]


def chargeback(provider: str, reference: str) -> ChargebackRow | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, order_id, merchant_id, payment_id, provider, reference, amount_minor, state"
            " FROM treasury_chargeback WHERE provider = %s AND reference = %s FOR NO KEY UPDATE",
            [provider, reference],
        )
        row = cursor.fetchone()
    return ChargebackRow(*row)._replace(state=ChargebackState(row[7])) if row else None


def is_frozen(order_id: UUID, payment_id: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM treasury_chargeback"
            " WHERE order_id = %s AND payment_id = %s AND state = 'open')",
            [order_id, payment_id],
        )
        return bool(cursor.fetchone()[0])


def write_chargeback(batch: Batch, row: ChargebackRow, now: datetime) -> None:
    batch.add(
        "INSERT INTO treasury_chargeback (id, order_id, merchant_id, payment_id, provider, reference, amount_minor,"
        " state, opened_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [*row[:7], str(row.state), now],
    )


def close_chargeback(batch: Batch, chargeback_id: UUID, state: ChargebackState, now: datetime) -> None:
    batch.add(
        "UPDATE treasury_chargeback SET state = %s, closed_at = %s WHERE id = %s", [str(state), now, chargeback_id]
    )


def lose_payment(batch: Batch, order_id: UUID, payment_id: str, lost_minor: int, credited_minor: int) -> None:
    """The bank took `lost_minor`; `credited_minor` of it paid refunds that waited and were counted as returned."""
    batch.add(
        "UPDATE treasury_payment SET lost_minor = lost_minor + %s, credited_minor = credited_minor + %s,"
        " returned_minor = least(amount_minor, returned_minor + %s - %s) WHERE order_id = %s AND payment_id = %s",
        [lost_minor, credited_minor, lost_minor, credited_minor, order_id, payment_id],
    )


def hold_intents(batch: Batch, intent_ids: Sequence[UUID]) -> None:
    """Payouts the provider has not been asked for wait."""
    if intent_ids:
        batch.add(
            "UPDATE treasury_intent SET state = 'held', next_attempt_at = NULL"
            " WHERE id = ANY(%s) AND state = 'claimed'",
            [list(intent_ids)],
        )


def free_intents(batch: Batch, intent_ids: Sequence[UUID], now: datetime) -> None:
    """Payouts that waited go out."""
    if intent_ids:
        batch.add(
            "UPDATE treasury_intent SET state = 'claimed', next_attempt_at = %s WHERE id = ANY(%s) AND state = 'held'",
            [now, list(intent_ids)],
        )
