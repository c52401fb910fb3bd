"""What the workers that send remember and share between them."""

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel


class Instance(models.Model):
    """Which machine this database sends from: one row. A file outside the database holds the same.

    `identity` is made once; `epoch` grows with every claim. A copy of the database restored elsewhere finds no file,
    an older one restored here finds a file that is ahead of it: both refuse to send.
    """

    identity = models.CharField(_("identity"), max_length=36)
    epoch = models.PositiveBigIntegerField(_("claims so far"), default=0)

    class Meta:
        verbose_name = _("sending machine")
        verbose_name_plural = _("sending machines")

    def __str__(self) -> str:
        return f"{self.identity} {self.epoch}"


class Pace(models.Model):
    """The moment from which the next mail may leave, shared by all workers: "all", or "issue:" and an issue's id."""

    key = models.CharField(_("of what"), max_length=40, unique=True, default="all")
    next_at = models.DateTimeField(_("next mail from"))

    class Meta:
        verbose_name = _("pace")
        verbose_name_plural = _("paces")

    def __str__(self) -> str:
        return f"{self.key} {self.next_at}"


class DomainPace(models.Model):
    """A mail domain whose provider takes mail only slowly: how many mails of issues a minute it gets at most."""

    domain = models.CharField(
        _("mail domain"),
        max_length=253,
        unique=True,
        validators=[
            RegexValidator(r"^[a-z0-9-]+(\.[a-z0-9-]+)+$", _("What stands after the @, such as docomo.ne.jp."))
        ],
        help_text=_("What stands after the @, such as docomo.ne.jp."),
    )
    per_minute = models.PositiveIntegerField(
        _("mails a minute at most"), default=60, validators=[MinValueValidator(1), MaxValueValidator(100_000)]
    )
    next_at = models.DateTimeField(_("next mail from"), null=True, blank=True, editable=False)

    panels = [FieldPanel("domain"), FieldPanel("per_minute")]

    class Meta:
        verbose_name = _("speed for a mail domain")
        verbose_name_plural = _("speeds for mail domains")
        ordering = ["domain"]

    def __str__(self) -> str:
        return self.domain

    def clean_fields(self, exclude=None) -> None:
        self.domain = self.domain.strip().lower().removeprefix("@")
        super().clean_fields(exclude=exclude)


class WorkerBeat(models.Model):
    """The last sign of life of one worker: when its loop came round last, and what stops it ("" for nothing)."""

    worker = models.CharField(_("worker"), max_length=64, unique=True)
    at = models.DateTimeField(_("last run at"), db_index=True)
    trouble = models.CharField(_("trouble"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("sign of life of a worker")
        verbose_name_plural = _("signs of life of workers")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.worker} {self.at}"


class ErrorStreak(models.Model):
    """How many mails of an issue failed one after the other for the same reason. Ten of them pause the issue."""

    issue = models.OneToOneField(
        "newsletter.Issue", on_delete=models.CASCADE, related_name="error_streak", verbose_name=_("issue")
    )
    key = models.CharField(_("reason"), max_length=200, blank=True)
    count = models.PositiveSmallIntegerField(_("count"), default=0)

    class Meta:
        verbose_name = _("streak of errors")
        verbose_name_plural = _("streaks of errors")

    def __str__(self) -> str:
        return f"{self.issue_id} {self.count}"
