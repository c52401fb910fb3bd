"""Groups at the desk: the link of one group (send it, end it), and the groups whose page nobody has confirmed."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages

from activities.desk.frame import BOARD, HOME, NAMESPACE, DeskMixin, may
from activities.models import GroupLink, GroupPage, Notice
from activities.notices.group_checks import groups_unconfirmed
from activities.notices.groups import NoAddress, issue_link, notices_of, revoke_links, valid_link

GROUPS_SHOWN = 200
NOTICES_SHOWN = 10
LINKS_SHOWN = 10


class GroupsView(DeskMixin, TemplateView):
    """Groups that did not answer the yearly question, or that have no address to be asked at."""

    template_name = "activities/admin/groups.html"
    header_icon = "group"
    page_title = gettext_lazy("Groups to ask")

    def get_breadcrumbs_items(self) -> list[dict]:
        return [HOME, BOARD, {"url": "", "label": _("Groups to ask")}]

    def get_context_data(self, **kwargs) -> dict:
        found = groups_unconfirmed(timezone.now()).prefetch_related("contacts")
        return super().get_context_data(**kwargs) | {"groups": list(found[:GROUPS_SHOWN]), "total": found.count()}


class GroupView(DeskMixin, TemplateView):
    """One group: its links, and what it has sent."""

    template_name = "activities/admin/group.html"
    header_icon = "group"
    group: GroupPage

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        self.group = get_object_or_404(GroupPage, pk=kwargs["pk"])
        self.action = "change" if request.method == "POST" else "view"
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return self.group.title

    def get_breadcrumbs_items(self) -> list[dict]:
        return [HOME, BOARD, {"url": "", "label": self.group.title}]

    def get_context_data(self, **kwargs) -> dict:
        now = timezone.now()
        return super().get_context_data(**kwargs) | {
            "group": self.group,
            "link": valid_link(self.group, now=now),
            "links": list(GroupLink.objects.filter(group=self.group).select_related("issued_by")[:LINKS_SHOWN]),
            "notices": list(notices_of(self.group)[:NOTICES_SHOWN]),
            "now": now,
            "may_change": may(self.request, "change"),
            "back": self._notice(),
        }

    def _notice(self) -> Notice | None:
        """The notice that staff came from, if they may see it."""
        number = self.request.GET.get("notice", "")
        notice = Notice.objects.filter(pk=int(number)).first() if number.isascii() and number.isdigit() else None
        return notice if notice and may(self.request, "view", notice) else None

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        self._run("revoke" if "revoke" in request.POST else "issue", now=timezone.now())
        notice = self._notice()
        query = f"?notice={notice.pk}" if notice else ""
        return redirect(reverse(f"{NAMESPACE}:group", args=[self.group.pk]) + query)

    def _run(self, name: str, *, now: datetime) -> None:
        if name == "revoke":
            revoke_links(group=self.group, by=self.request.user, now=now)
            messages.success(self.request, _("The link has ended. It opens nothing any more."))
            return
        try:
            issue_link(group=self.group, by=self.request.user, now=now)
        except NoAddress:
            messages.error(self.request, _("The page of the group has no e-mail for notices. Please enter it there."))
            return
        words = _("The link is on its way to %(address)s.") % {"address": self.group.notice_email}
        messages.success(self.request, words)
