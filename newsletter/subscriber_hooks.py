"""Hooks of the editor for subscribers: entries in the group of the support mail, permissions, a little style."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

from newsletter import subscriber_log_actions
from newsletter.subscriber_file_views import EXPORT, IMPORT
from newsletter.subscriber_ledger_viewsets import ConsentViewSet
from newsletter.subscriber_viewsets import SubscriberViewSet
from newsletter.suppression_viewsets import SuppressionViewSet
from newsletter.viewsets import MAIL_HOOK

__all__ = ["subscriber_log_actions"]

PERMISSIONS = ("import_subscriber", "export_subscriber")


@hooks.register("register_permissions")
def offer_permissions() -> QuerySet[Permission]:
    """So that whoever manages groups can give them."""
    return Permission.objects.filter(content_type__app_label="newsletter", codename__in=PERMISSIONS)


@hooks.register("register_admin_viewset")
def register_subscribers() -> list[ViewSet]:
    """Who gets the mail, what they agreed to, who must not be mailed."""
    return [SubscriberViewSet(), ConsentViewSet(), SuppressionViewSet()]


class PermittedMenuItem(MenuItem):
    """Shown to whoever has the permission."""

    def __init__(self, label: str, url: str, *, permission: str, **kwargs) -> None:
        super().__init__(label, url, **kwargs)
        self.permission = permission

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(self.permission)


@hooks.register(MAIL_HOOK)
def import_menu_item() -> MenuItem:
    """The way in for a file."""
    url = reverse_lazy("subscribers:import")
    return PermittedMenuItem(_("Take in a file"), url, permission=IMPORT, icon_name="upload", order=44)


@hooks.register(MAIL_HOOK)
def export_menu_item() -> MenuItem:
    """The way out for the list."""
    url = reverse_lazy("subscribers:export")
    return PermittedMenuItem(_("Take out the list"), url, permission=EXPORT, icon_name="download", order=46)


@hooks.register("insert_global_admin_css")
def subscriber_style() -> str:
    """The few rules that these screens need on a phone."""
    return format_html('<link rel="stylesheet" href="{}">', static("newsletter/subscribers.css"))
