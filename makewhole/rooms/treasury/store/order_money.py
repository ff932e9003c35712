"""Everything the treasury knows about one order, read in one round trip under the lock of its escrow."""

import json
from typing import Any, NamedTuple
from uuid import UUID

from makewhole.core.ledger.model import AccountKey, AccountKind, PaymentShare, PaymentTaken
from makewhole.core.order.model import Means
from makewhole.core.words import Head
from makewhole.rooms import prepared
from makewhole.rooms.treasury.store.orders import LOCK_ESCROW

_READ = """
SELECT escrow.merchant_id, escrow.buyer_id, escrow.currency, escrow.settled_at, escrow.settle_due_at,
  (SELECT jsonb_build_array(body_sha256, result) FROM treasury_instruction WHERE reference = %(reference)s),
  (SELECT coalesce(jsonb_agg(jsonb_build_array(payment_id, means, provider, provider_reference, amount_minor, units,
          returned_minor, lost_minor - credited_minor, shares) ORDER BY position), '[]')
     FROM treasury_payment WHERE order_id = escrow.order_id),
  (SELECT coalesce(jsonb_agg(jsonb_build_array(payment_id, line_id, head, total)), '[]')
     FROM (SELECT payment_id, line_id, head, sum(amount_minor) AS total FROM treasury_part
            WHERE order_id = escrow.order_id GROUP BY 1, 2, 3) went_back),
  (SELECT coalesce(jsonb_agg(jsonb_build_array(head.line_id, head.head,
          least(head.due_minor - head.pending_minor - head.paid_minor, CASE WHEN %(case_id)s::uuid IS NOT NULL
                THEN coalesce(mine.due_minor, 0) - coalesce(of_case.gone, 0) END))), '[]')
     FROM treasury_head head
     LEFT JOIN treasury_case_due mine ON mine.order_id = head.order_id AND mine.line_id = head.line_id
           AND mine.head = head.head AND mine.case_id = %(case_id)s
     LEFT JOIN (SELECT part.line_id, part.head, sum(part.amount_minor) AS gone
                  FROM treasury_part part JOIN treasury_intent intent ON intent.id = part.intent_id
                 WHERE part.order_id = %(order_id)s AND intent.case_id = %(case_id)s GROUP BY 1, 2) of_case
            ON of_case.line_id = head.line_id AND of_case.head = head.head
    WHERE head.order_id = escrow.order_id),
  (SELECT coalesce(jsonb_agg(payment_id), '[]') FROM treasury_chargeback
    WHERE order_id = escrow.order_id AND state = 'open'),
  (SELECT coalesce(sum(amount_minor), 0) FROM treasury_advance WHERE order_id = escrow.order_id),
  (SELECT coalesce(jsonb_agg(jsonb_build_array(kind, posted_minor - pending_out_minor)), '[]') FROM treasury_account
    WHERE owner = escrow.order_id::text AND kind IN ('escrow', 'chargeback') AND asset = escrow.currency
      AND merchant_id = escrow.merchant_id),
  fund.approval_limit_minor,
  (SELECT coalesce(jsonb_agg(jsonb_build_array(owner, posted_minor - pending_out_minor) ORDER BY owner), '[]')
     FROM treasury_account WHERE kind = 'fund' AND asset = escrow.currency AND merchant_id = '')
  FROM treasury_escrow escrow LEFT JOIN treasury_fund fund ON fund.asset = escrow.currency
 WHERE escrow.order_id = %(order_id)s
"""


class OrderMoney(NamedTuple):
    """One order's money while its escrow row is locked.

    `instruction` is the digest and result stored under the reference asked for. `uncredited` maps a payment to what a
    lost chargeback took and no due was credited with. `frozen` are payments with an open chargeback. `room` is what
    may still be paid per line and head (to the case asked for). `stripes` are the fund's accounts with what each held
    a moment ago.
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
    approval_limit_minor: int
    stripes: tuple[tuple[AccountKey, int], ...]

    def payment(self, payment_id: str) -> PaymentTaken:
        """The payment with this id. Raises LookupError when the order has none such."""
        for payment in self.payments:
            if payment.id == payment_id:
                return payment
        raise LookupError(f"order {self.order_id} has no payment {payment_id!r}")


def lock_order_money(order_id: UUID, instruction_reference: str = "", case_id: UUID | None = None) -> OrderMoney | None:
    """Lock the order's escrow, then read its money. None when the treasury never received the order."""
    with prepared.together():
        prepared.execute(LOCK_ESCROW, [order_id])
        asked = prepared.send(_READ, {"order_id": order_id, "reference": instruction_reference, "case_id": case_id})
    rows = asked.rows()
    return _order_money(order_id, rows[0]) if rows else None


def _order_money(order_id: UUID, row: tuple[Any, ...]) -> OrderMoney:
    read = [json.loads(value) if isinstance(value, str) and index >= 5 else value for index, value in enumerate(row)]
    merchant_id, buyer_id, currency, settled_at, _, instruction, payments, parts, heads, frozen = read[:10]
    advanced_minor, accounts, approval_limit_minor, stripes = read[10:]
    return OrderMoney(
        order_id=order_id,
        merchant_id=merchant_id,
        buyer_id=buyer_id,
        currency=currency,
        is_settled=settled_at is not None,
        instruction=(instruction[0], instruction[1]) if instruction else None,
        payments=tuple(_payment(payment) for payment in payments),
        uncredited={payment[0]: payment[7] for payment in payments if payment[7]},
        returned={(payment_id, line_id, Head(head)): int(total) for payment_id, line_id, head, total in parts},
        room={(line_id, Head(head)): room_minor for line_id, head, room_minor in heads},
        frozen=frozenset(frozen),
        advanced_minor=int(advanced_minor),
        available={AccountKind(kind): amount for kind, amount in accounts},
        approval_limit_minor=approval_limit_minor or 0,
        stripes=tuple((AccountKey(AccountKind.FUND, owner, currency), amount) for owner, amount in stripes),
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
