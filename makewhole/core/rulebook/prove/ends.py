"""When terms end, for a solver: exact where days are counted, bounded and then made exact where a calendar decides.

Months, working days and clocks that are put forward have no formula. Their ends are unknowns within safe bounds; a
solution that uses a wrong end is answered with the true one, as the calendar gives it, and the search goes on. So what
is proven holds for every calendar day, and what is found is a real date.
"""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

import z3

from makewhole.core.calendar import MarketCalendar, TermUnit, months_after
from makewhole.core.rulebook.prove.claim import DAY_MINUTES, Event, Formula, Moment, Number, SymbolicClaim
from makewhole.core.rulebook.prove.refusal import not_known_to_the_prover
from makewhole.core.rulebook.rule import Window
from makewhole.core.rulebook.windows import window_end

_ROLL_DAYS_MAX = 30
_CLOCK_CHANGE_MINUTES = 120
_YEARS = 1980, 2160
_DAYS_LEARNT = 64


class _Unsteady(NamedTuple):
    """An end the calendar decides: from which event, so long, so many days paused. `end` is a day, or a minute."""

    window: Window
    start: Event
    length: Number
    paused: Number
    end: Number


def _days_of(unit: TermUnit) -> tuple[int, int]:
    """The fewest and the most days one of these takes, beside a bounded number of days more."""
    if unit not in _DAYS:
        raise not_known_to_the_prover(f"terms in {unit}", f"以 {unit} 计的期限")
    return _DAYS[unit]


_DAYS = {TermUnit.DAYS: (1, 1), TermUnit.WORKING_DAYS: (1, 2), TermUnit.MONTHS: (28, 31)}


class Correction(NamedTuple):
    """What a solution got wrong: a statement true of all claims that it broke, and how things are for this very one."""

    always: Formula
    here: Formula


