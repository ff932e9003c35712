"""Dates and remaining time as people say them, always in the market's zone, in Chinese and English."""

from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from makewhole.core import dates
from makewhole.core.words import Language, language_of

SOON = timedelta(hours=24)
ZONES = {
    "America/New_York": gettext_lazy("US Eastern time"),
    "America/Sao_Paulo": gettext_lazy("Brasília time"),
    "Asia/Shanghai": gettext_lazy("Beijing time"),
    "Europe/Brussels": gettext_lazy("Central European time"),
    "Europe/London": gettext_lazy("London time"),
}


class Clock(NamedTuple):
    """A due time against now. `state` is late, soon (under 24 hours) or calm; `elapsed` runs from 0 to 1."""

    state: str
    remaining: str
    elapsed: float | None


def language() -> Language:
    """The reader's language as the core names it."""
    return language_of(get_language() or "") or "en"


def speaks_chinese() -> bool:
    """Whether the reader's language is Chinese, in either script."""
    return language() != "en"


def in_zone(moment: datetime, zone: str | ZoneInfo | None) -> datetime:
    """`moment` in the market's zone. Raises ValueError when it has no zone of its own: it would be a guess."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError(f"{moment!r} has no time zone; times shown to people must be timezone-aware")
    if zone is None:
        return moment.astimezone(timezone.get_current_timezone())
    return moment.astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone)


def zone_text(zone: str | ZoneInfo) -> str:
    """What people call a clock: 'Beijing time', '北京时间'; a zone without a name here is called by its own."""
    key = zone if isinstance(zone, str) else zone.key
    return str(ZONES.get(key, key))


def date_text(moment: datetime, now: datetime, zone: str | ZoneInfo | None) -> str:
    """'11月21日 周六' or 'Sat 21 Nov'; with the year when it is not this year's."""
    return dates.date_text(in_zone(moment, zone), in_zone(now, zone)).say(language())


def when_text(moment: datetime, now: datetime, zone: str | ZoneInfo | None) -> str:
    """'11月21日 周六 18:00' or 'Sat 21 Nov, 18:00'."""
    return dates.moment_text(in_zone(moment, zone), in_zone(now, zone)).say(language())


def span_text(span: timedelta) -> str:
    """A length of time in its two largest units, at least in minutes: '2 days 4 h', '2 天 4 小时'."""
    minutes = int(abs(span).total_seconds()) // 60
    days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
    if minutes < 1:
        return _("less than a minute")
    day_text = ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    hour_text = _("%(count)d h") % {"count": hours}
    minute_text = _("%(count)d min") % {"count": rest}
    if days >= 7 or (days and not hours):
        return day_text
    if days:
        return f"{day_text} {hour_text}"
    if hours and rest:
        return f"{hour_text} {minute_text}"
    return hour_text if hours else minute_text


def relative_text(moment: datetime, now: datetime) -> str:
    """'in 2 days 4 h' or '3 h ago'."""
    pattern = _("in %(span)s") if moment > now else _("%(span)s ago")
    return pattern % {"span": span_text(moment - now)}


def clock(due_at: datetime, now: datetime, started_at: datetime | None = None) -> Clock:
    """How a due time stands now. With `started_at`, also which part of the time has gone."""
    left = due_at - now
    late = left < timedelta(0)
    pattern = _("%(span)s overdue") if late else _("%(span)s left")
    elapsed = None
    if started_at is not None and started_at < due_at:
        elapsed = min(1.0, max(0.0, (now - started_at) / (due_at - started_at)))
    state = "late" if late else "soon" if left <= SOON else "calm"
    return Clock(state, pattern % {"span": span_text(left)}, elapsed)


def clock_words() -> dict[str, str]:
    """The same words for the browser, so that running clocks speak as the page did."""
    return {
        "moment": _("less than a minute"),
        "day": ngettext("%(count)d day", "%(count)d days", 1),
        "days": ngettext("%(count)d day", "%(count)d days", 2),
        "hours": _("%(count)d h"),
        "minutes": _("%(count)d min"),
        "in": _("in %(span)s"),
        "ago": _("%(span)s ago"),
        "left": _("%(span)s left"),
        "overdue": _("%(span)s overdue"),
        "late_now": _("A time limit on this page has just passed."),
        "offline": _("There is no connection. Nothing was sent, and nothing is lost: press again when it is back."),
    }
