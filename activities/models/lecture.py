"""Lectures of the centre."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Orderable
from wagtail.search import index

from activities import event_details
from activities.models.event import EventPage
from activities.models.event_panels import FACT_PANELS
from center.page_counts import page_count_of


class LectureSeries(models.TextChoices):
    """The two series that the centre holds."""

    SUPPORT = "support", _("support lecture for civic activities")
    SOFTWARE = "software", _("how to use accounting software")


class LecturePage(EventPage):
    """One lecture of the centre: a course of one or more sessions that people apply for by phone, mail or a link."""

    series = models.CharField(_("series"), max_length=10, choices=LectureSeries.choices, default=LectureSeries.SUPPORT)
    topics = ParentalManyToManyField(
        "activities.LectureTopic", verbose_name=_("topics"), blank=True, related_name="lectures"
    )
    speaker_name = models.CharField(
        _("speaker"), max_length=120, blank=True, help_text=_("With the office: Hanako Mihon (tax accountant).")
    )
    speaker_profile = models.TextField(
        _("about the speaker"), blank=True, help_text=_("Two or three sentences that the speaker has agreed to.")
    )

    parent_page_types = ["activities.EventIndexPage"]
    subpage_types: list[str] = []
    page_description = _("A lecture of the centre, once or as a course, with speaker and materials.")
    content_panels = [
        *EventPage.opening_panels,
        MultiFieldPanel(
            [FieldPanel("series"), FieldPanel("topics"), FieldPanel("speaker_name"), FieldPanel("speaker_profile")],
            heading=_("Lecture"),
        ),
        *FACT_PANELS,
        InlinePanel(
            "materials",
            heading=_("Materials"),
            label=_("document"),
            help_text=_("What was handed out. Put it here after the lecture, with the speaker's consent."),
        ),
        *EventPage.closing_panels,
    ]
    search_fields = [*EventPage.search_fields, index.SearchField("speaker_name")]
    mail_kind = "lecture"

    class Meta:
        verbose_name = _("lecture")
        verbose_name_plural = _("lectures")

    @property
    def kind_word(self):
        return _("lecture")

    def get_context(self, request, *args, **kwargs) -> dict:
        return super().get_context(request, *args, **kwargs) | event_details.lecture_detail(self, request)


class LectureMaterial(Orderable):
    """One document handed out, put on the page afterwards."""

    page = ParentalKey(LecturePage, on_delete=models.CASCADE, related_name="materials")
    document = models.ForeignKey(
        "center.CentreDocument", verbose_name=_("document"), on_delete=models.CASCADE, related_name="+"
    )
    page_count = models.PositiveSmallIntegerField(_("pages"), null=True, blank=True, editable=False)

    panels = [FieldPanel("document")]

    class Meta(Orderable.Meta):
        verbose_name = _("material")
        verbose_name_plural = _("materials")

    def __str__(self) -> str:
        return self.document.title

    def save(self, *args, **kwargs) -> None:
        self.page_count = page_count_of(self.document)
        super().save(*args, **kwargs)
