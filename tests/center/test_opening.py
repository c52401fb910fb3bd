"""The centre's open days, days in Tokyo, and the fiscal year."""

from datetime import UTC, date, datetime, timedelta

import pytest

from center.opening import (
    TOKYO,
    NoOpenDay,
    OpeningCalendar,
    day_end,
    day_start,
    fiscal_year,
    tokyo_date,
)

USUAL = OpeningCalendar()

# 国民の祝日, as the Cabinet Office lists them (振替休日 and 国民の休日 included).
NATIONAL_HOLIDAYS = {
    2026: "1-1 1-12 2-11 2-23 3-20 4-29 5-3 5-4 5-5 5-6 7-20 8-11 9-21 9-22 9-23 10-12 11-3 11-23",
    2027: "1-1 1-11 2-11 2-23 3-21 3-22 4-29 5-3 5-4 5-5 7-19 8-11 9-20 9-23 10-11 11-3 11-23",
}


@pytest.mark.parametrize("year", NATIONAL_HOLIDAYS)
def test_a_year_is_open_on_weekdays_but_for_national_holidays_and_the_turn_of_the_year(year: int) -> None:
    listed = {date(year, *map(int, day.split("-"))) for day in NATIONAL_HOLIDAYS[year].split()}
    turn = {date(year, 1, 1), date(year, 1, 2), date(year, 1, 3)} | {date(year, 12, n) for n in (29, 30, 31)}
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    expected = [day for day in days if day.isoweekday() < 6 and day not in listed and day not in turn]
    assert USUAL.open_days_between(days[0], days[-1]) == expected


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2026, 11, 20), ""),
        (date(2026, 11, 21), "土曜"),
        (date(2026, 11, 22), "日曜"),
        (date(2026, 11, 23), "勤労感謝の日"),
        (date(2026, 5, 6), "振替休日"),
        (date(2026, 9, 22), "国民の休日"),
        (date(2026, 5, 3), "憲法記念日"),  # a Sunday: the holiday says more
        (date(2026, 12, 28), ""),
        (date(2026, 12, 29), "年末年始"),
        (date(2026, 12, 31), "年末年始"),
        (date(2027, 1, 1), "元日"),
        (date(2027, 1, 2), "年末年始"),  # a Saturday as well
        (date(2027, 1, 3), "年末年始"),
        (date(2027, 1, 4), ""),
    ],
)
def test_a_closed_day_says_why_in_japanese(day: date, reason: str) -> None:
    assert USUAL.closed_reason(day) == reason
    assert USUAL.is_open(day) is (reason == "")


def test_the_reason_is_japanese_whatever_language_the_machine_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "en_US")
    assert OpeningCalendar().closed_reason(date(2031, 11, 24)) == "振替休日"


def test_the_centre_closes_and_opens_single_days() -> None:
    calendar = OpeningCalendar(
        closed=frozenset({date(2026, 11, 24), date(2026, 11, 22)}),
        opened=frozenset({date(2026, 11, 21), date(2026, 11, 22)}),
    )
    assert calendar.closed_reason(date(2026, 11, 24)) == "臨時休館"
    assert calendar.is_open(date(2026, 11, 21))
    assert calendar.closed_reason(date(2026, 11, 22)) == "臨時休館"  # in both: nobody is promised an open door
    assert calendar.next_open_day(date(2026, 11, 22)) == date(2026, 11, 25)
    assert calendar.previous_open_day(date(2026, 11, 24)) == date(2026, 11, 21)


def test_the_next_and_the_previous_open_day_are_the_day_itself_when_it_is_open() -> None:
    assert USUAL.next_open_day(date(2026, 11, 20)) == date(2026, 11, 20)
    assert USUAL.previous_open_day(date(2026, 11, 20)) == date(2026, 11, 20)
    assert USUAL.next_open_day(date(2026, 11, 21)) == date(2026, 11, 24)
    assert USUAL.previous_open_day(date(2026, 11, 23)) == date(2026, 11, 20)


