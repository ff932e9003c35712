"""The raw SQL of evidence: locks, the end of a case's chain, and the search for pictures used before."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from django.db import connection


class ChainEnd(NamedTuple):
    """Position and hash of a case's last exhibit; 0 and '' when there is none yet."""

    position: int
    chain_hash: str


class Resemblance(NamedTuple):
    """An exhibit with the same content (`bits_apart` None) or a picture that differs in so many of 64 bits."""

    exhibit_id: UUID
    bits_apart: int | None


def lock_contents(sha256s: Iterable[str]) -> None:
    """Until the transaction ends, nobody else files or removes files with these contents."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('evidence file ' || content, 0)) "
            "FROM unnest(%s::text[]) content",
            [sorted(set(sha256s))],
        )


def lock_chain(case_id: UUID) -> None:
    """Until the transaction ends, nobody else attaches exhibits to this case."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('evidence case ' || %s, 0))", [str(case_id)])


def chain_end(case_id: UUID) -> ChainEnd:
    """Where the case's chain ends. Hold its lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT position, chain_hash FROM evidence_exhibit WHERE case_id = %s ORDER BY position DESC LIMIT 1",
            [case_id],
        )
        row = cursor.fetchone()
    return ChainEnd(*row) if row else ChainEnd(0, "")


def is_referenced(sha256: str) -> bool:
    """Whether any exhibit rests on this file, as original, thumbnail or web view."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT EXISTS (SELECT FROM evidence_exhibit WHERE sha256 = %(content)s)
                OR EXISTS (SELECT FROM evidence_exhibit WHERE thumbnail_sha256 = %(content)s)
                OR EXISTS (SELECT FROM evidence_exhibit WHERE web_view_sha256 = %(content)s)
            """,
            {"content": sha256},
        )
        return bool(cursor.fetchone()[0])


def resembling(
    *, case_id: UUID, sha256: str, perceptual_hash: int | None, bands: list[int], bits_apart_max: int, limit: int
) -> list[Resemblance]:
    """Exhibits of other cases with the same content, or whose picture is near; the nearest first.

    Two hashes at most 7 bits apart share one of their eight bytes, so the index on the bytes finds every candidate.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id, NULL::int AS bits_apart
              FROM evidence_exhibit
             WHERE sha256 = %(sha256)s AND case_id IS NOT NULL AND case_id <> %(case_id)s
            UNION ALL
            SELECT id, bit_count((perceptual_hash # %(hash)s::bigint)::bit(64))::int
              FROM evidence_exhibit
             WHERE perceptual_bands && %(bands)s::smallint[]
               AND bit_count((perceptual_hash # %(hash)s::bigint)::bit(64)) <= %(bits_apart_max)s
               AND sha256 <> %(sha256)s AND case_id IS NOT NULL AND case_id <> %(case_id)s
             ORDER BY 2 NULLS FIRST, 1
             LIMIT %(limit)s
            """,
            {
                "case_id": case_id,
                "sha256": sha256,
                "hash": perceptual_hash,
                "bands": bands,
                "bits_apart_max": bits_apart_max,
                "limit": limit,
            },
        )
        return [Resemblance(*row) for row in cursor.fetchall()]
