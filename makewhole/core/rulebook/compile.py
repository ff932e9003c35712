"""Make the rules of one edition ready to run for one set of reasons.

Only rules that concern the reasons are taken, so cost grows with the rules that can match, not with all rules.
Programs are kept with their book. What depends on the edition alone (amounts, terms and their order) is worked out
here, once.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from makewhole.core.facts import ALLEGED_BY, FACTS, FactValue
from makewhole.core.rulebook.derive import DERIVED, LineView, Seen
from makewhole.core.rulebook.generate import Matcher, matching_function
from makewhole.core.rulebook.model import SanctionFaced
from makewhole.core.rulebook.references import facts_read
from makewhole.core.rulebook.rule import (
    PROCEDURE,
    Amount,
    Cap,
    Deduction,
    Edition,
    Exclusion,
    Grant,
    Liability,
    Presumption,
    PromiseDefault,
    PromiseKind,
    Rule,
    Rulebook,
    Sanction,
    TermRule,
)
from makewhole.core.rulebook.terms import TermSet, term_set
from makewhole.core.words import Head, Layer, Party, Reason

_PROGRAMS_MAX = 2_000
_LAYERS = tuple(Layer)


@dataclass(frozen=True, slots=True, eq=False)
class GrantRule:
    """A grant ready to run. `slots` are the facts it rests on, those of exclusions against it included."""

    rule: Rule
    id: str
    grant: Grant
    slots: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ExclusionRule:
    """An exclusion ready to run. `turns_on` is the first fact it looks at; `of` are ids of grants."""

    id: str
    of: tuple[str, ...]
    turns_on: str


@dataclass(frozen=True, slots=True, eq=False)
class PresumptionRule:
    """A presumption ready to run. `shifts`: the burden lies on another than the one who tells the fact."""

    id: str
    slot: int
    value: FactValue
    burden: Party
    shifts: bool


@dataclass(frozen=True, slots=True, eq=False)
class LiabilityRule:
    id: str
    liability: Liability


@dataclass(frozen=True, slots=True, eq=False)
class DeductionRule:
    id: str
    deduction: Deduction


@dataclass(frozen=True, slots=True, eq=False)
class CapRule:
    id: str
    head: Head | None
    amount: Amount


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """The rules of one edition (and of the procedure in force at a time) for one set of reasons.

    Facts live in slots. `initial` are their values before anything is known; `derive` reads those of the order;
    `alleged` are facts the reasons themselves assert.
    """

    edition: Edition
    reasons: frozenset[Reason]
    names: tuple[str, ...]
    slots: Mapping[str, int]
    initial: tuple[Any, ...]
    derive: tuple[tuple[int, Callable[[LineView], Seen]], ...]
    alleged: tuple[int, ...]
    promises: Mapping[PromiseKind, PromiseDefault]
    presume: Callable[[list[Any], datetime], tuple[list[Any], ...]] | None
    match: Callable[[list[Any], datetime], tuple[list[Any], ...]]
    term_rules: tuple[Rule, ...]
    term_sets: dict[int, TermSet]
    rules: tuple[Rule, ...]
    source: str

    def terms(self, matched: Iterable[int]) -> TermSet:
        """The terms that hold when these term rules match; worked out once for each combination."""
        mask = 0
        for place in matched:
            mask |= 1 << place
        found = self.term_sets.get(mask)
        if found is None:
            chosen = [rule for place, rule in enumerate(self.term_rules) if mask >> place & 1]
            found = self.term_sets[mask] = term_set(chosen)
        return found


def program_for(book: Rulebook, placed_at: datetime, now: datetime, reasons: tuple[Reason, ...]) -> Program:
    """The program for an order placed then, a step taken now and these reasons; made at the first call."""
    zone, starts = book.calendar.zone, book.starts
    substance = _place(starts, placed_at.astimezone(zone).toordinal())
    procedure = _place(starts, now.astimezone(zone).toordinal())
    key = (substance, procedure, reasons)
    program = book.programs.get(key)
    if program is None:
        program = compile_program(book, substance, procedure, frozenset(reasons))
        if len(book.programs) >= _PROGRAMS_MAX:
            book.programs.clear()
        book.programs[key] = program
    found: Program = program
    return found


def _place(starts: tuple[int, ...], day: int) -> int:
    place = len(starts) - 1
    while place > 0 and starts[place] > day:
        place -= 1
    return place


def compile_program(book: Rulebook, substance: int, procedure: int, reasons: frozenset[Reason]) -> Program:
    """Compile the rules of the edition at `substance`, with the procedure of the one at `procedure`."""
    edition = book.editions[substance]
    chosen = [r for r in edition.rules if not isinstance(r.outcome, PROCEDURE) and r.concerns(reasons)]
    steps = [r for r in book.editions[procedure].rules if isinstance(r.outcome, PROCEDURE) and r.concerns(reasons)]
    rules = tuple(sorted([*chosen, *steps], key=lambda rule: (_LAYERS.index(rule.layer), rule.place)))
    slots = _slots(rules)
    matchers = _Matchers(rules, slots)
    early = [matcher for matcher in matchers.all if matcher.kind == "presumptions"]
    others = [matcher for matcher in matchers.all if matcher.kind != "presumptions"]
    presume, presume_text = matching_function(early, slots, book.calendar, ("presumptions",))
    kinds = ("grants", "exclusions", "deductions", "liabilities", "terms", "caps", "sanctions")
    match, match_text = matching_function(others, slots, book.calendar, kinds)
    asserted = (ALLEGED_BY.get(reason) for reason in sorted(reasons))
    return Program(
        edition=edition,
        reasons=reasons,
        names=tuple(slots),
        slots=slots,
        initial=tuple(FACTS[name].assumed for name in slots),
        derive=tuple((slot, DERIVED[name]) for name, slot in slots.items() if name in DERIVED),
        alleged=tuple(slots[name] for name in asserted if name is not None and name in slots),
        promises={rule.outcome.promise: rule.outcome for rule in rules if isinstance(rule.outcome, PromiseDefault)},
        presume=presume if early else None,
        match=match,
        term_rules=tuple(matchers.terms),
        term_sets={},
        rules=rules,
        source=f"{presume_text}\n\n{match_text}",
    )


def _slots(rules: Iterable[Rule]) -> dict[str, int]:
    """A slot for every fact the rules read, in the order of the closed list."""
    wanted: set[str] = set()
    for rule in rules:
        wanted |= facts_read(rule.when) | facts_used(rule)
        if isinstance(rule.outcome, Presumption):
            wanted.add(rule.outcome.fact)
        if isinstance(rule.outcome, Liability) and rule.outcome.freight_back is not None:
            wanted.add("return_freight_minor")
    return {name: slot for slot, name in enumerate(name for name in FACTS if name in wanted)}


def facts_used(rule: Rule) -> frozenset[str]:
    """Facts whose value the rule's outcome itself uses (amounts)."""
    outcome = rule.outcome
    amounts: tuple[Amount, ...] = ()
    if isinstance(outcome, Grant):
        amounts = tuple(one.amount for one in outcome.amounts)
    elif isinstance(outcome, (Cap, Deduction)):
        amounts = (outcome.amount,)
    names = {name for amount in amounts for name in (amount.percent_of, amount.times, amount.fact)}
    return frozenset(names - {""})


