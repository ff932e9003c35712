"""The invariants of money, each as one statement over whole tables: (checked, wrong, first offender)."""

from django.db import connection

TRANSFERS_SUM_TO_ZERO = """
WITH sums AS (
  SELECT entry.transfer_id, account.asset, sum(entry.amount_minor) AS total
    FROM treasury_entry entry JOIN treasury_account account ON account.id = entry.account_id
   GROUP BY 1, 2
), entered AS (
  SELECT transfer_id, max(abs(total)) AS off FROM sums GROUP BY 1
), compared AS (
  SELECT transfer.id, transfer.state, coalesce(entered.off, 0) <> 0
         OR (transfer.state = 'posted') <> (entered.transfer_id IS NOT NULL) AS is_wrong
    FROM treasury_transfer transfer LEFT JOIN entered ON entered.transfer_id = transfer.id
)
SELECT count(*) FILTER (WHERE state = 'posted'), count(*) FILTER (WHERE is_wrong),
       'transfer ' || min(id::text) FILTER (WHERE is_wrong)
  FROM compared
"""

LEDGER_SUMS_TO_ZERO = """
SELECT count(*), count(*) FILTER (WHERE total <> 0), min(asset || ': ' || total) FILTER (WHERE total <> 0)
  FROM (SELECT asset, sum(posted_minor) AS total FROM treasury_account GROUP BY asset) sums
"""

BALANCES_FOLLOW_ENTRIES = """
WITH chain AS (
  SELECT account_id, before_minor, after_minor,
         lag(after_minor, 1, 0::bigint) OVER (PARTITION BY account_id ORDER BY id) AS expected,
         lead(id) OVER (PARTITION BY account_id ORDER BY id) IS NULL AS is_last, id
    FROM treasury_entry
), wrong AS (
  SELECT 'entry ' || chain.id || ' of account ' || account_id AS place FROM chain WHERE before_minor <> expected
  UNION ALL
  SELECT 'account ' || account.id || ': posted ' || account.posted_minor || ', entries end at '
         || coalesce(chain.after_minor, 0)
    FROM treasury_account account LEFT JOIN chain ON chain.account_id = account.id AND chain.is_last
   WHERE account.posted_minor <> coalesce(chain.after_minor, 0)
)
SELECT (SELECT count(*) FROM treasury_entry), (SELECT count(*) FROM wrong), (SELECT min(place) FROM wrong)
"""

PENDING_FOLLOWS_TRANSFERS = """
WITH planned AS (
  SELECT CASE WHEN entry->>0 = 'fund' THEN '' ELSE merchant_id END AS merchant_id, entry->>0 AS kind,
         entry->>1 AS owner, entry->>2 AS asset, -sum((entry->>3)::bigint) AS total
    FROM treasury_transfer, jsonb_array_elements(planned) entry
   WHERE state = 'pending' AND (entry->>3)::bigint < 0
   GROUP BY 1, 2, 3, 4
), compared AS (
  SELECT coalesce(planned.kind, account.kind) || ' ' || coalesce(planned.owner, account.owner) AS place,
         coalesce(planned.total, 0) <> coalesce(account.pending_out_minor, 0) AS is_wrong
    FROM planned FULL JOIN (SELECT * FROM treasury_account WHERE pending_out_minor <> 0) account
      ON (account.merchant_id, account.kind, account.owner, account.asset)
       = (planned.merchant_id, planned.kind, planned.owner, planned.asset)
)
SELECT count(*), count(*) FILTER (WHERE is_wrong), min(place) FILTER (WHERE is_wrong) FROM compared
"""

