"""The mail goes to another address: asked for on the personal page, confirmed at the new address.

The new address becomes a subscriber of its own with the same choices, and a link of its own; the old one leaves. So the
link in old mails opens nothing of the new address, and whoever did not ask for it takes it back with the old one.
"""

from datetime import datetime, timedelta

from django.db import transaction

from center.intake.addresses import normalise_address
from center.intake.limits import take
from center.intake.tokens import hash_token
from center.opening import tokyo_date
from newsletter.models import AddressChange, ConsentEvent, Subscriber, SubscriberState, Topic
from newsletter.subscriber_mails import send_already, send_move, send_moved
from newsletter.subscriber_steps import activate, is_suppressed, known_or_new, locked, mailbox, set_topics, write_line
from newsletter.subscribers import CONFIRM_WITHIN, GETS_MAIL, MAILS_A_DAY, ConfirmationOver, Outcome, UnknownLink
from newsletter.tokens import address_change_token, address_hash

Action, Channel = ConsentEvent.Action, ConsentEvent.Channel
MOVES_A_DAY = 5
"""Of one subscriber: a link that fell into wrong hands writes to no more strangers than that."""
KEPT = timedelta(days=7)
PAGE = "/u/"


@transaction.atomic
def request_move(*, subscriber: Subscriber, email: str, now: datetime) -> Outcome:
    """Ask for the mail at another address: a mail goes there, and nothing changes before it is confirmed.

    The public never learns the outcome. Raises NotAnAddress.
    """
    email, email_norm = normalise_address(email)
    subscriber, today = locked(subscriber), tokyo_date(now)
    if subscriber.state not in GETS_MAIL or email_norm == subscriber.email_norm:
        return Outcome.ALREADY
    if not take(f"mail-move:{subscriber.pk}", on=today, limit=MOVES_A_DAY):
        return Outcome.LIMITED
    # The same count as for sign-ups: however somebody asks, one mailbox gets so many mails a day.
    if not take(f"mail-signup:{address_hash(mailbox(email_norm))}", on=today, limit=MAILS_A_DAY):
        return Outcome.LIMITED
    write_line(email_norm, Action.REQUESTED, channel=Channel.WEB, page=PAGE, now=now)
    if is_suppressed(email_norm):
        return Outcome.SUPPRESSED
    other = Subscriber.objects.filter(email_norm=email_norm, state__in=GETS_MAIL).first()
    if other:
        send_already(other, now=now)
        return Outcome.ALREADY
    until_at = now + CONFIRM_WITHIN
    token = address_change_token(subscriber.pk, email_norm, until_at)
    values = {"email": email, "email_norm": email_norm, "token_hash": hash_token(token), "until_at": until_at}
    AddressChange.objects.update_or_create(subscriber=subscriber, defaults=values)
    send_move(subscriber, to=email, token=token, until_at=until_at, now=now)
    return Outcome.CONFIRM


def find_move(token: str, *, now: datetime) -> AddressChange:
    """The change that a link confirms. Raises UnknownLink, and ConfirmationOver after 72 hours."""
    change = AddressChange.objects.select_related("subscriber").filter(token_hash=hash_token(token)).first()
    if change is None:
        raise UnknownLink
    if now >= change.until_at:
        raise ConfirmationOver
    return change


def is_done(change: AddressChange) -> bool:
    """Whether the new address gets the mail already."""
    return Subscriber.objects.filter(email_norm=change.email_norm, state__in=GETS_MAIL).exists()


@transaction.atomic
def confirm_move(*, token: str, now: datetime) -> Subscriber:
    """The new address gets the mail from now on, the old one leaves and is told so. Safe to repeat.

    Raises UnknownLink, also for an address that must not be mailed, and ConfirmationOver after 72 hours.
    """
    change = find_move(token, now=now)
    old = locked(change.subscriber)
    new = known_or_new(change.email, change.email_norm, locale=old.locale, format=old.format, now=now)
    if new.state in GETS_MAIL and old.state not in GETS_MAIL:
        return new
    if old.state not in GETS_MAIL or is_suppressed(change.email_norm):
        raise UnknownLink
    state, until_on = old.state, old.paused_until_on
    if new.state not in GETS_MAIL:
        _take_over(new, old, email=change.email, now=now)
    old.state, old.left_at, old.paused_until_on = SubscriberState.LEFT, now, None
    old.confirm_token_hash = old.confirm_until_at = None
    old.save()
    if state == SubscriberState.PAUSED:
        Subscriber.objects.filter(pk=new.pk).update(state=state, paused_until_on=until_on)
    write_line(old.email_norm, Action.MOVED, channel=Channel.WEB, page=PAGE, now=now)
    send_moved(old, now=now)
    return new


def forget_moves(*, now: datetime) -> int:
    """Delete the addresses of changes whose link ended seven days ago; return how many."""
    return AddressChange.objects.filter(until_at__lt=now - KEPT).delete()[0]


def _take_over(new: Subscriber, old: Subscriber, *, email: str, now: datetime) -> None:
    new.email, new.locale, new.format = email, old.locale, old.format
    new.confirm_token_hash = new.confirm_until_at = None
    activate(new, source=old.source or Channel.WEB, now=now)
    set_topics(new, Topic.objects.filter(subscribers=old))
    agreed = ConsentEvent.objects.filter(email_hash=address_hash(old.email_norm)).exclude(words_version="").last()
    version = agreed.words_version if agreed else ""
    write_line(new.email_norm, Action.CONFIRMED, channel=Channel.WEB, words_version=version, page=PAGE, now=now)
