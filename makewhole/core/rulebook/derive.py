"""Facts read from the order itself: what was promised, sent, received and paid, as known at a moment.

Parcel events later than `now` are not seen, so that an old answer can be worked out again. An order without a parcel
was not sent; one whose only event is the dispatch may have arrived or not, so the buyer is asked.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from operator import attrgetter

from makewhole.core.calendar import MarketCalendar
from makewhole.core.order.model import Line, LineFlag, Order, Parcel, ParcelEventKind
from makewhole.core.rulebook.rule import PromiseDefault, PromiseKind
from makewhole.core.rulebook.windows import NOT_YET

# Members of an enum looked up once: the look-up costs as much as the comparison it serves.
_DISPATCHED, _SIGNED = ParcelEventKind.DISPATCHED, ParcelEventKind.SIGNED
_REFUSED, _LOST = ParcelEventKind.REFUSED, ParcelEventKind.LOST
_DAMAGED = ParcelEventKind.DAMAGED
_DISPATCH, _DELIVERY = PromiseKind.DISPATCH, PromiseKind.DELIVERY
_SENT_AWAY = frozenset(
    {ParcelEventKind.REFUSED, ParcelEventKind.LOST, ParcelEventKind.INTERCEPTED, ParcelEventKind.RETURNED}
)
Seen = bool | int | datetime | tuple[str, ...] | None
"""A derived value: a tuple is a category with all it lies in; None where the order does not tell."""


class LineView:
    """What is known at `now` about one line of an order. `told` are times a party told, used where the order has none.

    `dispatched_at` and `signed_at` are those of the last parcel that carries the line: only then is it complete.
    """

    __slots__ = (
        "_promises", "_told", "calendar", "damaged", "delivered", "dispatched", "dispatched_at", "line", "lost", "now",
        "order", "refused", "signed_at",
    )  # fmt: skip

    def __init__(
        self,
        order: Order,
        line: Line,
        now: datetime,
        calendar: MarketCalendar,
        promises: Mapping[PromiseKind, PromiseDefault],
        told: Mapping[str, datetime],
    ) -> None:
        self.order, self.line, self.now, self.calendar = order, line, now, calendar
        self._promises, self._told = promises, told
        self.dispatched_at: datetime | None = None
        self.signed_at: datetime | None = None
        self.delivered: bool | None = False
        self.dispatched = self.refused = self.lost = self.damaged = False
        self._read_parcels()
        self._read_completion()

    def _read_completion(self) -> None:
        """An order completed without a record of signing was received by then; after that, what a party tells."""
        completed_at = self.order.completed_at
        if self.signed_at is None and completed_at is not None and completed_at <= self.now:
            self.signed_at, self.delivered, self.dispatched = completed_at, True, True
        if self._told:
            self.dispatched_at = self.dispatched_at or self._told.get("dispatched_at")
            self.signed_at = self.signed_at or self._told.get("signed_at")
            if self.signed_at is not None and self.delivered is None:
                self.delivered = True

    def _read_parcels(self) -> None:
        waiting = untold = False
        for parcel in self.order.parcels:
            if not _carries(parcel, self.line.id):
                continue
            last, sent, signed, damaged = _history(parcel, self.now)
            self.damaged = self.damaged or damaged
            if last is None:
                waiting = True
                continue
            self.dispatched = True
            if self.dispatched_at is None or sent > self.dispatched_at:
                self.dispatched_at = sent
            if signed is not None:
                if self.signed_at is None or signed > self.signed_at:
                    self.signed_at = signed
            elif last in _SENT_AWAY:
                self.refused = self.refused or last is _REFUSED
                self.lost = self.lost or last is _LOST
            elif last is _DISPATCHED:
                untold = True
            else:
                waiting = True
        if waiting or untold:
            self.signed_at = None
            self.delivered = False if waiting else None
        elif self.signed_at is not None:
            self.delivered, self.lost = True, False

    def promised(self, kind: PromiseKind) -> datetime | None:
        """By when the merchant had to send or deliver: the order's promise, the market's default, or what was told."""
        promises = self.order.promises
        given = promises.dispatch_by if kind is _DISPATCH else promises.deliver_by
        if given is not None:
            return given
        default = self._promises.get(kind)
        if default is not None:
            start = self.moment(default.after)
            if start is not None:
                return self.calendar.deadline(start, default.length, default.unit).at
        return self._told.get(f"{kind.value}_due_at")

    def moment(self, name: str) -> datetime | None:
        """A time fact by name."""
        derive = DERIVED.get(name)
        value = derive(self) if derive is not None else None
        return value if isinstance(value, datetime) and value is not NOT_YET else self._told.get(name)


def _carries(parcel: Parcel, line_id: str) -> bool:
    if not parcel.contents:
        return True
    return any(content[0] == line_id for content in parcel.contents)


def _history(parcel: Parcel, now: datetime) -> tuple[ParcelEventKind | None, datetime, datetime | None, bool]:
    """The last event up to `now`, when the parcel was sent (its first event), when it was signed for, and damage."""
    last: ParcelEventKind | None = None
    last_at = sent = now
    signed: datetime | None = None
    damaged = False
    for kind, at, _note in parcel.events:
        if at > now:
            continue
        if last is None or at >= last_at:
            last, last_at = kind, at
        if at < sent or kind is _DISPATCHED:
            sent = at
        if kind is _SIGNED and (signed is None or at < signed):
            signed = at
        if kind is _DAMAGED:
            damaged = True
    return last, sent, signed, damaged


@lru_cache(maxsize=4096)
def category_prefixes(category: str) -> tuple[str, ...]:
    """A category with all it lies in: 'fresh/fruit' lies in 'fresh'."""
    parts = category.split("/")
    return tuple("/".join(parts[: length + 1]) for length in range(len(parts))) if category else ()


def _paid_at(view: LineView) -> datetime:
    """The last payment's time; orders that do not tell were paid when placed."""
    times = [payment.paid_at for payment in view.order.payments if payment.paid_at is not None]
    return max(times) if times else view.order.placed_at


