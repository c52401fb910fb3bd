"""変更の希望: what a group would like to be different in a notice that is not published yet.

The group changes its own words on a form; what comes of it is a list of differences, field by field, that staff read
and take over. The notice itself and its clock stay as they are.
"""

import re
from collections.abc import Iterable, Mapping
from copy import copy
from datetime import date

from django import forms
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from activities.models import ApplicationWay, Notice
from activities.notices.drafts import as_posted
from activities.notices.edits import SESSIONS, Change, shown_value
from activities.notices.form_fields import PlainField
from activities.notices.kind_fields import asked_by
from activities.notices.notice_fields import NoticeFields
from activities.notices.refill import as_typed
from center.japanese.dates import period_words

DROPPED = (
    *("kind", "group_name", "contact_name", "contact_email", "contact_phone", "media", "copies_given"),
    *("has_photo_consent", "match_direction", "match_actor", "match_resource", "about_text"),
)
"""Asked once, when the notice is sent; who wants them otherwise writes a message."""
COMPARED = (
    *("title", "text", "venue_name", "is_online", "is_free", "fee", "capacity", "target", "application_way"),
    *("application_text", "is_walk_in", "deadline_on", "deadline_time", "public_contact", "url", "funder"),
    "amount_upper",
)
MONEY = ("fee_way", "fee", "application_way", "application_text", "is_walk_in", "capacity")
DEADLINE = ("deadline_on", "deadline_time")
SESSION_FIELD = re.compile(r"s\d{1,2}-")
FIELD_OF = {"is_free": "fee_way", "deadline_on": "", "deadline_time": ""}
"""The field of the form that asks for it, where it has another name; "" for days, which are forms of their own."""


class WishForm(NoticeFields):
    """The notice's own words, to be put right, and a word to the centre."""

    remark = PlainField(
        label=gettext_lazy("A word to the centre"),
        max_length=1_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For example: why it changes."),
    )

    def __init__(self, data: QueryDict | None = None, *, notice: Notice, today: date) -> None:
        super().__init__(data, today=today)
        self.notice = notice
        said = {FIELD_OF.get(name, name) for name in COMPARED if getattr(notice, name) not in (None, "", False)}
        if notice.application_way == ApplicationWay.NONE:
            said.discard("application_way")
        self.asked = asked_by(notice.kind) | said | {"title"}
        for name in [name for name in self.fields if name in DROPPED or name not in self.asked | {"remark"}]:
            del self.fields[name]
        for name in ("fee_way", "application_way", "text"):
            if name in self.fields:
                self.fields[name].required = False
        if data is None:
            self.keep(as_posted(as_typed(notice)), is_whole=False)

    @property
    def asks_sessions(self) -> bool:
        return "sessions" in self.asked or bool(self.notice.sessions.all())

    @property
    def asks_money(self) -> bool:
        return any(name in self.fields for name in MONEY)

    @property
    def asks_deadline(self) -> bool:
        return "deadline" in self.asked or self.notice.deadline_on is not None

    @property
    def has_faults(self) -> bool:
        return self.is_bound and (bool(self.errors) or any(part.has_faults for part in self.parts))

    def differences(self) -> list[Change]:
        """What the group would like to be different; call it once the form is valid. Reads `notice.sessions`."""
        data, wished = self.notice_data(), copy(self.notice)
        names = [name for name in COMPARED if not (field := FIELD_OF.get(name, name)) or field in self.fields]
        for name in names:
            setattr(wished, name, data.get(name, getattr(wished, name)))
        found = [Change(name, shown_value(self.notice, name), shown_value(wished, name)) for name in names]
        kept = [(session.starts_at, session.ends_at, session.is_all_day) for session in self.notice.sessions.all()]
        found.append(Change(SESSIONS, _periods(kept), _periods(self.sessions())))
        return [change for change in found if change.old != change.new]


def wished_values(changes: Iterable[Change], typed: QueryDict) -> dict[str, list[str]]:
    """What was typed for the fields that differ, by the name of the field: staff find it filled in."""
    names = {change.name for change in changes}
    kept = {field: typed.getlist(field) for field in {FIELD_OF.get(name, name) for name in names} - {"", SESSIONS}}
    if SESSIONS in names:
        kept |= {name: typed.getlist(name) for name in typed if name == "rows" or SESSION_FIELD.match(name)}
    if names.intersection(DEADLINE):
        kept |= {name: typed.getlist(name) for name in typed if name.startswith("deadline-")}
    return kept


def overlaid(typed: QueryDict, wished: Mapping[str, list[str]]) -> QueryDict:
    """The values of a form, with those that a group would like in their place."""
    laid = typed.copy()
    if "rows" in wished:
        for name in [name for name in laid if SESSION_FIELD.match(name)]:
            del laid[name]
    for name, values in wished.items():
        laid.setlist(name, values)
        if not values:
            del laid[name]
    return laid


def _periods(sessions: Iterable[tuple]) -> str:
    return "、".join(period_words(starts_at, ends_at, is_all_day) for starts_at, ends_at, is_all_day in sessions)


def label_of(name: str) -> str:
    """What a field is called where differences are listed."""
    if name == SESSIONS:
        return pgettext("notice", "When")
    return capfirst(str(Notice._meta.get_field(name).verbose_name))


def wish_words(changes: Iterable[Change], remark: str) -> str:
    """The differences as lines of text, and what the group says about them: for the history, and for staff."""
    empty = _("(empty)")
    lines = []
    for change in changes:
        old, new = change.old or empty, change.new or empty
        is_long = "\n" in f"{old}{new}" or len(old) + len(new) > 120
        lines.append(f"■ {label_of(change.name)}" + (f"\n{new}" if is_long else f"：{old} → {new}"))
    return "\n".join([*lines, *([remark] if remark else [])])
