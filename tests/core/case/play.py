"""A case played out in the core alone: commands by name, a purse for each side, time that moves when told."""

import itertools
from collections.abc import Iterable
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from makewhole.core.allocation.allocate import allocate
from makewhole.core.case import commands as c
from makewhole.core.case.decide import decide
from makewhole.core.case.decision import Context, Decision, Notice, Refusal
from makewhole.core.case.events import Event
from makewhole.core.case.evolve import fold
from makewhole.core.case.model import SYSTEM, Actor, Case
from makewhole.core.ledger.model import Funding, HeadDue, PayDue, PaymentInstruction
from makewhole.core.order.model import (
    Freight,
    Line,
    Means,
    Order,
    Parcel,
    ParcelEvent,
    ParcelEventKind,
    Payment,
    Promises,
)
from makewhole.core.rulebook.model import Answer, ClaimLine, Paid
from makewhole.core.rulebook.rule import Rulebook
from makewhole.core.words import Head, Party, Reason, Remedy, Role
from makewhole.rooms.rulebooks import queries as rulebooks

MARKET = Path(__file__).parent / "market"
START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
BUYER = Actor(Role.BUYER, "person-1", "buyer-1")
MERCHANT = Actor(Role.MERCHANT, "clerk-1", "merchant-1")
AGENT = Actor(Role.AGENT, "agent-1")
SECOND_AGENT = Actor(Role.AGENT, "agent-2")
OPERATOR = Actor(Role.OPERATOR, "operator-1")


@cache
def book() -> Rulebook:
    return rulebooks.book("demo", MARKET)


def an_order(
    quantities: Iterable[int] = (2,), price_minor: int = 10_000, dispatched: bool = True, late: bool = False
) -> Order:
    """Lines '1', '2', … of these quantities at this price; sent (late or not) and signed unless told otherwise."""
    lines = tuple(
        Line(str(number), f"sku-{number}", f"Teapot {number}", "home", quantity, price_minor)
        for number, quantity in enumerate(quantities, 1)
    )
    sent_at = START - timedelta(days=4)
    promised = sent_at - timedelta(hours=1) if late else sent_at + timedelta(days=1)
    events = (
        ParcelEvent(ParcelEventKind.DISPATCHED, sent_at),
        ParcelEvent(ParcelEventKind.SIGNED, START - timedelta(days=2)),
    )
    freight = Freight(1000)
    paid = sum(line.gross_minor for line in lines) + freight.paid_minor
    return Order(
        id="A-1",
        merchant_id="merchant-1",
        merchant_name="Teahouse",
        buyer_id="buyer-1",
        market="demo",
        currency="CNY",
        placed_at=START - timedelta(days=6),
        lines=lines,
        payments=(Payment("p1", Means.MONEY, paid, "sandbox", "ref-1", 0, START - timedelta(days=6)),),
        freight=freight,
        promises=Promises(dispatch_by=promised),
        parcels=(Parcel("parcel-1", "SF", "SF1", events),) if dispatched else (),
    )


class Purse:
    """The money of one order, as simple as can be: escrow, balance and deposit of the merchant, and the fund."""

    def __init__(
        self, escrow: int = 10**9, merchant: int = 0, fund: int = 10**9, deposit: int = 0, confirms_later: bool = True
    ) -> None:
        self.escrow, self.merchant, self.fund, self.deposit = escrow, merchant, fund, deposit
        self.confirms_later = confirms_later
        self.advanced = 0
        self.paid: dict[tuple[str, Head], int] = {}
        self.granted: dict[str, dict[tuple[str, Head], HeadDue]] = {}

    def grant(self, case_id: str, dues: Iterable[HeadDue]) -> None:
        self.granted[case_id] = {(due.line_id, due.head): due for due in dues}

    def pay(self, instruction: PaymentInstruction) -> c.RecordPayment:
        """Pay as the treasury would. Asserts what it would refuse: more than was granted, more than the cap (I2)."""
        paid: list[PayDue] = []
        advanced = 0
        for due in instruction.dues:
            taken = self.take("escrow", due.amount_minor)
            rest = due.amount_minor - taken
            if rest and instruction.funding is not Funding.FUND:
                taken += self.take("merchant", rest)
                if instruction.funding is Funding.DEPOSIT:
                    taken += self.take("deposit", due.amount_minor - taken)
            elif rest:
                laid_out = self.take("fund", min(rest, instruction.fund_cap_minor - self.advanced))
                self.advanced += laid_out
                advanced += laid_out
                taken += laid_out
            if taken:
                paid.append(due._replace(amount_minor=taken))
                self.book(instruction.case_id, due, taken)
        awaited = (f"{instruction.reference}#refund",) if paid and self.confirms_later else ()
        return c.RecordPayment(instruction=instruction, paid=tuple(paid), advanced_minor=advanced, awaited=awaited)

    def take(self, source: str, wanted: int) -> int:
        taken = max(0, min(wanted, getattr(self, source)))
        setattr(self, source, getattr(self, source) - taken)
        return taken

    def book(self, case_id: str, due: PayDue, taken: int) -> None:
        place = (due.line_id, due.head)
        self.paid[place] = self.paid.get(place, 0) + taken
        granted = sum(dues[place].due_minor for dues in self.granted.values() if place in dues)
        assert self.paid[place] <= granted, f"{place}: {self.paid[place]} paid, {granted} due"
        assert granted <= self.granted[case_id][place].cap_minor, f"{place}: {granted} due above the cap"


