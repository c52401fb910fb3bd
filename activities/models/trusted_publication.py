"""What the rule of trusted groups did with a notice."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class TrustedPublication(models.Model):
    """One notice that the clock published for a trusted group, or tried to.

    `tried_at` is the claim of whoever is at it: nobody else begins until it is old. `failure` stays until it works.
    """

    notice = models.OneToOneField(
        "activities.Notice", on_delete=models.CASCADE, related_name="trusted_publication", verbose_name=_("notice")
    )
    tried_at = models.DateTimeField(_("tried at"))
    published_at = models.DateTimeField(_("published by itself at"), null=True, blank=True)
    failure = models.CharField(_("why it did not work"), max_length=200, blank=True)
    seen_at = models.DateTimeField(_("seen at"), null=True, blank=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("seen by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        verbose_name = _("publication by the rule of trusted groups")
        verbose_name_plural = _("publications by the rule of trusted groups")
        ordering = ["-tried_at"]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.published_at or self.failure}"

    @property
    def is_unseen(self) -> bool:
        """Was it published, and has nobody of the staff looked at it yet?"""
        return self.published_at is not None and self.seen_at is None
