"""Limits that must hold across processes and restarts."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LimitHit(models.Model):
    """How often something happened to one key in one window, for example confirmation mails to one address a day."""

    key = models.CharField(_("key"), max_length=120)
    window_on = models.DateField(_("day"))
    count = models.PositiveIntegerField(_("count"), default=0)

    class Meta:
        verbose_name = _("limit")
        verbose_name_plural = _("limits")
        constraints = [models.UniqueConstraint(fields=["key", "window_on"], name="one_limit_row_a_day")]

    def __str__(self) -> str:
        return f"{self.key} {self.window_on}: {self.count}"
