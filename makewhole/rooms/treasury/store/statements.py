"""Providers' statements against the books."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from makewhole.rooms.arrays import columns
from makewhole.rooms.treasury.ports import StatementEntry


class BookedTransfer(NamedTuple):
    """A transfer as far as a provider is concerned. `amount_minor`: positive came in, negative went out."""

    id: UUID
    act: str
    reference: str
    state: str
    amount_minor: int
    proven_by: int | None


class OpenLine(NamedTuple):
    """A statement line no transfer was found for yet."""

    id: int
    entry: StatementEntry


_TRANSFERS = """
SELECT transfer.id, transfer.act, transfer.reference, transfer.state,
       coalesce(-(SELECT sum(entry.amount_minor) FROM treasury_entry entry
                    JOIN treasury_account account ON account.id = entry.account_id
                   WHERE entry.transfer_id = transfer.id AND account.kind = 'provider'), 0),
       line.id
  FROM treasury_transfer transfer LEFT JOIN treasury_statement_line line ON line.transfer_id = transfer.id
"""


def keep_lines(entries: Sequence[StatementEntry]) -> int:
    """Keep statement lines; those known already are left as they are. Returns how many are new."""
    if not entries:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO treasury_statement_line (provider, reference, kind, our_key, round, payment_reference,"
            " amount_minor, currency, booked_at, difference) SELECT *, '' FROM unnest(%s::text[], %s::text[],"
            " %s::text[], %s::text[], %s::int[], %s::text[], %s::bigint[], %s::text[], %s::timestamptz[])"
            " ON CONFLICT (provider, reference) DO NOTHING",
            columns(entries),
        )
        return int(cursor.rowcount)


def open_lines(after: int, limit: int) -> list[OpenLine]:
    """Lines without a transfer, in the order in which they were kept."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, provider, reference, kind, our_key, round, payment_reference, amount_minor, currency, booked_at"
            " FROM treasury_statement_line WHERE transfer_id IS NULL AND id > %s ORDER BY id LIMIT %s",
            [after, limit],
        )
        return [OpenLine(row[0], StatementEntry(*row[1:])) for row in cursor.fetchall()]


def transfers_by_reference(references: Sequence[str]) -> list[BookedTransfer]:
    return _transfers(" WHERE transfer.reference = ANY(%s)", list(references))


def transfers_of_orders(order_ids: Sequence[UUID]) -> list[BookedTransfer]:
    """What was received on these orders, corrected sales included."""
    return _transfers(" WHERE transfer.order_id = ANY(%s) AND transfer.act = 'receive'", list(order_ids))


def withdrawals(intent_ids: Sequence[UUID]) -> dict[UUID, str]:
    """References under which merchants' own withdrawals are booked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, instruction FROM treasury_intent"
            " WHERE id = ANY(%s) AND kind IN ('merchant_out', 'deposit_out')",
            [list(intent_ids)],
        )
        return dict(cursor.fetchall())


def chargebacks_by_reference(references: Sequence[str]) -> dict[str, list[str]]:
    """For a provider's dispute, the references of the acts it became, one for each order."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT split_part(reference, '/', 1), id::text FROM treasury_chargeback"
            " WHERE split_part(reference, '/', 1) = ANY(%s) ORDER BY id",
            [list(references)],
        )
        for reference, chargeback_id in cursor.fetchall():
            found.setdefault(reference, []).append(chargeback_id)
    return found


def write_matches(matches: Sequence[tuple[int, UUID | None, str]]) -> None:
    """Line → the transfer it proves, or why there is none."""
    if matches:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE treasury_statement_line SET transfer_id = fresh.transfer_id, difference = fresh.difference"
                " FROM unnest(%s::bigint[], %s::uuid[], %s::text[]) AS fresh (id, transfer_id, difference)"
                " WHERE treasury_statement_line.id = fresh.id",
                columns(matches),
            )


def last_booked(provider: str) -> datetime | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(booked_at) FROM treasury_statement_line WHERE provider = %s", [provider])
        row = cursor.fetchone()
    return row[0] if row else None


def _transfers(condition: str, values: list[Any]) -> list[BookedTransfer]:
    with connection.cursor() as cursor:
        cursor.execute(_TRANSFERS + condition, [values])
        return [BookedTransfer._make([*row[:4], int(row[4]), row[5]]) for row in cursor.fetchall()]