HEADS_WITHIN_DUE = """
WITH paid AS (
  SELECT part.order_id, part.line_id, part.head,
         sum(part.amount_minor) FILTER (WHERE intent.state = 'settled') AS paid,
         sum(part.amount_minor) FILTER (WHERE intent.state <> 'settled') AS pending
    FROM treasury_part part JOIN treasury_intent intent ON intent.id = part.intent_id
   GROUP BY 1, 2, 3
), compared AS (
  SELECT 'order ' || coalesce(head.order_id, paid.order_id) || ' line ' || coalesce(head.line_id, paid.line_id) || ' '
         || coalesce(head.head, paid.head) AS place,
         head.id IS NULL OR head.paid_minor + head.pending_minor > head.due_minor OR head.due_minor > head.cap_minor
         OR head.paid_minor <> coalesce(paid.paid, 0) OR head.pending_minor <> coalesce(paid.pending, 0) AS is_wrong
    FROM treasury_head head FULL JOIN paid
      ON (head.order_id, head.line_id, head.head) = (paid.order_id, paid.line_id, paid.head)
)
SELECT count(*), count(*) FILTER (WHERE is_wrong), min(place) FILTER (WHERE is_wrong) FROM compared
"""

PAYMENTS_RETURNED_ONCE = """
WITH back AS (
  SELECT part.order_id, part.payment_id, sum(part.amount_minor) AS total
    FROM treasury_part part JOIN treasury_intent intent ON intent.id = part.intent_id
   WHERE part.payment_id <> '' AND intent.kind <> 'chargeback'
   GROUP BY 1, 2
), compared AS (
  SELECT 'order ' || payment.order_id || ' payment ' || payment.payment_id AS place,
         payment.returned_minor > payment.amount_minor OR payment.returned_minor
         <> least(payment.amount_minor, coalesce(back.total, 0) + payment.lost_minor) AS is_wrong
    FROM treasury_payment payment LEFT JOIN back USING (order_id, payment_id)
)
SELECT count(*), count(*) FILTER (WHERE is_wrong), min(place) FILTER (WHERE is_wrong) FROM compared
"""

ABOVE_FLOOR = """
SELECT count(*), count(*) FILTER (WHERE posted_minor < pending_out_minor),
       min(kind || ' ' || owner || ': ' || posted_minor - pending_out_minor)
         FILTER (WHERE posted_minor < pending_out_minor)
  FROM treasury_account WHERE kind NOT IN ('provider', 'receivable', 'platform', 'write_off', 'issued')
"""

PAYMENTS_RECEIVED = """
WITH paid AS (
  SELECT order_id, sum(amount_minor) AS total FROM treasury_payment GROUP BY 1
), received AS (
  SELECT transfer.order_id, sum(entry.amount_minor) AS total
    FROM treasury_transfer transfer JOIN treasury_entry entry ON entry.transfer_id = transfer.id
    JOIN treasury_account account ON account.id = entry.account_id AND account.kind = 'escrow'
   WHERE transfer.act IN ('receive', 'receive_returned')
   GROUP BY 1
), compared AS (
  SELECT order_id, coalesce(paid.total, 0) <> coalesce(received.total, 0) AS is_wrong
    FROM paid FULL JOIN received USING (order_id)
)
SELECT count(*), count(*) FILTER (WHERE is_wrong), 'order ' || min(order_id::text) FILTER (WHERE is_wrong) FROM compared
"""

_LEFT = """
  SELECT entry.transfer_id, sum(entry.amount_minor) AS amount_minor
    FROM treasury_entry entry JOIN treasury_account account ON account.id = entry.account_id
   WHERE account.kind = 'provider' GROUP BY 1
"""
"""What each transfer moved out of the house; what came in is below zero."""

