"""What is due on an order, per line and head, over all its cases (I2)."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from makewhole.core.ledger.model import HeadDue
from makewhole.core.words import Head
from makewhole.rooms.treasury.service.refusals import DueAboveCap, DueBelowPaid, UnknownOrder
from makewhole.rooms.treasury.store.batch import Batch, joined
from makewhole.rooms.treasury.store.orders import DueRow, HeadRow, lock_heads, write_dues


class Granted(NamedTuple):
    """What one case grants, line by line and head by head, in place of what it granted before."""

    order_id: UUID
    case_id: UUID
    dues: tuple[HeadDue, ...]


def set_dues(order_id: UUID, case_id: UUID, dues: Iterable[HeadDue]) -> None:
    """State what one case grants: `set_all_dues` for a single one."""
    set_all_dues([Granted(order_id, case_id, tuple(dues))])


@joined()
def set_all_dues(granted: Sequence[Granted]) -> None:
    """State what cases grant, all of them or none; they are of different orders.

    The due of a head is the sum over the order's cases. Raises `DueBelowPaid` when a case would grant less than was
    paid or is under way for it, `DueAboveCap` when the sum would rise above the cap, `UnknownOrder`; nothing is
    changed then.
    """
    if not granted:
        return
    locked = lock_heads([(each.order_id, each.case_id) for each in granted])
    totals: list[DueRow] = []
    own: list[DueRow] = []
    for order_id, case_id, dues in granted:
        if order_id not in locked:
            raise UnknownOrder(order_id)
        merchant_id, rows = locked[order_id]
        known = {(row.line_id, row.head): row for row in rows}
        for key, due in _wanted(dues, rows).items():
            totals.append(DueRow(order_id, merchant_id, case_id, _total(due, known.get(key))))
            own.append(DueRow(order_id, merchant_id, case_id, due))
    batch = Batch()
    write_dues(batch, totals, own)
    batch.run()


def _wanted(dues: Iterable[HeadDue], known: Sequence[HeadRow]) -> dict[tuple[str, Head], HeadDue]:
    """The dues, each line and head once; nothing any more where the case granted something before."""
    wanted: dict[tuple[str, Head], HeadDue] = {}
    for due in dues:
        earlier = wanted.get((due.line_id, due.head))
        summed = due.due_minor + (earlier.due_minor if earlier else 0)
        wanted[due.line_id, due.head] = due._replace(due_minor=summed)
    for row in known:
        if row.of_this_case_minor:
            wanted.setdefault((row.line_id, row.head), HeadDue(row.line_id, row.head, 0, row.cap_minor))
    return wanted


def _total(due: HeadDue, known: HeadRow | None) -> HeadDue:
    if known is None:
        total = due
    else:
        if due.due_minor < known.gone_of_this_case_minor:
            raise DueBelowPaid(due.line_id, due.head, due.due_minor, known.gone_of_this_case_minor)
        total_minor = known.due_minor - known.of_this_case_minor + due.due_minor
        if total_minor < known.gone_minor:
            raise DueBelowPaid(due.line_id, due.head, total_minor, known.gone_minor)
        total = due._replace(due_minor=total_minor, cap_minor=max(due.cap_minor, known.cap_minor))
    if not 0 <= total.due_minor <= total.cap_minor:
        raise DueAboveCap(due.line_id, due.head, total.due_minor, total.cap_minor)
    return total
