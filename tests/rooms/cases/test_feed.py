"""The feed gives every event once and in one order, also while transactions overlap."""

import threading
from uuid import UUID

import pytest
from django.db import connection, transaction

from makewhole.core.case import commands as c
from makewhole.rooms.cases import queries, service
from tests.core.case.play import BUYER, START
from tests.rooms.cases.stage import claim, numbered, sell

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_feed_goes_on_where_it_stopped() -> None:
    orders = sell(numbered("A-1"), numbered("A-2"))
    cases = [UUID(claim(order_id).id) for order_id in orders]
    service.act(cases[0], c.Withdraw(), BUYER, START)
    wait_until_settled()
    page = queries.events_after(0, limit=2)
    assert [(event.case_id, event.kind) for event in page.events] == [(cases[0], "opened"), (cases[1], "opened")]
    rest = queries.events_after(page.next_position)
    assert [(event.case_id, event.sequence, event.kind) for event in rest.events] == [(cases[0], 2, "closed")]
    assert queries.events_after(rest.next_position) == ((), rest.next_position)
    assert queries.events_after(0, merchant_id="another-shop").events == ()


def test_an_event_written_early_and_committed_late_is_not_skipped() -> None:
    late, early = sell(numbered("A-1"), numbered("A-2"))
    written, may_commit = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                claim(late)
                written.set()
                may_commit.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert written.wait(10)
    claim(early)
    assert queries.events_after(0).events == ()
    may_commit.set()
    thread.join()
    wait_until_settled()
    assert len(queries.events_after(0).events) == 2


def wait_until_settled() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.1)")
