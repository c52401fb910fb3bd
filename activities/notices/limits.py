"""What one address or one machine may make the forms do in a day (Tokyo)."""

from datetime import date

from django.conf import settings
from django.utils.crypto import salted_hmac

from center.intake.limits import take

RECEIPTS_A_DAY = 20
"""Receipts to one address. More notices are taken all the same; only the mail is left out, so that nobody can use the
form to fill a stranger's mailbox."""

FILES_A_DAY = 1_000
"""Files of forms from one machine, which may be a city hall or a proxy; more would only fill the disk."""


def hashed_key(kind: str, value: str) -> str:
    """A key that says nothing about the address in it."""
    return f"{kind}:{salted_hmac('activities.notices.limits', value.lower(), secret=settings.SECRET_KEY).hexdigest()}"


def may_mail_receipt(address: str, *, on: date) -> bool:
    """Whether one more receipt may go to `address` on that day; counts it."""
    return take(hashed_key("notice-receipt", address), on=on, limit=RECEIPTS_A_DAY)


def may_keep_file(client: str, *, on: date) -> bool:
    """Whether one more file from that machine may be kept on that day; counts it."""
    return take(hashed_key("draft-file", client), on=on, limit=FILES_A_DAY)
