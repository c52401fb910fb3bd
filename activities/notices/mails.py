"""The mails that a group gets about its notice: plain text, in the notice's language, through the one door.

Each is queued in the caller's transaction; nothing is queued where the group gave no address, or while the notice is
held because a machine may have sent it. Their words are in `templates/notices/mail/`.
"""

import re
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.models import Page

from activities.forecast import MailForecast
from activities.models import Notice
from activities.notices.groups import link_for_mail
from activities.notices.media_states import media_states
from activities.notices.queries import DueDay
from activities.notices.status_media import mail_reason, medium_rows
from activities.notices.tokens import status_url
from center.outbox import enqueue
from center.queries import centre_settings


def send_receipt(notice: Notice, *, mail: MailForecast | None, day: DueDay | None, now: datetime) -> None:
    """Number, due day with closed days in words, where it will appear and why, the next mail, the link."""
    with translation.override(notice.language):
        media = medium_rows([state for state in media_states([notice], now=now)[notice.pk] if state.was_wished])
        reason = mail_reason(notice, mail) if mail else ""
    _send(
        notice,
        "receipt",
        lambda: _("We have received your notice (no. %(number)s)") % {"number": notice.number},
        {"mail": mail, "mail_reason": reason, "day": day, "media": media},
        now=now,
        dedupe_key=f"notice-receipt-{notice.pk}",
    )


def send_returned(notice: Notice, *, reason: str, message: str, now: datetime) -> None:
    """Why it came back, and where to answer."""
    _send(
        notice,
        "returned",
        lambda: letter_subject("returned", notice),
        {"reason": notice_reason(reason), "message": message},
        now=now,
        dedupe_key=f"notice-returned-{notice.pk}-{notice.return_count}",
    )


def send_reminder(notice: Notice, *, reason: str, message: str, now: datetime) -> None:
    """A return that nobody has answered yet: once for each return."""
    _send(
        notice,
        "reminder",
        lambda: _("We are waiting for your answer about your notice (no. %(number)s)") % {"number": notice.number},
        {"reason": notice_reason(reason), "message": message, "returned_on": notice.returned_at},
        now=now,
        dedupe_key=f"notice-reminder-{notice.pk}-{notice.return_count}",
    )


def send_answer_receipt(notice: Notice, *, day: DueDay | None, now: datetime) -> None:
    """The answer has come, and the new due day."""
    _send(
        notice,
        "answered",
        lambda: _("We have received your answer (no. %(number)s)") % {"number": notice.number},
        {"day": day},
        now=now,
        dedupe_key=f"notice-answered-{notice.pk}-{notice.return_count}",
    )


def send_declined(notice: Notice, *, reason: str, now: datetime) -> None:
    """It will not be published, and why."""
    _send(
        notice,
        "declined",
        lambda: letter_subject("declined", notice),
        {"reason": reason},
        now=now,
        dedupe_key=f"notice-declined-{notice.pk}",
    )


def send_withdrawn(notice: Notice, *, is_unanswered: bool, now: datetime) -> None:
    """It was taken back: at the group's wish, or because no answer came."""
    _send(
        notice,
        "withdrawn",
        lambda: _("Your notice has been withdrawn (no. %(number)s)") % {"number": notice.number},
        {"is_unanswered": is_unanswered},
        now=now,
        dedupe_key=f"notice-withdrawn-{notice.pk}",
    )


def send_published(notice: Notice, *, pages: list[Page], mail: MailForecast | None, now: datetime) -> None:
    """It is public, with its address."""
    _send(
        notice,
        "published",
        lambda: _("Your notice is published (no. %(number)s)") % {"number": notice.number},
        {"addresses": [page_url(page) for page in pages], "mail": mail},
        now=now,
        dedupe_key=f"notice-published-{notice.pk}",
    )


def send_applied(notice: Notice, *, page: Page | None, now: datetime) -> None:
    """The change or cancellation shows on the page; `page` is None where it was taken down."""
    _send(
        notice,
        "applied",
        lambda: _("The page is changed (no. %(number)s)") % {"number": notice.number},
        {"address": page_url(page) if page else ""},
        now=now,
        dedupe_key=f"notice-applied-{notice.pk}",
    )


def send_due_moved(notice: Notice, *, day: DueDay | None, now: datetime) -> None:
    """A closed day has moved the due day."""
    _send(
        notice,
        "due_moved",
        lambda: _("The due day of your notice has moved (no. %(number)s)") % {"number": notice.number},
        {"day": day},
        now=now,
        dedupe_key=f"notice-due-{notice.pk}-{notice.due_on}",
    )


def send_forecast(notice: Notice, *, mail: MailForecast, now: datetime) -> None:
    """What was said about the monthly mail no longer holds."""
    _send(
        notice,
        "forecast",
        lambda: _("About the support mail (no. %(number)s)") % {"number": notice.number},
        {"mail": mail},
        now=now,
        dedupe_key=f"notice-forecast-{notice.pk}-{mail.verdict}-{mail.send_at:%Y%m%d}" if mail.send_at else None,
    )


def send_message(notice: Notice, *, text: str, now: datetime) -> None:
    """Words of the centre."""
    _send(
        notice,
        "message",
        lambda: letter_subject("message", notice),
        {"message": text},
        now=now,
    )


def letter_subject(template: str, notice: Notice) -> str:
    """The subject of the mails that staff see beforehand, in the active language."""
    subjects = {
        "returned": _("Please help us with your notice (no. %(number)s)"),
        "declined": _("About your notice (no. %(number)s)"),
        "message": _("A message about your notice (no. %(number)s)"),
    }
    return subjects[template] % {"number": notice.number}


def notice_reason(reason: str) -> str:
    """A return's reason as a sentence for the group, in the active language; "" for the other reason."""
    sentences = {
        "facts_missing": _("Please tell us the date, the place or a contact: one of them is missing."),
        "organiser_unknown": _("Please tell us who organises it."),
        "no_text": _("Please write it in words too: a flyer alone does not reach everybody."),
        "bad_attachment": _("An attachment could not be opened or used. Please send it as a PDF or a picture."),
        "no_photo_consent": _("Please ask the people in the photo whether it may be shown, or send another one."),
        "criteria": _("Please let us talk about our posting criteria."),
    }
    return sentences.get(str(reason), "")


def page_url(page: Page) -> str:
    """The full address of a page; host and scheme are settings.SITE_URL."""
    parts = page.get_url_parts()
    return settings.SITE_URL + parts[2] if parts and parts[2] else settings.SITE_URL


def _send(
    notice: Notice,
    template: str,
    subject: Callable[[], str],
    context: dict,
    *,
    now: datetime,
    dedupe_key: str | None = None,
) -> None:
    if not notice.contact_email or notice.is_held:
        return
    with translation.override(notice.language):
        text = render_to_string(
            f"notices/mail/{template}.txt",
            {
                "notice": notice,
                "centre": centre_settings(),
                "status_url": status_url(notice),
                "group_url": link_for_mail(notice, now=now),
                **context,
            },
        )
        enqueue(
            kind=f"notice-{template.replace('_', '-')}",
            to=notice.contact_email,
            subject=subject(),
            text=re.sub(r"\n{3,}", "\n\n", text.strip()) + "\n",
            holds_token=True,
            dedupe_key=dedupe_key,
            now=now,
        )
