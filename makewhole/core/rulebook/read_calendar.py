"""Read a market's calendar: its time zone, weekend, and the holidays and make-up workdays of each published year."""

from collections.abc import Callable
from datetime import date, time, timedelta, tzinfo

from makewhole.core.calendar import MarketCalendar, PublishedYear, YearlyHoliday
from makewhole.core.rulebook.read_values import count_of, date_of, items_of, text_of, unknown, yes_no_of
from makewhole.core.rulebook.source import Fields, Value, fault, read_text

ZoneOf = Callable[[str], tzinfo]
"""Gives the time zone of an IANA name; raises KeyError (or a subclass) for an unknown one."""

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_RANGE_DAYS_MAX = 31


def read_calendar(file: str, text: str, zone_of: ZoneOf) -> MarketCalendar:
    """The calendar a YAML text describes. Raises RulebookError with file, line and what to do."""
    fields = Fields(read_text(file, text), "calendar")
    zone_name = fields.take("timezone")
    try:
        zone = zone_of(text_of(zone_name))
    except (KeyError, ValueError, OSError):
        raise fault(zone_name.place, f"没有时区 {zone_name.text}", f"there is no time zone {zone_name.text}",
                    "写 IANA 名称，如 Asia/Shanghai", "write an IANA name like Asia/Shanghai") from None  # fmt: skip
    weekend = fields.given("weekend", lambda value: frozenset(items_of(value, _weekday)), frozenset({5, 6}))
    by_law = fields.given("by_law", yes_no_of, False)
    yearly = fields.given("yearly", lambda value: items_of(value, _yearly), ())
    published = fields.given("years", _years, {})
    service = fields.given("service_hours", _clock_times, (time(9), time(18)))
    fields.done()
    return MarketCalendar(zone, weekend, published, yearly, by_law, service)


def _clock_times(value: Value) -> tuple[time, time]:
    """From when to when people answer: 09:00-18:00."""
    opens, _, closes = text_of(value).partition("-")
    try:
        found = time.fromisoformat(opens), time.fromisoformat(closes)
    except ValueError:
        found = time(0), time(0)
    if not found[0] < found[1]:
        raise fault(value.place, f"{value.text!r} 不是服务时间", f"{value.text!r} are no service hours",
                    "写成 09:00-18:00", "write them like 09:00-18:00")  # fmt: skip
    return found


def _weekday(value: Value) -> int:
    name = text_of(value)
    if name not in _WEEKDAYS:
        raise unknown(value, name, "weekday", _WEEKDAYS)
    return _WEEKDAYS.index(name)


def _years(value: Value) -> dict[int, PublishedYear]:
    found: dict[int, PublishedYear] = {}
    for name, field in Fields(value, "years").rest().items():
        if not (name.isdigit() and len(name) == 4):
            raise fault(field.place, f"{name!r} 不是年份", f"{name!r} is no year", "写成 2026:", "write it like 2026:")
        found[int(name)] = _year(int(name), field.value)
    return found


def _year(year: int, value: Value) -> PublishedYear:
    fields = Fields(value, str(year))
    holidays = fields.given("holidays", lambda found: items_of(found, _days), ())
    workdays = fields.given("workdays", lambda found: items_of(found, _days), ())
    source = text_of(fields.take("source"))
    fields.done()
    off, on = {day for days in holidays for day in days}, {day for days in workdays for day in days}
    for day in sorted(off | on):
        stray = not date(year - 1, 12, 25) <= day <= date(year, 12, 31)
        if stray or day in off & on:
            raise fault(value.place, f"{day} 不属于 {year} 年，或同时是假日与工作日",
                        f"{day} is not of {year}, or is both holiday and workday", "核对通知", "check the notice"
                        )  # fmt: skip
        if day in on and day.weekday() < 5:
            raise fault(value.place, f"{day} 不是周末，无需补班", f"{day} is no weekend day to be worked",
                        "核对通知", "check the notice")  # fmt: skip
    return PublishedYear(frozenset(off), frozenset(on), source)


def _days(value: Value) -> tuple[date, ...]:
    """One day, or a range written 2026-02-15..2026-02-23, both days included."""
    first_text, _, last_text = (value.text or "").partition("..")
    first = date_of(value._replace(text=first_text))
    last = date_of(value._replace(text=last_text)) if last_text else first
    length = (last - first).days + 1
    if not 1 <= length <= _RANGE_DAYS_MAX:
        raise fault(value.place, f"{value.text} 不是假期区间", f"{value.text} is no range of days",
                    "先写起日，后写止日", "write the first day, then the last")  # fmt: skip
    return tuple(first + timedelta(days=offset) for offset in range(length))


def _yearly(value: Value) -> YearlyHoliday:
    """A holiday of every year, with the years it was law.

    `on: 09-07`, `on: last monday of may`, or `easter: -2` (days from Easter Sunday).
    """
    fields = Fields(value, "yearly")
    text_of(fields.take("name"))
    on, easter = fields.find("on"), fields.find("easter")
    first, last = fields.given("first_year", count_of, 1), fields.given("last_year", count_of, 9999)
    nearest = fields.given("nearest", yes_no_of, False)
    fields.done()
    if (on is None) == (easter is None):
        raise fault(value.place, "须写 on 或 easter 之一", "write on or easter, one of the two", "如 on: 09-07",
                    "for example on: 09-07")  # fmt: skip
    if on is not None:
        words = (on.text or "").split()
        if len(words) == 4:
            return _nth_weekday(on, words, first, last)
        day = date_of(on._replace(text=f"2001-{on.text}"))
        return YearlyHoliday(day.month, day.day, None, first, last, nearest=nearest)
    text = (easter.text or "") if easter is not None else ""
    if not text.lstrip("-").isdigit() or not -60 <= int(text) <= 70:
        raise fault(value.place, f"{text!r} 不是天数", f"{text!r} is no number of days", "如 -2", "for example -2")
    return YearlyHoliday(0, 0, int(text), first, last)


def _nth_weekday(value: Value, words: list[str], first: int, last: int) -> YearlyHoliday:
    """'third monday of january'."""
    nth, weekday, of, month = words
    if nth not in _NTH or weekday not in _WEEKDAYS or of != "of" or month not in _MONTHS:
        raise fault(value.place, f"{value.text!r} 不是某月的第几个星期几", f"{value.text!r} is no weekday of a month",
                    "如 third monday of january", "write it like third monday of january")  # fmt: skip
    return YearlyHoliday(
        _MONTHS.index(month) + 1, 0, None, first, last, weekday=_WEEKDAYS.index(weekday), nth=_NTH[nth]
    )
