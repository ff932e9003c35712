"""Spark answers a sample of past cases as DuckDB does, by the very same statements.

Runs where Java is present and the extra `cluster` is installed; says loudly when it is skipped.
"""

import logging
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from makewhole.core.rulebook.sql import trial
from makewhole.core.rulebook.sql.days import market_days, working_days
from makewhole.core.rulebook.sql.layers import CALENDAR, WORKDAYS
from makewhole.core.rulebook.sql.spark import for_spark
from makewhole.core.rulebook.sql.trial import BEARERS
from makewhole.rooms.trials.service import export_cases, trying
from makewhole.rooms.trials.store.running import TABLE, TrialDatabase
from tests.core.rulebook.books import real_book
from tests.rooms.trials.test_trying import AFTER, BEFORE, rows

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    if shutil.which("java") is None:
        _skip("this machine has no java")
    try:
        from pyspark.sql import SparkSession
    except ModuleNotFoundError:
        _skip("the extra cluster is not installed")
    logging.getLogger("py4j").setLevel(logging.ERROR)
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .getOrCreate()
    )
    yield session
    session.stop()


def _skip(why: str) -> None:
    warnings.warn(f"*** The trial on Spark was SKIPPED: {why}. ***", stacklevel=2)
    pytest.skip(why)


def _table(session: Any, name: str, columns: tuple[str, ...], values: list[tuple[int, ...]]) -> None:
    schema = ", ".join(f"{column} BIGINT" for column in columns)
    session.createDataFrame(values, schema).createOrReplaceTempView(name)


def test_spark_gives_on_every_row_what_duckdb_gives(spark: Any, tmp_path: Path) -> None:
    book = real_book("cn")
    export = tmp_path / "cases.parquet"
    export_cases(export, rows(book))
    database = TrialDatabase(export, "cn", book.calendar)
    days = market_days(book.calendar)
    _table(spark, CALENDAR, ("day", "number", "next", "end_us"), days)
    _table(spark, WORKDAYS, ("number", "day"), working_days(days))
    spark.read.parquet(str(export)).createOrReplaceTempView(TABLE)
    changed, against = trying.rules_named(book, AFTER), trying.rules_named(book, BEFORE)
    answered = 0
    for group in trying.groups_of(database.found(), changed, against, {}, database.of_market):
        statement = trial.met_statement(group.programs, database.source, group.where)
        if statement:
            met = {tuple(row) for row in spark.sql(for_spark(statement)).collect()}
            assert met == set(database.connection.execute(statement).fetchall())
        found = database.met(group.programs, group.where)
        for joint in (False, True):
            made = trial.tried(group.programs, found, database.source, group.where, joint=joint)
            columns = ["case_id", "line_id"]
            for side in (made.before, made.after):
                columns += [side.remedy, side.total, *(side.paid_by(party) for party in BEARERS)]
            final = made.layers.statement(f"SELECT {', '.join(columns)} FROM {{last}} ORDER BY case_id, line_id")
            here = database.connection.execute(final).fetchall()
            there = [tuple(row) for row in spark.sql(for_spark(final)).collect()]
            assert there == here
            answered += len(here)
    assert answered == 72
