"""Escrows, payments and heads of loss: what belongs to an order."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from makewhole.core.ledger.model import HeadDue
from makewhole.core.order.model import Means
from makewhole.core.words import Head
from makewhole.rooms import prepared
from makewhole.rooms.treasury.store.batch import Batch

LOCK_ESCROW = "SELECT 1 FROM treasury_escrow WHERE order_id = %s FOR NO KEY UPDATE"
"""Alone, so that what is read after it is what the ones before have left."""


class EscrowRow(NamedTuple):
    order_id: UUID
    order_number: str
    merchant_id: str
    buyer_id: str
    currency: str
    settle_due_at: datetime | None


class PaymentRow(NamedTuple):
    order_id: UUID
    merchant_id: str
    payment_id: str
    position: int
    means: str
    provider: str
    provider_reference: str
    amount_minor: int
    units: int
    shares: str
    paid_at: datetime


class HeadRow(NamedTuple):
    line_id: str
    head: Head
    cap_minor: int
    due_minor: int
    gone_minor: int
    of_this_case_minor: int
    gone_of_this_case_minor: int


class KnownPayment(NamedTuple):
    means: Means
    provider: str
    amount_minor: int


def known_payments(order_ids: Sequence[UUID]) -> dict[tuple[UUID, str], KnownPayment]:
    """The payments already received on these orders, by order and payment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT order_id, payment_id, means, provider, amount_minor FROM treasury_payment WHERE order_id = ANY(%s)",
            [list(order_ids)],
        )
        return {
            (order_id, payment_id): KnownPayment(Means(means), provider, amount)
            for order_id, payment_id, means, provider, amount in cursor.fetchall()
        }


def write_escrows(batch: Batch, rows: Sequence[EscrowRow]) -> None:
    """New orders, and the settling date of known ones; a settled order stays settled."""
    if rows:
        batch.add(
            "INSERT INTO treasury_escrow (order_id, order_number, merchant_id, buyer_id, currency, settle_due_at)"
            " SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[])"
            " ON CONFLICT (order_id) DO UPDATE SET settle_due_at = excluded.settle_due_at"
            " WHERE treasury_escrow.settle_due_at IS DISTINCT FROM excluded.settle_due_at",
            _columns(rows),
        )


def write_payments(batch: Batch, rows: Sequence[PaymentRow]) -> None:
    """New payments; for known ones, what a corrected sale may change."""
    if rows:
        batch.add(
            "INSERT INTO treasury_payment (order_id, merchant_id, payment_id, position, means, provider,"
            " provider_reference, amount_minor, units, shares, paid_at, returned_minor, lost_minor, credited_minor)"
            " SELECT *, 0, 0, 0 FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::int[], %s::text[], %s::text[],"
            " %s::text[], %s::bigint[], %s::bigint[], %s::jsonb[], %s::timestamptz[])"
            " ON CONFLICT (order_id, payment_id) DO UPDATE SET shares = excluded.shares,"
            " means = excluded.means, provider = excluded.provider, amount_minor = excluded.amount_minor,"
            " units = excluded.units WHERE (treasury_payment.shares, treasury_payment.means, treasury_payment.provider,"
            " treasury_payment.amount_minor, treasury_payment.units) IS DISTINCT FROM"
            " (excluded.shares, excluded.means, excluded.provider, excluded.amount_minor, excluded.units)",
            _columns(rows),
        )


def lock_heads(order_id: UUID, case_id: UUID | None) -> tuple[str, list[HeadRow]] | None:
    """Lock the order's escrow and read merchant and heads; None when the treasury never received the order."""
    with prepared.together():
        prepared.execute(LOCK_ESCROW, [order_id])
        asked = prepared.send(
            "SELECT escrow.merchant_id, (SELECT coalesce(jsonb_agg(jsonb_build_array(head.line_id, head.head,"
            " head.cap_minor, head.due_minor, head.pending_minor + head.paid_minor, coalesce(mine.due_minor, 0),"
            " (SELECT coalesce(sum(part.amount_minor), 0) FROM treasury_part part"
            " JOIN treasury_intent intent ON intent.id = part.intent_id WHERE part.order_id = head.order_id"
            " AND part.line_id = head.line_id AND part.head = head.head AND intent.case_id = %s))),"
            " '[]') FROM treasury_head head LEFT JOIN treasury_case_due mine"
            " ON mine.order_id = head.order_id AND mine.line_id = head.line_id AND mine.head = head.head"
            " AND mine.case_id = %s WHERE head.order_id = escrow.order_id)"
            " FROM treasury_escrow escrow WHERE order_id = %s",
            [case_id, case_id, order_id],
        )
    rows = asked.rows()
    if not rows:
        return None
    merchant_id, told = rows[0]
    heads = json.loads(told) if isinstance(told, str) else told
    return merchant_id, [HeadRow(line_id, Head(head), *figures) for line_id, head, *figures in heads]


