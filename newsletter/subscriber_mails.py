"""The single mails to a subscriber: confirm, already subscribed, welcome, another address. Text only, in one's own
language.

Each language has a text of its own under templates/newsletter/emails/; its first line is the subject. Nothing that the
applicant typed stands in them, so the form cannot be used to send words to a stranger.
"""

from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from center.japanese.dates import day_words, time_words
from center.outbox import enqueue
from center.queries import centre_settings
from newsletter.mailed_issues import issue_words, mailed_issues, next_issue
from newsletter.models import Subscriber
from newsletter.slots import personal_url
from newsletter.tokens import personal_token


def send_confirmation(subscriber: Subscriber, token: str, *, now: datetime) -> None:
    """Queue the mail with the link that finishes the sign-up. `token` is the plain one."""
    until_at, language = subscriber.confirm_until_at, subscriber.locale
    words = {
        "url": _address(language, "mail-confirm", token),
        "until": moment_words(until_at, language),
    }
    _send("confirm", subscriber, words, now=now)


def send_already(subscriber: Subscriber, *, now: datetime) -> None:
    """Queue the mail that tells a subscriber that somebody signed up the same address again."""
    _send("already", subscriber, {"is_paused": subscriber.state == "paused"}, now=now)


def send_welcome(subscriber: Subscriber, *, now: datetime) -> None:
    """Queue the first mail after the confirmation, with the latest back number and the day of the next issue."""
    language = subscriber.locale
    latest, coming = mailed_issues().first(), next_issue(now=now)
    words = {
        "latest_url": _address(language, "mail-back-number", latest.slug) if latest else "",
        "latest_words": issue_words(latest, language) if latest else "",
        "next_words": issue_words(coming, language) if coming else "",
        "next_day": moment_words(coming.send_at, language) if coming else "",
    }
    _send("welcome", subscriber, words, now=now)


def send_move(subscriber: Subscriber, *, to: str, token: str, until_at: datetime, now: datetime) -> None:
    """Queue the mail to a new address with the link that confirms it. `token` is the plain one."""
    words = {"url": settings.SITE_URL + reverse("personal-move", args=[token])}
    _send("move", subscriber, words | {"until": moment_words(until_at, subscriber.locale)}, to=to, now=now)


def send_moved(subscriber: Subscriber, *, now: datetime) -> None:
    """Queue the last mail to an old address, with the way to take the change back."""
    _send("moved", subscriber, {}, now=now)


def moment_words(at: datetime, language: str) -> str:
    """12月4日（金）10時; in English Fri 4 December 2026, 10:00."""
    joint = ", " if language == "en" else ""
    return f"{day_words(at, language)}{joint}{time_words(at, language)}"


def _send(name: str, subscriber: Subscriber, words: dict, *, to: str = "", now: datetime) -> None:
    language, centre = subscriber.locale, centre_settings()
    context = {
        **words,
        "personal_url": personal_url(personal_token(subscriber.pk)),
        "signup_url": _address(language, "mail-signup"),
        "centre_name": centre.worded("name", language),
        "centre_nickname": centre.worded("nickname", language),
        "centre_address": centre.worded("address", language),
        "centre_phone": centre.phone,
    }
    templates = [f"newsletter/emails/{name}.{code}.txt" for code in (language, settings.LANGUAGE_CODE)]
    subject, _, text = render_to_string(templates, context).strip().partition("\n")
    enqueue(
        kind=f"mail-{name}",
        to=to or subscriber.email,
        subject=subject,
        text=text.strip() + "\n",
        holds_token=True,
        now=now,
    )


def _address(language: str, name: str, *args: str) -> str:
    with translation.override(language):
        return settings.SITE_URL + reverse(name, args=args)
