"""Asking for the password again before something weighty: taking out personal data, for example.

Whoever gave it within the last minutes in this browser is not asked again.
"""

from datetime import datetime, timedelta

from django.http import HttpRequest

from center.intake.limits import take
from center.opening import tokyo_date

GOOD_FOR = timedelta(minutes=5)
TRIES_A_DAY = 20
"""Wrong passwords of one account a day in this place; a session that somebody else found open guesses no further."""
GIVEN_AT = "password_given_at"


class TooManyTries(Exception):
    """Too many wrong passwords today."""


def given_lately(request: HttpRequest, *, now: datetime) -> bool:
    """Whether the password was given in this session within the last five minutes."""
    given_at = request.session.get(GIVEN_AT, "")
    if not isinstance(given_at, str) or not given_at:
        return False
    return timedelta() <= now - datetime.fromisoformat(given_at) < GOOD_FOR


def give(request: HttpRequest, password: str, *, now: datetime) -> bool:
    """Whether this is the password of the user; if so, it counts for the next minutes. Raises TooManyTries."""
    if not take(f"password-again:{request.user.pk}", on=tokyo_date(now), limit=TRIES_A_DAY):
        raise TooManyTries
    if not request.user.check_password(password):
        return False
    request.session[GIVEN_AT] = now.isoformat()
    return True
