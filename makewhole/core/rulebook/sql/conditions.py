"""Conditions of rules as SQL. SQL's own three truth values are those of the rules: true, false, and not known."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from makewhole.core.calendar import TermUnit
from makewhole.core.facts import FACTS, FactType
from makewhole.core.rulebook.derive import ALWAYS_KNOWN
from makewhole.core.rulebook.generate import Signs
from makewhole.core.rulebook.rule import AnyOf, Between, Bound, Condition, Is, Rule, Window
from makewhole.core.rulebook.sql.columns import NEVER_DAY, NEVER_US
from makewhole.core.rulebook.sql.layers import CALENDAR, WORKDAYS, Layers, literal

WORD_BITS = 60
"""How many bits of a pattern one column holds."""

_HOUR_US = 3_600_000_000


class Untranslatable(ValueError):
    """A rule says something this compiler has no words for; it must be taught before the book can be tried."""


Facts = Mapping[str, str]
"""The column of each fact's value: by its name, of a time by name and `__us` or `__day`."""


class ConditionWriter:
    """Writes the truth of conditions as columns over layers that hold the facts of one program."""

    def __init__(self, layers: Layers, facts: Facts) -> None:
        self.layers, self.facts = layers, facts
        self.truths: dict[Condition, str] = {}
        self.ends: dict[Window, str] = {}

    def fact(self, name: str, *, hours: bool = False) -> str:
        if FACTS[name].type is FactType.TIME:
            name = f"{name}__{'us' if hours else 'day'}"
        return self.facts[name]

    def prepare(self, rules: Sequence[Rule]) -> None:
        """Layers with the ends of all windows and the truth of all conditions of these rules."""
        conditions = list(dict.fromkeys(condition for rule in rules for condition in rule.when))
        for condition in conditions:
            for window in _windows(condition):
                self._end(window)
        columns = self.layers.columns("c", [self.truth(condition) for condition in conditions])
        self.truths |= dict(zip(conditions, columns, strict=True))

    def truth(self, condition: Condition) -> str:
        """An expression for a condition, true, false or null."""
        if condition in self.truths:
            return self.truths[condition]
        if isinstance(condition, AnyOf):
            return "(" + " OR ".join(self.all(branch) for branch in condition.branches) + ")"
        if isinstance(condition, Window):
            return self._inside(condition)
        if isinstance(condition, Between):
            return self._between(condition)
        if isinstance(condition, Is):
            return self._is(condition)
        raise Untranslatable(f"no SQL for the condition {condition!r}")

    def all(self, conditions: Sequence[Condition]) -> str:
        return "(" + (" AND ".join(self.truth(condition) for condition in conditions) or "TRUE") + ")"

    def _is(self, condition: Is) -> str:
        fact, kind = self.fact(condition.fact), FACTS[condition.fact].type
        if kind is FactType.TIME:
            raise Untranslatable(f"no SQL for {condition!r}: a time is compared by a window")
        if kind is FactType.PATH:
            lies = [f"{fact} = {literal(v)} OR starts_with({fact}, {literal(f'{v}/')})" for v in condition.values]
            has = f"({' OR '.join(lies)})"
        elif len(condition.values) == 1:
            has = f"({fact} = {literal(condition.values[0])})"
        else:
            has = f"({fact} IN ({', '.join(literal(value) for value in condition.values)}))"
        return f"(NOT {has})" if condition.negated else has

    def _between(self, condition: Between) -> str:
        fact = self.fact(condition.fact)
        bounds = [(condition.at_least, ">="), (condition.at_most, "<=")]
        tests = [f"{fact} {sign} {self._bound(bound)}" for bound, sign in bounds if bound is not None]
        within = f"({' AND '.join(tests)})"
        named = [self.fact(bound) for bound, _ in bounds if isinstance(bound, str)]
        if not named or len(tests) == 1:
            return within
        unknown = " OR ".join(f"{name} IS NULL" for name in named)
        return f"(CASE WHEN {unknown} THEN NULL ELSE {within} END)"

    def _bound(self, bound: Bound) -> str:
        return self.fact(bound) if isinstance(bound, str) else str(bound)

    def _inside(self, window: Window) -> str:
        hours = window.unit is TermUnit.HOURS
        moment = self.fact(window.moment, hours=hours) if window.moment else f"claimed__{'us' if hours else 'day'}"
        within = f"({moment} {'>' if window.past else '<='} {self._end(window)})"
        if not window.unless:
            return within
        return f"({within} OR ({self.fact(window.unless)} IS TRUE AND {within} IS NOT NULL))"

    def _end(self, window: Window) -> str:
        """The column of the window's end; empty while its event, length or pause is not known."""
        key = window._replace(past=False, moment="", unless="")
        if key not in self.ends:
            self.ends[key] = self._new_end(key)
        return self.ends[key]

    def _new_end(self, window: Window) -> str:
        hours = window.unit is TermUnit.HOURS
        start = self.fact(window.after, hours=hours)
        never = NEVER_US if hours else NEVER_DAY
        if window.restarted_by:
            again = self.fact(window.restarted_by, hours=hours)
            start = self.layers.column(
                "s", f"CASE WHEN {start} IS NULL OR {again} = {never} THEN {start} ELSE {again} END"
            )
        paused = self.fact(window.paused_by) if window.paused_by else "0"
        length = self._bound(window.length)
        if hours:
            return self.layers.column(
                "e",
                f"CASE WHEN {start} = {never} AND {length} + {paused} IS NOT NULL THEN {never}"
                f" ELSE {start} + ({length} + {paused}) * {_HOUR_US} END",
            )
        if window.unit is TermUnit.MONTHS and window.paused_by:
            end = self.after(self.after(start, length, TermUnit.MONTHS), paused, TermUnit.DAYS, rolls=window.rolls)
        else:
            total = length if not window.paused_by else f"({length} + {paused})"
            end = self.after(start, total, window.unit, rolls=window.rolls)
        if window.plus is not None:
            more, unit = window.plus
            end = self.after(end, str(more), unit, rolls=window.rolls)
        return end

    def after(self, start: str, length: str, unit: TermUnit, *, rolls: bool = False) -> str:
        """The column of the last day of a term that begins on day `start`."""
        if unit is TermUnit.DAYS:
            end = f"{start} + {length}"
        elif unit is TermUnit.MONTHS:
            # Days never reached by an event are kept out: no calendar goes so far.
            held = f"CASE WHEN {start} >= {NEVER_DAY} THEN 0 ELSE {start} END"
            moved = f"(DATE '1970-01-01' + CAST({held} AS INTEGER)) + CAST({length} AS INTEGER) * INTERVAL 1 MONTH"
            end = f"CAST(CAST({moved} AS DATE) - DATE '1970-01-01' AS BIGINT)"
        elif unit is TermUnit.WORKING_DAYS:
            number = self.layers.look_up(CALENDAR, start, "day", "number")
            found = self.layers.look_up(WORKDAYS, f"({number} + {length})", "number", "day")
            end = (
                found if length.isdigit() and length != "0" else f"CASE WHEN {length} = 0 THEN {start} ELSE {found} END"
            )
        else:
            raise Untranslatable(f"no SQL for a term in {unit}")
        never = f"{start} >= {NEVER_DAY}" if length.isdigit() else f"{start} >= {NEVER_DAY} AND {length} IS NOT NULL"
        name = self.layers.column("e", f"CASE WHEN {never} THEN {NEVER_DAY} ELSE {end} END")
        if not rolls:
            return name
        rolled = self.layers.look_up(CALENDAR, name, "day", "next")
        return self.layers.column("e", f"CASE WHEN {name} >= {NEVER_DAY} THEN {name} ELSE {rolled} END")

    def words(self, rule: Rule, signs: Signs, needs: Sequence[str]) -> dict[int, str]:
        """What the rule adds to each word of the pattern: its bits, as the matching function sets them."""
        timed = [condition for condition in rule.when if isinstance(condition, Window)]
        plain = [condition for condition in rule.when if not isinstance(condition, Window)]
        choices = [condition for condition in plain if isinstance(condition, AnyOf)]
        branches: list[tuple[str, tuple[Bit, ...]]] = []
        if plain:
            branches.append((f"{self.all(plain)} IS FALSE", ()))
        for window in timed:
            branches.append((f"{self.truth(window)} IS FALSE", (Bit(signs.early if window.past else signs.late),)))
        unknown = [f"{self.truth(condition)} IS NULL" for condition in rule.when]
        named = [*needs, *(window.unless for window in timed if window.unless)]
        unknown += [f"{self.fact(name)} IS NULL" for name in named if can_be_unknown(name)]
        if unknown and signs.may_hold:
            undecided = zip(choices, signs.open_any, strict=True)
            branches.append((
                " OR ".join(unknown),
                (Bit(signs.may_hold), *(Bit(bit, f"{self.truth(choice)} IS NOT TRUE") for choice, bit in undecided)),
            ))  # fmt: skip
        branches.append(("", (Bit(signs.holds),)))
        words = sorted({bit.word for _, bits in branches for bit in bits})
        return {word: _switch(branches, word) for word in words}


