"""The fund's terms, the acts already done, and the orders whose escrow is due."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from makewhole.core.ledger.model import AccountKey, AccountKind
from makewhole.rooms import prepared
from makewhole.rooms.treasury.store.batch import Batch


class FundTerms(NamedTuple):
    stripes: int
    approval_limit_minor: int


DEFAULT_TERMS = FundTerms(stripes=16, approval_limit_minor=1_000_000)
"""A fund starts with sixteen accounts, and pays up to 10,000.00 (in a currency of two decimals) by itself."""


def fund_terms(asset: str) -> FundTerms | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT stripes, approval_limit_minor FROM treasury_fund WHERE asset = %s", [asset])
        row = cursor.fetchone()
    return FundTerms(*row) if row else None


class FundNow(NamedTuple):
    """A fund's limit, and its accounts with what is available on each: a moment ago, nothing is locked."""

    approval_limit_minor: int
    stripes: tuple[tuple[AccountKey, int], ...]


_FUNDS = """
SELECT fund.asset, fund.approval_limit_minor, account.owner, account.posted_minor - account.pending_out_minor
  FROM treasury_fund fund LEFT JOIN treasury_account account
    ON account.kind = 'fund' AND account.asset = fund.asset AND account.merchant_id = ''
 WHERE fund.asset = ANY(%s) ORDER BY fund.asset, account.owner
"""


def funds_now(assets: Sequence[str]) -> dict[str, FundNow]:
    """The funds in these currencies, as far as they were ever set up."""
    funds: dict[str, FundNow] = {}
    for asset, limit_minor, owner, available_minor in prepared.run(_FUNDS, [list(assets)]):
        fund = funds.get(asset, FundNow(limit_minor, ()))
        stripes = [] if owner is None else [(AccountKey(AccountKind.FUND, owner, asset), available_minor)]
        funds[asset] = fund._replace(stripes=(*fund.stripes, *stripes))
    return funds


def open_fund(asset: str, terms: FundTerms) -> None:
    """Set up a fund where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO treasury_fund (asset, stripes, approval_limit_minor) VALUES (%s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            [asset, *terms],
        )


def set_approval_limit(asset: str, limit_minor: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE treasury_fund SET approval_limit_minor = %s WHERE asset = %s", [limit_minor, asset])
        return bool(cursor.rowcount)


def stripe_keys(asset: str, count: int) -> tuple[AccountKey, ...]:
    """The fund's accounts: owner '00' and so on."""
    return tuple(AccountKey(AccountKind.FUND, f"{number:02d}", asset) for number in range(count))


def done_as(act: str, reference: str) -> tuple[str, int] | None:
    """Merchant and amount of an act already done under this reference; None when it was not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT transfer.merchant_id, coalesce((SELECT sum(amount_minor) FROM treasury_entry"
            " WHERE transfer_id = transfer.id AND amount_minor > 0), (SELECT sum((entry->>3)::bigint)"
            " FROM jsonb_array_elements(transfer.planned) entry WHERE (entry->>3)::bigint > 0), 0)"
            " FROM treasury_transfer transfer WHERE act = %s AND reference = %s",
            [act, reference],
        )
        row = cursor.fetchone()
    return (row[0], int(row[1])) if row else None


def lock_reference(reference: str) -> None:
    """Until the transaction ends, nobody else works under this reference."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('treasury ' || %s, 0))", [reference])


def orders_to_settle(now: datetime, limit: int) -> list[UUID]:
    """Orders whose escrow is due to the merchant, longest due first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT order_id FROM treasury_escrow WHERE settled_at IS NULL AND settle_due_at <= %s"
            " ORDER BY settle_due_at LIMIT %s",
            [now, limit],
        )
        return [order_id for (order_id,) in cursor.fetchall()]


class EscrowToSettle(NamedTuple):
    """One order's escrow, locked. It `must_wait` while something due is not paid or a chargeback runs.

    `owed_minor` is what the merchant owed the fund a moment ago.
    """

    order_id: UUID
    merchant_id: str
    currency: str
    is_settled: bool
    must_wait: bool
    owed_minor: int


_ESCROWS = """
SELECT 1 FROM treasury_escrow WHERE order_id = ANY(%s) ORDER BY order_id FOR NO KEY UPDATE;
SELECT escrow.order_id, escrow.merchant_id, escrow.currency, escrow.settled_at IS NOT NULL,
       EXISTS (SELECT 1 FROM treasury_head head
                WHERE head.order_id = escrow.order_id AND due_minor > pending_minor + paid_minor)
       OR EXISTS (SELECT 1 FROM treasury_chargeback disputed
                   WHERE disputed.order_id = escrow.order_id AND disputed.state = 'open'),
       coalesce(-(SELECT posted_minor FROM treasury_account
                   WHERE (owner, kind, asset, merchant_id)
                       = (escrow.merchant_id, 'receivable', escrow.currency, escrow.merchant_id)), 0)
  FROM treasury_escrow escrow WHERE escrow.order_id = ANY(%s) ORDER BY escrow.order_id
"""


def lock_escrows(order_ids: Sequence[UUID]) -> list[EscrowToSettle]:
    """Lock these orders' escrows in one order for everybody, then read them."""
    with connection.cursor() as cursor:
        cursor.execute(_ESCROWS, [list(order_ids), list(order_ids)])
        cursor.nextset()
        return [EscrowToSettle(*row) for row in cursor.fetchall()]


def write_settled(batch: Batch, order_ids: Sequence[UUID], now: datetime) -> None:
    if order_ids:
        batch.add("UPDATE treasury_escrow SET settled_at = %s WHERE order_id = ANY(%s)", [now, list(order_ids)])


def postpone_settlement(order_ids: Sequence[UUID], until: datetime) -> None:
    """Orders with open cases or dues are looked at again later."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE treasury_escrow SET settle_due_at = %s WHERE order_id = ANY(%s) AND settled_at IS NULL",
            [until, list(order_ids)],
        )
