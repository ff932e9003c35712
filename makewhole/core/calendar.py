"""Terms applied to the calendar of a market: hours, days from the day after, months, working days, service hours.

The calendar itself is data given in; nothing here knows today's date. Days are days of the market's own time zone.
A term in days or months ends with the last moment of its last day (PRC Civil Code art. 201 and 203: the day it starts
is not counted, and it ends at 24:00 of the last day). Working days follow the holidays and make-up workdays the market
published for the year; where a year is not published yet, weekends alone count and the deadline says `provisional`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import NamedTuple

_DAYS_REMEMBERED_MAX = 20_000


class TermUnit(StrEnum):
    """What a term is counted in."""

    HOURS = "hours"
    DAYS = "days"
    WORKING_DAYS = "working_days"
    MONTHS = "months"
    SERVICE_HOURS = "service_hours"


class Deadline(NamedTuple):
    """A term applied to a moment. `provisional`: the market's calendar for that year is not published yet."""

    at: datetime
    provisional: bool


class Pause(NamedTuple):
    """A stretch of time in which a clock stands still, for example while goods are being repaired."""

    start: datetime
    end: datetime


class PublishedYear(NamedTuple):
    """What a market published for one year: days off, and weekend days that are worked instead."""

    holidays: frozenset[date]
    workdays: frozenset[date]
    source: str = ""


class YearlyHoliday(NamedTuple):
    """A holiday set by law for every year in a range.

    A fixed day, so many days from Easter Sunday, or the `nth` weekday of a month (Monday is 0; -1 is the last one).
    `nearest`: one that falls on a Saturday is kept on the Friday before, one on a Sunday on the Monday after.
    """

    month: int = 0
    day: int = 0
    days_from_easter: int | None = None
    first_year: int = 1
    last_year: int = 9999
    weekday: int | None = None
    nth: int = 0
    nearest: bool = False

    def on(self, year: int) -> date | None:
        """The day it is kept on (which may lie in the year before), or None when it is no holiday of that year."""
        if not self.first_year <= year <= self.last_year:
            return None
        if self.days_from_easter is not None:
            return easter_sunday(year) + timedelta(days=self.days_from_easter)
        if self.weekday is not None:
            return nth_weekday(year, self.month, self.weekday, self.nth)
        day = date(year, self.month, self.day)
        moved = {5: -1, 6: 1}.get(day.weekday(), 0) if self.nearest else 0
        return day + timedelta(days=moved)

    def is_kept_on(self, day: date) -> bool:
        """Whether this day is the holiday; New Year of the next year may be kept on 31 December."""
        return self.on(day.year) == day or (self.nearest and day.month == 12 and self.on(day.year + 1) == day)


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    """The nth weekday of a month (Monday is 0; -1 is the last one)."""
    if nth > 0:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
    last = months_after(date(year, month, 1), 1) - timedelta(days=1)
    return last - timedelta(days=(last.weekday() - weekday) % 7)


