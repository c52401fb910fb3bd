"""The screens of issues in the editor: the list, one issue with everything, its texts and dates, its preview."""

from datetime import datetime
from itertools import groupby

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.log_actions import registry

from center.models import SendingState
from center.opening import tokyo_date
from newsletter import services
from newsletter.admin_assembly import assembly_context, editions
from newsletter.admin_forms import ExtraIssueForm, IssueTextsForm
from newsletter.admin_frame import HOME, ISSUES, NAMESPACE, IssueMixin, IssuesMixin, countdown_words, error_words, may
from newsletter.facts import OPEN_STATES, UNDER_WAY
from newsletter.issue_report import progress_of
from newsletter.issue_steps import next_step
from newsletter.models import DONE_STATES, Delivery, Issue, IssueState
from newsletter.queries import coming_issues, issues_newest_first
from newsletter.schedule import SendDayLeavesMonth

ISSUES_A_PAGE = 30
MONTHS_AHEAD = 4
HISTORY_ROWS = 40
DOUBTFUL_ROWS = 200
TONES = {
    IssueState.DRAFT: "",
    IssueState.FROZEN: "now",
    IssueState.APPROVED: "good",
    IssueState.SCHEDULED: "good",
    IssueState.HELD: "warn",
    IssueState.SENDING: "now",
    IssueState.PAUSED: "warn",
    IssueState.SENT: "good",
    IssueState.SENT_WITH_EXCEPTIONS: "warn",
    IssueState.CANCELLED: "",
}
"""The tone of the stamp of each state, beside its word."""


class IssueListView(IssuesMixin, TemplateView):
    """All issues, the latest first."""

    template_name = "newsletter/admin/index.html"
    page_title = gettext_lazy("Support mail")

    def get_context_data(self, **kwargs) -> dict:
        now = timezone.now()
        page = Paginator(issues_newest_first(), ISSUES_A_PAGE).get_page(self.request.GET.get("p"))
        late = set(services.late_issues(now=now).values_list("pk", flat=True))
        rows = [{"issue": issue, "tone": TONES[issue.state], "is_late": issue.pk in late} for issue in page.object_list]
        may_change = may(self.request, "change")
        return super().get_context_data(**kwargs) | {
            "rows": rows,
            "page_obj": page,
            "may_change": may_change,
            "undrafted": [row for row in coming_issues(now, MONTHS_AHEAD) if not row.issue_id] if may_change else [],
        }


class DraftIssueView(IssuesMixin, View):
    """Draft the monthly issue of a month that has none: one that was cancelled, or lies further ahead."""

    http_method_names = ["post"]
    action = "change"

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        try:
            issue = services.draft_issue(
                year=int(kwargs["year"]),
                month=int(kwargs["month"]),
                now=timezone.now(),
                by=request.user,
                must_be_new=True,
            )
        except (services.IssueError, SendDayLeavesMonth) as error:
            messages.error(request, error_words(error))
            return redirect(f"{NAMESPACE}:index")
        return redirect(f"{NAMESPACE}:show", issue.pk)


class NewExtraIssueView(IssuesMixin, TemplateView):
    """A new extra issue (臨時号)."""

    template_name = "newsletter/admin/form.html"
    page_title = gettext_lazy("New extra issue")
    action = "change"

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return self._show(ExtraIssueForm())

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        form = ExtraIssueForm(request.POST)
        if not form.is_valid():
            return self._show(form)
        try:
            issue = services.create_extra_issue(
                send_at=form.cleaned_data["send_at"],
                subject=form.cleaned_data["subject"],
                by=request.user,
                now=timezone.now(),
            )
        except services.IssueError as error:
            form.add_error("send_at", error_words(error))
            return self._show(form)
        return redirect(f"{NAMESPACE}:show", issue.pk)

    def _show(self, form: ExtraIssueForm) -> HttpResponse:
        lead = _("Nothing comes into an extra issue by itself. You choose its pages on the next screen.")
        context = {"form": form, "button": _("Make the issue"), "back": reverse(f"{NAMESPACE}:index"), "lead": lead}
        return self.render_to_response(self.get_context_data(**context))

    def get_breadcrumbs_items(self) -> list[dict]:
        return [HOME, ISSUES, {"url": "", "label": self.page_title}]


