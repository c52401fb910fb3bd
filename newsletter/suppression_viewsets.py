"""送らないアドレス: the list of addresses that must not be mailed; looked up, added to, lifted with the password."""

from django import forms
from django.http import HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import CreateView, DeleteView, IndexView
from wagtail.admin.viewsets.model import ModelViewSet

from center import password_again
from center.intake.addresses import normalise_address
from center.japanese.dates import full_date
from center.opening import tokyo_date
from newsletter.admin_frame import HOME
from newsletter.models import Suppression
from newsletter.subscriber_forms import SuppressForm
from newsletter.subscriber_history import moment
from newsletter.subscriber_ledger_viewsets import AddressSearchMixin
from newsletter.suppression_words import reason_words, source_words
from newsletter.suppressions import SuppressedAlready, lift_suppression, suppress_by_staff
from newsletter.viewsets import MAIL_HOOK

PER_PAGE = 50


class LiftForm(forms.Form):
    """Why an address may be mailed again; and the password, unless it was given a moment ago."""

    reason = forms.CharField(
        label=gettext_lazy("Why it may be mailed again"),
        max_length=200,
        help_text=gettext_lazy("For example: the person phoned, the address was mistyped. Please write no address."),
    )
    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=gettext_lazy("Somebody asked not to be mailed, or mail came back, so we ask once more who you are."),
    )

    def __init__(self, *args, asks_password: bool, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if not asks_password:
            del self.fields["password"]


class SuppressionIndexView(AddressSearchMixin, IndexView):
    """Addresses that must not be mailed. They are found by typing the whole address, since only hashes are kept."""

    results_template_name = "newsletter/suppressions/index_results.html"
    add_item_label = gettext_lazy("Put an address on the list")

    def get_list_more_buttons(self, instance: Suppression) -> list[MenuItem]:
        url = self.get_delete_url(instance)
        return [MenuItem(_("Take off the list"), url=url, icon_name="bin", priority=10)] if url else []


class SuppressionCreateView(CreateView):
    """Put an address on the list: no mail that is not on its way yet goes to it any more."""

    page_title = gettext_lazy("Put an address on the list")
    success_message = gettext_lazy("No mail goes to this address any more.")
    submit_button_label = gettext_lazy("Put on the list")

    def get_breadcrumbs_items(self) -> list[dict]:
        return [*super().get_breadcrumbs_items()[:-1], {"url": "", "label": self.page_title}]

    def get_success_buttons(self) -> list:
        return []

    def form_valid(self, form) -> HttpResponse:
        try:
            return super().form_valid(form)
        except SuppressedAlready as error:
            word, _meaning = reason_words(error.row)
            since = full_date(tokyo_date(error.row.at))
            words = _("This address is on the list already, since %(day)s (%(reason)s).")
            form.add_error("email", words % {"day": since, "reason": word})
            self.produced_error_code, self.produced_error_message = "validation_error", self.get_error_message()
            return self.form_invalid(form)

    def save_instance(self) -> Suppression:
        data = self.form.cleaned_data
        return suppress_by_staff(
            email_norm=normalise_address(data["email"])[1],
            reason=data["reason"],
            source=data["source"],
            by=self.request.user,
            now=timezone.now(),
        )


class SuppressionDeleteView(DeleteView):
    """Take an address off the list, with a reason and the password."""

    page_title = gettext_lazy("Take off the list")
    template_name = "newsletter/suppressions/lift.html"
    form_class = LiftForm

    def get_page_subtitle(self) -> str:
        return ""

    def get_breadcrumbs_items(self) -> list[dict]:
        crumbs = [HOME, {"url": self.get_success_url(), "label": _("Suppressed addresses")}]
        return [*crumbs, {"url": "", "label": self.page_title}]

    def get_form_kwargs(self) -> dict:
        now = timezone.now()
        return super().get_form_kwargs() | {"asks_password": not password_again.given_lately(self.request, now=now)}

    def form_valid(self, form: LiftForm) -> HttpResponse:
        if "password" in form.fields:
            try:
                if not password_again.give(self.request, form.cleaned_data["password"], now=timezone.now()):
                    form.add_error("password", _("This is not your password."))
            except password_again.TooManyTries:
                form.add_error("password", _("Too many tries today. Please log out and ask your administrator."))
            if form.errors:
                return self.form_invalid(form)
        self.reason = form.cleaned_data["reason"]
        return super().form_valid(form)

    def get_context_data(self, **kwargs) -> dict:
        word, meaning = reason_words(self.object)
        return super().get_context_data(**kwargs) | {
            "row": self.object,
            "word": word,
            "meaning": meaning,
            "source": source_words(self.object),
        }

    def get_success_message(self) -> str:
        return _("The address may be mailed again, as soon as the person agrees once more.")

    def delete_action(self) -> None:
        lift_suppression(self.object, reason=self.reason, by=self.request.user, now=timezone.now())


def _reason_cell(row: Suppression) -> str:
    word, meaning = reason_words(row)
    return format_html('<b>{}</b><span class="issue-small">{}</span>', word, meaning)


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
        Column("reason", label=gettext_lazy("Why"), accessor=_reason_cell, sort_key="reason"),
        Column("source", label=gettext_lazy("Known from"), accessor=source_words),
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
