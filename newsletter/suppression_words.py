"""Why an address is not mailed, and where that is known from, in words. Pure."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsletter.models import ConsentEvent, Suppression

Reason = Suppression.Reason
REASON_WORDS: dict[str, tuple[Promise, Promise]] = {
    Reason.UNDELIVERABLE: (gettext_lazy("Undeliverable"), gettext_lazy("Mail to it comes back for good.")),
    Reason.COMPLAINT: (gettext_lazy("Complaint"), gettext_lazy("Our mail was reported as unwanted.")),
    Reason.ASKED: (gettext_lazy("Asked not to be mailed"), gettext_lazy("The person wishes no mail of ours.")),
    Reason.ERASED: (gettext_lazy("Erased"), gettext_lazy("The person had the address erased and wishes no mail.")),
}
KNOWN_SOURCES: dict[str, Promise] = {
    "bounced afterwards": gettext_lazy("A report that came after sending"),
    "complained": gettext_lazy("A report of the reader's mail service"),
}
_RELAY = re.compile(r"[a-z]+ (?P<code>[2-5][0-9]{2}) ?(?P<enhanced>[245]\.\d+\.\d+)?\s*")


def reason_words(row: Suppression) -> tuple[str, str]:
    """The reason in a word, and what it means."""
    word, meaning = REASON_WORDS.get(row.reason, (row.reason, ""))
    return str(word), str(meaning)


def source_words(row: Suppression) -> str:
    """Where it is known from; what staff noted stands as they wrote it."""
    if words := KNOWN_SOURCES.get(row.source):
        return str(words)
    if row.reason == Reason.ERASED and row.source in ConsentEvent.Channel.values:
        return str(ConsentEvent.Channel(row.source).label)
    if found := _RELAY.fullmatch(row.source):
        answer = " ".join(part for part in (found["code"], found["enhanced"]) if part)
        return _("The mail server's answer while sending (%(answer)s)") % {"answer": answer}
    return row.source or "–"
