"""Taking orders in: good ones kept, bad ones told, the same again harmless, newer versions merged."""

import copy
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from makewhole.core.order.read import read_order
from makewhole.core.words import Text
from makewhole.rooms.orders import ports, queries, service
from makewhole.rooms.orders.models import Buyer, Merchant
from makewhole.rooms.orders.service import Imported, ImportOutcome
from tests.core.order.orders import order_document

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
HELD = Text("已有一件纠纷", "a case is open on it")

pytestmark = pytest.mark.django_db


def take_in(*documents: Any, now: datetime = NOW) -> tuple[Imported, ...]:
    return service.import_orders(documents, "demo", now)


def outcome(document: dict[str, Any], now: datetime = LATER) -> ImportOutcome:
    return take_in(document, now=now)[0].outcome


def numbered(number: str, **changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(order_document()), "id": number, **changes}


@pytest.fixture
def held() -> Iterator[None]:
    """A room above holds every sale."""
    ports.register_sale_guard("test", lambda order_ids: dict.fromkeys(order_ids, HELD))
    yield
    ports.register_sale_guard("test", lambda order_ids: {})


def test_a_good_order_is_stored_whole() -> None:
    (imported,) = take_in(order_document())
    assert imported.outcome is ImportOutcome.ACCEPTED
    assert imported.record is not None
    stored = queries.order(imported.record.id)
    assert stored is not None
    assert stored.order == read_order(order_document())
    assert stored.shop_id == "demo"
    assert stored.allocation.share("1").quantity == 3
    assert queries.order_by_number("demo", "2026111100017") == stored
    assert queries.merchant_names(["m-qinghe"]) == {"m-qinghe": "青禾果园"}
    assert queries.buyer_names(["b-301", "b-999"]) == {"b-301": "林晓"}


def test_good_orders_are_kept_beside_bad_ones() -> None:
    unpaid = numbered("2", payments=[])
    broken = {"id": "3"}
    results = take_in(numbered("1"), unpaid, broken, "nonsense", numbered("4"))
    assert [result.outcome.value for result in results] == ["accepted", "rejected", "rejected", "rejected", "accepted"]
    assert [result.number for result in results] == ["1", "2", "3", "", "4"]
    assert results[1].faults[0].path == "$.payments"
    assert results[2].faults[0].say() == (
        "$.merchant_id: is missing; add it; docs/reference/order.md says what it means"
    )
    assert queries.order_by_number("demo", "2") is None


def test_a_refund_above_the_lines_share_is_rejected() -> None:
    document = order_document()
    document["refunds"][0]["amount_minor"] = 11_400
    (rejected,) = take_in(document)
    assert [fault.path for fault in rejected.faults] == ["$.refunds"]
    assert "its share is" in rejected.faults[0].wrong.en


def test_the_same_document_again_changes_nothing() -> None:
    (first,) = take_in(order_document())
    (again,) = take_in(order_document(), now=LATER)
    assert again.outcome is ImportOutcome.UNCHANGED
    assert again.record == first.record


def test_a_number_twice_in_one_batch_is_one_order() -> None:
    parcel = {"id": "k-9"}
    results = take_in(numbered("1", parcels=[]), numbered("1", parcels=[parcel]), numbered("1", parcels=[]))
    assert [result.outcome.value for result in results] == ["accepted", "updated", "unchanged"]


def test_the_same_number_in_another_shop_is_another_order() -> None:
    (one,) = service.import_orders([order_document()], "demo", NOW)
    (other,) = service.import_orders([order_document()], "second", NOW)
    assert one.record
    assert other.record
    assert one.record.id != other.record.id


def test_a_shop_has_a_plain_name() -> None:
    with pytest.raises(ValueError, match="cannot name a shop"):
        service.import_orders([], "My Shop!", NOW)


@pytest.mark.usefixtures("held")
def test_what_happened_to_an_order_may_be_added_at_any_time() -> None:
    document = numbered("1", parcels=[], refunds=[])
    del document["completed_at"]
    take_in(document)
    dispatched = {"kind": "dispatched", "at": "2026-11-12T09:00:00+08:00"}
    signed = {"kind": "signed", "at": "2026-11-14T15:20:00+08:00"}
    assert outcome({**document, "parcels": [{"id": "k", "events": [dispatched]}]}) is ImportOutcome.UPDATED
    assert outcome({**document, "parcels": [{"id": "k", "events": [dispatched, signed]}]}) is ImportOutcome.UPDATED
    (done,) = take_in({**document, "completed_at": "2026-11-24T15:20:00+08:00"}, now=LATER)
    assert done.record is not None
    assert [event.kind.value for event in done.record.order.parcels[0].events] == ["dispatched", "signed"]
    assert done.record.order.completed_at is not None
    stored = queries.order_by_number("demo", "1")
    assert stored is not None
    assert stored.order == done.record.order


