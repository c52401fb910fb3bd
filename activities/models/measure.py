"""The parts of the city's plan as pages, and the rows that tie what was done to them."""

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.models import Orderable, Page

from activities import measures
from center.pages import BodyMixin, GatedMixin, SummaryMixin


class MeasureKind(models.TextChoices):
    """What a part of the plan is."""

    POINT = "point", _("point of the plan")
    POLICY = "policy", _("policy")
    MEASURE = "measure", _("measure")


class MeasurePage(SummaryMixin, BodyMixin, GatedMixin, Page):
    """One point, policy or measure of the plan. Pages tied to it say by themselves what was done for it."""

    kind = models.CharField(_("kind"), max_length=8, choices=MeasureKind.choices, default=MeasureKind.MEASURE)
    doubt = models.CharField(
        _("what is not confirmed"),
        max_length=200,
        blank=True,
        help_text=_("What the source does not tell; shown with the mark 未確認."),
    )

    parent_page_types = ["home.PlanPage", "activities.MeasurePage"]
    subpage_types = ["activities.MeasurePage"]
    page_description = _("One point, policy or measure of the plan. It lists by itself what was done for it.")
    content_panels = [
        *Page.content_panels,
        *SummaryMixin.summary_panels,
        FieldRowPanel([FieldPanel("kind"), FieldPanel("doubt")]),
        *BodyMixin.body_panels,
    ]
    search_fields = [*Page.search_fields, *SummaryMixin.summary_search_fields, *BodyMixin.body_search_fields]

    mail_kind = "plan"

    class Meta:
        verbose_name = _("part of the plan")
        verbose_name_plural = _("parts of the plan")

    def __str__(self) -> str:
        # in the choice of the editor a policy and its measures are told apart
        return f"{self.get_kind_display()}：{self.title}"

    @property
    def kind_word(self):
        return self.get_kind_display()

    def get_context(self, request, *args, **kwargs) -> dict:
        return super().get_context(request, *args, **kwargs) | measures.measure_detail(self, request)


class PageMeasure(Orderable):
    """One page that was made for one part of the plan: an event, a grant, an issue of the magazine."""

    page = ParentalKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="measure_links")
    measure = models.ForeignKey(
        MeasurePage,
        verbose_name=_("part of the plan"),
        on_delete=models.CASCADE,
        related_name="page_links",
        limit_choices_to={"locale__language_code": "ja"},
    )

    panels = [FieldPanel("measure", widget=forms.Select)]

    class Meta(Orderable.Meta):
        verbose_name = _("tie to the plan")
        verbose_name_plural = _("ties to the plan")
        constraints = [models.UniqueConstraint(fields=["page", "measure"], name="one_tie_of_a_page_to_a_measure")]

    def __str__(self) -> str:
        return str(self.measure)


measure_panels = [
    InlinePanel(
        "measure_links",
        heading=_("For which part of the plan"),
        label=_("part of the plan"),
        help_text=_("The page of that part lists this page as something that was done for it."),
        icon="tasks",
    )
]
