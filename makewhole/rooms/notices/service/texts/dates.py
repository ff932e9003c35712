"""Dates in sentences, in the market's time zone."""

from datetime import datetime, tzinfo

from makewhole.core.words import Text

WEEKDAYS_ZH = "一二三四五六日"
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def moment_text(moment: datetime, said_at: datetime, zone: tzinfo) -> Text:
    """'11月21日 周六 18:00', 'Sat 21 Nov, 18:00'; with the year when it is not that in which it is said."""
    local = moment.astimezone(zone)
    other_year = local.year != said_at.astimezone(zone).year
    year_zh, year_en = (f"{local.year}年", f" {local.year}") if other_year else ("", "")
    return Text(
        f"{year_zh}{local.month}月{local.day}日 周{WEEKDAYS_ZH[local.weekday()]} {local:%H:%M}",
        f"{WEEKDAYS_EN[local.weekday()]} {local.day} {MONTHS_EN[local.month - 1]}{year_en}, {local:%H:%M}",
    )
