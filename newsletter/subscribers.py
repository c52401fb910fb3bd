"""Writes about subscribers: signing up, confirming, changing, pausing, leaving, erasing. Every step is in the ledger.

`now` is an aware moment. Nothing here tells the public whether an address is known; views give one answer for all.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import Q

from center.intake.addresses import normalise_address
from center.intake.limits import take
from center.intake.tokens import hash_token
from center.models import OutgoingMail, User
from center.models.sending_row import FINAL_STATES, SendingState
from center.opening import tokyo_date
from newsletter.models import (
    AddressChange,
    ConsentEvent,
    MailFormat,
    Subscriber,
    SubscriberState,
    Suppression,
    Topic,
)
from newsletter.subscriber_mails import send_already, send_confirmation, send_welcome
from newsletter.subscriber_steps import (
    activate,
    is_suppressed,
    known_or_new,
    locked,
    mailbox,
    set_topics,
    suppress_address,
    write_line,
)
from newsletter.tokens import address_hash, confirm_token

Action, Channel = ConsentEvent.Action, ConsentEvent.Channel

CONFIRM_WITHIN = timedelta(hours=72)
SAME_LINK_WHILE = timedelta(hours=24)
"""A second request gets the link of the first while that one is open for at least this long."""
MAILS_A_DAY = 3
"""To one address, whoever asks for them."""
REQUESTS_A_DAY = 300
"""From one internet address. City hall is one address: 60 honest people in ten minutes must all get through."""
UNDO_WITHIN = timedelta(days=7)
FORGET_UNCONFIRMED_AFTER = timedelta(days=7)
PAUSED_WORDS, RESUMED_WORDS = "pause", "resume"
"""What the ledger notes beside a change; the screens say it in words."""

GETS_MAIL = (SubscriberState.ACTIVE, SubscriberState.PAUSED)


class UnknownLink(Exception):
    """No subscriber belongs to this token: mistyped, erased, or never given out."""


class ConfirmationOver(Exception):
    """The 72 hours of a confirmation are over."""


class UndoTooLate(Exception):
    """Leaving can be undone for seven days, by somebody who had confirmed before."""


class AlreadySubscribed(Exception):
    """The address gets the mail already, or has paused it."""


class SuppressedAddress(Exception):
    """The address must not be mailed until staff take it off the list."""


class TooManyRequests(Exception):
    """More sign-ups from one place in a day than people make."""


class Outcome(StrEnum):
    """What a request to sign up led to. For tests and logs; the public never learns it."""

    CONFIRM = "confirm"
    ALREADY = "already"
    SUPPRESSED = "suppressed"
    LIMITED = "limited"


# Signing up


def admit_request(*, client: str, now: datetime) -> None:
    """Count a request to sign up from one internet address. Raises TooManyRequests after REQUESTS_A_DAY."""
    if not take(f"mail-client:{address_hash(client)}", on=tokyo_date(now), limit=REQUESTS_A_DAY):
        raise TooManyRequests


@transaction.atomic
def request_subscription(
    *,
    email: str,
    locale: str,
    format: str,
    topics: Iterable[Topic],
    words_version: str,
    page: str,
    channel: str = Channel.WEB,
    now: datetime,
) -> Outcome:
    """Take a request to sign up: a pending subscriber, an entry in the ledger, and the mail with the link to confirm.

    Nothing of somebody who gets the mail already changes; they are written to instead. A suppressed address gets
    nothing. At most MAILS_A_DAY mails a day go to one mailbox, after that nothing is written at all.
    Raises NotAnAddress.
    """
    email, email_norm = normalise_address(email)
    if not take(f"mail-signup:{address_hash(mailbox(email_norm))}", on=tokyo_date(now), limit=MAILS_A_DAY):
        return Outcome.LIMITED
    write_line(email_norm, Action.REQUESTED, channel=channel, words_version=words_version, page=page, now=now)
    if is_suppressed(email_norm):
        return Outcome.SUPPRESSED
    subscriber = known_or_new(email, email_norm, locale=locale, format=format, now=now)
    if subscriber.state in GETS_MAIL:
        send_already(subscriber, now=now)
        return Outcome.ALREADY
    subscriber.email, subscriber.locale, subscriber.format = email, locale, format
    if not subscriber.confirm_until_at or subscriber.confirm_until_at - now < SAME_LINK_WHILE:
        subscriber.confirm_until_at = now + CONFIRM_WITHIN
    token = confirm_token(subscriber.pk, subscriber.confirm_until_at)
    subscriber.confirm_token_hash = hash_token(token)
    subscriber.save()
    set_topics(subscriber, topics)
    send_confirmation(subscriber, token, now=now)
    return Outcome.CONFIRM


def find_confirmation(token: str, *, now: datetime) -> Subscriber:
    """The subscriber whose confirmation a link opens; one who has confirmed already is returned for good.

    Raises UnknownLink, and ConfirmationOver after 72 hours.
    """
    subscriber = Subscriber.objects.filter(confirm_token_hash=hash_token(token)).first()
    if subscriber is None:
        raise UnknownLink
    is_over = subscriber.confirm_until_at is None or now >= subscriber.confirm_until_at
    if is_over and subscriber.state not in GETS_MAIL:
        raise ConfirmationOver
    return subscriber


@transaction.atomic
def confirm_subscription(*, token: str, now: datetime) -> Subscriber:
    """Finish a sign-up and send the welcome mail. Safe to repeat: the second time changes and sends nothing.

    Raises UnknownLink, and ConfirmationOver after 72 hours.
    """
    subscriber = locked(find_confirmation(token, now=now))
    if subscriber.state in GETS_MAIL:
        return subscriber
    asked = ConsentEvent.objects.filter(email_hash=address_hash(subscriber.email_norm), action=Action.REQUESTED).last()
    words = {"words_version": asked.words_version, "page": asked.page} if asked else {}
    activate(subscriber, source=Channel.WEB, now=now)
    write_line(subscriber.email_norm, Action.CONFIRMED, channel=Channel.WEB, now=now, **words)
    send_welcome(subscriber, now=now)
    return subscriber


@transaction.atomic
def subscribe_by_staff(
    *,
    email: str,
    locale: str,
    format: str,
    topics: Iterable[Topic],
    channel: str,
    by: User,
    words_version: str = "",
    consented_on: date | None = None,
    note: str = "",
    now: datetime,
) -> Subscriber:
    """Enter somebody who signed up on paper, by FAX, by phone or at the counter: active at once, with a welcome mail.

    `consented_on` is the day on the paper, `note` where it is kept.
    Raises NotAnAddress, AlreadySubscribed, and SuppressedAddress while the address is on that list.
    """
    email, email_norm = normalise_address(email)
    if is_suppressed(email_norm):
        raise SuppressedAddress
    subscriber = known_or_new(email, email_norm, locale=locale, format=format, now=now)
    if subscriber.state in GETS_MAIL:
        raise AlreadySubscribed
    subscriber.email, subscriber.locale, subscriber.format = email, locale, format
    activate(subscriber, source=channel, now=now)
    set_topics(subscriber, topics)
    write_line(
        email_norm,
        Action.CONFIRMED,
        channel=channel,
        words_version=words_version,
        consented_on=consented_on,
        words=note,
        by=by,
        now=now,
    )
    send_welcome(subscriber, now=now)
    return subscriber


def forget_unconfirmed(*, now: datetime) -> int:
    """Delete the addresses of those who never confirmed, seven days after their link ended; return how many.

    The ledger keeps the request under the hash of the address.
    """
    over = Q(confirm_until_at__lt=now - FORGET_UNCONFIRMED_AFTER)
    forgotten = Subscriber.objects.filter(over, state=SubscriberState.PENDING, confirmed_at=None)
    count = forgotten.count()
    forgotten.delete()
    return count


# What a subscriber does with the personal link


def find_by_token(token: str) -> Subscriber | None:
    """The subscriber to whom a personal link belongs; None for a link of nobody or of somebody erased."""
    return Subscriber.objects.filter(token_hash=hash_token(token)).first()


@transaction.atomic
def leave(*, token: str, now: datetime, channel: str = Channel.MAIL) -> Subscriber:
    """End the mail for the owner of a personal link, at once. Safe to repeat. Raises UnknownLink."""
    subscriber = find_by_token(token)
    if subscriber is None:
        raise UnknownLink
    return take_out(subscriber=subscriber, channel=channel, now=now)


@transaction.atomic
def take_out(*, subscriber: Subscriber, channel: str, by: User | None = None, now: datetime) -> Subscriber:
    """End the mail for a subscriber, at once; staff do it for somebody who phones. Safe to repeat."""
    subscriber = locked(subscriber)
    if subscriber.state in (SubscriberState.LEFT, SubscriberState.ERASED):
        return subscriber
    AddressChange.objects.filter(subscriber=subscriber).delete()
    subscriber.state = SubscriberState.LEFT
    subscriber.left_at = now
    subscriber.paused_until_on = None
    subscriber.confirm_token_hash = subscriber.confirm_until_at = None
    subscriber.save()
    write_line(subscriber.email_norm, Action.UNSUBSCRIBED, channel=channel, by=by, now=now)
    return subscriber


@transaction.atomic
def undo_leave(*, token: str, now: datetime) -> Subscriber:
    """Take back leaving, within seven days. Safe to repeat. Raises UnknownLink, UndoTooLate."""
    subscriber = find_by_token(token)
    if subscriber is None:
        raise UnknownLink
    subscriber = locked(subscriber)
    if subscriber.state in GETS_MAIL:
        return subscriber
    if not can_undo(subscriber, now=now):
        raise UndoTooLate
    subscriber.state = SubscriberState.ACTIVE
    subscriber.left_at = None
    subscriber.confirm_token_hash = subscriber.confirm_until_at = None
    subscriber.save()
    write_line(subscriber.email_norm, Action.RESUBSCRIBED, channel=Channel.WEB, now=now)
    return subscriber


def can_undo(subscriber: Subscriber, *, now: datetime) -> bool:
    """Whether leaving can still be taken back: within seven days, by somebody who had confirmed."""
    has_left = subscriber.state == SubscriberState.LEFT and subscriber.left_at is not None
    return has_left and subscriber.confirmed_at is not None and now < subscriber.left_at + UNDO_WITHIN


@transaction.atomic
def change_preferences(
    *,
    subscriber: Subscriber,
    locale: str,
    format: str,
    topics: Iterable[Topic],
    channel: str = Channel.WEB,
    by: User | None = None,
    now: datetime,
) -> bool:
    """Change language, form and kinds of mail; say whether anything changed. Only a change goes to the ledger."""
    subscriber = locked(subscriber)
    if subscriber.state == SubscriberState.ERASED:
        return False
    changed = set_topics(subscriber, topics)
    if (subscriber.locale, subscriber.format) != (locale, format):
        subscriber.locale, subscriber.format = locale, format
        subscriber.save(update_fields=["locale", "format"])
        changed = True
    if changed:
        write_line(subscriber.email_norm, Action.CHANGED, channel=channel, by=by, now=now)
    return changed


@transaction.atomic
def pause(
    *,
    subscriber: Subscriber,
    until_on: date | None = None,
    channel: str = Channel.WEB,
    by: User | None = None,
    now: datetime,
) -> bool:
    """Send nothing before `until_on` (None: until the subscriber resumes); say whether that is new.

    Only somebody who gets the mail can pause; a pause can be made longer or shorter.
    """
    subscriber = locked(subscriber)
    wanted = (SubscriberState.PAUSED, until_on)
    if subscriber.state not in GETS_MAIL or (subscriber.state, subscriber.paused_until_on) == wanted:
        return False
    subscriber.state, subscriber.paused_until_on = wanted
    subscriber.save(update_fields=["state", "paused_until_on"])
    write_line(subscriber.email_norm, Action.CHANGED, channel=channel, words=PAUSED_WORDS, by=by, now=now)
    return True


@transaction.atomic
def resume(*, subscriber: Subscriber, channel: str = Channel.WEB, by: User | None = None, now: datetime) -> bool:
    """Send again after a pause; say whether that is new."""
    paused = Subscriber.objects.filter(pk=subscriber.pk, state=SubscriberState.PAUSED)
    if not paused.update(state=SubscriberState.ACTIVE, paused_until_on=None):
        return False
    write_line(subscriber.email_norm, Action.CHANGED, channel=channel, words=RESUMED_WORDS, by=by, now=now)
    return True


@transaction.atomic
def end_pauses(*, now: datetime) -> int:
    """Send again to those whose pause ended on this day or before; return how many. Safe to repeat."""
    over = Subscriber.objects.select_for_update().filter(
        state=SubscriberState.PAUSED, paused_until_on__lte=tokyo_date(now)
    )
    return sum(resume(subscriber=subscriber, channel=Channel.WEB, now=now) for subscriber in over)


@transaction.atomic
def erase(
    *, subscriber: Subscriber, by: User | None, channel: str = Channel.WEB, suppress: bool = False, now: datetime
) -> None:
    """Take the address out of the subscriber, of the mails to it and of what is still to be sent. Safe to repeat.

    The ledger keeps what was agreed to, under the hash of the address. With `suppress` (only when asked for) the
    address is never mailed again, whoever signs it up. `by` is None when the subscriber does it. A mail that a worker
    holds at this moment keeps its address until the deliveries' retention ends.
    """
    subscriber = locked(subscriber)
    if subscriber.state == SubscriberState.ERASED:
        return
    email, email_norm = subscriber.email, subscriber.email_norm
    write_line(email_norm, Action.ERASED, channel=channel, by=by, now=now)
    if suppress:
        suppress_address(email_norm=email_norm, reason=Suppression.Reason.ERASED, source=channel, now=now)
    nobody = {"email": "", "email_norm": address_hash(email_norm)}
    ConsentEvent.objects.filter(email_hash=address_hash(email_norm)).update(note="")  # staff may have noted a name
    waiting = [SendingState.PENDING, SendingState.DEFERRED]
    subscriber.deliveries.filter(state__in=waiting).update(state=SendingState.CANCELLED, result_at=now, **nobody)
    subscriber.deliveries.filter(state__in=FINAL_STATES).update(**nobody)
    mails = OutgoingMail.objects.filter(kind__startswith="mail-", to__in={email, email_norm})
    mails.filter(state__in=[*waiting, *FINAL_STATES]).delete()
    subscriber.subscriptions.all().delete()
    AddressChange.objects.filter(subscriber=subscriber).delete()
    Subscriber.objects.filter(pk=subscriber.pk).update(
        state=SubscriberState.ERASED,
        email="",
        email_norm=f"erased-{subscriber.pk}",
        locale="ja",
        format=MailFormat.HTML,
        token_hash=None,
        confirm_token_hash=None,
        confirm_until_at=None,
        paused_until_on=None,
        source="",
    )
