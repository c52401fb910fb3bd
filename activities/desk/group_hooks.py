"""Hooks of the editor: the words of the log about groups, and the way from a group's page to its link."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.widgets import Button
from wagtail.models import Page

from activities.desk.frame import NAMESPACE, POLICY
from activities.models import GroupPage

LOG_WORDS = {
    "link_issued": (_("Issue a group's link"), _("Link of the group issued")),
    "links_revoked": (_("End a group's link"), _("Link of the group ended")),
    "asked": (_("Ask a group about its page"), _("Group asked whether its page is right")),
    "confirmed": (_("Confirm a group's page"), _("The group confirmed its page")),
}


@hooks.register("register_log_actions")
def group_log_actions(actions) -> None:
    for name, (label, message) in LOG_WORDS.items():
        actions.register_action(f"activities.group.{name}", label, message)


@hooks.register("register_page_header_buttons")
def link_button(page: Page, user, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    """On a group's page, in the menu of its header: the link of the group."""
    if isinstance(page, GroupPage) and POLICY.user_has_any_permission(user, ("view", "change")):
        url = reverse(f"{NAMESPACE}:group", args=[page.pk])
        yield Button(_("The link of the group"), url, icon_name="link", priority=60)
