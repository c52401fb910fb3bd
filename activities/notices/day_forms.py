"""Days and times as people type them: year, month and day in fields of their own, full and half width alike.

A native date field asks for a calendar that many telephones hide; three short fields can be read and mended one by one.
"""

import re
import unicodedata
from datetime import date, datetime, time, timedelta

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from center.opening import TOKYO

YEARS_BACK, YEARS_AHEAD = 3, 5
REIWA_BEFORE = 2018
"""令和1年 is 2019."""

_CLOCK = re.compile(r"(午前|午後|am|pm)?(\d{1,2})(?:[:時](\d{1,2})?分?)?(半)?", re.IGNORECASE)
_BARE_CLOCK = re.compile(r"(\d{1,2})(\d{2})")


class NotATime(ValueError):
    """The text is no time of day."""


def plain(text: str | None) -> str:
    """What was typed in half width (NFKC), without spaces around it."""
    return unicodedata.normalize("NFKC", text or "").strip()


def read_time(text: str) -> time | None:
    """A time of day: 13:30, 13時30分, 午後1時半, 1330, in any width. None for 24:00, the end of a day.

    Raises NotATime.
    """
    typed = plain(text).replace(" ", "").replace(".", ":")
    if bare := _BARE_CLOCK.fullmatch(typed):
        half, hour, minute = None, int(bare[1]), int(bare[2])
    elif found := _CLOCK.fullmatch(typed):
        half, hour = found[1], int(found[2])
        minute = 30 if found[4] else int(found[3] or 0)
    else:
        raise NotATime(text)
    if half and half.lower() in ("午後", "pm") and hour < 12:
        hour += 12
    if (hour, minute) == (24, 0):
        return None
    if hour > 23 or minute > 59:
        raise NotATime(text)
    return time(hour, minute)


class ShortField(forms.CharField):
    """One part of a day. `label` names it where it is to be mended, `short_label` stands beside it."""

    def __init__(self, label: str, short_label: str, size: str, *, is_figures: bool = True) -> None:
        attrs = {"class": f"input--{size}", "autocomplete": "off", "inputmode": "numeric" if is_figures else "text"}
        super().__init__(label=label, required=False, max_length=12, widget=forms.TextInput(attrs=attrs))
        self.short_label = short_label


