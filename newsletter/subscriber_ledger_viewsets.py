"""Staff's screens about the ledger of consent and about addresses that must not be mailed."""

from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import CreateView, DeleteView, IndexView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import log
from wagtail.permissions import ModelPermissionPolicy

from center.intake.addresses import NotAnAddress, normalise_address
from newsletter.models import ConsentEvent, Suppression
from newsletter.subscriber_forms import SuppressForm
from newsletter.subscriber_history import moment
from newsletter.subscribers import (
    suppress_address,
)
from newsletter.tokens import address_hash
from newsletter.viewsets import MAIL_HOOK

PER_PAGE = 50


def hash_of_typed(query: str) -> str:
    """The hash of an address that staff typed into a search; of what is no address, one that nothing has."""
    try:
        return address_hash(normalise_address(query)[1])
    except NotAnAddress:
        return "-"


# The ledger


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


# Suppressed addresses


class SuppressionIndexView(AddressSearchMixin, IndexView):
    """Addresses that must not be mailed. They are found by typing the whole address."""

    add_item_label = gettext_lazy("Put an address on the list")

    def get_list_more_buttons(self, instance: Suppression) -> list[MenuItem]:
        url = self.get_delete_url(instance)
        return [MenuItem(_("Take off the list"), url=url, icon_name="bin", priority=10)] if url else []


class SuppressionCreateView(CreateView):
    """Put an address on the list."""

    page_title = gettext_lazy("Put an address on the list")
    success_message = gettext_lazy("No mail goes to this address any more.")
    submit_button_label = gettext_lazy("Put on the list")

    def get_success_buttons(self) -> list:
        return []

    def save_instance(self) -> Suppression:
        data = self.form.cleaned_data
        email_norm = normalise_address(data["email"])[1]
        row = suppress_address(email_norm=email_norm, reason=data["reason"], source=data["source"], now=timezone.now())
        log(instance=row, action="wagtail.create")
        return row


class SuppressionDeleteView(DeleteView):
    """Take an address off the list."""

    page_title = gettext_lazy("Take off the list")
    template_name = "newsletter/subscribers/step.html"
    yes = gettext_lazy("Take off the list")

    @property
    def confirmation_message(self) -> str:
        return _("Mail may go to this address again once it is signed up.")

    def get_success_message(self) -> str:
        return _("The address may be mailed again.")


class SuppressionViewSet(ModelViewSet):
    """送らないアドレス: looked up, added, lifted; never edited."""

    model = Suppression
    name = "suppressions"
    icon = "circle-xmark"
    menu_label = gettext_lazy("Suppressed addresses")
    menu_hook = MAIL_HOOK
    menu_order = 60
    add_to_reference_index = False
    copy_view_enabled = False
    index_view_class = SuppressionIndexView
    add_view_class = SuppressionCreateView
    delete_view_class = SuppressionDeleteView
    list_display = [
        Column("at", label=gettext_lazy("When"), accessor=lambda row: moment(row.at), sort_key="at"),
        "reason",
        "source",
    ]
    list_filter = ["reason"]
    list_per_page = PER_PAGE
    search_fields = ["email_hash"]
    search_backend_name = None

    def get_common_view_kwargs(self, **kwargs) -> dict:
        nothing = {"history_url_name": None, "usage_url_name": None, "edit_url_name": None}
        return super().get_common_view_kwargs(**{**nothing, **kwargs})

    def get_form_class(self, for_update: bool = False) -> type[SuppressForm]:
        return SuppressForm

    def get_urlpatterns(self) -> list:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("new/", self.add_view, name="add"),
            path("delete/<int:pk>/", self.delete_view, name="delete"),
        ]
