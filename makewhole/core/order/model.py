"""An order as the shop sold it: lines, discounts, freight, payments, promises, parcels. Immutable.

An order has exactly one merchant. A checkout over several merchants is several orders with one `checkout_id`.
All amounts are minor units of the order's `currency`; all times are timezone-aware.
"""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from makewhole.core.words import Head


class Means(StrEnum):
    """By what a part of the order was paid."""

    MONEY = "money"
    POINTS = "points"
    COUPON = "coupon"


class ParcelEventKind(StrEnum):
    """What the carrier (or the shop, for dispatch) recorded about a parcel."""

    DISPATCHED = "dispatched"
    IN_TRANSIT = "in_transit"
    SIGNED = "signed"
    REFUSED = "refused"
    LOST = "lost"
    DAMAGED = "damaged"
    INTERCEPTED = "intercepted"
    RETURNED = "returned"


class LineFlag(StrEnum):
    """What was declared and confirmed for a line at purchase."""

    NOT_RETURNABLE_CONFIRMED = "not_returnable_confirmed"
    NEAR_EXPIRY_DECLARED = "near_expiry_declared"
    FLAW_DECLARED = "flaw_declared"
    SECOND_HAND = "second_hand"
    CUSTOM_MADE = "custom_made"
    GIFT = "gift"


class Line(NamedTuple):
    """One line of an order. `discount_minor` is the line's own discount over its whole quantity.

    `surcharge_minor` is what was charged on top of the price over the whole quantity: sales tax, instalment interest
    and the like; zero where prices include it. `category` is a path of the category tree, most general first, joined
    by '/', for example 'fresh/fruit'.
    """

    id: str
    sku: str
    title: str
    category: str
    quantity: int
    unit_price_minor: int
    discount_minor: int = 0
    flags: frozenset[LineFlag] = frozenset()
    surcharge_minor: int = 0

    @property
    def gross_minor(self) -> int:
        """Price × quantity less the line's own discount plus its surcharge, before the order's discounts are shared."""
        return self.unit_price_minor * self.quantity - self.discount_minor + self.surcharge_minor


class Discount(NamedTuple):
    """A discount on the whole order. `threshold_minor` is the sum of goods from which it was granted, if any."""

    id: str
    amount_minor: int
    threshold_minor: int | None = None
    kind: str = "promotion"


class Freight(NamedTuple):
    """Freight charged for sending out, the discount given on it, and the tax added to it; the buyer paid the rest."""

    amount_minor: int = 0
    discount_minor: int = 0
    surcharge_minor: int = 0

    @property
    def paid_minor(self) -> int:
        return self.amount_minor - self.discount_minor + self.surcharge_minor


class Payment(NamedTuple):
    """One payment. Points and coupons are stated at their value in the order's currency, with their own units.

    `reference` is the provider's reference for money, the coupon's code, or the points account.
    """

    id: str
    means: Means
    amount_minor: int
    provider: str = ""
    reference: str = ""
    units: int = 0
    paid_at: datetime | None = None


class Promises(NamedTuple):
    """What the merchant undertook on this order. None means: nothing promised, the rulebook's default holds."""

    dispatch_by: datetime | None = None
    deliver_by: datetime | None = None
    no_reason_return_days: int | None = None
    freight_insurance: bool = False
    warranty_days: int | None = None


class ParcelEvent(NamedTuple):
    kind: ParcelEventKind
    at: datetime
    note: str = ""


class Parcel(NamedTuple):
    """One parcel. `contents` maps line id to the quantity packed; empty means the whole order."""

    id: str
    carrier: str
    tracking_number: str
    events: tuple[ParcelEvent, ...] = ()
    contents: tuple[tuple[str, int], ...] = ()

    def when(self, kind: ParcelEventKind) -> datetime | None:
        """Time of the first event of this kind, or None."""
        return next((event.at for event in self.events if event.kind is kind), None)


class Refund(NamedTuple):
    """What the shop itself had given back before the order was imported, for one line and head of loss.

    `quantity` counts the units that came back or were cancelled; 0 when only money was given.
    """

    id: str
    line_id: str
    head: Head
    amount_minor: int
    quantity: int = 0
    refunded_at: datetime | None = None


class Order(NamedTuple):
    """One order of one merchant. `id` is the shop's own order number, unique within the shop.

    `return_address` is where goods of it go back to, as one writes it on a parcel; empty when the shop gave none.
    """

    id: str
    merchant_id: str
    merchant_name: str
    buyer_id: str
    market: str
    currency: str
    placed_at: datetime
    lines: tuple[Line, ...]
    payments: tuple[Payment, ...] = ()
    discounts: tuple[Discount, ...] = ()
    freight: Freight = Freight()
    promises: Promises = Promises()
    parcels: tuple[Parcel, ...] = ()
    checkout_id: str = ""
    completed_at: datetime | None = None
    cancelled_at: datetime | None = None
    buyer_name: str = ""
    refunds: tuple[Refund, ...] = ()
    return_address: str = ""

    def line(self, line_id: str) -> Line:
        """The line with this id. Raises KeyError naming the lines there are."""
        for line in self.lines:
            if line.id == line_id:
                return line
        raise KeyError(f"order {self.id} has no line {line_id!r}; it has {', '.join(x.id for x in self.lines)}")

    @property
    def paid_minor(self) -> int:
        return sum(payment.amount_minor for payment in self.payments)

    @property
    def due_minor(self) -> int:
        """What the buyer had to pay: lines, less the order's discounts, and freight."""
        lines = sum(line.gross_minor for line in self.lines)
        return lines - sum(discount.amount_minor for discount in self.discounts) + self.freight.paid_minor

    @property
    def signed_at(self) -> datetime | None:
        """When the last unit was signed for; None while any unit is not in a signed parcel."""
        signed: list[datetime] = []
        missing = {line.id: line.quantity for line in self.lines}
        for parcel in self.parcels:
            at = parcel.when(ParcelEventKind.SIGNED)
            if at is None:
                continue
            signed.append(at)
            for line_id, quantity in parcel.contents or tuple(missing.items()):
                missing[line_id] -= quantity
        return max(signed) if signed and all(quantity <= 0 for quantity in missing.values()) else None
