"""The states of a mail to one person, shared by single mails and by an issue's deliveries."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SendingState(models.TextChoices):
    """Where one mail stands. `claimed` may be taken back by a machine, `sending` never is."""

    PENDING = "pending", _("waiting")
    CLAIMED = "claimed", _("taken by a worker")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    DEFERRED = "deferred", _("to be tried again")
    REFUSED = "refused", _("refused")
    AMBIGUOUS = "ambiguous", _("uncertain")
    SUPPRESSED = "suppressed", _("suppressed")
    CANCELLED = "cancelled", _("called off")


FINAL_STATES = frozenset(
    {SendingState.SENT, SendingState.REFUSED, SendingState.AMBIGUOUS, SendingState.SUPPRESSED, SendingState.CANCELLED}
)


class SendingRow(models.Model):
    """One message to one address, written before anything is sent.

    `intent_at` is committed before the relay hears of the message, `result_at` after it answered. A row whose lease
    ended while `sending` becomes `ambiguous`; only a person or the relay's own report moves it on.
    """

    state = models.CharField(_("state"), max_length=10, choices=SendingState.choices, default=SendingState.PENDING)
    worker = models.CharField(_("worker"), max_length=64, blank=True)
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_try_at = models.DateTimeField(_("next try at"), null=True, blank=True)
    intent_at = models.DateTimeField(_("handed over at"), null=True, blank=True)
    result_at = models.DateTimeField(_("result at"), null=True, blank=True)
    message_id = models.CharField(_("Message-ID"), max_length=200, blank=True)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        abstract = True
