"""What is reported about a mail after it left: delivered, bounced, complained about, unsubscribed.

Reports come from a mail service (webhooks) and from the mailbox that bounces come back to. They come late, twice and
in any order, so nothing here depends on the order: `Delivery.later` follows from all reports of a delivery together.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import IntegrityError, transaction
from django.db.models import Q

from center.intake.addresses import NotAnAddress, normalise_address
from center.models import OutgoingMail, SendingState
from newsletter.models import ConsentEvent, Delivery, DeliveryEvent, Issue, Subscriber, SubscriberState, Suppression
from newsletter.sending.verbs import NothingToDecide, give_up, mark_sent
from newsletter.subscriber_steps import is_suppressed, suppress_address
from newsletter.subscribers import GETS_MAIL, take_out
from newsletter.tokens import address_hash

ENOUGH_SOFT_BOUNCES = 3
"""Issues in a row that a full or unreachable mailbox turned away; then the address counts as undeliverable."""
LONGEST_WORDS = 500
_ADDRESS = re.compile(r"[^\s<>:;,()\"']+@[^\s<>:;,()\"']+")
_LEFT = (SendingState.SENT, SendingState.REFUSED, SendingState.AMBIGUOUS)


class EventKind(StrEnum):
    """What was reported. Kept in `DeliveryEvent.type`."""

    DELIVERED = "delivered"
    """The recipient's own server took it."""
    BOUNCED = "bounced"
    """There is no such address, for good."""
    SOFT_BOUNCED = "soft_bounced"
    """It did not arrive this time, and nobody tries again: mailbox full, server away, turned down as spam."""
    FAILED = "failed"
    """The service did not send it, for a reason that is not the address."""
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"


LATER_WORDS = (
    (EventKind.COMPLAINED, "complained"),
    (EventKind.BOUNCED, "bounced"),
    (EventKind.DELIVERED, "delivered"),
    (EventKind.FAILED, "bounced"),
    (EventKind.SOFT_BOUNCED, "bounced"),
)
"""What `Delivery.later` says; the first kind that was ever reported wins. A mail may come back after it was delivered,
and a mailbox that was full may take it after all."""
ARRIVED = frozenset({EventKind.DELIVERED, EventKind.COMPLAINED})
CAME_BACK = frozenset({EventKind.BOUNCED, EventKind.FAILED})


@dataclass(frozen=True)
class _Found:
    """The row that a report is about. `norm` is the address it concerns, "" where it is not known (any more)."""

    delivery: Delivery | None = None
    mail: OutgoingMail | None = None
    norm: str = ""


@transaction.atomic
def record_event(
    *,
    kind: EventKind,
    message_id: str = "",
    email: str = "",
    delivery_id: int | None = None,
    at: datetime,
    dedupe_key: str,
    detail: dict | None = None,
    now: datetime,
) -> bool:
    """Take one report and draw its consequences, in one transaction; True where it was new, False where it was known.

    The mail is found by `delivery_id` (only together with the address it went to, where `email` is given) or by our
    own Message-ID (with or without angle brackets), which is also that of single mails. A report with one of these
    that fits no mail of ours is kept and changes nothing. One with neither is about the address alone: give `email`
    without them only where the sender of the report has proven who it is, never from a mail that anybody may write.

    `dedupe_key` (200 characters at most) is the same for the same report however often it comes. `detail` holds words
    for staff; addresses in it are blotted out before it is kept. `at` is when it happened, `now` when it was heard.

    | kind | the mail | the address |
    |---|---|---|
    | DELIVERED | later "delivered"; an uncertain one is sent | |
    | BOUNCED | later "bounced"; an uncertain one is refused | suppressed, its subscriber suspended |
    | SOFT_BOUNCED | later "bounced" unless delivered after all | suspended after three issues in a row |
    | FAILED | as BOUNCED | |
    | COMPLAINED | later "complained"; an uncertain one is sent | suppressed, its subscriber leaves |
    | UNSUBSCRIBED | | its subscriber leaves |
    """
    kind = EventKind(kind)
    dedupe_key = dedupe_key[:200]
    if DeliveryEvent.objects.filter(dedupe_key=dedupe_key).exists():
        return False
    found = _find(message_id=message_id, email=email, delivery_id=delivery_id)
    delivery = _locked(found.delivery)
    data = _without_addresses(detail or {}) | ({"mail": found.mail.pk} if found.mail else {})
    fields = {"delivery": delivery, "type": kind.value, "at": at, "data": data}
    try:
        with transaction.atomic():
            DeliveryEvent.objects.create(dedupe_key=dedupe_key, **fields)
    except IntegrityError:  # the same report a moment ago
        return False
    if delivery:
        _write_later(delivery)
        _settle_delivery(delivery, kind, now=now)
    if found.mail:
        _settle_mail(found.mail, kind, now=now)
    if found.norm:
        _conclude(found.norm, kind, delivery, now=now)
    return True


