"""Conditions of rules as SQL. SQL's own three truth values are those of the rules: true, false, and not known."""

from collections.abc import Mapping, Sequence

from makewhole.core.calendar import TermUnit
from makewhole.core.facts import FACTS, FactType
from makewhole.core.rulebook.rule import AnyOf, Between, Bound, Condition, Is, Window
from makewhole.core.rulebook.sql.columns import NEVER_DAY, NEVER_US
from makewhole.core.rulebook.sql.layers import CALENDAR, WORKDAYS, Layers, literal
from makewhole.core.rulebook.sql.terms import UNKNOWN, both, either, is_constant, is_empty, negated

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

    def truth(self, condition: Condition) -> str:
        """The column of a condition: true, false or null."""
        if condition not in self.truths:
            self.truths[condition] = self.layers.column("c", self._truth(condition))
        return self.truths[condition]

    def _truth(self, condition: Condition) -> str:
        if isinstance(condition, AnyOf):
            return either(*(self.all(branch) for branch in condition.branches))
        if isinstance(condition, Window):
            return self._inside(condition)
        if isinstance(condition, Between):
            return self._between(condition)
        if isinstance(condition, Is):
            return self._is(condition)
        raise Untranslatable(f"no SQL for the condition {condition!r}")

    def all(self, conditions: Sequence[Condition]) -> str:
        return both(*(self.truth(condition) for condition in conditions))

    def _is(self, condition: Is) -> str:
        fact, kind = self.fact(condition.fact), FACTS[condition.fact].type
        if kind is FactType.TIME:
            raise Untranslatable(f"no SQL for {condition!r}: a time is compared by a window")
        values = [literal(value) for value in condition.values]
        if is_empty(fact):
            return UNKNOWN
        if is_constant(fact) and kind is FactType.YES_NO:
            has = literal(fact in values)
        elif kind is FactType.PATH:
            lies = [f"{fact} = {literal(v)} OR starts_with({fact}, {literal(f'{v}/')})" for v in condition.values]
            has = f"({' OR '.join(lies)})"
        elif len(values) == 1:
            has = f"({fact} = {values[0]})"
        else:
            has = f"({fact} IN ({', '.join(values)}))"
        return negated(has) if condition.negated else has

    def _between(self, condition: Between) -> str:
        fact = self.fact(condition.fact)
        if is_empty(fact):
            return UNKNOWN
        low, high = (None if one is None else self._bound(one) for one in (condition.at_least, condition.at_most))
        bounds = [bound for bound in (low, high) if bound is not None]
        if fact.isdigit() and all(bound.isdigit() for bound in bounds):
            return literal((low is None or int(fact) >= int(low)) and (high is None or int(fact) <= int(high)))
        tests = [f"{fact} {sign} {bound}" for sign, bound in ((">=", low), ("<=", high)) if bound is not None]
        within = f"({' AND '.join(tests)})"
        named = [bound for bound in bounds if not bound.isdigit()]
        if not named or len(tests) == 1:
            return within
        unknown = " OR ".join(f"{name} IS NULL" for name in named)
        return f"(CASE WHEN {unknown} THEN NULL ELSE {within} END)"

    def _bound(self, bound: Bound) -> str:
        return self.fact(bound) if isinstance(bound, str) else str(bound)

    def _inside(self, window: Window) -> str:
        hours = window.unit is TermUnit.HOURS
        moment = self.fact(window.moment, hours=hours) if window.moment else f"claimed__{'us' if hours else 'day'}"
        end = self._end(window)
        if is_empty(moment) or is_empty(end):
            return UNKNOWN
        within = f"({moment} {'>' if window.past else '<='} {end})"
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
        if is_empty(start) and not window.restarted_by:
            return start
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
        if is_empty(start):
            return start
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
