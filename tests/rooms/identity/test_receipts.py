"""The same idempotency key has one effect and one answer."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from makewhole.core.words import Role
from makewhole.rooms.identity import queries, service
from makewhole.rooms.identity.models import Receipt
from makewhole.rooms.identity.service import Answer, Caller

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
SHOP = Caller("key:shop", None, frozenset(), "", True)
REQUEST = service.fingerprint("POST", "/v1/cases", b'{"order":"1"}')


def makes_a_person(status: int = 201) -> Callable[[], Answer]:
    def act() -> Answer:
        name = f"agent-{queries.people_of_role(Role.AGENT).count()}"
        service.make_person(name, Role.AGENT)
        return Answer(status, {"Location": f"/people/{name}"}, name.encode())

    return act


def people() -> int:
    return queries.people_of_role(Role.AGENT).count()


@pytest.mark.django_db
def test_trap_04_replayed_request_gets_the_first_answer_and_has_no_second_effect() -> None:
    first = service.answer_once(SHOP, "k-1", REQUEST, NOW, makes_a_person())
    again = service.answer_once(SHOP, "k-1", REQUEST, NOW, makes_a_person())
    assert not first.repeated
    assert again == first._replace(repeated=True)
    assert people() == 1


@pytest.mark.django_db
def test_the_same_key_with_another_body_is_refused() -> None:
    service.answer_once(SHOP, "k-1", REQUEST, NOW, makes_a_person())
    for other in (
        service.fingerprint("POST", "/v1/cases", b'{"order":"2"}'),
        service.fingerprint("POST", "/v1/orders", b'{"order":"1"}'),
        service.fingerprint("PUT", "/v1/cases", b'{"order":"1"}'),
    ):
        with pytest.raises(service.KeyReused):
            service.answer_once(SHOP, "k-1", other, NOW, makes_a_person())
    assert people() == 1


@pytest.mark.django_db
def test_keys_of_different_callers_do_not_meet() -> None:
    service.answer_once(SHOP, "k-1", REQUEST, NOW, makes_a_person())
    other = service.answer_once(SHOP._replace(name="key:other"), "k-1", REQUEST, NOW, makes_a_person())
    assert not other.repeated
    assert people() == 2


@pytest.mark.django_db
def test_a_refusal_is_kept_and_what_it_wrote_is_undone() -> None:
    first = service.answer_once(SHOP, "k-1", REQUEST, NOW, makes_a_person(status=409))
    again = service.answer_once(SHOP, "k-1", REQUEST, NOW, makes_a_person())
    assert (first.status, again.status, again.repeated) == (409, 409, True)
    assert people() == 0


@pytest.mark.django_db
def test_after_a_crash_the_request_may_be_tried_again() -> None:
    def crashes() -> Answer:
        makes_a_person()()
        raise ConnectionError("the database went away")

    with pytest.raises(ConnectionError):
        service.answer_once(SHOP, "k-1", REQUEST, NOW, crashes)
    assert people() == 0
    assert service.answer_once(SHOP, "k-1", REQUEST, NOW, makes_a_person()).status == 201


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_of_impossible_length_is_refused_before_anything_happens(key: str) -> None:
    with pytest.raises(ValueError, match="1 to 255"):
        service.answer_once(SHOP, key, REQUEST, NOW, makes_a_person())
    assert people() == 0


@pytest.mark.django_db(transaction=True)
def test_trap_05_of_many_at_once_one_works_and_the_others_get_its_answer() -> None:
    at_the_door = threading.Barrier(8)

    def call(_: int) -> Answer:
        try:
            at_the_door.wait(timeout=10)
            return service.answer_once(SHOP, "k-1", REQUEST, NOW, makes_a_person())
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(call, range(8)))
    assert people() == 1
    assert [answer.repeated for answer in answers].count(False) == 1
    assert {answer.body for answer in answers} == {b"agent-0"}


@pytest.mark.django_db(transaction=True)
def test_who_waits_for_a_worker_that_fails_does_the_work() -> None:
    inside, let_go = threading.Event(), threading.Event()

    def fails() -> Answer:
        inside.set()
        let_go.wait(timeout=10)
        raise ConnectionError("killed")

    def first() -> None:
        try:
            with pytest.raises(ConnectionError):
                service.answer_once(SHOP, "k-1", REQUEST, NOW, fails)
        finally:
            connection.close()

    def second() -> Answer:
        try:
            return service.answer_once(SHOP, "k-1", REQUEST, NOW, makes_a_person())
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        failing = pool.submit(first)
        assert inside.wait(timeout=10)
        waiting = pool.submit(second)
        let_go.set()
        failing.result(timeout=10)
        assert waiting.result(timeout=10) == Answer(201, {"Location": "/people/agent-0"}, b"agent-0")


@pytest.mark.django_db
def test_receipts_are_forgotten_after_their_days_a_few_at_a_time() -> None:
    for number in range(5):
        service.answer_once(SHOP, f"k-{number}", REQUEST, NOW, makes_a_person())
    service.answer_once(SHOP, "young", REQUEST, NOW + timedelta(days=1), makes_a_person())
    later = NOW + timedelta(days=service.RECEIPT_DAYS, seconds=1)
    assert service.remove_old_receipts(later, limit=3) == 3
    assert service.remove_old_receipts(later, limit=3) == 2
    assert service.remove_old_receipts(later, limit=3) == 0
    assert [receipt.key for receipt in Receipt.objects.all()] == ["young"]