def write_dues(
    batch: Batch,
    order_id: UUID,
    merchant_id: str,
    case_id: UUID | None,
    heads: Sequence[HeadDue],
    own: Sequence[HeadDue],
) -> None:
    """`heads` are the order's new totals, `own` what the case itself grants (no case: totals only)."""
    if not heads:
        return
    batch.add(
        "INSERT INTO treasury_head"
        " (order_id, merchant_id, line_id, head, due_minor, cap_minor, pending_minor, paid_minor)"
        " SELECT %s, %s, line_id, head, due, cap, 0, 0 FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::bigint[])"
        " AS fresh (line_id, head, due, cap) ON CONFLICT (order_id, line_id, head)"
        " DO UPDATE SET due_minor = excluded.due_minor, cap_minor = excluded.cap_minor",
        [order_id, merchant_id, *_columns(heads)],
    )
    if case_id and own:
        batch.add(
            "INSERT INTO treasury_case_due (order_id, merchant_id, case_id, line_id, head, due_minor)"
            " SELECT %s, %s, %s, line_id, head, due FROM unnest(%s::text[], %s::text[], %s::bigint[])"
            " AS fresh (line_id, head, due) ON CONFLICT (order_id, case_id, line_id, head)"
            " DO UPDATE SET due_minor = excluded.due_minor",
            [order_id, merchant_id, case_id, *_columns(own)[:3]],
        )


def move_heads(
    batch: Batch, order_id: UUID, pending: dict[tuple[str, Head], int], paid: dict[tuple[str, Head], int]
) -> None:
    """Add to what is under way and to what is paid, per line and head; negative amounts take away."""
    keys = sorted({*pending, *paid})
    if keys:
        batch.add(
            "UPDATE treasury_head SET pending_minor = pending_minor + fresh.pending,"
            " paid_minor = paid_minor + fresh.paid"
            " FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::bigint[]) AS fresh (line_id, head, pending, paid)"
            " WHERE order_id = %s AND treasury_head.line_id = fresh.line_id AND treasury_head.head = fresh.head",
            [
                [line_id for line_id, _ in keys],
                [str(head) for _, head in keys],
                [pending.get(key, 0) for key in keys],
                [paid.get(key, 0) for key in keys],
                order_id,
            ],
        )


def move_payments(batch: Batch, order_id: UUID, returned: dict[str, int], credited: dict[str, int]) -> None:
    """Add to what went back on payments, and to what of a lost chargeback was counted against dues."""
    keys = sorted({*returned, *credited})
    if keys:
        batch.add(
            "UPDATE treasury_payment SET returned_minor = returned_minor + fresh.returned,"
            " credited_minor = credited_minor + fresh.credited"
            " FROM unnest(%s::text[], %s::bigint[], %s::bigint[]) AS fresh (payment_id, returned, credited)"
            " WHERE order_id = %s AND treasury_payment.payment_id = fresh.payment_id",
            [keys, [returned.get(key, 0) for key in keys], [credited.get(key, 0) for key in keys], order_id],
        )


def orders_in_use(order_ids: Sequence[UUID]) -> list[UUID]:
    """Of these orders, those with dues, payouts, a chargeback, or an escrow already settled."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT order_id FROM treasury_escrow WHERE order_id = ANY(%s) AND (settled_at IS NOT NULL"
            " OR EXISTS (SELECT 1 FROM treasury_head head WHERE head.order_id = treasury_escrow.order_id)"
            " OR EXISTS (SELECT 1 FROM treasury_intent intent WHERE intent.order_id = treasury_escrow.order_id)"
            " OR EXISTS (SELECT 1 FROM treasury_chargeback gone WHERE gone.order_id = treasury_escrow.order_id))",
            [list(order_ids)],
        )
        return [order_id for (order_id,) in cursor.fetchall()]


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
