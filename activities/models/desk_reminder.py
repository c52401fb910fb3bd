"""What staff were reminded of, so that nobody is told the same thing twice; and who wants to be reminded."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ReminderKind(models.TextChoices):
    """Why staff are written to. In the order in which a mail tells it: what to do first comes first."""

    OVERDUE = "overdue", pgettext_lazy("reminder", "past its due day")
    DUE_TODAY = "today", pgettext_lazy("reminder", "due today")
    BEFORE_CLOSED = "closed", pgettext_lazy("reminder", "due while we are closed")
    TRUSTED_FAILED = "failed", pgettext_lazy("reminder", "could not be published by itself")
    ANSWERED = "answered", pgettext_lazy("reminder", "the group answered")
    MESSAGE = "message", pgettext_lazy("reminder", "the group waits for words")
    DUE_NEXT = "next", pgettext_lazy("reminder", "due on the next open day")
    TRUSTED = "trusted", pgettext_lazy("reminder", "published by itself")


class DeskReminder(models.Model):
    """One thing about one notice that one person was told; written in the transaction that queues the mail.

    `about` names the occasion (a due day, an entry of the history, a day of telling), so that the next one is told
    anew. Without `user` it went to the mailbox of the staff.
    """

    notice = models.ForeignKey("activities.Notice", on_delete=models.CASCADE, related_name="reminders")
    kind = models.CharField(_("kind"), max_length=8, choices=ReminderKind.choices)
    about = models.CharField(_("occasion"), max_length=40)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="desk_reminders"
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("reminder of the desk")
        verbose_name_plural = _("reminders of the desk")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "kind", "about", "user"],
                condition=models.Q(user__isnull=False),
                name="one_reminder_a_person",
            ),
            models.UniqueConstraint(
                fields=["notice", "kind", "about"], condition=models.Q(user__isnull=True), name="one_reminder_a_mailbox"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.kind} {self.about}"


class DeskMailChoice(models.Model):
    """Whether one member of staff wants the reminders; who has no row here wants them."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="desk_mail_choice")
    wants_reminders = models.BooleanField(
        _("Send me the reminders of the notice desk"),
        default=True,
        help_text=_("Due days, answers and messages of groups; on open days from 9:00, one mail at a time."),
    )

    class Meta:
        verbose_name = _("wish about reminders")
        verbose_name_plural = _("wishes about reminders")

    def __str__(self) -> str:
        return f"{self.user}"
