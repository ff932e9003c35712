"""A statement written as layers: each selects everything of the one before and adds columns to it.

So each column is reckoned once however often it is used, and a database that reads only what is needed skips the rest.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from makewhole.core.rulebook.sql.columns import all_columns

CALENDAR, WORKDAYS = "market_calendar", "market_workdays"
"""Tables of a market's days, see `days`."""


class Source(NamedTuple):
    """The table of past cases by its name, and the columns in which it holds anything (None: all of them)."""

    table: str
    filled: frozenset[str] | None = None

    def column(self, name: str) -> str:
        """The column, or in its place NULL, which costs nothing."""
        if self.filled is None or name in self.filled:
            return name
        return f"CAST(NULL AS {all_columns()[name].value}) AS {name}"


class Layers:
    """Common table expressions over a first one. `prefix` keeps the results of two programs in one statement apart;
    what both reckon alike is reckoned once.

    Names are made here and in the modules beside, values pass `literal`: no text of a rulebook enters a statement.
    """

    def __init__(self, source: Source, prefix: str, where: str = "TRUE") -> None:
        self.source, self.where, self.prefix = source, where, prefix
        self.layers: list[str] = []
        self.last = self.first = "claims_taken"
        self.counted = 0
        self.known: dict[str, str] = {}

    def name(self, kind: str) -> str:
        """A name no other column or layer has."""
        self.counted += 1
        return f"{kind}{self.counted}"

    def add(self, columns: Mapping[str, str], joins: str = "") -> None:
        """A layer with more columns: expressions by name."""
        if not columns:
            return
        name = self.name("layer")
        wanted = ", ".join(f"{expression} AS {column}" for column, expression in columns.items())
        star = f"{self.last}.*" if joins else "*"
        self.layers.append(f"{name} AS (SELECT {star}, {wanted} FROM {self.last}{joins})")  # noqa: S608
        self.last = name

    def columns(self, kind: str, expressions: Sequence[str]) -> list[str]:
        """The columns that hold these expressions, in one layer; what was reckoned before is not reckoned again."""
        new = [text for text in dict.fromkeys(expressions) if text not in self.known and not _is_name(text)]
        named = {self.name(kind): text for text in new}
        self.add(named)
        self.known |= {text: name for name, text in named.items()}
        return [self.known.get(text, text) for text in expressions]

    def column(self, kind: str, expression: str) -> str:
        """The column that holds this expression."""
        return self.columns(kind, [expression])[0]

    def keep(self, expressions: str, rest: str = "") -> None:
        """A layer with these columns only."""
        name = self.name("layer")
        self.layers.append(f"{name} AS (SELECT {expressions} FROM {self.last}{rest})")  # noqa: S608
        self.last = name

    def look_up(self, table: str, key: str, by: str, column: str) -> str:
        """The `column` of the row of `table` whose `by` is `key`; empty where there is none."""
        asked = f"{table} {key} {by} {column}"
        if asked in self.known:
            return self.known[asked]
        name, alias = self.name("found"), self.name("t")
        self.known[asked] = name
        self.add({name: f"{alias}.{column}"}, f" LEFT JOIN {table} AS {alias} ON {alias}.{by} = {key}")
        return name

    def statement(self, final: str) -> str:
        """The whole statement; `final` selects from `{last}`. Of the table only the columns it names are taken."""
        body = final.replace("{last}", self.last)
        named = set(re.findall(r"[a-z_0-9]+", " ".join([*self.layers, body])))
        taken = ", ".join(self.source.column(name) for name in all_columns() if name in named) or "place"
        first = f"{self.first} AS (SELECT {taken} FROM {self.source.table} WHERE {self.where})"  # noqa: S608
        return f"WITH {', '.join([first, *self.layers])} {body}"


def _is_name(text: str) -> bool:
    return re.fullmatch(r"[a-z_][a-z_0-9]*", text) is not None


def literal(value: bool | int | str) -> str:
    """A constant as SQL. A quote is doubled, so no text can end it early; a zero byte is refused."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    if "\0" in value or "\\" in value:
        raise ValueError(f"{value!r} cannot be a value of a rule")
    return "'" + str(value).replace("'", "''") + "'"
