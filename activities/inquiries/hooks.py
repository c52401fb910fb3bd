"""What contacts, consultations and stands hang into the editor: group, screens, words of the log, panel."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.viewsets.base import ViewSet
from wagtail.permission_policies import ModelPermissionPolicy

from activities.inquiries.viewsets import (
    CONNECT_HOOK,
    CONSULTATIONS,
    CONTACTS,
    DISPLAYS,
    SERVICES,
    connect_menu_item,
)
from activities.models import Consultation, Inquiry, MatchContact

LOG_WORDS = {
    "received": (gettext_lazy("Receive an inquiry"), gettext_lazy("Inquiry received")),
    "moved": (gettext_lazy("Change the state of an inquiry"), gettext_lazy("State of the inquiry changed")),
    "assigned": (gettext_lazy("Assign an inquiry"), gettext_lazy("Somebody else in charge of the inquiry")),
    "noted": (gettext_lazy("Note on an inquiry"), gettext_lazy("Note of the inquiry changed")),
    "booked": (gettext_lazy("Fix the day of a consultation"), gettext_lazy("Day of the consultation fixed")),
    "post_moved": (gettext_lazy("Change a post from a contact"), gettext_lazy("State of the post changed")),
    "exported": (gettext_lazy("Export inquiries"), gettext_lazy("Inquiries exported")),
}
NEW_SHOWN = 5

hooks.register("register_admin_menu_item", connect_menu_item)


@hooks.register("register_log_actions")
def register_log_actions(actions) -> None:
    """The words of the log for each thing that happens to a contact or a consultation, and to the state of a post."""
    for kind, (label, message) in LOG_WORDS.items():
        actions.register_action(f"activities.inquiry.{kind}", label, message)
    label, message = gettext_lazy("Change the state of a post"), gettext_lazy("State of the post changed")
    actions.register_action("activities.match.state", label, message)


@hooks.register("register_admin_viewset")
def register_viewsets() -> list[ViewSet]:
    return [CONTACTS, CONSULTATIONS, DISPLAYS, SERVICES]


def may_read(request: HttpRequest, model: type[Inquiry]) -> bool:
    return ModelPermissionPolicy(model).user_has_any_permission(request.user, ("view", "change"))


class CountsMenuItem(MenuItem):
    """Shown to whoever may look at consultations."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may_read(request, Consultation)


@hooks.register(CONNECT_HOOK)
def counts_menu_item() -> MenuItem:
    label = gettext_lazy("Numbers by fiscal year")
    return CountsMenuItem(label, reverse("consultations:counts"), icon_name="table", order=30)


class InboxPanel(Component):
    """On the first screen: contacts and consultations that nobody has begun to answer."""

    name = "inquiries"
    order = 55
    template_name = "matching/admin/home_panel.html"

    def __init__(self, models: list[type[Inquiry]]) -> None:
        self.models = models

    def get_context_data(self, parent_context) -> dict:
        boxes = []
        for model in self.models:
            waiting = model.objects.filter(state=model.OPEN_STATES[0])
            name = "consultations" if model is Consultation else "match_contacts"
            boxes.append(
                {
                    "name": model._meta.verbose_name_plural,
                    "url": reverse(f"{name}:index"),
                    "count": waiting.count(),
                    "rows": [(row, reverse(f"{name}:inspect", args=[row.pk])) for row in waiting[:NEW_SHOWN]],
                }
            )
        return {"boxes": boxes}


@hooks.register("construct_homepage_panels")
def add_panel(request: HttpRequest, panels: list[Component]) -> None:
    models = [model for model in (MatchContact, Consultation) if may_read(request, model)]
    if models:
        panels.append(InboxPanel(models))
