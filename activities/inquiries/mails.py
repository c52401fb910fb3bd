"""The mails about contacts and consultations, through the one door: a receipt to the sender, a word to staff.

Nothing goes to whoever put up the post: the centre asks both sides itself.
"""

from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from activities.models import Consultation, Inquiry
from center.intake.limits import take
from center.opening import tokyo_date
from center.outbox import enqueue
from center.queries import centre_settings

STAFF_MAILS_A_DAY = 50
"""More are not sent on one day: the inbox holds everything anyway."""


def send_receipt(row: Inquiry, *, now: datetime) -> None:
    """Number, what was asked, what happens next; in the language of the form."""
    is_consultation = isinstance(row, Consultation)
    template = "consultations/mail/receipt.txt" if is_consultation else "matching/mail/receipt.txt"
    with translation.override(row.language):
        if is_consultation:
            subject = _("We have received your request for a consultation (no. %(number)s)")
        else:
            subject = _("We have received your message (no. %(number)s)")
        enqueue(
            kind="inquiry-receipt",
            to=row.contact_email,
            subject=subject % {"number": row.number},
            text=render_to_string(template, {"row": row, "centre": centre_settings()}),
            dedupe_key=f"inquiry-receipt-{row.number}",
            now=now,
        )


def tell_staff(row: Inquiry, *, now: datetime) -> None:
    """That something new is in the inbox, with its number and its address there; no words of the person.

    Nothing where the centre has no staff mailbox.
    """
    to = centre_settings().staff_email
    if not to or not take("inquiry-staff-mail", on=tokyo_date(now), limit=STAFF_MAILS_A_DAY):
        return
    is_consultation = isinstance(row, Consultation)
    name = "consultations" if is_consultation else "match_contacts"
    url = settings.SITE_URL.rstrip("/") + reverse(f"{name}:inspect", args=[row.pk])
    with translation.override(settings.LANGUAGE_CODE):
        what = _("A consultation has come in") if is_consultation else _("Somebody has answered a post")
        about = str(row.get_kind_display()) if is_consultation else row.post_title
        enqueue(
            kind="inquiry-staff",
            to=to,
            subject=f"{what} ({row.number})",
            text=f"{what}\n{row.number}\n{about}\n\n{url}\n",
            dedupe_key=f"inquiry-staff-{row.number}",
            now=now,
        )
