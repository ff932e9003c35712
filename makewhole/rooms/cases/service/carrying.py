"""Carry a decision out: ask the core, have the treasury pay, ask the core what follows, store it all."""

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
from makewhole.core.rulebook.model import Paid
from makewhole.rooms import prepared
from makewhole.rooms.cases import store
from makewhole.rooms.cases.ports import Refused
from makewhole.rooms.cases.service.telling import tell
from makewhole.rooms.cases.store import StoredCase, Written
from makewhole.rooms.cases.store.loading import Loaded
from makewhole.rooms.treasury import service as treasury


class Done(NamedTuple):
    """What a command did: the case as it now stands, and the events that brought it there (none: nothing to do)."""

    case: Case
    events: tuple[Event, ...]


@dataclass(slots=True)
class Course:
    """One case on its way through a command: decisions follow each other until none asks for money."""

    loaded: Loaded
    before: StoredCase | None
    context: Context
    now: datetime
    case: Case | None
    events: list[Event] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def take(self, decision: Decision) -> None:
        self.case = decision.case
        self.events += decision.events
        self.notices += decision.notices
        if decision.dues is not None:
            treasury.set_dues(UUID(decision.case.order_id), UUID(decision.case.id), decision.dues)

    def give(self, command: object) -> None:
        """Decide a command and everything it entails. Raises Refused."""
        decision = decided(decide(self.case, command, self.context, self.now))
        self.take(decision)
        while decision.instruction is not None:
            result = treasury.pay(decision.instruction, self.now)
            paid = RecordPayment(
                instruction=decision.instruction,
                paid=result.paid,
                advanced_minor=result.advanced_minor,
                awaited=result.awaited,
            )
            self.context = replace(self.context, actor=SYSTEM)
            decision = decided(decide(self.case, paid, self.context, self.now))
            self.take(decision)
            added = tuple(Paid(due.line_id, due.head, due.amount_minor, due.payer) for due in result.paid)
            self.context = replace(self.context, paid=(*self.context.paid, *added))

    def written(self) -> Written | None:
        """The step to be stored; None when nothing happened."""
        if self.case is None or not self.events:
            return None
        return Written(self.before, self.case, tuple(self.events), self.loaded.record.order)

    def done(self) -> Done:
        if self.case is None:
            raise ValueError("no command was given")
        return Done(self.case, tuple(self.events))


def decided(answer: Decision | Refusal) -> Decision:
    if isinstance(answer, Refusal):
        raise Refused(answer)
    return answer


def begin(loaded: Loaded, before: StoredCase | None, actor: Actor, now: datetime) -> Course:
    """A case about to take commands, or (`before` None) about to be opened."""
    case = before.case if before else None
    return Course(loaded, before, loaded.context(actor, case), now, case)


def keep(courses: Sequence[Course], now: datetime) -> None:
    """Store what these cases did, in one statement of each kind, and tell the parties."""
    moved = [(step, course) for course in courses if (step := course.written()) is not None]
    if moved:
        with prepared.together():
            written = store.write([step for step, _ in moved])
            tell([(step.case, step.order, course.notices) for step, course in moved], now)
        written()
