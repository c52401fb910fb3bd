"""Hooks of the editor: the figures among the reports, the switch of the reminders, the log's words of trust."""

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.views.account import BaseSettingsPanel, notifications_tab

from activities.desk.frame import NAMESPACE, may
from activities.models import DeskMailChoice
from activities.notices.trusted import unseen
from activities.notices.trusted_steps import TRUST_GIVEN, TRUST_TAKEN

UNSEEN_SHOWN = 8


class UnseenPanel(Component):
    """On the first screen: pages that the clock published and nobody has looked at yet, if there are any."""

    name = "trusted"
    order = 55
    template_name = "activities/admin/parts/unseen_panel.html"

    def get_context_data(self, parent_context) -> dict:
        return {"rows": unseen(UNSEEN_SHOWN)}


@hooks.register("construct_homepage_panels")
def add_unseen_panel(request: HttpRequest, panels: list[Component]) -> None:
    if may(request, "view"):
        panels.append(UnseenPanel())


class FiguresMenuItem(MenuItem):
    """Shown to whoever may look at notices."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may(request, "view")


@hooks.register("register_reports_menu_item")
def figures_menu_item() -> MenuItem:
    return FiguresMenuItem(
        _("The promise in figures"), reverse(f"{NAMESPACE}:figures"), name="figures", icon_name="table", order=10
    )


@hooks.register("register_log_actions")
def trust_log_actions(actions) -> None:
    """Who gave a group the mark of trust, and who took it away."""
    actions.register_action(TRUST_GIVEN, _("Trust a group"), _("Marked as a trusted group"))
    actions.register_action(TRUST_TAKEN, _("End the trust in a group"), _("No longer marked as a trusted group"))


class DeskMailForm(forms.ModelForm):
    """Whether the reminders of the desk come by mail."""

    class Meta:
        model = DeskMailChoice
        fields = ("wants_reminders",)


class DeskMailPanel(BaseSettingsPanel):
    """On one's own account: the switch of the reminders, for whoever works on notices."""

    name = "desk_mail"
    title = _("Notice desk")
    tab = notifications_tab
    order = 200
    form_class = DeskMailForm

    def is_active(self) -> bool:
        return may(self.request, "change")

    def get_form(self) -> DeskMailForm:
        choice = DeskMailChoice.objects.filter(user=self.user).first() or DeskMailChoice(user=self.user)
        data = self.request.POST if self.request.method == "POST" else None
        return self.form_class(data, instance=choice, prefix=self.name)


@hooks.register("register_account_settings_panel")
def desk_mail_panel(request: HttpRequest, user, profile) -> BaseSettingsPanel:
    return DeskMailPanel(request, user, profile)
