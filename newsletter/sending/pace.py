"""The limit of mails a minute, one for all workers: a row with the moment of the next mail."""

from datetime import datetime, timedelta

from django.db import transaction

from newsletter.models import MailPolicy, Pace

USUAL_PER_MINUTE = 600
BELOW_THE_LIMIT = 0.97
"""Mails are spaced for 97 % of the limit, so that one that leaves a little late does not crowd the second after it."""
TOGETHER = timedelta(milliseconds=5)
"""Places are taken for this long at once: one commit for them, and no second holds more than the limit."""
FARTHEST = timedelta(minutes=10)
"""A row farther ahead than this was written under another clock; it does not count."""


def per_minute(*, now: datetime) -> int:
    """The limit of the policy in force at `now`, 600 where there is none yet."""
    policy = MailPolicy.objects.filter(valid_from_at__lte=now).order_by("-valid_from_at").first()
    return policy.per_minute if policy else USUAL_PER_MINUTE


def together(limit: int) -> int:
    """How many places are taken at once with `limit` mails a minute; 1 up to 24,000."""
    return max(1, int(limit * (TOGETHER / timedelta(minutes=1))))


def reserve(count: int, *, limit: int, now: datetime) -> datetime:
    """Take the places of the next `count` mails and return the moment from which they may leave, `now` or later.

    To be called in a transaction: the row is locked until it ends. `limit` is in mails a minute. Nothing is saved up
    while nobody sends.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("reserve() needs a transaction")
    pace, _ = Pace.objects.select_for_update().get_or_create(pk=1, defaults={"next_at": now})
    starts_at = pace.next_at if now < pace.next_at <= now + FARTHEST else now
    pace.next_at = starts_at + count * timedelta(minutes=1) / (limit * BELOW_THE_LIMIT)
    pace.save(update_fields=["next_at"])
    return starts_at
