"""The board: every notice by its due day, what it waits for, where it shall appear; and many of them moved at once."""

from datetime import datetime
from typing import Any

from django.core.paginator import Page as PaginatorPage
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin import messages

from activities import services
from activities.desk.board_filter import BoardFilter, chips
from activities.desk.board_media import stamps, with_media
from activities.desk.frame import HOME, NAMESPACE, DeskMixin, error_words, may, staff_of_desk
from activities.desk.tabs import HELD, NOTICES, tabs_for
from activities.forecast import forecast
from activities.models import Notice, NoticeState
from activities.notices import board as board_queries
from activities.notices import status_page
from activities.notices.queries import forecast_of
from center.models import User
from center.opening import tokyo_date

ROWS_A_PAGE = 50
MOST_AT_ONCE = 100
TAKE, REVIEW, ASSIGN, RELEASE, DISCARD = "take", "review", "assign", "release", "discard"


class BoardView(DeskMixin, TemplateView):
    """All notices, by due day; with `is_held` those that may come from a machine."""

    template_name = "activities/admin/board.html"
    page_title = pgettext_lazy("notice", "Notices")
    is_held = False

    def get_breadcrumbs_items(self) -> list[dict]:
        return [HOME, {"url": "", "label": pgettext("notice", "Notices")}]

    def get_context_data(self, **kwargs) -> dict:
        now = timezone.now()
        today = tokyo_date(now)
        staff = staff_of_desk()
        narrow = BoardFilter(self.request.GET, staff=staff)
        chosen = narrow.narrowed(self.request.user, today=today)
        found, page = self._page(board_queries.board(**chosen, held=self.is_held))
        counts = board_queries.board_counts(today=today)
        may_change = may(self.request, "change")
        return super().get_context_data(**kwargs) | {
            "tabs": tabs_for(self.request, HELD if self.is_held else NOTICES, counts),
            "is_held": self.is_held,
            "rows": rows_of(found, now=now),
            "page_obj": page,
            "page_links": page_links(page, self.request.GET),
            "narrow": narrow,
            "chips": [] if self.is_held else chips(counts, self.request.GET),
            "taken": narrow.taken() if narrow.is_narrowed else [],
            "is_narrowed": narrow.is_narrowed,
            "query": self.request.GET.urlencode(),
            "may_add": may(self.request, "add"),
            "may_change": may_change,
            "staff": staff if may_change else [],
            "total": page.paginator.count,
        }

    def _page(self, notices: QuerySet[Notice]) -> tuple[list[Notice], PaginatorPage]:
        """The notices of the page that is asked for (the last one where it lies behind), and the page itself."""
        typed = self.request.GET.get("p", "")
        number = max(int(typed), 1) if typed.isdecimal() and len(typed) < 6 else 1
        rows = with_media(board_queries.with_pages(board_queries.with_words(notices)))
        found, total = board_queries.board_page(rows, first=(number - 1) * ROWS_A_PAGE, count=ROWS_A_PAGE)
        paginator = Paginator(notices, ROWS_A_PAGE)
        if found or number == 1:
            paginator.count = total
        page = paginator.get_page(number)
        if not found and paginator.count:
            found, _total = board_queries.board_page(rows, first=page.start_index() - 1, count=ROWS_A_PAGE)
        return found, page


def rows_of(notices: list[Notice], *, now: datetime) -> list[dict[str, Any]]:
    """What the board says of each notice as `_page` gave it; the number of queries does not grow with the list."""
    today = tokyo_date(now)
    forecasts = forecast(notices, now=now)
    return [
        {
            "notice": notice,
            "left": board_queries.due_words(notice, today),
            "is_late": notice.is_open and notice.due_on is not None and notice.due_on < today,
            "is_today": notice.is_open and notice.due_on == today,
            "waits_for": board_queries.waits_for(notice),
            "has_message": notice.has_message,
            "has_answer": notice.has_answer and notice.state == NoticeState.REVIEWING,
            "goes_live_late": board_queries.goes_live_late(notice),
            "media": stamps(notice, forecast_of(forecasts, notice) if notice.is_open else None),
            "tone": status_page.TONES[notice.state],
        }
        for notice in notices
    ]


def page_links(page: PaginatorPage, data: QueryDict) -> list[tuple[str, str, bool]]:
    """The pages of a list as (words, query, is this one); few pages are all named, many are left out in the middle."""
    query = data.copy()
    links = []
    for number in page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1):
        if number == page.paginator.ELLIPSIS:
            links.append(("…", "", False))
            continue
        query["p"] = str(number)
        links.append((str(number), query.urlencode(), number == page.number))
    return links


# Many at once


class BulkView(DeskMixin, View):
    """Ticked rows of the board: put somebody in charge, begin to look at them, or settle what may be a machine's.

    Each notice is asked for its permission and moved by its own service; what is refused is named, the rest is done.
    """

    http_method_names = ["post"]
    action = "change"

    def post(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        pks = [int(pk) for pk in request.POST.getlist("pick") if pk.isdecimal()][:MOST_AT_ONCE]
        do, to = request.POST.get("do", ""), self._person(request.POST.get("to", ""))
        back = redirect(self._back(request.POST.get("back", ""), request.POST.get("tab", "")))
        if not pks:
            messages.warning(request, _("No row is ticked. Please tick the notices first."))
            return back
        if do == ASSIGN and to is None and request.POST.get("to") != "nobody":
            messages.warning(request, _("Please choose who shall be in charge."))
            return back
        done, refused = [], []
        for notice in Notice.objects.filter(pk__in=pks).order_by("due_on", "pk"):
            why = self._move(notice, do, to, now=now)
            if why:
                refused.append(_("%(number)s: %(why)s") % {"number": notice.number, "why": why})
            else:
                done.append(notice.number)
        self._tell(done, refused)
        return back

    def _move(self, notice: Notice, do: str, to: User | None, *, now: datetime) -> str:
        """Do it to one notice; the words of a refusal, or ''."""
        if not may(self.request, "change", notice):
            return _("you may not change it.")
        user = self.request.user
        try:
            if do == TAKE:
                services.assign_notice(notice=notice, to=user, by=user, now=now)
            elif do == ASSIGN:
                services.assign_notice(notice=notice, to=to, by=user, now=now)
            elif do == REVIEW:
                services.start_review(notice=notice, by=user, now=now)
            elif do == RELEASE:
                services.release_notice(notice=notice, by=user, now=now)
            elif do == DISCARD:
                services.discard_held(notice=notice, by=user, now=now)
            else:
                return _("This cannot be done.")
        except services.NoticeError as error:
            return error_words(error)
        return ""

    def _tell(self, done: list[str], refused: list[str]) -> None:
        if done:
            count = len(done)
            words = ngettext("%(count)d notice was changed.", "%(count)d notices were changed.", count)
            messages.success(self.request, words % {"count": count})
        if refused:
            count = len(refused)
            words = ngettext("%(count)d was left as it is.", "%(count)d were left as they are.", count)
            messages.warning(self.request, words % {"count": count} + " " + " ".join(refused))

    @staticmethod
    def _person(typed: str) -> User | None:
        return next((person for person in staff_of_desk() if str(person.pk) == typed), None)

    @staticmethod
    def _back(query: str, tab: str) -> str:
        """The board as it was narrowed before; the query is read and written anew, so that it stays on this page."""
        name = "held" if tab == HELD else "index"
        kept = QueryDict(query).urlencode()
        return reverse(f"{NAMESPACE}:{name}") + (f"?{kept}" if kept else "")
