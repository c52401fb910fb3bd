"""When a mail that the relay certainly did not take is tried again. Pure."""

from collections.abc import Callable
from datetime import datetime, timedelta

DELAYS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=20),
    timedelta(hours=1),
    timedelta(hours=4),
)
"""Five more tries, about five and a half hours in all, so that an issue of 10:00 is settled on its day."""
JITTER = 0.1
"""A tenth either way, so that mails that failed together do not come back together."""


def next_try(attempts: int, *, now: datetime, chance: Callable[[], float]) -> datetime | None:
    """The moment of the next try after `attempts` tries (1 or more), or None when it is time to give up.

    `chance` gives a number from 0 to 1.
    """
    if attempts > len(DELAYS):
        return None
    return now + DELAYS[attempts - 1] * (1 + JITTER * (2 * chance() - 1))
