"""One claim and where it stands. The state is the fold of its events; nothing here changes anything.

Times are timezone-aware, amounts minor units of `currency`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from makewhole.core.facts import Fact
from makewhole.core.rulebook.model import ClaimLine
from makewhole.core.words import Consequence, Head, Party, Reason, Remedy, Role, Stage, Step


class Actor(NamedTuple):
    """Who gives a command. `id` is the buyer's, merchant's or staff member's id; 'system' for the system."""

    role: Role
    id: str


class CaseDue(NamedTuple):
    """An amount agreed or ruled, per line and head (`line_id` '*' for the whole order)."""

    line_id: str
    head: Head
    amount_minor: int
    payer: Party
    rule_id: str


class Terms(NamedTuple):
    """A remedy with its amounts: what a party proposes, the parties agree, or the panel rules."""

    remedy: Remedy
    dues: tuple[CaseDue, ...]

    @property
    def total_minor(self) -> int:
        return sum(due.amount_minor for due in self.dues)


class Offer(NamedTuple):
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
    """What the panel holds to be true, and on which exhibits."""

    fact: str
    value: bool | int | str
    why: str
    exhibit_ids: tuple[str, ...]


class Ruling(NamedTuple):
    """What follows from the findings. `terms` is None when the claim is dismissed. `by` 'system' when automatic."""

    id: str
    by: str
    findings: tuple[Finding, ...]
    terms: Terms | None
    reasons: str
    rule_ids: tuple[str, ...]
    on_appeal: bool


class Outcome(StrEnum):
    """How a case ended."""

    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    SETTLED = "settled"
    RULED_FOR_BUYER = "ruled_for_buyer"
    RULED_IN_PART = "ruled_in_part"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The state of one case after `sequence` events. `agreed` are the terms being performed (settled or ruled)."""

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
    offer: Offer | None = None
    agreed: Terms | None = None
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

    def obligation(self, step: Step, debtor: Party | None = None) -> Obligation | None:
        """The open obligation of this kind, or None."""
        for obligation in self.obligations:
            if obligation.step is step and (debtor is None or obligation.debtor is debtor):
                return obligation
        return None
