"""What is due on an order, per line and head, over all its cases (I2)."""

from collections.abc import Iterable
from uuid import UUID

from makewhole.core.ledger.model import HeadDue
from makewhole.core.words import Head
from makewhole.rooms.treasury.service.refusals import DueAboveCap, DueBelowPaid, UnknownOrder
from makewhole.rooms.treasury.store.batch import Batch, joined
from makewhole.rooms.treasury.store.orders import HeadRow, lock_heads, write_dues


@joined()
def set_dues(order_id: UUID, case_id: UUID, dues: Iterable[HeadDue]) -> None:
    """State what one case grants, line by line and head by head, in place of what it granted before.

    The due of a head is the sum over the order's cases. Raises `DueBelowPaid` when the case would grant less than was
    paid or is under way for it, `DueAboveCap` when the sum would rise above the cap, `UnknownOrder`; nothing is
    changed then.
    """
    locked = lock_heads(order_id, case_id)
    if locked is None:
        raise UnknownOrder(order_id)
    merchant_id, rows = locked
    wanted: dict[tuple[str, Head], HeadDue] = {}
    for due in dues:
        earlier = wanted.get((due.line_id, due.head))
        summed = due.due_minor + (earlier.due_minor if earlier else 0)
        wanted[due.line_id, due.head] = due._replace(due_minor=summed)
    known = {(row.line_id, row.head): row for row in rows}
    for key, row in known.items():
        if row.of_this_case_minor and key not in wanted:
            wanted[key] = HeadDue(row.line_id, row.head, 0, row.cap_minor)
    totals = [_total(due, known.get(key)) for key, due in wanted.items()]
    batch = Batch()
    write_dues(batch, order_id, merchant_id, case_id, totals, list(wanted.values()))
    batch.run()


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
