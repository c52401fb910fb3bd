"""Days on which the centre differs from its usual week."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SpecialDay(models.Model):
    """One day that is closed though it usually is open (臨時休館日), or open though it usually is closed.

    The usual closed days (weekends, national holidays, 12/29 to 1/3) are not rows: `center.opening` knows them.
    """

    class Kind(models.TextChoices):
        CLOSED = "closed", _("closed day")
        OPEN = "open", _("open day")

    on = models.DateField(_("day"), unique=True)
    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices, default=Kind.CLOSED)
    name = models.CharField(_("reason"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("special day")
        verbose_name_plural = _("special days")
        ordering = ["on"]

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d} {self.get_kind_display()} {self.name}".strip()


class ConfirmedYear(models.Model):
    """Staff have looked at the closed days of this calendar year and found them right."""

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("confirmed by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    confirmed_at = models.DateTimeField(_("confirmed at"))

    class Meta:
        verbose_name = _("confirmed year")
        verbose_name_plural = _("confirmed years")
        ordering = ["year"]

    def __str__(self) -> str:
        return str(self.year)
