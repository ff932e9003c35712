"""Webhooks to a real receiver: signed, tried again, rotated, replayed, and never to the wrong merchant."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from makewhole.core.case.model import Actor
from makewhole.core.words import Role
from makewhole.rooms.notices import jobs, queries, service
from makewhole.rooms.notices.models import Attempt, Delivery, Endpoint, PublishedEvent
from makewhole.rooms.notices.ports import NoticeRefused
from makewhole.rooms.notices.service import Due
from tests.rooms.notices.receiver import Receiver

pytestmark = pytest.mark.django_db

NOW = timezone.now()
PAYLOAD = {"case_id": "c1", "amount": {"amount_minor": 12900, "currency": "CNY"}, "说明": "少了一件"}


def endpoint(receiver: Receiver, merchant_id: str = "shop-blue", *event_types: str) -> Endpoint:
    return service.add_endpoint(receiver.url, merchant_id, event_types, "", NOW)


def work(now: datetime = NOW) -> int:
    tries: list[Due] = []
    service.queue_due(now, 100, tries.extend)
    for due in tries:
        service.attempt(due, now)
    return len(tries)


def test_a_webhook_is_verified_by_the_receivers_library(receiver: Receiver) -> None:
    made = endpoint(receiver)
    service.publish("case.opened", PAYLOAD, "shop-blue", NOW)
    assert work() == 1
    (request,) = receiver.requests
    assert request.path == "/hook?shop=1"
    assert request.verified_by(made.secret)
    assert not request.verified_by("whsec_" + "A" * 43 + "=")
    body = json.loads(request.body)
    assert body == {"type": "case.opened", "timestamp": body["timestamp"], "data": PAYLOAD}
    assert datetime.fromisoformat(body["timestamp"]) == NOW
    assert request.headers["webhook-id"] == str(PublishedEvent.objects.get().id)
    assert request.headers["content-type"] == "application/json"


def test_only_those_who_listen_are_told(receiver: Receiver) -> None:
    for merchant_id, types in (("shop-blue", ["case.ruled"]), ("shop-red", []), ("", ["case.opened"]), ("", [])):
        service.add_endpoint(receiver.url, merchant_id, types, "", NOW)
    service.publish("case.opened", PAYLOAD, "shop-blue", NOW)
    assert work() == 2
    assert {one.endpoint.merchant_id for one in Delivery.objects.select_related("endpoint") if one.endpoint} == {""}
    assert [check.run().wrong for check in queries.checks()] == [0, 0]


def test_nobody_listening_costs_one_statement_and_leaves_nothing() -> None:
    with CaptureQueriesContext(connection) as statements:
        service.publish("case.opened", PAYLOAD, "shop-blue", NOW)
    assert len(statements) == 1
    assert not PublishedEvent.objects.exists()
    with pytest.raises(ValueError, match="no event type"):
        service.publish("Case Opened!", PAYLOAD, "shop-blue", NOW)


def test_a_failed_webhook_comes_again_with_the_same_id_and_body(receiver: Receiver) -> None:
    made = endpoint(receiver)
    receiver.answers = [500, 302, 404]
    service.publish("case.opened", PAYLOAD, "shop-blue", NOW)
    assert work() == 1
    assert work(NOW + timedelta(seconds=4)) == 0
    assert work(NOW + timedelta(seconds=6)) == 1
    assert work(NOW + timedelta(seconds=6 + 340)) == 1
    assert work(NOW + timedelta(seconds=346 + 2000)) == 1
    assert len({(request.headers["webhook-id"], request.body) for request in receiver.requests}) == 1
    assert len({request.headers["webhook-signature"] for request in receiver.requests}) == 4
    (delivery,), _ = queries.deliveries(made.id, "shop-blue")
    assert delivery.state == "delivered"
    assert [(one.status, one.arrived, one.answer) for one in queries.attempts(delivery)] == [
        (500, False, "answered 500"),
        (302, False, "answered 302"),
        (404, False, "answered 404"),
        (200, True, "answered 200"),
    ]


def test_it_is_given_up_after_about_three_days_and_replayed_on_request(receiver: Receiver) -> None:
    made = endpoint(receiver)
    receiver.answers = [503] * 10
    service.publish("case.opened", PAYLOAD, "shop-blue", NOW)
    assert sum(work(NOW + timedelta(hours=hour)) for hour in range(24 * 4)) == 10
    assert Delivery.objects.get().state == "failed"
    assert service.replay(made.id, "shop-blue", NOW + timedelta(days=5)) == 1
    assert work(NOW + timedelta(days=5)) == 1
    assert Delivery.objects.get().state == "delivered"
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 1
    assert service.replay(made.id, "shop-blue", NOW) == 0
    assert service.replay(made.id, "shop-blue", NOW, since=NOW) == 1
    assert work() == 1
    assert Attempt.objects.count() == 12


def test_during_a_rotation_both_secrets_verify_and_after_a_day_the_new_one_alone(receiver: Receiver) -> None:
    made = endpoint(receiver)
    old = made.secret
    new = service.rotate_secret(made.id, "shop-blue", NOW).secret
    assert new != old
    service.publish("case.opened", PAYLOAD, "shop-blue", NOW)
    work()
    assert receiver.requests[0].verified_by(old)
    assert receiver.requests[0].verified_by(new)
    later = NOW + timedelta(hours=24)
    service.publish("case.opened", PAYLOAD, "shop-blue", later)
    work(later)
    assert len(receiver.requests[1].headers["webhook-signature"].split()) == 1


def test_an_endpoint_that_is_gone_is_switched_off_at_once(receiver: Receiver) -> None:
    made = endpoint(receiver)
    receiver.answers = [410]
    service.publish("case.opened", PAYLOAD, "shop-blue", NOW)
    work()
    made.refresh_from_db()
    assert made.disabled_at == NOW
    service.publish("case.opened", PAYLOAD, "shop-blue", NOW)
    assert work() == 0
    (told,) = queries.inbox(Actor(Role.MERCHANT, "staff", "shop-blue")).rows
    assert receiver.url in told.subject("zh")
    assert "replay what was missed" in told.body("en")


def test_five_days_of_silence_switch_an_endpoint_off_and_one_success_forgives(receiver: Receiver) -> None:
    made = endpoint(receiver, "")
    for day, answer in ((0, 500), (4, 200), (5, 500), (9, 500), (10, 500)):
        now = NOW + timedelta(days=day)
        receiver.answers = [answer]
        Delivery.objects.all().delete()
        service.publish("case.opened", PAYLOAD, "shop-blue", now)
        assert work(now) == 1
        made.refresh_from_db()
        assert (made.disabled_at is None) == (day < 10)
    assert len(queries.inbox(Actor(Role.OPERATOR, "anyone")).rows) == 1


def test_switched_off_by_hand_nothing_is_sent_until_it_is_on_again(receiver: Receiver) -> None:
    made = endpoint(receiver)
    service.publish("case.opened", PAYLOAD, "shop-blue", NOW)
    service.switch_off(made.id, "shop-blue", NOW)
    assert work() == 1
    assert receiver.requests == []
    with pytest.raises(NoticeRefused, match="switched off"):
        service.replay(made.id, "shop-blue", NOW)
    service.switch_on(made.id, "shop-blue")
    assert service.replay(made.id, "shop-blue", NOW) == 1
    work()
    assert len(receiver.requests) == 1


def test_a_merchant_touches_and_sees_its_own_endpoints_alone(receiver: Receiver) -> None:
    made = endpoint(receiver)
    service.publish("case.opened", PAYLOAD, "shop-blue", NOW)
    for forbidden in (
        lambda: service.rotate_secret(made.id, "shop-red", NOW),
        lambda: service.switch_off(made.id, "shop-red", NOW),
        lambda: service.switch_on(made.id, "shop-red"),
        lambda: service.replay(made.id, "shop-red", NOW),
    ):
        with pytest.raises(NoticeRefused, match="no such endpoint"):
            forbidden()
    assert list(queries.endpoints("shop-red")) == []
    assert queries.deliveries(made.id, "shop-red") == ((), "")
    assert list(queries.endpoints("")) == [made]
    assert len(queries.deliveries(made.id, "")[0]) == 1


def test_deliveries_are_looked_through_page_by_page(receiver: Receiver) -> None:
    made = endpoint(receiver)
    for _ in range(3):
        service.publish("case.opened", PAYLOAD, "shop-blue", NOW)
    first, cursor = queries.deliveries(made.id, "shop-blue", limit=2)
    rest, end = queries.deliveries(made.id, "shop-blue", cursor, limit=2)
    assert len({one.id for one in (*first, *rest)}) == 3
    assert end == ""
    assert queries.deliveries(made.id, "shop-blue", state="failed") == ((), "")
    with pytest.raises(queries.BadCursor):
        queries.deliveries(made.id, "shop-blue", "x")


@pytest.mark.parametrize(
    ("url", "types", "field"),
    [
        ("ftp://example.com", [], "url"),
        ("https://user:pw@example.com/", [], "url"),
        (None, ["case.exploded"], "event_types"),
    ],
)
def test_an_endpoint_that_cannot_be_is_refused(
    receiver: Receiver, url: str | None, types: list[str], field: str
) -> None:
    with pytest.raises(NoticeRefused) as refused:
        service.add_endpoint(url or receiver.url, "shop-blue", types, "", NOW)
    assert refused.value.field == field
    assert refused.value.text.zh


def test_a_forged_delivery_is_named_by_the_checks(receiver: Receiver) -> None:
    endpoint(receiver, "shop-red")
    service.publish("case.opened", PAYLOAD, "shop-red", NOW)
    Delivery.objects.update(state="delivered", next_attempt_at=None, finished_at=NOW)
    PublishedEvent.objects.update(merchant_id="shop-blue")
    assert [check.run().wrong for check in queries.checks()] == [1, 1]
    assert str(Delivery.objects.get().id) in queries.checks()[0].run().first_offender


@pytest.mark.django_db(transaction=True)
def test_a_try_queued_twice_is_made_once(receiver: Receiver) -> None:
    endpoint(receiver)
    service.publish("case.opened", PAYLOAD, "shop-blue", NOW)
    tries: list[Due] = []
    service.queue_due(NOW, 100, tries.extend)

    def make(due: Due) -> None:
        try:
            service.attempt(due, NOW)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(make, tries * 8))
    assert len(receiver.requests) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_share_what_is_due(receiver: Receiver) -> None:
    endpoint(receiver)
    for _ in range(20):
        service.publish("case.opened", PAYLOAD, "shop-blue", NOW)

    def take(_: int) -> list[UUID]:
        tries: list[Due] = []
        try:
            service.queue_due(NOW, 100, tries.extend)
        finally:
            connections.close_all()
        return [due.delivery_id for due in tries]

    with ThreadPoolExecutor(4) as threads:
        taken = [one for each in threads.map(take, range(4)) for one in each]
    assert len(taken) == len(set(taken)) == 20


@pytest.mark.django_db(transaction=True)
def test_the_queue_carries_a_try_from_the_sweep_to_the_receiver(receiver: Receiver) -> None:
    from procrastinate.contrib.django import app

    made = endpoint(receiver)
    service.publish("case.opened", PAYLOAD, "shop-blue", NOW)
    assert [sweep.run(timezone.now(), 100) for sweep in jobs.SWEEPS] == [0, 1]
    worker = app.with_connector(app.connector.get_worker_connector())
    with worker.open():
        worker.run_worker(queues=["notices"], wait=False, install_signal_handlers=False, listen_notify=False)
    assert len(receiver.requests) == 1
    assert receiver.requests[0].verified_by(made.secret)
    assert Delivery.objects.get().state == "delivered"


def numbered(position: int, merchant_id: str = "shop-blue", event_type: str = "case.opened") -> service.Event:
    return service.Event(event_type, {"number": position}, merchant_id, NOW - timedelta(days=400), position)


def test_a_feed_is_relayed_once_from_where_it_stopped(receiver: Receiver) -> None:
    made = endpoint(receiver, "shop-blue", "case.opened")
    events = [numbered(3), numbered(5, "shop-red"), numbered(8, event_type="case.ruled"), numbered(9)]

    def read(position: int, limit: int) -> list[service.Event]:
        return [event for event in events if event.position > position][:limit]

    assert [service.relay("cases", read, NOW, 3) for _ in range(3)] == [3, 1, 0]
    events.append(numbered(12))
    assert service.relay("cases", read, NOW, 3) == 1
    work()
    bodies = [json.loads(request.body) for request in receiver.requests]
    assert sorted(body["data"]["number"] for body in bodies) == [3, 9, 12]
    assert {datetime.fromisoformat(body["timestamp"]) for body in bodies} == {NOW - timedelta(days=400)}
    assert all(request.verified_by(made.secret) for request in receiver.requests)


def test_what_happened_before_anybody_listened_is_not_sent(receiver: Receiver) -> None:
    events = [numbered(1), numbered(2)]
    assert service.relay("cases", lambda position, limit: events[position:], NOW, 10) == 2
    endpoint(receiver)
    events.append(numbered(3))
    assert service.relay("cases", lambda position, limit: events[position:], NOW, 10) == 1
    assert PublishedEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_workers_relaying_at_once_publish_each_event_once(receiver: Receiver) -> None:
    endpoint(receiver)
    events = [numbered(position) for position in range(1, 41)]

    def relay(_: int) -> None:
        try:
            for _ in range(10):
                service.relay("cases", lambda position, limit: events[position : position + limit], NOW, 5)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(relay, range(4)))
    relay(0)  # who finds another at work passes by, so some may be left
    assert sorted(PublishedEvent.objects.values_list("payload__number", flat=True)) == list(range(1, 41))


def test_cases_are_relayed_as_the_feed_of_the_api_has_them() -> None:
    from makewhole.core.case.events import EventKind
    from makewhole.doors.api.events import FedEvent
    from makewhole.rooms.cases.jobs import for_webhooks
    from makewhole.rooms.cases.queries import FeedEvent

    event = FeedEvent(7, UUID(int=1), 2, "shop-blue", EventKind.OFFER_MADE, NOW, Role.MERCHANT, "ann", {"note": "半价"})
    published = for_webhooks(event)
    assert FedEvent.model_validate(published.payload).model_dump(mode="json") == published.payload
    assert (published.event_type, published.merchant_id, published.position) == ("case.offer_made", "shop-blue", 7)
