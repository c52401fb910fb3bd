"""The screens of activities in the editor: the desk of notices, and the rule of publication."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import CreateView, DeleteView, EditView
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.viewsets.model import ModelViewSet

from activities.desk import actions as desk_actions
from activities.desk import all_board as desk_all
from activities.desk import board as desk_board
from activities.desk import detail as desk_detail
from activities.desk import entry as desk_entry
from activities.desk import figures_views, inquiry_boards, trusted_views
from activities.desk import group_views as desk_groups
from activities.desk import making as desk_making
from activities.desk.frame import NAMESPACE, may
from activities.desk.media_views import MEDIA_ACTIONS
from activities.models import NoticePolicy
from center.viewsets import RULES_HOOK

ACTIONS = {
    "review": desk_actions.ReviewView,
    "take": desk_actions.TakeView,
    "page": desk_making.MakePageView,
    "publish": desk_making.PublishPageView,
    "unmake": desk_making.UnmakePageView,
    "remake": desk_making.RemakePageView,
    "edit": desk_entry.EditView,
    "read": desk_actions.SeenMessageView,
    "release": desk_actions.ReleaseView,
    "discard": desk_actions.DiscardView,
    "apply": desk_actions.ApplyView,
    "return": desk_actions.ReturnView,
    "answer": desk_actions.AnswerView,
    "decline": desk_actions.DeclineView,
    "withdraw": desk_actions.WithdrawView,
    "message": desk_actions.MessageView,
    "note": desk_actions.NoteView,
    "received": desk_actions.ReceivedView,
    "link": desk_actions.LinkView,
    **MEDIA_ACTIONS,
    "seen": trusted_views.SeenView,
}


class NoticesMenuItem(MenuItem):
    """Shown to whoever may look at notices."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may(request, "view")


class NoticeDeskViewSet(ViewSet):
    """The desk at /admin/notices/."""

    name = NAMESPACE
    url_prefix = "notices"
    icon = "mail"
    menu_label = _("Notices to publish")
    menu_name = "notices"
    menu_order = 110
    menu_item_class = NoticesMenuItem
    add_to_admin_menu = True

    def get_urlpatterns(self) -> list:
        return [
            path("", desk_board.BoardView.as_view(), name="index"),
            path("all/", desk_all.AllBoardView.as_view(), name="all"),
            path("held/", desk_board.BoardView.as_view(is_held=True), name="held"),
            path("bulk/", desk_board.BulkView.as_view(), name="bulk"),
            path("consultations/", inquiry_boards.ConsultationBoardView.as_view(), name="consultations"),
            path("contacts/", inquiry_boards.ContactBoardView.as_view(), name="contacts"),
            path("posts/", inquiry_boards.PostBoardView.as_view(), name="posts"),
            path("add/", desk_entry.EntryView.as_view(), name="add"),
            path("add/contact/", desk_entry.GroupContactView.as_view(), name="group_contact"),
            *figures_views.URLS,
            path("<int:pk>/", desk_detail.DetailView.as_view(), name="detail"),
            path("<int:pk>/entered/", desk_entry.EnteredView.as_view(), name="entered"),
            path("<int:pk>/preview/", desk_detail.PreviewView.as_view(), name="preview"),
            path("<int:pk>/files/<int:file_pk>/", desk_detail.AttachmentView.as_view(), name="file"),
            path("groups/", desk_groups.GroupsView.as_view(), name="groups"),
            path("groups/<int:pk>/", desk_groups.GroupView.as_view(), name="group"),
            *(path(f"<int:pk>/{name}/", view.as_view(), name=name) for name, view in ACTIONS.items()),
        ]


# The rule: a row in force is read, never written


def is_in_force(policy: NoticePolicy, *, now: datetime) -> bool:
    """Whether the row holds already, or has held; only one that begins later may still be changed."""
    return policy.valid_from_at <= now


class PolicyCreateView(CreateView):
    """A new rule, with whoever wrote it."""

    def save_instance(self) -> NoticePolicy:
        self.form.instance.created_by = self.request.user
        return super().save_instance()


class PolicyEditView(EditView):
    """Changes a rule that is not in force yet; one in force is shown, not edited."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        policy = self.get_object()
        if not is_in_force(policy, now=timezone.now()):
            return super().dispatch(request, *args, **kwargs)
        if request.method == "POST":
            raise PermissionDenied
        messages.info(request, _("This rule is in force, so it can only be read. A new one may follow it."))
        return redirect("notice_rules:inspect", policy.pk)


class PolicyDeleteView(DeleteView):
    """Removes a rule that is not in force yet."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if is_in_force(self.get_object(), now=timezone.now()):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class NoticePolicyViewSet(ModelViewSet):
    """The rule of publication, newest first, in the group of rules."""

    model = NoticePolicy
    name = "notice_rules"
    url_prefix = "rules/publication"
    icon = "clipboard-list"
    menu_hook = RULES_HOOK
    menu_order = 10
    add_view_class = PolicyCreateView
    edit_view_class = PolicyEditView
    delete_view_class = PolicyDeleteView
    inspect_view_enabled = True
    copy_view_enabled = False
    list_display = ["__str__", "closed_due", "cutoff", "trusted_rule"]


NOTICE_DESK = NoticeDeskViewSet()
NOTICE_RULES = NoticePolicyViewSet()
