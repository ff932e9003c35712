"""Statements that go out together, in Django's transactions."""

import contextlib
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import DataError, IntegrityError, OperationalError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from makewhole.rooms import prepared

pytestmark = pytest.mark.django_db(transaction=True)
ONE = "SELECT %s::int + 1"


@pytest.fixture(autouse=True)
def table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE IF NOT EXISTS tally (n int PRIMARY KEY)")
        cursor.execute("TRUNCATE tally")


def tally() -> list[int]:
    return [n for (n,) in prepared.run("SELECT n FROM tally ORDER BY n", [])]


def fail() -> None:
    prepared.run("SELECT 1 / %s::int", [0])


def test_statements_go_out_together_and_each_gets_its_own_rows() -> None:
    with prepared.together():
        asked = [prepared.send(ONE, [n]) for n in range(5)]
    assert [one.rows() for one in reversed(asked)] == [[(n,)] for n in (5, 4, 3, 2, 1)]


def test_a_statement_sees_what_the_ones_before_it_did() -> None:
    with transaction.atomic(), prepared.together():
        prepared.execute("INSERT INTO tally VALUES (%s)", [1])
        before = prepared.send("SELECT count(*) FROM tally", [])
        prepared.execute("INSERT INTO tally VALUES (%s)", [2])
        assert before.rows() == [(1,)]
    assert tally() == [1, 2]


def test_the_error_of_one_is_raised_and_undoes_all() -> None:
    def clash() -> None:
        with transaction.atomic(), prepared.together():
            prepared.execute("INSERT INTO tally VALUES (%s)", [1])
            prepared.execute("INSERT INTO tally VALUES (%s)", [1])
            prepared.run(ONE, [1])

    with pytest.raises(IntegrityError, match="tally_pkey"):
        clash()
    assert tally() == []
    assert prepared.run(ONE, [6]) == [(7,)]


def test_rows_may_be_asked_for_before_the_rest_is_sent() -> None:
    with transaction.atomic(), prepared.together():
        ((first,),) = prepared.run(ONE, [1])
        second = prepared.send(ONE, [first])
    assert second.rows() == [(3,)]


def test_an_error_nobody_asked_about_is_raised_at_the_end_of_the_block() -> None:
    with pytest.raises(DataError), transaction.atomic(), prepared.together():
        prepared.execute("INSERT INTO tally VALUES (%s::int / 0)", [1])
    assert tally() == []


def test_a_commit_goes_out_with_the_last_statement() -> None:
    told: list[str] = []
    with transaction.atomic(durable=True):
        transaction.on_commit(lambda: told.append("committed"))
        with prepared.together():
            prepared.execute("INSERT INTO tally VALUES (%s)", [1])
            prepared.commit()
    assert told == ["committed"]
    assert tally() == [1]


@pytest.mark.parametrize("_", range(20))
def test_a_commit_that_goes_out_with_the_last_statement_is_lost_with_it(_: int) -> None:
    used = connection.connection

    def twice() -> None:
        with transaction.atomic(durable=True), prepared.together():
            prepared.execute("INSERT INTO tally VALUES (%s)", [1])
            prepared.execute("INSERT INTO tally VALUES (%s)", [1])
            prepared.commit()

    with pytest.raises(IntegrityError, match="tally_pkey"):
        twice()
    assert tally() == []
    assert connection.connection is used, "the connection was closed while statements were under way"


