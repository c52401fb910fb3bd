"""What the screens of the two private inboxes share: the list, one row with its history, the buttons, erasing.

The row is loaded first; then the permission is asked on it. Nothing of a row is on a public page.
"""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.views.generic import DeleteView, IndexView, InspectView
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import log

from activities.desk.forms import WordsForm
from activities.inquiries import services as inquiry_services
from activities.models import Inquiry
from center.japanese.dates import day_words, time_words
from center.opening import tokyo_date


class InboxView(IndexView):
    """The list, newest first. Only a spreadsheet whose cells are strings is offered: nothing in it is ever run."""

    FORMATS = (IndexView.FORMAT_XLSX,)

    def get_base_queryset(self) -> QuerySet:
        return super().get_base_queryset().select_related("assigned_to")

    def get_list_more_buttons(self, instance: Inquiry) -> list[MenuItem]:
        buttons = []
        if url := self.get_inspect_url(instance):
            buttons.append(MenuItem(_("Look at it"), url=url, icon_name="info-circle", priority=10))
        if url := self.get_delete_url(instance):
            buttons.append(MenuItem(_("Erase it"), url=url, icon_name="bin", priority=40))
        return buttons

    def render_to_response(self, context, **kwargs) -> HttpResponse:
        if self.is_export:
            count = self.get_queryset().count()
            log(instance=self.request.user, action="activities.inquiry.exported", data={"rows": count})
        return super().render_to_response(context, **kwargs)


class RowMixin:
    """Loads the row, then asks for the permission on it."""

    def check_row(self, action: str) -> None:
        actions = ("view", "change") if action == "view" else (action,)
        policy = self.permission_policy
        if not any(policy.user_has_permission_for_instance(self.request.user, one, self.object) for one in actions):
            raise PermissionDenied


class RowView(RowMixin, InspectView):
    """One row with everything: what was asked, who, the history, and the buttons.

    A POST is one button: `move` (the state), `take`, `leave`, `note`, or one that a subclass adds to `actions`.
    """

    http_method_names = ["get", "head", "post"]
    fields: list[str] = []
    page_title = gettext_lazy("Look at it")

    @property
    def actions(self) -> dict:
        return {"move": self.move, "take": self.take, "leave": self.leave, "note": self.write_note}

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        self.check_row("view")
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        self.check_row("change")
        act = self.actions.get(request.POST.get("do", ""))
        if act is None:
            raise PermissionDenied
        answer = act(now=timezone.now())
        return answer or redirect(request.path)

    def move(self, *, now: datetime) -> None:
        try:
            state = self.request.POST.get("state", "")
            inquiry_services.move(row=self.object, state=state, by=self.request.user, now=now)
        except ValueError:
            raise PermissionDenied from None
        messages.success(self.request, _("State: %(state)s") % {"state": self.object.get_state_display()})

    def take(self, *, now: datetime) -> None:
        inquiry_services.assign(row=self.object, to=self.request.user, by=self.request.user, now=now)
        messages.success(self.request, _("You are in charge of it now."))

    def leave(self, *, now: datetime) -> None:
        inquiry_services.assign(row=self.object, to=None, by=self.request.user, now=now)
        messages.success(self.request, _("Nobody is in charge of it now."))

    def write_note(self, *, now: datetime) -> HttpResponse | None:
        form = self.note_form(self.request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(note_form=form))
        inquiry_services.set_note(row=self.object, text=form.cleaned_data["words"], by=self.request.user, now=now)
        messages.success(self.request, _("The note is saved."))
        return None

    def note_form(self, data=None) -> WordsForm:
        hint = _("Only staff read it.")
        initial = {"words": self.object.staff_note}
        return WordsForm(data, label=_("Note of the staff"), help_text=hint, required=False, initial=initial)

    def get_context_data(self, **kwargs) -> dict:
        row = self.object
        may_change = self.permission_policy.user_has_permission_for_instance(self.request.user, "change", row)
        choices = row._meta.get_field("state").choices
        order = [value for value, _words in choices]
        after = order[order.index(row.state) + 1 :]
        return super().get_context_data(**{"note_form": self.note_form(), **kwargs}) | {
            "row": row,
            "may_change": may_change,
            "states": [choice for choice in choices if choice[0] != row.state] if may_change else [],
            "next_state": after[0] if after and row.is_open else "",
            "history": list(row.entries.select_related("by")),
            "today": tokyo_date(timezone.now()),
        }

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        # erasing alone: there is no form that changes everything
        url = self.get_delete_url()
        return [Button(_("Erase it"), url=url, icon_name="bin", priority=30)] if url else []


class EraseView(RowMixin, DeleteView):
    """Erase a row with its history, at the wish of the person or when it is no longer needed."""

    page_title = gettext_lazy("Erase it")

    @property
    def confirmation_message(self) -> str:
        return _("Name, contact and words are erased for good. The log keeps the number alone.")

    def get_success_message(self) -> str:
        return _("%(number)s has been erased.") % {"number": self.object.number}


def received_in_list(row: Inquiry) -> str:
    """When it came, in words of a list."""
    return f"{day_words(tokyo_date(row.received_at))} {time_words(row.received_at)}"
