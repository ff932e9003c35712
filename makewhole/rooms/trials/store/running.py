"""Past cases answered in DuckDB: group by group, each in one pass that sums up as it goes, so memory stays small."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from makewhole.core.calendar import MarketCalendar
from makewhole.core.rulebook.sql import trial
from makewhole.core.rulebook.sql.days import market_days, working_days
from makewhole.core.rulebook.sql.layers import CALENDAR, WORKDAYS, Source, literal
from makewhole.core.rulebook.sql.met import Met
from makewhole.core.rulebook.sql.terms import FALSE, added, chosen, either, is_constant
from makewhole.core.rulebook.sql.trial import BEARERS, Programs, Side, Tried
from makewhole.core.words import Head, Remedy
from makewhole.rooms.trials.store.files import files_of, filled_columns

TABLE = "past_cases"
SIZES = ((1, "1-9"), (10, "10-49"), (50, "50-199"), (200, "200+"))
"""Merchants by how many past cases they have: from, name."""

AFFECTED_MAX = 30
COUNTED = ("cases", "changed", "more", "less", "lost", "gained", "moved", "open_before", "open_after")
"""What may be true of a case, in the order of its bits."""

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
    """One export, open for trials; rows of one market."""

    def __init__(self, export: Path, market: str, calendar: MarketCalendar, threads: int | None = None) -> None:
        import duckdb

        self.connection = duckdb.connect(config={"memory_limit": MEMORY})
        if threads:
            self.connection.execute(f"SET threads = {int(threads)}")
        self.files = [str(path) for path in files_of(export)]
        self.source = Source(TABLE, filled_columns(self.files))
        self.of_market = f"market = {literal(market)}"
        self._open()
        self._calendar(calendar)

    def close(self) -> None:
        self.connection.close()

    def _open(self) -> None:
        """The files as one table, and how many cases each merchant has."""
        self.connection.from_parquet(self.files, union_by_name=True).create_view(TABLE)
        names = " ".join(f"WHEN count(*) >= {least} THEN '{name}'" for least, name in reversed(SIZES))
        self.connection.execute(
            f"CREATE TEMP TABLE merchant_sizes AS SELECT merchant_id AS sized_id, CASE {names} END AS size"  # noqa: S608
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
        rows = self.connection.execute(
            f"SELECT DISTINCT market FROM {TABLE} ORDER BY market"  # noqa: S608
        ).fetchall()
        return [row[0] for row in rows]

    def found(self) -> list[Found]:
        """What there is to answer."""
        rows = self.connection.execute(
            f"SELECT reasons, placed__day, known__day, count(*),"  # noqa: S608
            f" count(*) FILTER (WHERE claimed_lines > 1) FROM {TABLE} WHERE {self.of_market} GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        return [Found(*row) for row in rows]

    def met(self, programs: Programs, where: str) -> Met:
        """The combinations of truths met among these rows, and what follows from each under both programs."""
        statement = trial.met_statement(programs, self.source, where)
        rows = self.connection.execute(statement).fetchall() if statement else [()]
        return trial.met_by(programs, self.source, rows)

    def sums(self, made: Tried, *, joint: bool) -> list[Summed]:
        """The sums over all rows of a trial."""
        result = self.connection.execute(sums_statement(made, joint=joint))
        names = [column[0] for column in result.description or ()]
        summed = []
        for row in result.fetchall():
            figures = dict(zip(names, row, strict=True))
            month, category, size = (str(figures.pop(key) or "") for key in _KEYS)
            affected = list(figures.pop("affected") or ())
            code, lines = figures.pop("code"), figures["lines"]
            counts = {name: lines if code >> bit & 1 else 0 for bit, name in enumerate(COUNTED)}
            sums = {name: int(value or 0) for name, value in figures.items()}
            summed.append(Summed(month, category, size, counts | sums, affected))
        return summed

    def rows(self, made: Tried, columns: Mapping[str, str]) -> list[dict[str, Any]]:
        """Single rows of a trial, with these columns by name."""
        wanted = ", ".join(f"{text} AS {name}" for name, text in columns.items())
        result = self.connection.execute(made.layers.statement(f"SELECT {wanted} FROM {{last}}"))  # noqa: S608
        return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]


def changed(made: Tried) -> str:
    """Whether a row's answer changes: another remedy, or another amount from anyone."""
    before, after = made.before, made.after
    given: dict[Remedy, str] = {}
    for remedy in before.gives.keys() & after.gives.keys():
        pairs = [(before.gives[remedy].payers[party], after.gives[remedy].payers[party]) for party in BEARERS]
        given[remedy] = either(*(f"({one} <> {two})" for one, two in pairs if one != two))
    same = before.taken({remedy: given[remedy] for remedy in Remedy if remedy in given}, FALSE)
    return same if before.remedy == after.remedy else either(f"({before.remedy} <> {after.remedy})", f"({same})")


