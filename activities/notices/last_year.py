"""昨年の内容から作る: last year's days moved to this year. Pure: days in, days out; no clock, no database.

Groups meet "on the second Sunday of May", not on the 10th of May, so days move by weekday and week of the month.
"""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta

SAME_RUN_DAYS = 14
"""Days that follow one another within two weeks are one run (a weekend, a weekly course) and move together."""


def nth_weekday(day: date) -> int:
    """Which one of its weekday in its month a day is: 2 for the second Sunday."""
    return (day.day - 1) // 7 + 1


def same_weekday_in(year: int, day: date) -> date | None:
    """The day of `year` with the same month, weekday and week of the month; None where that month has no fifth one.

    The second Sunday of May 2026 (the 10th) is the second Sunday of May 2027 (the 9th).
    """
    first_weekday, length = monthrange(year, day.month)
    number = 1 + (day.weekday() - first_weekday) % 7 + 7 * (nth_weekday(day) - 1)
    return date(year, day.month, number) if number <= length else None


def years_ahead(first: date, today: date) -> int:
    """In how many years (1 or more) the same weekday of that month comes again, not before `today`."""
    years = max(1, today.year - first.year)
    moved = same_weekday_in(first.year + years, first)
    has_passed = moved < today if moved else (first.year + years, first.month) < (today.year, today.month)
    return years + 1 if has_passed else years


def moved_days(days: Sequence[date], *, today: date) -> list[date | None]:
    """Last year's days in the year to come, in the same order; None for a day that cannot be moved.

    The first day of each run goes to the same weekday of the same week of its month, and the days of its run keep
    their distance to it, so a weekend stays a weekend and a weekly course weekly. A run that began on a fifth weekday
    is not moved where the month has only four. All move by the same number of years: that in which the first day of
    all comes again, not before `today`.
    """
    if not days:
        return []
    years = years_ahead(min(days), today)
    moved: dict[date, date | None] = {}
    run_start, last = None, None
    for day in sorted(set(days)):
        if run_start is None or (day - last).days > SAME_RUN_DAYS:
            run_start = day
            moved[day] = same_weekday_in(day.year + years, day)
        else:
            start = moved[run_start]
            moved[day] = start + (day - run_start) if start else None
        last = day
    return [moved[day] for day in days]


def moved_deadline(deadline: date, sessions: Sequence[date], *, today: date) -> date | None:
    """Last year's deadline in the year to come: as many days before the first session as it was; without sessions, or
    where it was later than their first, by weekday and week like a session. None where that gives no day or one past.
    """
    first = min(sessions, default=None)
    if first and deadline <= first:
        start = moved_days(sessions, today=today)[list(sessions).index(first)]
        moved = start - (first - deadline) if start else None
    else:
        moved = same_weekday_in(deadline.year + years_ahead(first or deadline, today), deadline)
    return moved if moved and moved >= today else None


def moved_end(first: date, last: date, moved: date) -> date:
    """The last day of a stretch whose first day was moved: it is as long as before."""
    return moved + timedelta(days=(last - first).days)
