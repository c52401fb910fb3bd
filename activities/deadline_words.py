"""Deadlines that the public meets (of grants, calls, applications): a day, or a day with a time, in Tokyo."""

from datetime import date, datetime, time

from django.utils.translation import gettext as _

from center.japanese.dates import day_words, time_words
from center.opening import TOKYO, day_end


def deadline_moment(on: date | None, at: time | None) -> datetime | None:
    """The moment (aware) at which a deadline has passed; a day counts till 24:00; None: no deadline."""
    if on is None:
        return None
    return datetime.combine(on, at, tzinfo=TOKYO) if at else day_end(on)


def is_past_deadline(on: date | None, at: time | None, moment: datetime) -> bool:
    """Whether a deadline has passed at `moment`: a day after its 24:00, a time once it lies before `moment`."""
    ends = deadline_moment(on, at)
    if ends is None:
        return False
    return ends < moment if at else ends <= moment


def deadline_words(on: date | None, at: time | None) -> str:
    """The deadline in words of the active language, or 'no deadline'."""
    if on is None:
        return _("no deadline")
    return day_words(on) + (time_words(at) if at else "")