def sums_statement(made: Tried, *, joint: bool) -> str:
    """The statement that sums a trial up by month, category and size of merchant.

    It groups by the remedies taken as well: within such a cell the sums of every remedy's columns are added up, and
    which of them count is chosen once for the cell, not once for each row.
    """
    case = _Case(made, joint=joint)
    sums: dict[str, str] = {}
    before, after = (_side_sums(name, side, sums) for name, side in (("before", made.before), ("after", made.after)))
    paid = " + ".join(f"COALESCE(paid_by_{party}_minor, 0)" for party in BEARERS)
    affected, peak = "NULL", "0"
    if case.is_changed != FALSE:
        test = f"FILTER (WHERE place = 0 AND {case.is_changed})"
        affected = f"arg_max(row_id, abs({case.delta}), {AFFECTED_MAX}) {test}"
        peak = f"max(abs({case.delta})) {test}"
    cells = made.layers.statement(
        f"SELECT month, split_part(fact_category, '/', 1) AS category, size, {case.code} AS code,"  # noqa: S608
        f" {made.before.remedy} AS before_remedy, {made.after.remedy} AS after_remedy,"
        f" {made.before.open} AS before_is_open, {made.after.open} AS after_is_open,"
        f" count(*) AS lines, sum({paid}) AS paid, sum(advanced_minor) AS advanced, {affected} AS affected,"
        f" {peak} AS peak{''.join(f', sum({text}) AS {name}' for text, name in sums.items())}"
        " FROM {last} LEFT JOIN merchant_sizes ON merchant_id = sized_id GROUP BY ALL"
    )
    wanted = [f"sum({text}) AS {name}" for name, text in (before | after).items()]
    return (
        f"SELECT month, category, size, code, sum(lines) AS lines, sum(paid) AS paid, sum(advanced) AS advanced,"  # noqa: S608
        f" flatten(list(affected)) AS affected, max(peak) AS peak, {', '.join(wanted)}"
        f" FROM ({cells}) GROUP BY ALL ORDER BY ALL"
    )


class _Case:
    """What is true of a case as a whole; it is counted on its first row."""

    def __init__(self, made: Tried, *, joint: bool) -> None:
        self.layers, self.joint = made.layers, joint
        before, after = made.before, made.after
        self.is_changed = self._flag(changed(made))
        was, now = (self._of_case("SUM", side.total) for side in (before, after))
        had, has = (self._of_case("MAX", side.remedy) for side in (before, after))
        tests = {
            "changed": self.is_changed,
            "open_before": self._flag(before.open),
            "open_after": self._flag(after.open),
        }
        if was != now:
            tests |= {"more": f"{now} > {was}", "less": f"{now} < {was}"}
        if had != has:
            tests |= {
                "lost": f"{had} <> 0 AND {has} = 0", "gained": f"{had} = 0 AND {has} <> 0",
                "moved": f"{had} <> 0 AND {has} <> 0 AND {had} <> {has}",
            }  # fmt: skip
        bits = [chosen(test, str(1 << COUNTED.index(name)), "0") for name, test in tests.items()]
        # What is true of a case is one number to group by: counting each truth apart costs more than all the rest.
        self.code = f"CASE WHEN place = 0 THEN {added(['1', *bits])} ELSE 0 END"
        self.delta = f"({now} - {was})"

    def _of_case(self, word: str, text: str) -> str:
        """The sum or the greatest over all lines of a case."""
        return self.layers.column("case", f"{word}({text}) OVER (PARTITION BY case_id)" if self.joint else text)

    def _flag(self, test: str) -> str:
        """Whether it is so on any line of a case."""
        if not self.joint or is_constant(test):
            return self.layers.column("case", test)
        return self.layers.column("case", f"(MAX(CASE WHEN {test} THEN 1 ELSE 0 END) OVER (PARTITION BY case_id) = 1)")


def _side_sums(name: str, side: Side, sums: dict[str, str]) -> dict[str, str]:
    """What one side comes to in a cell, from sums of columns, which are named here in `sums`."""

    def summed(text: str) -> str:
        return text if text == "0" else sums.setdefault(text, f"sum_{len(sums)}")

    taken = side._replace(remedy=f"{name}_remedy")
    texts = {
        f"{name}_{party}": taken.taken({remedy: summed(one.payers[party]) for remedy, one in side.gives.items()})
        for party in BEARERS
    }
    texts |= {
        f"{name}_head_{head}": taken.taken({remedy: summed(one.heads[head]) for remedy, one in side.gives.items()})
        for head in Head
    }
    total = taken.taken({remedy: summed(one.total) for remedy, one in side.gives.items()})
    texts[f"{name}_open"] = f"CASE WHEN {name}_is_open THEN {total} ELSE 0 END"
    texts[f"{name}_most"] = summed(side.most)
    return texts


Watch = Callable[[int, int], None]
"""Told how many rows are done, of how many."""
