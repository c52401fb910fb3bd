"""The fields of a notice, as the public form and the desk ask them, with their days and what becomes of them."""

import re
from datetime import date, datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.deadlines import is_not_before_too_late
from activities.kinds import NoticeKind
from activities.media import Medium
from activities.models import ApplicationWay, MatchActor, MatchDirection, MatchResource
from activities.notices.day_forms import DayForm, DayTimeForm, SessionForm, plain, week_later
from activities.notices.form_fields import EMPTY, UNCHOSEN, LineField, PhoneField, PlainField, WebField, WholeField
from activities.notices.queries import place_named
from center.intake.addresses import AddressField
from center.intake.guard import GUARD_FIELDS
from center.opening import day_end, tokyo_date

FIRST_ROWS, MOST_ROWS = 1, 40
TEXT_LENGTH = 5_000
NUMBER_WORDS = {"amount_upper": _("%s yen"), "capacity": _("%s people"), "copies_given": _("%s copies")}
FREE, PAID = "free", "paid"


def _line(label, *, most: int, required: bool = False, **kwargs) -> LineField:
    return LineField(label=label, max_length=most, required=required, error_messages=EMPTY, **kwargs)


def ticks_field(label, choices, **kwargs) -> forms.MultipleChoiceField:
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


def _keep(form: forms.Form, typed: QueryDict, *, is_whole: bool = True) -> None:
    """Fill an unbound form. What is missing in `typed` stays as it is, unless a browser sent the whole form."""
    for name, field in form.fields.items():
        if name in GUARD_FIELDS or (not is_whole and form.add_prefix(name) not in typed):
            continue
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
    media = ticks_field(
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

    def keep(
        self,
        typed: QueryDict,
        *,
        add_row: bool = False,
        is_week_later: bool = False,
        remove_row: int = 0,
        is_whole: bool = True,
    ) -> None:
        """Fill an unbound form with what was typed so far, unjudged; with one more row (the last one again, a week
        later), or without one of them. `is_whole`: `typed` is all that stood in the form.
        """
        _keep(self, typed, is_whole=is_whole)
        rows = [
            SessionForm(typed, prefix=f"s{number}", today=self.today, number=number).raw_values()
            for number in range(1, _row_count(typed) + 1)
        ]
        if 0 < remove_row <= len(rows) and len(rows) > 1:
            del rows[remove_row - 1]
        if add_row and len(rows) < MOST_ROWS:
            rows.append(week_later(rows[-1]) if is_week_later else {})
        self.rows = [
            SessionForm(prefix=f"s{number}", today=self.today, number=number, initial=values)
            for number, values in enumerate(rows, start=1)
        ]
        for part in (self.deadline, self.not_before):
            _keep(part, typed, is_whole=is_whole)

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
        self._leave_out(cleaned)
        kind = cleaned.get("kind")
        if kind:
            self._check_kind(NoticeKind(kind), cleaned)
        self._check_days(cleaned)
        return cleaned

    def _leave_out(self, cleaned: dict) -> None:
        """Forget what was typed into fields that do not count; here all of them do."""

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
