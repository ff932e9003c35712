"""A trial: one statement that answers past cases by the rules of then and by changed ones, side by side on each row.

Who asked for a remedy keeps it where the rules still give it; where they do not, the plan that pays most is taken, of
those that hang on nothing unknown before others. That is what one case costs under either set of rules.
"""

from collections.abc import Mapping
from typing import NamedTuple

from makewhole.core.rulebook.compile import Program
from makewhole.core.rulebook.pattern import Pattern
from makewhole.core.rulebook.sql.amounts import PAYERS
from makewhole.core.rulebook.sql.answers import NUMBERS, RemedyColumns, add_answers
from makewhole.core.rulebook.sql.layers import Layers, Source, literal
from makewhole.core.rulebook.sql.match import Matched, add_matching, judged, pattern_at
from makewhole.core.words import Head, Party, Remedy

BEFORE, AFTER = "b_", "a_"
"""Prefixes of columns: by the rules of then, by the changed ones."""

BEARERS = (Party.MERCHANT, Party.PLATFORM, Party.FUND)
Words = tuple[int, ...]


class Side(NamedTuple):
    """What one set of rules gives on each row: columns of the remedy taken (0: none), and of its amounts."""

    remedy: str
    open: str
    total: str
    most: str
    payers: Mapping[Party, str]
    heads: Mapping[Head, str]


class Programs(NamedTuple):
    """The rules of then and the changed ones, for one set of reasons."""

    before: Program
    after: Program

    @property
    def same(self) -> bool:
        """Whether both give the same on every row, so that it is reckoned once."""
        return says(self.before) == says(self.after)

    @property
    def sides(self) -> list[tuple[str, Program]]:
        return [(BEFORE, self.before)] if self.same else [(BEFORE, self.before), (AFTER, self.after)]


def says(program: Program) -> list[object]:
    """All that decides amounts under a program, without wording, dates and places."""
    rules = [(one.rule.id, one.rule.layer, one.rule.when, one.outcome) for one in judged(program)]
    presumed = [(one.rule.id, one.rule.when, one.outcome) for one in program.kinds.presumptions]
    return [rules, presumed, program.promises, program.initial, program.names]


def patterns_statement(programs: Programs, source: Source, where: str) -> tuple[str, list[tuple[str, int]]]:
    """A statement that lists the patterns met under both programs, and how many words each side has."""
    layers = Layers(source, BEFORE, where)
    widths: list[tuple[str, int]] = []
    words: list[str] = []
    for prefix, program in programs.sides:
        layers.prefix = prefix
        matched = add_matching(layers, program)
        words += matched.words
        widths.append((prefix, len(matched.words)))
    return layers.statement(f"SELECT DISTINCT {', '.join(words)} FROM {{last}}"), widths  # noqa: S608


def patterns_of(
    programs: Programs, widths: list[tuple[str, int]], rows: list[Words]
) -> dict[str, dict[Words, Pattern]]:
    """What follows from each pattern met, by side."""
    found: dict[str, dict[Words, Pattern]] = {}
    begin = 0
    for (prefix, width), (_, program) in zip(widths, programs.sides, strict=True):
        met = dict.fromkeys(tuple(row[begin : begin + width]) for row in rows)
        found[prefix] = {words: pattern_at(program, words) for words in met}
        begin += width
    return found


class Tried(NamedTuple):
    """Layers with both answers on each row, and the columns that hold them."""

    layers: Layers
    before: Side
    after: Side


def tried(
    programs: Programs, patterns: Mapping[str, Mapping[Words, Pattern]], source: Source, where: str, *, joint: bool
) -> Tried:
    """The layers of a trial over the rows of a table that fit `where`: claims of one line, or (`joint`) of several."""
    layers = Layers(source, BEFORE, f"{where} AND claimed_lines {'>' if joint else '='} 1")
    sides: list[Side] = []
    matches: list[Matched] = []
    for prefix, program in programs.sides:
        layers.prefix = prefix
        matches.append(add_matching(layers, program))
    for (prefix, program), matched in zip(programs.sides, matches, strict=True):
        layers.prefix = prefix
        remedies = add_answers(layers, program, matched, patterns[prefix], joint=joint)
        sides.append(_choose(layers, remedies, joint=joint))
    return Tried(layers, sides[0], sides[-1])


class Offered(NamedTuple):
    """One remedy as the whole claim has it: whether it does, whether it hangs on unknown facts, and what it pays."""

    has: str
    open: str
    total: str


