"""What the rule engine takes in and gives back.

`assess(book, order, allocation, claim, now, paid)` returns an `Answer`: everything the buyer is due, from whom, by
when, what to prove, what speaks against it, each item naming the rule it rests on. An answer holds no prose:
`explain` renders it in the reader's language from the rulebook's own sentences. All values are immutable; hot types
are named tuples because an answer must cost tens of microseconds.
"""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from makewhole.core.calendar import Deadline as Deadline
from makewhole.core.calendar import TermUnit as TermUnit
from makewhole.core.facts import Facts
from makewhole.core.order.model import Means
from makewhole.core.rulebook.rule import AvenueKind
from makewhole.core.words import Consequence, Head, Party, Provenance, Reason, Remedy, Step, Text

WHOLE_ORDER = "*"
"""Line id of a due that belongs to the order as a whole (for example one lateness compensation per order)."""


class ClaimLine(NamedTuple):
    """Units of a line: `quantity` of them after the first `first_unit`, which other cases have claimed before."""

    line_id: str
    quantity: int
    first_unit: int = 0


class Claim(NamedTuple):
    """What the buyer says: reasons, lines with quantities, facts. `claimed_at` is when the claim was (or is) made."""

    reasons: tuple[Reason, ...]
    lines: tuple[ClaimLine, ...]
    facts: Facts
    claimed_at: datetime


class Paid(NamedTuple):
    """An amount already paid or promised (pending) on the claimed units of a line, or on the order as a whole."""

    line_id: str
    head: Head
    amount_minor: int
    payer: Party


class Term(NamedTuple):
    """A deadline set by a rule: so long, counted in this unit, and what follows on silence.

    `remedies`: the term holds only where one of these is chosen; empty means always.
    """

    step: Step
    debtor: Party
    length: int
    unit: TermUnit
    on_silence: Consequence
    rule_id: str
    remedies: tuple[Remedy, ...] = ()


class Due(NamedTuple):
    """One amount owed. `amount_minor` is what is still due; `full_minor` what was due before earlier payments.

    `cap_minor` is the most that may ever be paid on this line and head (I2: paid + pending <= due <= cap). `form` is
    in what it is paid: money, or points or coupons of that value. `by_court`: it is not for the platform to rule on.
    """

    line_id: str
    head: Head
    amount_minor: int
    currency: str
    payer: Party
    rule_id: str
    full_minor: int
    cap_minor: int
    form: Means = Means.MONEY
    by_court: bool = False


class PlanStep(NamedTuple):
    """One step of a plan: who does what, within which term; `due_at` assumes earlier steps take their full time."""

    term: Term
    due_at: datetime
    provisional: bool


class Question(NamedTuple):
    """A fact not known yet, and the rules that wait for it ('we need to know when you signed')."""

    fact: str
    rule_ids: tuple[str, ...]


class Prospect(NamedTuple):
    """What a plan would come to at most, should facts nobody has told yet turn out well for the buyer.

    `total_minor` is None where one of them is itself an amount.
    """

    total_minor: int | None
    questions: tuple[Question, ...]

    @property
    def facts(self) -> tuple[str, ...]:
        return tuple(question.fact for question in self.questions)


class Plan(NamedTuple):
    """One remedy the buyer may choose: amounts and steps.

    `adds_to_any` marks a plan (compensation) that may be taken beside any other. `depends_on` names facts not yet
    known on which the plan hangs. `settled` is true when every fact it rests on is evidenced, presumed or found.
    `rule_ids` are all rules that made it, the granting rule first. `claim_until` is the last moment to claim it, where
    a rule sets one. `freight_back_payer` bears the cost of sending back (None: nothing travels back); the amount is a
    due of its own once it is known. `prospect`: the same remedy may give more, which hangs on facts not yet known.
    """

    remedy: Remedy
    dues: tuple[Due, ...]
    steps: tuple[PlanStep, ...]
    rule_ids: tuple[str, ...]
    depends_on: tuple[str, ...]
    settled: bool
    adds_to_any: bool
    claim_until: Deadline | None = None
    freight_back_payer: Party | None = None
    prospect: Prospect | None = None

    @property
    def total_minor(self) -> int:
        return sum(due.amount_minor for due in self.dues)

    @property
    def final(self) -> bool:
        """Whether nothing still to be told or found can change what it gives."""
        return self.settled and self.prospect is None


class ObstacleKind(StrEnum):
    EXCLUDED = "excluded"
    OUT_OF_TIME = "out_of_time"
    NOT_YET = "not_yet"
    PAID_IN_FULL = "paid_in_full"
    NOT_CLAIMABLE = "not_claimable"


class Obstacle(NamedTuple):
    """What speaks against a remedy. `fact` is the fact it turns on (empty when none)."""

    kind: ObstacleKind
    rule_id: str
    line_id: str
    remedy: Remedy | None
    fact: str
    since: datetime | None


class EvidenceNeeded(NamedTuple):
    """Who must prove which fact, and how firmly it stands now; `presumed_against` holds true unless disproved."""

    fact: str
    burden: Party
    standing: Provenance
    rule_id: str
    exhibits: tuple[str, ...]


class SanctionFaced(NamedTuple):
    """Penalty points a party faces: the merchant if the claim is right, the buyer where a rule guards merchants."""

    points: int
    rule_id: str
    on: Party = Party.MERCHANT


class AvenueOpen(NamedTuple):
    """A way outside the platform that is open to the buyer, and the rule that tells of it."""

    to: AvenueKind
    rule_id: str


class FundCover(NamedTuple):
    """Up to how much the guarantee fund stands in, and by which rule."""

    cap_minor: int
    rule_id: str


class Answer(NamedTuple):
    """The whole assessment. `edition` names the set of rules in force when the order was placed."""

    market: str
    edition: str
    order_id: str
    currency: str
    assessed_at: datetime
    plans: tuple[Plan, ...]
    obstacles: tuple[Obstacle, ...]
    evidence: tuple[EvidenceNeeded, ...]
    questions: tuple[Question, ...]
    terms: tuple[Term, ...]
    fund: FundCover
    sanctions: tuple[SanctionFaced, ...] = ()
    avenues: tuple[AvenueOpen, ...] = ()

    def term(self, step: Step, debtor: Party | None = None, remedy: Remedy | None = None) -> Term:
        """The term for a step: that of the remedy where the book has one, else the general one.

        `debtor` narrows it where both sides have a term for the step. Raises KeyError when the rulebook sets none (its
        check refuses such a book).
        """
        general = None
        for term in self.terms:
            if term.step is step and (debtor is None or term.debtor is debtor):
                if remedy is not None and remedy in term.remedies:
                    return term
                if not term.remedies and general is None:
                    general = term
        if general is None:
            raise KeyError(f"edition {self.edition} sets no term for {step}")
        return general

    def plan(self, remedy: Remedy) -> Plan | None:
        """The plan for a remedy, or None when the rules grant it not."""
        return next((plan for plan in self.plans if plan.remedy is remedy), None)


class ClaimError(ValueError):
    """A claim does not fit its order or market. `field` names the part; `text` says what is wrong, `fix` what to do."""

    def __init__(self, field: str, text: Text, fix: Text) -> None:
        super().__init__(f"{field}: {text.en}; {fix.en}")
        self.field = field
        self.text = text
        self.fix = fix
