"""The first page."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from center.pages import BodyMixin
from home import overview


class HomePage(BodyMixin, Page):
    """The notice board: today, what is coming, what closes soon, and the promise."""

    heading = models.CharField(_("heading"), max_length=80, blank=True)
    lead = models.CharField(_("sentence under the heading"), max_length=200, blank=True)

    parent_page_types = ["wagtailcore.Page"]
    content_panels = [*Page.content_panels, FieldPanel("heading"), FieldPanel("lead"), *BodyMixin.body_panels]
    search_fields = [*Page.search_fields, *BodyMixin.body_search_fields]

    class Meta:
        verbose_name = _("home page")

    def get_context(self, request, *args, **kwargs) -> dict:
        return super().get_context(request, *args, **kwargs) | overview.home_overview(self, request)
