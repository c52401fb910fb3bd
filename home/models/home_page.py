"""The first page."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import Page

from center.check_panel import ContentChecksPanel
from center.pages import BodyMixin, GatedMixin
from home import overview


class HomePage(BodyMixin, GatedMixin, Page):
    """The notice board: today, what is coming, what closes soon, and the promise."""

    heading = models.CharField(
        _("heading"),
        max_length=80,
        blank=True,
        help_text=_("The large words beside today's leaf. A space says where a line may break."),
    )
    lead = models.CharField(
        _("sentence under the heading"),
        max_length=200,
        blank=True,
        help_text=_("One sentence: what one finds here. Search engines show it too."),
    )

    parent_page_types = ["wagtailcore.Page"]
    page_description = _("The first page. Events, grants, calls and the promise come by themselves.")
    content_panels = [
        *Page.content_panels,
        ContentChecksPanel(heading=_("Something might be better"), icon="warning"),
        MultiFieldPanel([FieldPanel("heading"), FieldPanel("lead")], heading=_("At the top")),
        *BodyMixin.body_panels,
    ]
    search_fields = [*Page.search_fields, *BodyMixin.body_search_fields]

    class Meta:
        verbose_name = _("home page")

    def get_context(self, request, *args, **kwargs) -> dict:
        return super().get_context(request, *args, **kwargs) | overview.home_overview(self, request)
