"""What the rules of one program look at on each row, and what they say of it, as the pattern the engine knows.

The truth of every condition is a column. Which rules hold, may hold or came too late hangs on these truths alone, so it
is worked out here, once for each combination met; what follows from it is the engine's own `pattern_of`. So exclusions,
deductions, presumptions, liabilities, caps and layers mean here what they mean there, by construction.
"""

from collections.abc import Mapping
from typing import Any

from makewhole.core.rulebook.compile import SOUND, Program, Ready, facts_used
from makewhole.core.rulebook.fill import Known
from makewhole.core.rulebook.generate import Matcher, Signs, facts_waited
from makewhole.core.rulebook.pattern import Pattern, pattern_of
from makewhole.core.rulebook.rule import AnyOf, Condition, Window
from makewhole.core.rulebook.sql.conditions import ConditionWriter
from makewhole.core.rulebook.sql.facts import FactWriter
from makewhole.core.rulebook.sql.layers import Layers
from makewhole.core.rulebook.sql.terms import FALSE, TRUE, is_constant, is_empty

Truth = bool | None
_KNOWN: Mapping[str, Truth] = {TRUE: True, FALSE: False}


class Matched:
    """One program over the rows of a table: columns of its facts, and of all that its pattern hangs on (`signs`)."""

    def __init__(self, layers: Layers, program: Program) -> None:
        self.program = program
        written = FactWriter(layers, program)
        written.add()
        self.facts = written.columns
        writer = ConditionWriter(layers, self.facts)
        self.rules = [(one, one.signs) for one in judged(program) if one.signs is not None]
        conditions = dict.fromkeys(condition for one, _ in self.rules for condition in one.rule.when)
        self.truths: dict[Condition, str] = {condition: writer.truth(condition) for condition in conditions}
        waited = dict.fromkeys(name for one, _ in self.rules for name in _waited(one))
        self.missing = {name: _missing(layers, writer.fact(name)) for name in waited}
        told = [*self.truths.values(), *self.missing.values()]
        self.signs = tuple(dict.fromkeys(text for text in told if not is_constant(text)))

    def pattern(self, bits: int) -> Pattern:
        """What follows from a pattern; how firmly facts stand changes no amount."""
        return pattern_of(self.program, bits, Known([], [SOUND] * len(self.program.names), 0, 0))

    def bits(self, row: Mapping[str, Truth]) -> int:
        """The pattern of rows with these signs: the same bits as the engine's matching function sets."""
        truths = {condition: _known(text, row) for condition, text in self.truths.items()}
        missing = {name for name, text in self.missing.items() if _known(text, row)}
        bits = 0
        for one, signs in self.rules:
            bits |= _bits(one, signs, truths, missing)
        if bits & sum(signs.may_hold for _, signs in self.rules):
            for slot, bit in self.program.matching.unknown.items():
                bits |= bit if self.program.names[slot] in missing else 0
        return bits


def judged(program: Program) -> list[Ready[Any]]:
    """The rules whose holding changes what is due; terms, sanctions and avenues do not."""
    kinds = program.kinds
    return [*kinds.grants, *kinds.exclusions, *kinds.deductions, *kinds.liabilities, *kinds.caps]


def _waited(one: Ready[Any]) -> list[str]:
    return facts_waited(Matcher(one.rule.when, tuple(sorted(facts_used(one.rule)))))


def _missing(layers: Layers, fact: str) -> str:
    if is_constant(fact):
        return TRUE if is_empty(fact) else FALSE
    return layers.column("n", f"({fact} IS NULL)")


def _known(text: str, row: Mapping[str, Truth]) -> Truth:
    return _KNOWN.get(text) if is_constant(text) else row[text]


def _bits(one: Ready[Any], signs: Signs, truths: Mapping[Condition, Truth], missing: set[str]) -> int:
    """What one rule adds to the pattern: it does not hold, came too late, may hold, or holds."""
    when = one.rule.when
    timed = [condition for condition in when if isinstance(condition, Window)]
    if any(truths[condition] is False for condition in when if condition not in timed):
        return 0
    for window in timed:
        if truths[window] is False:
            return signs.early if window.past else signs.late
    waits = any(truths[condition] is None for condition in when) or any(
        name in missing for name in (*facts_used(one.rule), *(window.unless for window in timed))
    )
    if not waits or not signs.may_hold:
        return signs.holds
    choices = [condition for condition in when if isinstance(condition, AnyOf)]
    undecided = zip(choices, signs.open_any, strict=True)
    return signs.may_hold + sum(bit for choice, bit in undecided if truths[choice] is not True)
