"""What a decision is made from, what comes out of it, and the draft on which it is worked out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, NoReturn

from makewhole.core.allocation.model import Allocation
from makewhole.core.case.claim import claim_of, paid_for
from makewhole.core.case.events import Event, EventKind, Payload
from makewhole.core.case.evolve import evolve
from makewhole.core.case.model import Actor, Case, Obligation
from makewhole.core.ledger.model import HeadDue, PaymentInstruction
from makewhole.core.order.model import Order
from makewhole.core.rulebook.assess import assess
from makewhole.core.rulebook.model import Answer, Claim, ClaimError, Paid
from makewhole.core.rulebook.rule import Rulebook
from makewhole.core.words import Party, Step, Text

ANSWER_KEPT = frozenset(EventKind) - {EventKind.OPENED, EventKind.RULED, EventKind.PAYMENT_MADE}
"""Events that change nothing an answer rests on."""
TERMS_KEPT = ANSWER_KEPT | {EventKind.PAYMENT_MADE}
"""Events that change nothing the terms of an answer rest on: what was paid bears on amounts alone."""


class Refusal(NamedTuple):
    """A command that is not carried out: nothing changed. `where` names the field at fault, if one is."""

    code: str
    what: Text
    to_do: Text
    where: str = ""


class Refused(Exception):
    """Ends the work on a command inside the core; `decide` turns it into its refusal."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"{refusal.code}: {refusal.what.en}")
        self.refusal = refusal


def refuse(code: str, what: Text, to_do: Text, where: str = "") -> NoReturn:
    """End the command with a refusal."""
    raise Refused(Refusal(code, what, to_do, where))


class Notice(NamedTuple):
    """Somebody is to be told of an event. The platform's notices go to its operators."""

    to: Party
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a decision may look at besides the case.

    `order_id` is the order's own id here (`order.id` is the shop's number). `paid` is paid and pending over all cases
    of the order; `others` are its other cases, open and closed. `ids` gives fresh ids. `answer` is what the rules said
    on this claim when the decision was made that this one follows on, at the same time: its terms still hold.
    """

    actor: Actor
    order_id: str
    order: Order
    allocation: Allocation
    book: Rulebook
    ids: Iterator[str]
    paid: tuple[Paid, ...] = ()
    others: tuple[Case, ...] = ()
    answer: Answer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """All that follows from a command. `dues` (None: unchanged) are what the case grants, set before anything is paid.

    What the treasury makes of the instruction comes back as `RecordPayment`, in the same transaction, and `answer`
    (what the rules said, where they were asked) with it as the context's.
    """

    case: Case
    events: tuple[Event, ...]
    notices: tuple[Notice, ...]
    instruction: PaymentInstruction | None = None
    dues: tuple[HeadDue, ...] | None = None
    answer: Answer | None = None


class Draft:
    """The decision while it is worked out: events are recorded one by one and the case moves with them."""

    def __init__(self, case: Case | None, context: Context, now: datetime) -> None:
        self.current = case
        self.previous = case
        self.context = context
        self.now = now
        self.events: list[Event] = []
        self.notices: list[tuple[Party, int]] = []
        self.instruction: PaymentInstruction | None = None
        self.dues: tuple[HeadDue, ...] | None = None
        self.known_answer: Answer | None = None
        self.known_terms = context.answer

    @property
    def case(self) -> Case:
        if self.current is None:
            raise ValueError("the case is not open yet")
        return self.current

    def record(self, kind: EventKind, data: Payload, *following: Obligation, actor: Actor | None = None) -> None:
        """Record an event. `following` are the obligations from then on; none given leaves them as they were."""
        sequence = self.current.sequence + 1 if self.current else 1
        by = actor or self.context.actor
        event = Event(sequence, kind, self.now, by.role, by.id, data, following or None)
        self.previous, self.current = self.current, evolve(self.current, event)
        self.events.append(event)
        self.known_answer = self.known_answer if kind in ANSWER_KEPT else None
        self.known_terms = self.known_terms if kind in TERMS_KEPT else None

    def then(self, *following: Obligation) -> None:
        """Set what is owed after the event just recorded."""
        if following != self.case.obligations:
            self.events[-1] = self.events[-1]._replace(next=following)
            self.current = evolve(self.previous, self.events[-1])

    def tell(self, *parties: Party) -> None:
        """Tell these parties of the event just recorded."""
        self.notices.extend((party, len(self.events) - 1) for party in parties)

    @property
    def answer(self) -> Answer:
        """What the rules say now on the case's claim, given what was paid on its units."""
        if self.known_answer is None:
            self.known_answer = self.known_terms = self.assess(claim_of(self.case), paid_for(self.case))
        return self.known_answer

    def assess(self, claim: Claim, paid: tuple[Paid, ...]) -> Answer:
        """What the rules say now on a claim about this order."""
        context = self.context
        try:
            return assess(context.book, context.order, context.allocation, claim, self.now, paid)
        except ClaimError as error:
            refuse("claim_wrong", error.text, error.fix, error.field)

    def obligation(self, step: Step, debtor: Party) -> Obligation:
        """A fresh obligation with the term the rulebook sets for it, running from now."""
        remedy = (self.case.agreed or self.case.demand).remedy
        term = (self.known_terms or self.answer).term(step, debtor, remedy)
        deadline = self.context.book.calendar.deadline(self.now, term.length, term.unit)
        return Obligation(
            next(self.context.ids), step, debtor, deadline.at, deadline.provisional, term.on_silence, term.rule_id
        )

    def kept(self, *steps: Step) -> tuple[Obligation, ...]:
        """The open obligations of these kinds."""
        return tuple(obligation for obligation in self.case.obligations if obligation.step in steps)

    def decision(self) -> Decision:
        return Decision(
            case=self.case,
            events=tuple(self.events),
            notices=tuple(Notice(party, self.events[index]) for party, index in self.notices),
            instruction=self.instruction,
            dues=self.dues,
            answer=self.known_terms,
        )
