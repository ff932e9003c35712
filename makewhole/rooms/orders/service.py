"""Take orders in, and lock one for a command."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction

from makewhole.core.allocation.prior import prior_faults
from makewhole.core.order import checks
from makewhole.core.order.faults import OrderError, OrderFault
from makewhole.core.order.model import Order
from makewhole.core.order.read import read_order, write_order
from makewhole.core.order.versions import identity_faults, keep_sale, merge
from makewhole.core.words import Text
from makewhole.rooms.ids import new_id
from makewhole.rooms.orders import ports, store
from makewhole.rooms.orders.models import OrderRecord as OrderRecord

BATCH = 500
"""Orders taken in by one call at best: enough to make statements rare, few enough to keep a transaction short."""


class UnknownOrder(LookupError):
    """There is no such order."""


class ImportOutcome(StrEnum):
    """What became of one document."""

    ACCEPTED = "accepted"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


class Imported(NamedTuple):
    """What became of one document.

    `record` is the stored order, None when rejected. `before` is the order as it was, when it was updated.
    `sale_changed` names the fields of the sale that differ from before. `faults` say why it was rejected, or, for an
    updated order, which part of its sale was not taken.
    """

    number: str
    outcome: ImportOutcome
    record: OrderRecord | None = None
    before: Order | None = None
    sale_changed: tuple[str, ...] = ()
    faults: tuple[OrderFault, ...] = ()


def lock_order(order_id: UUID) -> OrderRecord:
    """The order, its row held until the transaction ends. Raises UnknownOrder."""
    return ask_to_lock(order_id)()


def ask_to_lock(order_id: UUID) -> Callable[[], OrderRecord]:
    """As `lock_order`, for statements that go out together: the order when called, which raises UnknownOrder."""
    asked = store.ask_to_lock(order_id)

    def read() -> OrderRecord:
        record = asked()
        if record is None:
            raise UnknownOrder(f"there is no order {order_id}")
        return record

    return read


def lock_free_orders(order_ids: Sequence[UUID], limit: int) -> list[OrderRecord]:
    """Those of these orders that nobody else holds, at most `limit`; their rows are held until the transaction ends.

    For sweeps: who works on an order goes on undisturbed, and nobody waits.
    """
    return store.lock_free_orders(order_ids, limit)


@transaction.atomic
def import_orders(documents: Sequence[Mapping[str, Any]], shop_id: str, now: datetime) -> tuple[Imported, ...]:
    """Take in orders as documents of makewhole's format; the outcomes stand in the order of the documents.

    Good orders are kept, bad ones rejected with every fault. The same document again changes nothing. A newer version
    of a known order is merged as `core.order.versions` tells. While a room above holds its sale, only what happened is
    taken from it, and the faults say which part of the sale was refused; when nothing happened it is rejected.
    Raises ValueError when `shop_id` is no word for a shop.
    """
    if not ports.SHOP_ID.fullmatch(shop_id):
        raise ValueError(f"{shop_id!r} cannot name a shop: use lower-case letters, digits, '-' and '_', at most 64")
    store.ensure_shop(shop_id, now)
    outcomes: list[Imported | None] = [None] * len(documents)
    pending: list[tuple[int, Order]] = []
    for place, document in enumerate(documents):
        order, faults = _read(document)
        if order is None:
            outcomes[place] = Imported(_number(document), ImportOutcome.REJECTED, faults=faults)
        else:
            pending.append((place, order))
    while pending:
        pending = _take_in(pending, shop_id, now, outcomes)
    return tuple(outcome for outcome in outcomes if outcome is not None)


def analyse() -> None:
    """Call now and then during a bulk import.

    Until the database has looked at tables that were empty a minute ago, it plans as if they still were, and a batch
    then takes longer the more orders there are.
    """
    store.analyse()


def _read(document: Mapping[str, Any]) -> tuple[Order | None, tuple[OrderFault, ...]]:
    try:
        order = read_order(document)
    except OrderError as error:
        return None, error.faults
    faults = prior_faults(order)
    return (None, faults) if faults else (order, ())


def _number(document: Mapping[str, Any]) -> str:
    number = document.get("id", "") if isinstance(document, Mapping) else ""
    return number[:128] if isinstance(number, str) else ""


def _take_in(
    pending: list[tuple[int, Order]], shop_id: str, now: datetime, outcomes: list[Imported | None]
) -> list[tuple[int, Order]]:
    """Store the first order of each number; returns what has to come again.

    That is a number given twice, and one that another importer stored between our look and our insert.
    """
    first: dict[str, tuple[int, Order]] = {}
    again = [(place, order) for place, order in pending if first.setdefault(order.id, (place, order))[0] != place]
    known = store.lock_by_number(shop_id, list(first))
    fresh = {new_id(): (place, order) for place, order in first.values() if order.id not in known}
    records = {order_id: OrderRecord(order_id, order, shop_id) for order_id, (_, order) in fresh.items()}
    if records:
        store.keep_names(order for _, order in fresh.values())
        documents = [(record, write_order(record.order)) for record in records.values()]
        inserted = store.insert_orders(documents, shop_id, now)
        for order_id, (place, order) in fresh.items():
            if order_id in inserted:
                outcomes[place] = Imported(order.id, ImportOutcome.ACCEPTED, records[order_id])
            else:
                again.append((place, order))
    _update([(place, known[order.id], order) for place, order in first.values() if order.id in known], now, outcomes)
    return again


def _update(given: Sequence[tuple[int, OrderRecord, Order]], now: datetime, outcomes: list[Imported | None]) -> None:
    merged = [(place, record, _merge(record, newer)) for place, record, newer in given]
    held = ports.held_sales([record.id for _, record, outcome in merged if outcome.sale_changed])
    written: list[OrderRecord] = []
    for place, record, told in merged:
        outcome = told
        if told.sale_changed and told.record and record.id in held:
            outcome = _without_sale(record, told.record.order, _held(told.sale_changed, held[record.id]))
        outcomes[place] = outcome
        if outcome.outcome is ImportOutcome.UPDATED and outcome.record:
            written.append(outcome.record)
    if written:
        store.keep_names(record.order for record in written)
        store.update_orders([(record, write_order(record.order)) for record in written], now)


def _merge(record: OrderRecord, newer: Order) -> Imported:
    faults = identity_faults(record.order, newer)
    if faults:
        return Imported(newer.id, ImportOutcome.REJECTED, faults=faults)
    order, sale_changed = merge(record.order, newer)
    return _imported(record, order, sale_changed, ())


def _without_sale(record: OrderRecord, newer: Order, refused: tuple[OrderFault, ...]) -> Imported:
    """What happened to the order is taken in; its sale stays as it is, and `refused` says why."""
    imported = _imported(record, keep_sale(record.order, newer), (), refused)
    if imported.outcome is ImportOutcome.UNCHANGED:
        return Imported(newer.id, ImportOutcome.REJECTED, faults=refused)
    return imported


def _imported(
    record: OrderRecord, order: Order, sale_changed: tuple[str, ...], refused: tuple[OrderFault, ...]
) -> Imported:
    if order == record.order:
        return Imported(order.id, ImportOutcome.UNCHANGED, record, faults=refused)
    faults = tuple(checks.faults(order)) or prior_faults(order)
    if faults:
        return Imported(order.id, ImportOutcome.REJECTED, faults=(*refused, *faults))
    updated = OrderRecord(record.id, order, record.shop_id)
    return Imported(order.id, ImportOutcome.UPDATED, updated, record.order, sale_changed, refused)


def _held(fields: Sequence[str], reason: Text) -> tuple[OrderFault, ...]:
    return tuple(
        OrderFault(
            f"$.{field}",
            Text(f"与已存的订单不同，而{reason.zh}", f"differs from the stored order, and {reason.en}"),
            Text("只追加包裹、物流事件与完成时间；金额由退款处理",
                 "add only parcels, events and completion; money is put right by refunds"),
        )
        for field in fields
    )  # fmt: skip