def settle_uncertain(*, now: datetime) -> int:
    """Settle deliveries that became uncertain after the report about them had come; return how many. Safe to repeat."""
    waiting = Delivery.objects.filter(state=SendingState.AMBIGUOUS).exclude(later="")
    count = 0
    for delivery in waiting.select_related("issue"):
        kinds = set(delivery.events.values_list("type", flat=True))
        for kind in (*ARRIVED, *CAME_BACK):
            if kind in kinds:
                with transaction.atomic():
                    count += _settle_delivery(delivery, kind, now=now)
                break
    return count


def _find(*, message_id: str, email: str, delivery_id: int | None) -> _Found:
    norm = _norm(email)
    deliveries = Delivery.objects.select_related("issue")
    if delivery_id is not None:
        delivery = deliveries.filter(pk=delivery_id).first()
        if delivery and norm and delivery.email_norm not in (norm, address_hash(norm)):
            delivery = None
        return _Found(delivery=delivery, norm=_norm_of(delivery, norm)) if delivery else _Found()
    if bare := message_id.strip("<> \t"):
        ours = f"<{bare}>"
        if delivery := deliveries.filter(message_id=ours).first():
            return _Found(delivery=delivery, norm=_norm_of(delivery, norm))
        mail = OutgoingMail.objects.filter(message_id=ours).first()
        return _Found(mail=mail, norm=_norm(mail.to)) if mail else _Found()
    return _Found(norm=norm)


def _norm_of(delivery: Delivery, norm: str) -> str:
    """The address of a delivery; of somebody erased only the hash is left, and the report may still know it."""
    if delivery.email:
        return delivery.email_norm
    return norm if norm and address_hash(norm) == delivery.email_norm else ""


def _norm(email: str) -> str:
    try:
        return normalise_address(email)[1] if email else ""
    except NotAnAddress:
        return ""


def _locked(delivery: Delivery | None) -> Delivery | None:
    """Reports on one delivery come one after the other. The issue first, as everywhere."""
    if delivery is None:
        return None
    if delivery.state == SendingState.AMBIGUOUS:
        Issue.objects.select_for_update().get(pk=delivery.issue_id)
    now_so = Delivery.objects.select_for_update().values_list("state", "later", "intent_at").get(pk=delivery.pk)
    delivery.state, delivery.later, delivery.intent_at = now_so
    return delivery


def _write_later(delivery: Delivery) -> None:
    kinds = set(delivery.events.values_list("type", flat=True))
    later = next((word for kind, word in LATER_WORDS if kind in kinds), "")
    if later != delivery.later:
        Delivery.objects.filter(pk=delivery.pk).update(later=later)
        delivery.later = later


