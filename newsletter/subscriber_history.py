"""What happened to one subscriber, in words: the ledger of consent, and the mails."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from center.japanese.dates import full_date
from center.models import OutgoingMail
from center.opening import TOKYO
from newsletter.models import ConsentEvent, Subscriber
from newsletter.subscribers import PAUSED_WORDS, RESUMED_WORDS
from newsletter.tokens import address_hash

MAIL_COUNT = 24
"""Mails that are shown: two years of monthly ones."""

Action = ConsentEvent.Action
ACTION_WORDS = {
    Action.REQUESTED: gettext_lazy("Asked for the mail (%(channel)s)"),
    Action.CONFIRMED: gettext_lazy("Agreed to get the mail (%(channel)s)"),
    Action.CHANGED: gettext_lazy("Changed what they get (%(channel)s)"),
    Action.UNSUBSCRIBED: gettext_lazy("Left (%(channel)s)"),
    Action.RESUBSCRIBED: gettext_lazy("Took leaving back (%(channel)s)"),
    Action.IMPORTED: gettext_lazy("Taken in from a file (%(channel)s)"),
    Action.MOVED: gettext_lazy("Moved the mail to another address (%(channel)s)"),
    Action.ERASED: gettext_lazy("Erased (%(channel)s)"),
}
PAUSE_WORDS = {
    PAUSED_WORDS: gettext_lazy("Paused the mail (%(channel)s)"),
    RESUMED_WORDS: gettext_lazy("The mail comes again after the pause (%(channel)s)"),
}
MAIL_WORDS = {
    "mail-confirm": gettext_lazy("Mail to confirm"),
    "mail-already": gettext_lazy("Mail: signed up already"),
    "mail-welcome": gettext_lazy("Welcome mail"),
    "mail-move": gettext_lazy("Mail to confirm the new address"),
    "mail-moved": gettext_lazy("Mail about the change of address"),
}


def ledger_of(subscriber: Subscriber) -> QuerySet[ConsentEvent]:
    """The lines of the ledger about an address, oldest first."""
    return ConsentEvent.objects.filter(email_hash=address_hash(subscriber.email_norm)).select_related("actor")


def event_words(event: ConsentEvent) -> str:
    """One line of the ledger: when, what, by which way, who entered it, and which words were agreed to."""
    words = (PAUSE_WORDS.get(event.note) if event.action == Action.CHANGED else None) or ACTION_WORDS[event.action]
    parts = [moment(event.at), str(words) % {"channel": event.get_channel_display()}]
    if event.consented_on:
        parts.append(_("agreed on %(day)s") % {"day": full_date(event.consented_on)})
    if event.actor:
        parts.append(_("entered by %(name)s") % {"name": event.actor})
    if event.words_version:
        parts.append(_("words %(version)s") % {"version": event.words_version})
    if event.note and event.note not in PAUSE_WORDS:
        parts.append(event.note)
    return "　".join(parts)


def mails_to(subscriber: Subscriber) -> list[tuple[datetime | None, str, str]]:
    """When, what and with which result mails went to a subscriber, newest first; MAIL_COUNT at most."""
    issues = subscriber.deliveries.select_related("issue").order_by("-pk")[:MAIL_COUNT]
    single = OutgoingMail.objects.filter(kind__in=MAIL_WORDS, to=subscriber.email).order_by("-pk")[:MAIL_COUNT]
    mails = [(one.result_at, one.issue.subject, one.get_state_display()) for one in issues]
    mails += [(one.result_at, str(MAIL_WORDS[one.kind]), one.get_state_display()) for one in single]
    waiting = [mail for mail in mails if mail[0] is None]
    done = sorted((mail for mail in mails if mail[0] is not None), key=lambda mail: mail[0], reverse=True)
    return (waiting + done)[:MAIL_COUNT]


def mail_words(at: datetime | None, what: str, result: str) -> str:
    """One mail in a line."""
    return "　".join(part for part in (moment(at), what, result) if part)


def moment(at: datetime | None) -> str:
    """A moment in a list, with its year, in Tokyo's time."""
    return f"{at.astimezone(TOKYO):%Y-%m-%d %H:%M}" if at else ""
