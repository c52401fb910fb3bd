"""The mail's policy as rows: when it is drafted, cut off and sent."""

from datetime import time

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel


class MailPolicy(models.Model):
    """How the monthly mail runs from `valid_from_at` on. A row in force is never edited; a new one follows it."""

    valid_from_at = models.DateTimeField(_("valid from"), unique=True)
    draft_day = models.PositiveSmallIntegerField(
        _("drafted on day (of the month before)"), default=10, validators=[MinValueValidator(1), MaxValueValidator(28)]
    )
    send_weekday = models.PositiveSmallIntegerField(
        _("sent on weekday"),
        default=1,
        validators=[MaxValueValidator(6)],
        help_text=_("0 is Monday. The first one of the month; a closed day moves to the next open day."),
    )
    send_time = models.TimeField(_("sent at"), default=time(10, 0))
    cutoff_open_days = models.PositiveSmallIntegerField(
        _("cutoff: open days before the send day"), default=3, validators=[MinValueValidator(1), MaxValueValidator(15)]
    )
    cutoff_time = models.TimeField(_("cutoff at"), default=time(17, 15))
    alarm_day = models.PositiveSmallIntegerField(
        _("alarm without an issue on day"), default=25, validators=[MinValueValidator(1), MaxValueValidator(28)]
    )
    second_person = models.BooleanField(_("whoever edited last may not approve"), default=True)
    per_minute = models.PositiveIntegerField(
        _("mails a minute at most"), default=600, validators=[MinValueValidator(1)]
    )
    issue_per_minute = models.PositiveIntegerField(
        _("mails of one issue a minute at most"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Leaves room for receipts and confirmations beside an issue. Empty: as many as all."),
    )
    quiet_from = models.TimeField(
        _("no issue leaves from"),
        null=True,
        blank=True,
        help_text=_("Phones ring at night too. An issue waits and goes on by itself; single mails leave at all times."),
    )
    quiet_until = models.TimeField(_("no issue leaves until"), null=True, blank=True)
    keep_addresses_months = models.PositiveSmallIntegerField(
        _("months for which addresses of mails sent are kept"),
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
        help_text=_("After that only a code is left, from which the address cannot be read."),
    )

    panels = [
        FieldPanel("valid_from_at"),
        FieldPanel("draft_day"),
        FieldRowPanel([FieldPanel("send_weekday"), FieldPanel("send_time")]),
        FieldRowPanel([FieldPanel("cutoff_open_days"), FieldPanel("cutoff_time")]),
        FieldPanel("alarm_day"),
        FieldPanel("second_person"),
        FieldRowPanel([FieldPanel("per_minute"), FieldPanel("issue_per_minute")]),
        FieldRowPanel([FieldPanel("quiet_from"), FieldPanel("quiet_until")]),
        FieldPanel("keep_addresses_months"),
    ]

    class Meta:
        verbose_name = _("rule of the mail")
        verbose_name_plural = _("rules of the mail")
        ordering = ["-valid_from_at"]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.valid_from_at):%Y-%m-%d}"

    def clean(self) -> None:
        known = MailPolicy.objects.filter(pk=self.pk).first() if self.pk else None
        if known and known.valid_from_at <= timezone.now():
            raise ValidationError(_("This rule is in force already. Write a new one that follows it."))
        if (self.quiet_from is None) != (self.quiet_until is None):
            missing = "quiet_until" if self.quiet_until is None else "quiet_from"
            raise ValidationError({missing: _("Quiet hours need both times.")})
        if self.quiet_from is not None and self.quiet_from == self.quiet_until:
            raise ValidationError({"quiet_until": _("Quiet hours cannot last all day.")})


class Section(models.Model):
    """One section of the mail and the tags it collects. A page goes to the first section in staff's order."""

    class Paper(models.TextChoices):
        MOMO = "momo", _("peach")
        SORA = "sora", _("sky")
        WAKAKUSA = "wakakusa", _("young grass")
        LEMON = "lemon", _("lemon")
        FUJI = "fuji", _("wisteria")
        CENTRE = "centre", _("centre's green")
        SHIRO = "shiro", _("white")

    name = models.CharField(_("name"), max_length=40, unique=True)
    name_en = models.CharField(
        _("name in English"),
        max_length=60,
        blank=True,
        help_text=_(
            "Stands in the English mail. Left empty, the words that the site knows, or else the Japanese name."
        ),
    )
    name_easy = models.CharField(
        _("name in easy Japanese"),
        max_length=60,
        blank=True,
        help_text=_("Stands in the mail in easy Japanese, with its reading in brackets. May be left empty."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    paper = models.CharField(_("paper colour"), max_length=8, choices=Paper.choices, default=Paper.SHIRO)
    is_usual = models.BooleanField(_("expected in every issue"), default=True, help_text=_("An empty one warns."))
    tags = models.ManyToManyField(
        "taggit.Tag", verbose_name=_("tags it collects"), blank=True, related_name="mail_sections"
    )

    panels = [
        FieldPanel("name"),
        FieldRowPanel([FieldPanel("name_en"), FieldPanel("name_easy")]),
        FieldRowPanel([FieldPanel("order"), FieldPanel("paper")]),
        FieldPanel("is_usual"),
        FieldPanel("tags"),
    ]

    class Meta:
        verbose_name = _("section of the mail")
        verbose_name_plural = _("sections of the mail")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name
