"""What other rooms tell this one, or ask it: refunds that settled or failed, and whether an order is in dispute."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from makewhole.core.case.commands import RefundFailed, RefundSettled
from makewhole.core.case.model import SYSTEM
from makewhole.core.words import Text
from makewhole.rooms.cases import store
from makewhole.rooms.cases.service.commanding import act


class RefundFollower:
    """The treasury's listener: what the provider reported moves the case, in the same transaction."""

    def refund_settled(self, case_id: UUID, reference: str, now: datetime) -> None:
        act(case_id, RefundSettled(reference=reference), SYSTEM, now)

    def refund_failed(self, case_id: UUID, reference: str, why: str, now: datetime) -> None:
        act(case_id, RefundFailed(reference=reference, why=why), SYSTEM, now)


def not_to_settle(order_ids: Sequence[UUID]) -> Iterable[UUID]:
    """Of these orders, those whose escrow may not go to the merchant yet: a case is open."""
    return store.orders_with_cases(order_ids, open_only=True)


def sales_in_cases(order_ids: Sequence[UUID]) -> Mapping[UUID, Text]:
    """Orders whose sale may not be corrected any more, because a case was decided on it."""
    why = Text("该订单已有售后", "a case was opened on the order")
    return dict.fromkeys(store.orders_with_cases(order_ids, open_only=False), why)
