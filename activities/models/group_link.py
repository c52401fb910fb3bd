"""The link by which a registered group is recognised, and the yearly question whether its page is still right."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from center.intake.tokens import new_token


class GroupLink(models.Model):
    """One link to a group's own page, mailed to the group's address. Of the token only its SHA-256 is stored.

    `serial` is what the token is made from with the secret key; alone it opens nothing.
    """

    group = models.ForeignKey(
        "activities.GroupPage", verbose_name=_("group"), on_delete=models.CASCADE, related_name="own_links"
    )
    serial = models.CharField(max_length=22, unique=True, default=new_token, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    sent_to = models.CharField(_("sent to"), max_length=254)
    issued_at = models.DateTimeField(_("issued at"))
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("issued by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    expires_at = models.DateTimeField(_("valid until"))
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("link of a group")
        verbose_name_plural = _("links of groups")
        ordering = ["-issued_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.group_id} {self.issued_at:%Y-%m-%d}"

    def is_valid_at(self, now: datetime) -> bool:
        """Whether the link opens the group's page at that moment."""
        return self.revoked_at is None and now < self.expires_at


class GroupCheck(models.Model):
    """One yearly question to a group whether its page is still right; at most one reminder."""

    group = models.ForeignKey(
        "activities.GroupPage", verbose_name=_("group"), on_delete=models.CASCADE, related_name="checks"
    )
    sent_to = models.CharField(_("sent to"), max_length=254)
    asked_at = models.DateTimeField(_("asked at"))
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    class Meta:
        verbose_name = _("yearly question to a group")
        verbose_name_plural = _("yearly questions to groups")
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.group_id} {self.asked_at:%Y-%m-%d}"
