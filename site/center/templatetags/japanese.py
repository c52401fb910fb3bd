"""Days and times in words, in the language of the page: `{% load japanese %}`. An empty value shows nothing."""

from datetime import date, datetime, time

from django import template
from django.utils import timezone

from center.japanese import dates

register = template.Library()


@register.filter
def day_words(day: date | None, seen_on: date | None = None) -> str:
    """12月5日（土）. With the day of reading as argument a day of another year carries its year."""
    return dates.day_words(day, seen_on=seen_on) if day else ""


@register.filter
def full_date(day: date | None) -> str:
    """2026年（令和8年）11月23日（月・祝）."""
    return dates.full_date(day) if day else ""


@register.filter
def weekday_word(day: date | None, form: str = "short") -> str:
    """土; with "leaf" 土曜, with "long" 土曜日."""
    return dates.weekday_word(day, form=form) if day else ""


@register.filter
def month_words(day: date | None) -> str:
    """2026年12月."""
    return dates.month_words(day) if day else ""


@register.filter
def time_words(at: time | datetime | None) -> str:
    """13時30分."""
    return dates.time_words(at) if at is not None and at != "" else ""


@register.filter
def era_year(year: date | int | None) -> str:
    """令和8年; nothing for a year before the eras."""
    try:
        return dates.era_year(year) if year else ""
    except dates.NoEra:
        return ""


@register.filter
def days_left(day: date | None, today: date | None = None) -> str:
    """あと6日, counted from today in Asia/Tokyo or from the day given."""
    return dates.days_left_words(day, today or timezone.localdate(timezone=dates.TOKYO)) if day else ""


@register.simple_tag
def period(
    starts_at: date | None, ends_at: date | None = None, all_day: bool = False, seen_on: date | None = None
) -> str:
    """12月12日（土）10時〜12時."""
    return dates.period_words(starts_at, ends_at or None, bool(all_day), seen_on=seen_on or None) if starts_at else ""
