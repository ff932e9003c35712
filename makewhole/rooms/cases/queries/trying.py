"""What would follow from a command, without giving it: the same decision, nothing locked, nothing stored."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from makewhole.core.case.actions import is_party
from makewhole.core.case.amounts import Ceiling, Place, ceilings, plan_terms, room_left
from makewhole.core.case.claim import claim_of, paid_for
from makewhole.core.case.commands import Command
from makewhole.core.case.decide import decide
from makewhole.core.case.decision import Decision, Draft, Refusal
from makewhole.core.case.decision import Refused as CoreRefused
from makewhole.core.case.findings import unproven
from makewhole.core.case.model import Actor, Finding, Terms
from makewhole.core.case.ruling import raised
from makewhole.core.rulebook.model import Answer
from makewhole.core.words import Remedy
from makewhole.rooms.cases import store
from makewhole.rooms.cases.ports import Refused
from makewhole.rooms.cases.store import StoredCase
from makewhole.rooms.cases.store.loading import CASE_UNKNOWN, Loaded
from makewhole.rooms.orders import queries as orders
from makewhole.rooms.treasury import queries as treasury


class Outlook(NamedTuple):
    """What a ruling with certain findings could give.

    `answer` is what the rules say under them and `open_facts` what it still turns on. `terms` is everything due under
    each remedy they grant. `most` is the most per line and head within the rules, `beyond` with a reason to go beyond.
    """

    answer: Answer
    open_facts: tuple[str, ...]
    most: dict[Place, Ceiling]
    beyond: dict[Place, Ceiling]
    terms: dict[Remedy, Terms]


def outlook(case_id: UUID, findings: tuple[Finding, ...], reader: Actor, now: datetime) -> Outlook:
    """What the rules give when these facts are held to be true. Raises Refused for a case the reader may not see."""
    loaded, stored = loaded_for(case_id, reader)
    draft = Draft(stored.case, loaded.context(reader, stored.case), now)
    try:
        answer = draft.assess(claim_of(stored.case, findings), paid_for(stored.case))
    except CoreRefused as refused:
        raise Refused(refused.refusal) from refused
    room = room_left(answer, draft.context)
    most = ceilings(answer, room, by_court=False)
    granted = {plan.remedy: plan_terms(answer, plan.remedy, room, by_court=False) for plan in answer.plans}
    terms = {remedy: given for remedy, given in granted.items() if given is not None}
    return Outlook(answer, unproven(answer), most, raised(most, room, draft), terms)


def would_follow(case_id: UUID, command: Command, actor: Actor, now: datetime) -> Decision:
    """The decision this command would bring now. Raises Refused when it would be refused."""
    loaded, stored = loaded_for(case_id, actor)
    decision = decide(stored.case, command, loaded.context(actor, stored.case), now)
    if isinstance(decision, Refusal):
        raise Refused(decision)
    return decision


def loaded_for(case_id: UUID, reader: Actor) -> tuple[Loaded, StoredCase]:
    """The case with all that a decision on it looks at, for a party or the panel. Raises Refused."""
    order_id = store.order_of(case_id)
    record = orders.order(order_id) if order_id else None
    if record is None:
        raise Refused(CASE_UNKNOWN)
    loaded = Loaded(record, store.cases_of_orders([record.id]), treasury.paid(record.id))
    stored = loaded.case(case_id)
    if stored is None or not is_party(stored.case, reader):
        raise Refused(CASE_UNKNOWN)
    return loaded, stored
