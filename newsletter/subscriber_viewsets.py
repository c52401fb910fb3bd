"""Staff's screens about subscribers: who gets the mail, what they agreed to, who must not be mailed.

Nothing here writes Wagtail's log about a subscriber: its entries would keep the address after it is erased. The ledger
of consent says who did what instead.
"""

from django.core.exceptions import ValidationError
from django.http import Http404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.generic import CreateView, DeleteView, EditView, IndexView, InspectView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import log
from wagtail.permissions import ModelPermissionPolicy

from center.intake.addresses import NotAnAddress, normalise_address
from newsletter.models import ConsentEvent, MailFormat, Subscriber, SubscriberState, Suppression, Topic
from newsletter.subscriber_forms import StaffChangeForm, StaffSubscribeForm, SuppressForm
from newsletter.subscribers import (
    AlreadySubscribed,
    SuppressedAddress,
    change_preferences,
    erase,
    subscribe_by_staff,
    suppress_address,
    take_out,
)
from newsletter.tokens import address_hash
from newsletter.viewsets import MAIL_HOOK

# Staff do these things for somebody who phones or stands at the counter.
AT_THE_DESK = ConsentEvent.Channel.COUNTER
PER_PAGE = 50


def moment(at) -> str:
    """A moment in a list, with its year, in Tokyo's time."""
    return f"{at.astimezone(timezone.get_default_timezone()):%Y-%m-%d %H:%M}" if at else ""


def hash_of_typed(query: str) -> str:
    """The hash of an address that staff typed into a search; of what is no address, one that nothing has."""
    try:
        return address_hash(normalise_address(query)[1])
    except NotAnAddress:
        return "-"


# Subscribers


class SubscriberIndexView(IndexView):
    """Everybody but the erased, newest first."""

    add_item_label = gettext_lazy("Enter a sign-up")

    def get_base_queryset(self):
        return super().get_base_queryset().exclude(state=SubscriberState.ERASED)

    def get_list_more_buttons(self, instance: Subscriber) -> list[MenuItem]:
        buttons = []
        if url := self.get_inspect_url(instance):
            buttons.append(MenuItem(_("Look at it"), url=url, icon_name="info-circle", priority=10))
        if url := self.get_edit_url(instance):
            buttons.append(MenuItem(_("Change what they get"), url=url, icon_name="edit", priority=20))
            if instance.state != SubscriberState.LEFT:
                leave_url = reverse("subscribers:leave", args=[instance.pk])
                buttons.append(MenuItem(_("End the mail"), url=leave_url, icon_name="cross", priority=30))
        if url := self.get_delete_url(instance):
            buttons.append(MenuItem(_("Erase the address"), url=url, icon_name="bin", priority=40))
        return buttons


class KnownSubscriberMixin:
    """An erased subscriber has no screen."""

    def get_object(self, queryset=None) -> Subscriber:
        subscriber = super().get_object(queryset)
        if subscriber.state == SubscriberState.ERASED:
            raise Http404
        return subscriber


class SubscriberCreateView(CreateView):
    """Enter somebody who signed up on paper, by FAX or at the counter."""

    page_title = gettext_lazy("Enter a sign-up")
    success_message = gettext_lazy("%(object)s gets the support mail. A welcome mail is on its way.")
    submit_button_label = gettext_lazy("Enter the sign-up")

    def get_initial(self) -> dict:
        return {"topics": Topic.objects.all(), "locale": "ja", "format": MailFormat.HTML}

    def form_valid(self, form):
        try:
            return super().form_valid(form)
        except (AlreadySubscribed, SuppressedAddress):  # signed up or suppressed since the form was checked
            form.add_error("email", ValidationError(_("This address has just been changed. Please look it up.")))
            self.produced_error_code, self.produced_error_message = "validation_error", self.get_error_message()
            return self.form_invalid(form)

    def save_instance(self) -> Subscriber:
        return subscribe_by_staff(by=self.request.user, now=timezone.now(), **self.form.cleaned_data)


class SubscriberEditView(KnownSubscriberMixin, EditView):
    """Change what somebody gets. The address itself is never edited: a new one signs up."""

    success_message = gettext_lazy("Changed for %(object)s.")

    def save_instance(self) -> Subscriber:
        change_preferences(
            subscriber=self.object,
            channel=AT_THE_DESK,
            by=self.request.user,
            now=timezone.now(),
            **self.form.cleaned_data,
        )
        return self.object

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        buttons = [Button(_("Look at it"), url=self.get_inspect_url(), icon_name="info-circle", priority=10)]
        if self.object.state != SubscriberState.LEFT:
            url = reverse("subscribers:leave", args=[self.object.pk])
            buttons.append(Button(_("End the mail"), url=url, icon_name="cross", priority=20))
        if self.can_delete:
            buttons.append(Button(_("Erase the address"), url=self.get_delete_url(), icon_name="bin", priority=30))
        return buttons


