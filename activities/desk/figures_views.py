"""The figures of the promise: chart and tables, narrowed by the address, printed and exported."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.generic import TemplateView

from activities.desk.frame import BOARD, HOME, DeskMixin
from activities.kinds import NoticeKind
from activities.media import Medium
from activities.notices import figure_export
from activities.notices.figures import PROMISED, Choice, Figures, figures, year_words
from center.opening import fiscal_year, tokyo_date

FIRST_YEAR, LAST_YEAR = 2000, 2100
NO_SAMPLES, EACH_NOTICE = "out", "notices"


class FiguresForm(forms.Form):
    """What is looked at. Nothing here can be wrong: an unknown choice is the usual one."""

    year = forms.ChoiceField(label=gettext_lazy("Fiscal year"))
    medium = forms.ChoiceField(
        label=pgettext_lazy("figures", "Medium"), choices=[(medium.value, medium.label) for medium in PROMISED]
    )
    kind = forms.ChoiceField(
        label=pgettext_lazy("figures", "Kind"), choices=[("", gettext_lazy("all kinds")), *NoticeKind.choices]
    )
    samples = forms.BooleanField(label=gettext_lazy("Leave the samples out"), required=False)

    def __init__(self, found: Figures) -> None:
        choice = found.choice
        years = sorted({choice.year, *found.known_years}, reverse=True)
        super().__init__(initial={"year": choice.year, "medium": choice.medium, "kind": choice.kind})
        self.fields["year"].choices = [(year, year_words(year)) for year in years]
        self.fields["samples"].widget.attrs["value"] = NO_SAMPLES
        self.initial["samples"] = not choice.has_samples
        if not found.sample_count:
            del self.fields["samples"]


def choice_of(request: HttpRequest, this_year: int) -> Choice:
    """What the address asks for; whatever it does not say, or says wrongly, is this year, the site, all kinds."""
    asked = request.GET
    year = asked.get("year", "")
    is_year = year.isascii() and year.isdigit() and FIRST_YEAR <= int(year[:5]) <= LAST_YEAR
    medium, kind = asked.get("medium", ""), asked.get("kind", "")
    return Choice(
        year=int(year) if is_year else this_year,
        medium=medium if medium in PROMISED else Medium.WEB.value,
        kind=kind if kind in NoticeKind.values else "",
        has_samples=asked.get("samples") != NO_SAMPLES,
    )


class FiguresView(DeskMixin, TemplateView):
    """The figures; `?export=` gives a file (with `list=notices` each notice), `?print=1` a sheet for the printer."""

    page_title = gettext_lazy("How the promise of three days was kept")
    header_icon = "table"

    def get_template_names(self) -> list[str]:
        name = "figures_print" if self.request.GET.get("print") else "figures"
        return [f"activities/admin/{name}.html"]

    def get_breadcrumbs_items(self) -> list[dict]:
        return [HOME, BOARD, {"url": "", "label": self.page_title}]

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        self.today = tokyo_date(timezone.now())
        self.found = figures(choice_of(request, fiscal_year(self.today)), today=self.today)
        form = request.GET.get("export", "")
        if form in figure_export.FORMATS:
            is_each = request.GET.get("list") == EACH_NOTICE
            sheet = figure_export.notices(self.found) if is_each else figure_export.tables(self.found)
            return sheet.response(form)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs) -> dict:
        query = self.request.GET.copy()
        for name in ("export", "list", "print"):
            query.pop(name, None)
        choice = self.found.choice
        return super().get_context_data(**kwargs) | {
            "figures": self.found,
            "form": FiguresForm(self.found),
            "query": query.urlencode(),
            "year_words": year_words(choice.year),
            "medium_words": Medium(choice.medium).label,
            "kind_words": NoticeKind(choice.kind).label if choice.kind else "",
            "today": self.today,
            "is_running": choice.year == fiscal_year(self.today),
        }


URLS = [path("figures/", FiguresView.as_view(), name="figures")]
