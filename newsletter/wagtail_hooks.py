"""What the newsletter hangs into the editor: its group in the menu, its screens, the words of its log, its style."""

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.admin.viewsets.base import ViewSet

from newsletter import log_actions, sending_hooks, subscriber_hooks
from newsletter.admin_frame import may
from newsletter.admin_views import TONES
from newsletter.models import DONE_STATES, Issue, IssueState
from newsletter.sending import log_actions as sending_log_actions
from newsletter.services import late_issues
from newsletter.viewsets import DOMAIN_PACES, ISSUES, MAIL_RULES, SECTIONS, TOPICS, mail_menu_item

__all__ = ["log_actions", "sending_hooks", "sending_log_actions", "subscriber_hooks"]

PANEL_ISSUES = 2

hooks.register("register_admin_menu_item", mail_menu_item)


@hooks.register("register_admin_viewset")
def register_viewsets() -> list[ViewSet]:
    """Issues, sections, kinds of mail, the rule of the mail, and slower mail domains."""
    return [ISSUES, SECTIONS, TOPICS, MAIL_RULES, DOMAIN_PACES]


@hooks.register("insert_global_admin_css")
def issue_style() -> str:
    """The few rules that the screens of issues need beside the editor's own."""
    return format_html('<link rel="stylesheet" href="{}">', static("newsletter/issues.css"))


class IssuesPanel(Component):
    """On the first screen: the issues that come next, and those that are late."""

    name = "issues"
    order = 60
    template_name = "newsletter/admin/home_panel.html"

    def get_context_data(self, parent_context) -> dict:
        now = timezone.now()
        late = list(late_issues(now=now)[:PANEL_ISSUES])
        coming = Issue.objects.exclude(state__in=(*DONE_STATES, IssueState.CANCELLED)).filter(not_after__gt=now)
        coming = coming.exclude(pk__in=[issue.pk for issue in late])
        rows = [
            {"issue": issue, "tone": TONES[issue.state], "is_late": issue in late}
            for issue in [*late, *coming.order_by("send_at")[:PANEL_ISSUES]]
        ]
        return {"rows": rows}


@hooks.register("construct_homepage_panels")
def add_panel(request: HttpRequest, panels: list[Component]) -> None:
    if may(request, "view"):
        panels.append(IssuesPanel())
