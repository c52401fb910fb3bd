"""The times at which events happen."""

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.models import Orderable

from center.japanese.dates import period_words
from center.opening import TOKYO, day_end


class EventSession(Orderable):
    """One time at which an event happens. Both ends are moments; an all-day session counts whole days."""

    page = ParentalKey("activities.EventPage", on_delete=models.CASCADE, related_name="sessions")
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(
        _("ends at"), null=True, blank=True, help_text=_("Empty: the end is not known. All day: the last day counts.")
    )
    is_all_day = models.BooleanField(
        _("all day"), default=False, help_text=_("Days count, hours do not: an exhibition, a week.")
    )
    title = models.CharField(
        _("theme"), max_length=120, blank=True, help_text=_("What this time of a course is about.")
    )
    note = models.CharField(
        _("note"),
        max_length=200,
        blank=True,
        help_text=_("What is different this time: another room, what to bring."),
    )
    previous_starts_at = models.DateTimeField(
        _("started before at"),
        null=True,
        blank=True,
        help_text=_("Only where this time was moved: when it should have begun. The page says so."),
    )
    until_at = models.DateTimeField(_("over at"), editable=False, db_index=True)

    panels = [
        FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at"), FieldPanel("is_all_day")]),
        FieldRowPanel([FieldPanel("title"), FieldPanel("note")]),
        FieldPanel("previous_starts_at"),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        indexes = [models.Index(fields=["starts_at", "until_at"], name="session_starts_until")]

    def __str__(self) -> str:
        return self.when_words

    def clean(self) -> None:
        super().clean()
        if self.starts_at and self.ends_at and self.ends_at < self.starts_at:
            raise ValidationError({"ends_at": _("The end lies before the start.")})
        if self.starts_at and self.ends_at and self.ends_at - self.starts_at > timedelta(days=400):
            raise ValidationError({"ends_at": _("A session lasts at most 400 days.")})

    def compute_until(self) -> datetime:
        """The moment (excluded) at which it is over: its end; without one, or all day, 24:00 of the day in Tokyo."""
        if self.ends_at and not self.is_all_day:
            return self.ends_at
        return day_end((self.ends_at or self.starts_at).astimezone(TOKYO).date())

    def save(self, *args, **kwargs) -> None:
        self.until_at = self.compute_until()
        super().save(*args, **kwargs)

    @property
    def starts_on(self):
        return self.starts_at.astimezone(TOKYO).date()

    @property
    def when_words(self) -> str:
        return period_words(self.starts_at, self.ends_at, self.is_all_day)

    @property
    def previous_words(self) -> str:
        """When it should have begun before it was moved; '' where it was not."""
        if self.previous_starts_at is None:
            return ""
        return period_words(self.previous_starts_at, all_day=self.is_all_day)

    def words_seen_on(self, day: date) -> str:
        """From when to when, with the year where it is another than that of `day`."""
        return period_words(self.starts_at, self.ends_at, self.is_all_day, seen_on=day)
