"""A notice that did not come by the form: typed in while listening, with the real time at which it came."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin import messages

from activities import services
from activities.desk.detail import field_words, missing_words, suspected
from activities.desk.forms import EditForm, EntryForm, ReceivedForm
from activities.desk.frame import BOARD, HOME, NAMESPACE, DeskMixin, NoticeMixin, error_words
from activities.desk.wished import Wish, wish_by_pk
from activities.forecast import forecast
from activities.kinds import NoticeKind
from activities.models import GroupPage, Notice
from activities.notices import queries as notice_queries
from activities.notices.kind_fields import asked_by
from activities.notices.upload_rows import Uploads, no_uploads, take_uploads
from center.opening import tokyo_date
from center.queries import opening_calendar

CONTACT_FIELDS = ("contact_name", "contact_email", "contact_phone")


def asked_by_kind() -> dict[str, list[str]]:
    """Which fields each kind asks for, for the script that hides the others."""
    return {kind: sorted(asked_by(kind)) for kind in NoticeKind.values}


def contact_of(group: GroupPage) -> dict[str, str]:
    """How a group was reached last: from its newest notice, else nothing. Private, for staff alone."""
    last = Notice.objects.filter(group=group).order_by("-received_at").first()
    if last is None:
        last = Notice.objects.filter(group_name=group.title, held_at__isnull=True).order_by("-received_at").first()
    found = {name: getattr(last, name) if last else "" for name in CONTACT_FIELDS}
    return {"group_name": group.title, **found}


class GroupContactView(DeskMixin, View):
    """The contact of a chosen group, for the form of entry."""

    action = "add"

    def get(self, request: HttpRequest) -> HttpResponse:
        pk = request.GET.get("group", "")
        group = GroupPage.objects.filter(pk=int(pk)).first() if pk.isdecimal() else None
        response = JsonResponse(contact_of(group) if group else {})
        response["Cache-Control"] = "private, no-store"
        return response


class EntryView(DeskMixin, TemplateView):
    """A notice that came by phone, fax, e-mail or at the counter, with the real time at which it came."""

    template_name = "activities/admin/entry.html"
    page_title = gettext_lazy("Enter a notice")
    action = "add"

    def get_breadcrumbs_items(self) -> list[dict]:
        return [HOME, BOARD, {"url": "", "label": _("Enter a notice")}]

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return self._show(EntryForm(now=timezone.now()), no_uploads())

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        now = timezone.now()
        uploads = take_uploads(request, today=tokyo_date(now))
        if any(name in request.POST for name in ("add", "remove", "drop", "fill")):
            return self._show(self._typed_so_far(request, now=now), uploads)
        form = EntryForm(request.POST, now=now)
        if not form.is_valid() or uploads.faults:
            return self._show(form, uploads)
        notice, _token = services.receive_notice(
            data=form.notice_data() | self._about(form),
            sessions=form.sessions(),
            files=uploads.clean_files(),
            alts=uploads.alts(),
            channel=form.cleaned_data["channel"],
            received_at=form.received.received_at,
            now=now,
            by=request.user,
        )
        uploads.draft.remove()
        messages.success(request, _("Notice %(number)s has been entered.") % {"number": notice.number})
        return redirect(f"{NAMESPACE}:entered", pk=notice.pk)

    @staticmethod
    def _typed_so_far(request: HttpRequest, *, now) -> EntryForm:
        """The form as it was typed, with a row more or less, or with the contact of the chosen group."""
        typed = request.POST.copy()
        pk = typed.get("group", "")
        if "fill" in typed and pk.isdecimal() and (group := GroupPage.objects.filter(pk=int(pk)).first()):
            for name, value in contact_of(group).items():
                typed[name] = value or typed.get(name, "")
        row = typed.get("remove", "")
        form = EntryForm(now=now)
        form.keep(typed, add_row="add" in typed, remove_row=int(row) if row.isdecimal() else 0)
        form.received = ReceivedForm(now=now, initial=ReceivedForm(typed, now=now).raw_values())
        return form

    @staticmethod
    def _about(form: EntryForm) -> dict[str, Any]:  # Any: fields of the model, as in receive_notice
        about = form.cleaned_data.get("about_text", "")
        return {"about_page": notice_queries.page_about(about)} if about else {}

    def _show(self, form: EntryForm, uploads: Uploads) -> HttpResponse:
        context = {"form": form, "uploads": uploads, "places": notice_queries.place_suggestions(), "is_entry": True}
        return self.render_to_response(self.get_context_data(**context, asked=asked_by_kind()))


class EnteredView(NoticeMixin, TemplateView):
    """What to read out on the phone: the number and the due day, large; what is missing; what was sent before."""

    template_name = "activities/admin/entered.html"

    def get_context_data(self, **kwargs) -> dict:
        notice, now = self.notice, timezone.now()
        return super().get_context_data(**kwargs) | {
            "notice": notice,
            "day": notice_queries.due_day(notice, opening_calendar()),
            "mail": notice_queries.forecast_of(forecast([notice], now=now), notice),
            "missing": missing_words(notice),
            "duplicates": suspected(notice, now=now),
            "detail_url": self.detail_url,
        }


class EditView(NoticeMixin, TemplateView):
    """What the notice says, written anew by staff; every change stands in the history, the clock goes on."""

    template_name = "activities/admin/entry.html"
    action = "change"

    def get_page_subtitle(self) -> str:
        return _("Change what it says")

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not self.notice.is_open:
            messages.error(request, error_words(services.AlreadySettled()))
            return redirect(self.detail_url)
        wish = self._wish()
        return self._show(EditForm.of(self.notice, now=timezone.now(), wished=wish.typed if wish else None))

    def _wish(self) -> Wish | None:
        """What the group would like, where staff came here to take it over."""
        return wish_by_pk(self.notice, self.request.GET.get("wish", ""))

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        now = timezone.now()
        if any(name in request.POST for name in ("add", "remove")):
            form = EditForm(now=now)
            typed = request.POST.get("remove", "")
            form.keep(request.POST, add_row="add" in request.POST, remove_row=int(typed) if typed.isdecimal() else 0)
            return self._show(form)
        form = EditForm(request.POST, now=now)
        if not form.is_valid():
            return self._show(form)
        try:
            changes = services.edit_notice(
                notice=self.notice, data=form.notice_data(), sessions=form.sessions(), by=request.user, now=now
            )
        except services.NoticeError as error:
            messages.error(request, error_words(error))
            return redirect(self.detail_url)
        self._tell(request, [field_words(change.name) for change in changes])
        if changes and self._wish():
            return redirect(reverse(f"{NAMESPACE}:message", args=[self.notice.pk]) + "?wish=1")
        return redirect(self.detail_url)

    def _tell(self, request: HttpRequest, names: list[str]) -> None:
        if not names:
            messages.info(request, _("Nothing was changed."))
            return
        messages.success(request, _("Changed: %(fields)s") % {"fields": _("、").join(names)})
        if self.notice.page_links.all():
            messages.warning(request, _("The page has been made already: please change it there as well."))

    def _show(self, form: EditForm) -> HttpResponse:
        places = notice_queries.place_suggestions()
        context = {"form": form, "places": places, "notice": self.notice, "detail_url": self.detail_url}
        context |= {"asked": asked_by_kind(), "wish": self._wish()}
        return self.render_to_response(self.get_context_data(**context))
