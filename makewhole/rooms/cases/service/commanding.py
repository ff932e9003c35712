"""Commands from people and programs: one command, one transaction, one winner."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from makewhole.core.case.actions import PARTY_OF, is_party
from makewhole.core.case.commands import Appeal, Command, OpenCase, Rule, RuleAppeal, SubmitEvidence
from makewhole.core.case.decision import Refusal
from makewhole.core.case.model import Actor
from makewhole.core.words import Text
from makewhole.rooms import prepared
from makewhole.rooms.cases import store
from makewhole.rooms.cases.ports import Refused
from makewhole.rooms.cases.service.carrying import Done, begin, give, keep
from makewhole.rooms.cases.store.loading import CASE_UNKNOWN, ORDER_UNKNOWN, Loaded
from makewhole.rooms.evidence import service as evidence
from makewhole.rooms.orders.service import UnknownOrder, ask_to_lock
from makewhole.rooms.treasury import queries as treasury


def load(order_id: UUID) -> Loaded:
    """Lock an order and read all a decision on it needs. Raises Refused when there is no such order."""
    with prepared.together():
        order, cases, paid = ask_to_lock(order_id), store.ask_cases([order_id]), treasury.ask_paid([order_id])
    try:
        return Loaded(order(), cases(), paid().get(order_id, ()))
    except UnknownOrder:
        raise Refused(ORDER_UNKNOWN) from None


def open_case(order_id: UUID, command: OpenCase, actor: Actor, now: datetime, exhibit_ids: Sequence[UUID] = ()) -> Done:
    """Open a case on an order, with the buyer's drafts of evidence.

    Raises Refused; nothing is stored then, and a transaction that this was called in cannot go on.
    """
    try:
        with transaction.atomic(savepoint=False):
            course = begin(load(order_id), None, actor, now)
            give([(course, command)], now)
            if exhibit_ids and course.case is not None:
                filed = hand_in(exhibit_ids, UUID(course.case.id), order_id, actor, now)
                give([(course, SubmitEvidence(exhibit_ids=filed))], now)
            keep([course], now)
            return course.done()
    except IntegrityError as error:
        if "cases_hold_within_line" not in str(error):
            raise
        raise Refused(
            Refusal(
                "units_taken",
                Text("这些商品正在另一个售后中", "these units are in another open case"),
                Text("等该售后结束", "wait for that case to end"),
                "lines",
            )
        ) from error


@transaction.atomic(savepoint=False)
def act(case_id: UUID, command: Command, actor: Actor, now: datetime, expected_version: int | None = None) -> Done:
    """Give a command to a case. Raises Refused when it may not be given now, as `open_case` does.

    `expected_version` is the `sequence` the caller decided on; when the case has moved on the code is `case_changed`.
    """
    order_id = store.order_of(case_id)
    if order_id is None:
        raise Refused(CASE_UNKNOWN)
    loaded = load(order_id)
    before = loaded.case(case_id)
    if before is None or not is_party(before.case, actor):
        raise Refused(CASE_UNKNOWN)
    if expected_version is not None and before.case.sequence != expected_version:
        raise Refused(
            Refusal(
                "case_changed",
                Text("售后已有新进展", "the case has moved on"),
                Text("刷新后再决定", "reload it and decide again"),
            )
        )
    course = begin(loaded, before, actor, now)
    if isinstance(command, SubmitEvidence | Appeal) and command.exhibit_ids:
        command = replace(command, exhibit_ids=named(command.exhibit_ids, case_id, order_id, actor, now))
    give([(course, command)], now)
    keep([course], now)
    if isinstance(command, Rule | RuleAppeal):
        # An appeal is for another agent: whoever has ruled has done with the case.
        store.release(case_id, actor.id)
    return course.done()


def named(exhibit_ids: Sequence[str], case_id: UUID, order_id: UUID, actor: Actor, now: datetime) -> tuple[str, ...]:
    """Hand in exhibits named by text, as commands name them."""
    try:
        drafts = [UUID(exhibit_id) for exhibit_id in exhibit_ids]
    except ValueError:
        what = Text("证据编号不正确", "an exhibit's id is not one of ours")
        to_do = Text("使用上传后得到的编号", "use the id the upload gave")
        raise Refused(Refusal("exhibit_unknown", what, to_do, "exhibit_ids")) from None
    return hand_in(drafts, case_id, order_id, actor, now)


def hand_in(exhibit_ids: Sequence[UUID], case_id: UUID, order_id: UUID, actor: Actor, now: datetime) -> tuple[str, ...]:
    """Make the actor's drafts exhibits of the case. Raises Refused when one is not theirs."""
    side = PARTY_OF.get(actor.role)
    if side is None:
        raise Refused(CASE_UNKNOWN)
    try:
        filed = evidence.attach(exhibit_ids, case_id, side, now, order_id=order_id, actor=actor)
    except evidence.EvidenceRefused as refused:
        to_do = Text("重新上传后再提交", "upload it again, then hand it in")
        raise Refused(Refusal(refused.code, refused.text, to_do, "exhibit_ids")) from refused
    return tuple(dict.fromkeys(str(exhibit.id) for exhibit in filed))
