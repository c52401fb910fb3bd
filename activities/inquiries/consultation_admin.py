"""Staff's own screens of consultations: entering one, and how many there were by kind and fiscal year."""

from io import BytesIO

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from openpyxl import Workbook
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.permission_policies import ModelPermissionPolicy

from activities.desk.frame import HOME
from activities.inquiries import services as inquiry_services
from activities.inquiries.consultation_counts import YearCounts, counts_by_year
from activities.inquiries.consultation_forms import EntryForm
from activities.inquiries.receiving import receive_consultation
from activities.models import Consultation, ConsultationKind, ConsultationState

INBOX = {"url": reverse_lazy("consultations:index"), "label": gettext_lazy("Consultations")}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ConsultationScreen(WagtailAdminTemplateMixin, TemplateView):
    """The frame of a screen of consultations, for whoever has one of its permissions."""

    header_icon = "help"
    needs: tuple[str, ...] = ("view", "change")

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not ModelPermissionPolicy(Consultation).user_has_any_permission(request.user, self.needs):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict]:
        return [HOME, INBOX, {"url": "", "label": self.page_title}]


class EntryView(ConsultationScreen):
    """A consultation that came by phone, at the counter, by fax or mail, with the real time at which it came."""

    template_name = "consultations/admin/entry.html"
    page_title = gettext_lazy("Enter a consultation")
    needs = ("add",)

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return self._show(EntryForm(now=timezone.now()))

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        now = timezone.now()
        form = EntryForm(request.POST, now=now)
        if not form.is_valid():
            return self._show(form)
        data = dict(form.cleaned_data)
        channel, is_done = data.pop("channel"), data.pop("is_done")
        row = receive_consultation(
            data=data | {"assigned_to": request.user},
            channel=channel,
            received_at=form.received.received_at,
            now=now,
            by=request.user,
        )
        if is_done:
            inquiry_services.move(row=row, state=ConsultationState.DONE, by=request.user, now=now)
        messages.success(request, _("Consultation %(number)s has been entered.") % {"number": row.number})
        return redirect("consultations:inspect", row.pk)

    def _show(self, form: EntryForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form))


class CountsView(ConsultationScreen):
    """By kind and fiscal year, as a table; `?export=xlsx`: as a spreadsheet whose cells are figures and plain words."""

    template_name = "consultations/admin/counts.html"
    page_title = gettext_lazy("Consultations by kind and fiscal year")

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.GET.get("export") == "xlsx":
            return _spreadsheet(counts_by_year())
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs) -> dict:
        return super().get_context_data(**kwargs) | {
            "kinds": ConsultationKind.labels,
            "years": counts_by_year(),
            "has_samples": Consultation.objects.filter(is_sample=True).exists(),
        }


def _spreadsheet(years: list[YearCounts]) -> FileResponse:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title=str(_("Consultations")))
    sheet.append([_("Fiscal year"), *(str(label) for label in ConsultationKind.labels), _("Total")])
    for row in years:
        sheet.append([row.year, *row.by_kind, row.total])
    out = BytesIO()
    book.save(out)
    out.seek(0)
    return FileResponse(out, as_attachment=True, content_type=XLSX, filename="consultations.xlsx")