class DayForm(forms.Form):
    """One day, and where `with_time` is set the hour of it. Empty, or whole and possible.

    The year is filled in beforehand and does not count as typed. `name` is what the day is called where something is
    to be mended ("2回目"); `today` is the day in Tokyo. After validation `day` and `at` hold what was typed, None where
    it is empty.
    """

    with_time = False

    def __init__(self, *args, today: date, name: str, **kwargs) -> None:
        super().__init__(*args, use_required_attribute=False, **kwargs)
        self.today, self.name = today, name
        self.day: date | None = None
        self.at: time | None = None
        named = {"name": name}
        self.fields["year"] = ShortField(_("%(name)s: year") % named, pgettext("day form", "year"), "year")
        self.fields["month"] = ShortField(_("%(name)s: month") % named, pgettext("day form", "month"), "two")
        self.fields["day"] = ShortField(_("%(name)s: day") % named, pgettext("day form", "day"), "two")
        self.fields["year"].initial = str(today.year)
        if self.with_time:
            label = _("%(name)s: time") % named
            self.fields["time"] = ShortField(label, pgettext("day form", "time"), "short", is_figures=False)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed; the year, filled in beforehand, does not count."""
        return not any(plain(self.data.get(self.add_prefix(name))) for name in self.fields if name != "year")

    def raw_values(self) -> dict[str, str]:
        """What stands in the fields, as it was typed; fields that did not come along are left out."""
        found = {name: self.data.get(self.add_prefix(name)) for name in self.fields}
        return {name: value for name, value in found.items() if value is not None}

    def forget(self) -> None:
        """What was typed here does not count: nothing is wrong with it, and nothing is to be kept of it."""
        self.day = self.at = None
        if self.is_bound:
            self._errors = ErrorDict()

    @property
    def has_faults(self) -> bool:
        return self.is_bound and bool(self.errors)

    def clean(self) -> dict:
        cleaned = super().clean()
        if self.is_empty:
            return cleaned
        self.day = self._read_day()
        if self.with_time and plain(cleaned.get("time")):
            self.at = self._read_clock("time")
        return cleaned

    def _read_day(self, year: str = "year", month: str = "month", day: str = "day") -> date | None:
        year_number = self._read_year(year)
        month_number = self._number(month, 1, 12, _("the month"))
        day_number = self._number(day, 1, 31, _("the day"))
        if not (year_number and month_number and day_number):
            return None
        try:
            return date(year_number, month_number, day_number)
        except ValueError:
            message = _("There is no %(month)d/%(day)d in that year. Please check the day.")
            self.add_error(day, message % {"month": month_number, "day": day_number})
            return None

    def _read_year(self, name: str) -> int | None:
        typed = plain(self.cleaned_data.get(name)).removesuffix("年")
        era = re.fullmatch(r"(?:令和|R|r)(\d{1,2}|元)", typed)
        if era:
            typed = str(REIWA_BEFORE + (1 if era[1] == "元" else int(era[1])))
        earliest, latest = self.today.year - YEARS_BACK, self.today.year + YEARS_AHEAD
        if re.fullmatch(r"\d{4}", typed) and earliest <= int(typed) <= latest:
            return int(typed)
        example = {"year": self.today.year}
        if not typed:
            self.add_error(name, _("The year is missing. Please write it like %(year)d.") % example)
        else:
            self.add_error(name, _("Please write the year in four figures, like %(year)d.") % example)
        return None

    def _number(self, name: str, least: int, most: int, words: str) -> int | None:
        typed = plain(self.cleaned_data.get(name)).removesuffix("月").removesuffix("日")
        if re.fullmatch(r"\d{1,2}", typed) and least <= int(typed) <= most:
            return int(typed)
        facts = {"part": words, "typed": typed, "least": least, "most": most}
        if not typed:
            message = _("%(part)s is missing. Please write a number from %(least)d to %(most)d.")
        else:
            message = _("“%(typed)s” stands for %(part)s. Please write a number from %(least)d to %(most)d.")
        self.add_error(name, message % facts)
        return None

    def _read_clock(self, name: str) -> time | None:
        """The time that was typed; None for 24:00, and where it cannot be read (said beside the field)."""
        typed = plain(self.cleaned_data.get(name))
        try:
            return read_time(typed)
        except NotATime:
            self.add_error(name, _("Please write the time like 13:30."))
            return None


class DayTimeForm(DayForm):
    """A day with an hour, which may stay empty."""

    with_time = True


def week_later(values: dict[str, str]) -> dict[str, str]:
    """The raw values of a session for the same weekday a week later; its day stays empty where it cannot be read."""
    kept = {name: values.get(name, "") for name in ("starts", "ends")}
    try:
        year, month, number = (int(plain(values.get(name))) for name in ("year", "month", "day"))
        later = date(year, month, number) + timedelta(days=7)
    except (ValueError, OverflowError):
        return kept
    return kept | {"year": str(later.year), "month": str(later.month), "day": str(later.day)}


class SessionForm(DayForm):
    """One time at which something happens: a day with a start and an end, or a stretch of days up to `last` day.

    Without a start whole days are meant. After validation `session` is (start, end, whole days) or None.
    """

    def __init__(self, *args, number: int, today: date, **kwargs) -> None:
        self.number = number
        name = _("date %(number)d") % {"number": number}
        super().__init__(*args, today=today, name=name, **kwargs)
        self.session: tuple[datetime, datetime | None, bool] | None = None
        named, times = {"name": name}, {"size": "short", "is_figures": False}
        month, day = pgettext("day form", "month"), pgettext("day form", "day")
        fields = {
            "starts": ShortField(
                _("%(name)s: start") % named, pgettext("day form", "start"), "short", is_figures=False
            ),
            "ends": ShortField(_("%(name)s: end") % named, pgettext("day form", "end"), **times),
            "last_month": ShortField(_("%(name)s: month of the last day") % named, month, "two"),
            "last_day": ShortField(_("%(name)s: last day") % named, day, "two"),
        }
        self.fields.update(fields)

    def forget(self) -> None:
        super().forget()
        self.session = None

    def clean(self) -> dict:
        cleaned = super().clean()
        if self.is_empty:
            return cleaned
        last = self._last_day() if self.day else None
        starts, ends = plain(cleaned.get("starts")), plain(cleaned.get("ends"))
        starts_at = self._read_clock("starts") if starts else None
        ends_at = self._read_clock("ends") if ends else None
        if starts and starts_at is None and "starts" not in self.errors:
            self.add_error("starts", _("Please write the time like 13:30."))
        if ends and not starts and "ends" not in self.errors:
            self.add_error("starts", _("The start is missing. Please write it like 13:30."))
        if starts_at and ends_at and ends_at <= starts_at and (last is None or last == self.day):
            clock = f"{starts_at.hour}:{starts_at.minute:02}"
            self.add_error("ends", _("This is not later than the start (%(start)s).") % {"start": clock})
        if last and not self.errors:
            self.session = self._put_together(last, starts_at, ends_at, is_midnight=bool(ends) and ends_at is None)
        return cleaned

    def _last_day(self) -> date:
        """The last day of a stretch, in the same year or the one after; the day itself where none was typed."""
        if not plain(self.cleaned_data.get("last_month")) and not plain(self.cleaned_data.get("last_day")):
            return self.day
        month = self._number("last_month", 1, 12, _("the month"))
        day = self._number("last_day", 1, 31, _("the day"))
        if not (month and day):
            return self.day
        for year in (self.day.year, self.day.year + 1):
            try:
                last = date(year, month, day)
            except ValueError:
                continue
            if last >= self.day:
                return last
        message = _("There is no %(month)d/%(day)d in that year. Please check the day.")
        self.add_error("last_day", message % {"month": month, "day": day})
        return self.day

    def _put_together(
        self, last: date, starts: time | None, ends: time | None, *, is_midnight: bool
    ) -> tuple[datetime, datetime | None, bool]:
        if starts is None:
            end = datetime.combine(last, time.min, tzinfo=TOKYO) if last > self.day else None
            return datetime.combine(self.day, time.min, tzinfo=TOKYO), end, True
        starts_at = datetime.combine(self.day, starts, tzinfo=TOKYO)
        if is_midnight:
            return starts_at, datetime.combine(last + timedelta(days=1), time.min, tzinfo=TOKYO), False
        if ends is None:
            end = datetime.combine(last + timedelta(days=1), time.min, tzinfo=TOKYO) if last > self.day else None
            return starts_at, end, False
        return starts_at, datetime.combine(last, ends, tzinfo=TOKYO), False
