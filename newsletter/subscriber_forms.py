"""The forms of the support mail: signing up, changing, and entering somebody by hand."""

from datetime import date, datetime

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from center.intake.addresses import AddressField, normalise_address
from center.intake.guard import GuardedFormMixin
from center.japanese.dates import day_words
from center.opening import tokyo_date
from newsletter.models import ConsentEvent, MailFormat, Subscriber, Suppression, Topic
from newsletter.subscriber_pauses import LONGEST, skipped_until
from newsletter.subscribers import GETS_MAIL, is_suppressed

LANGUAGES_BY_READERS = sorted(settings.LANGUAGES, key=lambda row: not row[0].startswith("ja"))
"""Japanese, easy Japanese, then the others, each in its own words."""

SOURCES = [
    (channel.value, channel.label)
    for channel in (
        ConsentEvent.Channel.PAPER,
        ConsentEvent.Channel.FAX,
        ConsentEvent.Channel.COUNTER,
        ConsentEvent.Channel.PHONE,
    )
]
"""How people sign up without the site."""

TOPIC_WORDS = {
    "monthly": (_("Support mail"), _("One mail a month")),
    "extra": (_("Extra issues"), _("Only when there is urgent news")),
}
"""Kinds of mail that the site starts with; those that staff add have their name in Japanese alone."""


def topic_words(topic: Topic) -> str:
    """The name of a kind of mail and what it is, in the active language."""
    name, description = TOPIC_WORDS.get(topic.slug, (topic.name, topic.description))
    if not description:
        return str(name)
    return _("%(name)s (%(description)s)") % {"name": name, "description": description}


class TopicsField(forms.ModelMultipleChoiceField):
    """Kinds of mail as check boxes."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs) -> None:
        super().__init__(queryset=Topic.objects.all(), label=_("What to get"), **kwargs)
        self.error_messages["required"] = _("Please choose at least one.")

    def label_from_instance(self, topic: Topic) -> str:
        return topic_words(topic)


class ChoicesForm(forms.Form):
    """What every form about the mail asks: kinds of mail, language, form. Nothing else is asked of anybody."""

    topics = TopicsField()
    locale = forms.ChoiceField(label=_("Language of the mail"), choices=LANGUAGES_BY_READERS, widget=forms.RadioSelect)
    format = forms.ChoiceField(label=_("Form of the mail"), choices=MailFormat.choices, widget=forms.RadioSelect)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        # A site without any kind of mail yet takes sign-ups all the same.
        self.fields["topics"].required = Topic.objects.exists()


class SignUpForm(GuardedFormMixin, ChoicesForm):
    """Signing up on the site. Guarded; it carries no CSRF token, because the page sets no cookie."""

    email = AddressField(
        help_text=_("We send one mail to it. Press the button that you find there, and you are signed up.")
    )
    field_order = ["email", "topics", "locale", "format"]


class PreferencesForm(ChoicesForm):
    """Changing what one gets, on one's personal page."""


SKIPPED = {"one": 1, "three": 3}
"""Issues that are left out, by the choice on the page."""


class PauseForm(forms.Form):
    """Until when nothing shall come."""

    ONE, THREE, DAY, OPEN = "one", "three", "day", "open"

    how_long = forms.ChoiceField(
        label=_("How long to pause"),
        choices=[
            (ONE, _("Skip the next issue")),
            (THREE, _("Skip the next three issues")),
            (DAY, _("Until the day that I write")),
            (OPEN, _("Until I let it come again")),
        ],
        initial=ONE,
        widget=forms.RadioSelect,
    )
    until_on = forms.DateField(
        label=_("The day from which it shall come again"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Only where you have chosen to write a day."),
    )

    def __init__(self, *args, now: datetime, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        choices = dict(self.fields["how_long"].choices)
        for chosen, count in SKIPPED.items():
            day = day_words(skipped_until(count, now=now), seen_on=now)
            choices[chosen] = _("%(words)s (it comes again from %(day)s on)") % {"words": choices[chosen], "day": day}
        self.fields["how_long"].choices = list(choices.items())

    def clean(self) -> dict:
        data = super().clean()
        if data.get("how_long") == self.DAY and "until_on" not in self.errors:
            today, day = tokyo_date(self.now), data.get("until_on")
            if day is None:
                self.add_error("until_on", _("Please write the day."))
            elif not today < day <= today + LONGEST:
                self.add_error("until_on", _("Please choose a day after today, within a year."))
        return data

    def ends_on(self) -> date | None:
        """The first day on which the mail comes again; None for a pause without an end."""
        chosen = self.cleaned_data["how_long"]
        if chosen == self.DAY:
            return self.cleaned_data["until_on"]
        count = SKIPPED.get(chosen)
        return skipped_until(count, now=self.now) if count else None


class MoveForm(forms.Form):
    """The address to which the mail shall come instead."""

    email = AddressField(
        label=_("New address"),
        help_text=_("We send one mail to it. The address changes when you press the button that you find there."),
    )


class StaffChangeForm(forms.ModelForm):
    """Changing what somebody gets, at the desk."""

    topics = TopicsField()

    class Meta:
        model = Subscriber
        fields = ["topics", "locale", "format"]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topics"].required = Topic.objects.exists()
        if self.instance.pk and not self.is_bound:
            self.initial["topics"] = list(self.instance.topics.all())


class StaffSubscribeForm(StaffChangeForm):
    """Entering somebody who signed up on paper, by FAX, at the counter or by phone."""

    email = AddressField()
    channel = forms.ChoiceField(
        label=_("How the person signed up"), choices=SOURCES, help_text=_("Please keep the paper or the FAX.")
    )
    consented_on = forms.DateField(
        label=_("Date of consent"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The day on the paper or the FAX, or of the visit or the call."),
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=120,
        required=False,
        help_text=_("For example where the paper is kept. It stands in the ledger of consent; please write no name."),
    )

    class Meta(StaffChangeForm.Meta):
        fields = ["email", "channel", "consented_on", "note", "topics", "locale", "format"]

    field_order = Meta.fields

    def clean_consented_on(self):
        day = self.cleaned_data["consented_on"]
        if day > tokyo_date(timezone.now()):
            raise forms.ValidationError(_("This day has not come yet."))
        return day

    def clean_email(self) -> str:
        email, email_norm = normalise_address(self.cleaned_data["email"])
        if is_suppressed(email_norm):
            raise forms.ValidationError(
                _("This address must not be mailed. First take it off the list of suppressed addresses.")
            )
        if Subscriber.objects.filter(email_norm=email_norm, state__in=GETS_MAIL).exists():
            raise forms.ValidationError(_("This address gets the mail already."))
        return email

    def _post_clean(self) -> None:
        """The model's own checks do not apply: an address that left before is known and may come back."""


class SuppressForm(forms.ModelForm):
    """Adding an address that must never be mailed. Only its hash is kept."""

    email = AddressField()

    class Meta:
        model = Suppression
        fields = ["email", "reason", "source"]

    field_order = Meta.fields

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        words = _("Who told us, how and when, for example: by phone. Please write no name and no address.")
        self.fields["source"].label, self.fields["source"].help_text = _("Known from"), words
        # Erasing has a screen of its own, beside the subscriber.
        choices = self.fields["reason"].choices
        self.fields["reason"].choices = [row for row in choices if row[0] != Suppression.Reason.ERASED]
