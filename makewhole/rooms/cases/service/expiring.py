"""The deadline sweep: what is overdue follows its consequence, exactly once, in the transaction that stores it."""

import logging
from datetime import datetime
from uuid import UUID

from django.db import transaction

from makewhole.core.case.commands import Expire
from makewhole.core.case.model import SYSTEM
from makewhole.rooms import prepared
from makewhole.rooms.cases import store
from makewhole.rooms.cases.service.carrying import begin, give, keep
from makewhole.rooms.cases.store import StoredCase
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
    in_vain: set[UUID] = set()
    while fired < limit:
        found = [order_id for order_id in store.due_orders(now, 4 * BATCH + len(in_vain)) if order_id not in in_vain]
        if not found:
            return fired
        count, idle = sweep(found, now)
        if not count and not idle:
            return fired
        in_vain |= idle
        fired += count
    return fired


def sweep(order_ids: list[UUID], now: datetime) -> tuple[int, set[UUID]]:
    """One batch: how many obligations fired, and the orders taken in vain."""
    try:
        with transaction.atomic():
            return expire_orders(order_ids, BATCH, now)
    except Exception:
        log.exception("a batch of deadlines failed as a whole; its orders are tried one by one")
    fired = 0
    in_vain: set[UUID] = set()
    for order_id in order_ids[:BATCH]:
        try:
            with transaction.atomic():
                count, idle = expire_orders([order_id], 1, now)
            fired += count
            in_vain |= idle
        except Exception:
            log.exception("the deadline of a case on order %s could not take its consequence", order_id)
            in_vain.add(order_id)
    return fired, in_vain


def expire_orders(order_ids: list[UUID], most: int, now: datetime) -> tuple[int, set[UUID]]:
    """On those of these orders that are free, at most so many, let what is longest overdue take its consequence.

    One obligation of each: what else is overdue on an order has to see what was paid for the first, and waits for the
    next batch. So a transaction locks each merchant's accounts once, with all others that it needs, and no two can
    wait for each other. Returns how many fired, and the orders on which nothing was overdue any more.
    """
    records = {record.id: record for record in lock_free_orders(order_ids, most)}
    firing = [
        (begin(loaded, stored, SYSTEM, now), Expire(obligation_id=obligation_id))
        for loaded in load_all(records)
        for stored, obligation_id in longest_overdue(loaded, now)
    ]
    give(firing, now)
    keep([course for course, _ in firing], now)
    return len(firing), set(records) - {course.loaded.record.id for course, _ in firing}


def longest_overdue(loaded: Loaded, now: datetime) -> list[tuple[StoredCase, str]]:
    """The obligation on an order that is longest overdue, with its case; none when nothing is."""
    overdue = [
        (obligation.due_at, obligation.id, stored)
        for stored in loaded.cases
        for obligation in stored.case.obligations
        if obligation.due_at <= now
    ]
    return [(stored, obligation_id) for _, obligation_id, stored in sorted(overdue, key=lambda each: each[:2])[:1]]


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
