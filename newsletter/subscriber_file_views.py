"""The screens of taking subscribers in and out as files: choose, look, apply; and take out with the password."""

from datetime import date
from http import HTTPStatus

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from center import password_again
from center.password_again import TooManyTries
from newsletter.models import SubscriberFile, SubscriberState, Topic
from newsletter.subscriber_csv import MAX_BYTES, MAX_ROWS
from newsletter.subscriber_export import chosen, export
from newsletter.subscriber_file_forms import ExportForm, ImportForm, fault_words
from newsletter.subscriber_import import Fate, FileGone, PlanChanged, apply_file, keep_file, make_plan
from newsletter.views import WORDS_VERSION

IMPORT, EXPORT = "newsletter.import_subscriber", "newsletter.export_subscriber"
LATEST = 10

FATE_WORDS = {
    Fate.NEW: (pgettext_lazy("subscriber", "New"), gettext_lazy("They get the mail from the next issue on.")),
    Fate.BACK: (
        gettext_lazy("Back again"),
        gettext_lazy("They left before, and agreed again on a later day. They get the mail from the next issue on."),
    ),
    Fate.KNOWN: (gettext_lazy("Gets it already"), gettext_lazy("Nothing of theirs changes.")),
    Fate.LEFT: (
        gettext_lazy("Left before"),
        gettext_lazy("They left, and the date of consent lies before that. They are not taken in."),
    ),
    Fate.SUPPRESSED: (
        gettext_lazy("Must not be mailed"),
        gettext_lazy("They stand on the list of suppressed addresses, or mail could not be delivered. Not taken in."),
    ),
    Fate.TWICE: (gettext_lazy("Twice in the file"), gettext_lazy("The first row counts.")),
}


