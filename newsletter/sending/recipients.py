"""Who gets an issue: the rows of its deliveries, written and counted before the first mail."""

from collections.abc import Iterator
from datetime import datetime
from itertools import zip_longest

from django.db import connection, transaction
from django.db.models import Q

from center.models import SendingState
from center.opening import tokyo_date
from center.outbox import new_message_id
from newsletter.models import Delivery, Issue, IssueState, Subscriber, SubscriberState, Suppression
from newsletter.sending.claims import OPEN
from newsletter.sending.verbs import NotBeingSent
from newsletter.subscribers import end_pauses
from newsletter.tokens import address_hash

BATCH = 1_000
"""Rows of one transaction: the database is never held for a second."""
COLUMNS = ("issue_id", "subscriber_id", "email", "email_norm", "locale", "format", "message_id")
COLUMNS += ("state", "attempts", "worker", "error", "later")
ROW = f"({', '.join(['%s'] * len(COLUMNS))})"
ROWS_A_STATEMENT = 80
"""As many as have less than 1,000 values together, which every SQLite takes."""


def materialise_recipients(issue: Issue, *, now: datetime) -> int:
    """Write one delivery for each recipient of an issue that is being sent; return how many it has.

    Pauses that are over end first. Recipients are the active subscribers to the issue's topic (without a topic: all
    active ones) whose address is not suppressed. Safe to repeat, also after a crash half-way and by two workers at
    once: an address gets one row an issue. Once complete it is counted, `materialised_at` is set, and nobody is added
    any more.
    Raises NotBeingSent, also when the issue is paused meanwhile; what is written stays and is completed later.
    """
    end_pauses(now=now)
    for first, end in _ranges(issue):
        with transaction.atomic():
            if _is_complete(issue):
                break
            some = _subscribers(issue).filter(pk__gte=first, **({"pk__lt": end} if end else {}))
            _write_rows(issue, list(some.values_list("pk", "email", "email_norm", "locale", "format")))
            if end is None:
                count = issue.deliveries.count()
                Issue.objects.filter(pk=issue.pk).update(materialised_at=now, recipient_count=count)
    issue.refresh_from_db(fields=["materialised_at", "recipient_count"])
    return issue.recipient_count


def count_recipients(issue: Issue) -> int:
    """How many mails of an issue would still leave: those open, or before they are written all who would get one."""
    if issue.materialised_at:
        return issue.deliveries.filter(state__in=OPEN).count()
    suppressed = set(Suppression.objects.values_list("email_hash", flat=True))
    norms = _subscribers(issue).values_list("email_norm", flat=True)
    return sum(address_hash(norm) not in suppressed for norm in norms.iterator())


def _ranges(issue: Issue) -> Iterator[tuple[int, int | None]]:
    """Ranges of ids that hold a batch each, found by one look; the last one is open, for whoever comes meanwhile.

    Asking for "the next thousand" again and again would sort all readers each time where the database knows no better.
    """
    firsts = [0, *list(_subscribers(issue).order_by("pk").values_list("pk", flat=True))[BATCH::BATCH]]
    yield from zip_longest(firsts, firsts[1:])


def _is_complete(issue: Issue) -> bool:
    """Lock the issue for this batch, so that two workers count the same rows."""
    state, materialised_at = Issue.objects.select_for_update().values_list("state", "materialised_at").get(pk=issue.pk)
    if materialised_at is None and state != IssueState.SENDING:
        raise NotBeingSent(state)
    return materialised_at is not None


def _subscribers(issue: Issue):
    active = Subscriber.objects.filter(will_be_active(issue))
    return active.filter(subscriptions__topic=issue.topic_id) if issue.topic_id else active


def will_be_active(issue: Issue) -> Q:
    """A filter on subscribers: those who get the mail on the issue's day, also when they pause until then."""
    pause_over = Q(state=SubscriberState.PAUSED, paused_until_on__lte=tokyo_date(issue.send_at))
    return Q(state=SubscriberState.ACTIVE) | pause_over


def _write_rows(issue: Issue, batch: list[tuple]) -> None:
    hashes = {address_hash(norm): pk for pk, _, norm, _, _ in batch}
    suppressed = Suppression.objects.filter(email_hash__in=hashes).values_list("email_hash", flat=True)
    barred = {hashes[found] for found in suppressed}
    rows = [
        (issue.pk, *subscriber, new_message_id(issue.slug), SendingState.PENDING.value, 0, "", "", "")
        for subscriber in batch
        if subscriber[0] not in barred
    ]
    # Written out: a model object for each row would take three times as long.
    into = f"INSERT INTO {Delivery._meta.db_table} ({', '.join(COLUMNS)}) VALUES "
    with connection.cursor() as cursor:
        for start in range(0, len(rows), ROWS_A_STATEMENT):
            some = rows[start : start + ROWS_A_STATEMENT]
            statement = into + ", ".join([ROW] * len(some)) + " ON CONFLICT DO NOTHING"
            cursor.execute(statement, [value for row in some for value in row])
