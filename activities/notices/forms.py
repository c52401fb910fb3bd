"""The form by which groups tell the centre, its parts that staff use too, and the small forms of the status page.

The form is one page that works without JavaScript. Its days, its files and its guard are forms of their own; together
they are one: `is_valid`, `rows`, `deadline`, `not_before`, `notice_data()`, `sessions()`.
"""

import re
import unicodedata
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.deadlines import is_not_before_too_late
from activities.kinds import NoticeKind
from activities.media import Medium
from activities.models import ApplicationWay, MatchActor, MatchDirection, MatchResource
from activities.notices.day_forms import DayForm, DayTimeForm, SessionForm, plain
from activities.notices.queries import place_named
from center.intake.addresses import AddressField
from center.intake.guard import STAMP_FIELD, TRAP_FIELD, GuardedFormMixin
from center.intake.tokens import new_token
from center.japanese.characters import NotAPhoneNumber, normalise_phone
from center.opening import day_end, tokyo_date

FIRST_ROWS, MOST_ROWS = 3, 40
TEXT_LENGTH = 5_000
FREE, PAID = "free", "paid"
SUBMISSION_SALT = "activities.submission"
NOTICE_LIFE = timedelta(days=2)
"""How long a form that was opened stays one submission."""

_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u2028\u2029\ufeff]")


