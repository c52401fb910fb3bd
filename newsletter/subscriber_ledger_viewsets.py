"""Staff's screen about the ledger of consent."""

from django.urls import path
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permissions import ModelPermissionPolicy

from center.intake.addresses import NotAnAddress, normalise_address
from newsletter.models import ConsentEvent
from newsletter.subscriber_history import moment
from newsletter.tokens import address_hash
from newsletter.viewsets import MAIL_HOOK

PER_PAGE = 50


def hash_of_typed(query: str) -> str:
    """The hash of an address that staff typed into a search; of what is no address, one that nothing has."""
    try:
        return address_hash(normalise_address(query)[1])
    except NotAnAddress:
        return "-"


class ReadOnlyPolicy(ModelPermissionPolicy):
    """Whatever the groups say: rows are looked at, never written by hand."""

    def user_has_permission(self, user, action: str) -> bool:
        return action == "view" and super().user_has_permission(user, action)

    def user_has_any_permission(self, user, actions) -> bool:
        return "view" in actions and super().user_has_permission(user, "view")


class AddressSearchMixin:
    """Searches by a whole address, of which only the hash is stored."""

    def search_queryset(self, queryset):
        return queryset.filter(email_hash=hash_of_typed(self.search_query)) if self.is_searching else queryset


class ConsentIndexView(AddressSearchMixin, IndexView):
    """Who agreed to what and when; newest first."""

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("actor")


class ConsentViewSet(ModelViewSet):
    """同意の記録: read only."""

    model = ConsentEvent
    name = "consents"
    icon = "clipboard-list"
    menu_label = gettext_lazy("Ledger of consent")
    menu_hook = MAIL_HOOK
    menu_order = 50
    add_to_reference_index = False
    copy_view_enabled = False
    index_view_class = ConsentIndexView
    list_display = [
        Column("at", label=gettext_lazy("When"), accessor=lambda row: moment(row.at), sort_key="at"),
        "action",
        "channel",
        "words_version",
        "page",
        "actor",
    ]
    list_filter = ["action", "channel"]
    list_per_page = PER_PAGE
    ordering = "-at"
    search_fields = ["email_hash"]
    search_backend_name = None
    exclude_form_fields: list[str] = []

    @property
    def permission_policy(self) -> ReadOnlyPolicy:
        return ReadOnlyPolicy(self.model)

    def get_urlpatterns(self) -> list:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
        ]
