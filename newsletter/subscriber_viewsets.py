"""Staff's screens about subscribers: who gets the mail, entering, changing, ending, erasing.

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

from center.japanese.dates import full_date
from center.opening import tokyo_date
from newsletter.models import ConsentEvent, MailFormat, Subscriber, SubscriberState, Topic
from newsletter.subscriber_file_views import EXPORT, IMPORT, ExportView, ImportLookView, ImportView
from newsletter.subscriber_forms import StaffChangeForm, StaffSubscribeForm
from newsletter.subscriber_history import event_words, ledger_of, mail_words, mails_to, moment
from newsletter.subscribers import (
    AlreadySubscribed,
    SuppressedAddress,
    change_preferences,
    erase,
    subscribe_by_staff,
    take_out,
)
from newsletter.viewsets import MAIL_HOOK

# Staff do these things for somebody who phones or stands at the counter.
AT_THE_DESK = ConsentEvent.Channel.COUNTER
PER_PAGE = 50
WIDE = "subscriber-wide"
"""Columns that stand on wide screens alone; the rest is one press away."""


# Subscribers


def state_words(subscriber: Subscriber) -> str:
    """Where a subscriber stands, with the end of a pause."""
    words = subscriber.get_state_display()
    if subscriber.state == SubscriberState.PAUSED and subscriber.paused_until_on:
        return _("%(state)s (until %(day)s)") % {"state": words, "day": subscriber.paused_until_on.isoformat()}
    return words


def language_words(subscriber: Subscriber) -> str:
    """The language of the mail, in its own words."""
    return subscriber.get_locale_display()


def form_words(subscriber: Subscriber) -> str:
    """The form of the mail, short."""
    return _("text only") if subscriber.format == MailFormat.TEXT else _("large letters")


def source_words(subscriber: Subscriber) -> str:
    """How somebody signed up, as far as it is known."""
    return subscriber.get_source_display() or "–"


class SubscriberIndexView(IndexView):
    """Everybody but the erased, newest first."""

    add_item_label = gettext_lazy("Enter a sign-up")

    def get_base_queryset(self):
        return super().get_base_queryset().exclude(state=SubscriberState.ERASED)

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        buttons = [*super().header_more_buttons]
        if self.request.user.has_perm(IMPORT):
            url = reverse("subscribers:import")
            buttons.append(Button(_("Take in a file"), url=url, icon_name="upload", priority=60))
        if self.request.user.has_perm(EXPORT):
            url = reverse("subscribers:export")
            buttons.append(Button(_("Take out the list"), url=url, icon_name="download", priority=70))
        return buttons

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

    def get_breadcrumbs_items(self) -> list[dict]:
        return [*super().get_breadcrumbs_items()[:-1], {"url": "", "label": self.page_title}]

    def get_initial(self) -> dict:
        today = tokyo_date(timezone.now())
        return {"topics": Topic.objects.all(), "locale": "ja", "format": MailFormat.HTML, "consented_on": today}

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
        rows = (
            (_("What happened"), [event_words(event) for event in ledger_of(self.object)]),
            (_("Mails to this address"), [mail_words(*mail) for mail in mails_to(self.object)]),
        )
        told = [{"label": label, "value": _lines(lines), "component": None} for label, lines in rows]
        return [*super().get_fields_context(), *told]

    def get_topics_display_value(self) -> str:
        return "、".join(topic.name for topic in self.object.topics.all())

    def get_created_at_display_value(self) -> str:
        return moment(self.object.created_at)

    def get_paused_until_on_display_value(self) -> str:
        return full_date(self.object.paused_until_on) if self.object.paused_until_on else "–"

    def get_source_display_value(self) -> str:
        return self.object.get_source_display() or _("not recorded")

    def get_confirmed_at_display_value(self) -> str:
        return moment(self.object.confirmed_at) or "–"

    def get_left_at_display_value(self) -> str:
        return moment(self.object.left_at) or "–"


def _lines(lines: list[str]) -> str:
    """Lines below one another, or a word that there is none."""
    if not lines:
        return _("Nothing yet.")
    items = format_html_join("", "<li>{}</li>", ((line,) for line in lines))
    return format_html('<ul class="issue-history">{}</ul>', items)


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
    inspect_view_fields = [
        "email",
        "state",
        "paused_until_on",
        "locale",
        "format",
        "topics",
        "source",
        "created_at",
        "confirmed_at",
        "left_at",
    ]
    index_view_class = SubscriberIndexView
    add_view_class = SubscriberCreateView
    edit_view_class = SubscriberEditView
    delete_view_class = EraseView
    inspect_view_class = SubscriberInspectView
    list_display = [
        "email",
        Column("state", label=gettext_lazy("State"), accessor=state_words, sort_key="state"),
        Column("locale", label=gettext_lazy("Language"), accessor=language_words, sort_key="locale", classname=WIDE),
        Column("format", label=gettext_lazy("Form"), accessor=form_words, sort_key="format", classname=WIDE),
        Column(
            "source", label=gettext_lazy("How they signed up"), accessor=source_words, sort_key="source", classname=WIDE
        ),
        DateColumn("created_at", label=gettext_lazy("Signed up"), classname=WIDE),
    ]
    list_filter = ["state", "locale", "format", "source", "topics"]
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
            path("import/", ImportView.as_view(), name="import"),
            path("import/<int:pk>/", ImportLookView.as_view(), name="import_look"),
            path("export/", ExportView.as_view(), name="export"),
            path("new/", self.add_view, name="add"),
            path("edit/<int:pk>/", self.edit_view, name="edit"),
            path("inspect/<int:pk>/", self.inspect_view, name="inspect"),
            path("leave/<int:pk>/", leave_view, name="leave"),
            path("delete/<int:pk>/", self.delete_view, name="delete"),
        ]
