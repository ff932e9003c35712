"""A trial: one statement that answers past cases by the rules of then and by changed ones, side by side on each row.

Two editions share nearly everything, so nearly everything is reckoned once: a column is known by what it says, and both
sides read the same ones. Where the two give the same on every row, they are the same columns.

Who asked for a remedy keeps it where the rules still give it; where they do not, the plan that pays most is taken, of
those that hang on nothing unknown before others. That is what one case costs under either set of rules.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from makewhole.core.rulebook.compile import Program
from makewhole.core.rulebook.sql.amounts import PAYERS
from makewhole.core.rulebook.sql.answers import NUMBERS, RemedyColumns, add_answers
from makewhole.core.rulebook.sql.layers import Layers, Source, literal
from makewhole.core.rulebook.sql.match import Matched
from makewhole.core.rulebook.sql.met import Met, MetTable, Truths, met, signs_of
from makewhole.core.rulebook.sql.terms import FALSE, added, both, by_number, chosen, greatest, is_constant
from makewhole.core.words import Head, Party, Remedy

BEARERS = (Party.MERCHANT, Party.PLATFORM, Party.FUND)


class Gives(NamedTuple):
    """What one remedy gives on each row: in all, by who pays, and by head."""

    total: str
    payers: Mapping[Party, str]
    heads: Mapping[Head, str]


class Side(NamedTuple):
    """What one set of rules gives on each row: the number of the remedy taken (0: none), and what each would give.

    `open`: whether the remedy taken hangs on unknown facts. `most`: all that the rules give for certain.
    """

    remedy: str
    open: str
    most: str
    gives: Mapping[Remedy, Gives]

    @property
    def total(self) -> str:
        """What the remedy taken pays."""
        return self.taken({remedy: one.total for remedy, one in self.gives.items()})

    def paid_by(self, party: Party) -> str:
        """What this party pays under the remedy taken."""
        return self.taken({remedy: one.payers[party] for remedy, one in self.gives.items()})

    def under(self, head: Head) -> str:
        """What is due under this head by the remedy taken."""
        return self.taken({remedy: one.heads[head] for remedy, one in self.gives.items()})

    def taken(self, by_remedy: Mapping[Remedy, str], otherwise: str = "0") -> str:
        """Of expressions by remedy, that of the remedy taken."""
        return by_number(self.remedy, [(NUMBERS[remedy], text) for remedy, text in by_remedy.items()], otherwise)


class Programs(NamedTuple):
    """The rules of then and the changed ones, for one set of reasons."""

    before: Program
    after: Program


class Tried(NamedTuple):
    """Both answers as columns over the rows of a trial. `signs` are those by which `Met` knows what follows."""

    layers: Layers
    before: Side
    after: Side
    signs: Sequence[str]


def met_statement(programs: Programs, source: Source, where: str) -> str:
    """A statement that lists the combinations of truths met among the rows; empty where there can be only one."""
    layers = Layers(source, where)
    signs = signs_of([Matched(layers, program) for program in programs])
    return layers.statement(f"SELECT DISTINCT {', '.join(signs)} FROM {{last}}") if signs else ""  # noqa: S608


def met_by(programs: Programs, source: Source, rows: Sequence[Truths]) -> Met:
    """What follows from the combinations met, by both sets of rules."""
    layers = Layers(source)
    return met([Matched(layers, program) for program in programs], rows)


def tried(programs: Programs, found: Met, source: Source, where: str, *, joint: bool) -> Tried:
    """A trial over the rows of a table that fit `where`: claims of one line, or (`joint`) of several."""
    layers = Layers(source, f"{where} AND claimed_lines {'>' if joint else '='} 1")
    matched = [Matched(layers, program) for program in programs]
    table = MetTable(layers, matched, found)
    before, after = (
        _choose(layers, add_answers(layers, one.facts, table, side, joint=joint), joint=joint)
        for side, one in enumerate(matched)
    )
    return Tried(layers, before, after, table.signs)


class _Offered(NamedTuple):
    """One remedy as the whole claim has it: whether it does, whether it hangs on unknown facts, and what it pays."""

    has: str
    open: str
    total: str

    @property
    def score(self) -> str:
        """Of two remedies the one with the higher score is taken: -1 none, 0 one that hangs on something unknown."""
        certain = "1" if self.total == "0" else f"1 + {self.total}"
        return chosen(self.has, chosen(self.open, "0", certain), "-1")


def _offered(layers: Layers, one: RemedyColumns, total: str, *, joint: bool) -> _Offered:
    """A remedy as the whole claim has it: a claim takes one remedy for all its lines."""
    if not joint:
        return _Offered(one.has, one.open, total)
    over = "OVER (PARTITION BY case_id)"
    has, is_open = (
        test if is_constant(test) else layers.column("claim", f"(MAX({chosen(test, '1', '0')}) {over} = 1)")
        for test in (one.has, one.open)
    )
    return _Offered(has, is_open, layers.column("claim", f"CAST(SUM({total}) {over} AS BIGINT)"))


def _choose(layers: Layers, remedies: Mapping[Remedy, RemedyColumns], *, joint: bool) -> Side:
    """Columns with the remedy taken on each row, and what each would give."""
    gives = {remedy: _gives(layers, one) for remedy, one in remedies.items()}
    offered = {remedy: _offered(layers, one, gives[remedy].total, joint=joint) for remedy, one in remedies.items()}
    scores = {remedy: layers.column("score", one.score) for remedy, one in offered.items()}
    taken = layers.column("remedy", _taken(layers, offered, scores))
    most = layers.column("most", _most(scores))
    side = Side(taken, FALSE, chosen("place = 0", most, "0") if joint else most, gives)
    return side._replace(
        open=layers.column("open", side.taken({remedy: one.open for remedy, one in remedies.items()}, FALSE)),
        most=layers.column("most", side.most),
    )


def _gives(layers: Layers, columns: RemedyColumns) -> Gives:
    def column(terms: list[str]) -> str:
        return layers.column("sum", added(terms))

    return Gives(
        column([minor for _, minor, _ in columns.dues]),
        {party: column([_paid_by(minor, by, party) for _, minor, by in columns.dues]) for party in BEARERS},
        {head: column([minor for of, minor, _ in columns.dues if of is head]) for head in Head},
    )


def _paid_by(minor: str, by: str, party: Party) -> str:
    number = str(PAYERS[party])
    if by.isdigit():
        return minor if by == number else "0"
    return f"CASE WHEN {by} = {number} THEN {minor} ELSE 0 END"


def _taken(layers: Layers, offered: Mapping[Remedy, _Offered], scores: Mapping[Remedy, str]) -> str:
    """The number of the remedy that was asked for or, where it is not to be had, of the best."""
    if not offered:
        return "0"
    numbers = " ".join(f"WHEN {literal(remedy.value)} THEN {number}" for remedy, number in NUMBERS.items())
    wanted = layers.column("wanted", f"CASE wanted_remedy {numbers} ELSE 0 END")
    best = layers.column("best", greatest(*scores.values()))
    tests = [(both(f"({wanted} = {NUMBERS[remedy]})", one.has), remedy) for remedy, one in offered.items()]
    tests = [(test, remedy) for test, remedy in tests if test != FALSE]
    others = [(f"{score} = {best}", remedy) for remedy, score in scores.items()]
    cases = [f"WHEN {test} THEN {NUMBERS[remedy]}" for test, remedy in tests]
    cases += [f"WHEN {best} < 0 THEN 0", *(f"WHEN {test} THEN {NUMBERS[remedy]}" for test, remedy in others)]
    return f"CASE {' '.join(cases)} END"


def _most(scores: Mapping[Remedy, str]) -> str:
    """All that the rules give for certain: the best remedy, and compensation beside it."""
    beside = f"GREATEST({scores[Remedy.COMPENSATION]} - 1, 0)" if Remedy.COMPENSATION in scores else "0"
    others = [f"{column} - 1" for remedy, column in scores.items() if remedy is not Remedy.COMPENSATION]
    return added([greatest(*others, "0"), beside])
