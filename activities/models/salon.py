"""市民活動交流サロン: an easy tea-time meeting."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.search import index

from activities.models.event import EventPage


class SalonPage(EventPage):
    """One meeting of the salon, with its number and theme."""

    number = models.PositiveSmallIntegerField(_("number"), null=True, blank=True)
    theme = models.CharField(_("theme"), max_length=120, blank=True)

    parent_page_types = ["activities.EventIndexPage"]
    subpage_types: list[str] = []
    content_panels = [
        *EventPage.content_panels[:2],
        MultiFieldPanel([FieldRowPanel([FieldPanel("number"), FieldPanel("theme")])], heading=_("Salon")),
        *EventPage.content_panels[2:],
    ]
    search_fields = [*EventPage.search_fields, index.SearchField("theme")]
    mail_kind = "salon"

    class Meta:
        verbose_name = _("salon")
        verbose_name_plural = _("salons")

    @property
    def kind_word(self):
        return _("salon")
