"""The screens of the ground floor in the editor: closed days, and the years that staff confirmed.

They stand in the group of rules. Apps above put their own rules beside them: a menu item under the hook
"register_rules_menu_item".
"""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import Menu, SubmenuMenuItem
from wagtail.admin.views.generic import CreateView
from wagtail.admin.viewsets.model import ModelViewSet

from center.models import ConfirmedYear, SpecialDay

RULES_HOOK = "register_rules_menu_item"
rules_menu = Menu(register_hook_name=RULES_HOOK, construct_hook_name="construct_rules_menu")


def rules_menu_item() -> SubmenuMenuItem:
    """The entry of the main menu that opens the group."""
    return SubmenuMenuItem(_("Rules"), rules_menu, name="rules", icon_name="clipboard-list", order=900)


class SpecialDayViewSet(ModelViewSet):
    """Days on which the centre is closed or open against its habit."""

    model = SpecialDay
    name = "special_days"
    url_prefix = "rules/special-days"
    icon = "date"
    menu_hook = RULES_HOOK
    menu_order = 30
    form_fields = ["on", "kind", "name"]
    list_display = ["on", "kind", "name"]
    list_filter = ["kind"]
    ordering = ["-on"]
    copy_view_enabled = False


class ConfirmYearView(CreateView):
    """Staff say that they have looked at the closed days of a year; who and when is written down by itself."""

    def get_initial(self) -> dict:
        """The year of the link that was followed."""
        return super().get_initial() | {"year": self.request.GET.get("year", "")}

    def save_instance(self) -> ConfirmedYear:
        self.form.instance.confirmed_by = self.request.user
        self.form.instance.confirmed_at = timezone.now()
        return super().save_instance()


class ConfirmedYearViewSet(ModelViewSet):
    """The years whose closed days were looked at."""

    model = ConfirmedYear
    name = "confirmed_years"
    url_prefix = "rules/confirmed-years"
    icon = "check"
    menu_hook = RULES_HOOK
    menu_order = 40
    form_fields = ["year"]
    list_display = ["year", "confirmed_by", "confirmed_at"]
    add_view_class = ConfirmYearView
    copy_view_enabled = False
