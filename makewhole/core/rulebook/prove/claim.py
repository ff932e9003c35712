"""One claim on one order with everything left open that a buyer, a shop and a carrier may bring about.

Facts become unknowns of a solver, each with whether it is known. Facts read from the order are not free: they follow
from a small order (one claimed line, one parcel, perhaps a second line that is kept) in the way `derive` reads them, so
that every solution is an order that can be built. Clocks run in whole minutes of the market.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

import z3

from makewhole.core.facts import ALLEGED_BY, FACTS, NEVER, FactName, FactType
from makewhole.core.rulebook.derive import ALWAYS_KNOWN, category_prefixes
from makewhole.core.rulebook.prove.refusal import not_known_to_the_prover
from makewhole.core.rulebook.references import facts_read
from makewhole.core.rulebook.rule import Presumption, PromiseDefault, PromiseKind, Rule, Rulebook
from makewhole.core.words import Party, Reason

Formula = Any
"""A statement of the solver."""
Number = Any
"""A whole number of the solver."""

DAY_MINUTES = 24 * 60
UNSENT, SENT, UNDER_WAY, SIGNED, REFUSED, LOST = range(6)
"""How the parcel fared: not handed over; handed over and nothing more known; on its way; and so on."""
SINGLE, ONE_OF_TWO, ONE_KEPT = range(3)
"""What was ordered: the claimed unit alone; two units of one line; a second line of equal price that is kept."""

PRICE_MAX_MINOR = 10**8
_FREIGHT_MAX_MINOR = 10**6
_COUNT_MAX = 36_500
MORE_DAYS = 50 * 366
"""How long after the order a claim is made, or a promise falls due, at most: fifty years."""
_NO_CATEGORY = 0
_LATEST_DAY = date(2100, 1, 1).toordinal()

OF_THE_GOODS = frozenset(
    {
        "category", "custom_made", "not_returnable_confirmed", "near_expiry_declared", "flaw_declared", "freight_free",
        "order_paid_minor", "second_hand",
    }
)  # fmt: skip
"""Facts that say what kind of goods or order it is. A refusal may not rest on these alone: it takes an exclusion."""


_OF_SOMETHING_STATED = {"gift_value_minor": "gift_value_stated"}
"""Figures that were stated: nobody can tell them where nothing was."""


class Moment(NamedTuple):
    """A minute on the market's clocks: its day (as `date.toordinal` counts) and the minute of that day."""

    day: Number
    minute: Number

    @property
    def total(self) -> Number:
        return self.day * DAY_MINUTES + self.minute


class Told(NamedTuple):
    """A fact: whether it is known, and its value while it is."""

    known: Formula
    value: Any


class Event(NamedTuple):
    """A time: whether anything is known of it, whether it has happened, and when."""

    known: Formula
    happened: Formula
    at: Moment


