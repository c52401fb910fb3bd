"""The short forms of the media: why one is left out or taken in, where a notice was told, copies and stands."""

from datetime import date, datetime, time

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.facebook.addresses import post_address
from activities.facebook.texts import TEXT_LENGTH
from activities.media import Medium
from activities.models import Stand
from activities.notices.day_forms import DayForm, DayTimeForm
from activities.notices.form_fields import EMPTY, LineField, PlainField
from activities.notices.media_marks import PLACE_LENGTH, REASON_LENGTH
from center.opening import TOKYO, tokyo_date

MOST_COPIES = 9_999


class ReasonForm(forms.Form):
    """Why staff decide otherwise than wished."""

    reason = LineField(
        label=pgettext_lazy("notice", "Reason"),
        max_length=REASON_LENGTH,
        error_messages=EMPTY,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The group reads it on its status page."),
    )


class ToldForm(DayTimeForm):
    """When it was told: needed, never later than now."""

    def __init__(self, data: QueryDict | None = None, *args, now: datetime, **kwargs) -> None:
        name = pgettext_lazy("medium", "When it was told")
        super().__init__(data, *args, prefix="told", today=tokyo_date(now), name=name, **kwargs)
        self.now = now
        self.told_at: datetime | None = None
        if data is None:
            self.initial = {**_day_values(tokyo_date(now)), "time": f"{now.astimezone(TOKYO):%H:%M}"}

    def clean(self) -> dict:
        cleaned = super().clean()
        if self.is_empty or (self.day and self.at is None and "time" not in self.errors):
            self.add_error("time" if self.day else "day", _("Please write the day and the time."))
        if self.errors or self.day is None:
            return cleaned
        self.told_at = datetime.combine(self.day, self.at or time.min, tzinfo=TOKYO)
        if self.told_at > self.now:
            self.add_error("day", _("This lies in the future. Please write when it really was."))
        return cleaned


class OneDayForm(DayForm):
    """One day without an hour, filled in beforehand."""

    def __init__(
        self, data: QueryDict | None = None, *, prefix: str, name, today: date, filled: date | None, needed: bool = True
    ) -> None:
        super().__init__(data, prefix=prefix, today=today, name=name)
        self.needed = needed
        if data is None and filled is not None:
            self.initial = _day_values(filled)

    def clean(self) -> dict:
        cleaned = super().clean()
        if self.is_empty and self.needed:
            self.add_error("day", _("Please write the day."))
        return cleaned


def _day_values(day: date) -> dict[str, str]:
    return {"year": str(day.year), "month": str(day.month), "day": str(day.day)}


class PlaceForm(forms.Form):
    """Where exactly it was told, in the words that fit the medium."""

    place = LineField(label=_("Where exactly"), max_length=PLACE_LENGTH, error_messages=EMPTY)
    url = LineField(
        label=_("Address of the post"),
        max_length=1000,
        error_messages=EMPTY,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        help_text=_("Open the post on Facebook, copy its address and paste it here."),
    )
    LABELS = {
        Medium.MAGAZINE: (_("Issue and page"), _("For example: no. 87, page 4")),
        Medium.STANDS: (_("Which stand"), ""),
        Medium.MAIL: (_("Which mail"), _("For example: extra issue of December")),
    }

    def __init__(self, data: QueryDict | None = None, *args, medium: Medium, **kwargs) -> None:
        super().__init__(data, *args, **kwargs)
        if medium == Medium.FACEBOOK:
            del self.fields["place"]
            return
        del self.fields["url"]
        self.fields["place"].label, self.fields["place"].help_text = self.LABELS[medium]
        self.fields["place"].required = medium != Medium.MAIL

    def clean_url(self) -> str:
        address = post_address(self.cleaned_data["url"])
        if address is None:
            raise forms.ValidationError(_("This is not the address of a post on Facebook."))
        return address


class PostForm(forms.Form):
    """The words of a post."""

    text = PlainField(
        label=_("Text of the post"),
        max_length=TEXT_LENGTH * 2,
        error_messages=EMPTY,
        widget=forms.Textarea(attrs={"rows": 14, "data-copy-text": ""}),
    )


class CopiesForm(forms.Form):
    """A pile of copies that came."""

    count = forms.IntegerField(
        label=_("Number of copies"),
        min_value=1,
        max_value=MOST_COPIES,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "desk-number"}),
        error_messages={"required": _("Please write a number."), "invalid": _("Please write a number.")},
    )
    note = LineField(label=pgettext_lazy("notice", "Note"), required=False, max_length=200)

    def __init__(self, data: QueryDict | None = None, *, today: date) -> None:
        super().__init__(data)
        self.on = OneDayForm(data, prefix="came", name=_("Received on"), today=today, filled=today)

    def is_valid(self) -> bool:
        both = [super().is_valid(), self.on.is_valid()]
        return all(both)


class PutUpForm(forms.Form):
    """How many copies go to which stand, and until when."""

    def __init__(self, data: QueryDict | None = None, *, today: date, down_on: date | None) -> None:
        super().__init__(data)
        self.stands = list(Stand.objects.all())
        for stand in self.stands:
            self.fields[f"stand_{stand.pk}"] = forms.IntegerField(
                label=stand.name,
                required=False,
                min_value=0,
                max_value=MOST_COPIES,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "desk-number"}),
                error_messages={"invalid": _("Please write a number.")},
            )
        self.up = OneDayForm(data, prefix="up", name=_("Put up on"), today=today, filled=today)
        self.down = OneDayForm(data, prefix="down", name=_("Take down on"), today=today, filled=down_on, needed=False)

    def is_valid(self) -> bool:
        parts = [super().is_valid(), self.up.is_valid(), self.down.is_valid()]
        return all(parts)

    def chosen(self) -> dict[Stand, int]:
        """The stands with a number of copies, in their order."""
        numbers = {stand: self.cleaned_data.get(f"stand_{stand.pk}") for stand in self.stands}
        return {stand: number for stand, number in numbers.items() if number}