class PlainField(forms.CharField):
    """Plain text as it was typed, composed (NFC), without characters that nobody sees."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
        return _UNSEEN.sub("", text).strip() if self.strip else _UNSEEN.sub("", text)


class LineField(PlainField):
    """Plain text on one line."""

    def to_python(self, value: Any) -> str:
        return re.sub(r"\s+", " ", super().to_python(value)).strip()


class PhoneField(forms.CharField):
    """A phone number in any width, with hyphens or without; cleaned to 024-924-3352."""

    def __init__(self, **kwargs) -> None:
        attrs = {"autocomplete": "tel", "inputmode": "tel", "type": "tel"}
        super().__init__(**{"max_length": 40, "widget": forms.TextInput(attrs=attrs), **kwargs})

    def clean(self, value: str) -> str:
        typed = super().clean(value)
        if not typed:
            return ""
        try:
            return normalise_phone(typed)
        except NotAPhoneNumber:
            raise ValidationError(_("Please write the phone number in figures, like 024-924-3352.")) from None


class WholeField(forms.CharField):
    """A whole number of 0 or more, in any width, with or without commas and a unit (30名, 300,000円, 30万円)."""

    def __init__(self, *, most: int, **kwargs) -> None:
        self.most = most
        super().__init__(**{"max_length": 20, "widget": forms.TextInput(attrs={"inputmode": "numeric"}), **kwargs})

    def clean(self, value: str) -> int | None:
        typed = plain(super().clean(value)).replace(",", "").replace(" ", "")
        if not typed:
            return None
        found = re.fullmatch(r"(\d+)(万)?(?:円|名|人|枚|部)?(?:まで)?", typed)
        number = int(found[1]) * (10_000 if found[2] else 1) if found else None
        if number is None or number > self.most:
            raise ValidationError(_("Please write a whole number."))
        return number


class WebField(forms.CharField):
    """The address of a web page; http and https only, which may be left out."""

    def __init__(self, **kwargs) -> None:
        attrs = {"inputmode": "url", "autocomplete": "url"}
        super().__init__(**{"max_length": 200, "widget": forms.TextInput(attrs=attrs), **kwargs})
        self.address = forms.URLField(assume_scheme="https", required=False)

    def clean(self, value: str) -> str:
        typed = plain(super().clean(value))
        try:
            address = self.address.clean(typed)
        except ValidationError:
            address = None
        if address is None or (address and not address.startswith(("http://", "https://"))):
            raise ValidationError(_("Please write the address of the page like https://www.example.jp/."))
        return address


EMPTY = {"required": _("This is empty. Please write it.")}
UNCHOSEN = {"required": _("Please choose one."), "invalid_choice": _("Please choose one.")}


def _line(label, *, most: int, required: bool = False, **kwargs) -> LineField:
    return LineField(label=label, max_length=most, required=required, error_messages=EMPTY, **kwargs)


def _ticks(label, choices, **kwargs) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, choices=choices, widget=forms.CheckboxSelectMultiple, **kwargs)


def _one_of(label, choices, *, required: bool = True, **kwargs) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        required=required,
        widget=forms.RadioSelect,
        error_messages=UNCHOSEN,
        **kwargs,
    )


def _row_count(data: QueryDict | None) -> int:
    typed = plain(data.get("rows")) if data is not None else ""
    return min(max(int(typed), 1), MOST_ROWS) if re.fullmatch(r"\d{1,3}", typed) else FIRST_ROWS


def _keep(form: forms.Form, typed: QueryDict) -> None:
    for name, field in form.fields.items():
        if name not in (STAMP_FIELD, TRAP_FIELD):
            form.initial[name] = field.widget.value_from_datadict(typed, {}, form.add_prefix(name))


class NoticeFields(forms.Form):
    """What a notice says, whoever types it in. Days stand in forms of their own beside it."""

    kind = _one_of(_("What is it about?"), NoticeKind.choices, initial=NoticeKind.EVENT)
    group_name = _line(
        _("Name of the group"), most=120, required=True, widget=forms.TextInput(attrs={"autocomplete": "organization"})
    )
    contact_name = _line(_("Your name"), most=80, required=True, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    contact_email = AddressField(
        label=_("E-mail address"),
        help_text=_("The receipt and our questions go here. Addresses of mobile phones work too."),
    )
    contact_phone = PhoneField(label=_("Phone number"), required=False)
    title = _line(
        pgettext_lazy("notice", "Title"),
        most=120,
        required=True,
        help_text=_("Up to about 20 characters fit everywhere."),
    )
    text = PlainField(
        label=_("What is it, in words?"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text=_("Please write it here also when you attach a flyer. It reaches those who search, or see badly."),
        error_messages={
            "required": _(
                "Please write it in words too. A flyer alone does not reach those who search, or see badly."
                " A few sentences will do."
            )
        },
    )
    target = _line(
        pgettext_lazy("notice", "For whom"), most=200, help_text=_("For example: anybody, children of 6 and over.")
    )
    venue_name = _line(
        pgettext_lazy("notice", "Place"),
        most=120,
        widget=forms.TextInput(attrs={"list": "places"}),
        help_text=_("Two letters of its name, and you can choose among the city's places. “Not fixed” will do."),
    )
    is_online = forms.BooleanField(label=_("Also online"), required=False)
    fee_way = _one_of(_("Does it cost anything?"), [(FREE, _("free of charge")), (PAID, _("it costs something"))])
    fee = _line(_("How much"), most=120, help_text=_("For example: 500 yen for materials."))
    capacity = WholeField(label=_("How many people"), most=1_000_000, required=False)
    application_way = _one_of(_("Does one have to apply?"), ApplicationWay.choices)
    application_text = _line(_("How to apply"), most=300)
    is_walk_in = forms.BooleanField(label=_("One can also come without having applied"), required=False)
    public_contact = _line(
        _("Contact that readers see"),
        most=200,
        help_text=_("Name, phone or e-mail as they shall stand on the page. Empty: none is shown."),
    )
    url = WebField(label=pgettext_lazy("notice", "Web page"), required=False)
    funder = _line(_("Who gives the grant"), most=160)
    amount_upper = WholeField(label=_("Upper amount (yen)"), most=2_000_000_000, required=False)
    match_direction = _one_of(pgettext_lazy("form", "Wanted or offered"), MatchDirection.choices, required=False)
    match_actor = _one_of(_("Who looks for it or offers it"), MatchActor.choices, required=False)
    match_resource = _one_of(_("What it is about: people or things"), MatchResource.choices, required=False)
    about_text = _line(
        _("Which page or notice is it about?"),
        most=200,
        help_text=_("The number of the notice, the title or the address of the page."),
    )
    media = _ticks(
        _("Where shall it appear?"), Medium.choices, required=False, help_text=_("This site is always among them.")
    )
    copies_given = WholeField(label=_("Paper copies for the stands"), most=100_000, required=False)
    has_photo_consent = forms.BooleanField(
        label=_("The people in the photos have agreed"),
        required=False,
        help_text=_("Please tick it also when nobody can be seen."),
    )

    def __init__(self, data: QueryDict | None = None, *args, today: date, **kwargs) -> None:
        super().__init__(data, *args, **kwargs)
        self.use_required_attribute = False
        self.today = today
        self.fields["media"].initial = [medium.value for medium in Medium]
        self.rows = [
            SessionForm(data, prefix=f"s{number}", today=self.today, number=number)
            for number in range(1, _row_count(data) + 1)
        ]
        self.deadline = DayTimeForm(data, prefix="deadline", today=self.today, name=pgettext_lazy("notice", "Deadline"))
        self.not_before = DayForm(data, prefix="not_before", today=self.today, name=_("Not before"))

    def keep(self, typed: QueryDict, *, add_row: bool = False, remove_row: int = 0) -> None:
        """Fill an unbound form with what was typed so far, unjudged; with one more row, or without one of them."""
        _keep(self, typed)
        rows = [
            SessionForm(typed, prefix=f"s{number}", today=self.today, number=number).raw_values()
            for number in range(1, _row_count(typed) + 1)
        ]
        if 0 < remove_row <= len(rows) and len(rows) > 1:
            del rows[remove_row - 1]
        if add_row and len(rows) < MOST_ROWS:
            rows.append({})
        self.rows = [
            SessionForm(prefix=f"s{number}", today=self.today, number=number, initial=values)
            for number, values in enumerate(rows, start=1)
        ]
        for part in (self.deadline, self.not_before):
            _keep(part, typed)

    @property
    def parts(self) -> list[forms.Form]:
        """The forms of the days, for the summary of what is to be mended."""
        return [*self.rows, self.deadline, self.not_before]

    def is_valid(self) -> bool:
        return super().is_valid() and not any(part.has_faults for part in self.parts)

    def sessions(self) -> list[tuple[datetime, datetime | None, bool]]:
        """The sessions that were typed, earliest first."""
        return sorted((row.session for row in self.rows if row.session), key=lambda session: session[0])

    def clean(self) -> dict:
        cleaned = super().clean()
        for part in self.parts:
            part.full_clean()
        kind = cleaned.get("kind")
        if kind:
            self._check_kind(NoticeKind(kind), cleaned)
        self._check_days(cleaned)
        return cleaned

    def _check_kind(self, kind: NoticeKind, cleaned: dict) -> None:
        """What each kind cannot do without."""
        if kind == NoticeKind.EVENT:
            if not self.sessions() and not any(row.has_faults for row in self.rows):
                self.rows[0].add_error("day", _("Please write the day on which it happens."))
            if not cleaned.get("venue_name") and not cleaned.get("is_online"):
                self.add_error("venue_name", _("Please write the place. If it is not fixed, write “not fixed”."))
            if not cleaned.get("fee_way"):
                self._once("fee_way", _("Please choose whether it costs anything."))
            if not cleaned.get("application_way"):
                self._once("application_way", _("Please choose whether one has to apply."))
        if cleaned.get("fee_way") == PAID and not cleaned.get("fee"):
            self._once("fee", _("Please write how much it costs."))
        if kind == NoticeKind.GRANT and not cleaned.get("funder"):
            self._once("funder", _("Please write who gives the grant."))
        if kind == NoticeKind.MATCH:
            for name in ("match_direction", "match_actor", "match_resource"):
                if not cleaned.get(name):
                    self._once(name, _("Please choose one."))
        if kind.changes_published and not cleaned.get("about_text"):
            self._once("about_text", _("Please write which page or notice it is about."))

    def _once(self, name: str, message) -> None:
        if name in self.fields and name not in self.errors:
            self.add_error(name, message)

    def _check_days(self, cleaned: dict) -> None:
        """Days that cannot be meant: an event that is over, a deadline that has passed, a wish after the end."""
        if cleaned.get("kind") == NoticeKind.EVENT:
            for row in self.rows:
                if row.session and self._last_of(row) < self.today:
                    row.add_error("day", _("This day has passed. Please check the year and the day."))
        if self.deadline.day and self.deadline.day < self.today and cleaned.get("kind") != NoticeKind.REPORT:
            self.deadline.add_error("day", _("This deadline has passed. Please check the year and the day."))
        if self.not_before.day:
            ends = [self._end_of(row) for row in self.rows if row.session]
            if is_not_before_too_late(self.not_before.day, max(ends, default=None)):
                self.not_before.add_error("day", _("On that day it is already over. Please choose an earlier one."))

    @staticmethod
    def _last_of(row: SessionForm) -> date:
        starts_at, ends_at, _is_all_day = row.session
        return tokyo_date(ends_at or starts_at)

    @staticmethod
    def _end_of(row: SessionForm) -> datetime:
        starts_at, ends_at, is_all_day = row.session
        return ends_at if ends_at and not is_all_day else day_end(tokyo_date(ends_at or starts_at))

    def notice_data(self) -> dict[str, Any]:
        """The fields of the notice, as `receive_notice` takes them; call it once the form is valid."""
        cleaned = self.cleaned_data
        names = (
            *("kind", "group_name", "contact_name", "contact_email", "contact_phone", "title", "text", "target"),
            *("venue_name", "is_online", "capacity", "application_text", "is_walk_in", "public_contact", "url"),
            *("funder", "amount_upper", "match_direction", "match_actor", "match_resource", "about_text", "media"),
            *("has_photo_consent",),
        )
        return {name: cleaned[name] for name in names if name in cleaned} | {
            "fee": cleaned.get("fee", ""),
            "is_free": cleaned.get("fee_way") == FREE,
            "application_way": cleaned.get("application_way") or ApplicationWay.NONE,
            "copies_given": cleaned.get("copies_given") or 0,
            "place": place_named(cleaned.get("venue_name", "")),
            "deadline_on": self.deadline.day,
            "deadline_time": self.deadline.at if self.deadline.day else None,
            "not_before_on": self.not_before.day,
        }


class NoticeForm(GuardedFormMixin, NoticeFields):
    """The public form: everything above, the criteria to agree to, and the guard against machines.

    `criteria` are the lines of the rule in force; `has_images`: pictures came along, so their consent is asked.
    """

    criteria = _ticks(_("Please check"), [])

    def __init__(
        self, *args, now: datetime, guard_phone: str = "", criteria: list[str] = (), has_images: bool = False, **kwargs
    ) -> None:
        self.has_images = has_images
        super().__init__(*args, now=now, guard_phone=guard_phone, today=tokyo_date(now), **kwargs)
        self._ask_criteria(list(criteria))
        self.fields["fee_way"].required = False
        self.fields["application_way"].required = False

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