class SymbolicClaim:
    """The unknowns of one claim under one book. `sound` holds what is true of every order."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book
        self.sound: list[Formula] = []
        self.categories = ("", *sorted(book.categories))
        self.history, self.shape = z3.Int("history"), z3.Int("shape")
        self.completed, self.receipt_told = z3.Bool("completed"), z3.Bool("receipt_told")
        self.price_minor, self.freight_minor = z3.Int("price_minor"), z3.Int("freight_minor")
        self.lost_minor, self.waived_minor = z3.Int("lost_minor"), z3.Int("waived_minor")
        self.category = z3.Int("category")
        self.placed, self.now = self._moment("placed"), self._moment("now")
        self.paid, self.dispatched = self._moment("paid"), self._moment("dispatched")
        self.signed, self.completed_at = self._moment("signed"), self._moment("completed_at")
        self._order()
        self._facts: dict[str, Told] = {}
        self._events: dict[str, Event] = {}
        self._flags: dict[str, Formula] = {}

    def _moment(self, name: str) -> Moment:
        found = Moment(z3.Int(f"{name}.day"), z3.Int(f"{name}.minute"))
        self.sound += [found.minute >= 0, found.minute < DAY_MINUTES]
        return found

    def _order(self) -> None:
        """What holds of every order: sums and the course of time."""
        sent, two = self.history != UNSENT, self.shape != SINGLE
        between = self._between
        self.sound += [
            between(self.history, UNSENT, LOST), between(self.shape, SINGLE, ONE_KEPT),
            between(self.price_minor, 1, PRICE_MAX_MINOR), between(self.freight_minor, 0, _FREIGHT_MAX_MINOR),
            between(self.lost_minor, 0, PRICE_MAX_MINOR), between(self.waived_minor, 0, _FREIGHT_MAX_MINOR),
            (self.lost_minor > 0) == (self.shape == ONE_KEPT),
            between(self.category, _NO_CATEGORY, len(self.categories) - 1),
            between(self.placed.day, self.book.starts[0], latest_day(self.book)),
            self.placed.total <= self.paid.total, self.paid.total <= self.now.total,
            self.now.day <= self.placed.day + MORE_DAYS,
            z3.Implies(sent, z3.And(self.placed.total <= self.dispatched.total,
                                    self.dispatched.total <= self.signed.total)),
            self.placed.total <= self.signed.total, self.signed.total <= self.now.total,
            z3.Implies(self.completed, z3.And(self.signed.total <= self.completed_at.total,
                                              self.completed_at.total <= self.now.total)),
            z3.Implies(z3.And(self.completed, self.history != SIGNED), self.signed.total == self.completed_at.total),
            z3.Implies(self.receipt_told, z3.And(z3.Not(self.completed), self.history != SIGNED)),
        ]  # fmt: skip
        times = z3.If(two, 2, 1)
        self.order_price_minor = self.price_minor * times
        self.order_freight_minor = self.freight_minor * times
        self.order_paid_minor = self.order_price_minor + self.order_freight_minor

    @staticmethod
    def _between(number: Number, least: int, most: int) -> Formula:
        return z3.And(number >= least, number <= most)

    def placed_between(self, first_day: int, last_day: int) -> Formula:
        """The order was placed on one of these days."""
        return self._between(self.placed.day, first_day, last_day)

    def under(self, reasons: Iterable[Reason], rules: Iterable[Rule]) -> Formula:
        """What these reasons assert, what nobody asserts, and what a merchant promises by default under these rules.

        What a buyer could have alleged by a reason but did not is not so, unless a rule presumes it.
        """
        rules = tuple(rules)
        asserted = {ALLEGED_BY[reason] for reason in reasons if reason in ALLEGED_BY}
        presumed = {rule.outcome.fact for rule in rules if isinstance(rule.outcome, Presumption)}
        read = {name for rule in rules for name in facts_read(rule.when)}
        settled = asserted | (ALLEGEABLE & read) - presumed
        known = [self.fact(name).known for name in sorted(settled)]
        promises = [rule.outcome for rule in rules if isinstance(rule.outcome, PromiseDefault)]
        return z3.And(*known, *map(self._promised, promises))

    def _promised(self, promise: PromiseDefault) -> Formula:
        """With a default promise whose time has begun to run, it is always known by when."""
        start = self.event(promise.after)
        return z3.Implies(z3.And(start.known, start.happened), self.event(_DUE_OF[promise.promise]).known)

    def fact(self, name: str) -> Told:
        """A fact that is no time: read from the order where `derive` reads it, else told or not."""
        found = self._facts.get(name)
        if found is None:
            entry = FACTS[name]
            read = _READ.get(name)
            if read is None and entry.derived:
                raise not_known_to_the_prover(f"how an order tells the fact {name}", f"订单如何体现事实 {name}")
            found = self._facts[name] = read(self) if read is not None else self._told(entry)
        return found

    def _told(self, entry: FactName) -> Told:
        known = z3.Bool(f"{entry.name}.known")
        if entry.assumed is not None:
            self.sound.append(known)
        if entry.name in _OF_SOMETHING_STATED:
            stated = self.fact(_OF_SOMETHING_STATED[entry.name])
            self.sound.append(z3.Implies(known, z3.Not(z3.And(stated.known, z3.Not(stated.value)))))
        return Told(known, self._value(entry))

    def _value(self, entry: FactName) -> Any:
        name = f"{entry.name}.value"
        if entry.type is FactType.YES_NO:
            return z3.Bool(name)
        value = z3.Int(name)
        if entry.type is FactType.COUNT:
            most = entry.at_most if entry.at_most is not None else _COUNT_MAX
            self.sound.append(self._between(value, 0, most))
        elif entry.type is FactType.AMOUNT:
            self.sound.append(self._between(value, 0, PRICE_MAX_MINOR))
        elif entry.type is FactType.CHOICE:
            self.sound.append(self._between(value, 0, len(entry.choices) - 1))
        else:
            raise not_known_to_the_prover(f"facts of type {entry.type}", f"{entry.type} 类事实")
        return value

    def event(self, name: str) -> Event:
        """A fact that is a time."""
        found = self._events.get(name)
        if found is None:
            entry = FACTS[name]
            read = _TIMES.get(name)
            if read is None and entry.derived:
                raise not_known_to_the_prover(f"how an order tells the time {name}", f"订单如何体现时间 {name}")
            found = self._events[name] = read(self) if read is not None else self._told_time(name)
        return found

    def _told_time(self, name: str) -> Event:
        told, at = z3.Bool(f"{name}.known"), self._moment(name)
        self.sound += [self.placed.total <= at.total, at.total <= self.now.total]
        if FACTS[name].assumed == NEVER:
            return Event(z3.BoolVal(True), told, at)
        return Event(told, told, at)

    def said(self) -> dict[str, Formula]:
        """For every fact a party may tell and a statement has met: whether somebody does."""
        met = [name for name in (*self._facts, *self._events) if not FACTS[name].derived or name in TOLD_WHERE_OPEN]
        return {name: z3.Bool(f"{name}.known") for name in met}

    def flag(self, name: str) -> Formula:
        """Something the order declares about the line."""
        return self._flags.setdefault(name, z3.Bool(f"{name}.flag"))

    def nothing_promised(self) -> Iterator[Formula]:
        """For everything a merchant may promise on an order and a statement has met: it was not promised."""
        for name in _DUE_OF.values():
            if name in self._events:
                yield z3.Not(self._events[name].known)
        for name in ("promised_return_days", "promised_warranty_days"):
            if name in self._facts:
                yield self._facts[name].value == 0

    def flags_met(self) -> tuple[Formula, ...]:
        """All declarations a statement has met."""
        return tuple(self._flags.values())

    def lies_in(self, categories: Iterable[object]) -> Formula:
        """The line's category is one of these, or lies in one of them."""
        wanted = set(categories)
        places = [place for place, one in enumerate(self.categories) if wanted & set(category_prefixes(one))]
        return z3.Or(*(self.category == place for place in places))


