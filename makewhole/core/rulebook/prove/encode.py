"""Conditions and rules as statements of a solver: the same three truth values as the compiled rules have.

One exhaustive dispatch for each kind of condition: a kind the format learns and the prover does not is refused loudly.
An encoder stands for one view of the facts: as told and recorded, or as they stand after a set of presumptions.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import z3

from makewhole.core.facts import FACTS, FactType
from makewhole.core.rulebook.compile import facts_used
from makewhole.core.rulebook.prove.claim import OF_THE_GOODS, Formula, SymbolicClaim, Told, can_be_unknown
from makewhole.core.rulebook.prove.ends import Ends
from makewhole.core.rulebook.prove.refusal import not_known_to_the_prover
from makewhole.core.rulebook.references import facts_read
from makewhole.core.rulebook.rule import AnyOf, Between, Bound, Condition, Is, Presumption, Rule, Window
from makewhole.core.words import Layer

LAYERS = tuple(Layer)
"""From the law up."""


class Truth(NamedTuple):
    """When a condition is known to hold, and when it is known not to; neither: it is open."""

    true: Formula
    false: Formula


class Standing(NamedTuple):
    """How a rule stands: it holds; it may hold; its time is over, or has not come; another kind of condition fails."""

    holds: Formula
    may_hold: Formula
    late: Formula
    early: Formula
    fails: Formula

    @property
    def stands(self) -> Formula:
        return z3.Or(self.holds, self.may_hold)


class Encoder:
    """Encodes conditions and rules under one view of the facts. `presumed` are facts that view knows otherwise."""

    def __init__(self, claim: SymbolicClaim, ends: Ends, view: str = "", presumed: Iterable[str] = ()) -> None:
        self.claim, self.ends = claim, ends
        self.presumed = {
            name: Told(z3.Bool(f"{name}.known in {view}"), z3.Bool(f"{name}.value in {view}")) for name in presumed
        }
        self.truths: dict[Condition, Truth] = {}
        self.standings: dict[tuple[tuple[Condition, ...], frozenset[str]], Standing] = {}

    def fact(self, name: str) -> Told:
        """A fact in this view."""
        return self.presumed.get(name) or self.claim.fact(name)

    def known(self, name: str) -> Formula:
        """Whether a fact, or a time, is known in this view."""
        return self.claim.event(name).known if FACTS[name].type is FactType.TIME else self.fact(name).known

    def truth(self, condition: Condition) -> Truth:
        """When the condition holds and when it does not."""
        found = self.truths.get(condition)
        if found is None:
            encode = _ENCODERS.get(type(condition))
            if encode is None:
                kind = type(condition).__name__
                raise not_known_to_the_prover(f"conditions of kind {kind}", f"{kind} 类条件")
            found = self.truths[condition] = encode(self, condition)
        return found

    def standing(self, rule: Rule) -> Standing:
        """How the rule stands, by its own conditions and what its outcome needs to know."""
        needs = facts_used(rule)
        key = (rule.when, needs)
        found = self.standings.get(key)
        if found is None:
            found = self.standings[key] = self._standing(rule.when, needs)
        return found

    def _standing(self, when: Sequence[Condition], needs: Iterable[str]) -> Standing:
        timed = [one for one in when if isinstance(one, Window)]
        plain = [one for one in when if not isinstance(one, Window)]
        fails = z3.Or(*(self.truth(one).false for one in plain))
        waits = [z3.Not(self.truth(one).true) for one in when if isinstance(one, AnyOf)]
        names = facts_read([one for one in when if not isinstance(one, AnyOf)]) | set(needs)
        waits += [z3.Not(self.known(name)) for name in sorted(names) if can_be_unknown(name)]
        late, early = z3.BoolVal(False), z3.BoolVal(False)
        in_time = z3.BoolVal(True)
        for window in timed:
            first_to_fail = z3.And(in_time, self.truth(window).false)
            if window.past:
                early = z3.Or(early, first_to_fail)
            else:
                late = z3.Or(late, first_to_fail)
            in_time = z3.And(in_time, z3.Not(self.truth(window).false))
        fits = z3.And(z3.Not(fails), in_time)
        waiting = z3.Or(*waits)
        return Standing(
            z3.And(fits, z3.Not(waiting)), z3.And(fits, waiting),
            z3.And(z3.Not(fails), late), z3.And(z3.Not(fails), early), fails,
        )  # fmt: skip

    def meant_for(self, rule: Rule) -> Formula:
        """The rule was made for goods and orders of this kind: nothing that says what they are speaks against it."""
        return z3.And(*(z3.Not(_misses(self, one)) for one in rule.when))

    def view_of(self, presumptions: Sequence[Rule], told: "Encoder") -> Formula:
        """What this view's facts are: as told, and where nothing is told, as the first presumption that holds says."""
        ordered = sorted(presumptions, key=lambda rule: (LAYERS.index(rule.layer), rule.place))
        parts: list[Formula] = []
        for name, view in self.presumed.items():
            raw = told.fact(name)
            known, value = raw.known, raw.value
            for rule in reversed(ordered):
                if isinstance(rule.outcome, Presumption) and rule.outcome.fact == name and shifts(rule.outcome):
                    holds = told.standing(rule).holds
                    known = z3.Or(known, holds)
                    value = z3.If(z3.And(z3.Not(raw.known), holds), z3.BoolVal(bool(rule.outcome.value)), value)
            parts += [view.known == known, view.value == value]
        return z3.And(*parts)


