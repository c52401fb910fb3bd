"""A mail to a group as it would go out, for staff to read before they send it. Nothing is queued here."""

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from activities.models import Notice
from activities.notices.mails import letter_subject, notice_reason
from center.queries import centre_settings


@dataclass(frozen=True)
class Letter:
    """To whom, the subject, the words."""

    to: str
    subject: str
    text: str


def letter_returned(notice: Notice, *, reason: str, message: str) -> Letter | None:
    """The mail of a return; None for a group without an address."""
    with translation.override(notice.language):
        words = notice_reason(reason)
    return _letter(notice, "returned", {"reason": words, "message": message})


def letter_declined(notice: Notice, *, reason: str) -> Letter | None:
    """The mail of a refusal."""
    return _letter(notice, "declined", {"reason": reason})


def letter_message(notice: Notice, *, text: str) -> Letter | None:
    """The mail of a message."""
    return _letter(notice, "message", {"message": text})


def _letter(notice: Notice, template: str, context: dict) -> Letter | None:
    if not notice.contact_email:
        return None
    with translation.override(notice.language):
        # the address of the status page opens it for whoever has it: staff see where it will stand, not the address
        known = {"notice": notice, "centre": centre_settings(), "status_url": _("(the address of the status page)")}
        text = render_to_string(f"notices/mail/{template}.txt", known | context)
        return Letter(notice.contact_email, letter_subject(template, notice), text.strip())