class Bit(NamedTuple):
    """One bit of a pattern, set where `when` holds (empty: always)."""

    sign: int
    when: str = ""

    @property
    def word(self) -> int:
        return (self.sign.bit_length() - 1) // WORD_BITS

    @property
    def text(self) -> str:
        value = self.sign >> (self.word * WORD_BITS)
        return f"CASE WHEN {self.when} THEN {value} ELSE 0 END" if self.when else str(value)


def _switch(branches: Sequence[tuple[str, tuple[Bit, ...]]], word: int) -> str:
    """The first branch whose condition holds gives the bits of this word."""
    given = [(test, " + ".join(bit.text for bit in bits if bit.word == word) or "0") for test, bits in branches]
    otherwise = given[-1][1]
    if len(given) == 1:
        return otherwise
    return "CASE " + " ".join(f"WHEN {test} THEN {text}" for test, text in given[:-1]) + f" ELSE {otherwise} END"


def can_be_unknown(name: str) -> bool:
    """Whether a rule may have to wait for this fact."""
    return FACTS[name].assumed is None and name not in ALWAYS_KNOWN


def _windows(condition: Condition) -> Iterator[Window]:
    if isinstance(condition, Window):
        yield condition
    elif isinstance(condition, AnyOf):
        for branch in condition.branches:
            for part in branch:
                yield from _windows(part)