class Refused(AssertionError):
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"{refusal.code}: {refusal.what.en}")
        self.refusal = refusal


class Play:
    """One order and its cases, one of them at hand. `give` raises Refused when the core refuses."""

    def __init__(self, order: Order | None = None, purse: Purse | None = None) -> None:
        self.order = order or an_order()
        self.allocation = allocate(self.order)
        self.purse = purse or Purse()
        self.now = START
        self.case: Case | None = None
        self.events: list[Event] = []
        self.notices: list[Notice] = []
        self.others: list[tuple[Case, list[Event]]] = []
        self.numbers = itertools.count(1)

    def context(self, actor: Actor) -> Context:
        paid = tuple(Paid(line_id, head, minor, Party.MERCHANT) for (line_id, head), minor in self.purse.paid.items())
        return Context(
            actor=actor,
            order_id="order-1",
            order=self.order,
            allocation=self.allocation,
            book=book(),
            ids=(f"id-{number}" for number in self.numbers),
            paid=paid,
            others=tuple(case for case, _ in self.others),
        )

    def give(self, actor: Actor, command: object) -> Case:
        decision = self.decided(actor, command)
        while decision.instruction is not None:
            decision = self.decided(SYSTEM, self.purse.pay(decision.instruction), decision.answer)
        assert self.case is not None
        if not self.case.is_open:
            assert fold(self.events) == self.case
        return self.case

    def decided(self, actor: Actor, command: object, so_far: Answer | None = None) -> Decision:
        context = self.context(actor)
        if isinstance(command, c.RecordPayment):
            before = {(due.line_id, due.head): due.amount_minor for due in command.paid}
            paid = tuple(
                each._replace(amount_minor=each.amount_minor - before.get((each.line_id, each.head), 0))
                for each in context.paid
            )
            context = replace(context, paid=paid)
        anew = decide(self.case, command, replace(context, ids=map("id-{}".format, copy(self.numbers))), self.now)
        answer = decide(self.case, command, replace(context, answer=so_far), self.now)
        if isinstance(answer, Refusal):
            raise Refused(answer)
        # Wherever a decision follows on another, the answer of that one serves it as well as one of its own.
        assert isinstance(anew, Decision)
        assert replace(answer, answer=None) == replace(anew, answer=None)
        self.case = answer.case
        self.events += answer.events
        self.notices += answer.notices
        if answer.dues is not None:
            self.purse.grant(answer.case.id, answer.dues)
        return answer

    def open(self, reason: Reason, remedy: Remedy, quantity: int = 1, line: str = "1", **more: object) -> Case:
        facts = tuple(more.pop("facts", ()))  # type: ignore[call-overload]
        return self.give(
            BUYER,
            c.OpenCase(
                reasons=(reason,),
                lines=(ClaimLine(line, quantity),),
                proposal=c.Proposal(remedy=remedy, **more),  # type: ignore[arg-type]
                story="It was not in the box.",
                facts=facts,
            ),
        )

    def silence(self) -> Case:
        """Time passes until the next obligation falls due, and nobody does anything."""
        assert self.case is not None
        due_at = min(each.due_at for each in self.case.obligations)
        self.now = due_at
        for each in self.case.obligations:
            if self.case.is_open and each.due_at <= due_at and each in self.case.obligations:
                self.give(SYSTEM, c.Expire(obligation_id=each.id))
        return self.case

    def settle(self) -> Case:
        """The provider confirms every refund under way."""
        assert self.case is not None
        for reference in self.case.awaited:
            self.give(SYSTEM, c.RefundSettled(reference=reference))
        return self.case

    def put_away(self) -> None:
        """Lay the case at hand beside the others, so that another can be opened."""
        assert self.case is not None
        self.others.append((self.case, self.events))
        self.case, self.events = None, []

    def take_up(self, place: int) -> None:
        """Put the case at hand away, and take up another."""
        if self.case is not None:
            self.put_away()
        self.case, self.events = self.others.pop(place)

    def waits_for(self) -> set[str]:
        assert self.case is not None
        return {f"{each.debtor}: {each.step}" for each in self.case.obligations}


def shanghai(at: datetime) -> str:
    return at.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%m-%d %H:%M")
