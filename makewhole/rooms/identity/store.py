"""The room's own SQL: receipts, which every write of the API passes through, and the lookup of keys."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from makewhole.rooms import prepared


class StoredReceipt(NamedTuple):
    """A receipt as it lies in the table."""

    request_sha256: bytes
    status: int
    headers: dict[str, str]
    body: bytes


class StoredKey(NamedTuple):
    """An API key as it lies in the table."""

    id: UUID
    secret_sha256: bytes
    scopes: tuple[str, ...]
    merchant_id: str
    shop_id: str
    revoked_at: datetime | None


def claim_receipt(caller: str, key: str, request_sha256: bytes, now: datetime) -> bool:
    """Take the key for this transaction. False when somebody has it.

    While another transaction holds the same key, this waits for its end: after a commit the key is theirs, after a
    rollback ours.
    """
    with prepared.together():  # with the BEGIN that goes before it
        taken = prepared.send(
            "INSERT INTO identity_receipt (caller, key, request_sha256, status, headers, body, created_at)"
            " VALUES (%s, %s, %s, 0, '{}', '', %s) ON CONFLICT (caller, key) DO NOTHING RETURNING 1",
            [caller, key, request_sha256, now],
        )
    return bool(taken.rows())


def fill_receipt(caller: str, key: str, status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Write the answer into the receipt that this transaction has claimed."""
    prepared.execute(
        "UPDATE identity_receipt SET status = %s, headers = %s::jsonb, body = %s WHERE caller = %s AND key = %s",
        [status, json.dumps(dict(headers)), body, caller, key],
    )


def read_receipt(caller: str, key: str) -> StoredReceipt | None:
    """The committed receipt, if there is one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT request_sha256, status, headers, body FROM identity_receipt WHERE caller = %s AND key = %s",
            [caller, key],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    headers = json.loads(row[2]) if isinstance(row[2], str) else row[2]
    return StoredReceipt(bytes(row[0]), row[1], headers, bytes(row[3]))


def remove_receipts(made_before: datetime, limit: int) -> int:
    """Remove at most `limit` receipts older than the given time; how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM identity_receipt WHERE (caller, key) IN (SELECT caller, key FROM identity_receipt"
            " WHERE created_at < %s ORDER BY created_at LIMIT %s FOR UPDATE SKIP LOCKED)",
            [made_before, limit],
        )
        return int(cursor.rowcount)


def use_key(prefix: str, now: datetime) -> StoredKey | None:
    """Read a key and note that it was used."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE identity_api_key SET last_used_at = %s WHERE prefix = %s"
            " RETURNING id, secret_sha256, scopes, merchant_id, shop_id, revoked_at",
            [now, prefix],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    scopes = json.loads(row[2]) if isinstance(row[2], str) else row[2]
    return StoredKey(row[0], bytes(row[1]), tuple(scopes), row[3], row[4], row[5])