def test_an_older_export_takes_nothing_away() -> None:
    older = numbered("1", parcels=[], refunds=[])
    del older["completed_at"]
    take_in(numbered("1"))
    assert outcome(older) is ImportOutcome.UNCHANGED


def test_the_sale_may_be_corrected_until_somebody_holds_it(held: None) -> None:
    ports.register_sale_guard("test", lambda order_ids: {})
    take_in(numbered("1"))
    cheaper = numbered("1", freight={"amount_minor": 810})
    (corrected,) = take_in(cheaper, now=LATER)
    assert (corrected.outcome, corrected.sale_changed) == (ImportOutcome.UPDATED, ("freight",))
    assert corrected.before is not None
    assert corrected.before.freight.amount_minor == 1200
    ports.register_sale_guard("test", lambda order_ids: dict.fromkeys(order_ids, HELD))
    (refused,) = take_in(numbered("1"), now=LATER)
    assert refused.outcome is ImportOutcome.REJECTED
    assert [fault.say() for fault in refused.faults] == [
        "$.freight: differs from the stored order, and a case is open on it; "
        "add only parcels, events and completion; money is put right by refunds"
    ]


@pytest.mark.usefixtures("held")
def test_while_the_sale_is_held_what_happened_is_still_taken() -> None:
    take_in(numbered("1", refunds=[]))
    parcel = {"id": "k-9"}
    document = numbered("1")
    (told,) = take_in({**document, "parcels": [*document["parcels"], parcel]}, now=LATER)
    assert told.outcome is ImportOutcome.UPDATED
    assert told.sale_changed == ()
    assert [fault.path for fault in told.faults] == ["$.refunds"]
    stored = queries.order_by_number("demo", "1")
    assert stored is not None
    assert stored.order.refunds == ()
    assert stored.order.parcels[-1].id == "k-9"


@pytest.mark.parametrize(
    ("field", "value"),
    [("merchant_id", "m-2"), ("buyer_id", "b-2"), ("market", "br"), ("placed_at", "2026-11-11T10:00:01+08:00")],
)
def test_another_orders_identity_is_refused(field: str, value: str) -> None:
    take_in(order_document())
    (refused,) = take_in({**order_document(), field: value}, now=LATER)
    assert refused.outcome is ImportOutcome.REJECTED
    assert [fault.path for fault in refused.faults] == [f"$.{field}"]


def test_a_newer_version_may_not_contradict_what_is_known() -> None:
    take_in(order_document())
    document = order_document()
    del document["completed_at"]
    (refused,) = take_in({**document, "cancelled_at": "2026-11-20T00:00:00Z"}, now=LATER)
    assert [fault.path for fault in refused.faults] == ["$.cancelled_at"]


def test_names_follow_the_shop_and_are_never_lost() -> None:
    take_in(numbered("1"))
    take_in(numbered("2", merchant_name="青禾鲜果", buyer_name=""))
    assert Merchant.objects.get(pk="m-qinghe").name == "青禾鲜果"
    assert Buyer.objects.get(pk="b-301").name == "林晓"


@pytest.mark.django_db(transaction=True)
def test_importers_at_once_store_each_order_once() -> None:
    documents = [numbered(str(number)) for number in range(60)]
    start = threading.Barrier(4)

    def run(turn: int) -> list[str]:
        try:
            start.wait(timeout=10)
            mine = documents if turn % 2 else documents[::-1]
            return [result.outcome.value for result in service.import_orders(mine, "demo", NOW)]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        outcomes = [word for words in threads.map(run, range(4)) for word in words]
    assert sorted(set(outcomes)) == ["accepted", "unchanged"]
    assert outcomes.count("accepted") == 60


@pytest.mark.django_db(transaction=True)
def test_a_locked_order_is_waited_for() -> None:
    (imported,) = take_in(order_document())
    assert imported.record is not None
    order_id = imported.record.id
    held = threading.Event()
    order: list[str] = []

    def other() -> None:
        try:
            with transaction.atomic():
                held.wait(timeout=10)
                service.lock_order(order_id)
                order.append("second")
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(other)
        with transaction.atomic():
            assert service.lock_order(order_id).order == imported.record.order
            held.set()
            time.sleep(0.2)
            order.append("first")
        waiting.result(timeout=10)
    assert order == ["first", "second"]


def test_after_a_bulk_import_the_database_knows_how_much_is_in_its_tables() -> None:
    take_in(*(numbered(str(number)) for number in range(40)))
    service.analyse()
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'orders_order'")
        assert cursor.fetchone() == (40.0,)


def test_an_unknown_order_is_said_to_be_unknown() -> None:
    with pytest.raises(service.UnknownOrder, match="there is no order 0"):
        service.lock_order(UUID(int=0))
