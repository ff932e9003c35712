"""Dates as people say them, in the words of the house. Moments are on the market's clocks already."""

from datetime import datetime

from makewhole.core.words import Text

_WEEKDAYS = tuple(zip("一二三四五六日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True))
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def date_text(moment: datetime, now: datetime) -> Text:
    """'11月21日 周六', 'Sat 21 Nov'; with the year where it is not that of `now`. Both are local."""
    chinese, english = _WEEKDAYS[moment.weekday()]
    year_zh, year_en = (f"{moment.year}年", f" {moment.year}") if moment.year != now.year else ("", "")
    return Text(
        f"{year_zh}{moment.month}月{moment.day}日 周{chinese}",
        f"{english} {moment.day} {_MONTHS[moment.month - 1]}{year_en}",
    )


def moment_text(moment: datetime, now: datetime) -> Text:
    """'11月21日 周六 18:00', 'Sat 21 Nov, 18:00'."""
    date = date_text(moment, now)
    return Text(f"{date.zh} {moment:%H:%M}", f"{date.en}, {moment:%H:%M}")


def full_moment_text(moment: datetime) -> Text:
    """'2026年11月21日 18:00', '21 Nov 2026 18:00': where no present says which year is meant."""
    return Text(
        f"{moment.year}年{moment.month}月{moment.day}日 {moment:%H:%M}",
        f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year} {moment:%H:%M}",
    )
