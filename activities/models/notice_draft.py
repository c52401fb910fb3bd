"""A notice that somebody is still writing: the form as it stands, kept on the server for a while."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _


class NoticeDraft(models.Model):
    """One form that is being filled in. Private; whoever has its link can go on with it.

    `typed` holds the raw values of the form by name, unjudged, as a browser sends them. `version` is 0 until the form
    itself was saved once. `replaced` is what another screen had written when a save that did not know of it came.
    Its files are in the folder of that name (see notices/upload_drafts.py) and end with it.
    """

    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    submission_key = models.CharField(max_length=64, unique=True, editable=False)
    folder = models.CharField(max_length=32, unique=True, editable=False)
    typed = models.JSONField(_("what was typed"), default=dict, blank=True)
    replaced = models.JSONField(_("what another screen wrote"), default=dict, blank=True)
    version = models.PositiveIntegerField(_("version"), default=0)
    group = models.ForeignKey(
        "activities.GroupPage",
        verbose_name=_("group"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    source = models.CharField(_("made from"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=10, default="ja")
    started_at = models.DateTimeField(_("started at"))
    saved_at = models.DateTimeField(_("saved at"))
    expires_at = models.DateTimeField(_("valid until"), db_index=True)
    notice = models.ForeignKey(
        "activities.Notice",
        verbose_name=_("notice"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="drafts",
    )

    class Meta:
        verbose_name = _("draft of a notice")
        verbose_name_plural = _("drafts of notices")
        ordering = ["-saved_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.pk} {self.saved_at:%Y-%m-%d}"

    def is_valid_at(self, now: datetime) -> bool:
        """Whether its link still opens it at that moment."""
        return now < self.expires_at
