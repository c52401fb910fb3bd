"""What every screen of the desk has: who may see it, its frame, and what staff are told when a service refuses."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.permission_policies import ModelPermissionPolicy

from activities import services
from activities.models import Notice
from activities.notices import queries as notice_queries
from center.japanese.dates import day_words
from center.models import User

NAMESPACE = "notice_desk"
POLICY = ModelPermissionPolicy(Notice)
HOME = {"url": reverse_lazy("wagtailadmin_home"), "label": gettext_lazy("Home")}
BOARD = {"url": reverse_lazy(f"{NAMESPACE}:index"), "label": pgettext_lazy("notice", "Notices")}


def may(request: HttpRequest, action: str, notice: Notice | None = None) -> bool:
    """Whether this user may "view", "add" or "change" notices, or this one. Whoever may change may look and add."""
    actions = {"view": ("view", "change"), "add": ("add", "change")}.get(action, (action,))
    if notice is None:
        return POLICY.user_has_any_permission(request.user, actions)
    return any(POLICY.user_has_permission_for_instance(request.user, one, notice) for one in actions)


def staff_of_desk() -> list[User]:
    """Everybody who may work on notices, by name. Two queries at most."""
    people = POLICY.users_with_any_permission(["change"]).filter(is_active=True)
    return sorted(people, key=lambda person: (person.last_name, person.first_name, person.pk))


def error_words(error: services.NoticeError) -> str:
    """What to tell staff when a service refuses."""
    if isinstance(error, services.TooSoon):
        return _("It can be withdrawn without an answer from %(day)s on.") % {"day": day_words(error.from_on)}
    sentences = {
        services.AlreadySettled: _("This notice is settled already. Nothing was changed."),
        services.StillHeld: _("Please release this notice first: it may come from a machine."),
        services.NotOpen: _("In this state it cannot be done. Nothing was changed."),
        services.NotReturned: _("This notice does not wait for an answer."),
        services.InTheFuture: _("This lies in the future. Please write when it really came."),
        services.ReasonMissing: _("Please write the reason in words."),
        services.NoPageChosen: _("First choose the page that this notice is about."),
        services.NotAChange: _("Only a change or a cancellation is marked as shown."),
        services.NoParentPage: _("The site has no list under which this page belongs."),
        services.NoPageMade: _("No page has been made from this notice."),
        services.PageWasPublic: _("The page was public or is scheduled. Please take it down in the editor."),
        services.PageInUse: _("Another notice, a translation or an issue needs this page, so it stays."),
    }
    return next((words for kind, words in sentences.items() if isinstance(error, kind)), _("This cannot be done."))


class DeskMixin(WagtailAdminTemplateMixin):
    """The frame of every screen of the desk."""

    header_icon = "mail"
    action = "view"

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not may(request, self.action):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class NoticeMixin(WagtailAdminTemplateMixin):
    """The frame of every screen of one notice: load it, then ask for the permission on it."""

    header_icon = "mail"
    action = "view"
    notice: Notice

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        self.notice = get_object_or_404(notice_queries.with_rows(Notice.objects.all()), pk=kwargs["pk"])
        if not may(request, self.action, self.notice):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @property
    def detail_url(self) -> str:
        return reverse(f"{NAMESPACE}:detail", args=[self.notice.pk])

    def get_page_title(self) -> str:
        return f"{self.notice.number} {self.notice.title}"

    def get_breadcrumbs_items(self) -> list[dict]:
        return [HOME, BOARD, {"url": "", "label": self.notice.number}]