def _settle_delivery(delivery: Delivery, kind: EventKind, *, now: datetime) -> bool:
    """What was uncertain is certain now; say whether anything changed. What a worker holds is left to its worker.

    A mail that waits to be sent again although it arrived is not sent again. The loop closes the issue.
    """
    if delivery.state == SendingState.AMBIGUOUS and kind in ARRIVED | CAME_BACK:
        try:
            (mark_sent if kind in ARRIVED else give_up)(delivery, by=None, now=now)
        except NothingToDecide:  # a person was quicker
            return False
        return True
    waiting = (SendingState.PENDING, SendingState.DEFERRED)
    if kind not in ARRIVED or delivery.intent_at is None or delivery.state not in waiting:
        return False
    row = Delivery.objects.filter(pk=delivery.pk, state__in=waiting)
    return bool(row.update(state=SendingState.SENT, result_at=now, next_try_at=None, lease_until=None, error=""))


def _settle_mail(mail: OutgoingMail, kind: EventKind, *, now: datetime) -> None:
    if kind not in ARRIVED | CAME_BACK:
        return
    state = SendingState.SENT if kind in ARRIVED else SendingState.REFUSED
    forgotten = {"text": "", "html": ""} if mail.holds_token else {}
    uncertain = OutgoingMail.objects.filter(pk=mail.pk, state=SendingState.AMBIGUOUS)
    uncertain.update(state=state, result_at=now, lease_until=None, **forgotten)


def _conclude(norm: str, kind: EventKind, delivery: Delivery | None, *, now: datetime) -> None:
    """What a report means for the address and for whoever subscribes with it now."""
    subscriber = Subscriber.objects.filter(email_norm=norm).first()
    if kind is EventKind.BOUNCED:
        suppress_address(email_norm=norm, reason=Suppression.Reason.UNDELIVERABLE, source="bounced afterwards", now=now)
        _suspend(subscriber)
    elif kind is EventKind.COMPLAINED:
        suppress_address(email_norm=norm, reason=Suppression.Reason.COMPLAINT, source="complained", now=now)
    elif kind is EventKind.SOFT_BOUNCED and subscriber and _bounces_always(subscriber):
        _suspend(subscriber)
    elif kind is EventKind.DELIVERED and subscriber and subscriber.state == SubscriberState.SUSPENDED:
        _end_suspension(subscriber, delivery)
    if kind in (EventKind.COMPLAINED, EventKind.UNSUBSCRIBED) and subscriber:
        take_out(subscriber=subscriber, channel=ConsentEvent.Channel.MAIL, now=now)


def _suspend(subscriber: Subscriber | None) -> None:
    if subscriber:
        gets_mail = Subscriber.objects.filter(pk=subscriber.pk, state__in=GETS_MAIL)
        gets_mail.update(state=SubscriberState.SUSPENDED, paused_until_on=None)


def _end_suspension(subscriber: Subscriber, delivery: Delivery | None) -> None:
    """A mail that had bounced softly arrived after all: the address is not given up for it."""
    had_bounced = delivery and delivery.events.filter(type=EventKind.SOFT_BOUNCED).exists()
    if had_bounced and not _bounces_always(subscriber) and not is_suppressed(subscriber.email_norm):
        suspended = Subscriber.objects.filter(pk=subscriber.pk, state=SubscriberState.SUSPENDED)
        suspended.update(state=SubscriberState.ACTIVE)


def _bounces_always(subscriber: Subscriber) -> bool:
    """Whether the last issues all came back from this address."""
    left = subscriber.deliveries.filter(state__in=_LEFT, email_norm=subscriber.email_norm)
    last = left.order_by("-issue__send_at", "-pk").values_list("pk", flat=True)[:ENOUGH_SOFT_BOUNCES]
    came_back = Delivery.objects.filter(Q(events__type=EventKind.SOFT_BOUNCED), pk__in=list(last), later="bounced")
    return came_back.distinct().count() == ENOUGH_SOFT_BOUNCES


def _without_addresses(detail: dict) -> dict:
    """Only words and numbers, cut short: what is kept here outlives the subscriber."""
    return {
        str(name)[:40]: _ADDRESS.sub("…", str(value).replace("\x00", ""))[:LONGEST_WORDS]
        for name, value in detail.items()
        if value not in (None, "")
    }
