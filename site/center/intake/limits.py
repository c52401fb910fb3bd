"""Limits that must hold across processes and restarts: rows of `LimitHit`, one a key and day."""

from datetime import date, timedelta

from django.db.models import F

from center.models import LimitHit


def take(key: str, *, on: date, limit: int) -> bool:
    """Count one more of `key` on that day (Asia/Tokyo) and say whether it is still within `limit`.

    True at most `limit` times a key and day, however many processes ask at once. `key` (120 characters at most) holds
    no personal data: put a keyed hash there.
    """
    LimitHit.objects.get_or_create(key=key, window_on=on)
    return LimitHit.objects.filter(key=key, window_on=on, count__lt=limit).update(count=F("count") + 1) == 1


KEPT_DAYS = 40
"""A window is a day; nothing is asked about one that ended long ago."""


def forget_old(*, today: date) -> int:
    """Remove the rows of windows that ended KEPT_DAYS ago; return how many. Safe to repeat."""
    return LimitHit.objects.filter(window_on__lt=today - timedelta(days=KEPT_DAYS)).delete()[0]
