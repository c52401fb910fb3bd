"""Single mails: receipts, confirmations, reminders."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from center.models.sending_row import SendingRow


class OutgoingMail(SendingRow):
    """One mail to one person, queued in the transaction of whoever caused it. Written by `center.outbox.enqueue`."""

    kind = models.CharField(_("kind"), max_length=40, db_index=True)
    to = models.CharField(_("to"), max_length=320)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"), blank=True)
    html = models.TextField(_("HTML"), blank=True)
    headers = models.JSONField(_("headers"), default=dict, blank=True)
    holds_token = models.BooleanField(_("holds a personal link"), default=False)
    dedupe_key = models.CharField(_("key against doubles"), max_length=120, null=True, blank=True, unique=True)
    created_at = models.DateTimeField(_("queued at"))

    class Meta:
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mails")
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["state", "next_try_at"], name="outgoing_state_next_try")]

    def __str__(self) -> str:
        return f"{self.kind} → {self.to}"
