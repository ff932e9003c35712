"""Past cases answered in DuckDB: group by group, each in one pass that sums up as it goes, so memory stays small."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from makewhole.core.calendar import MarketCalendar
from makewhole.core.rulebook.pattern import Pattern
from makewhole.core.rulebook.sql import trial
from makewhole.core.rulebook.sql.days import market_days, working_days
from makewhole.core.rulebook.sql.layers import CALENDAR, WORKDAYS, Source, literal
from makewhole.core.rulebook.sql.trial import BEARERS, Programs, Side, Tried
from makewhole.core.words import Head
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

    def patterns(self, programs: Programs, where: str) -> dict[str, dict[tuple[int, ...], Pattern]]:
        """The patterns met among these rows, under both programs, and what follows from each."""
        statement, widths = trial.patterns_statement(programs, self.source, where)
        return trial.patterns_of(programs, widths, self.connection.execute(statement).fetchall())

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

    def rows(self, made: Tried, columns: Sequence[str]) -> list[dict[str, Any]]:
        """Single rows of a trial, with these columns."""
        result = self.connection.execute(made.layers.statement(f"SELECT {', '.join(columns)} FROM {{last}}"))  # noqa: S608
        names = [column[0] for column in result.description or ()]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def changed(made: Tried) -> str:
    """Whether a row's answer changes: another remedy, or another amount from anyone."""
    before, after = made.before, made.after
    if before is after:
        return "FALSE"
    pairs = [(before.remedy, after.remedy), *((before.payers[p], after.payers[p]) for p in BEARERS)]
    return "(" + " OR ".join(f"{one} <> {two}" for one, two in pairs) + ")"


def add_case_columns(made: Tried, *, joint: bool) -> None:
    """Layers with what is true of a case as a whole; it is counted on its first row."""
    before, after = made.before, made.after
    flags = {"is_changed": changed(made), "was_open": before.open, "now_open": after.open}
    sums = {"case_before": before.total, "case_after": after.total}
    remedies = {"case_had": before.remedy, "case_has": after.remedy}
    if joint:
        over = "OVER (PARTITION BY case_id)"
        flags = {name: f"(MAX(CASE WHEN {text} THEN 1 ELSE 0 END) {over} = 1)" for name, text in flags.items()}
        sums = {name: f"SUM({text}) {over}" for name, text in sums.items()}
        remedies = {name: f"MAX({text}) {over}" for name, text in remedies.items()}
    made.layers.add({**flags, **sums, **remedies})


def sums_statement(made: Tried, *, joint: bool) -> str:
    """The statement that sums a trial up by month, category and size of merchant."""
    add_case_columns(made, joint=joint)
    tests = {
        "changed": "is_changed", "more": "case_after > case_before", "less": "case_after < case_before",
        "lost": "case_had <> 0 AND case_has = 0", "gained": "case_had = 0 AND case_has <> 0",
        "moved": "case_had <> 0 AND case_has <> 0 AND case_had <> case_has",
        "open_before": "was_open", "open_after": "now_open",
    }  # fmt: skip
    # What is true of a case is one number to group by: counting each truth apart costs more than all the rest.
    same = made.before is made.after
    told = {name: test for name, test in tests.items() if not same or name.startswith("open")}
    bits = [f"CASE WHEN {test} THEN {1 << COUNTED.index(name)} ELSE 0 END" for name, test in told.items()]
    code = f"CASE WHEN place = 0 THEN 1 + {' + '.join(bits)} ELSE 0 END"
    wanted: list[str] = []
    paid = " + ".join(f"COALESCE(paid_by_{party}_minor, 0)" for party in BEARERS)
    wanted += ["count(*) AS lines", f"sum({paid}) AS paid", "sum(advanced_minor) AS advanced"]
    for name, side in (("before", made.before), ("after", made.after)):
        wanted += _side_sums(name, side)
    affected, peak = "NULL", "0"
    if made.before is not made.after:
        test = "FILTER (WHERE place = 0 AND is_changed)"
        affected = f"arg_max(row_id, abs(case_after - case_before), {AFFECTED_MAX}) {test}"
        peak = f"max(abs(case_after - case_before)) {test}"
    return made.layers.statement(
        f"SELECT month, split_part(fact_category, '/', 1) AS category, size, {code} AS code, {', '.join(wanted)},"  # noqa: S608
        f" {affected} AS affected, {peak} AS peak FROM {{last}} LEFT JOIN merchant_sizes ON merchant_id = sized_id"
        " GROUP BY ALL ORDER BY ALL"
    )


def _side_sums(name: str, side: Side) -> list[str]:
    texts = {f"{name}_{party}": side.payers[party] for party in BEARERS}
    texts |= {f"{name}_head_{head}": side.heads[head] for head in Head}
    texts[f"{name}_most"] = side.most
    texts[f"{name}_open"] = "0" if side.open == "FALSE" else f"CASE WHEN {side.open} THEN {side.total} ELSE 0 END"
    return [f"{text} AS {key}" if text == "0" else f"sum({text}) AS {key}" for key, text in texts.items()]


Watch = Callable[[int, int], None]
"""Told how many rows are done, of how many."""
