"""Every line of a provider's statement against one transfer of the books (I4)."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from makewhole.rooms.treasury import ports
from makewhole.rooms.treasury.ports import StatementEntry
from makewhole.rooms.treasury.store import statements as store
from makewhole.rooms.treasury.store.statements import BookedTransfer, OpenLine

BATCH = 500
SETTLES_WITHIN = timedelta(days=3)
"""How far back a statement is read again: lines may be booked late."""

_PAID_IN = ("receive", "deposit_in", "recover")
_SENT = ("refund", "payout", "deposit_out", "merchant_out")


class Difference(NamedTuple):
    """A statement line without its transfer. `why` says what is wrong."""

    provider: str
    reference: str
    amount_minor: int
    currency: str
    why: str


class Reconciled(NamedTuple):
    """`lines` were new, `matched` found their transfer now, `differences` are all lines that have none."""

    lines: int
    matched: int
    differences: tuple[Difference, ...]


def reconcile(lines: Iterable[StatementEntry]) -> Reconciled:
    """Keep the lines of a statement and match every line that has no transfer yet.

    The same statement again changes nothing. A line matches the one posted transfer that moved its amount with that
    provider under its key; a transfer proves one line only.
    """
    remaining = iter(lines)
    kept = 0
    while batch := list(islice(remaining, BATCH)):
        kept += store.keep_lines(batch)
    matched, differences, after = 0, [], 0
    while open_lines := store.open_lines(after, BATCH):
        after = open_lines[-1].id
        found, missing = _match(open_lines)
        matched += found
        differences += missing
    return Reconciled(kept, matched, tuple(differences))


def reconcile_provider(name: str, now: datetime) -> Reconciled:
    """Fetch a provider's statement from shortly before its last known line, and reconcile it."""
    last = store.last_booked(name)
    since = last - SETTLES_WITHIN if last else datetime(2000, 1, 1, tzinfo=UTC)
    return reconcile(ports.provider(name).statement(since, now))


@transaction.atomic
def _match(lines: Sequence[OpenLine]) -> tuple[int, list[Difference]]:
    wanted = _candidates(lines)
    booked: dict[str, list[BookedTransfer]] = {}
    for transfer in store.transfers_by_reference([reference for each in wanted.values() for reference in each]):
        booked.setdefault(transfer.reference, []).append(transfer)
    corrected = _corrected(lines, booked)
    used: set[UUID] = set()
    matches: list[tuple[int, UUID | None, str]] = []
    differences: list[Difference] = []
    for line in lines:
        transfers = [each for reference in wanted[line.id] for each in booked.get(reference, [])]
        transfers += corrected.get(line.entry.key, [])
        proven, why = _proven(line.entry, [each for each in transfers if each.act in _acts(line.entry)], used)
        if proven is not None:
            used.add(proven.id)
        else:
            entry = line.entry
            differences.append(Difference(entry.provider, entry.reference, entry.amount_minor, entry.currency, why))
        matches.append((line.id, proven.id if proven else None, why))
    store.write_matches(matches)
    return len(used), differences


def _candidates(lines: Sequence[OpenLine]) -> dict[int, list[str]]:
    """For each line, the references under which its transfer may be booked."""
    disputes = store.chargebacks_by_reference([line.entry.reference for line in lines if _is_dispute(line.entry)])
    sent = [intent_id for line in lines if line.entry.kind == "transfer" and (intent_id := _uuid(line.entry.key))]
    withdrawn = store.withdrawals(sent) if sent else {}
    wanted: dict[int, list[str]] = {}
    for line in lines:
        entry = line.entry
        if _is_dispute(entry):
            wanted[line.id] = disputes.get(entry.reference, [])
        elif entry.kind == "transfer":
            intent_id = _uuid(entry.key)
            wanted[line.id] = [withdrawn[intent_id]] if intent_id in withdrawn else []
        elif entry.amount_minor > 0 and entry.kind != "returned":
            wanted[line.id] = [entry.key]
        else:
            wanted[line.id] = [f"{entry.key}/{entry.round}"]
    return wanted


def _corrected(lines: Sequence[OpenLine], booked: dict[str, list[BookedTransfer]]) -> dict[str, list[BookedTransfer]]:
    """Payments whose sale was corrected are booked anew under a longer reference."""
    keys = {
        line.entry.key
        for line in lines
        if line.entry.kind == "capture"
        and not any(each.amount_minor == line.entry.amount_minor for each in booked.get(line.entry.key, []))
    }
    orders = [order_id for key in keys if (order_id := _uuid(key.partition("/")[0]))]
    found: dict[str, list[BookedTransfer]] = {}
    for transfer in store.transfers_of_orders(orders) if orders else []:
        for key in keys:
            if transfer.reference.startswith(f"{key}/"):
                found.setdefault(key, []).append(transfer)
    return found


def _proven(
    entry: StatementEntry, transfers: Sequence[BookedTransfer], used: set[UUID]
) -> tuple[BookedTransfer | None, str]:
    posted = [each for each in transfers if each.state == "posted"]
    if not transfers:
        return None, "no transfer in the books"
    if not posted:
        return None, f"the transfer in the books is {transfers[0].state}"
    free = [each for each in posted if each.proven_by is None and each.id not in used]
    if not free:
        return None, "another line proves its transfer already"
    total_minor = sum(each.amount_minor for each in free)
    fitting = [each for each in free if each.amount_minor == entry.amount_minor]
    if fitting:
        return fitting[0], ""
    if _is_dispute(entry) and total_minor == entry.amount_minor:
        return free[0], ""
    return None, f"the books moved {total_minor}, the statement says {entry.amount_minor}"


def _acts(entry: StatementEntry) -> tuple[str, ...]:
    if _is_dispute(entry):
        return ("chargeback", "advance")
    if entry.kind == "returned":
        return ("refund_returned", "payout_returned", "merchant_out_returned", "deposit_out_returned")
    return _PAID_IN if entry.amount_minor > 0 else _SENT


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _is_dispute(entry: StatementEntry) -> bool:
    return entry.kind == "chargeback"