def _days_since_payment(view: LineView) -> int:
    """Days of the market between the payment and now."""
    local = view.calendar.local
    return max(0, (local(view.now).date() - local(_paid_at(view)).date()).days)


def _dispatched_late(view: LineView) -> bool | None:
    due = view.promised(_DISPATCH)
    if due is None:
        return None
    if view.dispatched_at is not None:
        return view.dispatched_at > due
    return None if view.dispatched else view.now > due


def _delivered_late(view: LineView) -> bool | None:
    due = view.promised(_DELIVERY)
    if due is None:
        return None
    if view.signed_at is not None:
        return view.signed_at > due
    return None if view.delivered is None and view.now > due else view.now > due


def _flag(flag: LineFlag) -> Callable[[LineView], Seen]:
    return lambda view: flag in view.line.flags


def _completed(view: LineView) -> bool:
    return view.order.completed_at is not None and view.order.completed_at <= view.now


def _signed_at(view: LineView) -> datetime | None:
    """On the market's clocks, because several windows start from it."""
    if view.signed_at is not None:
        return view.calendar.local(view.signed_at)
    return NOT_YET if view.delivered is False else None


DERIVED: Mapping[str, Callable[[LineView], Seen]] = {
    "placed_at": attrgetter("order.placed_at"),
    "paid_at": _paid_at,
    "dispatched_at": lambda view: view.dispatched_at or (None if view.dispatched else NOT_YET),
    "signed_at": _signed_at,
    "completed_at": lambda view: view.order.completed_at if _completed(view) else NOT_YET,
    "dispatch_due_at": lambda view: view.promised(PromiseKind.DISPATCH),
    "delivery_due_at": lambda view: view.promised(PromiseKind.DELIVERY),
    "dispatched": attrgetter("dispatched"),
    "delivered": attrgetter("delivered"),
    "completed": _completed,
    "refused_at_door": attrgetter("refused"),
    "dispatched_late": _dispatched_late,
    "delivered_late": _delivered_late,
    "lost_by_carrier": attrgetter("lost"),
    "promised_return_days": lambda view: view.order.promises.no_reason_return_days or 0,
    "category": lambda view: category_prefixes(view.line.category),
    "custom_made": _flag(LineFlag.CUSTOM_MADE),
    "not_returnable_confirmed": _flag(LineFlag.NOT_RETURNABLE_CONFIRMED),
    "near_expiry_declared": _flag(LineFlag.NEAR_EXPIRY_DECLARED),
    "flaw_declared": _flag(LineFlag.FLAW_DECLARED),
    "second_hand": _flag(LineFlag.SECOND_HAND),
    "is_gift": _flag(LineFlag.GIFT),
    "freight_free": lambda view: view.order.freight.paid_minor == 0,
    "damage_recorded": attrgetter("damaged"),
    "promised_warranty_days": lambda view: view.order.promises.warranty_days or 0,
    "days_since_payment": _days_since_payment,
    "order_paid_minor": attrgetter("order.paid_minor"),
}
"""How each derived fact of the closed list is read. A test compares the names."""

ALWAYS_KNOWN = frozenset(DERIVED) - {
    "dispatched_at", "signed_at", "dispatch_due_at", "delivery_due_at", "delivered", "dispatched_late",
    "delivered_late",
}  # fmt: skip
"""Facts every order tells, so that no rule ever waits for them."""

RESTS_ON: Mapping[str, tuple[str, ...]] = {
    "delivered": ("signed_at",),
    "dispatched_late": ("dispatched_at", "dispatch_due_at"),
    "delivered_late": ("signed_at", "delivery_due_at"),
}
"""Facts reckoned from times a party may tell: they stand no firmer than these."""