def test_open_days_are_counted_from_the_day_after_or_before() -> None:
    assert USUAL.open_day_after(date(2026, 11, 20), 1) == date(2026, 11, 24)
    assert USUAL.open_day_after(date(2026, 11, 21), 3) == date(2026, 11, 26)
    assert USUAL.open_day_after(date(2026, 12, 28), 1) == date(2027, 1, 4)
    assert USUAL.open_day_before(date(2026, 12, 1), 3) == date(2026, 11, 26)  # the mail's cutoff day in the 12月号
    assert USUAL.open_day_before(date(2027, 1, 5), 3) == date(2026, 12, 25)  # and in the 1月号


@pytest.mark.parametrize("n", [0, -1])
def test_open_days_are_counted_from_one(n: int) -> None:
    with pytest.raises(ValueError, match="from 1"):
        USUAL.open_day_after(date(2026, 11, 20), n)
    with pytest.raises(ValueError, match="from 1"):
        USUAL.open_day_before(date(2026, 11, 20), n)


def test_open_days_between_include_both_ends_and_are_none_backwards() -> None:
    assert USUAL.open_days_between(date(2026, 11, 20), date(2026, 11, 25)) == [
        date(2026, 11, 20),
        date(2026, 11, 24),
        date(2026, 11, 25),
    ]
    assert USUAL.open_days_between(date(2026, 11, 21), date(2026, 11, 23)) == []
    assert USUAL.open_days_between(date(2026, 11, 25), date(2026, 11, 20)) == []


def test_the_search_finds_an_open_day_399_days_away_and_gives_up_after_400() -> None:
    start = date(2026, 11, 20)
    nearly = frozenset(start + timedelta(days=n) for n in range(399))
    assert OpeningCalendar(nearly, frozenset({start + timedelta(days=399)})).next_open_day(start) == date(2027, 12, 24)
    never = OpeningCalendar(frozenset(start + timedelta(days=n) for n in range(-500, 501)))
    for look in (never.next_open_day, never.previous_open_day):
        with pytest.raises(NoOpenDay, match="2026-11-20"):
            look(start)
    for count in (never.open_day_after, never.open_day_before):
        with pytest.raises(NoOpenDay):
            count(start, 1)


def test_the_end_of_the_calendar_is_an_end_of_the_search() -> None:
    for look in (USUAL.next_open_day, lambda day: USUAL.open_day_after(day, 1)):
        with pytest.raises(NoOpenDay):
            look(date.max)
    with pytest.raises(NoOpenDay):
        USUAL.open_day_before(date.min, 1)


def test_a_day_begins_and_ends_at_midnight_in_tokyo() -> None:
    day = date(2026, 11, 21)
    assert day_start(day) == datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
    assert day_end(day) == datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
    assert day_start(day).tzinfo is TOKYO
    assert tokyo_date(datetime(2026, 11, 21, 14, 59, 59, tzinfo=UTC)) == day
    assert tokyo_date(datetime(2026, 11, 21, 15, 0, 0, tzinfo=UTC)) == date(2026, 11, 22)
    assert tokyo_date(datetime(2026, 12, 31, 15, 0, 0, tzinfo=UTC)) == date(2027, 1, 1)


def test_a_naive_moment_has_no_day_and_a_moment_is_no_day() -> None:
    with pytest.raises(ValueError, match="time zone"):
        tokyo_date(datetime(2026, 11, 21, 9, 0))  # noqa: DTZ001 - the mistake under test
    moment = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
    for function in (USUAL.is_open, USUAL.next_open_day, fiscal_year, day_start, day_end):
        with pytest.raises(TypeError, match="plain date"):
            function(moment)


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2026, 3, 31), 2025),
        (date(2026, 4, 1), 2026),
        (date(2026, 12, 31), 2026),
        (date(2027, 1, 1), 2026),
        (date(2027, 3, 31), 2026),
        (date(2027, 4, 1), 2027),
    ],
)
def test_the_fiscal_year_runs_from_april_to_march(day: date, year: int) -> None:
    assert fiscal_year(day) == year
