"""Terms counted from an event of the order, also while that event has not happened yet."""

from datetime import UTC, datetime

from makewhole.core.calendar import Deadline, MarketCalendar, TermUnit
from makewhole.core.rulebook.rule import Window

NOT_YET = datetime(9999, 1, 1, tzinfo=UTC)
"""The time of an event that is known not to have happened: parcels not sent, goods not received."""

NOT_BEGUN = Deadline(datetime(9999, 12, 31, tzinfo=UTC), False)
"""The end of a term whose event has not happened: it has not begun to run, so nothing is late."""


_COUNTED_MAX = 36_500
"""A number told for a term counts up to this: a century of days, and more in any longer unit."""


def window_end(calendar: MarketCalendar, window: Window, start: datetime, length: int, paused: int) -> Deadline:
    """When the window ends that begins at `start`; `paused` days do not count."""
    if start is NOT_YET:
        return NOT_BEGUN
    length, paused = min(length, _COUNTED_MAX), min(paused, _COUNTED_MAX)
    if paused and window.unit is TermUnit.MONTHS:
        end = calendar.counter(paused, TermUnit.DAYS, window.rolls)(calendar.counter(length, window.unit)(start).at)
    else:
        end = calendar.counter(length + paused, window.unit, window.rolls)(start)
    if window.plus is None:
        return end
    more, unit = window.plus
    last = calendar.counter(more, unit, window.rolls)(end.at)
    return Deadline(last.at, end.provisional or last.provisional)


def begun(end: Deadline | None) -> Deadline | None:
    """The deadline, or None for a term that has not begun."""
    return None if end is NOT_BEGUN else end
