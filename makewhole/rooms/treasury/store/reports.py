"""Reads for people: the fund, merchants' statements, buyers' money, the books."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

FUND = """
SELECT coalesce((SELECT sum(posted_minor) FROM treasury_account
                  WHERE kind = 'fund' AND asset = %(asset)s AND merchant_id = ''), 0),
       (SELECT stripes FROM treasury_fund WHERE asset = %(asset)s),
       (SELECT approval_limit_minor FROM treasury_fund WHERE asset = %(asset)s),
       coalesce(sum(amount_minor), 0), coalesce(sum(recovered_minor), 0), coalesce(sum(written_off_minor), 0), count(*),
       (SELECT coalesce(sum(due_minor - pending_minor - paid_minor), 0) FROM treasury_head head
          JOIN treasury_escrow escrow USING (order_id)
         WHERE due_minor > pending_minor + paid_minor AND escrow.currency = %(asset)s)
  FROM treasury_advance WHERE asset = %(asset)s
"""

FUND_BY_DAY = """
SELECT (entry.posted_at AT TIME ZONE %(zone)s)::date AS day,
       sum(entry.amount_minor) FILTER (WHERE transfer.act = 'fund_in'),
       sum(entry.amount_minor) FILTER (WHERE transfer.act = 'recover'),
       -sum(entry.amount_minor) FILTER (WHERE transfer.act = 'advance'),
       -sum(entry.amount_minor) FILTER (WHERE transfer.act = 'bear'),
       sum(entry.amount_minor)
  FROM treasury_account account
  JOIN treasury_entry entry ON entry.account_id = account.id
  JOIN treasury_transfer transfer ON transfer.id = entry.transfer_id
 WHERE account.kind = 'fund' AND account.asset = %(asset)s AND account.merchant_id = '' AND entry.posted_at >= %(since)s
 GROUP BY 1 ORDER BY 1
"""

MERCHANT = """
SELECT kind, posted_minor, pending_out_minor FROM treasury_account
 WHERE owner = %s AND merchant_id = %s AND asset = %s AND kind IN ('merchant', 'deposit', 'receivable', 'write_off')
"""

MERCHANTS = """
SELECT owner,
       coalesce(sum(posted_minor - pending_out_minor) FILTER (WHERE kind = 'merchant'), 0),
       coalesce(sum(posted_minor - pending_out_minor) FILTER (WHERE kind = 'deposit'), 0),
       coalesce(-sum(posted_minor) FILTER (WHERE kind = 'receivable'), 0),
       coalesce(-sum(posted_minor) FILTER (WHERE kind = 'write_off'), 0)
  FROM treasury_account
 WHERE asset = %(asset)s AND owner = merchant_id AND kind IN ('merchant', 'deposit', 'receivable', 'write_off')
   AND owner > %(after)s AND (%(only)s::text[] IS NULL OR owner = ANY(%(only)s))
 GROUP BY owner ORDER BY owner LIMIT %(limit)s
"""

MONEY_OUT = """
SELECT count(*), coalesce(sum(amount_minor), 0),
       coalesce(sum(amount_minor) FILTER (WHERE state = 'settled'), 0),
       coalesce(sum(amount_minor) FILTER (WHERE state = 'failed'), 0)
  FROM treasury_intent
 WHERE asset = %(asset)s AND created_at >= %(since)s AND kind <> 'prior' AND state <> 'replaced'
"""

IN_TROUBLE = "SELECT state, count(*) FROM treasury_intent WHERE state IN ('held', 'failed') GROUP BY state"

MERCHANT_IN_ESCROW = """
SELECT coalesce(sum(account.posted_minor - account.pending_out_minor), 0)
  FROM treasury_escrow escrow JOIN treasury_account account
    ON account.owner = escrow.order_id::text AND account.kind = 'escrow' AND account.asset = escrow.currency
   AND account.merchant_id = escrow.merchant_id
 WHERE escrow.merchant_id = %s AND escrow.currency = %s AND escrow.settled_at IS NULL
"""

MERCHANT_ENTRIES = """
SELECT entry.id, entry.posted_at, entry.kind, transfer.act, transfer.reference, transfer.order_id, transfer.case_id,
       escrow.order_number, entry.amount_minor, entry.after_minor
  FROM (SELECT newest.*, account.kind
          FROM treasury_account account CROSS JOIN LATERAL (
               SELECT id, transfer_id, posted_at, amount_minor, after_minor FROM treasury_entry
                WHERE account_id = account.id AND (%s::bigint = 0 OR id < %s) ORDER BY id DESC LIMIT %s) newest
         WHERE account.owner = %s AND account.merchant_id = %s AND account.asset = %s
           AND account.kind IN ('merchant', 'deposit', 'receivable')
         ORDER BY newest.id DESC LIMIT %s) entry
  JOIN treasury_transfer transfer ON transfer.id = entry.transfer_id
  LEFT JOIN treasury_escrow escrow ON escrow.order_id = transfer.order_id
 ORDER BY entry.id DESC
"""

PAYOUTS = """
SELECT intent.id, intent.order_id, intent.case_id, intent.kind, intent.state, intent.asset, intent.amount_minor,
       intent.units, intent.provider, intent.payment_reference, intent.provider_reference, intent.last_error,
       intent.created_at, intent.settled_at, intent.next_attempt_at, intent.round, intent.attempts,
       (SELECT jsonb_agg(jsonb_build_array(line_id, head, amount_minor, payer) ORDER BY part.id)
          FROM treasury_part part WHERE part.intent_id = intent.id),
       instruction.result -> 'paid_from', intent.merchant_id
  FROM treasury_intent intent LEFT JOIN treasury_instruction instruction ON instruction.reference = intent.instruction
