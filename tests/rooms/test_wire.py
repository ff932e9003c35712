"""Statements on the wire: their values, their plans, and what happens when the server or a signal breaks in."""

import os
import signal
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import DatabaseError, DataError, OperationalError, ProgrammingError, connection, transaction

from makewhole.rooms import prepared, wire

pytestmark = pytest.mark.django_db(transaction=True)
ONE = "SELECT %s::int + 1"


@pytest.fixture(autouse=True)
def table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE IF NOT EXISTS tally (n int PRIMARY KEY)")
        cursor.execute("TRUNCATE tally")


def plans(beginning: str = "SELECT $1::int + 1") -> int:
    ((count,),) = prepared.run(
        "SELECT count(*) FROM pg_prepared_statements WHERE starts_with(statement, %s)", [beginning]
    )
    return int(count)


def test_a_statement_is_planned_once_per_connection() -> None:
    assert [prepared.run(ONE, [n]) for n in range(3)] == [[(1,)], [(2,)], [(3,)]]
    assert plans() == 1


VALUES = [
    ("text", "茶杯 %s %% $1"),
    ("int", 7),
    ("bigint", 2**62),
    ("numeric", Decimal("12.30")),
    ("float8", 0.5),
    ("bool", True),
    ("bytea", b"\x00\xff"),
    ("uuid", UUID("01a22765-9e78-7e56-b372-fbaa4a9eae89")),
    ("timestamptz", datetime(2026, 11, 29, 12, 0, 0, 5, tzinfo=UTC)),
    ("jsonb", '{"line": [1, null]}'),
    ("text[]", ["a", "", "ü"]),
    ("int[]", [1, None, 70_000]),
    ("uuid[]", [UUID(int=1), UUID(int=2)]),
    ("int[]", []),
]


@pytest.mark.parametrize(("kind", "value"), VALUES)
def test_a_value_comes_back_as_it_went(kind: str, value: Any) -> None:
    assert prepared.run(f"SELECT %s::{kind}, %s::{kind}", [value, None]) == [(value, None)]


def test_a_time_comes_back_in_the_house_s_time_zone() -> None:
    noon = datetime(2026, 11, 29, 12, tzinfo=timezone(timedelta(hours=8)))
    ((told,),) = prepared.run("SELECT %s", [noon])
    assert (told, told.utcoffset()) == (noon, timedelta(0))


def test_values_of_other_types_get_a_plan_of_their_own() -> None:
    for value in (7, 70_000, 2**40, None, 8):
        assert prepared.run("SELECT %s::bigint AS wide", [value]) == [(value,)]
    assert plans("SELECT $1::bigint AS wide") == 4


def test_values_stand_by_name_as_often_as_wanted() -> None:
    told = prepared.run("SELECT %(b)s::int, %(a)s::int, %(b)s::int, 7 %% 4", {"a": 1, "b": 2, "c": 3})
    assert told == [(2, 1, 2, 3)]


@pytest.mark.parametrize(
    ("statement", "parameters"),
    [
        (ONE, []),
        (ONE, [1, 2]),
        (ONE, {"n": 1}),
        ("SELECT %(n)s", [1]),
        ("SELECT %(n)s", {"m": 1}),
        ("SELECT %(n)s, %s", {"n": 1}),
        ("SELECT 7 % 4", []),
        ("SELECT nothing_of_this_name", []),
    ],
)
def test_a_statement_that_is_wrong_is_refused_and_nothing_stays_behind(statement: str, parameters: Any) -> None:
    with pytest.raises(ProgrammingError):
        prepared.run(statement, parameters)
    with pytest.raises(ProgrammingError), prepared.together():
        prepared.run(statement, parameters)
    assert prepared.run(ONE, [1]) == [(2,)]


def test_a_statement_without_rows_has_none_to_ask_for() -> None:
    prepared.execute("INSERT INTO tally VALUES (%s)", [1])
    asked = prepared.send("INSERT INTO tally VALUES (%s)", [2])
    with pytest.raises(ProgrammingError, match="returns no rows"):
        asked.rows()
    assert prepared.run("SELECT n FROM tally ORDER BY n", []) == [(1,), (2,)]


def test_a_rollback_loses_no_plan() -> None:
    assert prepared.run(ONE, [1]) == [(2,)]
    with transaction.atomic():
        prepared.run(ONE, [1])
        transaction.set_rollback(True)
    assert prepared.run(ONE, [1]) == [(2,)]
    assert plans() == 1


