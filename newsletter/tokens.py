"""The personal token of a subscriber: 128 bits, never stored; the table holds its SHA-256 alone.

Tokens and hashes hang on PERSONAL_KEY (SECRET_KEY where it is empty): with another key the links in mails and the
list of suppressed addresses would no longer be recognised.
"""

import base64
import hashlib
import hmac
from datetime import UTC, datetime

from django.conf import settings

TOKEN_LENGTH = 22


def _keyed(name: str) -> bytes:
    key = settings.PERSONAL_KEY or settings.SECRET_KEY
    return hmac.new(key.encode(), f"newsletter.{name}".encode(), hashlib.sha256).digest()


def _token(name: str) -> str:
    return base64.urlsafe_b64encode(_keyed(name)[:16]).rstrip(b"=").decode("ascii")


def personal_token(subscriber_id: int) -> str:
    """The token of one subscriber, 22 characters that may stand in a URL; always the same for one key."""
    return _token(f"subscriber:{subscriber_id}")


def address_hash(email_norm: str) -> str:
    """The keyed hash under which an address is remembered after it is erased (consent ledger, suppression)."""
    return _keyed(f"address:{email_norm}").hex()


def personal_token_hash(subscriber_id: int) -> str:
    """What `Subscriber.token_hash` holds: the SHA-256 of the personal token."""
    return hashlib.sha256(personal_token(subscriber_id).encode()).hexdigest()


def address_change_token(subscriber_id: int, email_norm: str, until_at: datetime) -> str:
    """The token that confirms a subscriber's new address until that moment (aware), 22 characters."""
    return _token(f"move:{subscriber_id}:{email_norm}:{until_at.astimezone(UTC).isoformat()}")


def confirm_token(subscriber_id: int, until_at: datetime) -> str:
    """The token of a confirmation that is open until that moment (aware), 22 characters.

    The same each time, so that whoever signs up twice may use either mail.
    """
    return _token(f"confirm:{subscriber_id}:{until_at.astimezone(UTC).isoformat()}")
