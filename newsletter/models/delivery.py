"""One mail of an issue to one address, and what the relay said of it later."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from center.models.sending_row import SendingRow
from newsletter.models.subscriber import MailFormat


class Delivery(SendingRow):
    """One recipient of one issue. UNIQUE(issue, email_norm) is what makes "exactly once" hold whatever else fails."""

    issue = models.ForeignKey(
        "newsletter.Issue", on_delete=models.CASCADE, related_name="deliveries", verbose_name=_("issue")
    )
    subscriber = models.ForeignKey(
        "newsletter.Subscriber",
        null=True,
        on_delete=models.SET_NULL,
        related_name="deliveries",
        verbose_name=_("subscriber"),
    )
    email = models.CharField(_("e-mail"), max_length=254)
    email_norm = models.CharField(max_length=254)
    locale = models.CharField(_("language"), max_length=10)
    format = models.CharField(_("form of the mail"), max_length=4, choices=MailFormat.choices)
    later = models.CharField(
        _("reported later"), max_length=10, blank=True, help_text=_("delivered, bounced or complained")
    )

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["issue", "email_norm"], name="one_delivery_an_address_and_issue")
        ]
        indexes = [models.Index(fields=["issue", "state", "next_try_at"], name="delivery_issue_state")]

    def __str__(self) -> str:
        return f"{self.issue_id} → {self.email}"


class DeliveryEvent(models.Model):
    """One report about a delivery that came afterwards (bounce, complaint, delivered, leave). Each counts once."""

    dedupe_key = models.CharField(max_length=200, unique=True)
    delivery = models.ForeignKey(
        Delivery, null=True, on_delete=models.SET_NULL, related_name="events", verbose_name=_("delivery")
    )
    type = models.CharField(_("type"), max_length=20)
    at = models.DateTimeField(_("at"))
    data = models.JSONField(_("data"), default=dict, blank=True)

    class Meta:
        verbose_name = _("report on a delivery")
        verbose_name_plural = _("reports on deliveries")
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.type} {self.at}"