def test_a_commit_that_the_database_refuses_is_raised() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE IF NOT EXISTS late (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
    used = connection.connection

    def twice() -> None:
        with transaction.atomic(durable=True), prepared.together():
            prepared.execute("INSERT INTO late VALUES (1), (1)", [])
            prepared.commit()

    with pytest.raises(IntegrityError, match="late_n_key"):
        twice()
    assert prepared.run("SELECT count(*) FROM late", []) == [(0,)]
    assert connection.connection is used


def test_a_commit_inside_an_outer_transaction_is_left_to_it() -> None:
    with transaction.atomic():
        with transaction.atomic(), prepared.together():
            prepared.execute("INSERT INTO tally VALUES (%s)", [1])
            prepared.commit()
        transaction.set_rollback(True)
    assert tally() == []


def test_many_are_sent_while_none_is_read() -> None:
    with transaction.atomic(), prepared.together():
        for n in range(300):
            prepared.execute("INSERT INTO tally VALUES (%s)", [n])
    assert len(tally()) == 300


def test_django_and_prepared_statements_share_one_transaction() -> None:
    def half() -> None:
        with transaction.atomic():
            prepared.execute("INSERT INTO tally VALUES (%s)", [1])
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO tally SELECT n + 1 FROM tally")
            assert tally() == [1, 2]
            raise KeyError

    with pytest.raises(KeyError):
        half()
    assert tally() == []


def test_the_first_error_is_the_one_that_is_raised() -> None:
    def two() -> None:
        with transaction.atomic(), prepared.together():
            prepared.execute("SELECT 1 / %s::int", [0])
            prepared.execute("INSERT INTO tally VALUES (%s)", [1])
            prepared.execute("SELECT nothing_of_this_name", [])

    with pytest.raises(DataError) as raised:
        two()
    assert isinstance(raised.value.__cause__, psycopg.errors.DivisionByZero)
    assert raised.value.__cause__.diag.message_primary == "division by zero"
    assert tally() == []


def test_an_error_raised_inside_leaves_the_block_as_it_is() -> None:
    def half() -> None:
        with transaction.atomic(), prepared.together():
            prepared.execute("INSERT INTO tally VALUES (%s)", [1])
            prepared.execute("SELECT 1 / %s::int", [0])
            raise KeyError

    with pytest.raises(KeyError):
        half()
    assert tally() == []


def test_after_an_error_that_was_swallowed_inside_nothing_more_is_done() -> None:
    def swallow() -> None:
        with transaction.atomic(), prepared.together():
            with pytest.raises(DataError):
                fail()
            prepared.execute("INSERT INTO tally VALUES (%s)", [1])

    with pytest.raises(OperationalError, match="a statement before it failed"):
        swallow()
    assert tally() == []


def test_a_block_inside_a_block_is_read_at_its_own_end() -> None:
    with transaction.atomic(), prepared.together():
        prepared.execute("INSERT INTO tally VALUES (%s)", [1])
        with prepared.together():
            inner = prepared.send("SELECT count(*) FROM tally", [])
        assert inner.rows() == [(1,)]
        outer = prepared.send("SELECT count(*) FROM tally", [])
    assert outer.rows() == [(1,)]


def test_django_s_own_statements_are_refused_inside_a_block() -> None:
    def mix() -> None:
        with prepared.together():
            prepared.send(ONE, [1])
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")

    with pytest.raises(OperationalError, match="pipeline mode"):
        mix()
    assert prepared.run(ONE, [1]) == [(2,)]


def test_a_transaction_that_django_will_roll_back_is_not_committed() -> None:
    def half() -> None:
        with transaction.atomic(savepoint=False):
            prepared.execute("INSERT INTO tally VALUES (%s)", [1])
            raise KeyError

    def swallow() -> None:
        with transaction.atomic():
            with contextlib.suppress(KeyError):
                half()
            with prepared.together():
                prepared.commit()

    with pytest.raises(TransactionManagementError):
        swallow()
    assert tally() == []


def test_statements_are_counted_as_django_s_are() -> None:
    with CaptureQueriesContext(connection) as seen:
        prepared.run(ONE, [1])
        with prepared.together():
            prepared.send(ONE, [2])
    assert [one["sql"] for one in seen.captured_queries] == [ONE, ONE]


def test_several_threads_each_have_their_own() -> None:
    def count(first: int) -> list[int]:
        try:
            told = []
            for n in range(first, first + 50):
                with transaction.atomic(), prepared.together():
                    one, two = prepared.send(ONE, [n]), prepared.send("SELECT %s::text", [str(n)])
                told += [one.rows()[0][0], int(two.rows()[0][0])]
            return told
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        for first, told in enumerate(threads.map(count, range(0, 800, 100))):
            assert told == [n for each in range(first * 100, first * 100 + 50) for n in (each + 1, each)]
