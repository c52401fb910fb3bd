"""広報誌「あしすとぱぁく」, four times a year."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page
from wagtail.search import index

from activities import details, lists
from activities.models.index import IndexPage
from center.blocks import BodyBlock
from center.japanese.dates import day_words
from center.pages import InReason, KeyFact, Mailable, OutReason, SampleMixin, SummaryMixin, Usefulness
from center.translations import synchronised


class MagazineIndexPage(IndexPage):
    """All issues of the magazine. Its cadence is data: the days of the year on which an issue comes out."""

    subpage_types = ["activities.MagazineIssuePage"]
    content_panels = [
        *IndexPage.content_panels,
        InlinePanel("cadence", heading=_("Days of publication"), label=_("day")),
    ]

    class Meta:
        verbose_name = _("magazine")

    def get_context(self, request, *args, **kwargs) -> dict:
        return super().get_context(request, *args, **kwargs) | lists.magazine_list(self, request)

    def next_issue_on(self, after: date) -> date | None:
        """The first day of publication later than `after`; None where no cadence is set."""
        days = [(row.month, row.day) for row in self.cadence.all()]
        found = [date(year, month, day) for year in (after.year, after.year + 1) for month, day in days]
        return min((day for day in found if day > after), default=None)


class MagazineCadence(Orderable):
    """One day of the year on which the magazine comes out."""

    page = ParentalKey(MagazineIndexPage, on_delete=models.CASCADE, related_name="cadence")
    month = models.PositiveSmallIntegerField(_("month"))
    day = models.PositiveSmallIntegerField(_("day"), default=1)

    panels = [FieldRowPanel([FieldPanel("month"), FieldPanel("day")])]

    class Meta(Orderable.Meta):
        verbose_name = _("day of publication")
        verbose_name_plural = _("days of publication")

    def __str__(self) -> str:
        return f"{self.month}/{self.day}"

    def clean(self) -> None:
        try:
            date(2001, self.month or 0, self.day or 0)
        except ValueError as error:
            raise ValidationError(_("There is no such day in every year.")) from error


class MagazineIssuePage(SampleMixin, SummaryMixin, Mailable, Page):
    """One issue: number, date, its PDF and its articles."""

    number = models.PositiveSmallIntegerField(_("number"))
    issued_on = models.DateField(_("date of issue"))
    pdf = models.ForeignKey(
        "center.CentreDocument",
        verbose_name=_("PDF"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    cover = models.ForeignKey(
        "center.CentreImage",
        verbose_name=_("cover"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    override_translatable_fields = synchronised()
    parent_page_types = ["activities.MagazineIndexPage"]
    subpage_types: list[str] = []
    content_panels = [
        *Page.content_panels,
        FieldRowPanel([FieldPanel("number"), FieldPanel("issued_on")]),
        *SummaryMixin.summary_panels,
        FieldPanel("pdf"),
        FieldPanel("cover"),
        InlinePanel("articles", heading=_("Articles"), label=_("article")),
        *Mailable.mail_panels,
        FieldPanel("is_sample"),
    ]
    search_fields = [
        *Page.search_fields,
        *SummaryMixin.summary_search_fields,
        index.RelatedFields("articles", [index.SearchField("title"), index.SearchField("body")]),
    ]
    mail_kind = "magazine"

    class Meta:
        verbose_name = _("magazine issue")
        verbose_name_plural = _("magazine issues")

    @property
    def kind_word(self):
        return _("magazine")

    def useful_until(self) -> datetime | None:
        return None

    def usefulness(
        self, send_at: datetime, *, first_public_at: datetime | None, previous_cutoff_at: datetime
    ) -> Usefulness:
        """Source: the monthly mail, "of use": the magazine once, when it is new."""
        if first_public_at is not None and first_public_at <= previous_cutoff_at:
            return Usefulness(False, OutReason.BEFORE_LAST_ISSUE)
        return Usefulness(True, InReason.NEW)

    def key_facts(self) -> list[KeyFact]:
        return [KeyFact("issued", str(_("date of issue")), day_words(self.issued_on))]

    def mail_lines(self) -> list[str]:
        return [
            line
            for line in (
                str(_("no. %(number)d, %(day)s") % {"number": self.number, "day": day_words(self.issued_on)}),
                self.summary,
            )
            if line
        ]

    def get_context(self, request, *args, **kwargs) -> dict:
        return super().get_context(request, *args, **kwargs) | details.magazine_issue_detail(self, request)


class MagazineArticle(Orderable):
    """One article of an issue, to be read without the PDF."""

    page = ParentalKey(MagazineIssuePage, on_delete=models.CASCADE, related_name="articles")
    title = models.CharField(_("title"), max_length=120)
    body = StreamField(BodyBlock(), verbose_name=_("text"), blank=True)
    page_number = models.PositiveSmallIntegerField(_("page"), null=True, blank=True)

    panels = [FieldRowPanel([FieldPanel("title"), FieldPanel("page_number")]), FieldPanel("body")]

    class Meta(Orderable.Meta):
        verbose_name = _("article")
        verbose_name_plural = _("articles")

    def __str__(self) -> str:
        return self.title
