"""What is known of a mail whose end a person has to decide about, in plain words. Pure: it reads the row alone."""

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from center.models import OutgoingMail, SendingRow, SendingState
from newsletter.sending.claims import LEASE_OVER
from newsletter.sending.outcomes import Stage
from newsletter.subscriber_history import MAIL_WORDS

_ERROR = re.compile(r"(?P<stage>[a-z_]+): ?(?P<code>[2-5][0-9]{2})? ?(?P<words>.*)", re.DOTALL)

HOW_FAR: dict[str, Promise] = {
    Stage.COMPOSE: gettext_lazy("The mail could not be put together."),
    Stage.CONNECT: gettext_lazy("The mail server could not be reached."),
    Stage.EHLO: gettext_lazy("The mail server did not greet back."),
    Stage.TLS: gettext_lazy("The line to the mail server could not be made safe."),
    Stage.AUTH: gettext_lazy("The mail server did not accept our name and password."),
    Stage.MAIL: gettext_lazy("The mail server did not accept our sender address."),
    Stage.RCPT: gettext_lazy("The mail server did not accept the recipient's address."),
    Stage.DATA: gettext_lazy("The mail server accepted the address, but not the mail."),
    Stage.FILE: gettext_lazy("It could not be written as a file."),
}
BODY_GIVEN = gettext_lazy("The whole mail was handed over, but the answer whether it was taken never came.")
BODY_REFUSED = gettext_lazy("The whole mail was handed over, and the mail server turned it down.")
SERVICE_SILENT = gettext_lazy("It was handed to the mail service, but whether it was taken could not be made sure.")
SERVICE_REFUSED = gettext_lazy("The mail service turned it down.")
WORKER_ENDED = gettext_lazy(
    "The program that sends ended while it was handing this mail over. How far it came was not written down."
)
NOT_WRITTEN = gettext_lazy("How far it came was not written down.")

SAID: tuple[tuple[re.Pattern, Promise], ...] = (
    (re.compile("timed out|timeout", re.I), gettext_lazy("No answer came in time.")),
    (re.compile("unexpectedly closed|reset by peer|broken pipe|EOF", re.I), gettext_lazy("The line was cut.")),
    (re.compile("refused", re.I), gettext_lazy("Nobody answered at that address.")),
    (re.compile("name or service|getaddrinfo|resolution", re.I), gettext_lazy("The server's name was not found.")),
)
"""What Python says of a line that broke, where no server spoke."""

LATER: dict[str, Promise] = {
    "delivered": gettext_lazy("Reported later: it arrived at the recipient's server"),
    "bounced": gettext_lazy("Reported later: it came back"),
    "soft_bounced": gettext_lazy("Reported later: it came back (mailbox full or away for a time)"),
    "failed": gettext_lazy("Reported later: the mail service did not send it"),
    "complained": gettext_lazy("Reported later: it was marked as unwanted, so it arrived"),
    "unsubscribed": gettext_lazy("Reported later: the reader left by this mail, so it arrived"),
}

KINDS: tuple[tuple[str, Promise], ...] = (
    *MAIL_WORDS.items(),
    ("issue-trial", gettext_lazy("Trial mail of an issue")),
    ("issue-", gettext_lazy("Word to staff about an issue")),
    ("inquiry-staff", gettext_lazy("Word to staff about a consultation or contact")),
    ("inquiry-", gettext_lazy("Receipt of a consultation or contact")),
    ("notice-draft", gettext_lazy("Link to a notice that was not finished")),
    ("notice-", gettext_lazy("Mail to a group about its notice")),
    ("group-", gettext_lazy("Mail to a group about its page")),
    ("desk-", gettext_lazy("Reminder to staff")),
    ("framework", gettext_lazy("Mail about a password or a login")),
)
"""What a single mail is, by the beginning of its kind; the first that fits."""

INSTEAD: tuple[tuple[str, Promise], ...] = (
    (
        "mail-confirm",
        gettext_lazy("Please ask the person to sign up on the site once more; a new link is mailed then."),
    ),
    (
        "mail-",
        gettext_lazy("The link in the monthly mail leads to the same page. If the person asks, give it from there."),
    ),
    ("notice-draft", gettext_lazy("Please ask the group to save the form once more; a new link is mailed then.")),
    ("notice-", gettext_lazy("Please open the notice at the desk and write to the group from there, or phone them.")),
    ("group-", gettext_lazy("Please send the link anew from the group's screen, or phone them.")),
    ("framework", gettext_lazy("Please let the person ask for a new password on the login screen.")),
)
OTHERWISE = gettext_lazy("Please phone or write to the person.")


@dataclass(frozen=True)
class Evidence:
    """How far a mail came, and what was said last: `said` in the server's own words, `meaning` in ours where known."""

    how_far: str
    said: str
    meaning: str = ""


def evidence_of(row: SendingRow) -> Evidence:
    """Read what the sender wrote down about one row."""
    error = row.error.strip()
    if not error or error == LEASE_OVER:
        return Evidence(str(WORKER_ENDED if row.intent_at else NOT_WRITTEN), "")
    found = _ERROR.fullmatch(error)
    if found is None or found["stage"] not in set(Stage):
        return Evidence(str(NOT_WRITTEN), error)
    stage, code, words = found["stage"], found["code"] or "", found["words"].strip()
    said = f"{code} {words}".strip()
    meaning = "" if code else next((str(ours) for pattern, ours in SAID if pattern.search(words)), "")
    return Evidence(_how_far(stage, code, row.state), said, meaning)


def trouble_words(raw: str) -> str:
    """A line of the sender in words, with the server's own behind them; what is words already stays as it is."""
    found = _ERROR.fullmatch(raw.strip())
    if found is None or found["stage"] not in set(Stage):
        return raw
    evidence = evidence_of(OutgoingMail(error=raw))
    return f"{evidence.how_far}{evidence.meaning}" + (f"「{evidence.said}」" if evidence.said else "")


def _how_far(stage: str, code: str, state: str) -> str:
    if stage == Stage.BODY:
        return str(BODY_REFUSED if code.startswith(("4", "5")) else BODY_GIVEN)
    if stage == Stage.HTTP:
        return str(SERVICE_REFUSED if state == SendingState.REFUSED else SERVICE_SILENT)
    return str(HOW_FAR.get(stage, NOT_WRITTEN))


def kind_words(kind: str) -> str:
    """What a single mail is, by its kind."""
    return next((str(words) for start, words in KINDS if kind.startswith(start)), _("Single mail"))


def instead_words(kind: str) -> str:
    """What staff can do where a mail is not kept and cannot be sent again."""
    return next((str(words) for start, words in INSTEAD if kind.startswith(start)), str(OTHERWISE))
