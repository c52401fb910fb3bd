"""When an issue is drafted, cut off and sent. Pure: the rule of the mail and the calendar in, moments out.

Every day is a day in Asia/Tokyo, every moment is aware. What the rule is, is data; this module is what it means.
Source: the centre's printed list of media, サポートメール 月1回.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice

from center.opening import TOKYO, OpeningCalendar, day_end, tokyo_date

ENOUGH_OPEN_DAYS = 2
"""With fewer open days from the cutoff day on and before the send day, staff are warned."""
ALARM_TIME = time(9, 0)
LONGEST_SEARCH_MONTHS = 24


class SendDayLeavesMonth(Exception):
    """The first open day from the wished weekday on lies outside the issue's month."""


@dataclass(frozen=True)
class MailRule:
    """The values of one rule of the mail. `send_weekday` 0 is Monday; `alarm_day` lies in the month before."""

    draft_day: int = 10
    send_weekday: int = 1
    send_time: time = time(10, 0)
    cutoff_open_days: int = 3
    cutoff_time: time = time(17, 15)
    alarm_day: int = 25


@dataclass(frozen=True)
class IssueDates:
    """The dates of one monthly issue."""

    year: int
    month: int
    draft_on: date
    cutoff_at: datetime
    send_at: datetime
    not_after: datetime

    @property
    def key(self) -> tuple[int, int]:
        return self.year, self.month


@dataclass(frozen=True)
class Schedule:
    """A rule together with the calendar."""

    rule: MailRule = field(default_factory=MailRule)
    calendar: OpeningCalendar = field(default_factory=OpeningCalendar)

    def send_at(self, year: int, month: int) -> datetime:
        """The first such weekday of the month at its time; a closed one moves to the next open day.

        Raises SendDayLeavesMonth where no open day of the month is left.
        """
        first = date(year, month, 1)
        wished = first + timedelta(days=(self.rule.send_weekday - first.weekday()) % 7)
        day = self.calendar.next_open_day(wished)
        if (day.year, day.month) != (year, month):
            raise SendDayLeavesMonth(f"{year}-{month:02}: no open day from {wished.isoformat()} on")
        return datetime.combine(day, self.rule.send_time, tzinfo=TOKYO)

    def cutoff_at(self, send_at: datetime) -> datetime:
        """The n-th open day before the send day, at the cutoff time."""
        day = self.calendar.open_day_before(tokyo_date(send_at), self.rule.cutoff_open_days)
        return datetime.combine(day, self.rule.cutoff_time, tzinfo=TOKYO)

    def not_after(self, send_at: datetime) -> datetime:
        """24:00 of the send day: later than this an issue asks instead of leaving."""
        return day_end(tokyo_date(send_at))

    def draft_on(self, year: int, month: int) -> date:
        """The day of the month before on which staff begin with the issue."""
        before = month_before(year, month)
        return date(*before, self.rule.draft_day)

    def alarm_at(self, year: int, month: int) -> datetime:
        """From when on a missing issue is an alarm: 9:00 of a day of the month before; closed: the open day before."""
        day = self.calendar.previous_open_day(date(*month_before(year, month), self.rule.alarm_day))
        return datetime.combine(day, ALARM_TIME, tzinfo=TOKYO)

    def dates(self, year: int, month: int) -> IssueDates:
        """All dates of the issue of one month. Raises SendDayLeavesMonth."""
        send_at = self.send_at(year, month)
        return IssueDates(
            year=year,
            month=month,
            draft_on=self.draft_on(year, month),
            cutoff_at=self.cutoff_at(send_at),
            send_at=send_at,
            not_after=self.not_after(send_at),
        )

    def next_issues(self, now: datetime, n: int = 3) -> list[IssueDates]:
        """The first n monthly issues that are to be sent after `now`, soonest first."""
        found = (self._try(month) for month in months_from(now))
        return list(islice((dates for dates in found if dates and dates.send_at > now), n))

    def _try(self, month: tuple[int, int]) -> IssueDates | None:
        try:
            return self.dates(*month)
        except SendDayLeavesMonth:
            return None


def open_days_to_prepare(cutoff_at: datetime, send_at: datetime, calendar: OpeningCalendar) -> int:
    """The open days from the cutoff day on and before the send day: the time for closing and approving."""
    return len(calendar.open_days_between(tokyo_date(cutoff_at), tokyo_date(send_at) - timedelta(days=1)))


def is_short(cutoff_at: datetime, send_at: datetime, calendar: OpeningCalendar) -> bool:
    """Are there too few open days between cutoff and send?"""
    return open_days_to_prepare(cutoff_at, send_at, calendar) < ENOUGH_OPEN_DAYS


def month_before(year: int, month: int) -> tuple[int, int]:
    return (year - 1, 12) if month == 1 else (year, month - 1)


def month_after(year: int, month: int) -> tuple[int, int]:
    return (year + 1, 1) if month == 12 else (year, month + 1)


def months_from(now: datetime, count: int = LONGEST_SEARCH_MONTHS) -> list[tuple[int, int]]:
    """This month of Tokyo and those after it, as (year, month)."""
    today = tokyo_date(now)
    months = [(today.year, today.month)]
    while len(months) < count:
        months.append(month_after(*months[-1]))
    return months
