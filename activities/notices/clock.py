"""The clock of a notice: started in full by receipt and by each answer, stopped by each return. The caller saves."""

from datetime import datetime

from activities import deadlines
from activities.models import Notice
from center.opening import OpeningCalendar


def start_clock(notice: Notice, at: datetime, calendar: OpeningCalendar) -> None:
    """Start the clock (anew, in full) at that moment."""
    notice.clock_started_at = at
    notice.due_on = deadlines.due_on(at, notice.deadline_policy, calendar, notice.not_before_on)
    notice.prepare_by = deadlines.prepare_by(at, notice.due_on, calendar)


def stop_clock(notice: Notice) -> None:
    notice.clock_started_at = None
    notice.due_on = None
    notice.prepare_by = None
