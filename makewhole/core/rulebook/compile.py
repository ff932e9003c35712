"""Make the rules of one edition ready to run for one set of reasons.

Only rules that concern the reasons are taken, so cost grows with the rules that can match, not with all rules.
Programs are kept with their book.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

from makewhole.core.calendar import MarketCalendar
from makewhole.core.facts import ALLEGED_BY, FACTS, NEVER
from makewhole.core.rulebook.derive import DERIVED, LineView, Seen
from makewhole.core.rulebook.generate import Matcher, Matching, Signs, matching
from makewhole.core.rulebook.model import ClaimError
from makewhole.core.rulebook.references import facts_read
from makewhole.core.rulebook.rule import (
    Amount,
    Avenue,
    Cap,
    Clock,
    Deduction,
    Edition,
    Exclusion,
    Grant,
    Liability,
    Outcome,
    Presumption,
    PromiseDefault,
    PromiseKind,
    Rule,
    Rulebook,
    Sanction,
    TermRule,
)
from makewhole.core.rulebook.windows import NOT_YET
from makewhole.core.words import Layer, Party, Reason, Text

_PROGRAMS_MAX = 500
_LAYERS = tuple(Layer)
SOUND, PRESUMED, ALLEGED = 0, 1, 2
"""How firmly a slot stands: by record, evidence or finding; by a rule's presumption; by a party's word alone."""

_ALLEGEABLE = frozenset(name for name in ALLEGED_BY.values() if FACTS[name].tells is Party.BUYER)
"""Facts a buyer alleges by giving a reason."""

_O = TypeVar("_O", bound=Outcome)


class Ready(NamedTuple, Generic[_O]):
    """One rule ready to run. `signs` are its bits in a pattern; None: it has no conditions and always holds."""

    rule: Rule
    outcome: _O
    signs: Signs | None

    def holds(self, pattern: int) -> bool:
        """Whether the rule is known to hold."""
        return self.signs is None or bool(pattern & self.signs.holds)

    def may_hold(self, pattern: int) -> bool:
        """Whether the rule holds or not hangs on a fact not known."""
        return self.signs is not None and bool(pattern & self.signs.may_hold)


class Kinds(NamedTuple):
    """The rules by what follows from them, in the order of layers and files."""

    grants: tuple[Ready[Grant], ...]
    exclusions: tuple[Ready[Exclusion], ...]
    deductions: tuple[Ready[Deduction], ...]
    liabilities: tuple[Ready[Liability], ...]
    terms: tuple[Ready[TermRule], ...]
    caps: tuple[Ready[Cap], ...]
    sanctions: tuple[Ready[Sanction], ...]
    avenues: tuple[Ready[Avenue], ...]
    presumptions: tuple[Ready[Presumption], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """The rules of one edition (and of the procedure in force at a time) for one set of reasons.

    Facts live in slots. `initial` are their values before anyone tells more, `standing` how firmly those stand;
    `derive` reads those of the order; `alleged` are facts the reasons themselves assert. `patterns` keeps what
    was worked out for patterns met before.
    """

    edition: Edition
    calendar: MarketCalendar
    names: tuple[str, ...]
    slots: Mapping[str, int]
    initial: tuple[Any, ...]
    derive: tuple[tuple[int, Callable[[LineView], Seen]], ...]
    standing: tuple[int, ...]
    alleged: tuple[int, ...]
    promises: Mapping[PromiseKind, PromiseDefault]
    promise_rules: Mapping[PromiseKind, str]
    kinds: Kinds
    presuming: Matching | None
    matching: Matching
    rules: tuple[Rule, ...]
    patterns: dict[Any, Any]


def program_for(book: Rulebook, placed_at: datetime, now: datetime, reasons: tuple[Reason, ...]) -> Program:
    """The program for an order placed then, a step taken now and these reasons; made at the first call.

    Raises ClaimError for an order from before the first rule of the book, and for a step before the order.
    """
    if now < placed_at:
        raise ClaimError(
            "order.placed_at",
            Text(f"订单要到 {placed_at.isoformat()} 才下单", f"the order is placed only at {placed_at.isoformat()}"),
            Text("核对时间与时区", "check both times and their offsets"),
        )
    starts, local = book.starts, book.calendar.local
    placed_on = local(placed_at).toordinal()
    if placed_on < starts[0]:
        first_day = book.editions[0].start
        raise ClaimError(
            "order.placed_at",
            Text(f"规则库只收录 {first_day} 起的规则", f"the rulebook holds no rules from before {first_day}"),
            Text("更早的订单请人工处理", "an older order is for a person to judge"),
        )
    substance, procedure = _place(starts, placed_on), _place(starts, local(now).toordinal())
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
    chosen = [r for r in edition.rules if r.by is Clock.ORDER and r.concerns(reasons)]
    steps = [r for r in book.editions[procedure].rules if r.by is Clock.STEP and r.concerns(reasons)]
    rules = tuple(sorted([*chosen, *steps], key=lambda rule: (_LAYERS.index(rule.layer), rule.place)))
    slots = _slots(rules)
    presumptions = [rule for rule in rules if isinstance(rule.outcome, Presumption)]
    others = [rule for rule in rules if not isinstance(rule.outcome, (Presumption, PromiseDefault))]
    presuming, presuming_signs = _match(presumptions, slots, book.calendar)
    match, signs = _match(others, slots, book.calendar)
    asserted = (ALLEGED_BY.get(reason) for reason in sorted(reasons))
    alleged = tuple(slots[name] for name in asserted if name is not None and name in slots)
    return Program(
        edition=edition,
        calendar=book.calendar,
        names=tuple(slots),
        slots=slots,
        initial=tuple(True if slot in alleged else _assumed(name, presumptions) for name, slot in slots.items()),
        standing=tuple(ALLEGED if slot in alleged else SOUND for slot in slots.values()),
        derive=tuple((slot, DERIVED[name]) for name, slot in slots.items() if name in DERIVED),
        alleged=alleged,
        promises={rule.outcome.promise: rule.outcome for rule in rules if isinstance(rule.outcome, PromiseDefault)},
        promise_rules={rule.outcome.promise: rule.id for rule in rules if isinstance(rule.outcome, PromiseDefault)},
        kinds=_kinds(others, signs, presumptions, presuming_signs),
        presuming=presuming if presumptions else None,
        matching=match,
        rules=rules,
        patterns={},
    )


def _match(
    rules: Iterable[Rule], slots: Mapping[str, int], calendar: MarketCalendar
) -> tuple[Matching, dict[int, Signs]]:
    """The matching function of the rules, and the signs of those that have conditions, by their place."""
    placed = [
        (place, Matcher(rule.when, tuple(sorted(facts_used(rule)))))
        for place, rule in enumerate(rules)
        if rule.when or facts_used(rule)
    ]
    made = matching([matcher for _, matcher in placed], slots, calendar)
    return made, {place: signs for (place, _), signs in zip(placed, made.signs, strict=True)}


def _kinds(
    rules: Iterable[Rule], signs: Mapping[int, Signs], presumptions: Iterable[Rule], presuming: Mapping[int, Signs]
) -> Kinds:
    def of(kind: type[_O]) -> tuple[Ready[_O], ...]:
        return tuple(
            Ready(rule, rule.outcome, signs.get(place))
            for place, rule in enumerate(rules)
            if isinstance(rule.outcome, kind)
        )

    held = tuple(
        Ready(rule, rule.outcome, presuming.get(place))
        for place, rule in enumerate(presumptions)
        if isinstance(rule.outcome, Presumption)
    )
    return Kinds(
        of(Grant), of(Exclusion), of(Deduction), of(Liability), of(TermRule), of(Cap), of(Sanction), of(Avenue), held
    )  # fmt: skip


def _assumed(name: str, presumptions: Iterable[Rule]) -> Any:
    """What is held of a fact while nobody tells it.

    An event nobody tells of has not happened; and what a buyer could have alleged by a reason but did not is not so,
    unless a rule presumes it: who claims that goods are defective is not asked whether they are counterfeit as well.
    """
    entry = FACTS[name]
    if name in _ALLEGEABLE and not any(getattr(rule.outcome, "fact", None) == name for rule in presumptions):
        return False
    return NOT_YET if entry.assumed == NEVER else entry.assumed


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