def shifts(presumption: Presumption) -> bool:
    """Whether the burden lies on another than who tells the fact, so that it stands until disproved."""
    return presumption.burden is not FACTS[presumption.fact].tells


def _is(encoder: Encoder, condition: Is) -> Truth:
    entry, fact = FACTS[condition.fact], encoder.fact(condition.fact)
    if entry.type is FactType.PATH:
        has = encoder.claim.lies_in(condition.values)
    elif entry.type is FactType.YES_NO:
        has = z3.Or(*(fact.value if value else z3.Not(fact.value) for value in condition.values))
    elif entry.type is FactType.CHOICE:
        has = z3.Or(*(fact.value == entry.choices.index(str(value)) for value in condition.values))
    elif entry.type in (FactType.COUNT, FactType.AMOUNT):
        has = z3.Or(*(fact.value == int(value) for value in condition.values))
    else:
        raise not_known_to_the_prover(f"values of facts of type {entry.type}", f"{entry.type} 类事实的取值")
    return _judged(fact.known, z3.Not(has) if condition.negated else has)


def _between(encoder: Encoder, condition: Between) -> Truth:
    fact = encoder.fact(condition.fact)
    known, parts = [fact.known], []

    def bound(end: Bound) -> Any:
        if isinstance(end, int):
            return end
        known.append(encoder.fact(end).known)
        return encoder.fact(end).value

    if condition.at_least is not None:
        parts.append(bound(condition.at_least) <= fact.value)
    if condition.at_most is not None:
        parts.append(fact.value <= bound(condition.at_most))
    return _judged(z3.And(*known), z3.And(*parts))


def _window(encoder: Encoder, window: Window) -> Truth:
    holds = encoder.ends.inside(window)
    if window.unless:
        lifted = encoder.fact(window.unless)
        holds = z3.Or(z3.And(lifted.known, lifted.value), holds)
    return _judged(encoder.ends.known(window), holds)


def _any_of(encoder: Encoder, condition: AnyOf) -> Truth:
    branches = [[encoder.truth(one) for one in branch] for branch in condition.branches]
    true = z3.Or(*(z3.And(*(one.true for one in branch)) for branch in branches))
    return Truth(true, z3.And(*(z3.Or(*(one.false for one in branch)) for branch in branches)))


def _judged(known: Formula, holds: Formula) -> Truth:
    return Truth(z3.And(known, holds), z3.And(known, z3.Not(holds)))


_ENCODERS: dict[type, Callable[[Encoder, Any], Truth]] = {
    Is: _is, Between: _between, Window: _window, AnyOf: _any_of,
}  # fmt: skip


def _misses(encoder: Encoder, condition: Condition) -> Formula:
    """The condition fails whatever happened, by the kind of goods or order alone."""
    if isinstance(condition, AnyOf):
        return z3.And(*(z3.Or(*(_misses(encoder, one) for one in branch)) for branch in condition.branches))
    if facts_read((condition,)) <= OF_THE_GOODS:
        return encoder.truth(condition).false
    return z3.BoolVal(False)
