"""Writes by staff to the list of suppressed addresses. Only the hash of an address is kept, in the log nothing."""

from datetime import datetime

from django.db import transaction
from wagtail.log_actions import log

from center.models import User
from newsletter.models import ConsentEvent, Subscriber, SubscriberState, Suppression
from newsletter.sending import log_actions
from newsletter.subscriber_steps import suppress_address
from newsletter.subscribers import GETS_MAIL, take_out
from newsletter.tokens import address_hash


class SuppressedAlready(Exception):
    """The address is on the list. `row` is its entry."""

    def __init__(self, row: Suppression) -> None:
        super().__init__(row.pk)
        self.row = row


@transaction.atomic
def suppress_by_staff(*, email_norm: str, reason: str, source: str, by: User, now: datetime) -> Suppression:
    """Mail an address no more, whoever signs it up; no mail that is not on its way yet goes to it any more.

    Whoever subscribes with it leaves, or is suspended where it is undeliverable. `source` is what staff noted. Raises
    SuppressedAlready.
    """
    if known := Suppression.objects.filter(email_hash=address_hash(email_norm)).first():
        raise SuppressedAlready(known)
    row = suppress_address(email_norm=email_norm, reason=reason, source=source, now=now)
    subscriber = Subscriber.objects.filter(email_norm=email_norm).first()
    if subscriber and reason == Suppression.Reason.UNDELIVERABLE:
        gets_mail = Subscriber.objects.filter(pk=subscriber.pk, state__in=GETS_MAIL)
        gets_mail.update(state=SubscriberState.SUSPENDED, paused_until_on=None)
    elif subscriber and subscriber.state in GETS_MAIL:
        take_out(subscriber=subscriber, channel=ConsentEvent.Channel.COUNTER, by=by, now=now)
    data = {"reason": "　".join(part for part in (str(row.get_reason_display()), row.source) if part)}
    log(instance=row, action=log_actions.SUPPRESSED, user=by, timestamp=now, title=_title(row), data=data)
    return row


@transaction.atomic
def lift_suppression(row: Suppression, *, reason: str, by: User, now: datetime) -> None:
    """Take an address off the list. Nobody is subscribed by that: who was suspended or left agrees anew. Logged."""
    data = {"reason": reason[:300], "was": str(row.get_reason_display()), "since": row.at.isoformat()}
    log(
        instance=row,
        action=log_actions.UNSUPPRESSED,
        user=by,
        timestamp=now,
        title=_title(row),
        data=data,
        deleted=True,
    )
    row.delete()


def _title(row: Suppression) -> str:
    return f"{row.email_hash[:8]}"
