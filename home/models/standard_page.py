"""Plain pages: about the centre, its services, privacy, accessibility."""

from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from activities.models import Equipment, Stand
from center.pages import BodyMixin, SampleMixin, SummaryMixin
from center.visibility import publicly_visible


class StandardPage(SampleMixin, SummaryMixin, BodyMixin, Page):
    """A page of text."""

    parent_page_types = ["home.HomePage", "home.StandardPage", "home.ServiceIndexPage", "home.PlanPage"]
    subpage_types = ["home.StandardPage"]
    content_panels = [*Page.content_panels, *SummaryMixin.summary_panels, *BodyMixin.body_panels]
    search_fields = [*Page.search_fields, *SummaryMixin.summary_search_fields, *BodyMixin.body_search_fields]

    class Meta:
        verbose_name = _("standard page")
        verbose_name_plural = _("standard pages")


class ServiceIndexPage(SummaryMixin, BodyMixin, Page):
    """使う・相談する: consultations as pages below, equipment and stands as rows."""

    parent_page_types = ["home.HomePage"]
    subpage_types = ["home.StandardPage"]
    max_count_per_parent = 1
    content_panels = StandardPage.content_panels
    search_fields = StandardPage.search_fields

    class Meta:
        verbose_name = _("services")

    def get_context(self, request, *args, **kwargs) -> dict:
        context = super().get_context(request, *args, **kwargs)
        context["equipment"] = Equipment.objects.all()
        context["stands"] = Stand.objects.select_related("place")
        services = publicly_visible(StandardPage.objects.child_of(self))
        context["services"] = services.select_related("locale").order_by("path")
        return context
