"""市民活動交流サロン: an easy tea-time meeting."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.search import index

from activities import event_details
from activities.models.event import EventPage
from activities.models.event_panels import FACT_PANELS


class SalonPage(EventPage):
    """One meeting of the salon, with its number and theme."""

    number = models.PositiveSmallIntegerField(
        _("number"), null=True, blank=True, help_text=_("Which meeting of the salon it is, counted from the first one.")
    )
    theme = models.CharField(
        _("theme"), max_length=120, blank=True, help_text=_("What one talks about this time, in a few words.")
    )

    parent_page_types = ["activities.EventIndexPage"]
    subpage_types: list[str] = []
    page_description = _("One meeting of the salon, with its theme.")
    content_panels = [
        *EventPage.opening_panels,
        MultiFieldPanel([FieldRowPanel([FieldPanel("number"), FieldPanel("theme")])], heading=_("Salon")),
        *FACT_PANELS,
        *EventPage.closing_panels,
    ]
    search_fields = [*EventPage.search_fields, index.SearchField("theme")]
    mail_kind = "salon"

    class Meta:
        verbose_name = _("salon")
        verbose_name_plural = _("salons")

    @property
    def kind_word(self):
        return _("salon")

    def get_context(self, request, *args, **kwargs) -> dict:
        return super().get_context(request, *args, **kwargs) | event_details.salon_detail(self, request)
