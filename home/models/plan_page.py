"""The city's plan of cooperation: points, indicators and the table of who does what for whom."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.models import Orderable, Page

from center.pages import BodyMixin, SummaryMixin
from home import overview


class PlanActor(models.TextChoices):
    """Who acts, and for whom. Source: the plan's table."""

    CITIZENS = "citizens", _("citizens")
    NEIGHBOURHOOD = "neighbourhood", _("neighbourhood associations (the area)")
    NPO = "npo", _("NPO corporations and volunteer groups")
    BUSINESS = "business", _("businesses")
    CITY = "city", _("the city")


class PlanPage(SummaryMixin, BodyMixin, Page):
    """One plan: its goal, points, policies with measures, indicators and matrix."""

    goal = models.CharField(_("goal"), max_length=120, blank=True)
    period = models.CharField(_("period"), max_length=80, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    is_finished = models.BooleanField(_("the period is over"), default=False)

    parent_page_types = ["home.HomePage"]
    subpage_types = ["home.StandardPage"]
    content_panels = [
        *Page.content_panels,
        *SummaryMixin.summary_panels,
        FieldPanel("goal"),
        FieldRowPanel([FieldPanel("period"), FieldPanel("is_finished")]),
        FieldPanel("source"),
        InlinePanel("points", heading=_("Points"), label=_("point")),
        InlinePanel("measures", heading=_("Policies and measures"), label=_("measure")),
        InlinePanel("indicators", heading=_("Indicators"), label=_("indicator")),
        InlinePanel("matrix", heading=_("Who does what for whom"), label=_("entry")),
        *BodyMixin.body_panels,
    ]
    search_fields = [*Page.search_fields, *SummaryMixin.summary_search_fields, *BodyMixin.body_search_fields]

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")

    def get_context(self, request, *args, **kwargs) -> dict:
        return super().get_context(request, *args, **kwargs) | overview.plan_overview(self, request)


class PlanPoint(Orderable):
    """One of the plan's points."""

    page = ParentalKey(PlanPage, on_delete=models.CASCADE, related_name="points")
    title = models.CharField(_("title"), max_length=80)
    text = models.CharField(_("in short"), max_length=200, blank=True)
    panels = [FieldPanel("title"), FieldPanel("text")]

    class Meta(Orderable.Meta):
        verbose_name = _("point")
        verbose_name_plural = _("points")

    def __str__(self) -> str:
        return self.title


class PlanMeasure(Orderable):
    """One measure under one policy. `doubt` says what the source does not tell."""

    page = ParentalKey(PlanPage, on_delete=models.CASCADE, related_name="measures")
    policy = models.CharField(_("policy"), max_length=120)
    title = models.CharField(_("measure"), max_length=120)
    text = models.CharField(_("in short"), max_length=200, blank=True)
    doubt = models.CharField(_("what is not confirmed"), max_length=200, blank=True)
    panels = [FieldPanel("policy"), FieldPanel("title"), FieldPanel("text"), FieldPanel("doubt")]

    class Meta(Orderable.Meta):
        verbose_name = _("measure")
        verbose_name_plural = _("measures")

    def __str__(self) -> str:
        return self.title


class PlanIndicator(Orderable):
    """One indicator: base, target, and the result, which stays empty while it is not published."""

    page = ParentalKey(PlanPage, on_delete=models.CASCADE, related_name="indicators")
    title = models.CharField(_("title"), max_length=80)
    text = models.CharField(_("what it counts"), max_length=200, blank=True)
    unit = models.CharField(_("unit"), max_length=8)
    base_year = models.PositiveSmallIntegerField(_("base (fiscal year)"))
    base = models.DecimalField(_("base"), max_digits=6, decimal_places=1)
    target_year = models.PositiveSmallIntegerField(_("target (fiscal year)"))
    target = models.DecimalField(_("target"), max_digits=6, decimal_places=1)
    result_year = models.PositiveSmallIntegerField(_("result (fiscal year)"), null=True, blank=True)
    result = models.DecimalField(_("result"), max_digits=6, decimal_places=1, null=True, blank=True)
    panels = [
        FieldPanel("title"),
        FieldPanel("text"),
        FieldRowPanel([FieldPanel("unit"), FieldPanel("base_year"), FieldPanel("base")]),
        FieldRowPanel([FieldPanel("target_year"), FieldPanel("target")]),
        FieldRowPanel([FieldPanel("result_year"), FieldPanel("result")]),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")

    def __str__(self) -> str:
        return self.title


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
