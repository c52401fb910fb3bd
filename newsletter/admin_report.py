"""The screens after the send: the numbers of one issue as they change, and the issues beside each other."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from newsletter.admin_frame import HOME, ISSUES, IssueMixin, IssuesMixin
from newsletter.issue_chart import issue_chart
from newsletter.issue_report import issue_rows, knows_later_bounces, progress_of


class ProgressView(IssueMixin, View):
    """Where the mails of an issue stand, for the script that keeps its screen fresh. Not stored anywhere."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        progress = progress_of(self.issue)
        html = render_to_string("newsletter/admin/parts/report_numbers.html", {"progress": progress}, request)
        answer = JsonResponse({"state": self.issue.state, "words": progress.status_words, "html": html})
        answer.headers["Cache-Control"] = "private, no-store"
        return answer


class IssueReportsView(IssuesMixin, TemplateView):
    """The issues beside each other: the sum of each, what did not arrive, who left."""

    template_name = "newsletter/admin/report.html"
    page_title = gettext_lazy("Reports of the support mail")

    def get_breadcrumbs_items(self) -> list[dict]:
        return [HOME, ISSUES, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs) -> dict:
        rows = issue_rows()
        return super().get_context_data(**kwargs) | {
            "rows": rows,
            "chart": issue_chart(rows[::-1]) if rows else "",
            "knows_later": knows_later_bounces(),
        }
