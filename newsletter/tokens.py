"""The personal token of a subscriber: 128 bits, never stored; the table holds its SHA-256 alone."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime

from django.conf import settings

TOKEN_LENGTH = 22


def personal_token(subscriber_id: int) -> str:
    """The token of one subscriber, 22 characters that may stand in a URL; always the same for one secret key."""
    digest = hmac.new(settings.SECRET_KEY.encode(), f"newsletter.subscriber:{subscriber_id}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest.digest()[:16]).rstrip(b"=").decode("ascii")


def address_hash(email_norm: str) -> str:
    """The keyed hash under which an address is remembered after it is erased (consent ledger, suppression)."""
    return hmac.new(
        settings.SECRET_KEY.encode(), f"newsletter.address:{email_norm}".encode(), hashlib.sha256
    ).hexdigest()


def personal_token_hash(subscriber_id: int) -> str:
    """What `Subscriber.token_hash` holds: the SHA-256 of the personal token."""
    return hashlib.sha256(personal_token(subscriber_id).encode()).hexdigest()


def confirm_token(subscriber_id: int, until_at: datetime) -> str:
    """The token of a confirmation that is open until that moment (aware), 22 characters.

    The same each time, so that whoever signs up twice may use either mail.
    """
    name = f"newsletter.confirm:{subscriber_id}:{until_at.astimezone(UTC).isoformat()}"
    digest = hmac.new(settings.SECRET_KEY.encode(), name.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest.digest()[:16]).rstrip(b"=").decode("ascii")
