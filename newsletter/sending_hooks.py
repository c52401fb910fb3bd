"""Hooks of the editor for the sending: the mails to decide about, and the panel that tells how it fares."""

from django.http import HttpRequest
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.admin.viewsets.base import ViewSet

from newsletter.admin_frame import may
from newsletter.sending_health_panel import SendingPanel
from newsletter.uncertain_views import UncertainViewSet, may_see
from newsletter.viewsets import MAIL_HOOK


@hooks.register("register_admin_viewset")
def register_uncertain_mails() -> ViewSet:
    return UncertainViewSet(menu_hook=MAIL_HOOK)


@hooks.register("construct_homepage_panels")
def add_sending_panel(request: HttpRequest, panels: list[Component]) -> None:
    if may(request, "view"):
        panels.append(SendingPanel(may_decide=may_see(request)))
