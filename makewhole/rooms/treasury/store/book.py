"""The ledger in the database: lock accounts in one order, then write transfers, entries and balances in one go."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from makewhole.core.ledger.model import UNBOUNDED, AccountKey, AccountKind, Entry, Transfer, TransferState
from makewhole.core.ledger.refusals import InsufficientFunds
from makewhole.rooms import prepared
from makewhole.rooms.arrays import columns
from makewhole.rooms.ids import new_id
from makewhole.rooms.treasury.store.batch import Batch

Place = tuple[str, AccountKey]
"""Where an account lies: the merchant it belongs to ('' for the platform's own) and its key."""

_CREATE = """
INSERT INTO treasury_account (merchant_id, kind, owner, asset, posted_minor, pending_out_minor)
SELECT merchant_id, kind, owner, asset, 0, 0
  FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[]) WITH ORDINALITY
       AS wanted (merchant_id, kind, owner, asset, place)
 WHERE NOT EXISTS (SELECT 1 FROM treasury_account found
                    WHERE (found.owner, found.kind, found.asset, found.merchant_id)
                        = (wanted.owner, wanted.kind, wanted.asset, wanted.merchant_id))
 ORDER BY place
ON CONFLICT DO NOTHING
"""
_LOCK = """
SELECT account.merchant_id, account.kind, account.owner, account.asset, account.id,
       account.posted_minor, account.pending_out_minor
  FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[]) AS wanted (merchant_id, kind, owner, asset)
  JOIN treasury_account account USING (owner, kind, asset, merchant_id)
 ORDER BY account.kind = 'fund', account.id FOR NO KEY UPDATE OF account
"""


def place_of(merchant_id: str, account: AccountKey) -> Place:
    """The fund's stripes are the platform's; every other account exists per merchant."""
    return ("" if account.kind is AccountKind.FUND else merchant_id, account)


class Book:
    """One transaction's view of the accounts it has locked, and what it is about to write about them.

    `lock` first, all accounts at once: every transaction takes its locks in the order of account ids, the fund's
    stripes last, so none waits for another in a circle. A transaction that pays several times may come back for the
    stripes; whatever else it will need of a merchant it must take the first time. `write` adds the statements to a
    batch.
    """

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._ids: dict[Place, int] = {}
        self._posted: dict[Place, int] = {}
        self._pending_out: dict[Place, int] = {}
        self._touched: dict[Place, None] = {}
        self._transfers: list[tuple[UUID, Transfer, TransferState]] = []
        self._entries: list[tuple[UUID, int, int, int, int]] = []
        self._resolved: list[tuple[UUID, TransferState]] = []

    def lock(self, places: Iterable[Place]) -> None:
        """Lock these accounts, making those that do not exist yet."""
        wanted = sorted(set(places), key=lambda place: (place[0], place[1].kind, place[1].owner, place[1].asset))
        if not wanted:
            return
        told = columns([(merchant_id, *account) for merchant_id, account in wanted])
        with prepared.together():
            prepared.execute(_CREATE, told)
            locked = prepared.send(_LOCK, told)
        for merchant_id, kind, owner, asset, number, posted, pending_out in locked.rows():
            place = (merchant_id, AccountKey(AccountKind(kind), owner, asset))
            self._ids[place], self._posted[place], self._pending_out[place] = number, posted, pending_out

    def balances(self, merchant_id: str, accounts: Iterable[AccountKey] | None = None) -> dict[AccountKey, int]:
        """What is available on the locked accounts of a merchant and the platform, or on these of them."""
        places = self._ids if accounts is None else [place_of(merchant_id, account) for account in accounts]
        return {
            account: self._posted[owner, account] - self._pending_out[owner, account]
            for owner, account in places
            if owner in ("", merchant_id)
        }

    def holds(self, place: Place) -> bool:
        """Whether this account is locked here."""
        return place in self._ids

    def post(self, transfer: Transfer) -> UUID:
        """Write a transfer with its entries. Raises `InsufficientFunds` when an account would fall below its floor."""
        number = new_id()
        self._transfers.append((number, transfer, TransferState.POSTED))
        self._enter(number, transfer)
        return number

    def hold(self, transfer: Transfer) -> UUID:
        """Write a pending transfer: what it will take is no longer available, nothing is entered yet."""
        number = new_id()
        for place, amount_minor in self._outgoing(transfer):
            account = place[1]
            left = self._posted[place] - self._pending_out[place]
            if account.kind not in UNBOUNDED and left < amount_minor:
                raise InsufficientFunds(account, amount_minor, left)
            self._pending_out[place] += amount_minor
            self._touched[place] = None
        self._transfers.append((number, transfer, TransferState.PENDING))
        return number

    def resolve(self, number: UUID, transfer: Transfer, state: TransferState) -> None:
        """Post or void a pending transfer read from the database; its accounts are locked."""
        for place, amount_minor in self._outgoing(transfer):
            self._pending_out[place] -= amount_minor
            self._touched[place] = None
        self._resolved.append((number, state))
        if state is TransferState.POSTED:
            self._enter(number, transfer)

    def write(self, batch: Batch) -> None:
        """Add to the batch: the transfers, their entries, the new balances."""
        self._write_transfers(batch)
        self._write_entries(batch)
        if self._touched:
            places = list(self._touched)
            batch.add(
                "UPDATE treasury_account SET posted_minor = fresh.posted, pending_out_minor = fresh.pending_out"
                " FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS fresh (id, posted, pending_out)"
                " WHERE treasury_account.id = fresh.id",
                [
                    [self._ids[place] for place in places],
                    [self._posted[place] for place in places],
                    [self._pending_out[place] for place in places],
                ],
            )
        self._transfers, self._entries, self._resolved, self._touched = [], [], [], {}

    def _enter(self, number: UUID, transfer: Transfer) -> None:
        for account, amount_minor in transfer.entries:
            place = place_of(transfer.merchant_id, account)
            before = self._posted[place]
            after = before + amount_minor
            if after < self._pending_out[place] and account.kind not in UNBOUNDED:
                raise InsufficientFunds(account, -amount_minor, before - self._pending_out[place])
            self._posted[place] = after
            self._touched[place] = None
            self._entries.append((number, self._ids[place], amount_minor, before, after))

    def _outgoing(self, transfer: Transfer) -> list[tuple[Place, int]]:
        return [
            (place_of(transfer.merchant_id, account), -amount_minor)
            for account, amount_minor in transfer.entries
            if amount_minor < 0
        ]

    def _write_transfers(self, batch: Batch) -> None:
        if self._transfers:
            batch.add(
                "INSERT INTO treasury_transfer (id, act, reference, state, merchant_id, order_id, case_id, planned,"
                " created_at, resolved_at) SELECT id, act, reference, state, merchant_id, nullif(order_id, '')::uuid,"
                " nullif(case_id, '')::uuid, planned, %s, CASE WHEN state = 'posted' THEN %s END"
                " FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],"
                " %s::jsonb[]) AS fresh (id, act, reference, state, merchant_id, order_id, case_id, planned)",
                [self._now, self._now, *columns([_transfer_row(*each) for each in self._transfers])],
            )
        if self._resolved:
            batch.add(
                "UPDATE treasury_transfer SET state = fresh.state, resolved_at = %s"
                " FROM unnest(%s::uuid[], %s::text[]) AS fresh (id, state) WHERE treasury_transfer.id = fresh.id",
                [self._now, *columns([(number, str(state)) for number, state in self._resolved])],
            )

    def _write_entries(self, batch: Batch) -> None:
        if self._entries:
            batch.add(
                "INSERT INTO treasury_entry"
                " (transfer_id, account_id, amount_minor, before_minor, after_minor, posted_at)"
                " SELECT transfer_id, account_id, amount, before, after, %s FROM unnest(%s::uuid[], %s::bigint[],"
                " %s::bigint[], %s::bigint[], %s::bigint[]) AS fresh (transfer_id, account_id, amount, before, after)",
                [self._now, *columns(self._entries)],
            )


def pending_transfer(number: UUID) -> Transfer:
    """A pending transfer as it was planned. Raises LookupError when it is not pending any more."""
    return _transfer(
        number,
        "SELECT act, reference, merchant_id, order_id, case_id, planned FROM treasury_transfer"
        " WHERE id = %s AND state = 'pending'",
    )


def posted_transfer(number: UUID) -> Transfer:
    """A posted transfer with its entries. Raises LookupError when it was not posted."""
    return _transfer(
        number,
        "SELECT act, reference, transfer.merchant_id, order_id, case_id,"
        " (SELECT jsonb_agg(jsonb_build_array(kind, owner, asset, amount_minor) ORDER BY entry.id)"
        " FROM treasury_entry entry JOIN treasury_account account ON account.id = entry.account_id"
        " WHERE entry.transfer_id = transfer.id)"
        " FROM treasury_transfer transfer WHERE id = %s AND state = 'posted'",
    )


def _transfer(number: UUID, statement: str) -> Transfer:
    with connection.cursor() as cursor:
        cursor.execute(statement, [number])
        row = cursor.fetchone()
    if row is None:
        raise LookupError(f"transfer {number} is not in the state it was looked for in")
    act, reference, merchant_id, order_id, case_id, stored = row
    entries = json.loads(stored) if isinstance(stored, str) else stored
    return Transfer(
        act,
        reference,
        tuple(Entry(AccountKey(AccountKind(kind), owner, asset), amount) for kind, owner, asset, amount in entries),
        merchant_id,
        str(order_id or ""),
        str(case_id or ""),
    )


def _transfer_row(number: UUID, transfer: Transfer, state: TransferState) -> tuple[Any, ...]:
    planned = None
    if state is TransferState.PENDING:
        planned = json.dumps([[str(key.kind), key.owner, key.asset, amount] for key, amount in transfer.entries])
    return (
        number,
        transfer.act,
        transfer.reference,
        str(state),
        transfer.merchant_id,
        transfer.order_id,
        transfer.case_id,
        planned,
    )
