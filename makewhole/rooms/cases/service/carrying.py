"""Carry decisions out: ask the core, have the treasury pay, ask the core what follows, store it all."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from makewhole.core.case.commands import RecordPayment
from makewhole.core.case.decide import decide
from makewhole.core.case.decision import Context, Decision, Notice, Refusal
from makewhole.core.case.events import Event
from makewhole.core.case.model import SYSTEM, Actor, Case
from makewhole.core.ledger.model import PaymentInstruction
from makewhole.core.rulebook.model import Answer, Paid
from makewhole.rooms import prepared
from makewhole.rooms.cases import store
from makewhole.rooms.cases.ports import Refused
from makewhole.rooms.cases.service.telling import tell
from makewhole.rooms.cases.store import StoredCase, Written
from makewhole.rooms.cases.store.loading import Loaded
from makewhole.rooms.treasury import service as treasury
from makewhole.rooms.treasury.service import PaymentResult


class Done(NamedTuple):
    """What a command did: the case as it now stands, and the events that brought it there (none: nothing to do)."""

    case: Case
    events: tuple[Event, ...]


@dataclass(slots=True)
class Course:
    """One case on its way through commands: decisions follow each other until none asks for money."""

    loaded: Loaded
    before: StoredCase | None
    context: Context
    now: datetime
    case: Case | None
    events: list[Event] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def decide(self, command: object) -> Decision:
        """What follows from a command. Raises Refused."""
        decision = decide(self.case, command, self.context, self.now)
        if isinstance(decision, Refusal):
            raise Refused(decision)
        self.case = decision.case
        self.events += decision.events
        self.notices += decision.notices
        return decision

    def hear(self, instruction: PaymentInstruction, answer: Answer | None, result: PaymentResult) -> Decision:
        """What follows from what the treasury made of an instruction that rested on this answer. Raises Refused."""
        self.context = replace(self.context, actor=SYSTEM, answer=answer)
        paid = RecordPayment(
            instruction=instruction,
            paid=result.paid,
            advanced_minor=result.advanced_minor,
            awaited=result.awaited,
        )
        decision = self.decide(paid)
        added = tuple(Paid(due.line_id, due.head, due.amount_minor, due.payer) for due in result.paid)
        self.context = replace(self.context, paid=(*self.context.paid, *added), answer=None)
        return decision

    def written(self) -> Written | None:
        """The step to be stored; None when nothing happened."""
        if self.case is None or not self.events:
            return None
        return Written(self.before, self.case, tuple(self.events), self.loaded.record.order)

    def done(self) -> Done:
        if self.case is None:
            raise ValueError("no command was given")
        return Done(self.case, tuple(self.events))


def begin(loaded: Loaded, before: StoredCase | None, actor: Actor, now: datetime) -> Course:
    """A case about to take commands, or (`before` None) about to be opened."""
    case = before.case if before else None
    return Course(loaded, before, loaded.context(actor, case), now, case)


def give(commands: Sequence[tuple[Course, object]], now: datetime) -> None:
    """Decide these commands, each on a case of another order, and all they entail. Raises Refused.

    The cases go on side by side: what all of them grant is stated at once, then all they want is paid at once, and
    each hears what was paid on it, until none asks for more.
    """
    asking = [(course, course.decide(command)) for course, command in commands]
    while asking:
        treasury.set_all_dues(
            [
                treasury.Granted(UUID(decision.case.order_id), UUID(decision.case.id), decision.dues)
                for _, decision in asking
                if decision.dues is not None
            ]
        )
        paying = [
            (course, decision.instruction, decision.answer)
            for course, decision in asking
            if decision.instruction is not None
        ]
        results = treasury.pay_all([instruction for _, instruction, _ in paying], now)
        asking = [
            (course, course.hear(instruction, answer, result))
            for (course, instruction, answer), result in zip(paying, results, strict=True)
        ]


def keep(courses: Sequence[Course], now: datetime) -> None:
    """Store what these cases did, in one statement of each kind, and tell the parties."""
    moved = [(step, course) for course in courses if (step := course.written()) is not None]
    if moved:
        with prepared.together():
            written = store.write([step for step, _ in moved])
            tell([(step.case, step.order, course.notices) for step, course in moved], now)
        written()