def latest_day(book: Rulebook) -> int:
    """Orders are placed up to this day (ordinal), a year into the last edition at least."""
    return max(_LATEST_DAY, book.starts[-1] + 366)


def _flag(name: str) -> Callable[[SymbolicClaim], Told]:
    return lambda claim: Told(z3.BoolVal(True), claim.flag(name))


def _damage_recorded(claim: SymbolicClaim) -> Told:
    """A carrier records damage on a parcel of which it records more than that it was sent."""
    recorded = claim.flag("damage_recorded")
    claim.sound.append(z3.Implies(recorded, z3.And(claim.history != UNSENT, claim.history != SENT)))
    return Told(z3.BoolVal(True), recorded)


def _count(name: str) -> Callable[[SymbolicClaim], Told]:
    return lambda claim: Told(z3.BoolVal(True), claim._value(FACTS[name]))


def _known(value: Callable[[SymbolicClaim], Any]) -> Callable[[SymbolicClaim], Told]:
    return lambda claim: Told(z3.BoolVal(True), value(claim))


def _delivered(claim: SymbolicClaim) -> Told:
    """Open only for a parcel of which nothing is known but that it was sent: then the buyer says."""
    told = Told(z3.Bool("delivered.known"), z3.Bool("delivered.value"))
    received = z3.Or(claim.history == SIGNED, claim.completed)
    silent = z3.And(claim.history == SENT, z3.Not(claim.completed), z3.Not(claim.receipt_told))
    told_of = z3.And(claim.history == SENT, claim.receipt_told)
    return Told(z3.Or(z3.Not(silent), told.known), z3.Or(received, told_of, z3.And(silent, told.known, told.value)))


def _dispatched_late(claim: SymbolicClaim) -> Told:
    due, sent = claim.event("dispatch_due_at"), claim.history != UNSENT
    when_unknown = z3.And(z3.Not(sent), claim.completed)
    at = z3.If(sent, claim.dispatched.total, claim.now.total)
    return _late("dispatched_late", z3.And(due.known, z3.Not(when_unknown)), at > due.at.total)