class IssueTextsView(IssueMixin, TemplateView):
    """Texts and dates of one issue."""

    template_name = "newsletter/admin/form.html"
    action = "change"

    def get_page_subtitle(self) -> str:
        return _("Texts and dates")

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return self._show(IssueTextsForm(issue=self.issue))

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        form = IssueTextsForm(request.POST, issue=self.issue)
        if not form.is_valid():
            return self._show(form)
        try:
            changed = services.edit_issue(issue=self.issue, by=request.user, now=timezone.now(), **form.cleaned_data)
        except services.CutoffNotBeforeSend as error:
            form.add_error("cutoff_at", error_words(error))
            return self._show(form)
        except services.IssueError as error:
            form.add_error("send_at", error_words(error))
            return self._show(form)
        messages.success(request, _("Saved.") if changed else _("Nothing was changed."))
        return redirect(self.show_url)

    def _show(self, form: IssueTextsForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form, button=_("Save"), back=self.show_url))


class IssueView(IssueMixin, TemplateView):
    """One issue: what is in, what is out and why, what blocks it, and what can be done with it now."""

    template_name = "newsletter/admin/show.html"

    def get_context_data(self, **kwargs) -> dict:
        now, issue = timezone.now(), self.issue
        context = super().get_context_data(**kwargs) | {
            "issue": issue,
            "tone": TONES[issue.state],
            "now": now,
            "today": tokyo_date(now),
            "is_open": issue.state in OPEN_STATES,
            "history": _history(issue),
            "may_change": may(self.request, "change", issue),
            "may_approve": may(self.request, "approve", issue),
            "is_after_cutoff": now >= issue.cutoff_at,
            "is_too_late": now >= issue.not_after,
            "cutoff_left": countdown_words(issue.cutoff_at, now),
            "send_left": countdown_words(issue.send_at, now),
        }
        context["actions"] = self._actions(now)
        if issue.state in OPEN_STATES:
            context |= assembly_context(self.request, issue, now=now) | editions(issue)
            context["freeze_is_next"] = issue.frozen_at is None or context["is_to_close_again"]
        else:
            context |= _mailed(issue)
            if context["may_approve"]:
                context["doubtful"] = _doubtful(issue)
        context["next_step"] = next_step(
            issue,
            now=now,
            readers=context.get("subscriber_count", 0),
            blockers=context.get("blocker_count", 0),
            will_be_held=bool(context.get("holds")),
            may_approve=context["may_approve"],
            is_empty="assembly" in context and not context["assembly"].in_,
        )
        return context

    def _actions(self, now: datetime) -> set[str]:
        """What this user may do with the issue as it stands."""
        state, found = self.issue.state, set()
        if may(self.request, "change", self.issue) and state in OPEN_STATES:
            found |= {"edit", "choose", "cancel"}
            if self.issue.cutoff_at <= now < self.issue.not_after:
                found.add("freeze")
            if self.issue.frozen_at:
                found.add("unfreeze")
        if may(self.request, "approve", self.issue):
            if state == IssueState.FROZEN:
                found.add("approve")
            if state in UNDER_WAY:
                found |= {"stop", "resume" if state == IssueState.PAUSED else "pause"}
        return found


def _mailed(issue: Issue) -> dict:
    """What was mailed, its numbers and the notes since."""
    items = [item for item in issue.items.all() if not item.is_reminder]
    sections = [{"name": name, "rows": list(rows)} for name, rows in groupby(items, key=lambda item: item.section_name)]
    has_begun = issue.state in (*UNDER_WAY, *DONE_STATES)
    return {
        "mailed_sections": sections,
        "progress": progress_of(issue) if has_begun else None,
        "notes": issue.notes.select_related("item"),
        "back_number": reverse("mail-back-number", args=[issue.slug]) if has_begun else "",
    }


def _doubtful(issue: Issue) -> list[Delivery]:
    """The mails that a person has to decide about: uncertain ones first, then refused ones."""
    rows = issue.deliveries.filter(state__in=(SendingState.AMBIGUOUS, SendingState.REFUSED))
    return list(rows.order_by("state", "pk")[:DOUBTFUL_ROWS])


def _history(issue: Issue) -> list[dict]:
    """The last lines of the log, newest first."""
    entries = registry.get_logs_for_instance(issue).select_related("user").order_by("-timestamp", "-pk")
    return [{"at": entry.timestamp, "by": entry.user, "words": entry.message} for entry in entries[:HISTORY_ROWS]]
