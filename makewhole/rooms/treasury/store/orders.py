"""Escrows, payments and heads of loss: what belongs to an order."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import orjson
from django.db import connection

from makewhole.core.ledger.model import HeadDue, PayDue
from makewhole.core.order.model import Means
from makewhole.core.words import Head
from makewhole.rooms import prepared
from makewhole.rooms.arrays import columns
from makewhole.rooms.treasury.store.batch import Batch

LOCK_ESCROWS = "SELECT 1 FROM treasury_escrow WHERE order_id = ANY(%s::uuid[]) ORDER BY order_id FOR NO KEY UPDATE"
"""Alone, so that what is read after it is what the ones before have left."""
_READ_HEADS = """
SELECT escrow.order_id, escrow.merchant_id,
       (SELECT coalesce(jsonb_agg(jsonb_build_array(head.line_id, head.head, head.cap_minor, head.due_minor,
               head.pending_minor + head.paid_minor, coalesce(mine.due_minor, 0),
               (SELECT coalesce(sum(part.amount_minor), 0) FROM treasury_part part
                  JOIN treasury_intent intent ON intent.id = part.intent_id
                 WHERE part.order_id = head.order_id AND part.line_id = head.line_id AND part.head = head.head
                   AND intent.case_id = asked.case_id))), '[]')
          FROM treasury_head head
          LEFT JOIN treasury_case_due mine ON mine.order_id = head.order_id AND mine.line_id = head.line_id
                AND mine.head = head.head AND mine.case_id = asked.case_id
         WHERE head.order_id = escrow.order_id)
  FROM unnest(%s::uuid[], %s::uuid[]) AS asked (order_id, case_id)
  JOIN treasury_escrow escrow ON escrow.order_id = asked.order_id
"""


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
            columns(rows),
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
            columns(rows),
        )


def lock_heads(asked: Sequence[tuple[UUID, UUID | None]]) -> dict[UUID, tuple[str, list[HeadRow]]]:
    """Lock the escrows of these orders and read merchant and heads, with what this case of each was granted.

    Orders that the treasury never received are left out.
    """
    order_ids, case_ids = columns(asked)
    with prepared.together():
        prepared.execute(LOCK_ESCROWS, [order_ids])
        found = prepared.send(_READ_HEADS, [order_ids, case_ids])
    return {
        order_id: (merchant_id, [HeadRow(line_id, Head(head), *rest) for line_id, head, *rest in orjson.loads(heads)])
        for order_id, merchant_id, heads in found.rows()
    }


class DueRow(NamedTuple):
    """What is due on a line and head: to one case, or (no case) on the order over all its cases."""

    order_id: UUID
    merchant_id: str
    case_id: UUID | None
    due: HeadDue


def write_dues(batch: Batch, totals: Sequence[DueRow], own: Sequence[DueRow]) -> None:
    """`totals` are the new dues of orders, `own` what single cases grant of them."""
    if totals:
        batch.add(
            "INSERT INTO treasury_head"
            " (order_id, merchant_id, line_id, head, due_minor, cap_minor, pending_minor, paid_minor)"
            " SELECT order_id, merchant_id, line_id, head, due, cap, 0, 0"
            " FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::bigint[])"
            " AS fresh (order_id, merchant_id, line_id, head, due, cap) ON CONFLICT (order_id, line_id, head)"
            " DO UPDATE SET due_minor = excluded.due_minor, cap_minor = excluded.cap_minor",
            columns([(row.order_id, row.merchant_id, *row.due) for row in totals]),
        )
    if own:
        batch.add(
            "INSERT INTO treasury_case_due (order_id, merchant_id, case_id, line_id, head, due_minor)"
            " SELECT * FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::text[], %s::text[], %s::bigint[])"
            " ON CONFLICT (order_id, case_id, line_id, head) DO UPDATE SET due_minor = excluded.due_minor",
            columns([(row.order_id, row.merchant_id, row.case_id, *row.due[:3]) for row in own]),
        )


class HeadMove(NamedTuple):
    """What is added to a head's amounts under way and paid; negative amounts take away."""

    order_id: UUID
    line_id: str
    head: Head
    pending_minor: int
    paid_minor: int


def head_moves(order_id: UUID, parts: Iterable[tuple[PayDue, int, int]]) -> list[HeadMove]:
    """What parts of payouts move on an order's heads, each so many times (1, 0 or -1) under way and paid."""
    sums: dict[tuple[str, Head], tuple[int, int]] = {}
    for part, pending, paid in parts:
        place = (part.line_id, part.head)
        so_far = sums.get(place, (0, 0))
        sums[place] = (so_far[0] + part.amount_minor * pending, so_far[1] + part.amount_minor * paid)
    return [HeadMove(order_id, line_id, head, *moved) for (line_id, head), moved in sums.items()]


def move_heads(batch: Batch, moves: Sequence[HeadMove]) -> None:
    """Each line and head of an order appears once at most."""
    if moves:
        batch.add(
            "UPDATE treasury_head SET pending_minor = pending_minor + fresh.pending,"
            " paid_minor = paid_minor + fresh.paid"
            " FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::bigint[], %s::bigint[])"
            " AS fresh (order_id, line_id, head, pending, paid) WHERE treasury_head.order_id = fresh.order_id"
            " AND treasury_head.line_id = fresh.line_id AND treasury_head.head = fresh.head",
            columns(moves),
        )


class PaymentMove(NamedTuple):
    """What is added to a payment: what went back on it, and what of a lost chargeback was counted against dues."""

    order_id: UUID
    payment_id: str
    returned_minor: int
    credited_minor: int


def move_payments(batch: Batch, moves: Sequence[PaymentMove]) -> None:
    """Each payment appears once at most."""
    if moves:
        batch.add(
            "UPDATE treasury_payment SET returned_minor = returned_minor + fresh.returned,"
            " credited_minor = credited_minor + fresh.credited"
            " FROM unnest(%s::uuid[], %s::text[], %s::bigint[], %s::bigint[])"
            " AS fresh (order_id, payment_id, returned, credited)"
            " WHERE treasury_payment.order_id = fresh.order_id AND treasury_payment.payment_id = fresh.payment_id",
            columns(moves),
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
