"""One case with everything a page or an API client shows of it."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from makewhole.core.case.actions import AvailableAction, available_actions, is_party
from makewhole.core.case.claim import claim_of, paid_for
from makewhole.core.case.events import Event, EventKind
from makewhole.core.case.model import Actor, Case, Obligation
from makewhole.core.case.tell import tell
from makewhole.core.rulebook.assess import assess
from makewhole.core.rulebook.model import Answer, Paid
from makewhole.core.words import Role, Text
from makewhole.rooms.cases import store
from makewhole.rooms.cases.ports import Refused
from makewhole.rooms.cases.store.loading import CASE_UNKNOWN
from makewhole.rooms.orders import queries as orders
from makewhole.rooms.orders.queries import OrderRecord
from makewhole.rooms.rulebooks import queries as rulebooks


class Moment(NamedTuple):
    """One entry of the timeline. `next` is what was owed from then on; None where that did not change."""

    sequence: int
    kind: EventKind
    at: datetime
    role: Role
    actor_id: str
    title: Text
    detail: Text
    next: tuple[Obligation, ...] | None
    event: Event


@dataclass(frozen=True)
class CaseView:
    """A case as its reader sees it at `read_at`; `actions` are what this reader may do."""

    case: Case
    order: OrderRecord
    timeline: tuple[Moment, ...]
    actions: tuple[AvailableAction, ...]
    paid: tuple[Paid, ...]
    agent_id: str
    read_at: datetime

    @cached_property
    def answer(self) -> Answer:
        """What the rules say at that time, worked out when first asked for."""
        book = rulebooks.book(self.case.market)
        record = self.order
        return assess(book, record.order, record.allocation, claim_of(self.case), self.read_at, self.paid)


def read_case(case_id: UUID, reader: Actor, now: datetime) -> CaseView:
    """The case, for a party or the panel. Raises Refused (`case_unknown`) for everybody else."""
    found = store.read_file(case_id)
    if found is None or not is_party(found.case, reader):
        raise Refused(CASE_UNKNOWN)
    case, agent_id, events = found
    record = orders.order(UUID(case.order_id))
    if record is None:
        raise LookupError(f"case {case_id} is on order {case.order_id}, which does not exist")
    timeline = tuple([moment(event, case.currency) for event in events])
    return CaseView(case, record, timeline, available_actions(case, reader), paid_for(case), agent_id, now)


def moment(event: Event, currency: str) -> Moment:
    told = tell(event, currency)
    return Moment(
        event.sequence,
        event.kind,
        event.at,
        event.role,
        event.actor_id,
        told.title,
        told.detail,
        event.next,
        event,
    )
