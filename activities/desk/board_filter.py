"""What the board is narrowed to: fields of a form whose values stand in the address, so that a view can be kept."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.kinds import NoticeKind
from activities.media import Medium
from activities.models import Channel, NoticeState
from activities.notices.board import OVERDUE, TODAY, TOMORROW, WEEK, Waiting
from center.models import User

ME, NOBODY = "me", "nobody"
ANY = ("", pgettext_lazy("notice", "all"))


class BoardFilter(forms.Form):
    """The choices of the board. What cannot be meant narrows nothing."""

    OPEN, ALL = "open", "all"
    STATES = [
        (OPEN, _("open ones")),
        *NoticeState.choices,
        ("late_return", _("returned after the due day")),
        (ALL, pgettext_lazy("notice", "all")),
    ]
    DUES = [
        ANY,
        (OVERDUE, _("past the due day")),
        (TODAY, _("due today")),
        (TOMORROW, _("due tomorrow")),
        (WEEK, _("due this week")),
    ]
    WAITS = [
        ANY,
        ("read", Waiting.READ),
        ("answer", _("the group has answered")),
        ("message", _("a message waits for an answer")),
        ("page", Waiting.PAGE),
        ("publishing", Waiting.PUBLISHING),
        ("applying", Waiting.APPLYING),
        ("choosing", Waiting.CHOOSING),
        ("group", Waiting.GROUP),
    ]

    q = forms.CharField(label=_("Words to look for"), required=False, max_length=80)
    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)
    due = forms.ChoiceField(label=pgettext_lazy("notice", "Due"), choices=DUES, required=False)
    waits = forms.ChoiceField(label=_("Waits for"), choices=WAITS, required=False)
    charge = forms.ChoiceField(label=_("In charge"), required=False)
    kind = forms.ChoiceField(label=pgettext_lazy("notice", "Kind"), choices=[ANY, *NoticeKind.choices], required=False)
    medium = forms.ChoiceField(label=_("Shall appear in"), choices=[ANY, *Medium.choices], required=False)
    channel = forms.ChoiceField(label=_("How it came"), choices=[ANY, *Channel.choices], required=False)

    def __init__(self, data: QueryDict, *, staff: list[User]) -> None:
        data = data.copy()
        if data.get("mine") and not data.get("charge"):
            data["charge"] = ME
        super().__init__(data)
        people = [(str(person.pk), str(person)) for person in staff]
        self.fields["charge"].choices = [ANY, (ME, _("me")), (NOBODY, _("nobody")), *people]
        self.fields["q"].widget.attrs |= {"type": "search", "placeholder": _("number, title, group, phone")}
        for name, field in self.fields.items():
            field.widget.attrs["id"] = f"f-{name}"
        self.is_valid()

    def chosen(self, name: str) -> str:
        return self.cleaned_data.get(name, "")

    def narrowed(self, user: User, *, today: date) -> dict[str, Any]:  # Any: arguments of several types
        """The arguments of `board`."""
        charge = self.chosen("charge")
        return {
            "state": self.chosen("state") or (self.ALL if self.chosen("waits") == "message" else self.OPEN),
            "assigned_to": user.pk if charge == ME else int(charge) if charge.isdecimal() else None,
            "is_unassigned": charge == NOBODY,
            "search": self.chosen("q"),
            "today": today,
            **{name: self.chosen(name) for name in ("kind", "channel", "medium", "due", "waits")},
        }

    @property
    def is_narrowed(self) -> bool:
        return any(self.chosen(name) for name in self.fields if name != "state") or (
            self.chosen("state") not in ("", self.OPEN)
        )

    def taken(self) -> list["Chip"]:
        """What is chosen, each with the address that takes it off again."""
        chips = []
        for name, field in self.fields.items():
            value = self.chosen(name)
            if not value or (name == "state" and value == self.OPEN):
                continue
            words = dict(field.choices).get(value, value) if isinstance(field, forms.ChoiceField) else f"「{value}」"
            chips.append(Chip(f"{field.label}：{words}", _without(self.data, name), is_on=True))
        return chips


@dataclass(frozen=True)
class Chip:
    """A link that narrows the board, or takes a choice off; `count` where it is known."""

    words: str | Promise
    query: str
    count: int | None = None
    is_on: bool = False
    is_warning: bool = False


def chips(counts: dict[str, int], data: QueryDict) -> list[Chip]:
    """The usual views of the board, each a link that can be kept."""
    views = [
        (_("open ones"), {}, counts["open"], False),
        (_("past the due day"), {"due": OVERDUE}, counts["overdue"], True),
        (_("due today"), {"due": TODAY}, counts["today"], False),
        (_("due tomorrow"), {"due": TOMORROW}, counts["tomorrow"], False),
        (_("the group has answered"), {"waits": "answer"}, counts["answer"], False),
        (_("a message waits for an answer"), {"waits": "message"}, counts["message"], False),
        (_("in my charge"), {"charge": ME}, None, False),
        (_("in nobody's charge"), {"charge": NOBODY}, None, False),
    ]
    now = {name: value for name, value in data.items() if value and name != "p"}
    return [
        Chip(words, _query(choice), count, is_on=now == choice, is_warning=bool(warns and count))
        for words, choice, count, warns in views
    ]


def _query(choice: dict[str, str]) -> str:
    query = QueryDict(mutable=True)
    query.update(choice)
    return query.urlencode()


def _without(data: QueryDict, name: str) -> str:
    query = data.copy()
    for gone in (name, "p", "mine"):
        query.pop(gone, None)
    return query.urlencode()
