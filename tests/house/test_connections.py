"""A thread keeps its connection to the database: as long as both live, and not longer."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.core.signals import request_finished, request_started
from django.db import OperationalError, connection, connections

from makewhole.config.engine import base
from makewhole.rooms import prepared

pytestmark = pytest.mark.django_db(transaction=True)


def in_a_thread(work: Callable[[], None]) -> None:
    """Do it in a thread of its own, as the web server does. Raises what it raises."""
    failed: list[BaseException] = []

    def watched() -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=watched)
    thread.start()
    thread.join(timeout=40)
    assert not thread.is_alive()
    if failed:
        raise failed[0]


def session() -> int:
    """The number of the database's process behind this thread's connection, asked as a request would."""
    request_started.send(None)
    ((number,),) = prepared.run("SELECT pg_backend_pid()", [])
    request_finished.send(None)
    return int(number)


@contextlib.contextmanager
def from_outside() -> Iterator[psycopg.Connection[Any]]:
    """Another program's connection to the same server."""
    parameters = {**connections["default"].get_connection_params(), "dbname": "postgres"}
    for name in ("cursor_factory", "context"):
        parameters.pop(name, None)
    with psycopg.connect(**parameters, autocommit=True) as other:
        yield other


def lives(number: int) -> bool:
    with from_outside() as other:
        return other.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = %s", [number]).fetchone() == (1,)


def test_it_lasts_from_request_to_request() -> None:
    in_a_thread(lambda: one_session([session() for _ in range(3)]))


def one_session(numbers: list[int]) -> None:
    assert len(set(numbers)) == 1


def test_it_is_replaced_when_its_server_went_away_between_two_requests() -> None:
    def work() -> None:
        killed = session()
        with from_outside() as other:
            other.execute("SELECT pg_terminate_backend(%s, 10000)", [killed])
        assert session() != killed
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    in_a_thread(work)


def test_one_that_broke_within_a_request_is_not_used_by_the_next() -> None:
    def work() -> None:
        killed = session()
        with pytest.raises(OperationalError):
            prepared.run("SELECT pg_terminate_backend(pg_backend_pid())", [])
        assert session() != killed

    in_a_thread(work)


def test_it_ends_with_its_thread() -> None:
    used: list[int] = []
    in_a_thread(lambda: used.append(session()))
    until = time.monotonic() + 10
    while lives(used[0]) and time.monotonic() < until:
        time.sleep(0.05)
    assert not lives(used[0])


def test_who_comes_while_the_database_is_away_waits_for_it() -> None:
    name = connection.settings_dict["NAME"]

    def back() -> None:
        with from_outside() as other:
            other.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')

    def work() -> None:
        with from_outside() as other:
            other.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        later = threading.Timer(0.7, back)
        later.start()
        begun = time.monotonic()
        try:
            session()
        finally:
            later.join()
        assert 0.3 < time.monotonic() - begun < base.PATIENCE_SECONDS

    try:
        in_a_thread(work)
    finally:
        back()


def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "PATIENCE_SECONDS", 0.3)
    name = connection.settings_dict["NAME"]

    def work() -> None:
        with pytest.raises(OperationalError, match="not currently accepting connections"):
            session()

    with from_outside() as other:
        other.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        try:
            in_a_thread(work)
        finally:
            other.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
