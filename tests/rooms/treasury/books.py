"""The books audited from outside: once by the room's own checks, once by the core's audit of the bare transfers."""

from makewhole.core.ledger.audit import audit
from makewhole.core.ledger.model import AccountKey, AccountKind, Advance, Entry, Transfer, TransferState
from makewhole.rooms.treasury import models, queries


def books_are_sound() -> None:
    """Every invariant of money holds; otherwise says which one does not, and where."""
    found = [
        (check.invariant, check.title, result.wrong, result.first_offender)
        for check in queries.checks()
        if (result := check.run()).wrong
    ]
    assert not found, found
    faults = audit(_posted(), _advances())
    assert not faults, faults


def _posted() -> list[tuple[Transfer, TransferState]]:
    """Posted transfers in the order in which their entries were written."""
    entries: dict[object, list[Entry]] = {}
    rows = models.Entry.objects.select_related("account", "transfer").order_by("id")
    transfers = {}
    for row in rows:
        key = AccountKey(AccountKind(row.account.kind), row.account.owner, row.account.asset)
        entries.setdefault(row.transfer_id, []).append(Entry(key, row.amount_minor))
        transfers[row.transfer_id] = row.transfer
    return [
        (
            Transfer(each.act, each.reference, tuple(entries[key]), each.merchant_id, str(each.order_id or ""), ""),
            TransferState(each.state),
        )
        for key, each in transfers.items()
    ]


def _advances() -> list[Advance]:
    return [
        Advance(
            each.reference,
            each.merchant_id,
            each.asset,
            each.amount_minor,
            each.recovered_minor,
            each.written_off_minor,
        )
        for each in models.Advance.objects.all()
    ]
