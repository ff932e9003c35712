"""What others must know or may say about orders: how a shop is named, and whether a sale still may be corrected."""

import re
from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID

from makewhole.core.words import Text

SHOP_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
"""How a shop is named."""


class SaleGuard(Protocol):
    """Tells which of these orders may not have their sale changed any more, and why. Their rows are locked."""

    def __call__(self, order_ids: Sequence[UUID]) -> Mapping[UUID, Text]: ...


_guards: dict[str, SaleGuard] = {}


def register_sale_guard(room: str, guard: SaleGuard) -> None:
    """Let a room above (cases, treasury) speak; called once from its AppConfig.ready."""
    _guards[room] = guard


def held_sales(order_ids: Sequence[UUID]) -> dict[UUID, Text]:
    """The orders among these whose sale may not change, each with the first reason given."""
    held: dict[UUID, Text] = {}
    if order_ids:
        for guard in _guards.values():
            for order_id, reason in guard(order_ids).items():
                held.setdefault(order_id, reason)
    return held
