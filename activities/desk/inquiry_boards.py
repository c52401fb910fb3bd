"""Consultations, contacts about matching and the posts themselves, in the same frame as the notices."""

from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.permission_policies import ModelPermissionPolicy

from activities.desk.board import MOST_AT_ONCE, ROWS_A_PAGE, page_links
from activities.desk.frame import BOARD, HOME, NAMESPACE, staff_of_desk
from activities.desk.tabs import CONSULTATIONS, CONTACTS, POSTS, may_read, may_see_posts, tabs_for
from activities.inquiries import services as inquiry_services
from activities.models import (
    Consultation,
    ConsultationState,
    ContactState,
    Inquiry,
    MatchContact,
    MatchPage,
    MatchStage,
    MatchState,
)
from activities.notices.board import board_counts
from center.japanese.dates import day_words, time_words
from center.japanese.folding import fold
from center.opening import tokyo_date

SEARCHED = ("number", "contact_name", "group_name", "contact_email", "contact_phone", "text")
FRESH_DAYS = 2
"""Open for longer than this without an answer: said in words."""
WAITS: dict[str, Promise] = {
    ConsultationState.RECEIVED: gettext_lazy("waits for a first answer"),
    ConsultationState.ANSWERED: gettext_lazy("waits for a day"),
    ConsultationState.BOOKED: gettext_lazy("waits for the agreed day"),
    ContactState.NEW: gettext_lazy("waits for a first answer"),
    ContactState.TALKS: gettext_lazy("waits for the introduction"),
}
NEXT_STEPS: dict[str, Promise] = {
    MatchStage.RECEIVED: gettext_lazy("Read it over, then publish it."),
    MatchStage.OPEN: gettext_lazy("Wait for contacts, or look for a counterpart."),
    MatchStage.ARRANGING: gettext_lazy("Bring the two together, then set it to matched."),
    MatchStage.MATCHED: gettext_lazy("Nothing. You may set it to ended."),
    MatchStage.ENDED: gettext_lazy("Nothing."),
}
POST_TONES = {"received": "", "open": "good", "arranging": "now", "matched": "", "ended": ""}


class InboxBoardView(WagtailAdminTemplateMixin, TemplateView):
    """One inbox as a board: oldest waiting first, with who is in charge; a POST puts somebody in charge of many."""

    template_name = "activities/admin/inbox_board.html"
    header_icon = "mail"
    http_method_names = ["get", "head", "post"]
    model: type[Inquiry]
    tab = ""
    detail_name = ""
    inbox_name = ""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not may_read(request, self.model):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return str(self.model._meta.verbose_name_plural)

    def get_breadcrumbs_items(self) -> list[dict]:
        return [HOME, BOARD, {"url": "", "label": self.get_page_title()}]

    @property
    def may_change(self) -> bool:
        return may_read(self.request, self.model, "change")

    def post(self, request: HttpRequest) -> HttpResponse:
        if not self.may_change:
            raise PermissionDenied
        policy, now = ModelPermissionPolicy(self.model), timezone.now()
        pks = [int(pk) for pk in request.POST.getlist("pick") if pk.isdecimal()][:MOST_AT_ONCE]
        typed = request.POST.get("to", "")
        to = next((person for person in staff_of_desk() if str(person.pk) == typed), None)
        if request.POST.get("do") == "take":
            to = request.user
        rows = list(self.model.objects.filter(pk__in=pks)) if to or typed == "nobody" else []
        count = 0
        for row in rows:
            if policy.user_has_permission_for_instance(request.user, "change", row):
                inquiry_services.assign(row=row, to=to, by=request.user, now=now)
                count += 1
        if count:
            words = ngettext("%(count)d was changed.", "%(count)d were changed.", count) % {"count": count}
            messages.success(request, words)
        else:
            messages.warning(request, _("Nothing was changed. Please tick rows and choose who shall be in charge."))
        return redirect(request.get_full_path())

    def get_context_data(self, **kwargs) -> dict:
        now = timezone.now()
        today = tokyo_date(now)
        staff = staff_of_desk()
        page = Paginator(self._rows(), ROWS_A_PAGE).get_page(self.request.GET.get("p"))
        state, charge = self.request.GET.get("state", ""), self.request.GET.get("charge", "")
        return super().get_context_data(**kwargs) | {
            "tabs": tabs_for(self.request, self.tab, board_counts(today=today)),
            "rows": [self._row(row, today=today, now=now) for row in page.object_list],
            "page_obj": page,
            "page_links": page_links(page, self.request.GET),
            "total": page.paginator.count,
            "states": self.model._meta.get_field("state").choices,
            "state": state,
            "charge": charge,
            "q": self.request.GET.get("q", "")[:80],
            "is_narrowed": bool(state or charge or self.request.GET.get("q")),
            "staff": staff,
            "may_change": self.may_change,
            "inbox_url": reverse(f"{self.inbox_name}:index"),
            "add_url": reverse("consultations:add") if self.model is Consultation and self.may_change else "",
        }

    def _rows(self) -> QuerySet[Inquiry]:
        """Open ones, oldest first; with a state those in it, newest first. Narrowed by who is in charge and words."""
        rows = self.model.objects.select_related("assigned_to")
        state, charge = self.request.GET.get("state", ""), self.request.GET.get("charge", "")
        if state in dict(self.model._meta.get_field("state").choices):
            rows = rows.filter(state=state).order_by("-received_at", "-pk")
        elif state == "all":
            rows = rows.order_by("-received_at", "-pk")
        else:
            rows = rows.filter(state__in=self.model.OPEN_STATES).order_by("received_at", "pk")
        if charge == "me":
            rows = rows.filter(assigned_to=self.request.user)
        elif charge == "nobody":
            rows = rows.filter(assigned_to__isnull=True)
        elif charge.isdecimal():
            rows = rows.filter(assigned_to_id=int(charge))
        return found_in(rows, self.request.GET.get("q", "")[:80])

    def _row(self, row: Inquiry, *, today: date, now: datetime) -> dict[str, Any]:
        return inquiry_words(row, today=today) | {
            "row": row,
            "url": reverse(self.detail_name, args=[row.pk]),
            "what": self.what(row),
            "when": self.when(row, now=now),
        }

    @staticmethod
    def what(row: Inquiry) -> str:
        """What it is about, in a few words."""
        raise NotImplementedError

    @staticmethod
    def when(row: Inquiry, *, now: datetime) -> str:
        """The day that was agreed, or ''."""
        return ""


