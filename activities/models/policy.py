"""The rule's policy as rows: what the centre promises, from which moment on."""

from datetime import time

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from activities.deadlines import ClosedDue, DeadlinePolicy, PolicyError, Unit


class NoticePolicy(models.Model):
    """The three-day rule as it holds from `valid_from_at` on. A row in force is never edited; a new one follows it."""

    valid_from_at = models.DateTimeField(_("valid from"), unique=True)
    days = models.PositiveSmallIntegerField(
        _("days"), default=3, validators=[MinValueValidator(1), MaxValueValidator(30)]
    )
    unit = models.CharField(_("counted in"), max_length=8, choices=Unit.choices, default=Unit.CALENDAR)
    closed_due = models.CharField(
        _("a due day on a closed day"), max_length=16, choices=ClosedDue.choices, default=ClosedDue.KEEP
    )
    cutoff = models.TimeField(_("counts as the next open day after"), default=time(17, 15))
    remind_returned_after_days = models.PositiveSmallIntegerField(
        _("remind of a returned notice after (days)"), default=7
    )
    withdraw_returned_after_days = models.PositiveSmallIntegerField(
        _("staff may withdraw a returned notice after (days)"), default=30
    )
    trusted_rule = models.BooleanField(_("trusted groups are published by the clock"), default=False)
    criteria = models.TextField(_("posting criteria"), blank=True, help_text=_("One a line; the form shows them."))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("written by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
    )

    panels = [
        FieldPanel("valid_from_at"),
        FieldRowPanel([FieldPanel("days"), FieldPanel("unit")]),
        FieldRowPanel([FieldPanel("closed_due"), FieldPanel("cutoff")]),
        FieldRowPanel([FieldPanel("remind_returned_after_days"), FieldPanel("withdraw_returned_after_days")]),
        FieldPanel("trusted_rule"),
        FieldPanel("criteria"),
    ]

    class Meta:
        verbose_name = _("rule of publication")
        verbose_name_plural = _("rules of publication")
        ordering = ["-valid_from_at"]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.valid_from_at):%Y-%m-%d}: {self.days} {self.get_unit_display()}"

    def clean(self) -> None:
        known = NoticePolicy.objects.filter(pk=self.pk).first() if self.pk else None
        if known and known.valid_from_at <= timezone.now():
            raise ValidationError(_("This rule is in force already. Write a new one that follows it."))
        try:
            self.as_deadline_policy()
        except PolicyError as error:
            raise ValidationError({error.field: error.message}) from error

    def as_deadline_policy(self) -> DeadlinePolicy:
        """The values that the pure rule takes, and that each notice keeps."""
        return DeadlinePolicy(days=self.days, unit=self.unit, closed_due=self.closed_due, cutoff=self.cutoff)
