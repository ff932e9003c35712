"""Where an order stands: what is paid on it, and what is there to pay from."""

from collections.abc import Callable, Sequence
from typing import NamedTuple
from uuid import UUID

from makewhole.core.rulebook.model import Paid
from makewhole.rooms.treasury.store import reading


class Position(NamedTuple):
    """`paid` is what was paid or is under way per line, head and payer, over all cases of the order.

    The rest is what is available: in the order's escrow, on the merchant's balance, and in the whole fund.
    """

    paid: tuple[Paid, ...]
    escrow_minor: int
    merchant_minor: int
    fund_minor: int


def position(order_id: UUID, merchant_id: str, currency: str) -> Position:
    """What is paid and what is available; lock the order first where the figures decide something."""
    return Position(paid(order_id), *reading.available(order_id, merchant_id, currency))


def paid(order_id: UUID) -> tuple[Paid, ...]:
    """What was paid or is under way on an order, as in `Position`; lock the order first where it decides something."""
    return ask_paid([order_id])().get(order_id, ())


def ask_paid(order_ids: Sequence[UUID]) -> Callable[[], dict[UUID, tuple[Paid, ...]]]:
    """As `paid`, of several orders, for statements that go out together; orders with nothing paid are left out."""
    return reading.ask_paid(order_ids)
