"""A month as a table of weeks, Sunday first: which sessions stand on which day. Pure."""

from calendar import Calendar
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from activities import models
from center.japanese.dates import day_words, holiday_name
from center.opening import SATURDAY, SUNDAY, tokyo_date

SUNDAY_FIRST = Calendar(firstweekday=SUNDAY)


@dataclass(frozen=True)
class DayItem:
    """One session on one day, in words."""

    session: "models.EventSession"
    words: str


@dataclass
class MonthDay:
    """One cell. `is_inside` is False for the days of the months before and after, which stay empty.

    `running` holds what began on an earlier day and ends on a later one; phones leave these repetitions out.
    """

    on: date
    is_inside: bool
    items: list[DayItem] = field(default_factory=list)
    running: list[DayItem] = field(default_factory=list)

    @property
    def tone(self) -> str:
        """is-sun for Sundays and holidays, is-sat for Saturdays, otherwise ''."""
        if self.on.weekday() == SUNDAY or holiday_name(self.on):
            return "is-sun"
        return "is-sat" if self.on.weekday() == SATURDAY else ""


def month_table(month: date, sessions: Iterable["models.EventSession"]) -> list[list[MonthDay]]:
    """The weeks of the month with `sessions` on their days, in the order given.

    A session of several days stands among the `items` of its first and its last day in the month, and in `running` on
    the days between. Sessions carry `session_number` and `session_count`.
    """
    weeks = [
        [MonthDay(on, on.month == month.month) for on in week]
        for week in SUNDAY_FIRST.monthdatescalendar(month.year, month.month)
    ]
    days = {day.on: day for week in weeks for day in week if day.is_inside}
    for session in sessions:
        first, last = session_days(session)
        shown_first = max(first, min(days))
        for on, day in days.items():
            if on in (shown_first, last):
                day.items.append(DayItem(session, _item_words(session, on, first, last)))
            elif shown_first < on < last:
                day.running.append(DayItem(session, session.page.title))
    return weeks


def session_days(session: "models.EventSession") -> tuple[date, date]:
    """The first and the last day in Tokyo on which a session happens."""
    first = tokyo_date(session.starts_at)
    return first, max(first, tokyo_date(session.until_at - timedelta(microseconds=1)))


def _item_words(session: "models.EventSession", on: date, first: date, last: date) -> str:
    page = session.page
    words = page.title
    if page.state != models.EventState.PLANNED:
        words = f"【{page.get_state_display()}】{words}"
    if first != last:
        note = pgettext("month", "last day") if on == last else pgettext("month", "until %s") % day_words(last)
        return f"{words}（{note}）"
    if session.session_count > 1:
        return f"{words} " + _("no. %(number)d") % {"number": session.session_number}
    return words