def test_a_plan_that_was_never_made_is_made_the_next_time() -> None:
    def skipped() -> None:
        with prepared.together():
            prepared.send("SELECT 1 / %s::int", [0])
            prepared.send("SELECT %s::int AS never_planned", [1])

    for _ in range(2):
        with pytest.raises(DataError):
            skipped()
    assert prepared.run("SELECT %s::int AS never_planned", [1]) == [(1,)]


def test_plans_that_somebody_deallocated_are_made_anew() -> None:
    prepared.run(ONE, [1])
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    with pytest.raises(ProgrammingError, match="does not exist"):
        prepared.run(ONE, [1])
    assert prepared.run(ONE, [1]) == [(2,)]


def test_plans_of_a_table_that_was_altered_are_made_anew() -> None:
    prepared.run("SELECT * FROM tally", [])
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE tally ADD note text")
    with pytest.raises(DatabaseError, match="must not change result type"):
        prepared.run("SELECT * FROM tally", [])
    assert prepared.run("SELECT * FROM tally", []) == []
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE tally DROP note")


def test_a_connection_keeps_so_many_plans_and_no_more() -> None:
    with prepared.together():
        asked = [prepared.send(f"SELECT {n} AS many", []) for n in range(wire.PLANS_MAX + 10)]
    assert [one.rows() for one in asked] == [[(n,)] for n in range(wire.PLANS_MAX + 10)]
    assert plans("SELECT") <= wire.PLANS_MAX
    assert prepared.run("SELECT 0 AS many", []) == [(0,)]


def test_statements_and_rows_of_many_megabytes_do_not_wait_for_each_other() -> None:
    large = "x" * 200_000
    with prepared.together():
        asked = [prepared.send("SELECT %s || %s::text", [large, str(n)]) for n in range(100)]
    assert [one.rows() == [(large + str(n),)] for n, one in enumerate(asked)] == [True] * 100


def test_notices_reach_those_who_listen() -> None:
    heard: list[str | None] = []
    connection.ensure_connection()
    raw = connection.connection
    raw.add_notice_handler(lambda notice: heard.append(notice.message_primary))
    prepared.execute("DO $$ BEGIN RAISE WARNING 'by itself'; END $$", [])
    with prepared.together():
        prepared.execute("DO $$ BEGIN RAISE WARNING 'together'; END $$", [])
    assert heard == ["by itself", "together"]


@pytest.fixture
def spare() -> Iterator[None]:
    """The connection may be lost: the next test gets another."""
    yield
    connection.close()


@pytest.mark.usefixtures("spare")
@pytest.mark.parametrize("at_once", [False, True])
def test_a_server_that_goes_is_told_and_the_next_one_is_asked(at_once: bool) -> None:
    def ended() -> None:
        with transaction.atomic():
            prepared.run(ONE, [1])
            if at_once:
                with prepared.together():
                    prepared.execute("SELECT pg_terminate_backend(pg_backend_pid())", [])
                    prepared.execute("INSERT INTO tally VALUES (1)", [])
                    prepared.commit()
            else:
                prepared.run("SELECT pg_terminate_backend(pg_backend_pid())", [])

    with pytest.raises(OperationalError) as raised:
        ended()
    assert isinstance(raised.value.__cause__, psycopg.errors.AdminShutdown)
    assert prepared.run(ONE, [1]) == [(2,)]


@pytest.mark.usefixtures("spare")
def test_a_server_that_is_killed_before_a_statement_is_told() -> None:
    def lost() -> None:
        with transaction.atomic(), prepared.together():
            ((process,),) = prepared.run("SELECT pg_backend_pid()", [])
            with psycopg.connect(connection.connection.info.dsn, password=connection.connection.info.password) as other:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", [process])
            for n in range(100):
                prepared.execute("INSERT INTO tally VALUES (%s)", [n])
            prepared.commit()

    with pytest.raises(OperationalError):
        lost()
    assert prepared.run(ONE, [1]) == [(2,)]


class Stopped(Exception):
    """A signal came."""


@pytest.mark.usefixtures("spare")
@pytest.mark.parametrize("at_once", [False, True])
def test_a_signal_breaks_in_and_what_was_left_answers_no_other_question(at_once: bool) -> None:
    def stop(*_: object) -> None:
        raise Stopped

    def wait() -> None:
        with transaction.atomic():
            if at_once:
                with prepared.together():
                    prepared.run("SELECT 7, pg_sleep(%s)", [1])
            else:
                prepared.run("SELECT 7, pg_sleep(%s)", [1])

    before = signal.signal(signal.SIGUSR1, stop)
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGUSR1))
    timer.start()
    try:
        with pytest.raises(Stopped):
            wait()
    finally:
        timer.join()
        signal.signal(signal.SIGUSR1, before)
    assert prepared.run(ONE, [1]) == [(2,)]
