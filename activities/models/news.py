"""News: calls, reports, changes and announcements."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.models import Page

from activities import news_board, page_checks
from activities.deadline_words import deadline_moment, deadline_words, is_past_deadline
from activities.models.measure import measure_panels
from center.pages import (
    BodyMixin,
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


class NewsKind(models.TextChoices):
    """What a piece of news is."""

    CALL = "call", _("call for members or volunteers")
    REPORT = "report", _("report")
    CHANGE = "change", _("change")
    ANNOUNCEMENT = "announcement", _("announcement")


class NewsPage(SampleMixin, SummaryMixin, BodyMixin, Mailable, GatedMixin, Page):
    """One piece of news from the centre or a group."""

    kind = models.CharField(_("kind"), max_length=12, choices=NewsKind.choices, default=NewsKind.ANNOUNCEMENT)
    published_on = models.DateField(
        _("date"), null=True, blank=True, help_text=_("The day that the list shows; empty means the day of publishing.")
    )
    group = models.ForeignKey(
        "activities.GroupPage",
        verbose_name=_("group"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="news",
    )
    deadline_on = models.DateField(
        _("deadline (day)"), null=True, blank=True, help_text=_("For calls; empty means no deadline.")
    )
    deadline_time = models.TimeField(_("deadline (time)"), null=True, blank=True)
    is_closed = models.BooleanField(
        _("call is closed"), default=False, help_text=_("For calls that ended before their day, or have none.")
    )
    about_page = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("page that changed"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    contact_name = models.CharField(_("contact"), max_length=120, blank=True)
    contact_phone = models.CharField(_("contact phone"), max_length=40, blank=True)
    contact_email = models.EmailField(_("contact e-mail"), blank=True)
    contact_url = models.URLField(_("contact web page"), blank=True)
    image = models.ForeignKey(
        "center.CentreImage",
        verbose_name=_("image"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    image_alt = models.CharField(_("description of the image"), max_length=250, blank=True)

    content_checks = (page_checks.call_without_contact, page_checks.deadline_of_no_call, page_checks.change_of_nothing)

    override_translatable_fields = synchronised("contact_name", "contact_phone")
    parent_page_types = ["activities.NewsIndexPage"]
    subpage_types: list[str] = []
    page_description = _("A call for members or volunteers, a report, a change or an announcement.")
    content_panels = [
        *Page.content_panels,
        FieldRowPanel([FieldPanel("kind"), FieldPanel("published_on")]),
        *SummaryMixin.summary_panels,
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("deadline_on"), FieldPanel("deadline_time")]), FieldPanel("is_closed")],
            heading=_("Deadline of a call"),
        ),
        FieldPanel("group"),
        FieldPanel("about_page"),
        MultiFieldPanel(
            [
                FieldPanel("contact_name"),
                FieldPanel("contact_phone"),
                FieldPanel("contact_email"),
                FieldPanel("contact_url"),
            ],
            heading=_("Contact"),
        ),
        MultiFieldPanel([FieldPanel("image"), FieldPanel("image_alt")], heading=_("Image")),
        *BodyMixin.body_panels,
        *Mailable.mail_panels,
        *measure_panels,
        FieldPanel("is_sample"),
    ]
    search_fields = [*Page.search_fields, *SummaryMixin.summary_search_fields, *BodyMixin.body_search_fields]

    class Meta:
        verbose_name = _("news")
        verbose_name_plural = _("news")

    @property
    def mail_kind(self) -> str:
        return "call" if self.kind == NewsKind.CALL else "news"

    @property
    def kind_word(self):
        return self.get_kind_display()

    @property
    def share_day(self) -> ShareDay | None:
        """Its own day, for the picture that goes with a shared address."""
        return ShareDay(self.published_on) if self.published_on else None

    def clean(self) -> None:
        super().clean()
        if self.deadline_time and not self.deadline_on:
            raise ValidationError({"deadline_on": _("A time needs its day.")})

    @property
    def deadline_words(self) -> str:
        return deadline_words(self.deadline_on, self.deadline_time) if self.kind == NewsKind.CALL else ""

    def useful_until(self) -> datetime | None:
        return deadline_moment(self.deadline_on, self.deadline_time) if self.kind == NewsKind.CALL else None

    def usefulness(
        self, send_at: datetime, *, first_public_at: datetime | None, previous_cutoff_at: datetime
    ) -> Usefulness:
        """Source: the monthly mail, "of use": a call by its deadline, other news once, when it is new."""
        if self.kind == NewsKind.CALL:
            if self.is_closed or is_past_deadline(self.deadline_on, self.deadline_time, send_at):
                return Usefulness(False, OutReason.CLOSED)
            return Usefulness(True, InReason.OPEN)
        if first_public_at is not None and first_public_at <= previous_cutoff_at:
            return Usefulness(False, OutReason.BEFORE_LAST_ISSUE)
        return Usefulness(True, InReason.NEW)

    def key_facts(self) -> list[KeyFact]:
        facts = [
            KeyFact("state", str(_("state")), str(_("call is closed")) if self.is_closed else ""),
            KeyFact("deadline", str(_("deadline")), self.deadline_words),
            KeyFact(
                "contact",
                str(_("contact")),
                " ".join(
                    part
                    for part in (self.contact_name, self.contact_phone, self.contact_email, self.contact_url)
                    if part
                ),
            ),
        ]
        return [fact for fact in facts if fact.value]

    def mail_lines(self) -> list[str]:
        who = self.group.title if self.group else ""
        first = "。".join(
            part
            for part in (
                who,
                str(_("until %(day)s") % {"day": self.deadline_words})
                if self.deadline_on and self.kind == NewsKind.CALL
                else self.deadline_words,
            )
            if part
        )
        return [line for line in (first, self.summary) if line]

    def get_context(self, request, *args, **kwargs) -> dict:
        return super().get_context(request, *args, **kwargs) | news_board.news_detail(self, request)
