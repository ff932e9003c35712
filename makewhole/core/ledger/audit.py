"""The books checked from the transfers alone, without trusting any stored balance."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from makewhole.core.ledger.model import UNBOUNDED, AccountKey, AccountKind, Advance, Transfer, TransferState


class Fault(NamedTuple):
    """One broken invariant: which, and the first place to look."""

    invariant: str
    where: str
    what: str


def audit(transfers: Sequence[tuple[Transfer, TransferState]], advances: Sequence[Advance] = ()) -> tuple[Fault, ...]:
    """Every fault of these books. `transfers` are all there are, in the order in which they were posted.

    Checks I1 (every transfer and the whole ledger sum to zero per asset; an act happens once per reference), I3 (no
    account below its floor at any moment) and I8 (advances = recovered + outstanding + written off, and the
    receivables of the ledger are exactly what is outstanding).
    """
    posted = [transfer for transfer, state in transfers if state is TransferState.POSTED]
    return (
        *_unbalanced(transfer for transfer, _ in transfers),
        *_repeated(transfer for transfer, state in transfers if state is not TransferState.VOIDED),
        *_below_floor(posted),
        *_debts(posted, advances),
    )


def balances_of(transfers: Iterable[Transfer]) -> dict[tuple[str, AccountKey], int]:
    """Final balances, per merchant and account, of posted transfers."""
    sums: dict[tuple[str, AccountKey], int] = {}
    for transfer in transfers:
        for account, amount_minor in transfer.entries:
            where = _place(transfer, account)
            sums[where] = sums.get(where, 0) + amount_minor
    return sums


def _place(transfer: Transfer, account: AccountKey) -> tuple[str, AccountKey]:
    return ("" if account.kind is AccountKind.FUND else transfer.merchant_id, account)


def _unbalanced(transfers: Iterable[Transfer]) -> list[Fault]:
    faults: list[Fault] = []
    for transfer in transfers:
        sums: Counter[str] = Counter()
        for account, amount_minor in transfer.entries:
            sums[account.asset] += amount_minor
        faults += [
            Fault("I1", f"{transfer.act} {transfer.reference}", f"entries sum to {total} {asset}")
            for asset, total in sums.items()
            if total
        ]
    return faults


def _repeated(transfers: Iterable[Transfer]) -> list[Fault]:
    counts = Counter((transfer.act, transfer.reference) for transfer in transfers)
    return [
        Fault("I1", f"{act} {reference}", f"done {count} times")
        for (act, reference), count in counts.items()
        if count > 1
    ]


def _below_floor(posted: Iterable[Transfer]) -> list[Fault]:
    sums: dict[tuple[str, AccountKey], int] = {}
    faults: list[Fault] = []
    for transfer in posted:
        for account, amount_minor in transfer.entries:
            where = _place(transfer, account)
            sums[where] = sums.get(where, 0) + amount_minor
            if sums[where] < 0 and account.kind not in UNBOUNDED:
                faults.append(
                    Fault(
                        "I3", f"{transfer.act} {transfer.reference}", f"{account.kind} {account.owner}: {sums[where]}"
                    )
                )
    return faults


def _debts(posted: Sequence[Transfer], advances: Sequence[Advance]) -> list[Fault]:
    faults = [
        Fault("I8", f"advance {advance.reference}", f"{advance.outstanding_minor} outstanding")
        for advance in advances
        if not 0 <= advance.outstanding_minor <= advance.amount_minor
    ]
    outstanding: Counter[tuple[str, str]] = Counter()
    written_off: Counter[tuple[str, str]] = Counter()
    for advance in advances:
        outstanding[advance.merchant_id, advance.asset] += advance.outstanding_minor
        written_off[advance.merchant_id, advance.asset] += advance.written_off_minor
    sides = (
        (AccountKind.RECEIVABLE, outstanding, -1),
        (AccountKind.WRITE_OFF, written_off, -1),
        (AccountKind.ADVANCED, outstanding + written_off, 1),
    )
    held: Counter[tuple[AccountKind, str, str]] = Counter()
    for (_, account), amount_minor in balances_of(posted).items():
        held[account.kind, account.owner, account.asset] += amount_minor
    merchants = set(outstanding) | {(owner, asset) for kind, owner, asset in held if kind is AccountKind.ADVANCED}
    for merchant_id, asset in sorted(merchants):
        for kind, records, sign in sides:
            on_account, on_record = held[kind, merchant_id, asset], sign * records[merchant_id, asset]
            if on_account != on_record:
                faults.append(
                    Fault("I8", f"{kind} {merchant_id}", f"account {on_account}, records {on_record} {asset}")
                )
    return faults
