"""Claims put into a table of DuckDB and answered there, to be held against the engine's own answers."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import duckdb

from makewhole.core.allocation.allocate import allocate
from makewhole.core.order.model import Order
from makewhole.core.rulebook.assess import assess
from makewhole.core.rulebook.compile import Program, program_for
from makewhole.core.rulebook.model import Answer, Claim, ObstacleKind, Paid
from makewhole.core.rulebook.pattern import Pattern
from makewhole.core.rulebook.rule import Rulebook
from makewhole.core.rulebook.sql.amounts import PAYERS
from makewhole.core.rulebook.sql.answers import RemedyColumns, add_answers
from makewhole.core.rulebook.sql.columns import table_columns
from makewhole.core.rulebook.sql.days import market_days, working_days
from makewhole.core.rulebook.sql.layers import CALENDAR, WORKDAYS, Layers, Source
from makewhole.core.rulebook.sql.match import Matched
from makewhole.core.rulebook.sql.met import Met, MetTable, met, signs_of
from makewhole.core.rulebook.sql.row import claim_rows
from makewhole.core.words import SENDS_GOODS, Remedy

PARTIES = {number: party for party, number in PAYERS.items()}
Told = dict[tuple[str, bool], tuple[tuple[str, int, str], ...]]
"""Plans by remedy and whether they hang on something: (head, amount, payer) of everything due."""


class Asked(NamedTuple):
    order: Order
    claim: Claim
    now: datetime
    paid: tuple[Paid, ...] = ()


def by_engine(book: Rulebook, asked: Asked) -> tuple[Told, frozenset[str]]:
    """The plans the engine gives, and the kinds of obstacle by remedy."""
    answer = assess(book, asked.order, allocate(asked.order), asked.claim, asked.now, asked.paid)
    told: Told = {}
    for plan in answer.plans:
        dues: dict[tuple[str, str], int] = {}
        for due in plan.dues:
            key = (due.head.value, due.payer.value)
            dues[key] = dues.get(key, 0) + due.amount_minor
        told[plan.remedy.value, bool(plan.depends_on)] = tuple(sorted((h, m, p) for (h, p), m in dues.items()))
    return told, _obstacles(answer)


def _obstacles(answer: Answer) -> frozenset[str]:
    kinds = (ObstacleKind.EXCLUDED, ObstacleKind.OUT_OF_TIME, ObstacleKind.NOT_YET)
    return frozenset(f"{one.kind} {one.remedy} {one.line_id}" for one in answer.obstacles if one.kind in kinds)


class Database:
    """A database with the days of one calendar and a table of claims."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book
        self.connection = duckdb.connect()
        days = market_days(book.calendar)
        self._table(CALENDAR, "day BIGINT, number BIGINT, next BIGINT, end_us BIGINT", days)
        self._table(WORKDAYS, "number BIGINT, day BIGINT", working_days(days))
        wanted = ", ".join(f"{name} {kind}" for name, kind in table_columns().items())
        self.connection.execute(f"CREATE TABLE claims ({wanted})")

    def _table(self, name: str, columns: str, rows: Sequence[tuple[int, ...]]) -> None:
        self.connection.execute(f"CREATE TABLE {name} ({columns})")
        values = ", ".join(str(row) for row in rows)
        self.connection.execute(f"INSERT INTO {name} VALUES {values}")

    def fill(self, asked: Sequence[Asked]) -> None:
        """The rows of these claims; `case_id` is their place."""
        self.connection.execute("DELETE FROM claims")
        for number, one in enumerate(asked):
            for row in claim_rows(self.book.calendar, one.order, allocate(one.order), one.claim, one.now, one.paid):
                row["case_id"] = str(number)
                names = ", ".join(row)
                marks = ", ".join("?" for _ in row)
                self.connection.execute(f"INSERT INTO claims ({names}) VALUES ({marks})", list(row.values()))

    def answers(self, asked: Sequence[Asked]) -> list[tuple[Told, frozenset[str]]]:
        """What the statements say of these claims, which share their reasons and editions."""
        self.fill(asked)
        program = program_for(self.book, asked[0].order.placed_at, asked[0].now, asked[0].claim.reasons)
        found: list[tuple[dict[str, list[Any]], set[str]]] = [({}, set()) for _ in asked]
        combinations = self.met(program)
        for joint in (False, True):
            layers = Layers(Source("claims"), f"claimed_lines {'>' if joint else '='} 1")
            matched = Matched(layers, program)
            table = MetTable(layers, [matched], combinations)
            remedies = add_answers(layers, matched.facts, table, 0, joint=joint)
            for row in self._rows(layers, table.signs, remedies):
                (pattern,) = combinations.patterns[tuple(row[sign] for sign in table.signs)]
                self._take(row, remedies, pattern, found)
        return [(_plans(plans), frozenset(kinds)) for plans, kinds in found]

    def met(self, program: Program) -> Met:
        layers = Layers(Source("claims"))
        matched = [Matched(layers, program)]
        signs = signs_of(matched)
        if not signs:
            return met(matched, [()])
        statement = layers.statement(f"SELECT DISTINCT {', '.join(signs)} FROM {{last}}")
        return met(matched, self.connection.execute(statement).fetchall())

    def _rows(
        self, layers: Layers, signs: Sequence[str], remedies: dict[Remedy, RemedyColumns]
    ) -> Iterable[dict[str, Any]]:
        named = ["case_id", "place", "line_id", "claimed_lines", *signs]
        for columns in remedies.values():
            named += [columns.has, columns.alive, columns.open]
            named += [name for _, minor, by in columns.dues for name in (minor, by)]
        result = self.connection.execute(
            layers.statement(f"SELECT {', '.join(named)} FROM {{last}} ORDER BY case_id, place")
        )
        for row in result.fetchall():
            yield dict(zip(named, row, strict=True))

    def _take(
        self,
        row: dict[str, Any],
        remedies: dict[Remedy, RemedyColumns],
        pattern: Pattern,
        found: list[tuple[dict[str, list[Any]], set[str]]],
    ) -> None:
        plans, kinds = found[int(row["case_id"])]
        kinds |= {f"{one.kind} {one.remedy} {row['line_id']}" for one in pattern.blocked}
        for remedy, columns in remedies.items():
            if row[columns.alive]:
                dues = [
                    (head.value, row[minor], PARTIES[row[by]].value) for head, minor, by in columns.dues if row[minor]
                ]
                plans.setdefault(remedy.value, []).append((dues, row[columns.open]))
        single = row["claimed_lines"] == 1
        for remedy, columns in remedies.items():
            assert not single or row[columns.has] == _exists(remedy, plans.get(remedy.value, []))


def _exists(remedy: Remedy, lines: list[Any]) -> bool:
    return bool(lines) and (remedy in SENDS_GOODS or any(dues or is_open for dues, is_open in lines))


def _plans(found: dict[str, list[Any]]) -> Told:
    told: Told = {}
    for remedy, lines in found.items():
        if not _exists(Remedy(remedy), lines):
            continue
        sums: dict[tuple[str, str], int] = {}
        for dues, _ in lines:
            for head, minor, payer in dues:
                sums[head, payer] = sums.get((head, payer), 0) + minor
        is_open = any(is_open for _, is_open in lines)
        told[remedy, is_open] = tuple(sorted((head, minor, payer) for (head, payer), minor in sums.items()))
    return told
