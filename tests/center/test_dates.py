"""Days and times in words, as readers meet them in Japanese, English and やさしい日本語."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.template import Context, Template
from django.utils import translation

from center.japanese import dates

TOKYO = ZoneInfo("Asia/Tokyo")


def tokyo(*parts):
    return datetime(*parts, tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("day", "language", "words"),
    [
        (date(2026, 12, 5), "ja", "12月5日（土）"),
        (date(2026, 11, 23), "ja", "11月23日（月・祝）"),
        (date(2026, 5, 6), "ja", "5月6日（水・休）"),
        (date(2026, 9, 22), "ja", "9月22日（火・休）"),
        (date(2026, 12, 5), "en", "Sat 5 December 2026"),
        (date(2026, 12, 5), "ja-x-easy", "12月5日（土曜日）"),
        (date(2026, 11, 23), "ja-x-easy", "11月23日（月曜日・休みの日）"),
    ],
)
def test_a_day_reads_as_it_is_spoken(day, language, words):
    assert dates.day_words(day, language) == words


@pytest.mark.parametrize(
    ("day", "language", "words"),
    [
        (date(2026, 11, 23), "ja", "2026年（令和8年）11月23日（月・祝）"),
        (date(2026, 12, 5), "ja", "2026年（令和8年）12月5日（土）"),
        (date(2019, 4, 30), "ja", "2019年（平成31年）4月30日（火・休）"),
        (date(2019, 5, 2), "ja", "2019年（令和元年）5月2日（木・休）"),
        (date(2026, 11, 23), "en", "Monday 23 November 2026 (public holiday)"),
        (date(2026, 12, 5), "en", "Saturday 5 December 2026"),
        (date(2026, 11, 23), "ja-x-easy", "2026年11月23日（月曜日・休みの日）"),
        (date(1868, 3, 1), "ja", "1868年3月1日（日）"),
    ],
)
def test_a_full_date_has_year_era_and_holiday(day, language, words):
    assert dates.full_date(day, language) == words


def test_the_year_is_shown_when_the_day_lies_in_another_year_than_the_reader():
    assert dates.day_words(date(2027, 1, 15), "ja", seen_on=date(2026, 12, 1)) == "2027年1月15日（金）"
    assert dates.day_words(date(2027, 1, 15), "ja", seen_on=date(2027, 1, 4)) == "1月15日（金）"


def test_the_active_language_counts_when_none_is_named():
    with translation.override("en"):
        assert dates.day_words(date(2026, 12, 5)) == "Sat 5 December 2026"
    with translation.override("ja"):
        assert dates.day_words(date(2026, 12, 5)) == "12月5日（土）"
    with translation.override("ja-x-easy"):
        assert dates.day_words(date(2026, 12, 5)) == "12月5日（土曜日）"
    with translation.override(None):
        assert dates.day_words(date(2026, 12, 5)) == "12月5日（土）"


def test_a_moment_is_shown_on_its_day_in_tokyo_and_a_naive_one_is_turned_away():
    evening_in_london = datetime(2026, 12, 4, 16, 30, tzinfo=UTC)
    assert dates.day_words(evening_in_london, "ja") == "12月5日（土）"
    assert dates.time_words(evening_in_london, "ja") == "1時30分"
    with pytest.raises(ValueError, match="time zone"):
        dates.day_words(datetime(2026, 12, 5, 10), "ja")  # noqa: DTZ001 - the naive moment is the point
    with pytest.raises(ValueError, match="time zone"):
        dates.time_words(datetime(2026, 12, 5, 10), "ja")  # noqa: DTZ001 - the naive moment is the point


@pytest.mark.parametrize(
    ("form", "language", "word"),
    [
        ("short", "ja", "土"),
        ("leaf", "ja", "土曜"),
        ("long", "ja", "土曜日"),
        ("short", "en", "Sat"),
        ("long", "en", "Saturday"),
        ("short", "ja-x-easy", "土曜日"),
    ],
)
def test_the_weekday_has_a_form_for_text_and_one_for_the_calendar_leaf(form, language, word):
    assert dates.weekday_word(date(2026, 12, 5), language, form=form) == word


@pytest.mark.parametrize(
    ("at", "language", "words"),
    [
        (time(13, 30), "ja", "13時30分"),
        (time(10), "ja", "10時"),
        (time(9, 5), "ja", "9時5分"),
        (time(0), "ja", "0時"),
        (time(13, 30), "en", "13:30"),
        (time(9, 5), "en", "9:05"),
        (time(10), "ja-x-easy", "10時"),
    ],
)
def test_times_are_on_the_clock_of_24_hours(at, language, words):
    assert dates.time_words(at, language) == words


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "all_day", "ja", "en", "easy"),
    [
        (
            tokyo(2026, 12, 12, 10),
            tokyo(2026, 12, 12, 12),
            False,
            "12月12日（土）10時〜12時",
            "Sat 12 December 2026, 10:00–12:00",
            "12月12日（土曜日）10時から12時まで",
        ),
        (
            tokyo(2026, 12, 12, 10),
            None,
            False,
            "12月12日（土）10時",
            "Sat 12 December 2026, 10:00",
            "12月12日（土曜日）10時",
        ),
        (
            tokyo(2026, 12, 12),
            None,
            True,
            "12月12日（土）",
            "Sat 12 December 2026",
            "12月12日（土曜日）",
        ),
        (
            date(2026, 11, 20),
            date(2026, 12, 15),
            False,
            "11月20日（金）〜12月15日（火）",
            "Fri 20 November – Tue 15 December 2026",
            "11月20日（金曜日）から12月15日（火曜日）まで",
        ),
        (
            tokyo(2026, 11, 20, 9),
            tokyo(2026, 12, 15, 17),
            False,
            "11月20日（金）9時〜12月15日（火）17時",
            "Fri 20 November 2026, 9:00 – Tue 15 December 2026, 17:00",
            "11月20日（金曜日）9時から12月15日（火曜日）17時まで",
        ),
        (
            date(2026, 12, 28),
            date(2027, 1, 5),
            True,
            "2026年12月28日（月）〜2027年1月5日（火）",
            "Mon 28 December 2026 – Tue 5 January 2027",
            "2026年12月28日（月曜日）から2027年1月5日（火曜日）まで",
        ),
    ],
)
def test_a_period_reads_in_every_language(starts_at, ends_at, all_day, ja, en, easy):
    assert dates.period_words(starts_at, ends_at, all_day, "ja") == ja
    assert dates.period_words(starts_at, ends_at, all_day, "en") == en
    assert dates.period_words(starts_at, ends_at, all_day, "ja-x-easy") == easy


def test_something_that_ends_at_midnight_ends_at_24_of_its_day():
    assert dates.period_words(tokyo(2026, 12, 31, 22), tokyo(2027, 1, 1), False, "ja") == "12月31日（木）22時〜24時"
    assert dates.period_words(tokyo(2026, 12, 31, 22), tokyo(2027, 1, 1), False, "en") == (
        "Thu 31 December 2026, 22:00–24:00"
    )


def test_all_day_includes_the_day_of_the_end_whatever_its_time():
    words = "11月20日（金）〜12月15日（火）"
    assert dates.period_words(tokyo(2026, 11, 20), tokyo(2026, 12, 15), True, "ja") == words
    assert dates.period_words(tokyo(2026, 11, 20, 9), tokyo(2026, 12, 15, 17), True, "ja") == words
    assert dates.period_words(tokyo(2026, 12, 12), tokyo(2026, 12, 12), True, "ja") == "12月12日（土）"


def test_an_end_before_the_start_is_left_out():
    assert dates.period_words(tokyo(2026, 12, 12, 10), tokyo(2026, 12, 12, 9), False, "ja") == "12月12日（土）10時"
    assert dates.period_words(date(2026, 12, 12), date(2026, 12, 1), True, "ja") == "12月12日（土）"


def test_a_period_across_the_night_in_another_zone_is_told_in_tokyo():
    assert (
        dates.period_words(
            datetime(2026, 12, 11, 23, tzinfo=UTC), datetime(2026, 12, 12, 2, 30, tzinfo=UTC), False, "ja"
        )
        == "12月12日（土）8時〜11時30分"
    )


@pytest.mark.parametrize(
    ("year", "words"),
    [
        (2026, "令和8年"),
        (2019, "令和元年"),
        (date(2019, 4, 30), "平成31年"),
        (date(2019, 5, 1), "令和元年"),
        (date(1989, 1, 7), "昭和64年"),
        (date(1989, 1, 8), "平成元年"),
        (1926, "昭和元年"),
        (date(1912, 7, 29), "明治45年"),
        (date(1912, 7, 30), "大正元年"),
        (1873, "明治6年"),
    ],
)
def test_a_year_by_its_era(year, words):
    assert dates.era_year(year, "ja") == words


def test_english_names_the_era_in_latin_letters_and_old_years_have_none():
    assert dates.era_year(2026, "en") == "Reiwa 8"
    with pytest.raises(dates.NoEra):
        dates.era_year(1872)


def test_a_month_carries_its_year():
    assert dates.month_words(date(2026, 12, 5), "ja") == "2026年12月"
    assert dates.month_words(date(2026, 12, 5), "en") == "December 2026"


@pytest.mark.parametrize(
    ("day", "ja", "en"),
    [
        (date(2026, 11, 30), "あと6日", "6 days left"),
        (date(2026, 11, 25), "あと1日", "1 day left"),
        (date(2026, 11, 24), "今日まで", "last day today"),
        (date(2026, 11, 23), "終わりました", "over"),
    ],
)
def test_days_left_end_with_today(day, ja, en):
    assert dates.days_left_words(day, date(2026, 11, 24), "ja") == ja
    assert dates.days_left_words(day, date(2026, 11, 24), "en") == en


def rendered(source, **values):
    return Template("{% load japanese %}" + source).render(Context(values))


def test_templates_say_the_same_words():
    values = {"day": date(2026, 11, 23), "start": tokyo(2026, 12, 12, 10), "end": tokyo(2026, 12, 12, 12, 30)}
    with translation.override("ja"):
        assert rendered("{{ day|day_words }}", **values) == "11月23日（月・祝）"
        assert rendered("{{ day|full_date }}", **values) == "2026年（令和8年）11月23日（月・祝）"
        assert rendered('{{ day|weekday_word:"leaf" }}', **values) == "月曜"
        assert rendered("{{ day|era_year }}", **values) == "令和8年"
        assert rendered("{{ day|month_words }}", **values) == "2026年11月"
        assert rendered("{{ start|time_words }}", **values) == "10時"
        assert rendered("{% period start end %}", **values) == "12月12日（土）10時〜12時30分"
        assert rendered("{% period start end True %}", **values) == "12月12日（土）"
        assert rendered("{{ day|days_left:today }}", today=date(2026, 11, 17), **values) == "あと6日"
    with translation.override("en"):
        assert rendered("{% period start end %}", **values) == "Sat 12 December 2026, 10:00–12:30"


def test_templates_show_nothing_for_a_date_that_is_not_known():
    source = (
        "{{ none|day_words }}{{ none|full_date }}{{ none|weekday_word }}{{ none|time_words }}{{ none|era_year }}"
        "{{ none|days_left }}{{ none|month_words }}{{ missing|day_words }}{% period none none %}"
    )
    assert rendered(source, none=None) == ""


@time_machine.travel("2026-11-29T15:30:00Z", tick=False)
def test_days_left_in_a_template_counts_from_today_in_tokyo():
    with translation.override("ja"):
        assert rendered("{{ day|days_left }}", day=date(2026, 11, 30)) == "今日まで"