class FileMixin(WagtailAdminTemplateMixin):
    """The frame of these screens; who may is asked first."""

    permission = IMPORT
    header_icon = "group"

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.has_perm(self.permission):
            raise PermissionDenied
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Cache-Control"] = "private, no-store"
        return response

    def get_breadcrumbs_items(self) -> list[dict]:
        return [
            {"url": reverse_lazy("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse_lazy("subscribers:index"), "label": _("Subscribers")},
            {"url": "", "label": self.page_title},
        ]


class ImportView(FileMixin, TemplateView):
    """Choose a file. It is looked at, and nothing is taken in yet."""

    template_name = "newsletter/subscribers/import.html"
    page_title = gettext_lazy("Take in a file")

    @cached_property
    def before(self) -> SubscriberFile | None:
        """The file that waits, when somebody comes back to change the settings."""
        asked = self.request.GET.get("file", "")
        waiting = SubscriberFile.objects.filter(kind=SubscriberFile.Kind.IMPORT, applied_at=None, content__isnull=False)
        return waiting.filter(pk=asked).first() if asked.isdecimal() and len(asked) < 10 else None

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        form = ImportForm(request.POST, request.FILES, keeps_file=self.before is not None)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=HTTPStatus.UNPROCESSABLE_ENTITY)
        chosen_file, now = form.cleaned_data["file"], timezone.now()
        content = chosen_file.read() if chosen_file else bytes(self.before.content)
        name = chosen_file.name if chosen_file else self.before.name
        file = keep_file(content=content, name=name, options=form.options(), by=request.user, now=now)
        return redirect("subscribers:import_look", file.pk)

    def get_context_data(self, **kwargs) -> dict:
        if "form" not in kwargs:
            initial = {"topics": Topic.objects.all(), "words_version": WORDS_VERSION}
            if self.before:
                initial |= self.before.options
            kwargs["form"] = ImportForm(initial=initial, keeps_file=self.before is not None)
        files = SubscriberFile.objects.filter(kind=SubscriberFile.Kind.IMPORT, applied_at__isnull=False)
        return super().get_context_data(**kwargs) | {
            "before": self.before,
            "files": files.select_related("by")[:LATEST],
            "max_rows": MAX_ROWS,
            "max_kb": MAX_BYTES // 1000,
        }


class ImportLookView(FileMixin, TemplateView):
    """What the file would do, every fault by its line; the button takes in the good rows."""

    template_name = "newsletter/subscribers/import_look.html"
    page_title = gettext_lazy("What this file would do")

    @cached_property
    def file(self) -> SubscriberFile:
        imports = SubscriberFile.objects.filter(kind=SubscriberFile.Kind.IMPORT).select_related("by")
        return get_object_or_404(imports, pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        return _("Taken in") if self.file.applied_at else str(self.page_title)

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        fingerprint = request.POST.get("plan", "")
        try:
            file = apply_file(file=self.file, fingerprint=fingerprint, by=request.user, now=timezone.now())
        except PlanChanged:
            messages.warning(
                request, _("Something has changed since you looked. Nothing was taken in. Please look at it once more.")
            )
        except FileGone:
            messages.warning(request, _("This file is no longer kept. Please choose it again."))
            return redirect("subscribers:import")
        else:
            messages.success(request, _("%(count)s people were taken in.") % {"count": file.counts["taken"]})
        return redirect("subscribers:import_look", self.file.pk)

    def get_context_data(self, **kwargs) -> dict:
        context = super().get_context_data(**kwargs) | {"file": self.file}
        if self.file.applied_at:
            counts = self.file.counts
            rows = [
                {"words": words, "what": what, "count": counts.get(fate, 0)}
                for fate, (words, what) in FATE_WORDS.items()
            ]
            return context | {"rows": rows}
        plan = make_plan(self.file, now=timezone.now())
        options = self.file.options
        return context | {
            "plan": plan,
            "faults": [
                {"line": one.line, "value": one.value, "words": fault_words(one)}
                for one in sorted(plan.sheet.faults, key=lambda one: one.line)
            ],
            "faulty_count": len({one.line for one in plan.sheet.faults}),
            "rows": [
                {"words": words, "what": what, "steps": plan.of(fate), "count": plan.count(fate)}
                for fate, (words, what) in FATE_WORDS.items()
            ],
            "change_url": f"{reverse('subscribers:import')}?file={self.file.pk}",
            "default_day": date.fromisoformat(options["consented_on"]) if options["consented_on"] else None,
        }


class ExportView(FileMixin, TemplateView):
    """Take out the list, with the password; who did is shown below."""

    template_name = "newsletter/subscribers/export.html"
    page_title = gettext_lazy("Take out the list")
    permission = EXPORT

    @property
    def asks_password(self) -> bool:
        return not password_again.given_lately(self.request, now=timezone.now())

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        now = timezone.now()
        form = ExportForm(request.POST, asks_password=self.asks_password)
        if not form.is_valid():
            return self._again(form)
        if "password" in form.fields:
            try:
                if not password_again.give(request, form.cleaned_data["password"], now=now):
                    form.add_error("password", _("This is not your password."))
                    return self._again(form)
            except TooManyTries:
                form.add_error("password", _("Too many tries today. Please log out and ask your administrator."))
                return self._again(form)
        return export(state=form.cleaned_data["state"], form=form.cleaned_data["form"], by=request.user, now=now)

    def _again(self, form: ExportForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=HTTPStatus.UNPROCESSABLE_ENTITY)

    def get_context_data(self, **kwargs) -> dict:
        if "form" not in kwargs:
            initial = {"state": SubscriberState.ACTIVE, "form": "xlsx"}
            kwargs["form"] = ExportForm(asks_password=self.asks_password, initial=initial)
        files = SubscriberFile.objects.filter(kind=SubscriberFile.Kind.EXPORT).select_related("by")
        states = dict(ExportForm.STATES)
        return super().get_context_data(**kwargs) | {
            "counts": [(words, chosen(state).count()) for state, words in ExportForm.STATES],
            "files": [{"file": one, "who": states.get(one.options.get("state"), "")} for one in files[:LATEST]],
        }
