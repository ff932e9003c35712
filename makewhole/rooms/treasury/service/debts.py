"""What merchants owe the fund: every movement of the receivable is written down against the advances it pays (I8)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from makewhole.core.ledger.funding import recovered_minor
from makewhole.core.ledger.model import Transfer
from makewhole.core.ledger.movements import Scope
from makewhole.rooms.ids import new_id
from makewhole.rooms.treasury.store.batch import Batch
from makewhole.rooms.treasury.store.payouts import (
    AdvanceRow,
    RecourseRow,
    lock_outstanding,
    write_advances,
    write_recourse,
)

Posted = Sequence[tuple[UUID, Transfer]]


class Debt(NamedTuple):
    """What the fund laid out for a merchant under a reference, with the transfers that did it and took it back."""

    scope: Scope
    reference: str
    asset: str
    amount_minor: int
    posted: Posted


def write_debts(batch: Batch, debts: Iterable[Debt], now: datetime) -> None:
    """New advances, each with what its own recourse brought back at once."""
    advances: list[AdvanceRow] = []
    recourse: list[RecourseRow] = []
    for scope, reference, asset, amount_minor, posted in debts:
        if amount_minor:
            case_id = UUID(scope.case_id) if scope.case_id else None
            order_id, merchant_id = UUID(scope.order_id), scope.merchant_id
            advances.append(AdvanceRow(new_id(), reference, order_id, merchant_id, case_id, asset, amount_minor))
            recourse += [
                RecourseRow(advances[-1].id, number, merchant_id, _source(transfer), back_minor)
                for number, transfer in posted
                if (back_minor := recovered_minor([transfer]))
            ]
    write_advances(batch, advances, now)
    write_recourse(batch, recourse, now)


def write_recovery(batch: Batch, scope: Scope, asset: str, posted: Posted, now: datetime) -> int:
    """What these transfers brought back (or wrote off) pays the merchant's advances, oldest first. Returns how much.

    The transaction holds the merchant's receivable account.
    """
    taken = [(number, transfer, _taken(transfer)) for number, transfer in posted]
    taken = [each for each in taken if each[2]]
    if not taken:
        return 0
    open_advances = lock_outstanding(scope.merchant_id, asset)
    rows: list[RecourseRow] = []
    for number, transfer, left_minor in taken:
        while left_minor:
            advance_id, outstanding_minor = open_advances.pop(0)
            amount_minor = min(left_minor, outstanding_minor)
            rows.append(RecourseRow(advance_id, number, scope.merchant_id, _source(transfer), amount_minor))
            left_minor -= amount_minor
            if outstanding_minor > amount_minor:
                open_advances.insert(0, (advance_id, outstanding_minor - amount_minor))
    write_recourse(batch, rows, now)
    return sum(row.amount_minor for row in rows)


def _taken(transfer: Transfer) -> int:
    if transfer.act == "write_off":
        return sum(amount for _, amount in transfer.entries if amount > 0)
    return recovered_minor([transfer])


def _source(transfer: Transfer) -> str:
    """The account a recovery came from, which its reference ends with; a write-off comes from none."""
    return "write_off" if transfer.act == "write_off" else transfer.reference.rsplit("/", 1)[1]
