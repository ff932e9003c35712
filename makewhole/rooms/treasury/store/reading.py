"""Reads on the hot path."""

from collections.abc import Callable, Sequence
from uuid import UUID

from makewhole.core.rulebook.model import Paid
from makewhole.core.words import Head, Party
from makewhole.rooms import prepared
from makewhole.rooms.arrays import array

_PAID = """
SELECT order_id, line_id, head, sum(amount_minor)::bigint, payer FROM treasury_part
 WHERE order_id = ANY (%s::uuid[]) GROUP BY order_id, line_id, head, payer ORDER BY order_id, line_id, head, payer
"""
_AVAILABLE = """
SELECT (SELECT posted_minor - pending_out_minor FROM treasury_account
         WHERE (owner, kind, asset, merchant_id) = (%s, 'escrow', %s, %s)),
       (SELECT posted_minor - pending_out_minor FROM treasury_account
         WHERE (owner, kind, asset, merchant_id) = (%s, 'merchant', %s, %s)),
       (SELECT sum(posted_minor - pending_out_minor)::bigint FROM treasury_account
         WHERE kind = 'fund' AND asset = %s AND merchant_id = '')
"""


def ask_paid(order_ids: Sequence[UUID]) -> Callable[[], dict[UUID, tuple[Paid, ...]]]:
    """Ask what is paid and under way on these orders; orders without any are left out."""
    asked = prepared.send(_PAID, [array(order_ids)])

    def read() -> dict[UUID, tuple[Paid, ...]]:
        paid: dict[UUID, tuple[Paid, ...]] = {}
        for order_id, line_id, head, total, payer in asked.rows():
            paid[order_id] = (*paid.get(order_id, ()), Paid(line_id, Head(head), total, Party(payer)))
        return paid

    return read


def available(order_id: UUID, merchant_id: str, currency: str) -> tuple[int, int, int]:
    """What escrow, merchant and fund hold, in minor units."""
    ((escrow_minor, merchant_minor, fund_minor),) = prepared.run(
        _AVAILABLE, [str(order_id), currency, merchant_id, merchant_id, currency, merchant_id, currency]
    )
    return escrow_minor or 0, merchant_minor or 0, fund_minor or 0
