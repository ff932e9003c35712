"""The combinations of truths met among the rows of past cases, and what follows from each, as a small table to join.

Most truths are alike on all rows of a group, and most of the others change nothing: only those that tell one pattern
from another are the table's key, and only what differs from pattern to pattern is a column of it.
"""

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from makewhole.core.rulebook.pattern import Pattern
from makewhole.core.rulebook.sql.layers import Layers
from makewhole.core.rulebook.sql.match import Matched, Truth
from makewhole.core.rulebook.sql.terms import FALSE, TRUE

Truths = tuple[Truth, ...]
_T = TypeVar("_T")
_PER_KEY = 30
"""How many truths one key holds, two bits each."""


class Met(NamedTuple):
    """For each combination of the signs at `places` the patterns that follow, one for each set of rules."""

    places: tuple[int, ...]
    patterns: dict[Truths, tuple[Pattern, ...]]


def signs_of(matched: Sequence[Matched]) -> list[str]:
    """The columns that the patterns of these programs hang on."""
    return list(dict.fromkeys(sign for one in matched for sign in one.signs))


def met(matched: Sequence[Matched], rows: Sequence[Truths]) -> Met:
    """What follows from combinations of all signs, in the order of `signs_of`."""
    signs = signs_of(matched)
    known: dict[tuple[int, int], Pattern] = {}
    patterns: list[tuple[Pattern, ...]] = []
    bits: list[tuple[int, ...]] = []
    for row in rows:
        by_name = dict(zip(signs, row, strict=True))
        bits.append(tuple(one.bits(by_name) for one in matched))
        for side, one in enumerate(matched):
            key = (side, bits[-1][side])
            if key not in known:
                known[key] = one.pattern(bits[-1][side])
        patterns.append(tuple(known[side, found] for side, found in enumerate(bits[-1])))
    places = _telling(rows, bits)
    return Met(
        places, {tuple(row[place] for place in places): found for row, found in zip(rows, patterns, strict=True)}
    )


def _telling(rows: Sequence[Truths], bits: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    """Places of signs that suffice to tell which bits a row has: each is left out where the others do."""
    kept = [place for place, values in enumerate(zip(*rows, strict=True)) if len(set(values)) > 1]
    for place in list(kept):
        others = [other for other in kept if other != place]
        told: dict[Truths, tuple[int, ...]] = {}
        if all(
            told.setdefault(tuple(row[other] for other in others), found) == found
            for row, found in zip(rows, bits, strict=True)
        ):
            kept = others
    return tuple(kept)


class MetTable:
    """The combinations met as rows of a table, joined to those of the cases; a column is known by what it holds."""

    def __init__(self, layers: Layers, matched: Sequence[Matched], found: Met) -> None:
        self.layers, self.found = layers, found
        signs = signs_of(matched)
        self.signs = [signs[place] for place in found.places]
        self.columns: dict[tuple[int, ...], str] = {}

    def patterns(self, side: int) -> list[Pattern]:
        """The patterns by one set of rules, in the order of the table's rows."""
        return [found[side] for found in self.found.patterns.values()]

    def column(self, values: Sequence[int]) -> str:
        """A column that holds one number for each row of the table; where all are the same, that number."""
        if len(set(values)) == 1:
            return str(values[0])
        name = self.columns.setdefault(tuple(values), f"v{len(self.columns)}")
        keys = {f"k{place}": self._key(part) for place, part in enumerate(_parts(self.signs))}
        return self.layers.joined("patterns met", self._text, keys, name)

    def flag(self, values: Sequence[bool]) -> str:
        """Whether the row's combination is one of those."""
        column = self.column([int(value) for value in values])
        return {"0": FALSE, "1": TRUE}.get(column, f"({column} = 1)")

    def _key(self, signs: Sequence[str]) -> str:
        """One number for the truths of these signs."""
        return " + ".join(f"COALESCE(CAST({sign} AS BIGINT), 2) * {4**place}" for place, sign in enumerate(signs))

    def _text(self) -> str:
        rows = []
        for place, truths in enumerate(self.found.patterns):
            digits = [2 if truth is None else int(truth) for truth in truths]
            keys = [sum(digit * 4**at for at, digit in enumerate(part)) for part in _parts(digits)]
            rows.append(f"({', '.join(map(str, [*keys, *(values[place] for values in self.columns)]))})")
        names = [f"k{place}" for place in range(len(_parts(self.signs)))] + list(self.columns.values())
        return f"(SELECT * FROM (VALUES {', '.join(rows)}) AS given({', '.join(names)}))"  # noqa: S608 (numbers, own names)


def _parts(signs: Sequence[_T]) -> list[Sequence[_T]]:
    """The signs of each key."""
    return [signs[begin : begin + _PER_KEY] for begin in range(0, len(signs), _PER_KEY)]
