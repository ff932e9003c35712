"""What the treasury knows about orders, read in one round trip under the locks of their escrows."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from makewhole.core.ledger.model import AccountKind, PaymentShare, PaymentTaken
from makewhole.core.order.model import Means
from makewhole.core.words import Head
from makewhole.rooms import prepared
from makewhole.rooms.arrays import columns
from makewhole.rooms.treasury.store.orders import LOCK_ESCROWS

_READ = """
SELECT escrow.order_id, escrow.merchant_id, escrow.buyer_id, escrow.currency, escrow.settled_at,
  (SELECT jsonb_build_array(body_sha256, result) FROM treasury_instruction WHERE reference = asked.reference),
  (SELECT coalesce(jsonb_agg(jsonb_build_array(payment_id, means, provider, provider_reference, amount_minor, units,
          returned_minor, lost_minor - credited_minor, shares) ORDER BY position), '[]')
     FROM treasury_payment WHERE order_id = escrow.order_id),
  (SELECT coalesce(jsonb_agg(jsonb_build_array(payment_id, line_id, head, total)), '[]')
     FROM (SELECT payment_id, line_id, head, sum(amount_minor) AS total FROM treasury_part
            WHERE order_id = escrow.order_id GROUP BY 1, 2, 3) went_back),
  (SELECT coalesce(jsonb_agg(jsonb_build_array(head.line_id, head.head,
          least(head.due_minor - head.pending_minor - head.paid_minor, CASE WHEN asked.case_id IS NOT NULL
                THEN coalesce(mine.due_minor, 0) - coalesce(of_case.gone, 0) END))), '[]')
     FROM treasury_head head
     LEFT JOIN treasury_case_due mine ON mine.order_id = head.order_id AND mine.line_id = head.line_id
           AND mine.head = head.head AND mine.case_id = asked.case_id
     LEFT JOIN (SELECT part.line_id, part.head, sum(part.amount_minor) AS gone
                  FROM treasury_part part JOIN treasury_intent intent ON intent.id = part.intent_id
                 WHERE part.order_id = escrow.order_id AND intent.case_id = asked.case_id GROUP BY 1, 2) of_case
            ON of_case.line_id = head.line_id AND of_case.head = head.head
    WHERE head.order_id = escrow.order_id),
  (SELECT coalesce(jsonb_agg(payment_id), '[]') FROM treasury_chargeback
    WHERE order_id = escrow.order_id AND state = 'open'),
  (SELECT coalesce(sum(amount_minor), 0)::bigint FROM treasury_advance WHERE order_id = escrow.order_id),
  (SELECT coalesce(jsonb_agg(jsonb_build_array(kind, posted_minor - pending_out_minor)), '[]') FROM treasury_account
    WHERE owner = escrow.order_id::text AND kind IN ('escrow', 'chargeback') AND asset = escrow.currency
      AND merchant_id = escrow.merchant_id)
  FROM unnest(%s::uuid[], %s::text[], %s::uuid[]) AS asked (order_id, reference, case_id)
  JOIN treasury_escrow escrow ON escrow.order_id = asked.order_id
"""


class Asked(NamedTuple):
    """One order whose money is asked for: with the instruction of this reference, and the room of this case."""

    order_id: UUID
    reference: str = ""
    case_id: UUID | None = None


class OrderMoney(NamedTuple):
    """One order's money while its escrow row is locked.

    `instruction` is the digest and result stored under the reference asked for. `uncredited` maps a payment to what a
    lost chargeback took and no due was credited with. `frozen` are payments with an open chargeback. `room` is what
    may still be paid per line and head (to the case asked for). `available` is what the order's own accounts hold.
    """

    order_id: UUID
    merchant_id: str
    buyer_id: str
    currency: str
    is_settled: bool
    instruction: tuple[str, dict[str, Any]] | None
    payments: tuple[PaymentTaken, ...]
    uncredited: dict[str, int]
    returned: dict[tuple[str, str, Head], int]
    room: dict[tuple[str, Head], int]
    frozen: frozenset[str]
    advanced_minor: int
    available: dict[AccountKind, int]

    def payment(self, payment_id: str) -> PaymentTaken:
        """The payment with this id. Raises LookupError when the order has none such."""
        for payment in self.payments:
            if payment.id == payment_id:
                return payment
        raise LookupError(f"order {self.order_id} has no payment {payment_id!r}")


def lock_order_money(order_id: UUID) -> OrderMoney | None:
    """Lock the order's escrow, then read its money. None when the treasury never received the order."""
    return lock_orders_money([Asked(order_id)]).get(order_id)


def lock_orders_money(asked: Sequence[Asked]) -> dict[UUID, OrderMoney]:
    """Lock these orders' escrows, then read their money. Orders that the treasury never received are left out."""
    order_ids, references, case_ids = columns(asked)
    with prepared.together():
        prepared.execute(LOCK_ESCROWS, [order_ids])
        found = prepared.send(_READ, [order_ids, references, case_ids])
    return {row[0]: _order_money(*row) for row in found.rows()}


def _order_money(
    order_id: UUID, merchant_id: str, buyer_id: str, currency: str, settled_at: object, *told: str | int
) -> OrderMoney:
    read: list[Any] = [orjson.loads(value) if isinstance(value, str) else value for value in told]
    instruction, payments, parts, heads, frozen, advanced_minor, accounts = read
    return OrderMoney(
        order_id=order_id,
        merchant_id=merchant_id,
        buyer_id=buyer_id,
        currency=currency,
        is_settled=settled_at is not None,
        instruction=(instruction[0], instruction[1]) if instruction else None,
        payments=tuple([_payment(payment) for payment in payments]),
        uncredited={payment[0]: payment[7] for payment in payments if payment[7]},
        returned={(payment_id, line_id, Head(head)): int(total) for payment_id, line_id, head, total in parts},
        room={(line_id, Head(head)): room_minor for line_id, head, room_minor in heads},
        frozen=frozenset(frozen),
        advanced_minor=advanced_minor,
        available={AccountKind(kind): amount for kind, amount in accounts},
    )


def _payment(row: list[Any]) -> PaymentTaken:
    payment_id, means, provider, reference, amount_minor, units, returned_minor, _, shares = row
    return PaymentTaken(
        payment_id,
        Means(means),
        provider,
        reference,
        amount_minor,
        units,
        returned_minor,
        tuple(PaymentShare(line_id, Head(head), amount) for line_id, head, amount in shares),
    )
