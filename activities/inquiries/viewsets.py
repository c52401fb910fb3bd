"""つなぐ・相談: the two private inboxes, what is on display, and what is known of the services."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail.admin import messages
from wagtail.admin.menu import Menu, SubmenuMenuItem
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.model import ModelViewSet

from activities import match_queries
from activities.inquiries import services as inquiry_services
from activities.inquiries.admin import EraseView, InboxView, RowView, received_in_list
from activities.inquiries.consultation_admin import CountsView, EntryView
from activities.inquiries.consultation_forms import BookForm
from activities.models import (
    Consultation,
    ConsultationService,
    MatchContact,
    MatchStage,
    MatchState,
    StandDisplay,
)
from center.japanese.dates import day_words, time_words
from center.opening import tokyo_date

CONNECT_HOOK = "register_connect_menu_item"
connect_menu = Menu(register_hook_name=CONNECT_HOOK, construct_hook_name="construct_connect_menu")
PER_PAGE = 50
STATES_BY_HAND = (MatchState.ARRANGING, MatchState.MATCHED, MatchState.ENDED, MatchState.OPEN)


def connect_menu_item() -> SubmenuMenuItem:
    """The entry of the main menu that opens the group."""
    return SubmenuMenuItem(_("Matching and advice"), connect_menu, name="connect", icon_name="group", order=115)


class InquiryViewSet(ModelViewSet):
    """An inbox: listed, read, moved on by buttons, erased. No form changes everything at once."""

    menu_hook = CONNECT_HOOK
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    list_per_page = PER_PAGE
    search_backend_name = None
    index_view_class = InboxView
    delete_view_class = EraseView
    ordering = ["-received_at", "-pk"]
    exclude_form_fields: list[str] = []
    export_headings = {
        "number": gettext_lazy("Number of the inquiry"),
        "received_words": gettext_lazy("Received"),
        "get_state_display": gettext_lazy("State"),
        "get_kind_display": gettext_lazy("Service"),
        "get_channel_display": gettext_lazy("How it came"),
        "get_asker_display": gettext_lazy("Who asks?"),
        "get_wished_way_display": gettext_lazy("Wished way"),
    }

    def get_common_view_kwargs(self, **kwargs) -> dict:
        nothing = {"history_url_name": None, "usage_url_name": None, "edit_url_name": None, "add_url_name": None}
        return super().get_common_view_kwargs(**{**nothing, **kwargs})

    def get_urlpatterns(self) -> list:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("<int:pk>/", self.inspect_view, name="inspect"),
            path("<int:pk>/erase/", self.delete_view, name="delete"),
        ]


# Contacts about posts


class ContactView(RowView):
    """One contact: beside its own buttons, those that set the state of the post with one click."""

    template_name = "matching/admin/contact.html"

    @property
    def actions(self) -> dict:
        return super().actions | {"post": self.move_post}

    def may_move_post(self) -> bool:
        post = self.object.post
        return post is not None and post.permissions_for_user(self.request.user).can_publish()

    def move_post(self, *, now: datetime) -> None:
        if not self.may_move_post() or self.request.POST.get("state") not in STATES_BY_HAND:
            raise PermissionDenied
        post, state = self.object.post, self.request.POST["state"]
        inquiry_services.set_post_state(post=post, state=state, by=self.request.user, now=now, contact=self.object)
        messages.success(self.request, _("The post says now: %(state)s") % {"state": post.get_state_display()})

    def get_context_data(self, **kwargs) -> dict:
        post, now = self.object.post, timezone.now()
        context = super().get_context_data(**kwargs) | {"post": post}
        if post is None:
            return context
        stage = post.stage_on(tokyo_date(now))
        may_move = context["may_change"] and self.may_move_post()
        return context | {
            "stage": stage,
            "is_public": stage != MatchStage.RECEIVED,
            "post_states": [state for state in STATES_BY_HAND if state != post.state] if may_move else [],
            "other_contacts": match_queries.contacts_about(post).exclude(pk=self.object.pk)[:10],
            "counterparts": match_queries.suggested(post, now=now),
        }


class ContactViewSet(InquiryViewSet):
    """連絡: answers to posts."""

    model = MatchContact
    name = "match_contacts"
    url_prefix = "matching/contacts"
    icon = "mail"
    menu_label = pgettext_lazy("matching", "Contacts")
    menu_order = 10
    inspect_view_class = ContactView
    inspect_template_name = ContactView.template_name
    list_display = [
        "number",
        Column("post_title", label=gettext_lazy("Post")),
        "state",
        Column("received_at", label=gettext_lazy("Received"), accessor=received_in_list, sort_key="received_at"),
        "contact_name",
        "assigned_to",
    ]
    list_filter = ["state", "assigned_to", "channel"]
    search_fields = ["number", "post_title", "contact_name", "group_name", "text"]
    list_export = [
        *("number", "get_state_display", "received_words", "post_title", "contact_name", "group_name"),
        *("contact_email", "contact_phone", "text", "assigned_to", "staff_note"),
    ]


# Consultations


class ConsultationView(RowView):
    """One consultation: beside its own buttons, the agreed day and hour."""

    template_name = "consultations/admin/detail.html"

    @property
    def actions(self) -> dict:
        return super().actions | {"book": self.book}

    def book_form(self, data=None) -> BookForm:
        form = BookForm(data, now=timezone.now())
        if data is None and self.object.booked_at:
            form.fill(self.object.booked_at)
        return form

    def book(self, *, now: datetime) -> HttpResponse | None:
        form = self.book_form(self.request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(book_form=form))
        at = form.booked_at
        words = f"{day_words(tokyo_date(at))} {time_words(at)}"
        inquiry_services.book(row=self.object, booked_at=at, words=words, by=self.request.user, now=now)
        messages.success(self.request, _("Agreed: %(day)s") % {"day": words})
        return None

    def get_context_data(self, **kwargs) -> dict:
        return super().get_context_data(**{"book_form": self.book_form(), **kwargs})


class ConsultationViewSet(InquiryViewSet):
    """相談: from the form, by phone and at the counter."""

    model = Consultation
    name = "consultations"
    url_prefix = "consultations"
    icon = "help"
    menu_label = gettext_lazy("Consultations")
    menu_order = 20
    inspect_view_class = ConsultationView
    inspect_template_name = ConsultationView.template_name
    list_display = [
        "number",
        "kind",
        "state",
        Column("received_at", label=gettext_lazy("Received"), accessor=received_in_list, sort_key="received_at"),
        "contact_name",
        "group_name",
        "assigned_to",
    ]
    list_filter = ["state", "kind", "channel", "assigned_to"]
    search_fields = ["number", "contact_name", "group_name", "text"]
    list_export = [
        *("number", "get_kind_display", "get_state_display", "received_words", "get_channel_display"),
        *("get_asker_display", "contact_name", "group_name", "contact_email", "contact_phone"),
        *("get_wished_way_display", "wished_days", "text", "assigned_to", "staff_note"),
    ]

    def get_index_view_kwargs(self, **kwargs) -> dict:
        return super().get_index_view_kwargs(**{"add_item_label": _("Enter a consultation"), **kwargs})

    def get_urlpatterns(self) -> list:
        return [
            *super().get_urlpatterns(),
            path("enter/", EntryView.as_view(), name="add"),
            path("counts/", CountsView.as_view(), name="counts"),
        ]


class DisplayViewSet(ModelViewSet):
    """情報スタンドの展示: what is put out where, and until when. What has ended stays here, and nowhere else."""

    model = StandDisplay
    name = "stand_displays"
    url_prefix = "stand-displays"
    icon = "doc-full"
    menu_label = gettext_lazy("At the stands")
    menu_hook = CONNECT_HOOK
    menu_order = 40
    copy_view_enabled = True
    list_display = ["what", "stand", "group", "put_up_on", "take_down_on", "copies_count"]
    list_filter = ["stand"]
    search_fields = ["what", "group_name"]
    search_backend_name = None
    ordering = ["-put_up_on", "-pk"]
    list_export = ["what", "stand", "group", "group_name", "copies_count", "put_up_on", "take_down_on"]


class ServiceViewSet(ModelViewSet):
    """What is known of the five services: whether they come to the group, days and ways."""

    model = ConsultationService
    name = "consultation_services"
    url_prefix = "consultation-services"
    icon = "clipboard-list"
    menu_label = gettext_lazy("Services: visits and days")
    menu_hook = CONNECT_HOOK
    menu_order = 50
    copy_view_enabled = False
    list_display = ["__str__", "makes_visits", "note"]


CONTACTS = ContactViewSet()
CONSULTATIONS = ConsultationViewSet()
DISPLAYS = DisplayViewSet()
SERVICES = ServiceViewSet()

__all__ = ["CONNECT_HOOK", "CONSULTATIONS", "CONTACTS", "DISPLAYS", "SERVICES", "connect_menu_item"]
