"""Past cases answered in DuckDB: group by group, each in one pass that sums up as it goes, so memory stays small."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from makewhole.core.calendar import MarketCalendar
from makewhole.core.rulebook.sql import trial
from makewhole.core.rulebook.sql.days import market_days, working_days
from makewhole.core.rulebook.sql.layers import CALENDAR, WORKDAYS, Source, literal
from makewhole.core.rulebook.sql.met import Met
from makewhole.core.rulebook.sql.trial import Programs, Tried
from makewhole.rooms.trials.store.files import files_of, filled_columns
from makewhole.rooms.trials.store.sums import COUNTED, named, sums_statement

TABLE = "past_cases"
SIZES = ((1, "1-9"), (10, "10-49"), (50, "50-199"), (200, "200+"))
"""Merchants by how many past cases they have: from, name."""

MEMORY = "2GB"
_KEYS = ("month", "category", "size")


class Found(NamedTuple):
    """How many rows there are of a set of reasons placed and known on certain days."""

    reasons: str
    placed_day: int
    known_day: int
    lines: int
    joint: int
    """How many of the lines are of claims of several."""


class Summed(NamedTuple):
    """Sums over rows that share a month, a category and a size of merchant; `figures` by name."""

    month: str
    category: str
    size: str
    figures: dict[str, int]
    affected: list[int]
    """First rows of the cases that change most, of which the greatest change is `figures["peak"]`."""


class TrialDatabase:
    """One export, open for trials; rows of one market. Several threads may ask at the same time, up to `threads`."""

    def __init__(self, export: Path, market: str, calendar: MarketCalendar, threads: int | None = None) -> None:
        import duckdb

        self.files = [str(path) for path in files_of(export)]
        self.connection = duckdb.connect(config={"memory_limit": MEMORY})
        if threads:
            self.connection.execute(f"SET threads = {int(threads)}")
        self.threads: int = self._all("SELECT current_setting('threads')")[0][0]
        self.source = Source(TABLE, filled_columns(self.files))
        self.of_market = f"market = {literal(market)}"
        self._open()
        self._calendar(calendar)

    def close(self) -> None:
        self.connection.close()

    def _all(self, statement: str) -> list[tuple[Any, ...]]:
        """All rows of a statement, asked over a connection of its own."""
        with self.connection.cursor() as cursor:
            return cursor.execute(statement).fetchall()

    def _named(self, statement: str) -> list[dict[str, Any]]:
        """The same, each value under the name of its column."""
        with self.connection.cursor() as cursor:
            result = cursor.execute(statement)
            names = [column[0] for column in result.description or ()]
            return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def _open(self) -> None:
        """The files as one table, and how many cases each merchant has."""
        # Each statement would otherwise read anew what the files say of themselves.
        self.connection.execute("SET GLOBAL parquet_metadata_cache = true")
        self.connection.from_parquet(self.files, union_by_name=True).create_view(TABLE)
        names = " ".join(f"WHEN count(*) >= {least} THEN '{name}'" for least, name in reversed(SIZES))
        self.connection.execute(
            f"CREATE TABLE merchant_sizes AS SELECT merchant_id AS sized_id, CASE {names} END AS size"  # noqa: S608
            f" FROM {TABLE} WHERE place = 0 AND {self.of_market} GROUP BY merchant_id"
        )

    def _calendar(self, calendar: MarketCalendar) -> None:
        import pyarrow as arrow

        days = market_days(calendar)
        tables = {
            CALENDAR: dict(zip(("day", "number", "next", "end_us"), zip(*days, strict=True), strict=True)),
            WORKDAYS: dict(zip(("number", "day"), zip(*working_days(days), strict=True), strict=True)),
        }
        for name, columns in tables.items():
            made = arrow.table({key: arrow.array(values, arrow.int64()) for key, values in columns.items()})
            self.connection.from_arrow(made).create(name)

    def markets(self) -> list[str]:
        """The markets the export has cases of."""
        return [row[0] for row in self._all(f"SELECT DISTINCT market FROM {TABLE} ORDER BY market")]  # noqa: S608

    def found(self, *, by_day: bool = True) -> list[Found]:
        """What there is to answer, counted by day only where days matter."""
        days = "placed__day, known__day" if by_day else "0, 0"
        rows = self._all(
            f"SELECT reasons, {days}, count(*), count(*) FILTER (WHERE claimed_lines > 1)"  # noqa: S608
            f" FROM {TABLE} WHERE {self.of_market} GROUP BY ALL ORDER BY ALL"
        )
        return [Found(*row) for row in rows]

    def met(self, programs: Programs, where: str) -> Met:
        """The combinations of truths met among these rows, and what follows from each under both programs."""
        statement = trial.met_statement(programs, self.source, where)
        rows = self._all(statement) if statement else [()]
        return trial.met_by(programs, self.source, rows)

    def sums(self, made: Tried, *, joint: bool) -> list[Summed]:
        """The sums over all rows of a trial."""
        statement, columns = sums_statement(made, joint=joint)
        summed = []
        for row in self._named(statement):
            figures = {name: int(row.get(column) or 0) for name, column in columns.items()}
            counts = {name: row["lines"] if row["code"] >> bit & 1 else 0 for bit, name in enumerate(COUNTED)}
            month, category, size = (str(row[key] or "") for key in _KEYS)
            summed.append(Summed(month, category, size, counts | figures, list(row.get("affected") or ())))
        return summed

    def rows(self, made: Tried, columns: Mapping[str, str]) -> list[dict[str, Any]]:
        """Single rows of a trial, with these columns by name."""
        return self._named(made.layers.statement(f"SELECT {named(columns)} FROM {{last}}"))  # noqa: S608


Watch = Callable[[int, int], None]
"""Told how many rows are done, of how many."""