PAYOUTS_HAVE_ONE_REFERENCE = f"""
WITH sent AS ({_LEFT}), wrong AS (
  SELECT intent.id FROM treasury_intent intent LEFT JOIN treasury_transfer transfer ON transfer.id = intent.transfer_id
    LEFT JOIN sent ON sent.transfer_id = intent.transfer_id
   WHERE intent.kind IN ('refund', 'payout', 'deposit_out', 'merchant_out')
     AND CASE intent.state
         WHEN 'settled' THEN intent.provider_reference = '' OR transfer.state IS DISTINCT FROM 'posted'
                             OR sent.amount_minor IS DISTINCT FROM intent.amount_minor
         ELSE transfer.state = 'posted' END
), twice AS (
  SELECT provider, provider_reference FROM treasury_intent WHERE provider_reference <> ''
   GROUP BY 1, 2 HAVING count(*) > 1
)
SELECT (SELECT count(*) FROM treasury_intent WHERE kind IN ('refund', 'payout', 'deposit_out', 'merchant_out')
           AND state = 'settled'),
       (SELECT count(*) FROM wrong) + (SELECT count(*) FROM twice),
       coalesce((SELECT 'payout ' || min(id::text) FROM wrong HAVING count(*) > 0),
                (SELECT min(provider || ' ' || provider_reference) FROM twice))
"""  # noqa: S608 - built of constants

# A dispute over a checkout is one line and a transfer for each of its orders; the line names the first.
LINES_PROVE_TRANSFERS = f"""
WITH moved AS ({_LEFT}), compared AS (
  SELECT line.*, line.transfer_id IS NULL OR line.kind <> 'chargeback'
         AND moved.amount_minor IS DISTINCT FROM -line.amount_minor AS is_wrong
    FROM treasury_statement_line line LEFT JOIN moved USING (transfer_id)
)
SELECT count(*), count(*) FILTER (WHERE is_wrong),
       min(provider || ' ' || reference || ': ' || coalesce(nullif(difference, ''), 'not what its transfer moved'))
         FILTER (WHERE is_wrong)
  FROM compared
"""  # noqa: S608 - built of constants

ADVANCES_ADD_UP = """
WITH taken AS (
  SELECT advance_id, sum(amount_minor) FILTER (WHERE source <> 'write_off') AS back,
         sum(amount_minor) FILTER (WHERE source = 'write_off') AS lost FROM treasury_recourse GROUP BY 1
), wrong AS (
  SELECT 'advance ' || advance.reference AS place
    FROM treasury_advance advance LEFT JOIN taken ON advance_id = advance.id
   WHERE recovered_minor <> coalesce(back, 0) OR written_off_minor <> coalesce(lost, 0)
      OR amount_minor < recovered_minor + written_off_minor
), owed AS (
  SELECT merchant_id, asset, sum(amount_minor - recovered_minor - written_off_minor) AS outstanding,
         sum(written_off_minor) AS written_off FROM treasury_advance GROUP BY 1, 2
), held AS (
  SELECT merchant_id, asset, -coalesce(sum(posted_minor) FILTER (WHERE kind = 'receivable'), 0) AS outstanding,
         -coalesce(sum(posted_minor) FILTER (WHERE kind = 'write_off'), 0) AS written_off,
         coalesce(sum(posted_minor) FILTER (WHERE kind = 'advanced'), 0) AS advanced
    FROM treasury_account WHERE kind IN ('receivable', 'write_off', 'advanced') GROUP BY 1, 2
), differs AS (
  SELECT 'merchant ' || merchant_id || ' (' || asset || ')' AS place FROM owed FULL JOIN held USING (merchant_id, asset)
   WHERE coalesce(owed.outstanding, 0) <> coalesce(held.outstanding, 0)
      OR coalesce(owed.written_off, 0) <> coalesce(held.written_off, 0)
      OR coalesce(held.advanced, 0) <> coalesce(held.outstanding, 0) + coalesce(held.written_off, 0)
)
SELECT (SELECT count(*) FROM treasury_advance), (SELECT count(*) FROM wrong) + (SELECT count(*) FROM differs),
       coalesce((SELECT min(place) FROM wrong), (SELECT min(place) FROM differs))
"""


def run(statement: str) -> tuple[int, int, str]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        checked, wrong, offender = cursor.fetchone()
    return int(checked), int(wrong), offender or ""
