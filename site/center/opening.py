"""Open days of the centre, days in Asia/Tokyo, and the fiscal year. Pure: no clock, no setting, no database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

import holidays

TOKYO = ZoneInfo("Asia/Tokyo")
SEARCH_DAYS = 400
SATURDAY, SUNDAY = 5, 6
ONE_DAY = timedelta(days=1)


class NoOpenDay(Exception):
    """No open day lies within SEARCH_DAYS of the day from which one was looked for."""


@dataclass(frozen=True)
class OpeningCalendar:
    """The days on which the centre is open: its usual week, and the days on which it differs from it.

    Usually closed are Saturdays, Sundays, Japan's national holidays (with 振替休日 and 国民の休日) and 12/29 to 1/3.
    `closed` holds the centre's own 臨時休館日, `opened` the usually closed days on which it opens all the same. A day
    in both is closed: nobody is promised a day on which the door may be shut.
    Days are plain dates of Asia/Tokyo; a moment is turned away with TypeError, because its day depends on the zone.
    """

    closed: frozenset[date] = frozenset()
    opened: frozenset[date] = frozenset()

    def is_open(self, day: date) -> bool:
        return not self.closed_reason(day)

    def closed_reason(self, day: date) -> str:
        """Why the centre is closed on that day, in Japanese: 臨時休館, a holiday's name, 年末年始, 土曜 or 日曜.

        The first that applies, in this order; '' when the centre is open.
        """
        _refuse_moment(day)
        if day in self.closed:
            return "臨時休館"
        if day in self.opened:
            return ""
        if name := national_holidays(day.year).get(day):
            return name
        if (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3):
            return "年末年始"
        return {SATURDAY: "土曜", SUNDAY: "日曜"}.get(day.weekday(), "")

    def next_open_day(self, day: date) -> date:
        """That day itself where it is open, otherwise the first open day after it. Raises NoOpenDay."""
        return self._search(day, ONE_DAY)

    def previous_open_day(self, day: date) -> date:
        """That day itself where it is open, otherwise the last open day before it. Raises NoOpenDay."""
        return self._search(day, -ONE_DAY)

    def open_day_after(self, day: date, n: int) -> date:
        """The n-th open day after that day, which itself never counts; n ≥ 1. Raises NoOpenDay, ValueError for n."""
        return self._count(day, n, ONE_DAY)

    def open_day_before(self, day: date, n: int) -> date:
        """The n-th open day before that day, which itself never counts; n ≥ 1. Raises NoOpenDay, ValueError for n."""
        return self._count(day, n, -ONE_DAY)

    def open_days_between(self, first: date, last: date) -> list[date]:
        """The open days from `first` to `last`, both included, earliest first; none where `last` lies before."""
        days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
        return [day for day in days if self.is_open(day)]

    def _count(self, day: date, n: int, step: timedelta) -> date:
        if n < 1:
            raise ValueError(f"n counts open days from 1, not {n}")
        for _ in range(n):
            day = self._search(_neighbour(day, step), step)
        return day

    def _search(self, day: date, step: timedelta) -> date:
        start = day
        for _ in range(SEARCH_DAYS):
            if self.is_open(day):
                return day
            day = _neighbour(day, step)
        direction = "after" if step > timedelta(0) else "before"
        raise NoOpenDay(f"no open day within {SEARCH_DAYS} days {direction} {start.isoformat()}")


@lru_cache(maxsize=128)
def national_holidays(year: int) -> Mapping[date, str]:
    """Japan's national holidays of one calendar year with their Japanese names; known for 1949 to 2099, else empty.

    The language is named because the library otherwise follows the machine's environment.
    """
    return MappingProxyType(dict(holidays.Japan(years=year, observed=True, language="ja")))


def tokyo_date(moment: datetime) -> date:
    """The day in Asia/Tokyo on which an aware moment lies. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone to have a day")
    return moment.astimezone(TOKYO).date()


def fiscal_year(day: date) -> int:
    """The fiscal year (年度) of that day: April to March, named by the year in which it begins."""
    _refuse_moment(day)
    return day.year - (day.month < 4)


def day_start(day: date) -> datetime:
    """00:00 of that day in Asia/Tokyo, aware."""
    _refuse_moment(day)
    return datetime.combine(day, time.min, tzinfo=TOKYO)


def day_end(day: date) -> datetime:
    """24:00 of that day, aware: the first moment that no longer belongs to it (00:00 of the next day, Asia/Tokyo)."""
    return day_start(day + ONE_DAY)


def _neighbour(day: date, step: timedelta) -> date:
    try:
        return day + step
    except OverflowError:
        raise NoOpenDay(f"no day lies beyond {day.isoformat()}") from None


def _refuse_moment(day: date) -> None:
    if isinstance(day, datetime):
        raise TypeError("a plain date is needed here; tokyo_date() turns a moment into its day")