def _offered(
    layers: Layers, remedies: Mapping[Remedy, RemedyColumns], totals: Mapping[Remedy, str], *, joint: bool
) -> dict[Remedy, Offered]:
    """Each remedy as the whole claim has it: a claim takes one remedy for all its lines."""
    if not joint:
        return {remedy: Offered(one.has, one.open, totals[remedy]) for remedy, one in remedies.items()}
    over = "OVER (PARTITION BY case_id)"
    columns: dict[str, str] = {}
    found: dict[Remedy, Offered] = {}
    for remedy, one in remedies.items():
        name = f"{layers.prefix}claim{NUMBERS[remedy]}"
        found[remedy] = Offered(f"{name}_has", f"{name}_open", f"{name}_total")
        columns[f"{name}_has"] = f"(MAX(CASE WHEN {one.has} THEN 1 ELSE 0 END) {over} = 1)"
        columns[f"{name}_open"] = f"(MAX(CASE WHEN {one.open} THEN 1 ELSE 0 END) {over} = 1)"
        columns[f"{name}_total"] = f"CAST(SUM({totals[remedy]}) {over} AS BIGINT)"
    layers.add(columns)
    return found


def _choose(layers: Layers, remedies: Mapping[Remedy, RemedyColumns], *, joint: bool) -> Side:
    """Add layers with the remedy taken on each row and what it pays."""
    prefix = layers.prefix
    totals = {remedy: f"{prefix}total{NUMBERS[remedy]}" for remedy in remedies}
    layers.add({totals[remedy]: columns.total for remedy, columns in remedies.items()})
    offered = _offered(layers, remedies, totals, joint=joint)
    score = {remedy: f"{prefix}score{NUMBERS[remedy]}" for remedy in remedies}
    layers.add({
        score[remedy]: f"CASE WHEN NOT {one.has} THEN -1 WHEN {one.open} THEN 0 ELSE 1 + {one.total} END"
        for remedy, one in offered.items()
    })  # fmt: skip
    taken = f"{prefix}remedy"
    layers.add({taken: _taken(offered, score)})
    texts = {f"{prefix}is_open": _switch(taken, {remedy: one.open for remedy, one in remedies.items()}, "FALSE")}
    payers = {party: f"{prefix}by_{party}" for party in BEARERS}
    heads = {head: f"{prefix}head_{head}" for head in Head}
    for party, name in payers.items():
        texts[name] = _switch(taken, {remedy: _paid_by(one, party) for remedy, one in remedies.items()})
    for head, name in heads.items():
        texts[name] = _switch(taken, {remedy: _under(one, head) for remedy, one in remedies.items()})
    texts[f"{prefix}total"] = _switch(taken, totals)
    texts[f"{prefix}most"] = f"CASE WHEN place = 0 THEN {_most(score)} ELSE 0 END" if joint else _most(score)
    # What is nothing on every row stands as a constant, so that nobody adds it up.
    constant = {name: text for name, text in texts.items() if text in ("0", "FALSE")}
    layers.add({name: text for name, text in texts.items() if name not in constant})

    def column(name: str) -> str:
        return constant.get(name, name)

    return Side(
        taken,
        column(f"{prefix}is_open"),
        column(f"{prefix}total"),
        column(f"{prefix}most"),
        {party: column(name) for party, name in payers.items()},
        {head: column(name) for head, name in heads.items()},
    )


def _taken(offered: Mapping[Remedy, Offered], score: Mapping[Remedy, str]) -> str:
    asked = " ".join(
        f"WHEN wanted_remedy = {literal(remedy.value)} AND {one.has} THEN {NUMBERS[remedy]}"
        for remedy, one in offered.items()
    )
    if not asked:
        return "0"
    best = f"GREATEST({', '.join(score.values())})"
    others = " ".join(f"WHEN {column} = {best} THEN {NUMBERS[remedy]}" for remedy, column in score.items())
    return f"CASE {asked} WHEN {best} < 0 THEN 0 {others} END"


def _most(score: Mapping[Remedy, str]) -> str:
    """All that the rules give for certain: the best remedy, and compensation beside it."""
    beside = f"GREATEST({score[Remedy.COMPENSATION]} - 1, 0)" if Remedy.COMPENSATION in score else "0"
    others = [f"{column} - 1" for remedy, column in score.items() if remedy is not Remedy.COMPENSATION]
    return f"GREATEST({', '.join([*others, '0'])}) + {beside}" if others else beside


def _switch(taken: str, by_remedy: Mapping[Remedy, str], otherwise: str = "0") -> str:
    tests = " ".join(f"WHEN {NUMBERS[remedy]} THEN {text}" for remedy, text in by_remedy.items() if text != otherwise)
    return f"CASE {taken} {tests} ELSE {otherwise} END" if tests else otherwise


def _paid_by(columns: RemedyColumns, party: Party) -> str:
    terms = [
        minor if by == str(PAYERS[party]) else f"CASE WHEN {by} = {PAYERS[party]} THEN {minor} ELSE 0 END"
        for _, minor, by in columns.dues
        if not by.isdigit() or by == str(PAYERS[party])
    ]
    return f"({' + '.join(terms)})" if terms else "0"


def _under(columns: RemedyColumns, head: Head) -> str:
    terms = [minor for of, minor, _ in columns.dues if of is head]
    return f"({' + '.join(terms)})" if terms else "0"
