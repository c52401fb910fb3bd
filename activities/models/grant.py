"""Grants that groups can apply for."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Orderable, Page
from wagtail.search import index

from activities import grant_board, page_checks
from activities.amounts import yen_words
from activities.deadline_words import deadline_moment, deadline_words, is_past_deadline
from activities.models.measure import measure_panels
from center.japanese.dates import day_words
from center.opening import tokyo_date
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


class ApplicantKind(models.TextChoices):
    """Who may apply."""

    NPO = "npo", _("NPO corporation")
    VOLUNTARY = "voluntary", _("voluntary group")
    NEIGHBOURHOOD = "neighbourhood", _("neighbourhood association")
    COMPANY = "company", _("company")
    INDIVIDUAL = "individual", _("individual")
    NEW = "new", _("those who are about to start")


class GrantPage(SampleMixin, SummaryMixin, BodyMixin, Mailable, GatedMixin, Page):
    """One grant, one round of applications."""

    funder = models.CharField(_("funder"), max_length=160)
    applicants_text = models.CharField(
        _("who may apply"), max_length=300, blank=True, help_text=_("In the funder's words, in one or two lines.")
    )
    amount_upper = models.PositiveIntegerField(
        _("upper amount (yen)"), null=True, blank=True, help_text=_("Only figures: 300000 is shown as 30万円.")
    )
    rate = models.CharField(
        _("rate"), max_length=80, blank=True, help_text=_("For example: up to three quarters of the costs.")
    )
    opens_on = models.DateField(
        _("opens on"), null=True, blank=True, help_text=_("Before this day the list says from when one can apply.")
    )
    closes_on = models.DateField(
        _("closes on"), null=True, blank=True, help_text=_("The day itself counts. Afterwards it moves to the archive.")
    )
    closes_time = models.TimeField(
        _("closes at"), null=True, blank=True, help_text=_("Only where the funder names an hour.")
    )
    is_always_open = models.BooleanField(
        _("open at any time"), default=False, help_text=_("Without a deadline, all year round.")
    )
    guide = models.ForeignKey(
        "center.CentreDocument",
        verbose_name=_("guide (PDF)"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    guide_url = models.URLField(_("address of the guide"), blank=True)
    contact_name = models.CharField(_("contact"), max_length=120, blank=True)
    contact_phone = models.CharField(_("contact phone"), max_length=40, blank=True)
    contact_email = models.EmailField(_("contact e-mail"), blank=True)
    is_cancelled = models.BooleanField(_("cancelled"), default=False)

    override_translatable_fields = synchronised("funder", "rate", "contact_name", "contact_phone")
    parent_page_types = ["activities.GrantIndexPage"]
    subpage_types: list[str] = []
    page_description = _("One grant: who may apply, how much, until when.")
    content_panels = [
        *Page.content_panels,
        FieldPanel("funder"),
        *SummaryMixin.summary_panels,
        InlinePanel("applicants", heading=_("Who may apply"), label=_("applicant")),
        FieldPanel("applicants_text"),
        MultiFieldPanel([FieldRowPanel([FieldPanel("amount_upper"), FieldPanel("rate")])], heading=_("Amount")),
        MultiFieldPanel(
            [
                FieldPanel("is_always_open"),
                FieldPanel("opens_on"),
                FieldRowPanel([FieldPanel("closes_on"), FieldPanel("closes_time")]),
                FieldPanel("is_cancelled"),
            ],
            heading=_("Applications"),
        ),
        MultiFieldPanel([FieldPanel("guide"), FieldPanel("guide_url")], heading=_("Guide")),
        MultiFieldPanel(
            [FieldPanel("contact_name"), FieldPanel("contact_phone"), FieldPanel("contact_email")], heading=_("Contact")
        ),
        *BodyMixin.body_panels,
        *Mailable.mail_panels,
        *measure_panels,
        FieldPanel("is_sample"),
    ]
    search_fields = [
        *Page.search_fields,
        *SummaryMixin.summary_search_fields,
        *BodyMixin.body_search_fields,
        index.SearchField("funder"),
        index.SearchField("applicants_text"),
    ]
    mail_kind = "grant"
    content_checks = (page_checks.no_deadline, page_checks.no_amount, page_checks.nobody_named, page_checks.no_guide)

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")

    def clean(self) -> None:
        super().clean()
        errors = {}
        if self.is_always_open and self.closes_on:
            errors["closes_on"] = _("A grant that is open at any time has no closing day.")
        if self.opens_on and self.closes_on and self.closes_on < self.opens_on:
            errors["closes_on"] = _("It closes before it opens.")
        if self.closes_time and not self.closes_on:
            errors["closes_on"] = _("A time needs its day.")
        if errors:
            raise ValidationError(errors)

    @property
    def kind_word(self):
        return _("grant")

    @property
    def share_day(self) -> ShareDay | None:
        """The deadline, for the picture that goes with a shared address."""
        return ShareDay(self.closes_on, is_until=True) if self.closes_on else None

    @property
    def closes_at(self) -> datetime | None:
        """The moment (aware) at which it has closed; None: no deadline."""
        return deadline_moment(self.closes_on, self.closes_time)

    @property
    def amount_words(self) -> str:
        """The upper amount as Japanese write it (万円), with the rate."""
        if self.amount_upper is None:
            return self.rate
        amount = _("up to %(amount)s") % {"amount": yen_words(self.amount_upper)}
        return f"{amount}（{self.rate}）" if self.rate else str(amount)

    @property
    def deadline_words(self) -> str:
        if self.is_always_open:
            return str(_("at any time"))
        return deadline_words(self.closes_on, self.closes_time)

    def useful_until(self) -> datetime | None:
        return self.closes_at

    def usefulness(
        self, send_at: datetime, *, first_public_at: datetime | None, previous_cutoff_at: datetime
    ) -> Usefulness:
        """Source: the monthly mail, "of use", grants and calls. Not yet open is in, as an announcement."""
        if self.is_cancelled:
            return Usefulness(False, OutReason.CANCELLED)
        if is_past_deadline(self.closes_on, self.closes_time, send_at):
            return Usefulness(False, OutReason.CLOSED)
        if self.opens_on and self.opens_on > tokyo_date(send_at):
            return Usefulness(True, InReason.ANNOUNCED)
        return Usefulness(True, InReason.OPEN)

    def key_facts(self) -> list[KeyFact]:
        facts = [
            KeyFact("state", str(_("state")), str(_("cancelled")) if self.is_cancelled else ""),
            KeyFact("deadline", str(_("deadline")), self.deadline_words),
            KeyFact("opens", str(_("opens on")), day_words(self.opens_on) if self.opens_on else ""),
            KeyFact("fee", str(_("amount")), self.amount_words),
            KeyFact(
                "contact",
                str(_("contact")),
                " ".join(
                    part for part in (self.contact_name, self.contact_phone, self.contact_email, self.guide_url) if part
                ),
            ),
        ]
        return [fact for fact in facts if fact.value]

    def mail_lines(self) -> list[str]:
        lines = [
            str(_("deadline %(day)s") % {"day": self.deadline_words})
            if not self.is_always_open
            else self.deadline_words
        ]
        if self.opens_on:
            lines.append(str(_("opens on %(day)s") % {"day": day_words(self.opens_on)}))
        lines.append("。".join(part for part in (self.amount_words, self.applicants_text) if part))
        return [line for line in lines if line]

    def get_context(self, request, *args, **kwargs) -> dict:
        return super().get_context(request, *args, **kwargs) | grant_board.grant_detail(self, request)


class GrantApplicant(Orderable):
    """One kind of applicant that may apply."""

    page = ParentalKey(GrantPage, on_delete=models.CASCADE, related_name="applicants")
    kind = models.CharField(_("kind"), max_length=16, choices=ApplicantKind.choices)

    panels = [FieldPanel("kind")]

    class Meta(Orderable.Meta):
        verbose_name = _("applicant")
        verbose_name_plural = _("applicants")

    def __str__(self) -> str:
        return str(self.get_kind_display())
