"""What happened to a notice, in sentences: for the group on its status page, for staff at the desk. Pure."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activities.models import Channel, NoticeEntry, ReturnReason
from activities.notices import media_words
from center.japanese.dates import day_words

CHANNEL_SENTENCES = {
    Channel.FORM: lambda: _("Received by the form."),
    Channel.PHONE: lambda: _("Received by phone."),
    Channel.FAX: lambda: _("Received by fax."),
    Channel.COUNTER: lambda: _("Received at the counter."),
    Channel.MAIL: lambda: _("Received by e-mail."),
}
FIELD_SENTENCES = {
    "received_at": lambda: _("The time of receipt was corrected."),
    "assigned_to": lambda: _("Somebody else is in charge."),
    "pages": lambda: _("A page was linked."),
    "staff_note": lambda: _("The staff's note was changed."),
    "held": lambda: _("The staff have seen that a person sent it."),
    "fields": lambda: _("What the notice says was written anew."),
    "message_seen": lambda: _("The group's words need no further answer."),
    "page_unmade": lambda: _("The page that had been made was taken back."),
    "trusted": lambda: _("Published by itself as a notice of a trusted group."),
    "trusted_seen": lambda: _("Staff have looked at the page that was published by itself."),
}


def entry_words(entry: NoticeEntry) -> str:
    """One sentence for one line of the history, without the words that somebody wrote (those are `entry.text`)."""
    kinds = NoticeEntry.Kind
    data = entry.data or {}
    if entry.kind == kinds.RECEIVED:
        return _received(data)
    if entry.kind == kinds.RETURNED:
        return _("The centre asked the group something.") + _reason(entry.reason)
    if entry.kind == kinds.PUBLISHED:
        return _("The page is shown again.") if data.get("again") else _("It was published.")
    if entry.kind == kinds.MESSAGE_OUT and "reminder" in data:
        return _("The group was reminded of the question.")
    if entry.kind == kinds.DUE_MOVED:
        return _due_moved(data)
    if entry.kind == kinds.WITHDRAWN and data.get("discarded"):
        return _("It was taken for an automatic message and put away. If it is yours, please tell us by phone.")
    if entry.kind == kinds.WITHDRAWN:
        return _("Withdrawn because no answer came.") if data.get("unanswered") else _("It was withdrawn.")
    if entry.kind == kinds.MESSAGE_IN and data.get("changes"):
        return _("The group would like to change:")
    if entry.kind == kinds.CHANGED and data.get("field") in media_words.FIELDS:
        return media_words.medium_change_words(data)
    if entry.kind == kinds.CHANGED:
        return FIELD_SENTENCES.get(data.get("field"), lambda: _("Something was changed."))() + _old_and_new(data)
    sentences = {
        kinds.REVIEWING: _("The centre began to read it."),
        kinds.ANSWERED: _("The group answered.") + _attachments(data),
        kinds.PAGE_MADE: _("The centre is preparing the page."),
        kinds.UNPUBLISHED: _("The page is no longer shown."),
        kinds.APPLIED: _("The page shows it."),
        kinds.DECLINED: _("It will not be published."),
        kinds.MESSAGE_IN: _("The group told the centre:"),
        kinds.MESSAGE_OUT: _("The centre told the group:"),
        kinds.FORECAST: _("What was said about the support mail:"),
    }
    return sentences.get(entry.kind, str(entry.get_kind_display()))


def _received(data: dict) -> str:
    return CHANNEL_SENTENCES.get(data.get("channel"), CHANNEL_SENTENCES[Channel.FORM])() + _attachments(data)


def _attachments(data: dict) -> str:
    names = data.get("attachments") or []
    if not names:
        return ""
    words = ngettext("%(count)d attachment: %(names)s", "%(count)d attachments: %(names)s", len(names))
    return " " + words % {"count": len(names), "names": _("、").join(names)}


def _reason(reason: str) -> str:
    if not reason or reason == ReturnReason.OTHER:
        return ""
    return f"（{ReturnReason(reason).label}）" if reason in ReturnReason.values else ""


def _due_moved(data: dict) -> str:
    if data.get("due_old") == data.get("due_new"):
        return _("The day by which it is prepared has moved.")
    return _("The due day has moved from %(old)s to %(new)s.") % {
        "old": _day(data["due_old"]),
        "new": _day(data["due_new"]),
    }


def _old_and_new(data: dict) -> str:
    if data.get("field") != "received_at" or data.get("due_old") == data.get("due_new"):
        return ""
    return " " + _("Due day: %(old)s → %(new)s") % {"old": _day(data.get("due_old")), "new": _day(data.get("due_new"))}


def _day(text: str | None) -> str:
    return day_words(date.fromisoformat(text)) if text else "–"
