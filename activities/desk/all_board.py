"""Everything that waits at the desk in one list: notices, contacts about matching and consultations."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Coalesce, TruncDate
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from activities.desk.board import ROWS_A_PAGE, page_links
from activities.desk.board_filter import ME, NOBODY
from activities.desk.frame import BOARD, HOME, NAMESPACE, may
from activities.desk.inquiry_boards import ConsultationBoardView, ContactBoardView, found_in, inquiry_words
from activities.desk.tabs import ALL, CONSULTATIONS, CONTACTS, NOTICES, may_read, tabs_for
from activities.models import Consultation, Inquiry, MatchContact, Notice
from activities.notices import board as board_queries
from activities.notices import status_page
from center.models import User
from center.opening import TOKYO, tokyo_date

LAST_DAY = date(9999, 12, 31)
"""Stands for the due day of a returned notice, whose clock stands still: such ones come last."""
INBOXES = {CONSULTATIONS: ConsultationBoardView, CONTACTS: ContactBoardView}
WORDS = {NOTICES: _("notice to publish"), CONSULTATIONS: _("consultation"), CONTACTS: _("contact about matching")}
Found = list[tuple[str, int]]


def all_requests(kinds: Iterable[str], *, user: User, charge: str, is_all: bool, search: str) -> QuerySet:
    """(kind, pk) of what waits, by due day; contacts and consultations, which have none, by the day they came.

    `kinds` are those that the user may see. One query, and one more for each kind where words are looked for.
    """
    parts = [_rows(kind, is_all=is_all, search=search) for kind in kinds]
    if charge == ME:
        parts = [rows.filter(assigned_to=user) for rows in parts]
    elif charge == NOBODY:
        parts = [rows.filter(assigned_to__isnull=True) for rows in parts]
    lists = [_listed(kind, rows) for kind, rows in zip(kinds, parts, strict=True)]
    order = ("-received_at", "-pk") if is_all else ("day", "received_at", "pk")
    return (lists[0].union(*lists[1:], all=True) if len(lists) > 1 else lists[0]).order_by(*order)


def _rows(kind: str, *, is_all: bool, search: str) -> QuerySet:
    if kind == NOTICES:
        return board_queries.board(state="all" if is_all else "open", search=search)
    rows: QuerySet[Inquiry] = INBOXES[kind].model.objects.all()
    rows = rows if is_all else rows.filter(state__in=rows.model.OPEN_STATES)
    return found_in(rows, search)


def _listed(kind: str, rows: QuerySet) -> QuerySet:
    came_on = TruncDate("received_at", tzinfo=TOKYO)
    day = Coalesce(F("due_on"), Value(LAST_DAY)) if kind == NOTICES else came_on
    marked = rows.order_by().annotate(what=Value(kind, output_field=CharField()), day=day)
    return marked.values_list("what", "pk", "day", "received_at")


def notice_rows(pks: list[int], *, today: date) -> dict[int, dict[str, Any]]:
    """What the list says of these notices, by their number in the database. Three queries."""
    notices = Notice.objects.filter(pk__in=pks).select_related("assigned_to")
    found = board_queries.with_pages(board_queries.with_words(notices))
    return {notice.pk: _notice_row(notice, today=today) for notice in found}


def _notice_row(notice: Notice, *, today: date) -> dict[str, Any]:
    marks = [(notice.has_answer, _("the group has answered")), (notice.has_message, _("a message waits for an answer"))]
    return {
        "row": notice,
        "url": reverse(f"{NAMESPACE}:detail", args=[notice.pk]),
        "when": board_queries.due_words(notice, today) or "–",
        "day": notice.due_on if notice.is_open else None,
        "is_late": notice.is_open and notice.due_on is not None and notice.due_on < today,
        "title": notice.title,
        "who": notice.group_name,
        "tone": status_page.TONES[notice.state],
        "waits_for": board_queries.waits_for(notice),
        "marks": [words for holds, words in marks if holds],
    }


def inquiry_rows(kind: str, pks: list[int], *, today: date, now: datetime) -> dict[int, dict[str, Any]]:
    """The same for consultations or contacts. One query."""
    view = INBOXES[kind]
    found = view.model.objects.filter(pk__in=pks).select_related("assigned_to")
    return {row.pk: _inquiry_row(view, row, today=today, now=now) for row in found}


def _inquiry_row(view: type, row: Inquiry, *, today: date, now: datetime) -> dict[str, Any]:
    words = inquiry_words(row, today=today)
    agreed = view.when(row, now=now)
    return {
        "row": row,
        "url": reverse(view.detail_name, args=[row.pk]),
        "when": words["since"],
        "day": None,
        "is_late": words["is_late"],
        "title": view.what(row),
        "who": "　".join(name for name in (row.group_name, row.contact_name) if name),
        "tone": "now" if row.is_open else "",
        "waits_for": words["waits_for"],
        "marks": [agreed] if agreed else [],
    }


class AllBoardView(WagtailAdminTemplateMixin, TemplateView):
    """すべて: what waits, whatever it is, for whoever may see more than one kind of it."""

    template_name = "activities/admin/all_board.html"
    page_title = _("Everything that came in")
    header_icon = "mail"

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        self.kinds = [NOTICES] if may(request, "view") else []
        models = {CONTACTS: MatchContact, CONSULTATIONS: Consultation}
        self.kinds += [kind for kind, model in models.items() if may_read(request, model)]
        if not self.kinds:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict]:
        return [HOME, BOARD, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs) -> dict:
        now, asked = timezone.now(), self.request.GET
        today = tokyo_date(now)
        charge = asked.get("charge", "") if asked.get("charge") in (ME, NOBODY) else ""
        is_all, search = asked.get("state") == "all", asked.get("q", "")[:80].strip()
        requests = all_requests(self.kinds, user=self.request.user, charge=charge, is_all=is_all, search=search)
        page = Paginator(requests, ROWS_A_PAGE).get_page(asked.get("p"))
        found = [(kind, pk) for kind, pk, *_days in page.object_list]
        return super().get_context_data(**kwargs) | {
            "tabs": tabs_for(self.request, ALL, board_queries.board_counts(today=today)),
            "rows": self._rows(found, today=today, now=now),
            "page_obj": page,
            "page_links": page_links(page, asked),
            "total": page.paginator.count,
            "q": search,
            "charge": charge,
            "is_all": is_all,
            "is_narrowed": bool(charge or search or is_all),
            "may_add": may(self.request, "add"),
        }

    @staticmethod
    def _rows(found: Found, *, today: date, now: datetime) -> list[dict[str, Any]]:
        pks = {kind: [pk for one, pk in found if one == kind] for kind in WORDS}
        rows = {NOTICES: notice_rows(pks[NOTICES], today=today)} if pks[NOTICES] else {}
        rows |= {kind: inquiry_rows(kind, pks[kind], today=today, now=now) for kind in INBOXES if pks[kind]}
        return [rows[kind][pk] | {"kind": WORDS[kind]} for kind, pk in found if pk in rows[kind]]
