"""What a decision is made from: the locked order, its cases, what is paid, and the rules of its market."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from makewhole.core.case.decision import Context, Refusal, UnitsTaken
from makewhole.core.case.model import Actor, Case, Outcome
from makewhole.core.rulebook.model import WHOLE_ORDER, Paid
from makewhole.core.words import Head, Reason, Text
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
DECIDED = frozenset({Outcome.SETTLED, Outcome.RULED_FOR_BUYER, Outcome.RULED_IN_PART, Outcome.DISMISSED})
"""Outcomes after which the same matter on the same units is over."""


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
        others = [stored.case for stored in self.cases if case is None or stored.case.id != case.id]
        opening = case is None
        return Context(
            actor=actor,
            order_id=str(self.record.id),
            order=self.record.order,
            allocation=self.record.allocation,
            book=rulebooks.book(self.record.order.market),
            ids=self.ids,
            paid=self.paid,
            taken=units_taken(others) if opening else {},
            claimed_whole_order=claimed_whole_order(others),
            decided=decided(others) if opening else frozenset(),
        )


def units_taken(cases: list[Case]) -> dict[str, UnitsTaken]:
    taken: dict[str, UnitsTaken] = {}
    for case in cases:
        for line in case.lines:
            known = taken.get(line.line_id, UnitsTaken())
            if case.is_open:
                taken[line.line_id] = known._replace(held=known.held + line.quantity)
            elif case.outcome in DECIDED:
                taken[line.line_id] = known._replace(decided=known.decided + line.quantity)
    return taken


def claimed_whole_order(cases: list[Case]) -> frozenset[Head]:
    """Heads of the whole order that other open cases ask for or were given."""
    return frozenset(
        due.head
        for case in cases
        if case.is_open
        for terms in (case.wanted, case.agreed)
        if terms is not None
        for due in terms.dues
        if due.line_id == WHOLE_ORDER
    )


def decided(cases: list[Case]) -> frozenset[tuple[str, Reason]]:
    return frozenset(
        (line.line_id, reason)
        for case in cases
        if case.outcome in DECIDED
        for line in case.lines
        for reason in case.reasons
    )
