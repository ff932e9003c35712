"""Build the order and the claim a solution stands for, so that the engine itself can be asked about them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import z3

from makewhole.core.allocation.allocate import allocate
from makewhole.core.facts import ALLEGED_BY, FACTS, Fact, FactType, FactValue
from makewhole.core.order.model import (
    Discount,
    Freight,
    Line,
    LineFlag,
    Means,
    Order,
    Parcel,
    ParcelEvent,
    ParcelEventKind,
    Payment,
    Promises,
)
from makewhole.core.rulebook.assess import assess
from makewhole.core.rulebook.compile import facts_used
from makewhole.core.rulebook.model import Answer, Claim, ClaimLine
from makewhole.core.rulebook.prove.claim import (
    ALLEGEABLE,
    LOST,
    ONE_KEPT,
    ONE_OF_TWO,
    REFUSED,
    SENT,
    SIGNED,
    UNSENT,
    Moment,
    SymbolicClaim,
)
from makewhole.core.rulebook.prove.ends import moment_of
from makewhole.core.rulebook.references import facts_read
from makewhole.core.rulebook.rule import Presumption, Rule, Rulebook
from makewhole.core.words import Provenance, Reason

CLAIMED, KEPT = "1", "2"
_LAST_EVENT = {
    SENT: None, SIGNED: ParcelEventKind.SIGNED, REFUSED: ParcelEventKind.REFUSED, LOST: ParcelEventKind.LOST,
}  # fmt: skip


class Example(NamedTuple):
    """An order and a claim on one unit of its first line, made at `now`. `matters`: the facts its rules read."""

    order: Order
    claim: Claim
    now: datetime
    matters: frozenset[str] = frozenset()

    def answer(self, book: Rulebook) -> Answer:
        """What the engine says under a book."""
        return assess(book, self.order, allocate(self.order), self.claim, self.now)


class Builder:
    """Reads one solution and builds what it stands for."""

    def __init__(self, claim: SymbolicClaim, model: Any) -> None:
        self.claim, self.model = claim, model
        self.calendar = claim.book.calendar

    def example(self, reasons: tuple[Reason, ...], rules: Sequence[Rule]) -> Example:
        """The order and the claim; of what could be told, as much as these rules read."""
        now = self.at(self.claim.now)
        # Beside what conditions name: what sending back cost, and the receipt on which lateness rests.
        read = {"return_freight_minor", "signed_at"}
        for rule in rules:
            read |= facts_read(rule.when) | facts_used(rule)
        presumed = {rule.outcome.fact for rule in rules if isinstance(rule.outcome, Presumption)}
        not_so = ALLEGEABLE - presumed - {ALLEGED_BY.get(reason) for reason in reasons}
        told = {
            name: fact
            for name, fact in self._told(reasons).items()
            if name in read and not (name in not_so and fact.value is False)
        }
        claim = Claim(reasons, (ClaimLine(CLAIMED, 1),), told, now)
        return Example(self._order(now), claim, now, frozenset(read))

    def number(self, expression: Any) -> int:
        return int(self.model.eval(expression, model_completion=True).as_long())

    def holds(self, expression: Any) -> bool:
        return bool(z3.is_true(self.model.eval(expression, model_completion=True)))

    def at(self, moment: Moment) -> datetime:
        return moment_of(self.calendar, self.number(moment.day), self.number(moment.minute))

    def _order(self, now: datetime) -> Order:
        claim, book = self.claim, self.claim.book
        price_minor, shape = self.number(claim.price_minor), self.number(claim.shape)
        lost_minor, waived_minor = self.number(claim.lost_minor), self.number(claim.waived_minor)
        flags = frozenset(flag for flag in LineFlag if self.holds(claim.flag(flag.value)))
        category = claim.categories[self.number(claim.category)]
        quantity = 2 if shape == ONE_OF_TWO else 1
        gross_minor = price_minor + (lost_minor if shape == ONE_KEPT else 0)
        lines = [Line(CLAIMED, "sku-1", "商品", category, quantity, gross_minor, 0, flags)]
        discounts: tuple[Discount, ...] = ()
        if shape == ONE_KEPT:
            lines.append(Line(KEPT, "sku-2", "另一件商品", category, 1, gross_minor))
            discounts = (Discount("d", 2 * lost_minor, 2 * gross_minor),)
        freight = Freight(self.number(claim.order_freight_minor) + waived_minor, waived_minor)
        completed = self.holds(claim.completed)
        placed_at, paid_at = self.at(claim.placed), self.at(claim.paid)
        made = Order(
            "1", "m", "商家", "b", book.market, book.currency, placed_at, tuple(lines), (), discounts, freight,
            self._promises(), self._parcels(now), completed_at=self.at(claim.completed_at) if completed else None,
        )  # fmt: skip
        return made._replace(payments=(Payment("p", Means.MONEY, made.due_minor, paid_at=paid_at),))

    def _promises(self) -> Promises:
        due = {name: self.claim.event(name) for name in ("dispatch_due_at", "delivery_due_at")}
        by = {name: self.at(one.at) if self.holds(one.known) else None for name, one in due.items()}
        days = self.number(self.claim.fact("promised_return_days").value)
        warranty_days = self.number(self.claim.fact("promised_warranty_days").value)
        return Promises(
            by["dispatch_due_at"], by["delivery_due_at"], days or None, warranty_days=warranty_days or None
        )  # fmt: skip

    def _parcels(self, now: datetime) -> tuple[Parcel, ...]:
        history = self.number(self.claim.history)
        if history == UNSENT:
            return ()
        sent = self.at(self.claim.dispatched)
        events = [ParcelEvent(ParcelEventKind.DISPATCHED, sent)]
        if self.holds(self.claim.fact("damage_recorded").value):
            events.append(ParcelEvent(ParcelEventKind.DAMAGED, sent))
        last = _LAST_EVENT.get(history, ParcelEventKind.IN_TRANSIT)
        if last is not None:
            events.append(ParcelEvent(last, self.at(self.claim.signed) if history == SIGNED else sent))
        return (Parcel("P", "", "", tuple(events)),)

    def _told(self, reasons: tuple[Reason, ...]) -> dict[str, Fact]:
        """What the parties say beyond their reasons: facts of the story, and what the order leaves open."""
        claim = self.claim
        told: dict[str, FactValue] = {}
        if self.holds(claim.receipt_told):
            told["signed_at"] = self.at(claim.signed).isoformat()
        for name, said in claim.said().items():
            entry = FACTS[name]
            if not self.holds(said):
                continue
            if entry.type is FactType.TIME:
                told[name] = self.at(claim.event(name).at).isoformat()
            elif entry.type is FactType.YES_NO:
                told[name] = self.holds(z3.Bool(f"{name}.value"))
            elif entry.type is FactType.CHOICE:
                told[name] = entry.choices[self.number(claim.fact(name).value)]
            else:
                told[name] = self.number(claim.fact(name).value)
        alleged = {ALLEGED_BY.get(reason) for reason in reasons}
        return {
            name: Fact(value, Provenance.ALLEGED)
            for name, value in told.items()
            if value != FACTS[name].assumed and not (name in alleged and value is True)
        }