def easter_sunday(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous Gregorian computus)."""
    golden = year % 19
    century, in_century = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    moon_shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - moon_shift + 15) % 30
    weekday = (32 + 2 * century_rest + 2 * (in_century // 4) - epact - in_century % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@dataclass(frozen=True, slots=True)
class MarketCalendar:
    """The calendar of one market. `weekend` holds weekdays (Monday is 0).

    `by_law` markets fix their holidays by statute (`yearly`), so every year counts as published. `service` is from when
    to when people answer, every day: hours outside do not count for a term in service hours.
    """

    zone: tzinfo
    weekend: frozenset[int] = frozenset({5, 6})
    published: Mapping[int, PublishedYear] = field(default_factory=dict)
    yearly: tuple[YearlyHoliday, ...] = ()
    by_law: bool = False
    service: tuple[time, time] = (time(9), time(18))
    _counters: dict[tuple[int, TermUnit, bool], Callable[[datetime], Deadline]] = field(
        default_factory=dict, compare=False, repr=False
    )
    _steady: dict[int, bool] = field(default_factory=dict, compare=False, repr=False)
    _off: frozenset[date] = field(init=False, compare=False, repr=False)
    _on: frozenset[date] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        years = self.published.values()
        object.__setattr__(self, "_off", frozenset(day for year in years for day in year.holidays))
        object.__setattr__(self, "_on", frozenset(day for year in years for day in year.workdays))

    def is_published(self, year: int) -> bool:
        """Whether the market has published its holidays for this year."""
        return self.by_law or year in self.published

    def is_working_day(self, day: date) -> bool:
        """Whether people work on this day; for a year not published, weekends alone decide."""
        if day in self._on:
            return True
        if day in self._off or day.weekday() in self.weekend:
            return False
        return not any(holiday.is_kept_on(day) for holiday in self.yearly)

    def local(self, moment: datetime) -> datetime:
        """The moment on the clocks of the market."""
        return moment if moment.tzinfo is self.zone else moment.astimezone(self.zone)

    def deadline(
        self,
        start: datetime,
        length: int,
        unit: TermUnit,
        *,
        rolls: bool = False,
        pauses: Sequence[Pause] = (),
    ) -> Deadline:
        """When a term of `length` units that starts at `start` ends.

        `rolls`: a last day that is no working day moves to the next one. `pauses` are stretches that do not count: for
        hours to the second; for days and working days every day touched by a pause. Months and service hours take none.

        Raises ValueError for a negative length, for a naive `start`, and for units that take no pauses with one.
        """
        if length < 0:
            raise ValueError(f"a term of {length} {unit} cannot be: a length is never negative")
        if start.tzinfo is None:
            raise ValueError(f"{start.isoformat()} has no time zone; give one, for example +08:00")
        if not pauses:
            return self.counter(length, unit, rolls)(start)
        if unit is TermUnit.HOURS:
            return Deadline(_hours_after(start, length, pauses).astimezone(self.zone), False)
        first_day = start.astimezone(self.zone).toordinal()
        return self._last_day(first_day, length, unit, rolls, self._paused_days(unit, pauses))

    def counter(self, length: int, unit: TermUnit, rolls: bool = False) -> Callable[[datetime], Deadline]:
        """A function that gives the end of one term from its start, quickly: it remembers the days it has met."""
        key = (length, unit, rolls)
        found = self._counters.get(key)
        if found is None:
            if unit is TermUnit.SERVICE_HOURS:
                found = self._service_hours(length)
            else:
                found = self._hours(length) if unit is TermUnit.HOURS else self._days(length, unit, rolls)
            self._counters[key] = found
        return found

    def _hours(self, length: int) -> Callable[[datetime], Deadline]:
        zone, span, steady = self.zone, timedelta(hours=length), self._steady

        def end(start: datetime) -> Deadline:
            begun = start if start.tzinfo is zone else start.astimezone(zone)
            ended = begun + span
            if not (steady.get(begun.year) or self._learn(begun.year)) or begun.year != ended.year:
                ended = (start.astimezone(UTC) + span).astimezone(zone)
            # Built past the named tuple's own constructor, which costs twice as much: several are made per answer.
            return tuple.__new__(Deadline, (ended, False))

        return end

    def _service_hours(self, length: int) -> Callable[[datetime], Deadline]:
        """Hours of the clock in which people answer, day after day until they are used up."""
        opens, closes = self.service

        def end(start: datetime) -> Deadline:
            begun, left = self.local(start), timedelta(hours=length)
            day = begun.date()
            while True:
                opened = datetime.combine(day, opens, self.zone)
                closed = datetime.combine(day, closes, self.zone)
                from_then = max(begun, opened)
                if closed - from_then >= left and from_then <= closed:
                    return Deadline(from_then + left, False)
                left -= max(timedelta(0), closed - from_then)
                day += timedelta(days=1)

        return end

    def _learn(self, year: int) -> bool:
        """Whether the market's clocks were changed on no day of the year, so that hours are those of the clock."""
        if year not in self._steady:
            noons = (datetime(year, 1, 1, 12, tzinfo=self.zone) + timedelta(days=day) for day in range(366))
            self._steady[year] = len({noon.utcoffset() for noon in noons}) == 1
        return self._steady[year]

    def _days(self, length: int, unit: TermUnit, rolls: bool) -> Callable[[datetime], Deadline]:
        zone, met = self.zone, dict[int, Deadline]()

        def end(start: datetime) -> Deadline:
            day = (start if start.tzinfo is zone else start.astimezone(zone)).toordinal()
            found = met.get(day)
            if found is None:
                if len(met) >= _DAYS_REMEMBERED_MAX:
                    met.clear()
                found = met[day] = self._last_day(day, length, unit, rolls, frozenset())
            return found

        return end

    def _paused_days(self, unit: TermUnit, pauses: Iterable[Pause]) -> frozenset[date]:
        if unit not in (TermUnit.DAYS, TermUnit.WORKING_DAYS):
            raise ValueError(f"a term in {unit} cannot be paused; state it in days")
        days: set[date] = set()
        for pause in pauses:
            day, last = self.local(pause.start).date(), self.local(pause.end).date()
            while day <= last:
                days.add(day)
                day += timedelta(days=1)
        return frozenset(days)

    def _last_day(self, first_day: int, length: int, unit: TermUnit, rolls: bool, paused: frozenset[date]) -> Deadline:
        start = date.fromordinal(first_day)
        provisional = False
        if unit is TermUnit.MONTHS:
            day = months_after(start, length)
        elif unit is TermUnit.DAYS and not paused:
            day = start + timedelta(days=length)
        else:
            day, left = start, length
            while left:
                day += timedelta(days=1)
                if unit is TermUnit.WORKING_DAYS:
                    provisional = provisional or not self.is_published(day.year)
                    left -= day not in paused and self.is_working_day(day)
                else:
                    left -= day not in paused
        if rolls:
            provisional = provisional or not self.is_published(day.year)
            while not self.is_working_day(day):
                day += timedelta(days=1)
                provisional = provisional or not self.is_published(day.year)
        return Deadline(self._end_of(day), provisional)

    def _end_of(self, day: date) -> datetime:
        return datetime.combine(day, time.max, self.zone).replace(fold=1)


def _hours_after(start: datetime, length: int, pauses: Sequence[Pause]) -> datetime:
    """Hours run in absolute time, so a change to summer time neither gives nor takes one."""
    counted_from = start.astimezone(UTC)
    end = counted_from + timedelta(hours=length)
    for pause in sorted(pauses):
        begin = max(pause.start.astimezone(UTC), counted_from)
        if begin < end and begin < pause.end:
            end += pause.end - begin
            counted_from = pause.end.astimezone(UTC)
    return end


def months_after(start: date, months: int) -> date:
    """The same day so many months later, or the last day of that month where it has no such day."""
    years, month = divmod(start.month - 1 + months, 12)
    first = date(start.year + years, month + 1, 1)
    length = ((first + timedelta(days=31)).replace(day=1) - first).days
    return first.replace(day=min(start.day, length))
