"""The steps that every change of a subscriber is made of. Used by services alone, inside their transactions."""

from collections.abc import Iterable
from datetime import date, datetime

from center.models import User
from newsletter.models import ConsentEvent, Subscriber, SubscriberState, Subscription, Suppression, Topic
from newsletter.tokens import address_hash, personal_token_hash


def is_suppressed(email_norm: str) -> bool:
    """Whether an address must not be mailed."""
    return Suppression.objects.filter(email_hash=address_hash(email_norm)).exists()


def suppress_address(*, email_norm: str, reason: str, source: str, now: datetime) -> Suppression:
    """Never mail this address again until staff lift it. Safe to repeat: the first reason stays."""
    defaults = {"reason": reason, "source": source[:120], "at": now}
    return Suppression.objects.get_or_create(email_hash=address_hash(email_norm), defaults=defaults)[0]


def mailbox(email_norm: str) -> str:
    """The address without its part after +, which arrives in the same mailbox."""
    local, _, domain = email_norm.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def known_or_new(email: str, email_norm: str, *, locale: str, format: str, now: datetime) -> Subscriber:
    """The subscriber of an address, locked; a new one is pending and has its personal link."""
    defaults = {"email": email, "locale": locale, "format": format, "created_at": now}
    found, is_new = Subscriber.objects.select_for_update().get_or_create(email_norm=email_norm, defaults=defaults)
    if is_new:
        found.token_hash = personal_token_hash(found.pk)
        found.save(update_fields=["token_hash"])
    return found


def locked(subscriber: Subscriber) -> Subscriber:
    """The subscriber as it stands now, locked until the transaction ends."""
    return Subscriber.objects.select_for_update().get(pk=subscriber.pk)


def activate(subscriber: Subscriber, *, source: str, now: datetime) -> None:
    """From now on the mail comes."""
    subscriber.state = SubscriberState.ACTIVE
    subscriber.confirmed_at = now
    subscriber.left_at = subscriber.paused_until_on = None
    subscriber.source = source
    subscriber.token_hash = personal_token_hash(subscriber.pk)
    subscriber.save()


def set_topics(subscriber: Subscriber, topics: Iterable[Topic]) -> bool:
    """Make these the subscriber's kinds of mail; say whether anything changed."""
    wanted = {topic.pk for topic in topics}
    known = set(subscriber.subscriptions.values_list("topic_id", flat=True))
    subscriber.subscriptions.filter(topic_id__in=known - wanted).delete()
    Subscription.objects.bulk_create([Subscription(subscriber=subscriber, topic_id=pk) for pk in wanted - known])
    return wanted != known


def write_line(
    email_norm: str,
    action: str,
    *,
    channel: str,
    now: datetime,
    words_version: str = "",
    page: str = "",
    consented_on: date | None = None,
    words: str = "",
    by: User | None = None,
) -> None:
    """Write one line of the ledger. `words` is what staff noted, for example where the paper is kept."""
    ConsentEvent.objects.create(
        email_hash=address_hash(email_norm),
        action=action,
        words_version=words_version,
        page=page[:200],
        channel=channel,
        actor=by,
        consented_on=consented_on,
        note=words[:120],
        at=now,
    )
