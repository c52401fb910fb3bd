"""The city's plan of cooperation: its goal, indicators with their results, and the table of who does what for whom.

Its points, policies and measures are pages below it (`activities.MeasurePage`), to which other pages can be tied.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Orderable, Page

from center.pages import BodyMixin, GatedMixin, SummaryMixin
from home import overview


class PlanActor(models.TextChoices):
    """Who acts, and for whom. Source: the plan's table."""

    CITIZENS = "citizens", _("citizens")
    NEIGHBOURHOOD = "neighbourhood", _("neighbourhood associations (the area)")
    NPO = "npo", _("NPO corporations and volunteer groups")
    BUSINESS = "business", _("businesses")
    CITY = "city", _("the city")


class PlanPage(SummaryMixin, BodyMixin, GatedMixin, Page):
    """One plan: its goal, indicators and matrix; points, policies and measures stand below it as pages."""

    goal = models.CharField(
        _("goal"), max_length=120, blank=True, help_text=_("The words of the plan for the town it aims at.")
    )
    period = models.CharField(
        _("period"), max_length=80, blank=True, help_text=_("With its fiscal years, for example 2018〜2025年度.")
    )
    source = models.CharField(
        _("source"),
        max_length=200,
        blank=True,
        help_text=_("Title and date of the paper that all figures of this page come from."),
    )
    is_finished = models.BooleanField(
        _("the period is over"), default=False, help_text=_("The page then says first that the plan is over.")
    )

    parent_page_types = ["home.HomePage"]
    subpage_types = ["activities.MeasurePage", "home.StandardPage"]
    page_description = _("A plan of the city with figures and a table. Measures and themes are pages below it.")
    content_panels = [
        *Page.content_panels,
        *SummaryMixin.summary_panels,
        MultiFieldPanel(
            [
                FieldPanel("goal"),
                FieldRowPanel([FieldPanel("period"), FieldPanel("is_finished")]),
                FieldPanel("source"),
            ],
            heading=_("The plan"),
        ),
        InlinePanel(
            "indicators",
            heading=_("Indicators"),
            label=_("indicator"),
            help_text=_("Each becomes a chart with its table. Add a result for every year that the city publishes."),
        ),
        InlinePanel("matrix", heading=_("Who does what for whom"), label=_("entry")),
        *BodyMixin.body_panels,
    ]
    search_fields = [*Page.search_fields, *SummaryMixin.summary_search_fields, *BodyMixin.body_search_fields]

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")

    def get_context(self, request, *args, **kwargs) -> dict:
        return super().get_context(request, *args, **kwargs) | overview.plan_overview(self, request)


class PlanIndicator(Orderable, ClusterableModel):
    """One indicator: base, target, and its results, of which there are none while nothing is published."""

    page = ParentalKey(PlanPage, on_delete=models.CASCADE, related_name="indicators")
    title = models.CharField(_("title"), max_length=80)
    text = models.CharField(_("what it counts"), max_length=200, blank=True)
    unit = models.CharField(_("unit"), max_length=8, help_text=_("For example % or 点."))
    base_year = models.PositiveSmallIntegerField(_("base (fiscal year)"))
    base = models.DecimalField(_("base"), max_digits=6, decimal_places=1)
    target_year = models.PositiveSmallIntegerField(_("target (fiscal year)"))
    target = models.DecimalField(_("target"), max_digits=6, decimal_places=1)
    panels = [
        FieldPanel("title"),
        FieldPanel("text"),
        FieldPanel("unit"),
        FieldRowPanel([FieldPanel("base_year"), FieldPanel("base")]),
        FieldRowPanel([FieldPanel("target_year"), FieldPanel("target")]),
        InlinePanel("results", heading=_("Results"), label=_("result")),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")

    def __str__(self) -> str:
        return self.title


class PlanResult(Orderable):
    """The value of one indicator in one fiscal year, as it was published."""

    indicator = ParentalKey(PlanIndicator, on_delete=models.CASCADE, related_name="results")
    year = models.PositiveSmallIntegerField(_("fiscal year"))
    value = models.DecimalField(_("value"), max_digits=6, decimal_places=1)
    source = models.CharField(
        _("source"), max_length=200, blank=True, help_text=_("Where the city published it, with its date.")
    )
    panels = [FieldRowPanel([FieldPanel("year"), FieldPanel("value")]), FieldPanel("source")]

    class Meta(Orderable.Meta):
        verbose_name = _("result")
        verbose_name_plural = _("results")

    def __str__(self) -> str:
        return f"{self.year} {self.value}"


class PlanMatrixEntry(Orderable):
    """One thing that one actor does for one beneficiary."""

    page = ParentalKey(PlanPage, on_delete=models.CASCADE, related_name="matrix")
    actor = models.CharField(_("who"), max_length=14, choices=PlanActor.choices)
    beneficiary = models.CharField(_("for whom"), max_length=14, choices=PlanActor.choices)
    text = models.CharField(_("what"), max_length=120)
    panels = [FieldRowPanel([FieldPanel("actor"), FieldPanel("beneficiary")]), FieldPanel("text")]

    class Meta(Orderable.Meta):
        verbose_name = _("entry")
        verbose_name_plural = _("entries")

    def __str__(self) -> str:
        return self.text
