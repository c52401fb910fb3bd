"""What became of a notice in one medium: what staff decided against the wish, and that it was told there."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from activities.media import Medium


class NoticeMedium(models.Model):
    """One notice and one medium; no row means that nothing was decided or marked by hand.

    What is wanted stands in `notice.media` alone. `was_wished` keeps what stood there before staff decided otherwise,
    so that it can be taken back. Facebook's address and moment stand in the notice as well, which counts.
    """

    notice = models.ForeignKey(
        "activities.Notice", verbose_name=_("notice"), on_delete=models.CASCADE, related_name="medium_marks"
    )
    medium = models.CharField(_("medium"), max_length=8, choices=Medium.choices)

    # told there
    done_at = models.DateTimeField(_("told at"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("marked by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    place = models.CharField(
        _("where exactly"), max_length=120, blank=True, help_text=_("The issue and page, the stand, the kind of post.")
    )
    url = models.URLField(_("address"), max_length=500, blank=True)

    # decided against the wish
    was_wished = models.BooleanField(_("wished before"), null=True, blank=True)
    is_in = models.BooleanField(_("staff take it in"), null=True, blank=True)
    reason = models.CharField(_("reason of the staff"), max_length=300, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    # the magazine: chosen by its editors, not yet printed
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("accepted by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        verbose_name = _("medium of a notice")
        verbose_name_plural = _("media of a notice")
        constraints = [models.UniqueConstraint(fields=["notice", "medium"], name="one_row_a_notice_and_medium")]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.medium}"

    @property
    def is_overruled(self) -> bool:
        """Did staff decide about it themselves?"""
        return self.is_in is not None
