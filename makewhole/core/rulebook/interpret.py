"""Evaluate conditions one by one, slowly, to tell why a rule holds or not. The generated code must agree with this."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from makewhole.core.calendar import Deadline, MarketCalendar, TermUnit
from makewhole.core.facts import FACTS, FactType
from makewhole.core.rulebook.rule import AnyOf, Between, Bound, Condition, Is, Window
from makewhole.core.rulebook.windows import NOT_YET, window_end

_PATH = FactType.PATH


class Judged(NamedTuple):
    """One condition with its truth (None: a fact is not known) and, for a window, the deadline it ends with."""

    condition: Condition
    holds: bool | None
    end: Deadline | None


class Interpreter:
    """Judges conditions by the facts of one line. `read` gives a fact's value, or None while it is not known."""

    def __init__(self, calendar: MarketCalendar, claimed: datetime, read: Callable[[str], Any]) -> None:
        self.calendar, self.claimed, self.read = calendar, claimed, read

    def judge(self, conditions: Sequence[Condition]) -> tuple[Judged, ...]:
        """Each condition with its truth."""
        return tuple(self._judged(condition) for condition in conditions)

    def holds(self, conditions: Sequence[Condition]) -> bool | None:
        """Whether all hold; None when that hangs on a fact not known."""
        return _all(tuple(judged.holds for judged in self.judge(conditions)))

    def for_other_goods(self, conditions: Sequence[Condition]) -> bool:
        """Whether conditions are about goods of another category: told quickly, because most that fail fail by this."""
        for one in conditions:
            if type(one) is Is and FACTS[one.fact].type is _PATH:
                value = self.read(one.fact)
                if value is not None and set(one.values).isdisjoint(value) is not one.negated:
                    return True
        return False

    def _judged(self, condition: Condition) -> Judged:
        if isinstance(condition, Window):
            end = self.end(condition)
            return Judged(condition, self._in_window(condition, end), end)
        if isinstance(condition, AnyOf):
            branches = [self.holds(branch) for branch in condition.branches]
            return Judged(condition, True if True in branches else None if None in branches else False, None)
        value = self.read(condition.fact)
        if isinstance(condition, Is):
            return Judged(condition, None if value is None else _has(condition, value), None)
        return Judged(condition, self._between(condition, value), None)

    def _between(self, condition: Between, value: int | None) -> bool | None:
        low, high = self._bound(condition.at_least), self._bound(condition.at_most)
        waits_low = isinstance(condition.at_least, str) and low is None
        waits_high = isinstance(condition.at_most, str) and high is None
        if value is None or waits_low or waits_high:
            return None
        return (low is None or low <= value) and (high is None or value <= high)

    def _bound(self, bound: Bound | None) -> int | None:
        found: int | None = self.read(bound) if isinstance(bound, str) else bound
        return found

    def end(self, window: Window) -> Deadline | None:
        """When the window ends; None while its event, length or pause is not known."""
        start, length = self.read(window.after), self._bound(window.length)
        again = self.read(window.restarted_by) if window.restarted_by else NOT_YET
        if start is not None and again is not NOT_YET:
            start = again
        paused = self.read(window.paused_by) if window.paused_by else 0
        if start is None or length is None or paused is None:
            return None
        return window_end(self.calendar, window, start, length, paused)

    def _in_window(self, window: Window, end: Deadline | None) -> bool | None:
        moment = self.read(window.moment) if window.moment else self.claimed
        if window.unless and self.read(window.unless) is True and end is not None and moment is not None:
            return True
        if end is None or moment is None:
            return None
        exact = window.unit is TermUnit.HOURS
        within = moment.timestamp() <= end.at.timestamp() if exact else moment <= end.at
        return bool(within is not window.past)


def _has(condition: Is, value: Any) -> bool:
    if FACTS[condition.fact].type is FactType.PATH:
        return bool(not set(condition.values).isdisjoint(value)) is not condition.negated
    return (value in condition.values) is not condition.negated


def _all(truths: Sequence[bool | None]) -> bool | None:
    if False in truths:
        return False
    return None if None in truths else True
