"""How fast mail leaves: limits of mails a minute, shared by all workers through rows, and hours in which none does.

A row holds the moment of the next mail. There is one for all mails, one for each issue where the rule sets a limit for
issues, and one for each mail domain that has its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import F

from center.opening import TOKYO
from newsletter.models import DomainPace, MailPolicy, Pace

USUAL_PER_MINUTE = 600
BELOW_THE_LIMIT = 0.96
"""Mails are spaced for 96 % of the limit, so that one that leaves a little late does not crowd the second after it."""
TOGETHER = timedelta(milliseconds=5)
"""Places are taken for this long at once: one commit for them, and no second holds more than the limit."""
FARTHEST = timedelta(minutes=10)
"""A row farther ahead than this was written under another clock; it does not count."""
CATCHES_UP = timedelta(seconds=1)
"""How long ago a place for a domain may have been free and still count: its rows are looked at about once a second."""
ALL = "all"


@dataclass(frozen=True)
class Limits:
    """What the rule of the mail says about speed. `issue` is None where an issue may take all; times in Tokyo."""

    per_minute: int = USUAL_PER_MINUTE
    issue: int | None = None
    quiet_from: time | None = None
    quiet_until: time | None = None

    @property
    def lowest(self) -> int:
        """Mails a minute that an issue reaches at most."""
        return min(self.per_minute, self.issue or self.per_minute)

    def quiet_end(self, now: datetime) -> datetime | None:
        """When the quiet hours end that `now` lies in; None outside them. They may span midnight."""
        if self.quiet_from is None or self.quiet_until is None:
            return None
        here = now.astimezone(TOKYO)
        spans_midnight = self.quiet_from > self.quiet_until
        is_late, is_early = here.time() >= self.quiet_from, here.time() < self.quiet_until
        if not (is_late or is_early if spans_midnight else is_late and is_early):
            return None
        day = here.date() + timedelta(days=1) if spans_midnight and is_late else here.date()
        return datetime.combine(day, self.quiet_until, TOKYO)


def limits(*, now: datetime) -> Limits:
    """The limits of the rule in force at `now`; 600 a minute where there is none yet."""
    policy = MailPolicy.objects.filter(valid_from_at__lte=now).order_by("-valid_from_at").first()
    if policy is None:
        return Limits()
    return Limits(policy.per_minute, policy.issue_per_minute, policy.quiet_from, policy.quiet_until)


def together(limit: int) -> int:
    """How many places are taken at once with `limit` mails a minute; 1 up to 24,000."""
    return max(1, int(limit * (TOGETHER / timedelta(minutes=1))))


def reserve(count: int, *, limit: int, now: datetime, key: str = ALL) -> datetime:
    """Take the places of the next `count` mails and return the moment from which they may leave, `now` or later.

    To be called in a transaction: the row is locked until it ends. `limit` is in mails a minute. Nothing is saved up
    while nobody sends.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("reserve() needs a transaction")
    pace, _ = Pace.objects.select_for_update().get_or_create(key=key, defaults={"next_at": now})
    starts_at = pace.next_at if now < pace.next_at <= now + FARTHEST else now
    pace.next_at = starts_at + count * _spacing(limit)
    pace.save(update_fields=["next_at"])
    return starts_at


def shift(late: timedelta, *, keys: Iterable[str]) -> None:
    """Move the places that are still to be taken, since a mail used its own so much too late."""
    Pace.objects.filter(key__in=list(keys)).update(next_at=F("next_at") + late)


def issue_key(issue_id: int) -> str:
    """The name of an issue's own row."""
    return f"issue:{issue_id}"


def domains() -> list[DomainPace]:
    """The mail domains that have a limit, locked until the caller's transaction ends."""
    return list(DomainPace.objects.select_for_update().order_by("pk"))


def free_places(domain: DomainPace, *, now: datetime) -> int:
    """How many mails may leave to a domain at once; 0 until its next moment."""
    next_at = _next_at(domain, now)
    return 0 if next_at > now else 1 + int((now - next_at) / _spacing(domain.per_minute))


def take_places(domain: DomainPace, count: int, *, now: datetime) -> None:
    """Note that `count` mails to a domain leave; in the transaction that locked it."""
    if count:
        domain.next_at = _next_at(domain, now) + count * _spacing(domain.per_minute)
        domain.save(update_fields=["next_at"])


def _next_at(domain: DomainPace, now: datetime) -> datetime:
    earliest = now - CATCHES_UP
    if domain.next_at is None:
        return now
    return domain.next_at if earliest <= domain.next_at <= now + FARTHEST else earliest


def _spacing(limit: int) -> timedelta:
    return timedelta(minutes=1) / (limit * BELOW_THE_LIMIT)
