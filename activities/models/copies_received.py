"""Paper copies that a group brought for the information stands."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class CopiesReceived(models.Model):
    """One pile of copies: how many came on which day, with which notice."""

    notice = models.ForeignKey(
        "activities.Notice", verbose_name=_("notice"), on_delete=models.CASCADE, related_name="copies_received"
    )
    received_on = models.DateField(_("received on"))
    count = models.PositiveIntegerField(_("copies"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(_("written down at"))

    class Meta:
        verbose_name = _("copies received")
        verbose_name_plural = _("copies received")
        ordering = ["received_on", "pk"]

    def __str__(self) -> str:
        return f"{self.received_on} {self.count}"
