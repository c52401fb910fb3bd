"""The forms of the screens of issues. They hold words and dates; what may be is the services' to say."""

from django import forms
from django.utils.translation import gettext_lazy as _
from taggit.models import Tag
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateTimeInput

from newsletter.models import Issue, Section
from newsletter.wording import PREHEADER_LONGEST

TAG_SEPARATORS = "、,，\n"


class IssueTextsForm(forms.Form):
    """Texts and dates of an issue."""

    subject = forms.CharField(
        label=_("Subject"), max_length=120, help_text=_("At most 25 full-width characters show on a phone.")
    )
    preheader = forms.CharField(
        label=_("Words beside the subject"),
        max_length=PREHEADER_LONGEST + 40,
        required=False,
        help_text=_("40 to 80 characters. Left empty, they are written when the issue is closed."),
    )
    opening = forms.CharField(label=_("Opening words"), required=False, widget=forms.Textarea(attrs={"rows": 4}))
    send_at = forms.DateTimeField(label=_("To be sent at"), widget=AdminDateTimeInput)
    cutoff_at = forms.DateTimeField(
        label=_("Cutoff"), widget=AdminDateTimeInput, help_text=_("Can be moved as long as it lies ahead.")
    )

    def __init__(self, *args, issue: Issue, **kwargs) -> None:
        names = ("subject", "preheader", "opening", "send_at", "cutoff_at")
        super().__init__(*args, initial={name: getattr(issue, name) for name in names}, **kwargs)


class ExtraIssueForm(forms.Form):
    """A new extra issue."""

    subject = forms.CharField(label=_("Subject"), max_length=120)
    send_at = forms.DateTimeField(label=_("To be sent at"), widget=AdminDateTimeInput)


class SectionForm(WagtailAdminModelForm):
    """A section with the tags it collects: those there are, and new ones by name."""

    new_tags = forms.CharField(
        label=_("New tags"), required=False, help_text=_("Several ones with commas between them.")
    )

    class Meta:
        model = Section
        fields = ["name", "name_en", "name_easy", "order", "paper", "is_usual", "tags"]
        widgets = {"tags": forms.CheckboxSelectMultiple}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tags"].queryset = Tag.objects.order_by("name")

    def _save_m2m(self) -> None:
        super()._save_m2m()
        words = self.cleaned_data["new_tags"]
        for separator in TAG_SEPARATORS:
            words = words.replace(separator, ",")
        for name in (word.strip() for word in words.split(",")):
            if name:
                known = Tag.objects.filter(name__iexact=name).first()
                self.instance.tags.add(known or Tag.objects.create(name=name))
