"""On the first screen of the editor: years whose closed days nobody has looked at yet, each with the link to say so."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.ui.components import Component

from center.models import ConfirmedYear
from center.opening import tokyo_date
from center.queries import unconfirmed_years


def may_confirm(request: HttpRequest) -> bool:
    """May this user say that the closed days of a year are right?"""
    options = ConfirmedYear._meta
    return request.user.has_perm(f"{options.app_label}.add_{options.model_name}")


class YearsPanel(Component):
    """Every due day of notices and the send day of the mail rest on the closed days: from October those of the coming
    year are asked about.
    """

    name = "years"
    order = 40
    template_name = "center/admin/years_panel.html"

    def get_context_data(self, parent_context) -> dict:
        address = reverse("confirmed_years:add")
        years = unconfirmed_years(tokyo_date(timezone.now()))
        return {"years": [{"year": year, "url": f"{address}?year={year}"} for year in years]}
