"""What the editor of an event makes sure of across its dates and its other fields, in words."""

from datetime import datetime

from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm

from activities.deadline_words import deadline_moment
from center.opening import TOKYO, day_end


class EventPageForm(WagtailAdminPageForm):
    """The deadlines lie before the event is over."""

    deadlines = (("apply_by_on", "apply_by_time"),)

    def clean(self) -> dict:
        data = super().clean()
        over_at = self._over_at()
        for on_name, time_name in self.deadlines:
            closes_at = deadline_moment(data.get(on_name), data.get(time_name) if time_name else None)
            last_at = day_end(over_at.astimezone(TOKYO).date()) if over_at else None
            if closes_at and last_at and closes_at > last_at:
                self.add_error(on_name, _("This deadline lies after the event. Correct the deadline or the dates."))
        return data

    def _over_at(self) -> datetime | None:
        """The latest moment that the form names; None while it names none or has errors there."""
        formset = self.formsets.get("sessions")
        if formset is None or not formset.is_valid():
            return None
        rows = [form.cleaned_data for form in formset.forms if form not in formset.deleted_forms]
        moments = [row.get("ends_at") or row.get("starts_at") for row in rows if row.get("starts_at")]
        return max(moments, default=None)


class FestaPageForm(EventPageForm):
    """The call for exhibitors ends before the festa, too."""

    deadlines = (*EventPageForm.deadlines, ("call_closes_on", None))
