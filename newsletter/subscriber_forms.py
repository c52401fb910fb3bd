"""The forms of the support mail: signing up, changing, and entering somebody by hand."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from center.intake.addresses import AddressField, normalise_address
from center.intake.guard import GuardedFormMixin
from newsletter.models import ConsentEvent, MailFormat, Subscriber, Suppression, Topic
from newsletter.subscribers import GETS_MAIL, is_suppressed

LANGUAGES_BY_READERS = sorted(settings.LANGUAGES, key=lambda row: not row[0].startswith("ja"))
"""Japanese, easy Japanese, then the others, each in its own words."""

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
    """Entering somebody who signed up on paper, by FAX or at the counter."""

    CHANNELS = [
        (channel.value, channel.label)
        for channel in (ConsentEvent.Channel.PAPER, ConsentEvent.Channel.FAX, ConsentEvent.Channel.COUNTER)
    ]

    email = AddressField()
    channel = forms.ChoiceField(
        label=_("How the person signed up"), choices=CHANNELS, help_text=_("Please keep the paper or the FAX.")
    )

    class Meta(StaffChangeForm.Meta):
        fields = ["email", "channel", "topics", "locale", "format"]

    field_order = Meta.fields

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
