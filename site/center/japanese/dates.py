"""Days and times in words: Japanese, English and やさしい日本語. Pure formatting; reads no clock and no database.

Every day is a day in Asia/Tokyo: a plain date, or an aware moment whose Tokyo day is meant (naive: ValueError).
`language` is a code of the site (ja, en, ja-x-easy); without it the active language counts; any other reads Japanese.
Days and times are stored as such; eras and weekdays exist only here, at the moment of showing.
"""

from datetime import date, datetime, time, timedelta

from django.utils.translation import get_language

from center.opening import TOKYO, national_holidays, tokyo_date

JAPANESE, ENGLISH, EASY = "ja", "en", "ja-x-easy"

WEEKDAYS_JA = "月火水木金土日"
WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS_EN = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
JOINTS = {JAPANESE: ("〜", "〜", ""), ENGLISH: (" – ", "–", ""), EASY: ("から", "から", "まで")}
"""Between two days, between two times of one day, and after the end."""

HOLIDAYS_BY_RULE = ("振替休日", "国民の休日")
"""Days off without a name of their own: marked 休, while a day with a name is marked 祝."""

ERAS = (
    (date(2019, 5, 1), "令和", "Reiwa"),
    (date(1989, 1, 8), "平成", "Heisei"),
    (date(1926, 12, 25), "昭和", "Showa"),
    (date(1912, 7, 30), "大正", "Taisho"),
    (date(1873, 1, 1), "明治", "Meiji"),
)
"""First day, name in Japanese and in English, newest first. Meiji counts from 1868; Japan dates as we do since 1873."""
MEIJI_FIRST_YEAR = 1868


class NoEra(ValueError):
    """The day lies before 1873, when Japan took up this calendar."""


def day_words(day: date, language: str | None = None, *, seen_on: date | None = None) -> str:
    """A day in a line of text: 12月5日（土）, 11月23日（月・祝）, Sat 5 December 2026, 12月5日（土曜日）.

    Japanese leaves the year out; with `seen_on` (the day of reading) a day of another year carries it.
    """
    day = tokyo_day(day)
    language = _language(language)
    if language == ENGLISH:
        return f"{weekday_word(day, ENGLISH)} {day.day} {MONTHS_EN[day.month - 1]} {day.year}"
    year = f"{day.year}年" if seen_on is not None and tokyo_day(seen_on).year != day.year else ""
    return f"{year}{day.month}月{day.day}日（{_weekday_and_holiday(day, language)}）"


def full_date(day: date, language: str | None = None) -> str:
    """A day with everything: 2026年（令和8年）11月23日（月・祝）, Monday 23 November 2026 (public holiday).

    やさしい日本語 goes without the era: 2026年11月23日（月曜日・休みの日）.
    """
    day = tokyo_day(day)
    language = _language(language)
    if language == ENGLISH:
        holiday = " (public holiday)" if holiday_name(day) else ""
        return f"{WEEKDAYS_EN[day.weekday()]} {day.day} {MONTHS_EN[day.month - 1]} {day.year}{holiday}"
    era = f"（{era_year(day)}）" if language == JAPANESE and day >= ERAS[-1][0] else ""
    return f"{day.year}年{era}{day.month}月{day.day}日（{_weekday_and_holiday(day, language)}）"


def weekday_word(day: date, language: str | None = None, *, form: str = "short") -> str:
    """The weekday: short 土 / Sat, leaf (of the calendar) 土曜 / Sat, long 土曜日 / Saturday.

    やさしい日本語 always says 土曜日. Raises ValueError for another form.
    """
    if form not in ("short", "leaf", "long"):
        raise ValueError(f"form is short, leaf or long, not {form!r}")
    day = tokyo_day(day)
    language = _language(language)
    if language == ENGLISH:
        word = WEEKDAYS_EN[day.weekday()]
        return word if form == "long" else word[:3]
    ending = "曜日" if language == EASY else {"short": "", "leaf": "曜", "long": "曜日"}[form]
    return WEEKDAYS_JA[day.weekday()] + ending


def holiday_name(day: date) -> str:
    """The Japanese name of the national holiday on that day (振替休日 and 国民の休日 too); '' on any other day."""
    day = tokyo_day(day)
    return national_holidays(day.year).get(day, "")


def month_words(day: date, language: str | None = None) -> str:
    """A month with its year: 2026年12月, December 2026."""
    day = tokyo_day(day)
    if _language(language) == ENGLISH:
        return f"{MONTHS_EN[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月"


