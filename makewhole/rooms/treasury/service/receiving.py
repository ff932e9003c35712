"""Orders come in: their payments go into escrow, and what the shop itself gave back is booked as paid."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import transaction

from makewhole.core.ledger import movements
from makewhole.core.ledger.model import PaymentTaken, Transfer
from makewhole.core.ledger.movements import Scope
from makewhole.core.order.model import Means, Payment
from makewhole.core.rulebook.model import WHOLE_ORDER
from makewhole.core.words import Head, Text
from makewhole.rooms.orders import service as orders
from makewhole.rooms.orders.service import Imported, ImportOutcome, OrderRecord
from makewhole.rooms.treasury import ports
from makewhole.rooms.treasury.service import prior
from makewhole.rooms.treasury.store.batch import Batch
from makewhole.rooms.treasury.store.book import Book, place_of
from makewhole.rooms.treasury.store.orders import (
    EscrowRow,
    KnownPayment,
    PaymentRow,
    known_payments,
    orders_in_use,
    write_escrows,
    write_payments,
)


class Received(NamedTuple):
    record: OrderRecord
    payment: Payment
    position: int
    known: KnownPayment | None


@transaction.atomic
def import_orders(documents: Sequence[Mapping[str, Any]], shop: str, now: datetime) -> tuple[Imported, ...]:
    """Take in orders (`orders.service.import_orders`) and receive their payments, in one transaction.

    The same documents again change nothing. The outcomes stand in the order of the documents.
    """
    outcomes = orders.import_orders(documents, shop, now)
    # One batch may hold an order and newer versions of it: what counts is how it stands at the end.
    changed = {
        each.record.id: each.record for each in outcomes if each.record and each.outcome is not ImportOutcome.UNCHANGED
    }
    receive_orders(list(changed.values()), now)
    return outcomes


@transaction.atomic
def receive_orders(records: Sequence[OrderRecord], now: datetime) -> None:
    """Put the payments of these orders into escrow; the caller holds their rows.

    What was received before is not received again. Where a corrected sale changed a payment, the difference is booked.
    """
    if not records:
        return
    batch = Batch()
    received = list(_payments(records))
    write_escrows(batch, [_escrow(record) for record in records])
    write_payments(batch, [_payment_row(each) for each in received])
    book = Book(now)
    moves = [transfer for each in received for transfer in _transfers(each, now)]
    places = {place_of(transfer.merchant_id, account) for transfer in moves for account, _ in transfer.entries}
    places.update(place for record in records if record.order.refunds for place in prior.places(record))
    book.lock(places)
    for transfer in moves:
        book.post(transfer)
    book.write(batch)
    batch.run()
    _tell_providers(received)
    for record in records:
        if record.order.refunds:
            prior.book_prior(record, now)


def sales_in_use(order_ids: Sequence[UUID]) -> dict[UUID, Text]:
    """Orders whose sale may not be corrected any more: money has moved or is due on them."""
    reason = Text("该订单已有退款、赔付或结算", "money has been paid out, is due or was settled on this order")
    return dict.fromkeys(orders_in_use(order_ids), reason)


def _payments(records: Sequence[OrderRecord]) -> Iterable[Received]:
    """Payments the orders name, and those they no longer name (with nothing left)."""
    known = known_payments([record.id for record in records])
    for record in records:
        named = {payment.id for payment in record.order.payments}
        gone = [
            Payment(payment_id, earlier.means, 0, earlier.provider)
            for (order_id, payment_id), earlier in known.items()
            if order_id == record.id and payment_id not in named
        ]
        for position, payment in enumerate([*record.order.payments, *gone]):
            yield Received(record, payment, position, known.get((record.id, payment.id)))


def _escrow(record: OrderRecord) -> EscrowRow:
    order = record.order
    due_at = None
    if order.cancelled_at is None:
        signed_at = order.signed_at
        due_at = order.completed_at or (signed_at + timedelta(days=settings.SETTLE_AFTER_DAYS) if signed_at else None)
    return EscrowRow(record.id, order.id, order.merchant_id, order.buyer_id, order.currency, due_at)


def _payment_row(each: Received) -> PaymentRow:
    order, payment = each.record.order, each.payment
    return PaymentRow(
        order_id=each.record.id,
        merchant_id=order.merchant_id,
        payment_id=payment.id,
        position=each.position,
        means=str(payment.means),
        provider=prior.provider_of(payment),
        provider_reference=_reference(each),
        amount_minor=payment.amount_minor,
        units=payment.units,
        shares=json.dumps(_shares(each.record, payment.id)),
        paid_at=payment.paid_at or order.placed_at,
    )


def _reference(each: Received) -> str:
    """The provider's reference; where the order has none, one that is the order's own."""
    return each.payment.reference or f"{each.record.id}/{each.payment.id}"


def _shares(record: OrderRecord, payment_id: str) -> list[tuple[str, str, int]]:
    allocation = record.allocation
    shares = [
        (line.line_id, str(Head.GOODS), amount)
        for line in allocation.lines
        for payer, amount in line.by_payment
        if payer == payment_id
    ]
    shares += [
        (WHOLE_ORDER, str(Head.FREIGHT_OUT), amount)
        for payer, amount in allocation.freight_by_payment
        if payer == payment_id
    ]
    return [share for share in shares if share[2]]


def _transfers(each: Received, now: datetime) -> list[Transfer]:
    """A new payment is received; a corrected one is taken back as it was and received as it is."""
    order, payment = each.record.order, each.payment
    current = KnownPayment(payment.means, prior.provider_of(payment), payment.amount_minor)
    if each.known == current:
        return []
    scope = Scope(order.merchant_id, str(each.record.id))

    def received(terms: KnownPayment) -> Transfer:
        taken = PaymentTaken(payment.id, terms.means, terms.provider, "", terms.amount_minor, 0, 0, ())
        return movements.receive_payment(taken, order.currency, scope)

    transfers = []
    if each.known and each.known.amount_minor:
        taken_back = received(each.known)
        transfers.append(movements.returned(taken_back, f"{taken_back.reference}/{now.isoformat()}"))
    if payment.amount_minor:
        taken = received(current)
        transfers.append(taken._replace(reference=f"{taken.reference}/{now.isoformat()}") if each.known else taken)
    return transfers


def _tell_providers(received: Sequence[Received]) -> None:
    captures: dict[str, list[ports.Capture]] = {}
    for each in received:
        payment, order = each.payment, each.record.order
        if payment.means is Means.MONEY and payment.amount_minor:
            capture = ports.Capture(
                f"{each.record.id}/{payment.id}",
                _reference(each),
                payment.amount_minor,
                order.currency,
                payment.paid_at or order.placed_at,
            )
            captures.setdefault(prior.provider_of(payment), []).append(capture)
    for name, of_provider in captures.items():
        ports.provider(name).note_captures(of_provider)
