"""Reads on the hot path."""

import json
from uuid import UUID

from makewhole.core.rulebook.model import Paid
from makewhole.core.words import Head, Party
from makewhole.rooms import prepared

_POSITION = """
SELECT (SELECT coalesce(jsonb_agg(jsonb_build_array(line_id, head, total, payer) ORDER BY line_id, head, payer), '[]')
          FROM (SELECT line_id, head, payer, sum(amount_minor) AS total FROM treasury_part
                 WHERE order_id = %s GROUP BY 1, 2, 3) paid),
       (SELECT posted_minor - pending_out_minor FROM treasury_account
         WHERE (owner, kind, asset, merchant_id) = (%s, 'escrow', %s, %s)),
       (SELECT posted_minor - pending_out_minor FROM treasury_account
         WHERE (owner, kind, asset, merchant_id) = (%s, 'merchant', %s, %s)),
       (SELECT sum(posted_minor - pending_out_minor) FROM treasury_account
         WHERE kind = 'fund' AND asset = %s AND merchant_id = '')
"""


def position(order_id: UUID, merchant_id: str, currency: str) -> tuple[tuple[Paid, ...], tuple[int, int, int]]:
    """What is paid and under way; what escrow, merchant and fund hold."""
    ((paid, escrow_minor, merchant_minor, fund_minor),) = prepared.run(
        _POSITION,
        [order_id, str(order_id), currency, merchant_id, merchant_id, currency, merchant_id, currency],
    )
    rows = json.loads(paid) if isinstance(paid, str) else paid
    return (
        tuple(Paid(line_id, Head(head), int(total), Party(payer)) for line_id, head, total, payer in rows),
        (int(escrow_minor or 0), int(merchant_minor or 0), int(fund_minor or 0)),
    )
