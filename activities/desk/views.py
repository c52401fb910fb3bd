"""The desk: the board of notices, one notice with everything, the entry of one that did not come by the form.

Every view loads its notice first and then asks whether this user may see or change this one.
"""

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin import messages

from activities import services
from activities.desk.forms import BoardFilter, EntryForm, ReceivedForm
from activities.desk.frame import BOARD, HOME, NAMESPACE, DeskMixin, NoticeMixin, may
from activities.forecast import forecast
from activities.kinds import NoticeKind
from activities.models import NoticeAttachment, NoticeState
from activities.notices import queries as notice_queries
from activities.notices import status_page
from activities.notices.upload_rows import Uploads, no_uploads, take_uploads
from activities.notices.words import entry_words
from activities.queries import next_magazine_on
from center.intake.storage import stream_private
from center.opening import tokyo_date
from center.queries import opening_calendar

ROWS_A_PAGE = 50


class BoardView(DeskMixin, TemplateView):
    """All notices, by due day."""

    template_name = "activities/admin/board.html"
    page_title = pgettext_lazy("notice", "Notices")

    def get_breadcrumbs_items(self) -> list[dict]:
        return [HOME, {"url": "", "label": pgettext("notice", "Notices")}]

    def get_context_data(self, **kwargs) -> dict:
        now = timezone.now()
        today, calendar = tokyo_date(now), opening_calendar()
        narrow = BoardFilter(self.request.GET)
        chosen = narrow.narrowed(self.request.user)
        page = Paginator(notice_queries.board(**chosen), ROWS_A_PAGE).get_page(self.request.GET.get("p"))
        notices = list(page.object_list)
        forecasts = forecast(notices, now=now)
        rows = [
            {
                "notice": notice,
                "left": notice_queries.due_words(notice, today),
                "is_late": notice.is_open and notice.due_on is not None and notice.due_on < today,
                "is_today": notice.is_open and notice.due_on == today,
                "day": notice_queries.due_day(notice, calendar),
                "waits_for": notice_queries.waits_for(notice),
                "mail": notice_queries.forecast_of(forecasts, notice),
                "tone": status_page.TONES[notice.state],
            }
            for notice in notices
        ]
        query = self.request.GET.copy()
        query.pop("p", None)
        return super().get_context_data(**kwargs) | {
            "rows": rows,
            "page_obj": page,
            "narrow": narrow,
            "state": chosen["state"],
            "is_narrowed": bool(chosen["kind"] or chosen["assigned_to"] or chosen["search"])
            or chosen["state"] != "open",
            "query": query.urlencode(),
            "may_add": may(self.request, "add"),
            "total": page.paginator.count,
        }


class DetailView(NoticeMixin, TemplateView):
    """One notice with all its fields, its files, its history, and what can be done with it now."""

    template_name = "activities/admin/detail.html"

    def get_context_data(self, **kwargs) -> dict:
        notice, now = self.notice, timezone.now()
        today = tokyo_date(now)
        mail = notice_queries.forecast_of(forecast([notice], now=now), notice)
        proposals = notice_queries.media_proposals(
            notice, next_send_at=mail.send_at if mail else None, magazine_on=next_magazine_on(today)
        )
        links = list(notice.page_links.all())
        return super().get_context_data(**kwargs) | {
            "notice": notice,
            "tone": status_page.TONES[notice.state],
            "left": notice_queries.due_words(notice, today),
            "day": notice_queries.due_day(notice, opening_calendar()),
            "is_late": notice.is_open and notice.due_on is not None and notice.due_on < today,
            "waits_for": notice_queries.waits_for(notice),
            "mail": mail,
            "media": status_page.media_rows(notice, proposals, mail),
            "history": [(entry, entry_words(entry)) for entry in notice_queries.full_history(notice)],
            "links": links,
            "made": next((link for link in links if link.is_main), None),
            "group": notice_queries.group_of(notice),
            "may_change": may(self.request, "change", notice),
            "is_change": NoticeKind(notice.kind).changes_published,
            "buttons": self._buttons(now),
            "lacks_consent": self._lacks_consent(),
        }

    def _lacks_consent(self) -> bool:
        has_images = any(file.kind == NoticeAttachment.Kind.IMAGE for file in self.notice.attachments.all())
        return has_images and not self.notice.has_photo_consent

    def _buttons(self, now: datetime) -> set[str]:
        """The names of the actions that make sense in this state."""
        notice = self.notice
        if not may(self.request, "change", notice):
            return set()
        is_change = NoticeKind(notice.kind).changes_published
        buttons = {"note", "message", "link"}
        if notice.is_open:
            buttons |= {"decline", "withdraw", "received", "take", "apply" if is_change else "page"}
            buttons |= {"answer"} if notice.state == NoticeState.RETURNED else {"return"}
            if notice.state == NoticeState.RECEIVED:
                buttons.add("review")
        elif notice.state == NoticeState.PUBLISHED and not is_change:
            buttons.add("page")
        return buttons


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
        if any(name in request.POST for name in ("add", "remove", "drop")):
            form = EntryForm(now=now)
            typed = request.POST.get("remove", "")
            form.keep(request.POST, add_row="add" in request.POST, remove_row=int(typed) if typed.isdecimal() else 0)
            form.received = ReceivedForm(now=now, initial=ReceivedForm(request.POST, now=now).raw_values())
            return self._show(form, uploads)
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
        return redirect(f"{NAMESPACE}:detail", pk=notice.pk)

    @staticmethod
    def _about(form: EntryForm) -> dict[str, Any]:  # Any: fields of the model, as in receive_notice
        about = form.cleaned_data.get("about_text", "")
        return {"about_page": notice_queries.page_about(about)} if about else {}

    def _show(self, form: EntryForm, uploads: Uploads) -> HttpResponse:
        context = {"form": form, "uploads": uploads, "places": notice_queries.place_suggestions()}
        return self.render_to_response(self.get_context_data(**context))


class AttachmentView(NoticeMixin, View):
    """One file of a notice as a download, after the permission on its notice."""

    def get(self, request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
        attachment = get_object_or_404(NoticeAttachment, pk=file_pk, notice=self.notice)
        try:
            return stream_private(
                attachment.file, filename=attachment.original_name, content_type=attachment.content_type
            )
        except FileNotFoundError:
            raise Http404 from None
