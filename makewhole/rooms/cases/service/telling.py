"""Tell the parties what happened in their cases, in the transaction that stores it."""

from collections.abc import Sequence
from datetime import datetime

from makewhole.core.case.decision import Notice
from makewhole.core.case.model import Case
from makewhole.core.order.model import Order
from makewhole.rooms.notices import service as notices
from makewhole.rooms.rulebooks import queries as rulebooks


def tell(told: Sequence[tuple[Case, Order, Sequence[Notice]]], now: datetime) -> None:
    """One statement for all notices of these cases."""
    sent = [
        worded
        for case, order, wanted in told
        for worded in notices.about_case(
            case, wanted, order_number=order.id, zone=rulebooks.book(case.market).calendar.zone
        )
    ]
    notices.send(sent, now)
