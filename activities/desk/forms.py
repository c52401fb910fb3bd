"""The forms of the desk: a notice that came by phone, fax or at the counter, and what staff do with one."""

from collections.abc import Mapping
from datetime import datetime, time

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.widgets import AdminPageChooser
from wagtail.models import Page

from activities.kinds import NoticeKind
from activities.models import Channel, GroupPage, Notice, ReturnReason
from activities.notices.day_forms import DayTimeForm
from activities.notices.edits import EDITABLE
from activities.notices.form_fields import EMPTY, UNCHOSEN, PlainField
from activities.notices.notice_fields import TEXT_LENGTH, NoticeFields
from activities.notices.refill import as_typed
from activities.notices.wishes import overlaid
from center.opening import TOKYO, tokyo_date

NOT_BY_FORM = [choice for choice in Channel.choices if choice[0] != Channel.FORM]


class ReceivedForm(DayTimeForm):
    """The real moment at which a notice reached the centre: needed, never later than now."""

    def __init__(self, data: QueryDict | None = None, *args, now: datetime, **kwargs) -> None:
        super().__init__(
            data, *args, prefix="received", today=tokyo_date(now), name=pgettext_lazy("notice", "Received"), **kwargs
        )
        self.now = now
        self.received_at: datetime | None = None

    def fill(self, moment: datetime) -> None:
        """Show this moment in an unbound form."""
        local = moment.astimezone(TOKYO)
        self.initial = {"year": local.year, "month": local.month, "day": local.day, "time": f"{local:%H:%M}"}

    def clean(self) -> dict:
        cleaned = super().clean()
        if self.is_empty or (self.day and self.at is None and "time" not in self.errors):
            self.add_error("time" if self.day else "day", _("Please write the day and the time at which it came."))
        if self.errors or self.day is None:
            return cleaned
        self.received_at = datetime.combine(self.day, self.at or time.min, tzinfo=TOKYO)
        if self.received_at > self.now:
            self.add_error("day", _("This lies in the future. Please write when it really came."))
        return cleaned


class EntryForm(NoticeFields):
    """A notice that did not come by the form. Only what it is about, who sends it and its title are needed."""

    channel = forms.ChoiceField(
        label=_("How it came"), choices=NOT_BY_FORM, initial=Channel.PHONE, widget=forms.RadioSelect
    )
    group = forms.ModelChoiceField(
        label=_("Group in the list"),
        queryset=GroupPage.objects.none(),
        required=False,
        empty_label=_("not in the list"),
    )
    staff_note = PlainField(
        label=_("Note of the staff"), required=False, max_length=TEXT_LENGTH, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data: QueryDict | None = None, *args, now: datetime, **kwargs) -> None:
        super().__init__(data, *args, today=tokyo_date(now), **kwargs)
        self.fields["group"].queryset = GroupPage.objects.filter(locale__language_code="ja").order_by("title")
        for name in ("contact_name", "contact_email", "text", "fee_way", "application_way"):
            self.fields[name].required = False
        self.received = ReceivedForm(data, now=now)
        if data is None:
            self.received.fill(now)

    @property
    def parts(self) -> list[forms.Form]:
        return [self.received, *super().parts]

    def _check_kind(self, kind: NoticeKind, cleaned: dict) -> None:
        """Staff take in what there is; what is missing is asked of the group."""

    def _check_days(self, cleaned: dict) -> None:
        """Staff may take in what is over: the group is asked."""

    def notice_data(self) -> dict:
        cleaned = self.cleaned_data
        return super().notice_data() | {"group": cleaned.get("group"), "staff_note": cleaned.get("staff_note", "")}


class EditForm(EntryForm):
    """What a notice says, to be written anew. When it came, how, its media and files have screens of their own."""

    def __init__(self, data: QueryDict | None = None, *args, now: datetime, **kwargs) -> None:
        super().__init__(data, *args, now=now, **kwargs)
        for name in ("channel", "media", "staff_note"):
            del self.fields[name]
        self.received = None

    @classmethod
    def of(cls, notice: Notice, *, now: datetime, wished: Mapping[str, list[str]] | None = None) -> "EditForm":
        """An unbound form with what the notice says now, and with what its group would like in its place."""
        typed = QueryDict(mutable=True)
        for name, values in as_typed(notice).items():
            typed.setlist(name, values)
        typed["group"] = str(notice.group_id or "")
        typed["copies_given"] = str(notice.copies_given or "")
        if notice.has_photo_consent:
            typed["has_photo_consent"] = "on"
        if notice.not_before_on:
            day = notice.not_before_on
            for name, value in (("year", day.year), ("month", day.month), ("day", day.day)):
                typed[f"not_before-{name}"] = str(value)
        form = cls(now=now)
        form.keep(overlaid(typed, wished or {}))
        return form

    @property
    def parts(self) -> list[forms.Form]:
        return [*self.rows, self.deadline, self.not_before]

    def notice_data(self) -> dict:
        data = super().notice_data()
        return {name: value for name, value in data.items() if name in EDITABLE}


class ReturnForm(forms.Form):
    """Why a notice goes back. A reason brings its ready words, which staff may change."""

    reason = forms.ChoiceField(
        label=pgettext_lazy("notice", "Reason"),
        choices=ReturnReason.choices,
        widget=forms.RadioSelect,
        error_messages=UNCHOSEN,
    )
    message = PlainField(
        label=_("Message to the group"),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What you need to know, in plain words. It stands in the mail and on the status page."),
    )

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("reason") == ReturnReason.OTHER and not cleaned.get("message"):
            self.add_error("message", _("With “other”, please write the reason in words."))
        return cleaned


class WordsForm(forms.Form):
    """Words that are needed: the reason of a refusal, a message to the group."""

    words = PlainField(max_length=TEXT_LENGTH, widget=forms.Textarea(attrs={"rows": 6}), error_messages=EMPTY)

    def __init__(self, *args, label, help_text="", required: bool = True, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label = label
        self.fields["words"].help_text = help_text
        self.fields["words"].required = required


class WithdrawForm(forms.Form):
    """Why it is withdrawn: at the group's wish, or because nobody answered."""

    WISH, UNANSWERED = "wish", "unanswered"

    reason = forms.ChoiceField(
        label=pgettext_lazy("notice", "Reason"),
        choices=[(WISH, _("the group wishes it")), (UNANSWERED, _("no answer came"))],
        initial=WISH,
        widget=forms.RadioSelect,
    )
    words = PlainField(
        label=pgettext_lazy("notice", "Note"),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AnswerEntryForm(forms.Form):
    """An answer that came by phone, fax or at the counter, with the real moment at which it came."""

    words = PlainField(
        label=_("What the group answered"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages=EMPTY,
    )

    def __init__(self, data: QueryDict | None = None, *args, now: datetime, **kwargs) -> None:
        super().__init__(data, *args, **kwargs)
        self.received = ReceivedForm(data, now=now)
        if data is None:
            self.received.fill(now)

    def is_valid(self) -> bool:
        return super().is_valid() and self.received.is_valid()


class PageForm(forms.Form):
    """The page that a notice is about, or one more page of it."""

    page = forms.ModelChoiceField(
        label=pgettext_lazy("notice", "Page"), queryset=Page.objects.filter(depth__gt=2), widget=AdminPageChooser
    )
