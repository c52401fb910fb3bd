"""Two lists beside the desk: the candidates for the magazine, and the work at the stands."""

from django.http import HttpRequest
from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

from activities.desk import magazine_views, stand_views
from activities.desk.frame import may


class DeskMenuItem(MenuItem):
    """Shown to whoever may look at notices."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may(request, "view")


class MagazineViewSet(ViewSet):
    """/admin/magazine-candidates/."""

    name = magazine_views.MAGAZINE_NAMESPACE
    url_prefix = "magazine-candidates"
    icon = "doc-full-inverse"
    menu_label = _("Candidates for the magazine")
    menu_order = 111
    menu_item_class = DeskMenuItem
    add_to_admin_menu = True

    def get_urlpatterns(self) -> list:
        return [
            path("", magazine_views.CandidatesView.as_view(), name="index"),
            path("<int:pk>/choose/", magazine_views.ChooseView.as_view(), name="choose"),
            path("<int:pk>/release/", magazine_views.ReleaseView.as_view(), name="release"),
            path("<int:pk>/pass/", magazine_views.PassView.as_view(), name="pass"),
            path("<int:pk>/printed/", magazine_views.PrintedView.as_view(), name="printed"),
        ]


class StandTasksViewSet(ViewSet):
    """/admin/stand-tasks/."""

    name = stand_views.STANDS_NAMESPACE
    url_prefix = "stand-tasks"
    icon = "doc-full"
    menu_label = _("Work at the stands")
    menu_order = 112
    menu_item_class = DeskMenuItem
    add_to_admin_menu = True

    def get_urlpatterns(self) -> list:
        return [
            path("", stand_views.StandTasksView.as_view(), name="index"),
            path("<int:pk>/down/", stand_views.TakeDownView.as_view(), name="down"),
            path("<int:pk>/back/", stand_views.TakeDownView.as_view(is_back=True), name="back"),
        ]


MAGAZINE = MagazineViewSet()
STAND_TASKS = StandTasksViewSet()