def _delivered_late(claim: SymbolicClaim) -> Told:
    due, signed = claim.event("delivery_due_at"), claim.event("signed_at")
    silent = z3.And(claim.history == SENT, z3.Not(claim.completed), z3.Not(claim.receipt_told))
    passed = claim.now.total > due.at.total
    late = z3.If(signed.happened, signed.at.total > due.at.total, passed)
    return _late("delivered_late", z3.And(due.known, z3.Not(z3.And(silent, passed))), late)


def _late(name: str, tells: Formula, late: Formula) -> Told:
    """What the order tells of lateness, and where it does not, what a party does."""
    told = Told(z3.Bool(f"{name}.known"), z3.Bool(f"{name}.value"))
    return Told(z3.Or(tells, told.known), z3.If(tells, late, told.value))


_READ: Mapping[str, Callable[[SymbolicClaim], Told]] = {
    "dispatched": _known(lambda claim: z3.Or(claim.history != UNSENT, claim.completed)),
    "delivered": _delivered,
    "completed": _known(lambda claim: claim.completed),
    "refused_at_door": _known(lambda claim: claim.history == REFUSED),
    "lost_by_carrier": _known(lambda claim: claim.history == LOST),
    "dispatched_late": _dispatched_late,
    "delivered_late": _delivered_late,
    "promised_return_days": _count("promised_return_days"),
    "promised_warranty_days": _count("promised_warranty_days"),
    "days_since_payment": _known(lambda claim: claim.now.day - claim.paid.day),
    "damage_recorded": _damage_recorded,
    "second_hand": _flag("second_hand"),
    "category": _known(lambda claim: claim.category),
    "custom_made": _flag("custom_made"),
    "not_returnable_confirmed": _flag("not_returnable_confirmed"),
    "near_expiry_declared": _flag("near_expiry_declared"),
    "flaw_declared": _flag("flaw_declared"),
    "is_gift": _flag("gift"),
    "freight_free": _known(lambda claim: claim.freight_minor == 0),
    "order_paid_minor": _known(lambda claim: claim.order_paid_minor),
}
"""How the facts an order tells follow from it. A test holds it against `derive.DERIVED`."""


def _signed_at(claim: SymbolicClaim) -> Event:
    happened = z3.Or(claim.history == SIGNED, claim.completed, claim.receipt_told)
    return Event(z3.Or(happened, claim.history != SENT), happened, claim.signed)


def _dispatched_at(claim: SymbolicClaim) -> Event:
    sent = claim.history != UNSENT
    return Event(z3.Or(sent, z3.Not(claim.completed)), sent, claim.dispatched)


def _due(name: str) -> Callable[[SymbolicClaim], Event]:
    def read(claim: SymbolicClaim) -> Event:
        known, at = z3.Bool(f"{name}.known"), claim._moment(name)
        claim.sound += [claim.placed.total <= at.total, at.day <= claim.placed.day + MORE_DAYS]
        return Event(known, known, at)

    return read


_TIMES: Mapping[str, Callable[[SymbolicClaim], Event]] = {
    "placed_at": lambda claim: Event(z3.BoolVal(True), z3.BoolVal(True), claim.placed),
    "paid_at": lambda claim: Event(z3.BoolVal(True), z3.BoolVal(True), claim.paid),
    "dispatched_at": _dispatched_at,
    "signed_at": _signed_at,
    "completed_at": lambda claim: Event(z3.BoolVal(True), claim.completed, claim.completed_at),
    "dispatch_due_at": _due("dispatch_due_at"),
    "delivery_due_at": _due("delivery_due_at"),
}
_DUE_OF = {PromiseKind.DISPATCH: "dispatch_due_at", PromiseKind.DELIVERY: "delivery_due_at"}

ALLEGEABLE = frozenset(name for name in ALLEGED_BY.values() if FACTS[name].tells is Party.BUYER)
"""Facts a buyer alleges by giving a reason."""

READ_FROM_ORDER = frozenset(_READ) | frozenset(_TIMES)
"""Facts the prover knows how to read from an order."""


TOLD_WHERE_OPEN = ("delivered", "dispatched_late", "delivered_late")
"""Facts read from the order that the buyer tells where the order is silent."""


def can_be_unknown(name: str) -> bool:
    """Whether a rule may have to wait for the fact, as the compiled rules see it."""
    return FACTS[name].assumed is None and name not in ALWAYS_KNOWN
