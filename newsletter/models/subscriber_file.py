"""Files of subscribers that came in or went out."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SubscriberFile(models.Model):
    """One file: who brought or took it, when, how many. What is in it is kept only while an import waits."""

    class Kind(models.TextChoices):
        IMPORT = "import", _("taken in")
        EXPORT = "export", _("taken out")

    kind = models.CharField(_("direction"), max_length=6, choices=Kind.choices)
    name = models.CharField(_("name of the file"), max_length=120, blank=True)
    content = models.BinaryField(null=True, editable=False)
    content_hash = models.CharField(_("fingerprint (SHA-256)"), max_length=64, blank=True)
    options = models.JSONField(default=dict, blank=True)
    counts = models.JSONField(_("how many"), default=dict, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    at = models.DateTimeField(_("at"))
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)

    class Meta:
        verbose_name = _("file of subscribers")
        verbose_name_plural = _("files of subscribers")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d}"
