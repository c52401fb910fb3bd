"""The link to a notice's status page: 128 bits that only this server can make again; the row keeps their SHA-256.

A random token could not stand in the second mail, because only its hash is stored; this one is made from the secret
key and the notice's number whenever a mail needs it.
"""

import base64

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import salted_hmac

from activities.models import Notice
from center.intake.tokens import hash_token, is_same_token

_SALT = "activities.notices.tokens"


def make_token(number: str, secret: str | None = None) -> str:
    """The token (22 characters, URL-safe) of the notice with that number."""
    digest = salted_hmac(_SALT, number, secret=secret or settings.SECRET_KEY, algorithm="sha256").digest()[:16]
    return base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")


def token_of(notice: Notice) -> str:
    """The token that opens this notice's status page.

    After a change of the secret key the older keys are tried (SECRET_KEY_FALLBACKS); where none fits, the notice gets
    the token of the new key and links in older mails end.
    """
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        token = make_token(notice.number, secret)
        if is_same_token(token, notice.status_token_hash):
            return token
    token = make_token(notice.number)
    notice.status_token_hash = hash_token(token)
    Notice.objects.filter(pk=notice.pk).update(status_token_hash=notice.status_token_hash)
    return token


def status_url(notice: Notice) -> str:
    """The full address of the status page, in the notice's language; host and scheme are settings.SITE_URL."""
    with translation.override(notice.language):
        return settings.SITE_URL + reverse("notices:status", args=[token_of(notice)])
