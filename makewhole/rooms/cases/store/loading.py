"""What a decision is made from: the locked order, its cases, what is paid, and the rules of its market."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from makewhole.core.case.decision import Context, Refusal
from makewhole.core.case.model import Actor, Case
from makewhole.core.rulebook.model import Paid
from makewhole.core.words import Text
from makewhole.rooms.cases.store.reading import StoredCase
from makewhole.rooms.ids import new_id
from makewhole.rooms.orders.service import OrderRecord
from makewhole.rooms.rulebooks import queries as rulebooks

CASE_UNKNOWN = Refusal(
    "case_unknown", Text("没有这个售后", "there is no such case"), Text("从列表里选择", "choose one from your list")
)
ORDER_UNKNOWN = Refusal(
    "order_unknown",
    Text("没有这笔订单", "there is no such order"),
    Text("选择自己的订单", "choose one of your orders"),
    "order_id",
)


def fresh_ids() -> Iterator[str]:
    while True:
        yield str(new_id())


@dataclass(slots=True)
class Loaded:
    """An order under its lock, with all its cases and what is paid on it."""

    record: OrderRecord
    cases: list[StoredCase]
    paid: tuple[Paid, ...]
    ids: Iterator[str] = field(default_factory=fresh_ids)

    def case(self, case_id: UUID) -> StoredCase | None:
        wanted = str(case_id)
        return next((stored for stored in self.cases if stored.case.id == wanted), None)

    def context(self, actor: Actor, case: Case | None) -> Context:
        """The context for a command on one case of the order, or for opening one more."""
        others = tuple(stored.case for stored in self.cases if case is None or stored.case.id != case.id)
        return Context(
            actor=actor,
            order_id=str(self.record.id),
            order=self.record.order,
            allocation=self.record.allocation,
            book=rulebooks.book(self.record.order.market),
            ids=self.ids,
            paid=self.paid,
            others=others,
        )
