"""広報誌の候補 at the desk: the list for the next magazine, its export, and what is decided about each notice."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.mixins import SpreadsheetExportMixin

from activities.desk.frame import HOME, DeskMixin, NoticeMixin, may
from activities.desk.media_forms import PlaceForm, ReasonForm, ToldForm
from activities.desk.media_frame import media_error_words
from activities.media import Medium
from activities.notices import magazine_candidates as magazine
from activities.notices import media_marks
from activities.notices.errors import NoticeError
from activities.notices.magazine_candidates import Candidate, Stage
from activities.notices.magazine_pages import MAGAZINE_TAG, TaggedPage, pages_as_text, tagged_pages
from center.japanese.dates import day_words
from center.opening import tokyo_date

MAGAZINE_NAMESPACE = "magazine_candidates"


class CandidatesView(SpreadsheetExportMixin, DeskMixin, TemplateView):
    """Every candidate with its stage; ?stage=… keeps one, ?export=xlsx and ?export=text give it to the editor."""

    template_name = "activities/admin/media_magazine.html"
    header_icon = "doc-full-inverse"
    page_title = gettext_lazy("Candidates for the magazine")
    list_export = ["number", "stage", "title", "kind", "group", "when", "where", "contact", "text", "reason", "place"]
    export_headings = {
        "number": pgettext_lazy("notice", "Number"),
        "stage": gettext_lazy("State"),
        "title": gettext_lazy("Title"),
        "kind": pgettext_lazy("notice", "Kind"),
        "group": pgettext_lazy("notice", "Group"),
        "when": pgettext_lazy("notice", "When"),
        "where": pgettext_lazy("notice", "Where"),
        "contact": gettext_lazy("Contact that readers see"),
        "text": gettext_lazy("Text"),
        "reason": pgettext_lazy("notice", "Reason"),
        "place": gettext_lazy("Issue and page"),
    }

    def get_breadcrumbs_items(self) -> list[dict]:
        return [HOME, {"url": "", "label": _("Candidates for the magazine")}]

    @property
    def header_more_buttons(self) -> list:
        """The two exports stand above the list, in words."""
        return []

    @property
    def stage(self) -> str:
        typed = self.request.GET.get("stage", "")
        return typed if typed in Stage.values else ""

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        wanted = request.GET.get("export", "")
        if wanted not in ("xlsx", "text"):
            return super().get(request, *args, **kwargs)
        now = timezone.now()
        rows = magazine.candidates(now=now, stage=self.stage)
        pages = self._pages(rows, now)
        if wanted == "xlsx":
            return self.write_xlsx_response([*(_row(row) for row in rows), *(_page_row(page) for page in pages)])
        coming = magazine.coming_magazine(now=now)
        day_of = _("appears on %(day)s") % {"day": day_words(coming.on)} if coming.on else ""
        text = magazine.as_text(rows, day_of=day_of) + pages_as_text(pages)
        response = HttpResponse(text, content_type="text/plain; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{self.get_filename()}.txt"'
        response["Cache-Control"] = "private, no-store"
        return response

    def _pages(self, rows: list[Candidate], now: datetime) -> list[TaggedPage]:
        """They are candidates as long as they bear the tag; the other stages are those of notices."""
        if self.stage not in ("", Stage.CANDIDATE):
            return []
        return tagged_pages(now=now, notice_pks=[row.notice.pk for row in rows])

    def get_filename(self) -> str:
        return f"magazine-{tokyo_date(timezone.now()):%Y%m%d}"

    def get_heading(self, queryset, field: str) -> str:
        return str(self.export_headings[field])

    def get_context_data(self, **kwargs) -> dict:
        now = timezone.now()
        rows = magazine.candidates(now=now)
        counts = {stage: sum(row.stage == stage for row in rows) for stage in Stage}
        shown = [row for row in rows if self.stage in ("", row.stage)]
        return super().get_context_data(**kwargs) | {
            "rows": shown,
            "pages": self._pages(rows, now),
            "tag": MAGAZINE_TAG,
            "total": len(rows),
            "stage": self.stage,
            "stages": [(stage, counts[stage]) for stage in Stage],
            "coming": magazine.coming_magazine(now=now),
            "may_change": may(self.request, "change"),
        }


def _row(row: Candidate) -> dict[str, str]:
    """One line of the spreadsheet; every cell is a string, so that nothing in it is ever a formula."""
    notice = row.notice
    return {
        "number": notice.number,
        "stage": str(row.stage.label),
        "title": notice.title,
        "kind": str(notice.get_kind_display()),
        "group": notice.group_name,
        "when": row.when_words,
        "where": notice.venue_name,
        "contact": notice.public_contact,
        "text": notice.text,
        "reason": row.reason,
        "place": row.place,
    }


def _page_row(page: TaggedPage) -> dict[str, str]:
    empty = dict.fromkeys(CandidatesView.list_export, "")
    facts = {"stage": str(Stage.CANDIDATE.label), "title": page.title, "kind": str(page.kind), "text": page.address}
    return empty | facts | {"reason": _("tagged “%(tag)s”") % {"tag": MAGAZINE_TAG}}


class CandidateActionView(NoticeMixin, TemplateView):
    """One decision about one notice, then back to the list."""

    template_name = "activities/admin/media_action.html"
    action = "change"
    label: str | Promise = ""
    button: str | Promise = ""
    done: str | Promise = ""

    @property
    def back_url(self) -> str:
        return reverse(f"{MAGAZINE_NAMESPACE}:index")

    def get_page_subtitle(self) -> str:
        return str(self.label)

    def forms(self, data, now: datetime) -> list:
        return []

    def run(self, forms: list, *, now: datetime) -> None:
        raise NotImplementedError

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        found = self.forms(None, timezone.now())
        return self._show(found) if found else redirect(self.back_url)

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        now = timezone.now()
        found = self.forms(request.POST, now)
        valid = [form.is_valid() for form in found]
        if not all(valid):
            return self._show(found)
        try:
            self.run(found, now=now)
        except NoticeError as error:
            messages.error(request, media_error_words(error))
        else:
            messages.success(request, str(self.done))
        return redirect(self.back_url)

    def _show(self, found: list) -> HttpResponse:
        context = {
            "days": [form for form in found if hasattr(form, "today")],
            "forms": [form for form in found if not hasattr(form, "today")],
            "label": self.label,
            "button": self.button,
            "back_url": self.back_url,
            "notice": self.notice,
        }
        return self.render_to_response(self.get_context_data(**context))


class ChooseView(CandidateActionView):
    """採用."""

    done = gettext_lazy("Chosen for the magazine.")

    def run(self, forms: list, *, now: datetime) -> None:
        magazine.choose_candidate(notice=self.notice, by=self.request.user, now=now)


class ReleaseView(CandidateActionView):
    """候補に戻す."""

    done = gettext_lazy("It is a candidate again.")

    def run(self, forms: list, *, now: datetime) -> None:
        magazine.release_candidate(notice=self.notice, by=self.request.user, now=now)


class PassView(CandidateActionView):
    """見送り, with a reason."""

    label = gettext_lazy("Pass it over for the magazine")
    button = gettext_lazy("Pass it over")
    done = gettext_lazy("Passed over. Where the group had wished it, it reads the reason.")

    def forms(self, data, now: datetime) -> list:
        return [ReasonForm(data)]

    def run(self, forms: list, *, now: datetime) -> None:
        reason = forms[0].cleaned_data["reason"]
        magazine.pass_over(notice=self.notice, reason=reason, by=self.request.user, now=now)


class PrintedView(CandidateActionView):
    """掲載済, with issue and page."""

    label = gettext_lazy("Mark as printed in the magazine")
    button = gettext_lazy("Mark as printed")
    done = gettext_lazy("Marked as printed.")

    def forms(self, data, now: datetime) -> list:
        return [ToldForm(data, now=now), PlaceForm(data, medium=Medium.MAGAZINE)]

    def run(self, forms: list, *, now: datetime) -> None:
        told, where = forms
        media_marks.mark_medium(
            notice=self.notice,
            medium=Medium.MAGAZINE,
            done_at=told.told_at,
            place=where.cleaned_data["place"],
            by=self.request.user,
            now=now,
        )
