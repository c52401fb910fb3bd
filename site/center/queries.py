"""Reads of the ground floor."""

from datetime import date

from center.models import CentreSettings, ConfirmedYear, SpecialDay
from center.opening import OpeningCalendar


def centre_settings() -> CentreSettings:
    """The one row of settings, made empty where there is none."""
    return CentreSettings.load()


def opening_calendar() -> OpeningCalendar:
    """The centre's calendar: the usual week, national holidays and staff's special days as they are now. One query."""
    closed, opened = set(), set()
    for on, kind in SpecialDay.objects.values_list("on", "kind"):
        (closed if kind == SpecialDay.Kind.CLOSED else opened).add(on)
    return OpeningCalendar(closed=frozenset(closed), opened=frozenset(opened))


def unconfirmed_years(today: date) -> list[int]:
    """Years whose closed days staff should confirm: this one, and from October the next one. Oldest first."""
    wanted = [today.year] + ([today.year + 1] if today.month >= 10 else [])
    known = set(ConfirmedYear.objects.filter(year__in=wanted).values_list("year", flat=True))
    return [year for year in wanted if year not in known]
