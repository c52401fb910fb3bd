"""市民活動交流フェスタ: groups meet and show their work."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable
from wagtail.search import index

from activities import details
from activities.models.event import EventPage
from center.blocks import BodyBlock


class FestaPage(EventPage):
    """One edition of the festa: programme, exhibitors, the call for them, and the report afterwards."""

    edition = models.PositiveSmallIntegerField(_("edition"), null=True, blank=True)
    call_opens_on = models.DateField(_("call for exhibitors opens on"), null=True, blank=True)
    call_closes_on = models.DateField(_("call for exhibitors closes on"), null=True, blank=True)
    call_text = models.TextField(_("call for exhibitors"), blank=True)
    report = StreamField(BodyBlock(), verbose_name=_("report"), blank=True)

    parent_page_types = ["activities.EventIndexPage"]
    subpage_types: list[str] = []
    content_panels = [
        *EventPage.content_panels[:2],
        FieldPanel("edition"),
        *EventPage.content_panels[2:],
        InlinePanel("programme", heading=_("Programme"), label=_("programme item")),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("call_opens_on"), FieldPanel("call_closes_on")]), FieldPanel("call_text")],
            heading=_("Call for exhibitors"),
        ),
        InlinePanel("exhibitors", heading=_("Exhibitors"), label=_("exhibitor")),
        FieldPanel("report"),
    ]
    search_fields = [*EventPage.search_fields, index.SearchField("call_text"), index.SearchField("report")]
    mail_kind = "festa"

    class Meta:
        verbose_name = _("festa")
        verbose_name_plural = _("festas")

    @property
    def kind_word(self):
        return _("festa")

    def get_context(self, request, *args, **kwargs) -> dict:
        return super().get_context(request, *args, **kwargs) | details.festa_detail(self, request)


class FestaProgrammeItem(Orderable):
    """One item of the programme, in the order of the day."""

    page = ParentalKey(FestaPage, on_delete=models.CASCADE, related_name="programme")
    starts_at_time = models.TimeField(_("from"), null=True, blank=True)
    ends_at_time = models.TimeField(_("until"), null=True, blank=True)
    title = models.CharField(_("title"), max_length=120)
    place = models.CharField(_("where"), max_length=80, blank=True)
    text = models.TextField(_("text"), blank=True)

    panels = [
        FieldRowPanel([FieldPanel("starts_at_time"), FieldPanel("ends_at_time"), FieldPanel("place")]),
        FieldPanel("title"),
        FieldPanel("text"),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("programme item")
        verbose_name_plural = _("programme items")

    def __str__(self) -> str:
        return self.title


class FestaExhibitor(Orderable):
    """One group that shows its work, with its booth."""

    page = ParentalKey(FestaPage, on_delete=models.CASCADE, related_name="exhibitors")
    group = models.ForeignKey(
        "activities.GroupPage",
        verbose_name=_("group"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="festa_booths",
    )
    name = models.CharField(
        _("name"), max_length=120, blank=True, help_text=_("Where the exhibitor is not a group in the list.")
    )
    booth = models.CharField(_("booth"), max_length=20, blank=True)
    text = models.CharField(_("what they show"), max_length=200, blank=True)

    panels = [FieldRowPanel([FieldPanel("group"), FieldPanel("booth")]), FieldPanel("name"), FieldPanel("text")]

    class Meta(Orderable.Meta):
        verbose_name = _("exhibitor")
        verbose_name_plural = _("exhibitors")

    def __str__(self) -> str:
        return self.group.title if self.group else self.name
