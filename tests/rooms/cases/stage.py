"""A small stage for tests of cases on a real database: orders in escrow, claims, and time that moves when told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from makewhole.core.case import commands as c
from makewhole.core.case.model import Case
from makewhole.core.order.model import Order
from makewhole.core.order.read import write_order
from makewhole.core.rulebook.model import ClaimLine
from makewhole.core.words import Reason, Remedy
from makewhole.integrations.payments.sandbox.provider import Sandbox
from makewhole.rooms.cases import service
from makewhole.rooms.treasury import service as treasury
from tests.core.case.play import BUYER, START, an_order

MISSING, REFUND = Reason.ITEM_MISSING, Remedy.REFUND_ONLY


def sell(*orders: Order, now: datetime = START) -> list[UUID]:
    """Import orders through the treasury; a rejected one fails the test."""
    outcomes = treasury.import_orders([write_order(order) for order in orders], "stage", now)
    faults = [fault.say() for outcome in outcomes for fault in outcome.faults]
    assert not faults, faults
    return [outcome.record.id for outcome in outcomes if outcome.record]


def numbered(number: str, **changes: object) -> Order:
    """The usual order under a number of its own."""
    order = an_order(**changes)  # type: ignore[arg-type]
    return order._replace(id=number, payments=tuple(p._replace(reference=f"ref-{number}") for p in order.payments))


def claim(
    order_id: UUID, quantity: int = 1, reason: Reason = MISSING, remedy: Remedy = REFUND, now: datetime = START
) -> Case:
    """The buyer opens a case on line 1."""
    command = c.OpenCase(
        reasons=(reason,), lines=(ClaimLine("1", quantity),), proposal=c.Proposal(remedy=remedy), story="Not there."
    )
    return service.open_case(order_id, command, BUYER, now).case


@dataclass
class Clock:
    """Time for every room at once: deadlines, payments to carry out, the provider's answers."""

    sandbox: Sandbox
    now: datetime = START

    def pass_hours(self, hours: float, step: timedelta = timedelta(minutes=30)) -> datetime:
        end = self.now + timedelta(hours=hours)
        while self.now < end:
            self.now = min(end, self.now + step)
            service.expire_due(self.now, 1000)
            treasury.carry_out_due(self.now, 1000)
            self.sandbox.advance(self.now, 1000)
            self.sandbox.deliver(self.now, 1000)
        return self.now