class SubscriberInspectView(KnownSubscriberMixin, InspectView):
    """What is known of one subscriber, with the ledger."""

    page_title = gettext_lazy("Look at it")

    def get_fields_context(self) -> list[dict]:
        ledger = ConsentEvent.objects.filter(email_hash=address_hash(self.object.email_norm)).select_related("actor")
        lines = [
            (moment(event.at), event.get_action_display(), event.get_channel_display(), event.actor or "")
            for event in ledger
        ]
        value = format_html("<ul>{}</ul>", format_html_join("", "<li>{} {}（{}）{}</li>", lines))
        return [*super().get_fields_context(), {"label": _("What happened"), "value": value, "component": None}]

    def get_topics_display_value(self) -> str:
        return "、".join(topic.name for topic in self.object.topics.all())

    def get_created_at_display_value(self) -> str:
        return moment(self.object.created_at)

    def get_confirmed_at_display_value(self) -> str:
        return moment(self.object.confirmed_at)

    def get_left_at_display_value(self) -> str:
        return moment(self.object.left_at)


class StepView(KnownSubscriberMixin, DeleteView):
    """A step that asks first. The words and what it does are its subclass's."""

    template_name = "newsletter/subscribers/step.html"
    yes = ""

    def get_delete_url(self) -> str:
        return self.request.path


class TakeOutView(StepView):
    """End the mail for somebody who phones."""

    permission_required = "change"
    page_title = gettext_lazy("End the mail")
    yes = gettext_lazy("End it")
    header_icon = "cross"

    @property
    def confirmation_message(self) -> str:
        return _("No mail will go to this address from now on. The ledger notes that you did it.")

    def get_success_message(self) -> str:
        return _("No mail goes to this address any more.")

    def delete_action(self) -> None:
        take_out(subscriber=self.object, channel=AT_THE_DESK, by=self.request.user, now=timezone.now())


class EraseView(StepView):
    """Erase an address for good, on request of its owner."""

    page_title = gettext_lazy("Erase the address")
    yes = gettext_lazy("Erase")
    may_suppress = True

    @property
    def confirmation_message(self) -> str:
        return _("The address is taken out of the list and of the records of mails sent. This cannot be taken back.")

    def get_success_message(self) -> str:
        return _("The address has been erased.")

    def delete_action(self) -> None:
        suppress = self.request.POST.get("suppress") == "on"
        erase(subscriber=self.object, by=self.request.user, channel=AT_THE_DESK, suppress=suppress, now=timezone.now())


class SubscriberViewSet(ModelViewSet):
    """購読者: the list, entering, changing, ending, erasing."""

    model = Subscriber
    name = "subscribers"
    icon = "group"
    menu_label = gettext_lazy("Subscribers")
    menu_hook = MAIL_HOOK
    menu_order = 40
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    inspect_view_fields = ["email", "state", "locale", "format", "topics", "created_at", "confirmed_at", "left_at"]
    index_view_class = SubscriberIndexView
    add_view_class = SubscriberCreateView
    edit_view_class = SubscriberEditView
    delete_view_class = EraseView
    inspect_view_class = SubscriberInspectView
    list_display = ["email", "state", "locale", "format", DateColumn("created_at", label=gettext_lazy("Signed up"))]
    list_filter = ["state", "locale", "format"]
    list_per_page = PER_PAGE
    search_fields = ["email"]
    search_backend_name = None

    def get_common_view_kwargs(self, **kwargs) -> dict:
        return super().get_common_view_kwargs(**{"history_url_name": None, "usage_url_name": None, **kwargs})

    def get_form_class(self, for_update: bool = False) -> type:
        return StaffChangeForm if for_update else StaffSubscribeForm

    def get_urlpatterns(self) -> list:
        leave_view = self.construct_view(TakeOutView, template_name=TakeOutView.template_name)
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("new/", self.add_view, name="add"),
            path("edit/<int:pk>/", self.edit_view, name="edit"),
            path("inspect/<int:pk>/", self.inspect_view, name="inspect"),
            path("leave/<int:pk>/", leave_view, name="leave"),
            path("delete/<int:pk>/", self.delete_view, name="delete"),
        ]


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
