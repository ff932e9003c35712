"""Orders come in, once; corrected sales are booked as differences; what the shop gave back counts as paid."""

from datetime import UTC, datetime, timedelta

import pytest

from makewhole.core.rulebook.model import Paid
from makewhole.core.words import Head, Party
from makewhole.integrations.payments.models import SandboxCapture
from makewhole.rooms.orders.service import ImportOutcome
from makewhole.rooms.treasury import queries, service
from makewhole.rooms.treasury.models import Escrow, Transfer
from tests.core.order.orders import order_document
from tests.rooms.treasury.books import books_are_sound
from tests.rooms.treasury.stage import MONEY, NOW, balance, document, grant, instruction, sell, states

pytestmark = pytest.mark.django_db
GOODS = Head.GOODS
LATER = NOW + timedelta(hours=1)


def test_importing_again_receives_nothing_again() -> None:
    documents = [document(str(number)) for number in range(20)]
    sell(*documents)
    assert balance("escrow") == 200_000
    outcomes = service.import_orders(documents, "stage", LATER)
    assert {outcome.outcome for outcome in outcomes} == {ImportOutcome.UNCHANGED}
    assert (balance("escrow"), Transfer.objects.count()) == (200_000, 20)
    assert SandboxCapture.objects.get(reference="pay-7").amount_minor == 10_000
    books_are_sound()


def test_good_orders_are_received_beside_rejected_ones() -> None:
    outcomes = service.import_orders([document("1"), {"id": "2"}, document("3")], "stage", NOW)
    assert [outcome.outcome.value for outcome in outcomes] == ["accepted", "rejected", "accepted"]
    assert balance("escrow") == 20_000


def test_completion_sets_when_the_escrow_goes_to_the_merchant() -> None:
    events = [{"kind": "signed", "at": "2026-11-12T10:00:00+08:00"}]
    parcel = {"id": "k-1", "carrier": "SF", "tracking_number": "1", "events": events}
    signed, waiting, cancelled = sell(
        document("1", parcels=[parcel]),
        document("2"),
        document("3", parcels=[parcel], cancelled_at="2026-11-13T10:00:00+08:00"),
    )
    due = {escrow.order_id: escrow.settle_due_at for escrow in Escrow.objects.all()}
    assert due[signed.id] == datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
    assert (due[waiting.id], due[cancelled.id]) == (None, None)
    service.import_orders([document("2", completed_at="2026-11-20T10:00:00+08:00")], "stage", LATER)
    assert service.settle_due(LATER, 10) == 1
    assert balance("merchant") == 10_000


def test_a_corrected_sale_books_what_differs() -> None:
    points = {"id": "p-2", "means": "points", "amount_minor": 1_000, "units": 100, "reference": "b-1"}
    sell(document("1", payments=[{**MONEY, "amount_minor": 9_000, "reference": "pay-1"}, points]))
    assert (balance("provider"), balance("platform")) == (-9_000, -1_000)
    (outcome,) = service.import_orders(
        [document("1", amount_minor=8_500, payments=[{**MONEY, "amount_minor": 8_500, "reference": "pay-1"}])],
        "stage",
        LATER,
    )
    assert outcome.outcome is ImportOutcome.UPDATED
    assert (balance("provider"), balance("platform"), balance("escrow")) == (-8_500, 0, 8_500)
    books_are_sound()


def test_a_sale_is_held_once_money_is_due_on_it() -> None:
    (sold,) = sell(document("1"))
    grant(sold, ("1", GOODS, 100))
    (outcome,) = service.import_orders([document("1", amount_minor=8_500)], "stage", LATER)
    assert outcome.outcome is ImportOutcome.REJECTED
    assert "money has been paid out, is due or was settled" in outcome.faults[0].say()
    assert balance("escrow") == 10_000


def test_what_the_shop_gave_back_counts_as_paid_and_is_not_paid_again() -> None:
    (sold,) = sell(order_document())
    position = queries.position(sold.id, "m-qinghe", "CNY")
    assert position.paid == (Paid("1", GOODS, 3_000, Party.MERCHANT),)
    assert position.escrow_minor == 14_010 - 3_000
    assert sum(payment.returned_minor for payment in queries.order_payments(sold.id)) == 3_000
    service.import_orders([order_document()], "stage", LATER)
    assert [kind for kind, _, _ in states(sold)].count("prior") == len(states(sold))
    grant(sold, ("1", GOODS, 2_000), cap_minor=11_400)
    service.pay(instruction(sold, "r-1", ("1", GOODS, 2_000)), NOW)
    assert queries.position(sold.id, "m-qinghe", "CNY").paid == (Paid("1", GOODS, 5_000, Party.MERCHANT),)
    books_are_sound()
