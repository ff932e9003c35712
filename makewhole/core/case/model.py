"""One claim and where it stands. The state is the fold of its events; nothing here changes anything.

Times are timezone-aware, amounts minor units of `currency`.
"""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from makewhole.core.facts import Fact
from makewhole.core.ledger.model import Funding
from makewhole.core.order.model import Order, Parcel, Refund
from makewhole.core.rulebook.model import ClaimLine, Paid
from makewhole.core.words import Consequence, Head, Party, Reason, Remedy, Role, Stage, Step


class Actor(NamedTuple):
    """Who gives a command.

    `id` is the person (or program) that acts; 'system' for the system. `party_id` is whom they act for: the shop's
    buyer, or the merchant. It may be left out where both are the same.
    """

    role: Role
    id: str
    party_id: str = ""

    @property
    def stands_for(self) -> str:
        """The buyer or merchant whose rights the actor uses."""
        return self.party_id or self.id


SYSTEM = Actor(Role.SYSTEM, "system")


class CaseDue(NamedTuple):
    """An amount asked, agreed or ruled, per line and head (`line_id` '*' for the whole order).

    `by_court`: not for the platform to rule on; the merchant may agree to it.
    """

    line_id: str
    head: Head
    amount_minor: int
    payer: Party
    rule_id: str
    by_court: bool = False


class Terms(NamedTuple):
    """A remedy with its amounts: what a party proposes, the parties agree, or the panel rules."""

    remedy: Remedy
    dues: tuple[CaseDue, ...]

    @property
    def total_minor(self) -> int:
        return sum(due.amount_minor for due in self.dues)


class Offer(NamedTuple):
    """A proposal that waits for the other side. One made by the buyer is the claim as it now stands."""

    id: str
    by: Party
    terms: Terms
    note: str


class Obligation(NamedTuple):
    """A debtor must do something by a time; otherwise the named consequence follows. Every open case has one."""

    id: str
    step: Step
    debtor: Party
    due_at: datetime
    provisional: bool
    on_silence: Consequence
    rule_id: str


class Finding(NamedTuple):
    """What the panel holds to be true, why, and on which exhibits."""

    fact: str
    value: bool | int | str
    why: str
    exhibit_ids: tuple[str, ...]


class Ruling(NamedTuple):
    """What follows from the findings. `terms` is None when the claim is dismissed.

    `by` is the agent, or 'system' when the rules and the facts on file settled it; `reasons` is then empty and
    `findings` are the facts it rests on. `beyond_reason` says why a ruling goes beyond what the rules give.
    """

    id: str
    by: str
    findings: tuple[Finding, ...]
    terms: Terms | None
    reasons: str
    rule_ids: tuple[str, ...]
    on_appeal: bool
    beyond_reason: str = ""


class Payment(NamedTuple):
    """What was paid out for the case by one instruction. `advanced_minor` is the part the fund laid out.

    `refunds` are the refunds the provider carries out, `awaited` those among them it has still to confirm.
    """

    reference: str
    funding: Funding
    dues: tuple[CaseDue, ...]
    advanced_minor: int
    awaited: tuple[str, ...]
    refunds: tuple[str, ...] = ()

    @property
    def total_minor(self) -> int:
        return sum(due.amount_minor for due in self.dues)


class OrderSeen(NamedTuple):
    """What of an order may still change, as it stood when an answer was given: so the answer can be recomputed (I7)."""

    parcels: tuple[Parcel, ...] = ()
    completed_at: datetime | None = None
    cancelled_at: datetime | None = None
    refunds: tuple[Refund, ...] = ()

    @classmethod
    def of(cls, order: Order) -> "OrderSeen":
        return cls(order.parcels, order.completed_at, order.cancelled_at, order.refunds)

    def put_back(self, order: Order) -> Order:
        """The order as it stood then."""
        return order._replace(**self._asdict())


class GoodsBack(StrEnum):
    """Where the goods to be returned are."""

    NOT_SENT = "not_sent"
    ON_THE_WAY = "on_the_way"
    WITH_MERCHANT = "with_merchant"


class GoodsOut(StrEnum):
    """Where the goods the merchant owes (reship, exchange, repair) are."""

    NOT_SENT = "not_sent"
    ON_THE_WAY = "on_the_way"
    WITH_BUYER = "with_buyer"


class Outcome(StrEnum):
    """How a case ended."""

    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    SETTLED = "settled"
    RULED_FOR_BUYER = "ruled_for_buyer"
    RULED_IN_PART = "ruled_in_part"
    DISMISSED = "dismissed"
    LEFT_OWING = "left_owing"


class Case(NamedTuple):
    """The state of one case after `sequence` events.

    `wanted` is the claim as opened. `agreed` are the terms being performed, `by_ruling` whether the panel set them.
    `before` is what had been paid on the claimed units when the case opened; while it is open no other case may touch
    them. `payments` are this case's own.
    """

    id: str
    order_id: str
    merchant_id: str
    buyer_id: str
    market: str
    currency: str
    edition: str
    reasons: tuple[Reason, ...]
    lines: tuple[ClaimLine, ...]
    story: str
    facts: tuple[tuple[str, Fact], ...]
    wanted: Terms
    stage: Stage
    opened_at: datetime
    sequence: int
    before: tuple[Paid, ...] = ()
    offer: Offer | None = None
    offers_made: int = 0
    agreed: Terms | None = None
    by_ruling: bool = False
    goods_back: GoodsBack = GoodsBack.NOT_SENT
    goods_out: GoodsOut = GoodsOut.NOT_SENT
    payments: tuple[Payment, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    exhibits: tuple[tuple[str, Party], ...] = ()
    evidence_rounds: int = 0
    rulings: tuple[Ruling, ...] = ()
    appealed_by: Party | None = None
    outcome: Outcome | None = None
    closed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.stage is not Stage.CLOSED

    @property
    def demand(self) -> Terms:
        """What the buyer asks for now: their latest proposal, or the claim as opened."""
        return self.offer.terms if self.offer is not None and self.offer.by is Party.BUYER else self.wanted

    @property
    def awaited(self) -> tuple[str, ...]:
        """References of refunds the provider has still to confirm."""
        return tuple(reference for payment in self.payments for reference in payment.awaited)

    @property
    def advanced_minor(self) -> int:
        """What the fund has laid out for this case."""
        return sum(payment.advanced_minor for payment in self.payments)

    @property
    def next_obligation(self) -> Obligation | None:
        """The obligation that falls due first; None when the case is closed."""
        return min(self.obligations, key=lambda obligation: obligation.due_at, default=None)

    def obligation(self, step: Step, debtor: Party | None = None) -> Obligation | None:
        """The open obligation of this kind, or None."""
        for obligation in self.obligations:
            if obligation.step is step and (debtor is None or obligation.debtor is debtor):
                return obligation
        return None
