"""Where an order stands: what is paid on it, and what is there to pay from."""

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
    """One statement; lock the order first where the figures decide something."""
    paid, (escrow_minor, merchant_minor, fund_minor) = reading.position(order_id, merchant_id, currency)
    return Position(paid, escrow_minor, merchant_minor, fund_minor)