def time_words(at: time | datetime, language: str | None = None) -> str:
    """A time of day on the 24-hour clock: 13時30分, 10時, 13:30. An aware moment is read in Asia/Tokyo."""
    if isinstance(at, datetime):
        tokyo_date(at)  # turns a naive moment away
        at = at.astimezone(TOKYO).time()
    return _clock(at.hour, at.minute, _language(language))


def period_words(
    starts_at: date,
    ends_at: date | None = None,
    all_day: bool = False,
    language: str | None = None,
    *,
    seen_on: date | None = None,
) -> str:
    """From when to when: 12月12日（土）10時〜12時, 11月20日（金）〜12月15日（火）, Sat 12 December 2026, 10:00–12:00.

    `starts_at` and `ends_at` are aware moments; plain dates count as all day. All day includes the day of `ends_at`
    whatever its time. An end at 00:00 of a later day reads 24:00 of the day before; one before the start is left out.
    A period that reaches into another year shows both years; `seen_on` does what it does in `day_words`.
    """
    language = _language(language)
    day_to_day, time_to_time, until = JOINTS[language]
    first = tokyo_day(starts_at)
    all_day = all_day or not isinstance(starts_at, datetime)
    last, end_clock = _end(starts_at, ends_at, all_day, language)
    seen_first, seen_last = (seen_on, seen_on) if first.year == last.year else (last, first)
    start = day_words(first, language, seen_on=seen_first)
    end = day_words(last, language, seen_on=seen_last)

    if all_day:
        if first == last:
            return start
        if language == ENGLISH and first.year == last.year:
            start = start.removesuffix(f" {first.year}")
        return start + day_to_day + end + until

    gap = ", " if language == ENGLISH else ""
    start += gap + time_words(starts_at, language)
    if first == last:
        return start + time_to_time + end_clock + until if end_clock else start
    return start + day_to_day + end + (gap + end_clock if end_clock else "") + until


def era_year(year: date | int, language: str | None = None) -> str:
    """The year by its era: 令和8年, 令和元年, Reiwa 8. Raises NoEra before 1873.

    A day gives the era of that day (2019-04-30 is 平成31年); a bare year the era in which it ends (2019 is 令和元年).
    """
    day = date(year, 12, 31) if isinstance(year, int) else tokyo_day(year)
    for first_day, name, name_en in ERAS:
        if day >= first_day:
            first_year = MEIJI_FIRST_YEAR if name == "明治" else first_day.year
            count = day.year - first_year + 1
            if _language(language) == ENGLISH:
                return f"{name_en} {count}"
            return f"{name}{'元' if count == 1 else count}年"
    raise NoEra(f"no era for {day.isoformat()}")


def days_left_words(day: date, today: date, language: str | None = None) -> str:
    """How long until that day, the day itself included: あと6日, 今日まで, 6 days left; after it 終わりました, over."""
    left = (tokyo_day(day) - tokyo_day(today)).days
    language = _language(language)
    if language == ENGLISH:
        if left < 0:
            return "over"
        return {0: "last day today", 1: "1 day left"}.get(left, f"{left} days left")
    if left < 0:
        return "終わりました"
    return f"あと{left}日" if left else "今日まで"


def tokyo_day(day: date) -> date:
    """The plain day in Asia/Tokyo of a date or an aware moment. Raises ValueError for a naive moment."""
    return tokyo_date(day) if isinstance(day, datetime) else day


def _language(language: str | None) -> str:
    code = (language or get_language() or JAPANESE).lower()
    if code == EASY:
        return EASY
    return ENGLISH if code.split("-")[0] == ENGLISH else JAPANESE


def _weekday_and_holiday(day: date, language: str) -> str:
    word = weekday_word(day, language)
    name = holiday_name(day)
    if not name:
        return word
    if language == EASY:
        return f"{word}・休みの日"
    return f"{word}・{'休' if name in HOLIDAYS_BY_RULE else '祝'}"


def _clock(hour: int, minute: int, language: str) -> str:
    if language == ENGLISH:
        return f"{hour}:{minute:02}"
    return f"{hour}時{minute}分" if minute else f"{hour}時"


def _end(starts_at: date, ends_at: date | None, all_day: bool, language: str) -> tuple[date, str]:
    """The last day, and the clock time on it ('' where there is no end or no time)."""
    first = tokyo_day(starts_at)
    if ends_at is None or all_day or not isinstance(ends_at, datetime):
        return max(first, tokyo_day(ends_at or first)), ""
    if ends_at <= starts_at:
        return first, ""
    end = ends_at.astimezone(TOKYO)
    if end.time() == time.min and end.date() > first:
        return end.date() - timedelta(days=1), _clock(24, 0, language)
    return end.date(), time_words(ends_at, language)
