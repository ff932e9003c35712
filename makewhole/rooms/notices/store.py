"""The raw SQL of notices: telling people in one statement, who listens, and claiming tries."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from makewhole.rooms import prepared
from makewhole.rooms.arrays import columns

_NOTICE = (
    "id uuid, to_role text, to_id text, template text, subject_zh text, subject_en text, body_zh text, body_en text,"
    " case_id uuid, merchant_id text, created_at timestamptz, spread_at timestamptz"
)
NOTICE_COLUMNS = tuple(column.split()[0] for column in _NOTICE.split(", "))
_INSERT_NOTICES = (
    f"INSERT INTO notices_notice ({', '.join(NOTICE_COLUMNS)}) SELECT * FROM unnest("  # noqa: S608 - constants
    f"{', '.join(f'%s::{column.split()[1]}[]' for column in _NOTICE.split(', '))})"
)


class Listener(NamedTuple):
    """An endpoint and what it hears of: one merchant or all (''), some types of event or all (none named)."""

    endpoint_id: UUID
    merchant_id: str
    event_types: frozenset[str]

    def hears(self, event_type: str, merchant_id: str) -> bool:
        return self.merchant_id in ("", merchant_id) and (not self.event_types or event_type in self.event_types)


class Due(NamedTuple):
    """A delivery whose next try is due; `attempt` is the number that try will have."""

    delivery_id: UUID
    attempt: int


def insert_notices(rows: Sequence[tuple[Any, ...]]) -> None:
    """Store notices, columns as in NOTICE_COLUMNS, in one statement."""
    prepared.execute(_INSERT_NOTICES, columns(rows))


def listening(merchant_ids: Collection[str]) -> list[Listener]:
    """The endpoints that hear of any of these merchants."""
    rows = prepared.run(
        "SELECT id, merchant_id, event_types FROM notices_endpoint"
        " WHERE disabled_at IS NULL AND merchant_id = ANY (%s)",
        [["", *merchant_ids]],
    )
    return [Listener(endpoint_id, of, frozenset(types)) for endpoint_id, of, types in rows]


def take_due(now: datetime, lost_at: datetime, limit: int) -> list[Due]:
    """Take up to `limit` deliveries whose try is due, or was lost on its way; others leave them alone until `lost_at`.

    A claimed try that never ended counts as lost, and its claim is lifted: only where repeating does no harm (a
    webhook's receiver knows it by its id). Mail and text messages that were claimed are ended by `end_interrupted`.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE notices_delivery SET next_attempt_at = %(lost_at)s, claimed_at = NULL
             WHERE id IN (
                   SELECT id FROM notices_delivery
                    WHERE state = 'waiting' AND next_attempt_at <= %(now)s
                      AND (claimed_at IS NULL OR channel = 'webhook')
                    ORDER BY next_attempt_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
            RETURNING id, attempts + 1
            """,
            {"now": now, "lost_at": lost_at, "limit": limit},
        )
        return [Due(*row) for row in cursor.fetchall()]


def end_interrupted(now: datetime, limit: int) -> list[Due]:
    """End mail and text messages whose try was claimed and never ended: they may have been sent, so never again."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE notices_delivery
               SET state = 'failed', next_attempt_at = NULL, claimed_at = NULL, finished_at = %(now)s
             WHERE id IN (
                   SELECT id FROM notices_delivery
                    WHERE state = 'waiting' AND next_attempt_at <= %(now)s
                      AND claimed_at IS NOT NULL AND channel <> 'webhook'
                    ORDER BY next_attempt_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
            RETURNING id, attempts
            """,
            {"now": now, "limit": limit},
        )
        return [Due(*row) for row in cursor.fetchall()]


def claim(due: Due, now: datetime, lost_at: datetime) -> bool:
    """Claim a try. False when it was made, claimed or called off before."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE notices_delivery
               SET attempts = attempts + 1, claimed_at = %(now)s, next_attempt_at = %(lost_at)s
             WHERE id = %(id)s AND state = 'waiting' AND attempts = %(attempt)s - 1 AND claimed_at IS NULL
            """,
            {"id": due.delivery_id, "attempt": due.attempt, "now": now, "lost_at": lost_at},
        )
        return cursor.rowcount == 1