class Ends:
    """The ends of all windows met, each once."""

    def __init__(self, claim: SymbolicClaim) -> None:
        self.claim = claim
        self.calendar = claim.book.calendar
        self.changes = _clock_changes(self.calendar)
        self.met: dict[Window, Number] = {}
        self.unsteady: list[_Unsteady] = []

    def inside(self, window: Window) -> Formula:
        """The moment lies within the term, while everything about both is known."""
        start, moment = self._start(window), self._moment(window)
        end = self.end(window)
        ends_after = moment.at.total <= end if window.unit is TermUnit.HOURS else moment.at.day <= end
        within = z3.Or(z3.Not(start.happened), z3.And(moment.happened, ends_after))
        return z3.Not(within) if window.past else within

    def known(self, window: Window) -> Formula:
        """When the term ends, and the moment to measure, are known."""
        names = [name for name in (window.length, window.paused_by) if isinstance(name, str) and name]
        facts = [self.claim.fact(name).known for name in names]
        return z3.And(self._start(window).known, self._moment(window).known, *facts)

    def _start(self, window: Window) -> Event:
        """The event the term begins with, or the later one from which it runs anew."""
        first = self.claim.event(window.after)
        if not window.restarted_by:
            return first
        again = self.claim.event(window.restarted_by)
        at = Moment(z3.If(again.happened, again.at.day, first.at.day),
                    z3.If(again.happened, again.at.minute, first.at.minute))  # fmt: skip
        return Event(z3.And(first.known, again.known), z3.Or(first.happened, again.happened), at)

    def _moment(self, window: Window) -> Event:
        if window.moment:
            return self.claim.event(window.moment)
        return Event(z3.BoolVal(True), z3.BoolVal(True), self.claim.now)

    def end(self, window: Window) -> Number:
        """The last day of the term, or, for hours, its last minute."""
        key = window._replace(past=False, moment="", unless="")
        found = self.met.get(key)
        if found is None:
            found = self.met[key] = self._made(key)
        return found

    def _made(self, window: Window) -> Number:
        start = self._start(window)
        length = self.claim.fact(window.length).value if isinstance(window.length, str) else window.length
        paused = self.claim.fact(window.paused_by).value if window.paused_by else 0
        if window.unit is TermUnit.HOURS:
            ends = start.at.total + length * 60
            if not self.changes:
                return ends
            shift = _CLOCK_CHANGE_MINUTES
            return self._bounded(window, start, length, paused, ends - shift, ends + shift)
        if window.unit is TermUnit.DAYS and not window.rolls and window.plus is None:
            return start.at.day + length + paused
        least, most = _days_of(window.unit)
        more, unit = window.plus or (0, TermUnit.DAYS)
        least_more, most_more = _days_of(unit)
        slack = _ROLL_DAYS_MAX * (2 if window.plus else 1)
        shortest = start.at.day + length * least + paused + more * least_more
        longest = start.at.day + length * most + paused + more * most_more + slack
        return self._bounded(window, start, length, paused, shortest, longest)

    def _bounded(
        self, window: Window, start: Event, length: Number, paused: Number, least: Number, most: Number
    ) -> Number:
        end = z3.Int(f"end.{len(self.unsteady)}")
        self.unsteady.append(_Unsteady(window, start, length, paused, end))
        self.claim.sound += [end >= least, end <= most]
        return end

    def wrong(self, model: Any) -> list[Correction]:
        """What is true of the ends a solution got wrong; empty when it got all right."""

        def value(number: Number) -> int:
            return number if isinstance(number, int) else int(model.eval(number, model_completion=True).as_long())

        found: list[Correction] = []
        for one in self.unsteady:
            if not z3.is_true(model.eval(one.start.happened, model_completion=True)):
                continue
            day, minute = value(one.start.at.day), value(one.start.at.minute)
            length, paused = value(one.length), value(one.paused)
            end = self._true_end(one.window, day, minute, length, paused)
            if end == value(one.end):
                continue
            at = one.start.at
            given = [number == to for number, to in ((one.length, length), (one.paused, paused))
                     if not isinstance(number, int)]  # fmt: skip
            here = z3.And(at.day == day, at.minute == minute, *given, one.end == end)
            if one.window.unit is TermUnit.HOURS:
                rule = self._hours(one, day, length)
            elif one.window.unit is TermUnit.MONTHS and not (one.window.rolls or one.window.plus or paused):
                rule = _months(one, day, length, end)
            else:
                rule = self._days_around(one, day, length, paused)
            found.append(Correction(z3.Implies(z3.And(*given), rule), here))
        return found

    def _days_around(self, one: _Unsteady, day: int, length: int, paused: int) -> Formula:
        """The true ends of this day and of those around it: who is wrong about one is soon wrong about the next."""
        first = day - day % _DAYS_LEARNT
        days = range(first, first + _DAYS_LEARNT)
        ends = {start: self._true_end(one.window, start, 0, length, paused) for start in days}
        return z3.And(*(z3.Implies(one.start.at.day == start, one.end == end) for start, end in ends.items()))

    def _hours(self, one: _Unsteady, day: int, length: int) -> Formula:
        """Between two changes of the clocks all hours are alike; across a change, those of one stretch of the day."""
        at, longest = one.start.at, length // 24 + 2
        earlier = [change for change in self.changes if change < day]
        later = [change for change in self.changes if change >= day]
        first_day, last_day = max(earlier, default=0) + 1, min(later, default=10**7) - longest
        if first_day <= day <= last_day:
            steady = z3.And(at.day >= first_day, at.day <= last_day)
            return z3.Implies(steady, one.end == at.total + length * 60)
        taken = [
            self._true_end(one.window, day, minute, length, 0) - (day * DAY_MINUTES + minute)
            for minute in range(DAY_MINUTES)
        ]
        turns = [0, *(minute for minute in range(1, DAY_MINUTES) if taken[minute] != taken[minute - 1]), DAY_MINUTES]
        stretches = [
            z3.Implies(z3.And(at.minute >= first, at.minute < last), one.end == at.total + taken[first])
            for first, last in pairwise(turns)
        ]
        return z3.Implies(at.day == day, z3.And(*stretches))

    def _true_end(self, window: Window, day: int, minute: int, length: int, paused: int) -> int:
        start = moment_of(self.calendar, day, minute)
        end = self.calendar.local(window_end(self.calendar, window, start, length, paused).at)
        if window.unit is TermUnit.HOURS:
            return end.toordinal() * DAY_MINUTES + end.hour * 60 + end.minute
        return end.toordinal()


def _months(one: _Unsteady, day: int, length: int, end: int) -> Formula:
    """Months later, the days of one month fall on those of another, except where that one is shorter."""
    first = date.fromordinal(day).replace(day=1)
    target = months_after(first, length)
    days = min((months_after(start, 1) - start).days for start in (first, target))
    first_day, at = first.toordinal(), one.start.at.day
    if day >= first_day + days:
        return z3.Implies(at == day, one.end == end)
    alike = z3.And(at >= first_day, at < first_day + days)
    return z3.Implies(alike, one.end == at + (target.toordinal() - first_day))


def moment_of(calendar: MarketCalendar, day: int, minute: int) -> datetime:
    """This minute on the market's clocks."""
    at = datetime.combine(date.fromordinal(day), time(minute // 60, minute % 60), calendar.zone)
    return at.astimezone(UTC).astimezone(calendar.zone)


def _clock_changes(calendar: MarketCalendar) -> tuple[int, ...]:
    """Days (ordinals) on which the market's clocks are put forward or back."""
    first, last = _YEARS
    midnights = [
        datetime(first, 1, 1, tzinfo=calendar.zone) + timedelta(days=day) for day in range(366 * (last - first))
    ]
    return tuple(
        day.toordinal() for day, after in pairwise(midnights) if day.utcoffset() != after.utcoffset()
    )  # fmt: skip
