"""The forms and words of taking subscribers in and out as files."""

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from center.intake.addresses import MESSAGES
from center.opening import tokyo_date
from newsletter.models import MailFormat, SubscriberState, Topic
from newsletter.subscriber_csv import MAX_BYTES, MAX_ROWS, Fault, FaultCode
from newsletter.subscriber_export import ALL, FORMATS
from newsletter.subscriber_forms import LANGUAGES_BY_READERS, SOURCES, TopicsField

NOT_CSV = {b"PK\x03\x04": _("This is an Excel file. In Excel, save it as CSV (UTF-8), and choose that file.")}

FAULT_WORDS = {
    FaultCode.EMPTY: _("There is nothing in this file."),
    FaultCode.UNREADABLE: _("This line holds bytes that are no letters in this encoding: %(detail)s"),
    FaultCode.NO_HEADINGS: _("The first line has to name the columns, such as メールアドレス,言語,申込方法,同意日."),
    FaultCode.NO_ADDRESS_COLUMN: _("There is no column called メールアドレス."),
    FaultCode.TWICE_IN_HEADINGS: _("Two columns mean the same. Please leave one."),
    FaultCode.TOO_MANY_ROWS: _("This file has more rows than can be taken in at once. Please split it."),
    FaultCode.OPEN_QUOTE: _('From this line on the quotes (") do not match. Nothing after it could be read.'),
    FaultCode.TOO_MANY_CELLS: _("This row has more cells than the first line has columns."),
    FaultCode.LANGUAGE: _("Please write 日本語, やさしい日本語 or 英語."),
    FaultCode.FORMAT: _("Please write 大きな文字 or 文字だけ."),
    FaultCode.TOPIC: _("There is no kind of mail of this name."),
    FaultCode.NO_TOPIC: _("No kind of mail stands here."),
    FaultCode.SOURCE: _("Please write 紙, FAX, 窓口, 電話, サイト or 名簿."),
    FaultCode.NO_SOURCE: _("How the person signed up does not stand here."),
    FaultCode.DATE: _("This is no day. Please write it like 2026/11/24 or 令和8年11月24日."),
    FaultCode.NO_DATE: _("The date of consent does not stand here."),
    FaultCode.FUTURE: _("This day has not come yet."),
}


def fault_words(fault: Fault) -> str:
    """What is wrong, for people."""
    if fault.code == FaultCode.ADDRESS:
        return str(MESSAGES[fault.detail])
    return str(FAULT_WORDS[fault.code]) % {"detail": fault.detail or "–"}


class ImportForm(forms.Form):
    """A file, and what holds for its cells that are empty."""

    file = forms.FileField(label=_("CSV file"), widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv"}))
    source = forms.ChoiceField(
        label=_("How they signed up"),
        choices=[("", _("It stands in the file")), *SOURCES, ("import", _("import"))],
        required=False,
        help_text=_("For rows in which it does not stand."),
    )
    consented_on = forms.DateField(
        label=_("Date of consent"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("For rows in which it does not stand."),
    )
    locale = forms.ChoiceField(
        label=_("Language of the mail"),
        choices=LANGUAGES_BY_READERS,
        initial=settings.LANGUAGE_CODE,
        help_text=_("For rows in which it does not stand."),
    )
    format = forms.ChoiceField(
        label=_("Form of the mail"),
        choices=MailFormat.choices,
        initial=MailFormat.HTML,
        help_text=_("For rows in which it does not stand."),
    )
    topics = TopicsField(help_text=_("For rows in which it does not stand."))
    words_version = forms.CharField(
        label=_("Words agreed to"),
        max_length=20,
        required=False,
        help_text=_("Which version of the paper or of the words on the site. It goes into the ledger of consent."),
    )

    def __init__(self, *args, keeps_file: bool = False, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topics"].required = Topic.objects.exists()
        if keeps_file:
            self.fields["file"].required = False
            self.fields["file"].help_text = _("Left empty, the file that you have chosen before is looked at again.")

    def clean_file(self):
        file = self.cleaned_data["file"]
        if not file:
            return None
        if file.size > MAX_BYTES:
            raise forms.ValidationError(
                gettext("This file is too large. At most %(size)s KB and %(rows)s rows go in at once.")
                % {"size": MAX_BYTES // 1000, "rows": MAX_ROWS}
            )
        start = file.read(4)
        file.seek(0)
        if start in NOT_CSV:
            raise forms.ValidationError(NOT_CSV[start])
        return file

    def clean_consented_on(self):
        day = self.cleaned_data["consented_on"]
        if day and day > tokyo_date(timezone.now()):
            raise forms.ValidationError(gettext("This day has not come yet."))
        return day

    def options(self) -> dict:
        """What is kept beside the file."""
        data = self.cleaned_data
        return {
            "source": data["source"],
            "consented_on": data["consented_on"].isoformat() if data["consented_on"] else "",
            "locale": data["locale"],
            "format": data["format"],
            "topics": sorted(topic.pk for topic in data["topics"]),
            "words_version": data["words_version"],
        }


class ExportForm(forms.Form):
    """Whom the file holds, and its form; and the password, unless it was given a moment ago."""

    STATES = [
        (ALL, _("Everybody")),
        *((state.value, state.label) for state in SubscriberState if state != SubscriberState.ERASED),
    ]

    state = forms.ChoiceField(label=_("Who"), choices=STATES, initial=SubscriberState.ACTIVE)
    form = forms.ChoiceField(label=_("File"), choices=list(FORMATS.items()), widget=forms.RadioSelect)
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=_("This file holds personal data, so we ask once more who you are. It counts for five minutes."),
    )

    def __init__(self, *args, asks_password: bool, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if not asks_password:
            del self.fields["password"]
