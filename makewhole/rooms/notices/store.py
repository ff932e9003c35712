"""The raw SQL of notices: telling people in one statement, who listens, and claiming tries."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

NOTICE_COLUMNS = (
    "id, to_role, to_id, template, subject_zh, subject_en, body_zh, body_en, case_id, merchant_id, created_at, "
    "spread_at"
)


class Listener(NamedTuple):
    """An endpoint and what it hears of: one merchant or all (''), some types of event or all (none named)."""

    endpoint_id: UUID
    merchant_id: str
    event_types: frozenset[str]

    def hears(self, event_type: str, merchant_id: str) -> bool:
        return self.merchant_id in ("", merchant_id) and (not self.event_types or event_type in self.event_types)


ROWS_MAX = 1000


class Due(NamedTuple):
    """A delivery whose next try is due; `attempt` is the number that try will have."""

    delivery_id: UUID
    attempt: int


def insert_notices(rows: Sequence[tuple[Any, ...]]) -> None:
    """Store notices, columns as in NOTICE_COLUMNS; one statement for up to a thousand."""
    with connection.cursor() as cursor:
        for start in range(0, len(rows), ROWS_MAX):
            batch = rows[start : start + ROWS_MAX]
            places = ", ".join([f"({', '.join(['%s'] * 12)})"] * len(batch))
            cursor.execute(
                f"INSERT INTO notices_notice ({NOTICE_COLUMNS}) VALUES {places}",  # noqa: S608 - places are %s alone
                [value for row in batch for value in row],
            )


def listening(merchant_ids: Collection[str]) -> list[Listener]:
    """The endpoints that hear of any of these merchants."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, merchant_id, event_types FROM notices_endpoint "
            "WHERE disabled_at IS NULL AND merchant_id = ANY (%s)",
            [["", *merchant_ids]],
        )
        return [Listener(endpoint_id, of, frozenset(types)) for endpoint_id, of, types in cursor.fetchall()]


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
