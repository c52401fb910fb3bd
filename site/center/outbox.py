"""The one door for all mail: a row in the caller's transaction; the mail loop delivers it later.

Nothing in this project calls `send_mail`. What Django or a package sends by itself (a password reset) comes through
`OneDoorBackend` and lands in the same table.
"""

import secrets
from datetime import datetime

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from center.models import OutgoingMail


def enqueue(
    *,
    kind: str,
    to: str,
    subject: str,
    text: str,
    html: str = "",
    headers: dict[str, str] | None = None,
    holds_token: bool = False,
    dedupe_key: str | None = None,
    now: datetime,
) -> OutgoingMail:
    """Queue one mail to one address in the caller's transaction and return its row.

    Safe to repeat with a `dedupe_key`: the row of the first call is returned. `kind` is a stable ASCII word such as
    "notice-receipt". With `holds_token` the body is erased once the mail is sent.
    """
    if dedupe_key:
        known = OutgoingMail.objects.filter(dedupe_key=dedupe_key).first()
        if known:
            return known
    return OutgoingMail.objects.create(
        kind=kind,
        to=to,
        subject=" ".join(subject.split()),
        text=text,
        html=html,
        headers=headers or {},
        holds_token=holds_token,
        dedupe_key=dedupe_key,
        created_at=now,
        message_id=new_message_id(kind),
    )


def new_message_id(label: str) -> str:
    """A Message-ID that no other mail has, with its angle brackets. `label`: ASCII, for people who read headers."""
    return f"<{label}.{secrets.token_hex(12)}@{settings.MAIL_DOMAIN}>"


class OneDoorBackend(BaseEmailBackend):
    """Queues what Django and packages send: one row per recipient, text only."""

    def send_messages(self, email_messages) -> int:
        count = 0
        for message in email_messages:
            for address in message.recipients():
                enqueue(
                    kind="framework",
                    to=address,
                    subject=message.subject,
                    text=message.body,
                    holds_token=True,
                    now=timezone.now(),
                )
                count += 1
        return count
