"""The two public forms that go to the centre alone: an answer to a post, and a request for a consultation."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.models import Asker, ConsultationKind, ConsultationWay
from activities.notices.form_fields import EMPTY, UNCHOSEN, LineField, PhoneField, PlainField
from center.intake.addresses import AddressField
from center.intake.guard import GuardedFormMixin

TEXT_LENGTH = 2_000
WAYS_ALWAYS = (ConsultationWay.COUNTER, ConsultationWay.PHONE, ConsultationWay.ANY)


class ReachFields(forms.Form):
    """Who writes and how to get back to them: a mail address or a phone number is enough."""

    contact_name = LineField(
        label=_("Your name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages=EMPTY,
    )
    group_name = LineField(
        label=_("Name of the group or company"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    contact_email = AddressField(
        label=_("E-mail address"), required=False, help_text=_("We send the receipt with your number to it.")
    )
    contact_phone = PhoneField(
        label=_("Phone number"), required=False, help_text=_("One of the two is enough: e-mail or phone.")
    )

    def clean(self) -> dict:
        cleaned = super().clean()
        cleaned = self.cleaned_data if cleaned is None else cleaned
        is_typed = any(name in self.errors for name in ("contact_email", "contact_phone"))
        if not is_typed and not cleaned.get("contact_email") and not cleaned.get("contact_phone"):
            words = _("Please write an e-mail address or a phone number, so that we can get back to you.")
            self.add_error("contact_email", ValidationError(words, code="no_contact"))
        return cleaned


class PublicForm(GuardedFormMixin, ReachFields):
    """A form of strangers: guarded, with a consent that says what the data is used for."""

    consent = forms.BooleanField(
        label=_("I agree that the centre uses this to get back to me"),
        error_messages={"required": _("Please read it and tick it, so that we may get back to you.")},
    )

    def __init__(self, data: QueryDict | None = None, *, now: datetime, guard_phone: str = "", **kwargs) -> None:
        super().__init__(data, now=now, guard_phone=guard_phone, use_required_attribute=False, **kwargs)

    def inquiry_data(self) -> dict[str, Any]:
        """The fields of the row; call it once the form is valid."""
        return {name: value for name, value in self.cleaned_data.items() if name != "consent"}


class ContactForm(PublicForm):
    """An answer to a post."""

    field_order = ["text", "contact_name", "group_name", "contact_email", "contact_phone", "consent"]

    text = PlainField(
        label=_("What would you like to tell?"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("For example: what you can do, when, what you would like to ask first."),
        error_messages=EMPTY,
    )
    consent = forms.BooleanField(
        label=_("I agree that the centre uses this to get back to me and to bring us together"),
        help_text=_("The centre asks you before it passes your name or number on to the other side."),
        error_messages={"required": _("Please read it and tick it, so that we may get back to you.")},
    )


class ConsultationFields(forms.Form):
    """What somebody wants advice on, and when and how."""

    kind = forms.ChoiceField(
        label=_("Which consultation?"),
        choices=ConsultationKind.choices,
        widget=forms.RadioSelect,
        error_messages=UNCHOSEN,
    )
    text = PlainField(
        label=_("What would you like to ask?"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("A few words will do. What is not clear yet, we sort out together."),
        error_messages=EMPTY,
    )
    asker = forms.ChoiceField(
        label=_("Who asks?"), choices=Asker.choices, widget=forms.RadioSelect, error_messages=UNCHOSEN
    )
    wished_way = forms.ChoiceField(
        label=_("How would you like to talk?"),
        choices=[(way.value, way.label) for way in WAYS_ALWAYS],
        widget=forms.RadioSelect,
        error_messages=UNCHOSEN,
    )
    wished_days = LineField(
        label=_("Which days and hours suit you?"),
        max_length=200,
        required=False,
        help_text=_("For example: afternoons of weekdays, after 10 December. We fix the day together."),
    )

    def offer_visits(self) -> None:
        """Offer that the centre comes, for a service that is known to do so."""
        ways = [ConsultationWay.COUNTER, ConsultationWay.PHONE, ConsultationWay.VISIT, ConsultationWay.ANY]
        self.fields["wished_way"].choices = [(way.value, way.label) for way in ways]


class ConsultationForm(PublicForm, ConsultationFields):
    """A request for a consultation."""

    field_order = [
        *("kind", "text", "wished_way", "wished_days", "asker"),
        *("contact_name", "group_name", "contact_email", "contact_phone", "consent"),
    ]

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("asker") == Asker.GROUP and not cleaned.get("group_name") and "group_name" not in self.errors:
            self.add_error("group_name", pgettext_lazy("consultation", "Please write the name of the group."))
        return cleaned
