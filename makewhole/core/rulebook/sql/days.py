"""A market's days as tables for statements: their numbers as working days, the next working day, their last moment."""

from datetime import date, datetime, time

from makewhole.core.calendar import MarketCalendar
from makewhole.core.rulebook.sql.columns import EPOCH, EPOCH_DAY

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2069, 12, 31)
"""Terms that begin on other days are not reckoned."""


def market_days(calendar: MarketCalendar) -> list[tuple[int, int, int, int]]:
    """(`day`, `number`, `next`, `end_us`) of every day: how many working days there were up to it, the first working
    day from it on, and its last microsecond. Days count from 1970."""
    rows: list[tuple[int, int, int, int]] = []
    first, last = FIRST_DAY.toordinal(), LAST_DAY.toordinal()
    works = [calendar.is_working_day(date.fromordinal(day)) for day in range(first, last + 1)]
    following, nexts = last + 1, [0] * len(works)
    for place in range(len(works) - 1, -1, -1):
        following = first + place if works[place] else following
        nexts[place] = following
    number = 0
    for place, is_working in enumerate(works):
        number += is_working
        day = first + place
        ended = datetime.combine(date.fromordinal(day), time.max, calendar.zone).replace(fold=1) - EPOCH
        end_us = (ended.days * 86_400 + ended.seconds) * 1_000_000 + ended.microseconds
        rows.append((day - EPOCH_DAY, number, nexts[place] - EPOCH_DAY, end_us))
    return rows


def working_days(days: list[tuple[int, int, int, int]]) -> list[tuple[int, int]]:
    """(`number`, `day`) of every working day."""
    return [(number, day) for day, number, following, _ in days if day == following]
