"""市民活動交流フェスタ: groups meet and show their work."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable
from wagtail.search import index

from activities import event_details
from activities.event_form import FestaPageForm
from activities.models.event import EventPage
from activities.models.event_panels import FACT_PANELS
from center.blocks import BodyBlock


class FestaPage(EventPage):
    """One edition of the festa: programme, exhibitors, the call for them, and the report afterwards."""

    edition = models.PositiveSmallIntegerField(
        _("edition"), null=True, blank=True, help_text=_("Which festa it is, counted from the first one.")
    )
    call_opens_on = models.DateField(_("call for exhibitors opens on"), null=True, blank=True)
    call_closes_on = models.DateField(
        _("call for exhibitors closes on"), null=True, blank=True, help_text=_("The last day on which one can apply.")
    )
    call_text = models.TextField(
        _("call for exhibitors"), blank=True, help_text=_("Who can take part, what a booth has, what it costs.")
    )
    call_application = models.CharField(
        _("how exhibitors apply"),
        max_length=300,
        blank=True,
        help_text=_("For example: by phone to the centre; send the form by mail."),
    )
    call_url = models.URLField(
        _("address of the page for exhibitors"), blank=True, help_text=_("A page elsewhere on which exhibitors apply.")
    )
    call_document = models.ForeignKey(
        "center.CentreDocument",
        verbose_name=_("guidelines or form for exhibitors (PDF)"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    report = StreamField(
        BodyBlock(),
        verbose_name=_("report"),
        blank=True,
        help_text=_("After the day: how it was, with figures and pictures. It then stands first on the page."),
    )

    parent_page_types = ["activities.EventIndexPage"]
    subpage_types: list[str] = []
    page_description = _("One edition of the festa: programme, exhibitors, the call for them, and the report.")
    base_form_class = FestaPageForm
    content_panels = [
        *EventPage.opening_panels,
        FieldPanel("edition"),
        *FACT_PANELS,
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("call_opens_on"), FieldPanel("call_closes_on")]),
                FieldPanel("call_text"),
                FieldPanel("call_application"),
                FieldPanel("call_url"),
                FieldPanel("call_document"),
            ],
            heading=_("Call for exhibitors"),
        ),
        InlinePanel(
            "programme",
            heading=_("Programme"),
            label=_("programme item"),
            help_text=_("The page puts them in the order of their times."),
        ),
        InlinePanel(
            "exhibitors",
            heading=_("Exhibitors"),
            label=_("exhibitor"),
            help_text=_("A group of the list is linked to its page; one whose page is hidden is named without a link."),
        ),
        FieldPanel("report"),
        *EventPage.closing_panels,
    ]
    search_fields = [*EventPage.search_fields, index.SearchField("call_text"), index.SearchField("report")]
    mail_kind = "festa"

    class Meta:
        verbose_name = _("festa")
        verbose_name_plural = _("festas")

    @property
    def kind_word(self):
        return _("festa")

    def clean(self) -> None:
        super().clean()
        if self.call_opens_on and self.call_closes_on and self.call_closes_on < self.call_opens_on:
            raise ValidationError({"call_closes_on": _("The call closes before it opens.")})

    def get_context(self, request, *args, **kwargs) -> dict:
        return super().get_context(request, *args, **kwargs) | event_details.festa_detail(self, request)


class FestaProgrammeItem(Orderable):
    """One item of the programme, in the order of the day."""

    page = ParentalKey(FestaPage, on_delete=models.CASCADE, related_name="programme")
    starts_at_time = models.TimeField(_("from"), null=True, blank=True)
    ends_at_time = models.TimeField(_("until"), null=True, blank=True)
    title = models.CharField(_("title"), max_length=120)
    place = models.CharField(_("where"), max_length=80, blank=True, help_text=_("The stage, room or corner."))
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

    def clean(self) -> None:
        super().clean()
        if self.starts_at_time and self.ends_at_time and self.ends_at_time < self.starts_at_time:
            raise ValidationError({"ends_at_time": _("The end lies before the start.")})


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
    booth = models.CharField(_("booth"), max_length=20, blank=True, help_text=_("Its number on the plan: A-3."))
    text = models.CharField(
        _("what they show"), max_length=200, blank=True, help_text=_("One sentence: what visitors see or do there.")
    )

    panels = [FieldRowPanel([FieldPanel("group"), FieldPanel("booth")]), FieldPanel("name"), FieldPanel("text")]

    class Meta(Orderable.Meta):
        verbose_name = _("exhibitor")
        verbose_name_plural = _("exhibitors")

    def __str__(self) -> str:
        return self.group.title if self.group else self.name