def found_in(rows: QuerySet[Inquiry], search: str) -> QuerySet[Inquiry]:
    """Those in which every word stands, in any width and script of kana; all of them without words."""
    words = fold(search).split()
    if not words:
        return rows
    found = rows.order_by().values_list("pk", *SEARCHED)
    texts = ((pk, fold("\n".join(texts))) for pk, *texts in found.iterator())
    return rows.filter(pk__in=[pk for pk, text in texts if all(word in text for word in words)])


def inquiry_words(row: Inquiry, *, today: date) -> dict[str, Any]:
    """Since when it waits and for what, and whether that is too long without a first answer."""
    days = (today - tokyo_date(row.received_at)).days
    is_first = row.state == row.OPEN_STATES[0]
    return {
        "since": _since(days),
        "is_late": row.is_open and is_first and days > FRESH_DAYS,
        "waits_for": WAITS.get(row.state, gettext_lazy("is done")),
    }


def _since(days: int) -> str:
    if days <= 0:
        return _("came today")
    return ngettext("came %(count)d day ago", "came %(count)d days ago", days) % {"count": days}


class ConsultationBoardView(InboxBoardView):
    """相談."""

    model, tab, detail_name, inbox_name = Consultation, CONSULTATIONS, "consultations:inspect", "consultations"

    @staticmethod
    def what(row: Consultation) -> str:
        return str(row.get_kind_display())

    @staticmethod
    def when(row: Consultation, *, now: datetime) -> str:
        if row.booked_at is None or not row.is_open:
            return ""
        day = f"{day_words(row.booked_at)}{time_words(row.booked_at)}"
        if row.booked_at + timedelta(hours=1) < now:
            return _("%(day)s has passed: please write down how it went") % {"day": day}
        return _("agreed: %(day)s") % {"day": day}


class ContactBoardView(InboxBoardView):
    """マッチングの連絡."""

    model, tab, detail_name, inbox_name = MatchContact, CONTACTS, "match_contacts:inspect", "match_contacts"

    @staticmethod
    def what(row: MatchContact) -> str:
        return row.post_title


class PostBoardView(WagtailAdminTemplateMixin, TemplateView):
    """ほしい・あるよ: every post with where it stands and its next step; ended ones only when they are asked for."""

    template_name = "activities/admin/post_board.html"
    header_icon = "group"
    page_title = gettext_lazy("Matching posts")

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not may_see_posts(request):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict]:
        return [HOME, BOARD, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs) -> dict:
        today = tokyo_date(timezone.now())
        is_all = self.request.GET.get("state") == "all"
        page = Paginator(self._posts(today, is_all=is_all), ROWS_A_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(**kwargs) | {
            "tabs": tabs_for(self.request, POSTS, board_counts(today=today)),
            "rows": [self._row(post, today=today) for post in page.object_list],
            "page_obj": page,
            "page_links": page_links(page, self.request.GET),
            "total": page.paginator.count,
            "is_all": is_all,
            "contacts_url": reverse(f"{NAMESPACE}:contacts"),
        }

    @staticmethod
    def _posts(today: date, *, is_all: bool) -> QuerySet[MatchPage]:
        posts = MatchPage.objects.filter(locale__language_code="ja").select_related("group")
        if not is_all:
            ended = Q(state=MatchState.ENDED) | Q(live=True, state=MatchState.OPEN, open_until_on__lt=today)
            posts = posts.exclude(ended).exclude(state=MatchState.MATCHED)
        waiting = Q(contacts__state__in=MatchContact.OPEN_STATES)
        return posts.annotate(open_contacts=Count("contacts", filter=waiting)).order_by("live", "open_until_on", "pk")

    @staticmethod
    def _row(post: MatchPage, *, today: date) -> dict[str, Any]:
        stage = post.stage_on(today)
        step = NEXT_STEPS[stage]
        if stage == MatchStage.OPEN and post.open_contacts:
            step = gettext_lazy("Answer the contacts.")
        return {"post": post, "stage": stage, "tone": POST_TONES[stage], "step": step}