class _Matchers:
    """The rules sorted into what the generated function hands out."""

    def __init__(self, rules: Iterable[Rule], slots: Mapping[str, int]) -> None:
        self.slots = slots
        self.all: list[Matcher] = []
        self.terms: list[Rule] = []
        listed = tuple(rules)
        self.against: dict[str, set[str]] = {}
        for rule in listed:
            if isinstance(rule.outcome, (Exclusion, Deduction)):
                for grant_id in rule.outcome.of:
                    self.against.setdefault(grant_id, set()).update(facts_read(rule.when))
        for rule in listed:
            kind, target = self._target(rule)
            if kind:
                needs = tuple(sorted(facts_used(rule)))
                self.all.append(Matcher(kind, target, rule.when, needs))

    def _target(self, rule: Rule) -> tuple[str, Any]:
        outcome = rule.outcome
        if isinstance(outcome, Grant):
            names = facts_read(rule.when) | facts_used(rule) | self.against.get(rule.id, set())
            slots = tuple(sorted(self.slots[name] for name in names if name in self.slots))
            return "grants", GrantRule(rule, rule.id, outcome, slots)
        if isinstance(outcome, Exclusion):
            first = next(iter(sorted(facts_read(rule.when), key=lambda name: self.slots[name])), "")
            return "exclusions", ExclusionRule(rule.id, outcome.of, first)
        if isinstance(outcome, Deduction):
            return "deductions", DeductionRule(rule.id, outcome)
        if isinstance(outcome, Presumption):
            shifts = outcome.burden is not FACTS[outcome.fact].tells
            slot = self.slots[outcome.fact]
            return "presumptions", PresumptionRule(rule.id, slot, outcome.value, outcome.burden, shifts)
        if isinstance(outcome, Liability):
            return "liabilities", LiabilityRule(rule.id, outcome)
        if isinstance(outcome, TermRule):
            self.terms.append(rule)
            return "terms", len(self.terms) - 1
        if isinstance(outcome, Cap):
            return "caps", CapRule(rule.id, outcome.head, outcome.amount)
        if isinstance(outcome, Sanction):
            return "sanctions", SanctionFaced(outcome.points, rule.id)
        return "", None
