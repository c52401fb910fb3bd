"""Which fields each kind of notice asks for, in which part of the form, and in which words.

One table, read by the page, by the check of what was sent and by the script that hides what is not needed.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.kinds import NoticeKind

PARTS = {
    "who": ("kind", "group_name", "contact_name", "contact_email", "contact_phone"),
    "what": (
        *("about_text", "match_direction", "match_resource", "match_actor", "title", "text", "funder", "amount_upper"),
        *("target", "public_contact", "url"),
    ),
    "when": (
        *("sessions", "venue_name", "is_online", "fee_way", "fee", "application_way", "application_text", "deadline"),
        *("is_walk_in", "capacity"),
    ),
    "files": ("files", "has_photo_consent"),
    "send": ("media", "copies_given", "not_before", "criteria"),
}
"""The parts of the form in their order, each with its fields. "sessions" are all dates, "files" all files."""

ALWAYS = frozenset({*PARTS["who"], "text", "files", "has_photo_consent", "criteria"})
_NEWS = ALWAYS | {"title", "public_contact", "url", "media", "not_before"}
_CHANGE = ALWAYS | {"about_text"}
ASKED: dict[str, frozenset[str]] = {
    NoticeKind.EVENT: _NEWS | {"target", "copies_given"} | set(PARTS["when"]),
    NoticeKind.CALL: _NEWS | {"target", "copies_given", "deadline"},
    NoticeKind.GRANT: _NEWS | {"funder", "amount_upper", "target", "deadline"},
    NoticeKind.REPORT: _NEWS,
    NoticeKind.MATCH: _NEWS | {"match_direction", "match_resource", "match_actor", "deadline"},
    NoticeKind.CHANGE: _CHANGE,
    NoticeKind.CANCELLATION: _CHANGE,
    NoticeKind.OTHER: _NEWS | {"target", "copies_given", "deadline"},
}
"""What each kind asks for."""

PART_TITLES = {
    "who": _("Kind, and who you are"),
    "what": _("What it is"),
    "when": _("When and where"),
    "files": _("Flyers and photos"),
    "send": _("Look it over and send it"),
}
WHEN_TITLES = {NoticeKind.EVENT: _("When, where, how much")}
ONLY_DEADLINE = pgettext_lazy("notice", "Deadline")
TEXT_LABELS = {
    NoticeKind.EVENT: _("What kind of event is it?"),
    NoticeKind.CALL: _("Whom do you look for, and for what?"),
    NoticeKind.GRANT: _("What kind of grant is it?"),
    NoticeKind.REPORT: _("What did you do?"),
    NoticeKind.MATCH: _("What is wanted or offered, in your words?"),
    NoticeKind.CHANGE: _("What changes, and how?"),
    NoticeKind.CANCELLATION: _("What do people need to know?"),
    NoticeKind.OTHER: _("What do you want to tell?"),
}
TEXT_HINTS = {
    NoticeKind.CALL: _("Where and when it is done, how many people, and how one applies: a few sentences will do."),
    NoticeKind.GRANT: _("What it is for, who may apply and how: a few sentences will do."),
    NoticeKind.CHANGE: _("For example: the place has changed from the hall to the community centre."),
    NoticeKind.CANCELLATION: _("Why, whether there will be another day, and what those who applied should do."),
}
TITLE_LABELS = {
    NoticeKind.EVENT: _("Name of the event"),
    NoticeKind.GRANT: _("Name of the grant"),
}


def asked_by(kind: str) -> frozenset[str]:
    """The fields that a kind asks for; all of them where the kind is unknown."""
    return ASKED.get(kind, frozenset(name for names in PARTS.values() for name in names))


def parts_of(kind: str) -> list[str]:
    """The parts that have anything to ask for that kind, in their order."""
    asked = asked_by(kind)
    return [part for part, names in PARTS.items() if asked.intersection(names)]


def part_title(part: str, kind: str) -> Promise:
    if part == "when":
        return WHEN_TITLES.get(kind, ONLY_DEADLINE)
    return PART_TITLES[part]


def words_of(kind: str, *, title: str, text: str, hint: str) -> dict[str, str]:
    """The labels and the hint that differ by kind; `title`, `text` and `hint` are said where a kind has no own."""
    return {
        "title": str(TITLE_LABELS.get(kind, title)),
        "text": str(TEXT_LABELS.get(kind, text)),
        "text_hint": str(TEXT_HINTS.get(kind, hint)),
        "when": str(part_title("when", kind)),
    }
