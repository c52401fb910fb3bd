"""What a service's report means, in our own words. Pure."""

import hashlib
import re

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason

from newsletter.sending.events import EventKind

PASSING = re.compile(r"\b(?:4\.\d{1,3}\.\d{1,3}|5\.2\.2|5\.7\.\d{1,3})\b")
"""Try again later; mailbox full; turned down for what the mail or its sender is. None of them is about the address.
Source: RFC 3463."""
HARD_TYPES = frozenset({"HardBounce", "BadEmailAddress"})
"""Postmark's words for an address that does not exist."""
SIMPLE = {
    EventType.DELIVERED: EventKind.DELIVERED,
    EventType.COMPLAINED: EventKind.COMPLAINED,
    EventType.UNSUBSCRIBED: EventKind.UNSUBSCRIBED,
    EventType.FAILED: EventKind.FAILED,
}
REJECTED = {
    RejectReason.BOUNCED: EventKind.BOUNCED,
    RejectReason.INVALID: EventKind.BOUNCED,
    RejectReason.SPAM: EventKind.COMPLAINED,
    RejectReason.UNSUBSCRIBED: EventKind.UNSUBSCRIBED,
}
"""The service did not even try, because of what it remembers about the address."""


def kind_of(event: AnymailTrackingEvent, scheme: str) -> EventKind | None:
    """None for what changes nothing: queued, sent, delayed, opened."""
    if event.event_type == EventType.BOUNCED:
        return EventKind.BOUNCED if _is_for_good(event, scheme) else EventKind.SOFT_BOUNCED
    if event.event_type == EventType.REJECTED:
        return REJECTED.get(event.reject_reason, EventKind.FAILED)
    return SIMPLE.get(event.event_type)


def dedupe_key(event: AnymailTrackingEvent, kind: EventKind, scheme: str) -> str:
    """The same for a report that is sent again, and for no other.

    By the service's own number where it keeps it when it repeats itself; Mailgun may sign anew, so there it is what
    the report says.
    """
    if event.event_id and scheme != "mailgun":
        said = ("id", event.event_id)
    else:
        metadata = sorted((str(name), str(value)) for name, value in (event.metadata or {}).items())
        said = ("content", event.message_id, event.recipient, event.timestamp, event.mta_response, metadata)
    return f"{scheme}:{kind}:{hashlib.sha256(repr(said).encode()).hexdigest()}"


def _is_for_good(event: AnymailTrackingEvent, scheme: str) -> bool:
    raw = event.esp_event
    words = f"{event.mta_response or ''} {event.description or ''}"
    if PASSING.search(words):
        return False
    if scheme == "postmark":
        return raw.get("Type", raw.get("SuppressionReason")) in HARD_TYPES
    if scheme == "sendgrid":
        return raw.get("type", "bounce") == "bounce"
    if scheme == "resend":
        bounce = raw["data"].get("bounce") or {}
        return bounce["type"] == "Permanent" if "type" in bounce else "hard bounce" in words
    return event.reject_reason in (RejectReason.BOUNCED, RejectReason.INVALID)
