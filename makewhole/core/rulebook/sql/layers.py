"""A statement written as columns: each is known by what it says, so whatever needs it again finds it reckoned.

`Layers.statement` writes down what its final part reads and nothing else, in as few selections as it takes: a column
that is read in one place stands there, one that is read in several is reckoned once, below them. That keeps the work
for each row small, and that for the statement itself, which the database plans anew for every group of cases.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from makewhole.core.rulebook.sql.columns import all_columns
from makewhole.core.rulebook.sql.terms import is_constant

CALENDAR, WORKDAYS = "market_calendar", "market_workdays"
"""Tables of a market's days, see `days`."""

_WORDS = re.compile(r"'(?:[^']|'')*'|[a-z_][a-z_0-9]*")
_WINDOW = " OVER ("


class Source(NamedTuple):
    """The table of past cases by its name, and the columns in which it holds anything (None: all of them)."""

    table: str
    filled: frozenset[str] | None = None

    def holds(self, name: str) -> bool:
        """Whether the column holds anything on any row."""
        return self.filled is None or name in self.filled

    def value(self, name: str) -> str:
        """The column or, where it holds nothing, NULL: then nothing that hangs on it is reckoned."""
        return name if self.holds(name) else f"CAST(NULL AS {all_columns()[name].value})"


class Join(NamedTuple):
    """Another table of which a row has at most one row: its text, and by which of its columns it is found."""

    table: Callable[[], str]
    keys: tuple[tuple[str, str], ...]
    """Its own column, and the column of the row that must be equal."""


class Layers:
    """Columns over the rows of a source that fit `where`.

    Names are made here, values pass `literal`: no text of a rulebook enters a statement.
    """

    def __init__(self, source: Source, where: str = "TRUE") -> None:
        self.source, self.where = source, where
        self.texts: dict[str, str] = {}
        """What each column says, in order: it reads only columns that stand before it."""
        self.joins: dict[str, Join] = {}
        """Of columns that come from another table, which."""
        self.names: dict[str, str] = {}
        self.rows: dict[str, Join] = {}

    def column(self, kind: str, expression: str) -> str:
        """The column that holds this expression; a name or a constant stands for itself."""
        if is_constant(expression) or _WORDS.fullmatch(expression):
            return expression
        if expression not in self.names:
            name = self.names[expression] = self._name(kind)
            self.texts[name] = expression
        return self.names[expression]

    def look_up(self, table: str, key: str, by: str, column: str) -> str:
        """The `column` of the row of `table` whose `by` is `key`; empty where there is none."""
        return self.joined(f"{table} by {by} {key}", lambda: table, {by: key}, column)

    def joined(self, what: str, table: Callable[[], str], keys: Mapping[str, str], column: str) -> str:
        """A column of another table; `what` tells which row of which table, `table` gives its text in the end."""
        asked = f"{what}: {column}"
        if asked not in self.names:
            if what not in self.rows:
                self.rows[what] = Join(table, tuple((by, self.column("key", key)) for by, key in keys.items()))
            name = self.names[asked] = self._name("found")
            self.joins[name] = self.rows[what]
            self.texts[name] = column
        return self.names[asked]

    def _name(self, kind: str) -> str:
        return f"{kind}_{len(self.names)}"

    def statement(self, final: str) -> str:
        """The whole statement; `final` selects from `{last}`."""
        return _Statement(self, final).text()


class _Statement:
    """One statement while it is written."""

    def __init__(self, layers: Layers, final: str) -> None:
        self.layers, self.final = layers, final
        self.uses: Counter[str] = Counter(self._read(final))
        self.kept = set(self.uses)
        """Columns that stand in a selection of their own, whoever reads them."""
        for name in reversed(layers.texts):
            if self.uses[name]:
                self.uses.update(self._needs(name))
                if name in layers.joins:
                    self.kept.update((name, *self._needs(name)))
                elif _WINDOW in layers.texts[name]:
                    self.kept.add(name)
        self.said: dict[str, str] = {}
        self.level: dict[str, int] = {}
        for name in layers.texts:
            if self.uses[name]:
                self._place(name)

    def _read(self, text: str) -> Iterator[str]:
        """The columns a text reads, as often as it does."""
        known = all_columns()
        for word in _WORDS.findall(text):
            if word in self.layers.texts or word in known:
                yield word

    def _needs(self, name: str) -> Iterable[str]:
        join = self.layers.joins.get(name)
        if join is None:
            return self._read(self.layers.texts[name])
        return [key for _, key in join.keys if not is_constant(key)]

    def _place(self, name: str) -> None:
        """Say what the column says, with what is read only here in its place, and on which level it stands."""
        text = self.layers.texts[name]
        if name not in self.layers.joins:
            text = _WORDS.sub(self._inside, text)
        self.said[name] = text
        if self._stands(name):
            self.level[name] = 1 + max((self.level.get(read, 0) for read in self._reads(name)), default=0)

    def _inside(self, found: re.Match[str]) -> str:
        word = found.group()
        return f"({self.said[word]})" if word in self.said and not self._stands(word) else word

    def _stands(self, name: str) -> bool:
        return self.uses[name] > 1 or name in self.kept

    def _reads(self, name: str) -> Iterable[str]:
        return self._needs(name) if name in self.layers.joins else self._read(self.said[name])

    def text(self) -> str:
        source = self.layers.source
        levels = range(1, max(self.level.values(), default=0) + 1)
        read_at: dict[str, int] = dict.fromkeys(self._read(self.final), len(levels) + 1)
        for name, level in self.level.items():
            for read in self._reads(name):
                read_at[read] = max(read_at.get(read, 0), level)
        taken = [name for name in all_columns() if name in read_at]
        columns = [name if source.holds(name) else f"{source.value(name)} AS {name}" for name in taken] or ["place"]
        parts = [f"layer_0 AS (SELECT {', '.join(columns)} FROM {source.table} WHERE {self.layers.where})"]  # noqa: S608
        for level in levels:
            carried = [name for name in (*taken, *self.level) if read_at[name] > level > self.level.get(name, 0)]
            parts.append(self._layer(level, carried))
        return f"WITH {', '.join(parts)} {self.final.replace('{last}', f'layer_{len(levels)}')}"

    def _layer(self, level: int, carried: list[str]) -> str:
        wanted = list(carried)
        joins: dict[Join, str] = {}
        for name in (name for name, at in self.level.items() if at == level):
            join = self.layers.joins.get(name)
            alias = joins.setdefault(join, f"t{len(joins)}") + "." if join else ""
            wanted.append(f"{alias}{self.said[name]} AS {name}")
        last = f"layer_{level - 1}"
        tables = "".join(
            f" LEFT JOIN {join.table()} AS {alias} ON {' AND '.join(f'{alias}.{by} = {key}' for by, key in join.keys)}"
            for join, alias in joins.items()
        )
        return f"layer_{level} AS (SELECT {', '.join(wanted) or '1 AS nothing'} FROM {last}{tables})"  # noqa: S608


def literal(value: bool | int | str) -> str:
    """A constant as SQL. A quote is doubled, so no text can end it early; a zero byte is refused."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    if "\0" in value or "\\" in value:
        raise ValueError(f"{value!r} cannot be a value of a rule")
    return "'" + str(value).replace("'", "''") + "'"
