"""Terms on a market's calendar: days from the day after, hours across clock changes, holidays and make-up workdays."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makewhole.core.calendar import (
    Deadline,
    MarketCalendar,
    Pause,
    TermUnit,
    YearlyHoliday,
    easter_sunday,
    months_after,
)
from makewhole.core.rulebook.read_calendar import read_calendar

RULEBOOKS = Path(__file__).parents[2] / "rulebooks"
SHANGHAI, SAO_PAULO, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/Sao_Paulo"), ZoneInfo("Europe/Berlin")


def _calendar(market: str) -> MarketCalendar:
    path = RULEBOOKS / market / "calendar.yaml"
    return read_calendar(path.name, path.read_text(encoding="utf-8"), ZoneInfo)


CN, BR = _calendar("cn"), _calendar("br")


def _at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def _day_of(start: str, length: int, unit: TermUnit, calendar: MarketCalendar = CN) -> tuple[str, bool]:
    """The last day of a term, and whether it is provisional."""
    deadline = calendar.deadline(_at(start, calendar.zone), length, unit)  # type: ignore[arg-type]
    return deadline.at.date().isoformat(), deadline.provisional


def test_days_are_counted_from_the_day_after_and_end_with_the_last_moment_of_the_last_day() -> None:
    for signed in ("2026-11-14T00:00", "2026-11-14T15:00", "2026-11-14T23:59:59"):
        deadline = CN.deadline(_at(signed), 7, TermUnit.DAYS)
        assert deadline.at == _at("2026-11-21T23:59:59.999999")
        assert not deadline.provisional


def test_days_are_those_of_the_market_wherever_the_clock_stands() -> None:
    # 17:00 in London is already the next day in Shanghai.
    assert CN.deadline(datetime(2026, 11, 14, 17, 0, tzinfo=UTC), 7, TermUnit.DAYS).at.day == 22


def test_hours_run_from_the_very_moment() -> None:
    assert CN.deadline(_at("2026-11-14T15:00:30"), 48, TermUnit.HOURS).at == _at("2026-11-16T15:00:30")


def test_hours_are_absolute_when_clocks_are_put_back() -> None:
    calendar = MarketCalendar(BERLIN)
    start = datetime(2026, 10, 25, 0, 30, tzinfo=BERLIN)
    ended = calendar.deadline(start, 24, TermUnit.HOURS).at
    assert ended.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=24)
    assert (ended.day, ended.hour) == (25, 23)


def test_a_day_without_midnight_still_ends() -> None:
    # In 2018 summer time in São Paulo began at midnight: 4 November had no 00:00.
    ended = BR.deadline(_at("2018-11-01T10:00", SAO_PAULO), 3, TermUnit.DAYS).at
    assert ended.isoformat() == "2018-11-04T23:59:59.999999-02:00"


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        ("2026-11-14T15:00", 6, "2027-05-14"),
        ("2026-08-31T15:00", 6, "2027-02-28"),
        ("2027-08-31T15:00", 6, "2028-02-29"),
        ("2024-02-29T15:00", 24, "2026-02-28"),
        ("2026-12-31T15:00", 1, "2027-01-31"),
    ],
)
def test_a_month_ends_on_the_same_day_or_on_the_last_there_is(start: str, months: int, last: str) -> None:
    assert _day_of(start, months, TermUnit.MONTHS) == (last, False)


@pytest.mark.parametrize(
    ("start", "length", "last"),
    [
        ("2026-11-20T10:00", 1, "2026-11-23"),  # Friday → Monday
        ("2026-02-13T10:00", 1, "2026-02-14"),  # a Saturday worked before the Spring Festival
        ("2026-02-14T10:00", 1, "2026-02-24"),  # over the festival, 15–23 February
        ("2026-02-27T10:00", 1, "2026-02-28"),  # the other make-up Saturday
        ("2026-09-30T10:00", 3, "2026-10-10"),  # National Day 1–7, then Thursday, Friday, and a Saturday worked
        ("2019-04-30T10:00", 1, "2019-05-05"),  # Labour Day 2019 as changed in March 2019: 1–4 May off, 5 worked
        ("2020-01-23T10:00", 1, "2020-02-03"),  # the Spring Festival of 2020 was lengthened to 2 February
        ("2018-12-28T10:00", 2, "2019-01-02"),  # 29 December 2018 worked, 30 December to 1 January off
    ],
)
def test_trap_35_working_days_know_holidays_and_make_up_workdays(start: str, length: int, last: str) -> None:
    assert _day_of(start, length, TermUnit.WORKING_DAYS) == (last, False)


def test_trap_35_a_year_not_published_gives_provisional_dates_by_weekends_alone() -> None:
    assert not CN.is_published(2027)
    assert _day_of("2026-12-30T10:00", 1, TermUnit.WORKING_DAYS) == ("2026-12-31", False)
    # 1 January 2027 is a Friday and surely a holiday, but nobody has published it yet.
    assert _day_of("2026-12-31T10:00", 1, TermUnit.WORKING_DAYS) == ("2027-01-01", True)


def test_plain_days_are_never_provisional() -> None:
    assert _day_of("2030-06-01T10:00", 7, TermUnit.DAYS) == ("2030-06-08", False)


def test_brazil_knows_every_year_because_its_holidays_are_law() -> None:
    assert _day_of("2018-03-29T10:00", 1, TermUnit.WORKING_DAYS, BR) == ("2018-04-02", False)  # Good Friday 30 March
    assert _day_of("2023-11-17T10:00", 1, TermUnit.WORKING_DAYS, BR) == ("2023-11-20", False)  # not yet a holiday
    assert _day_of("2024-11-19T10:00", 1, TermUnit.WORKING_DAYS, BR) == ("2024-11-21", False)  # a holiday since 2024
    assert _day_of("2035-12-24T10:00", 1, TermUnit.WORKING_DAYS, BR) == ("2035-12-26", False)


def test_a_last_day_that_is_no_working_day_can_roll_to_the_next_one() -> None:
    rolled = CN.deadline(_at("2026-02-08T10:00"), 7, TermUnit.DAYS, rolls=True)
    assert rolled.at.date() == date(2026, 2, 24)
    assert CN.deadline(_at("2026-12-28T10:00"), 5, TermUnit.DAYS, rolls=True).provisional


def test_trap_35_paused_hours_do_not_run() -> None:
    pauses = (
        Pause(_at("2026-11-14T18:00"), _at("2026-11-15T06:00")),
        Pause(_at("2026-11-15T00:00"), _at("2026-11-15T08:00")),
    )
    # The two pauses overlap: together they stop the clock from 18:00 to 08:00, fourteen hours.
    assert CN.deadline(_at("2026-11-14T12:00"), 24, TermUnit.HOURS, pauses=pauses).at == _at("2026-11-16T02:00")


def test_trap_35_days_touched_by_a_pause_do_not_count() -> None:
    pauses = (Pause(_at("2026-11-16T23:00"), _at("2026-11-18T01:00")),)
    assert CN.deadline(_at("2026-11-14T12:00"), 7, TermUnit.DAYS, pauses=pauses).at.date() == date(2026, 11, 24)
    assert CN.deadline(_at("2026-11-13T12:00"), 2, TermUnit.WORKING_DAYS, pauses=pauses).at.date() == date(2026, 11, 20)


def test_a_pause_after_the_end_changes_nothing() -> None:
    pauses = (Pause(_at("2026-12-01T00:00"), _at("2026-12-05T00:00")),)
    assert CN.deadline(_at("2026-11-14T12:00"), 24, TermUnit.HOURS, pauses=pauses).at == _at("2026-11-15T12:00")


def test_terms_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="never negative"):
        CN.deadline(_at("2026-11-14T12:00"), -1, TermUnit.DAYS)
    with pytest.raises(ValueError, match="time zone"):
        CN.deadline(datetime(2026, 11, 14, 12, 0), 1, TermUnit.DAYS)  # noqa: DTZ001
    with pytest.raises(ValueError, match="state it in days"):
        CN.deadline(
            _at("2026-11-14T12:00"),
            1,
            TermUnit.MONTHS,
            pauses=(Pause(_at("2026-11-15T00:00"), _at("2026-11-16T00:00")),),
        )


@pytest.mark.parametrize(
    ("year", "easter"),
    [(2017, "2017-04-16"), (2018, "2018-04-01"), (2024, "2024-03-31"), (2025, "2025-04-20"), (2038, "2038-04-25")],
)
def test_easter_sundays(year: int, easter: str) -> None:
    assert easter_sunday(year).isoformat() == easter


def test_a_holiday_has_the_years_it_was_law() -> None:
    holiday = YearlyHoliday(11, 20, first_year=2024, last_year=2030)
    assert [holiday.on(year) is None for year in (2023, 2024, 2030, 2031)] == [True, False, False, True]


@pytest.mark.parametrize(
    ("weekday", "month", "nth", "day"),
    [(0, 1, 3, "2026-01-19"), (0, 5, -1, "2026-05-25"), (0, 9, 1, "2026-09-07"), (3, 11, 4, "2026-11-26"),
     (6, 2, -1, "2026-02-22"), (3, 12, -1, "2026-12-31"), (3, 1, 1, "2026-01-01")],
)  # fmt: skip
def test_a_holiday_may_be_a_weekday_of_a_month(weekday: int, month: int, nth: int, day: str) -> None:
    holiday = YearlyHoliday(month, weekday=weekday, nth=nth)
    assert holiday.on(2026) == date.fromisoformat(day)
    assert holiday.is_kept_on(date.fromisoformat(day))
    assert not holiday.is_kept_on(date.fromisoformat(day) + timedelta(days=7))


def test_a_holiday_may_be_kept_on_the_nearest_weekday_even_of_the_year_before() -> None:
    independence, new_year = YearlyHoliday(7, 4, nearest=True), YearlyHoliday(1, 1, nearest=True)
    assert [independence.on(year) for year in (2025, 2026, 2027)] == [
        date(2025, 7, 4), date(2026, 7, 3), date(2027, 7, 5)
    ]  # fmt: skip
    calendar = MarketCalendar(BERLIN, yearly=(new_year,), by_law=True)
    assert not calendar.is_working_day(date(2021, 12, 31)), "1 January 2022 was a Saturday"
    assert calendar.is_working_day(date(2020, 12, 31))


@given(st.dates(date(2017, 1, 1), date(2026, 12, 20)), st.integers(0, 30))
def test_a_term_of_working_days_holds_exactly_that_many(start: date, length: int) -> None:
    ended = CN.deadline(datetime(start.year, start.month, start.day, 9, tzinfo=SHANGHAI), length, TermUnit.WORKING_DAYS)
    days = (start + timedelta(days=offset) for offset in range(1, (ended.at.date() - start).days + 1))
    assert sum(CN.is_working_day(day) for day in days) == length


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(0, 240))
def test_months_later_is_the_same_day_or_the_months_last(start: date, months: int) -> None:
    later = months_after(start, months)
    assert (later.year - start.year) * 12 + later.month - start.month == months
    assert later.day == start.day or (later + timedelta(days=1)).day == 1


def test_every_published_year_has_its_source_and_a_sane_number_of_days() -> None:
    for year, published in CN.published.items():
        assert "国办发明电" in published.source, year
        off_on_weekdays = sum(day.weekday() < 5 for day in published.holidays)
        # Eleven statutory days a year (thirteen from 2025); days moved by make-up workdays cancel out.
        assert 7 <= off_on_weekdays - len(published.workdays) <= 13, year


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-11-21T09:00", "2026-11-21T13:00"),
        ("2026-11-21T07:30", "2026-11-21T13:00"),
        ("2026-11-21T14:00", "2026-11-21T18:00"),
        ("2026-11-21T14:01", "2026-11-22T09:01"),
        ("2026-11-21T18:00", "2026-11-22T13:00"),
        ("2026-11-21T23:59", "2026-11-22T13:00"),
    ],
)
def test_trap_35_service_hours_count_only_while_people_answer(start: str, end: str) -> None:
    begun, ended = (datetime.fromisoformat(text).replace(tzinfo=CN.zone) for text in (start, end))
    assert CN.deadline(begun, 4, TermUnit.SERVICE_HOURS) == Deadline(ended, False)
    with pytest.raises(ValueError, match="cannot be paused"):
        CN.deadline(begun, 4, TermUnit.SERVICE_HOURS, pauses=(Pause(begun, ended),))
