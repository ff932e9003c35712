"""Statements that are prepared, and sent together."""

import pytest
from django.db import DataError, IntegrityError, connection, transaction

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


def plans() -> int:
    ((count,),) = prepared.run(
        "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT $1::int%%'", []
    )
    return int(count)


def test_a_statement_is_planned_once_per_connection() -> None:
    assert [prepared.run(ONE, [n]) for n in range(3)] == [[(1,)], [(2,)], [(3,)]]
    assert plans() == 1


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
    assert connection.connection is used, "the connection went back to the pool while statements were under way"


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
