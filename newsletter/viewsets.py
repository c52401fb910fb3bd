"""The screens of the mail in the editor: issues, sections, kinds of mail; the rule of the mail stands with the rules.

Apps and modules beside us put their own entries into the group under the hook "register_support_mail_menu_item".
"""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, re_path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin import messages
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.admin.views.generic import DeleteView, EditView
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.viewsets.model import ModelViewSet

from center.viewsets import RULES_HOOK
from newsletter import admin_views
from newsletter.admin_actions import DECISIONS_AND_VERBS
from newsletter.admin_forms import SectionForm
from newsletter.admin_frame import NAMESPACE, may
from newsletter.admin_item_actions import HAND_ACTIONS
from newsletter.admin_preview import PreviewBodyView, PreviewView, TrialView
from newsletter.admin_report import IssueReportsView, ProgressView
from newsletter.models import DomainPace, MailPolicy, Section, Topic

MAIL_HOOK = "register_support_mail_menu_item"
mail_menu = Menu(register_hook_name=MAIL_HOOK, construct_hook_name="construct_support_mail_menu")


def mail_menu_item() -> SubmenuMenuItem:
    """The entry of the main menu that opens the group."""
    return SubmenuMenuItem(_("Support mail"), mail_menu, name="support-mail", icon_name="mail", order=120)


class IssuesMenuItem(MenuItem):
    """Shown to whoever may look at issues."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may(request, "view")


class IssueViewSet(ViewSet):
    """The issues at /admin/issues/."""

    name = NAMESPACE
    url_prefix = "issues"
    icon = "mail"
    menu_label = pgettext_lazy("mail", "Issues")
    menu_name = "issues"
    menu_order = 10
    menu_hook = MAIL_HOOK
    menu_item_class = IssuesMenuItem

    def get_urlpatterns(self) -> list:
        preview = PreviewView.as_view()
        actions = {**DECISIONS_AND_VERBS, **HAND_ACTIONS, "trial": TrialView}
        return [
            path("", admin_views.IssueListView.as_view(), name="index"),
            path("report/", IssueReportsView.as_view(), name="reports"),
            path("<int:pk>/progress/", ProgressView.as_view(), name="progress"),
            path("new/", admin_views.NewExtraIssueView.as_view(), name="new"),
            re_path(
                r"^draft/(?P<year>20[0-9]{2})/(?P<month>1[0-2]|[1-9])/$",
                admin_views.DraftIssueView.as_view(),
                name="draft",
            ),
            path("<int:pk>/", admin_views.IssueView.as_view(), name="show"),
            path("<int:pk>/texts/", admin_views.IssueTextsView.as_view(), name="edit"),
            path("<int:pk>/preview/", preview, name="preview"),
            path("<int:pk>/preview/<slug:language>/<slug:part>/", preview, name="preview_part"),
            path(
                "<int:pk>/preview/<slug:language>/<slug:part>/body/",
                PreviewBodyView.as_view(),
                name="preview_body",
            ),
            *(path(f"<int:pk>/{name}/", view.as_view(), name=name) for name, view in actions.items()),
        ]


class SectionViewSet(ModelViewSet):
    """The sections of the mail, in their order."""

    model = Section
    name = "mail_sections"
    url_prefix = "mail-sections"
    icon = "list-ul"
    menu_hook = MAIL_HOOK
    menu_order = 20
    list_display = [
        "name",
        "name_en",
        "order",
        "paper",
        BooleanColumn("is_usual", label=_("expected in every issue"), sort_key="is_usual"),
    ]
    ordering = ["order", "pk"]
    copy_view_enabled = False

    def get_form_class(self, for_update: bool = False) -> type[SectionForm]:
        return SectionForm


class TopicViewSet(ModelViewSet):
    """The kinds of mail that one can subscribe to."""

    model = Topic
    name = "mail_topics"
    url_prefix = "mail-topics"
    icon = "tag"
    menu_hook = MAIL_HOOK
    menu_order = 30
    form_fields = ["name", "description", "order"]
    list_display = ["name", "description"]
    copy_view_enabled = False


# The rule of the mail: a row in force is read, never written


def is_in_force(policy: MailPolicy, *, now: datetime) -> bool:
    """Whether the row holds already, or has held; only one that begins later may still be changed."""
    return policy.valid_from_at <= now


class PolicyEditView(EditView):
    """Changes a rule that is not in force yet; one in force is shown, not edited."""

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        policy = self.get_object()
        if is_in_force(policy, now=timezone.now()):
            messages.info(request, _("This rule is in force, so it can only be read. A new one may follow it."))
            return redirect("mail_rules:inspect", policy.pk)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if is_in_force(self.get_object(), now=timezone.now()):
            raise PermissionDenied
        return super().post(request, *args, **kwargs)


class PolicyDeleteView(DeleteView):
    """Removes a rule that is not in force yet."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if is_in_force(self.object, now=timezone.now()):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


SECOND_PERSON = BooleanColumn("second_person", label=_("whoever edited last may not approve"))


class MailPolicyViewSet(ModelViewSet):
    """The rule of the mail, newest first, in the group of rules."""

    model = MailPolicy
    name = "mail_rules"
    url_prefix = "rules/mail"
    icon = "clipboard-list"
    menu_hook = RULES_HOOK
    menu_order = 20
    edit_view_class = PolicyEditView
    delete_view_class = PolicyDeleteView
    inspect_view_enabled = True
    copy_view_enabled = False
    list_display = ["__str__", "send_weekday", "send_time", "cutoff_open_days", "cutoff_time", SECOND_PERSON]


class DomainPaceViewSet(ModelViewSet):
    """The mail domains that get their mail more slowly, in the group of rules."""

    model = DomainPace
    name = "mail_domain_paces"
    url_prefix = "rules/mail-domains"
    icon = "time"
    menu_hook = RULES_HOOK
    menu_order = 25
    list_display = ["domain", "per_minute"]
    copy_view_enabled = False


ISSUES = IssueViewSet()
SECTIONS = SectionViewSet()
TOPICS = TopicViewSet()
MAIL_RULES = MailPolicyViewSet()
DOMAIN_PACES = DomainPaceViewSet()
