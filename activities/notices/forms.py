"""The public form by which groups tell the centre, and the small forms of the status page.

The form is one page that works without JavaScript. Its days, its files and its guard are forms of their own; together
they are one: `is_valid`, `rows`, `deadline`, `not_before`, `notice_data()`, `sessions()`.
"""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core import signing
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from activities.kinds import NoticeKind
from activities.notices.form_fields import PlainField
from activities.notices.kind_fields import PARTS, asked_by, words_of
from activities.notices.notice_fields import NUMBER_WORDS, TEXT_LENGTH, NoticeFields, ticks_field
from center.intake.guard import GuardedFormMixin
from center.intake.tokens import new_token
from center.japanese.dates import day_words, period_words, time_words
from center.opening import tokyo_date

SUBMISSION_SALT = "activities.submission"
NOTICE_LIFE = timedelta(days=2)
"""How long a form that was opened stays one submission."""
NEEDED_WHERE_ASKED = (
    *("venue_name", "fee_way", "application_way", "funder", "about_text"),
    *("match_direction", "match_actor", "match_resource"),
)
"""Fields that a kind cannot do without where it asks for them; the check is in `_check_kind`."""


class NoticeForm(GuardedFormMixin, NoticeFields):
    """The public form: everything above, the criteria to agree to, and the guard against machines.

    `criteria` are the lines of the rule in force; `has_images`: pictures came along, so their consent is asked.
    """

    criteria = ticks_field(_("Please check"), [])
    shown = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    """The kind whose fields are on the screen; empty: all of them are. What was not on the screen does not count."""

    def __init__(
        self, *args, now: datetime, guard_phone: str = "", criteria: list[str] = (), has_images: bool = False, **kwargs
    ) -> None:
        self.has_images = has_images
        super().__init__(*args, now=now, guard_phone=guard_phone, today=tokyo_date(now), **kwargs)
        self._ask_criteria(list(criteria))
        self.fields["fee_way"].required = False
        self.fields["application_way"].required = False
        for name in NEEDED_WHERE_ASKED:
            self.fields[name].is_needed = True
        self._word_by_kind()

    @property
    def kind(self) -> str:
        """The kind that is chosen, as far as it can be told."""
        typed = self.data.get(self.add_prefix("kind")) if self.is_bound else self.initial.get("kind")
        value = str(typed or "")
        return value if value in NoticeKind.values else NoticeKind.EVENT.value

    @property
    def asked(self) -> frozenset[str]:
        """The fields that the page shows."""
        return asked_by(self.kind)

    def keep(self, typed: QueryDict, **changes) -> None:
        super().keep(typed, **changes)
        self._word_by_kind()

    def _word_by_kind(self) -> None:
        """Say what is asked in the words of the kind."""
        words = self.words_for(self.kind)
        self.fields["title"].label, self.fields["text"].label = words["title"], words["text"]
        self.fields["text"].help_text = words["text_hint"]

    def words_for(self, kind: str) -> dict[str, str]:
        fields = self.base_fields
        return words_of(kind, title=fields["title"].label, text=fields["text"].label, hint=fields["text"].help_text)

    def _leave_out(self, cleaned: dict) -> None:
        shown = cleaned.get("shown")
        if shown not in NoticeKind.values or cleaned.get("kind") not in NoticeKind.values:
            return
        counting = asked_by(shown) | asked_by(cleaned["kind"])
        for name in {name for names in PARTS.values() for name in names} - counting:
            self._errors.pop(name, None)
            cleaned.pop(name, None)
        ignored = [self.rows] if "sessions" not in counting else []
        ignored += [[part] for part in (self.deadline, self.not_before) if part.prefix not in counting]
        for part in (part for parts in ignored for part in parts):
            part.forget()

    def notice_data(self) -> dict[str, Any]:
        """As of every notice; a change has the title of what it is about."""
        data = super().notice_data()
        data["title"] = data.get("title") or self.cleaned_data.get("about_text", "")[:120]
        if not data.get("media"):
            data.pop("media", None)
        return data

    def understood(self) -> dict[str, str]:
        """Days, times and numbers as they were read, by the name of their field; only what could be read."""
        cleaned = getattr(self, "cleaned_data", {})
        found = {row.prefix: period_words(*row.session) for row in self.rows if row.session}
        if self.deadline.day and not self.deadline.has_faults:
            found["deadline"] = day_words(self.deadline.day)
            found["deadline"] += time_words(self.deadline.at) if self.deadline.at else ""
        if self.not_before.day and not self.not_before.has_faults:
            found["not_before"] = day_words(self.not_before.day)
        if cleaned.get("contact_phone"):
            found["contact_phone"] = cleaned["contact_phone"]
        for name, words in NUMBER_WORDS.items():
            if cleaned.get(name):
                found[name] = str(words) % f"{cleaned[name]:,}"
        return found

    def _ask_criteria(self, criteria: list[str]) -> None:
        if not criteria:
            del self.fields["criteria"]
            return
        self.fields["criteria"].choices = [(str(number), line) for number, line in enumerate(criteria, start=1)]
        self.fields["criteria"].error_messages["required"] = _("Please read these lines and tick each of them.")

    def clean(self) -> dict:
        cleaned = super().clean()
        criteria = self.fields.get("criteria")
        if criteria and len(cleaned.get("criteria", [])) < len(criteria.choices):
            self._once("criteria", _("Please read these lines and tick each of them."))
        if self.has_images and not cleaned.get("has_photo_consent"):
            self.add_error(
                "has_photo_consent",
                _("Please ask the people in the photos, then tick this. Tick it too when nobody can be seen."),
            )
        return cleaned


def new_submission() -> str:
    """A key for one filled-in form, signed: sending it twice makes one notice."""
    return signing.TimestampSigner(salt=SUBMISSION_SALT).sign(new_token())


def read_submission(signed: str) -> str | None:
    """The key inside; None where it is missing, changed or older than NOTICE_LIFE."""
    try:
        return signing.TimestampSigner(salt=SUBMISSION_SALT).unsign(signed, max_age=NOTICE_LIFE)
    except signing.BadSignature:
        return None


# The status page


class AnswerForm(forms.Form):
    """The group's answer to a question."""

    text = PlainField(
        label=_("Your answer"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Please write your answer here, also when you attach a file.")},
    )


class MessageForm(forms.Form):
    """Something the group wants to tell."""

    message = PlainField(
        label=_("What you want to tell us"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Please write what you want to tell us.")},
    )
