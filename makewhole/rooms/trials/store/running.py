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
        return self._named(made.layers.statement(f"SELECT {_named(columns)} FROM {{last}}"))  # noqa: S608


def changed(made: Tried) -> str:
    """Whether a row's answer changes: another remedy, or another amount from anyone."""
    before, after = made.before, made.after
    given: dict[Remedy, str] = {}
    for remedy in before.gives.keys() & after.gives.keys():
        pairs = [(before.gives[remedy].payers[party], after.gives[remedy].payers[party]) for party in BEARERS]
        given[remedy] = either(*(f"({one} <> {two})" for one, two in pairs if one != two))
    same = before.taken({remedy: given[remedy] for remedy in Remedy if remedy in given}, FALSE)
    return same if before.remedy == after.remedy else either(f"({before.remedy} <> {after.remedy})", f"({same})")


def sums_statement(made: Tried, *, joint: bool) -> tuple[str, dict[str, str]]:
    """The statement that sums a trial up by month, category and size of merchant, and which column holds each figure.

    It groups by the remedies taken as well: within such a cell the columns of every remedy are summed up, and which of
    these sums count is chosen once for the cell, not once for each row.
    """
    case, cell = _Case(made, joint=joint), _Cell()
    before, after = (_side_figures(name, side, cell) for name, side in (("before", made.before), ("after", made.after)))
    paid = {"paid": [f"paid_by_{party}_minor" for party in BEARERS], "advanced": ["advanced_minor"]}
    holds = made.layers.source.holds
    sums = {
        name: cell.summed(added([f"COALESCE({column}, 0)" for column in columns if holds(column)]))
        for name, columns in paid.items()
    }
    columns = {"lines": "count(*)"} | {name: f"sum({text})" for text, name in cell.sums.items()}
    cells = {"lines": "sum(lines)"}
    if case.is_changed != FALSE:
        test = f"FILTER (WHERE place = 0 AND {case.is_changed})"
        columns["affected"] = f"arg_max(row_id, abs({case.delta}), {AFFECTED_MAX}) {test}"
        columns["peak"] = f"max(abs({case.delta})) {test}"
        cells |= {"affected": "flatten(list(affected))", "peak": "max(peak)"}
    keys = {"month": "month", "category": "split_part(fact_category, '/', 1)", "size": "size", "code": case.code}
    inner = made.layers.statement(
        f"SELECT {_named(keys | {name: text for text, name in cell.keys.items()} | columns)}"  # noqa: S608
        " FROM {last} LEFT JOIN merchant_sizes ON merchant_id = sized_id GROUP BY ALL"
    )
    figures = before | after | sums
    chosen_sums = {text: f"figure_{place}" for place, text in enumerate(dict.fromkeys(figures.values())) if text != "0"}
    cells |= {name: f"sum({text})" for text, name in chosen_sums.items()}
    statement = f"SELECT {', '.join(keys)}, {_named(cells)} FROM ({inner}) GROUP BY ALL ORDER BY ALL"  # noqa: S608
    return statement, {name: chosen_sums.get(text, "") for name, text in figures.items()} | {
        "lines": "lines", "peak": "peak"
    }  # fmt: skip


def _named(texts: Mapping[str, str]) -> str:
    return ", ".join(f"{text} AS {name}" for name, text in texts.items())


class _Cell:
    """What is summed up in a cell, and by what else than its keys cells are told apart; alike is one column."""

    def __init__(self) -> None:
        self.sums: dict[str, str] = {}
        self.keys: dict[str, str] = {}

    def summed(self, text: str) -> str:
        """The column with the sum of an expression over the rows of a cell."""
        return text if text == "0" else self.sums.setdefault(text, f"sum_{len(self.sums)}")

    def key(self, text: str) -> str:
        """The column of an expression that is the same on all rows of a cell."""
        return text if is_constant(text) else self.keys.setdefault(text, f"key_{len(self.keys)}")


def _side_figures(name: str, side: Side, cell: _Cell) -> dict[str, str]:
    """What one side comes to in a cell: expressions over the cell's sums."""
    taken = side._replace(remedy=cell.key(side.remedy))
    by_party = {
        party: {remedy: cell.summed(one.payers[party]) for remedy, one in side.gives.items()} for party in BEARERS
    }
    by_head = {head: {remedy: cell.summed(one.heads[head]) for remedy, one in side.gives.items()} for head in Head}
    total = taken.taken({remedy: cell.summed(one.total) for remedy, one in side.gives.items()})
    return {
        **{f"{name}_{party}": taken.taken(sums) for party, sums in by_party.items()},
        **{f"{name}_head_{head}": taken.taken(sums) for head, sums in by_head.items()},
        f"{name}_open": chosen(cell.key(side.open), total, "0"),
        f"{name}_most": cell.summed(side.most),
    }


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
        values: dict[str, int] = {}
        for name, test in tests.items():
            values[test] = values.get(test, 0) + (1 << COUNTED.index(name))
        bits = [chosen(test, str(value), "0") for test, value in values.items()]
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