"""

OF_ORDER = " WHERE intent.order_id = %s AND intent.state <> 'replaced' ORDER BY intent.id"
OF_BUYER = (
    " WHERE intent.order_id = ANY (ARRAY(SELECT order_id FROM treasury_escrow WHERE buyer_id = %s))"
    " AND intent.state <> 'replaced' AND (%s::uuid IS NULL OR intent.id < %s) ORDER BY intent.id DESC LIMIT %s"
)
IN_STATE = " WHERE intent.state = ANY(%s) AND (%s::uuid IS NULL OR intent.id < %s) ORDER BY intent.id DESC LIMIT %s"

WALLET = """
SELECT asset, sum(posted_minor) FROM treasury_account WHERE kind = 'wallet' AND owner = %s
 GROUP BY asset HAVING sum(posted_minor) <> 0 ORDER BY asset
"""

ACCOUNTS = """
SELECT id, kind, owner, merchant_id, asset, posted_minor, pending_out_minor FROM treasury_account
 WHERE id > %s AND (%s = '' OR kind = %s) AND (%s = '' OR merchant_id = %s) ORDER BY id LIMIT %s
"""

TOTALS = """
SELECT kind, asset, count(*), sum(posted_minor), sum(pending_out_minor) FROM treasury_account
 GROUP BY kind, asset ORDER BY asset, kind
"""

TRANSFERS = """
SELECT transfer.id, act, reference, state, transfer.merchant_id, order_id, case_id, created_at, resolved_at,
       coalesce((SELECT jsonb_agg(jsonb_build_array(kind, owner, asset, entry.amount_minor, entry.before_minor,
                                                    entry.after_minor) ORDER BY entry.id)
                   FROM treasury_entry entry JOIN treasury_account account ON account.id = entry.account_id
                  WHERE entry.transfer_id = transfer.id),
                (SELECT jsonb_agg(planned_entry || '[null, null]'::jsonb)
                   FROM jsonb_array_elements(planned) planned_entry))
  FROM treasury_transfer transfer
"""

TRANSFER_PAGE = (
    " WHERE (%s::uuid IS NULL OR transfer.id < %s) AND (%s = '' OR act = %s)"
    " AND (%s = '' OR transfer.merchant_id = %s) ORDER BY transfer.id DESC LIMIT %s"
)
TRANSFERS_OF_ORDER = " WHERE transfer.order_id = %s ORDER BY transfer.id"
TRANSFER_BY_ID = " WHERE transfer.id = %s"

DIFFERENCES = """
SELECT id, provider, reference, kind, amount_minor, currency, booked_at, difference FROM treasury_statement_line
 WHERE transfer_id IS NULL AND id > %s ORDER BY id LIMIT %s
"""

UNPROVEN = """
SELECT transfer.id, transfer.act, transfer.reference, transfer.resolved_at,
       (SELECT -sum(entry.amount_minor) FROM treasury_entry entry JOIN treasury_account account
            ON account.id = entry.account_id WHERE entry.transfer_id = transfer.id AND account.kind = 'provider')
  FROM treasury_transfer transfer
 WHERE transfer.state = 'posted' AND transfer.created_at >= %s AND transfer.resolved_at < %s
   AND act IN ('receive', 'deposit_in', 'refund', 'payout', 'merchant_out', 'deposit_out')
   AND EXISTS (SELECT 1 FROM treasury_entry entry JOIN treasury_account account ON account.id = entry.account_id
                WHERE entry.transfer_id = transfer.id AND account.kind = 'provider')
   AND NOT EXISTS (SELECT 1 FROM treasury_statement_line line WHERE line.transfer_id = transfer.id)
   AND NOT EXISTS (SELECT 1 FROM treasury_transfer corrected
                    WHERE corrected.order_id = transfer.order_id AND corrected.act = 'receive_returned'
                      AND transfer.act = 'receive' AND corrected.reference LIKE transfer.reference || '/%%')
 ORDER BY transfer.id LIMIT %s
"""


def rows(statement: str, values: Sequence[Any] | dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def fund_net_since(asset: str, since: datetime) -> int:
    """What the fund gained or lost from that moment on."""
    found = rows(
        "SELECT coalesce(sum(entry.amount_minor), 0) FROM treasury_account account JOIN treasury_entry entry"
        " ON entry.account_id = account.id WHERE account.kind = 'fund' AND account.asset = %s"
        " AND account.merchant_id = '' AND entry.posted_at >= %s",
        [asset, since],
    )
    return int(found[0][0])


def outstanding_by_merchant(asset: str, limit: int) -> list[tuple[str, int, datetime]]:
    """Merchants who owe the fund most: merchant, amount, since when."""
    return [
        (merchant_id, int(amount), since)
        for merchant_id, amount, since in rows(
            "SELECT merchant_id, sum(amount_minor - recovered_minor - written_off_minor), min(made_at)"
            " FROM treasury_advance WHERE asset = %s AND amount_minor > recovered_minor + written_off_minor"
            " GROUP BY merchant_id ORDER BY 2 DESC, 1 LIMIT %s",
            [asset, limit],
        )
    ]


def payments_of(order_id: UUID) -> list[tuple[Any, ...]]:
    return rows(
        "SELECT payment_id, means, provider, provider_reference, amount_minor, units, returned_minor, lost_minor,"
        " paid_at FROM treasury_payment WHERE order_id = %s ORDER BY position",
        [order_id],
    )
