"""The books as an operator reads them: accounts, transfers, and what statements do not agree with."""

import json
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from makewhole.core.ledger.model import AccountKind, TransferState
from makewhole.rooms.treasury.queries.paging import bounded, identifier, number
from makewhole.rooms.treasury.store import reports

LOOKED_BACK = timedelta(days=90)


class AccountRow(NamedTuple):
    id: int
    kind: AccountKind
    owner: str
    merchant_id: str
    asset: str
    posted_minor: int
    pending_out_minor: int


class KindTotal(NamedTuple):
    """All accounts of one kind and asset together."""

    kind: AccountKind
    asset: str
    accounts: int
    posted_minor: int
    pending_out_minor: int


class EntryRow(NamedTuple):
    """`before_minor` and `after_minor` are None while the transfer is pending or was voided."""

    kind: AccountKind
    owner: str
    asset: str
    amount_minor: int
    before_minor: int | None
    after_minor: int | None


class TransferRow(NamedTuple):
    id: UUID
    act: str
    reference: str
    state: TransferState
    merchant_id: str
    order_id: UUID | None
    case_id: UUID | None
    created_at: datetime
    resolved_at: datetime | None
    entries: tuple[EntryRow, ...]


class AccountPage(NamedTuple):
    accounts: tuple[AccountRow, ...]
    next_cursor: str


class TransferPage(NamedTuple):
    transfers: tuple[TransferRow, ...]
    next_cursor: str


class LineDifference(NamedTuple):
    """A statement line without a transfer; `why` is empty before it was compared."""

    id: int
    provider: str
    reference: str
    kind: str
    amount_minor: int
    currency: str
    booked_at: datetime
    why: str


class Unproven(NamedTuple):
    """A transfer with a provider that no statement line proves yet."""

    id: UUID
    act: str
    reference: str
    posted_at: datetime
    amount_minor: int


def totals() -> tuple[KindTotal, ...]:
    """The balance sheet: every kind of account, summed. The sums of one asset add up to zero."""
    found = reports.rows(reports.TOTALS, [])
    return tuple(KindTotal(AccountKind(row[0]), row[1], row[2], int(row[3]), int(row[4])) for row in found)


def accounts(kind: str = "", merchant_id: str = "", cursor: str = "", limit: int = 50) -> AccountPage:
    """A page of accounts by age, of one kind or merchant when named. Raises `BadCursor`."""
    limit = bounded(limit)
    values = [number(cursor), kind, kind, merchant_id, merchant_id, limit + 1]
    found = reports.rows(reports.ACCOUNTS, values)
    page = tuple(AccountRow(row[0], AccountKind(row[1]), *row[2:]) for row in found[:limit])
    return AccountPage(page, str(page[-1].id) if len(found) > limit else "")


def transfers(act: str = "", merchant_id: str = "", cursor: str = "", limit: int = 50) -> TransferPage:
    """A page of transfers with their entries, newest first. Raises `BadCursor`."""
    start, limit = identifier(cursor), bounded(limit)
    values = [start, start, act, act, merchant_id, merchant_id, limit + 1]
    found = reports.rows(reports.TRANSFERS + reports.TRANSFER_PAGE, values)
    page = tuple(_transfer(row) for row in found[:limit])
    return TransferPage(page, str(page[-1].id) if len(found) > limit else "")


def transfers_of_order(order_id: UUID) -> tuple[TransferRow, ...]:
    """Every transfer of an order, oldest first."""
    found = reports.rows(reports.TRANSFERS + reports.TRANSFERS_OF_ORDER, [order_id])
    return tuple(_transfer(row) for row in found)


def transfer(transfer_id: UUID) -> TransferRow | None:
    found = reports.rows(reports.TRANSFERS + reports.TRANSFER_BY_ID, [transfer_id])
    return _transfer(found[0]) if found else None


def differences(cursor: str = "", limit: int = 50) -> tuple[LineDifference, ...]:
    """Statement lines no transfer was found for, oldest first."""
    return tuple(LineDifference(*row) for row in reports.rows(reports.DIFFERENCES, [number(cursor), bounded(limit)]))


def unproven(before: datetime, limit: int = 50) -> tuple[Unproven, ...]:
    """Transfers with a provider, made in the 90 days before then, that no statement line proves."""
    values = [before - LOOKED_BACK, before, bounded(limit)]
    return tuple(Unproven._make([*row[:4], int(row[4])]) for row in reports.rows(reports.UNPROVEN, values))


def _transfer(row: tuple[Any, ...]) -> TransferRow:
    entries = json.loads(row[9]) if isinstance(row[9], str) else row[9]
    found = tuple(EntryRow(AccountKind(entry[0]), *entry[1:]) for entry in entries or ())
    return TransferRow._make([*row[:3], TransferState(row[3]), *row[4:9], found])
