"""広報誌「あしすとぱぁく」, four times a year."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page
from wagtail.search import index

from activities import magazine_shelf, page_checks
from activities.models.index import IndexPage
from activities.models.measure import measure_panels
from activities.models.pdf_reading import PdfReading
from center.blocks import BodyBlock
from center.japanese.dates import day_words
from center.pages import (
    GatedMixin,
    InReason,
    KeyFact,
    Mailable,
    OutReason,
    SampleMixin,
    ShareDay,
    SummaryMixin,
    Usefulness,
)
from center.translations import synchronised


class MagazineIndexPage(IndexPage):
    """All issues of the magazine. Its cadence is data: the days of the year on which an issue comes out."""

    cadence_note = models.CharField(
        _("how sure the days are"),
        max_length=200,
        blank=True,
        help_text=_("Shown under the next issue's day, for example where the days come from."),
    )
    contributions_text = models.CharField(
        _("until when people may contribute"),
        max_length=200,
        blank=True,
        help_text=_("One sentence, shown beside the next issue. Left empty, nothing is said."),
    )

    subpage_types = ["activities.MagazineIssuePage"]
    page_description = _("All issues of the magazine, and the days on which the next ones come out.")
    content_panels = [
        *IndexPage.content_panels,
        InlinePanel(
            "cadence",
            heading=_("Days of publication"),
            label=_("day"),
            help_text=_("The days of the year on which it comes out. From them the site tells the next issue's day."),
        ),
        FieldPanel("cadence_note"),
        FieldPanel("contributions_text"),
    ]

    class Meta:
        verbose_name = _("magazine")

    def get_context(self, request, *args, **kwargs) -> dict:
        return super().get_context(request, *args, **kwargs) | magazine_shelf.magazine_list(self, request)

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


class MagazineIssuePage(SampleMixin, SummaryMixin, Mailable, GatedMixin, Page):
    """One issue: number, date, its PDF and its articles."""

    number = models.PositiveSmallIntegerField(_("number"), help_text=_("Only the figure, for example 57."))
    issued_on = models.DateField(
        _("date of issue"), help_text=_("The day printed on it. The list is in this order, by fiscal year.")
    )
    pdf = models.ForeignKey(
        "center.CentreDocument",
        verbose_name=_("PDF"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("The printed pages. The cover is made from page 1, and the search finds the words of each page."),
    )
    cover = models.ForeignKey(
        "center.CentreImage",
        verbose_name=_("cover"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Leave it empty to show page 1 of the PDF. A picture chosen here always goes first."),
    )

    override_translatable_fields = synchronised()
    parent_page_types = ["activities.MagazineIndexPage"]
    subpage_types: list[str] = []
    page_description = _("One issue of the magazine: its PDF, and its articles to be read without it.")
    content_panels = [
        *Page.content_panels,
        FieldRowPanel([FieldPanel("number"), FieldPanel("issued_on")]),
        *SummaryMixin.summary_panels,
        MultiFieldPanel([FieldPanel("pdf"), FieldPanel("cover")], heading=_("Printed pages")),
        InlinePanel(
            "articles",
            heading=_("Articles"),
            label=_("article"),
            help_text=_("Each article is read on the page of the issue, without the PDF."),
        ),
        *Mailable.mail_panels,
        *measure_panels,
        FieldPanel("is_sample"),
    ]
    search_fields = [
        *Page.search_fields,
        *SummaryMixin.summary_search_fields,
        index.RelatedFields("articles", [index.SearchField("title"), index.SearchField("body")]),
    ]
    mail_kind = "magazine"
    content_checks = (page_checks.unread_pdf, page_checks.articles_in_the_pdf_only)

    class Meta:
        verbose_name = _("magazine issue")
        verbose_name_plural = _("magazine issues")

    @property
    def kind_word(self):
        return _("magazine")

    @property
    def share_day(self) -> ShareDay | None:
        """The day of issue, for the picture that goes with a shared address."""
        return ShareDay(self.issued_on) if self.issued_on else None

    @property
    def reading(self) -> PdfReading | None:
        """What was found in its PDF, once that was read; None before, and where it could not be read."""
        reading = getattr(self.pdf, "pdf_reading", None) if self.pdf_id else None
        return reading if reading and reading.state == PdfReading.State.READ else None

    @property
    def shown_cover(self):
        """The picture chosen by staff, else page 1 of the PDF, else None: then the cover of the season stands."""
        return self.cover or (self.reading.cover if self.reading else None)

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
        return super().get_context(request, *args, **kwargs) | magazine_shelf.magazine_issue_detail(self, request)


class MagazineArticle(Orderable):
    """One article of an issue, to be read without the PDF."""

    page = ParentalKey(MagazineIssuePage, on_delete=models.CASCADE, related_name="articles")
    title = models.CharField(_("title"), max_length=120)
    body = StreamField(BodyBlock(), verbose_name=_("text"), blank=True)
    page_number = models.PositiveSmallIntegerField(
        _("page"), null=True, blank=True, help_text=_("Its page in the PDF: 1 is the cover.")
    )

    panels = [FieldRowPanel([FieldPanel("title"), FieldPanel("page_number")]), FieldPanel("body")]

    class Meta(Orderable.Meta):
        verbose_name = _("article")
        verbose_name_plural = _("articles")

    def __str__(self) -> str:
        return self.title
