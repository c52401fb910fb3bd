"""The stands at the desk: the copies of one notice, and what comes down today and this week."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.permission_policies import ModelPermissionPolicy

from activities.desk.frame import HOME, NAMESPACE, DeskMixin, NoticeMixin, may
from activities.desk.media_forms import CopiesForm, PutUpForm
from activities.desk.media_frame import media_error_words
from activities.kinds import NoticeKind
from activities.models import StandDisplay
from activities.notices import stands
from activities.notices.day_forms import plain
from activities.notices.errors import NoticeError
from center.opening import tokyo_date

STANDS_NAMESPACE = "stand_tasks"
DISPLAYS = ModelPermissionPolicy(StandDisplay)


class StandsView(NoticeMixin, TemplateView):
    """情報スタンド: the copies of one notice, where they hang, and the two short forms."""

    template_name = "activities/admin/media_stands.html"
    action = "change"

    def get_page_subtitle(self) -> str:
        return _("Copies and stands")

    def get_context_data(self, **kwargs) -> dict:
        today = tokyo_date(timezone.now())
        context = {
            "notice": self.notice,
            "today": today,
            "detail_url": self.detail_url,
            "is_change": NoticeKind(self.notice.kind).changes_published,
            "piles": self.notice.copies_received.select_related("by"),
            "left": stands.copies_left(self.notice),
            "displays": stands.displays_of(self.notice),
            "copies": CopiesForm(today=today),
            "put_up": PutUpForm(today=today, down_on=stands.default_take_down_on(self.notice)),
        }
        return super().get_context_data(**{**context, **kwargs})

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        now = timezone.now()
        today = tokyo_date(now)
        is_receipt = "receive" in request.POST
        form = (
            CopiesForm(request.POST, today=today) if is_receipt else PutUpForm(request.POST, today=today, down_on=None)
        )
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(**{"copies" if is_receipt else "put_up": form}))
        try:
            self._receive(form, now) if is_receipt else self._put_up(form, now)
        except NoticeError as error:
            messages.error(request, media_error_words(error))
            return self.render_to_response(self.get_context_data(**{"copies" if is_receipt else "put_up": form}))
        messages.success(request, _("The copies are written down.") if is_receipt else _("It is on the stands now."))
        return redirect(f"{NAMESPACE}:stands", pk=self.notice.pk)

    def _receive(self, form: CopiesForm, now: datetime) -> None:
        facts = {"count": form.cleaned_data["count"], "note": form.cleaned_data["note"], "received_on": form.on.day}
        stands.receive_copies(notice=self.notice, by=self.request.user, now=now, **facts)

    def _put_up(self, form: PutUpForm, now: datetime) -> None:
        stands.put_up(
            notice=self.notice,
            stands=form.chosen(),
            put_up_on=form.up.day,
            take_down_on=form.down.day,
            by=self.request.user,
            now=now,
        )


# What comes down, and what waits to be put up


class StandTasksView(DeskMixin, TemplateView):
    """スタンドの作業: what comes down today and this week, and what was not put up yet."""

    template_name = "activities/admin/media_stand_tasks.html"
    header_icon = "doc-full"
    page_title = gettext_lazy("Work at the stands")

    def get_breadcrumbs_items(self) -> list[dict]:
        return [HOME, {"url": "", "label": _("Work at the stands")}]

    def get_context_data(self, **kwargs) -> dict:
        now = timezone.now()
        today = tokyo_date(now)
        tasks = stands.take_down_tasks(today=today, until=stands.this_week(today))
        now_due = [task for task in tasks if task.is_urgent or task.on <= today]
        return super().get_context_data(**kwargs) | {
            "today": today,
            "now_due": now_due,
            "this_week": [task for task in tasks if task not in now_due],
            "waiting": stands.waiting_for_stands(now=now),
            "lately": stands.taken_down_lately(today=today),
            "may_change": may(self.request, "change"),
            "may_see_displays": DISPLAYS.user_has_any_permission(self.request.user, ("view", "change")),
        }


class TakeDownView(DeskMixin, View):
    """はがした, and back: one button for one flyer, with the permission on it."""

    action = "change"
    is_back = False

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return redirect(f"{STANDS_NAMESPACE}:index")

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        display = get_object_or_404(StandDisplay.objects.select_related("notice"), pk=pk)
        if not may(request, "change", display.notice):
            raise PermissionDenied
        now = timezone.now()
        facts = {"display": display, "by": request.user, "now": now}
        try:
            if self.is_back:
                stands.put_back(**facts)
                messages.success(request, _("It is on the stand again."))
            else:
                left = request.POST.get("left", "")
                number = int(plain(left)) if plain(left).isdecimal() and len(plain(left)) < 6 else None
                stands.take_down(taken_down_on=tokyo_date(now), copies_left_over=number, **facts)
                messages.success(request, _("Marked as taken down: %(what)s") % {"what": display.what})
        except NoticeError as error:
            messages.error(request, media_error_words(error))
        if display.notice_id and "notice" in request.POST:
            return redirect(f"{NAMESPACE}:stands", pk=display.notice_id)
        return redirect(f"{STANDS_NAMESPACE}:index")
