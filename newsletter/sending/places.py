"""The places in the pace that one claim takes for its mails, and the waiting for them."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from newsletter.sending import pace
from newsletter.sending.durable import durably
from newsletter.sending.lanes import Lane
from newsletter.sending.station import Station

LONGEST_NAP = 5.0
TOLERATED = timedelta(milliseconds=20)
"""A mail that leaves later than that moves the places after it, so that they do not crowd its second."""


class Places:
    """Taken a few at a time, so that a slow pace does not hold what nobody uses. `rate`: mails a minute at most."""

    def __init__(
        self, station: Station, lane: Lane, limits: pace.Limits, *, stay_alive: Callable[[datetime], None]
    ) -> None:
        self.station, self.lane, self.limits = station, lane, limits
        self.rate = limits.lowest if lane.is_bulk else limits.per_minute
        self._stay_alive = stay_alive
        self._left = 0

    def reserve(self, now: datetime) -> datetime:
        """Take the next places, in the caller's transaction; the moment from which they may be used."""
        if not self.station.transport.is_paced:
            return now
        self._left = pace.together(self.rate)
        starts_at = pace.reserve(self._left, limit=self.limits.per_minute, now=now)
        if self.lane.is_bulk and self.limits.issue:
            key = self.lane.pace_key
            starts_at = max(starts_at, pace.reserve(self._left, limit=self.limits.issue, now=now, key=key))
        return starts_at

    def take(self) -> bool:
        """Use one place, and wait for it. False where the worker is to end."""
        if self.station.stop.is_set():
            return False
        if not self.station.transport.is_paced:
            return True
        if not self._left:
            starts_at = durably(self._reserved)
            self.wait_until(starts_at)
            late = self.station.clock() - starts_at
            if late > TOLERATED:
                durably(lambda: pace.shift(late, keys=(pace.ALL, self.lane.pace_key)))
        self._left -= 1
        return not self.station.stop.is_set()

    def wait_until(self, starts_at: datetime) -> None:
        """Sleep until then, telling the others that this worker lives."""
        left = (starts_at - self.station.clock()).total_seconds()
        while left > 0 and not self.station.stop.is_set():
            nap = min(left, LONGEST_NAP)
            self.station.sleep(nap)
            left -= nap
            if left > 0:
                self._stay_alive(self.station.clock())

    def _reserved(self) -> datetime:
        with transaction.atomic():
            return self.reserve(self.station.clock())
