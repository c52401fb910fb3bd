"""The forms of staff for consultations: one that came by phone or at the counter, and the day that was agreed."""

from datetime import datetime

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.desk.forms import NOT_BY_FORM, ReceivedForm
from activities.inquiries.forms import TEXT_LENGTH, ConsultationFields, ReachFields
from activities.models import Channel, ConsultationWay
from activities.notices.day_forms import DayTimeForm
from activities.notices.form_fields import PlainField
from center.opening import TOKYO, tokyo_date


class EntryForm(ReachFields, ConsultationFields):
    """A consultation typed in by staff. Only what it was about, how and when it came is needed."""

    field_order = [
        *("channel", "kind", "text", "asker", "contact_name", "group_name", "contact_phone", "contact_email"),
        *("wished_way", "wished_days", "staff_note", "is_done"),
    ]

    channel = forms.ChoiceField(
        label=_("How it came"), choices=NOT_BY_FORM, initial=Channel.PHONE, widget=forms.RadioSelect
    )
    staff_note = PlainField(
        label=_("Note of the staff"), required=False, max_length=TEXT_LENGTH, widget=forms.Textarea(attrs={"rows": 3})
    )
    is_done = forms.BooleanField(
        label=_("It is done already"), required=False, help_text=_("For what was answered on the spot.")
    )

    def __init__(self, data: QueryDict | None = None, *, now: datetime, **kwargs) -> None:
        super().__init__(data, use_required_attribute=False, **kwargs)
        for name in ("contact_name", "text", "asker", "wished_way"):
            self.fields[name].required = False
        self.fields["wished_way"].choices = [("", _("not said")), *ConsultationWay.choices]
        self.fields["contact_email"].help_text = self.fields["contact_phone"].help_text = ""
        self.received = ReceivedForm(data, now=now)
        if data is None:
            self.received.fill(now)

    @property
    def received_parts(self) -> list[forms.Form]:
        """The form of the real time, for the summary of what is to be mended."""
        return [self.received]

    def clean(self) -> dict:
        # somebody at the counter need not leave a name or a number
        return forms.Form.clean(self) or self.cleaned_data

    def is_valid(self) -> bool:
        is_valid = super().is_valid()
        return self.received.is_valid() and is_valid


class BookForm(DayTimeForm):
    """The day and hour that was agreed for a consultation; both are needed."""

    def __init__(self, data: QueryDict | None = None, *, now: datetime, **kwargs) -> None:
        name = pgettext_lazy("consultation", "Agreed day and hour")
        super().__init__(data, prefix="booked", today=tokyo_date(now), name=name, **kwargs)
        self.booked_at: datetime | None = None

    def fill(self, moment: datetime) -> None:
        """Show this moment in an unbound form."""
        local = moment.astimezone(TOKYO)
        self.initial = {"year": local.year, "month": local.month, "day": local.day, "time": f"{local:%H:%M}"}

    def clean(self) -> dict:
        cleaned = super().clean()
        if self.is_empty or (self.day and self.at is None and "time" not in self.errors):
            self.add_error("time" if self.day else "day", _("Please write the day and the hour that you agreed on."))
        if not self.errors and self.day and self.at:
            self.booked_at = datetime.combine(self.day, self.at, tzinfo=TOKYO)
        return cleaned
