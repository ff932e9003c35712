"""The deadline sweep: what is overdue follows its consequence, exactly once, in the transaction that stores it."""

import logging
from datetime import datetime
from uuid import UUID

from django.db import transaction

from makewhole.core.case.commands import Expire
from makewhole.core.case.model import SYSTEM
from makewhole.rooms import prepared
from makewhole.rooms.cases import store
from makewhole.rooms.cases.service.carrying import Course, begin, keep
from makewhole.rooms.cases.store.loading import Loaded
from makewhole.rooms.orders.service import OrderRecord, lock_free_orders
from makewhole.rooms.treasury import queries as treasury

BATCH = 50
"""Orders handled in one transaction at best."""

log = logging.getLogger(__name__)


def expire_due(now: datetime, limit: int) -> int:
    """Let at most about `limit` overdue obligations take their consequence; returns how many did.

    Orders somebody else is working on are left for the next sweep. A case whose consequence fails is logged and left
    as it was; the others of its batch are tried one by one.
    """
    fired = 0
    tried: set[UUID] = set()
    while fired < limit:
        found = [order_id for order_id in store.due_orders(now, 4 * BATCH + len(tried)) if order_id not in tried]
        if not found:
            return fired
        handled, count = sweep(found, now)
        if not handled:
            return fired
        tried |= handled
        fired += count
    return fired


def sweep(order_ids: list[UUID], now: datetime) -> tuple[set[UUID], int]:
    """One batch; the orders it took and how many obligations fired."""
    try:
        with transaction.atomic():
            return expire_orders(order_ids, BATCH, now)
    except Exception:
        log.exception("a batch of deadlines failed as a whole; its orders are tried one by one")
    handled: set[UUID] = set()
    fired = 0
    for order_id in order_ids[:BATCH]:
        try:
            with transaction.atomic():
                fired += expire_orders([order_id], 1, now)[1]
        except Exception:
            log.exception("the deadline of a case on order %s could not take its consequence", order_id)
        handled.add(order_id)
    return handled, fired


def expire_orders(order_ids: list[UUID], most: int, now: datetime) -> tuple[set[UUID], int]:
    """Fire what is overdue on those of these orders that are free, at most so many."""
    records = {record.id: record for record in lock_free_orders(order_ids, most)}
    fired = 0
    courses: list[Course] = []
    for loaded in load_all(records):
        for place, stored in enumerate(loaded.cases):
            overdue = [each.id for each in stored.case.obligations if each.due_at <= now]
            if overdue:
                course = begin(loaded, stored, SYSTEM, now)
                fired += fire(course, overdue)
                courses.append(course)
                loaded.paid = course.context.paid
                loaded.cases[place] = stored._replace(case=course.done().case)
    keep(courses, now)
    return set(records), fired


def fire(course: Course, overdue: list[str]) -> int:
    """Expire these obligations of a case, as far as the earlier ones left them open."""
    fired = 0
    for obligation_id in overdue:
        case = course.case
        if case is not None and any(each.id == obligation_id for each in case.obligations):
            course.give(Expire(obligation_id=obligation_id))
            fired += 1
    return fired


def load_all(records: dict[UUID, OrderRecord]) -> list[Loaded]:
    """Everything for these locked orders."""
    if not records:
        return []
    order_ids = list(records)
    with prepared.together():
        asked_cases, asked_paid = store.ask_cases(order_ids), treasury.ask_paid(order_ids)
    cases, paid = asked_cases(), asked_paid()
    loaded = {order_id: Loaded(record, [], paid.get(order_id, ())) for order_id, record in records.items()}
    for stored in cases:
        loaded[UUID(stored.case.order_id)].cases.append(stored)
    return list(loaded.values())
