"""The feed of all events, in an order no late transaction can slip behind."""

from datetime import datetime
from typing import Any

import orjson
from django.db import connection

_SETTLED = """
SELECT e.position, e.case_id, e.sequence, e.merchant_id, e.kind, e.at, e.role, e.actor_id, e.data::text
  FROM cases_event e
 WHERE e.position > %(after)s AND (%(merchant_id)s = '' OR e.merchant_id = %(merchant_id)s)
   AND e.recorded_at < %(settled_before)s
 ORDER BY e.position LIMIT %(limit)s
"""

_OLDEST = """
SELECT least(clock_timestamp(), min(xact_start)) - interval '50 milliseconds'
  FROM pg_stat_activity
 WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()
"""


def settled_before() -> datetime:
    """Events recorded before this moment are complete: no transaction that still runs began before it."""
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST)
        moment: datetime = cursor.fetchone()[0]
    return moment


def events_after(position: int, limit: int, merchant_id: str) -> list[tuple[Any, ...]]:
    """Events of one merchant (or all) after a position, in order of position, once no earlier one can follow."""
    moment = settled_before()
    with connection.cursor() as cursor:
        cursor.execute(
            _SETTLED,
            {"after": position, "limit": limit, "merchant_id": merchant_id, "settled_before": moment},
        )
        return [(*row[:8], orjson.loads(row[8])) for row in cursor.fetchall()]
