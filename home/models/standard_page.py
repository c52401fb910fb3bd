"""Plain pages: about the centre, its services, privacy, accessibility."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from activities import service_queries, stand_map
from activities.models import ConsultationKind, Equipment
from center.opening import tokyo_date
from center.pages import BodyMixin, GatedMixin, SampleMixin, SummaryMixin
from center.visibility import publicly_visible


class StandardPage(SampleMixin, SummaryMixin, BodyMixin, GatedMixin, Page):
    """A page of text. One below the services may be that of a consultation: then it leads to the form."""

    consultation = models.CharField(
        _("consultation"),
        max_length=10,
        choices=ConsultationKind.choices,
        blank=True,
        help_text=_("Only for the page of a consultation: it then shows the way to ask, and the form."),
    )

    parent_page_types = ["home.HomePage", "home.StandardPage", "home.ServiceIndexPage", "home.PlanPage"]
    subpage_types = ["home.StandardPage"]
    page_description = _("A page of text: about the centre, one of its services, a theme of the plan.")
    content_panels = [
        *Page.content_panels,
        *SummaryMixin.summary_panels,
        *BodyMixin.body_panels,
        FieldPanel("consultation"),
        FieldPanel("is_sample"),
    ]
    search_fields = [*Page.search_fields, *SummaryMixin.summary_search_fields, *BodyMixin.body_search_fields]

    class Meta:
        verbose_name = _("standard page")
        verbose_name_plural = _("standard pages")

    def get_context(self, request, *args, **kwargs) -> dict:
        context = super().get_context(request, *args, **kwargs)
        if self.consultation:
            context["service"] = service_queries.services_known().get(self.consultation)
        return context


class ServiceIndexPage(SummaryMixin, BodyMixin, GatedMixin, Page):
    """使う・相談する: consultations as pages below, equipment and stands as rows."""

    parent_page_types = ["home.HomePage"]
    subpage_types = ["home.StandardPage"]
    page_description = _("What the centre offers: advice, machines and tools, places for flyers.")
    max_count_per_parent = 1
    content_panels = [*Page.content_panels, *SummaryMixin.summary_panels, *BodyMixin.body_panels]
    search_fields = StandardPage.search_fields

    class Meta:
        verbose_name = _("services")

    def get_context(self, request, *args, **kwargs) -> dict:
        now = timezone.now()
        visible = publicly_visible(now=now)
        below = StandardPage.objects.child_of(self).filter(pk__in=visible.order_by().values("pk"))
        pages = list(below.select_related("locale").order_by("path"))
        known = service_queries.services_known()
        stands = service_queries.stands_on(
            tokyo_date(now), language=self.locale.language_code, visible=visible, now=now
        )
        return super().get_context(request, *args, **kwargs) | {
            "today": tokyo_date(now),
            "equipment": list(Equipment.objects.all()),
            "consultations": [(page, known.get(page.consultation)) for page in pages if page.consultation],
            "others": [page for page in pages if not page.consultation],
            "visits_unknown": service_queries.are_visits_unknown(known),
            "stands": stands,
            "stand_map": stand_map.drawn([(stand.number, stand.position) for stand in stands if stand.position]),
        }
