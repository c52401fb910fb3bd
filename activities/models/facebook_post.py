"""One post for the centre's Facebook page that the machine sends, where a token is set."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class FacebookState(models.TextChoices):
    """Where a post stands. `uncertain`: Facebook may have it or not; only people decide what follows."""

    WAITING = "waiting", _("waits to be posted")
    POSTING = "posting", _("being posted")
    POSTED = "posted", _("posted on Facebook")
    REFUSED = "refused", _("refused by Facebook")
    UNCERTAIN = "uncertain", _("not certain whether it was posted")
    GIVEN_UP = "given_up", _("given up after many attempts")
    CANCELLED = "cancelled", _("taken back")


class FacebookPost(models.Model):
    """One post of one notice. Sent by the tick alone; `claimed_at` is when a tick took it in hand."""

    notice = models.ForeignKey(
        "activities.Notice", verbose_name=_("notice"), on_delete=models.CASCADE, related_name="facebook_posts"
    )
    page = models.ForeignKey(
        "wagtailcore.Page", verbose_name=_("page"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    text = models.TextField(_("text"))
    state = models.CharField(
        _("state"), max_length=10, choices=FacebookState.choices, default=FacebookState.WAITING, db_index=True
    )
    queued_at = models.DateTimeField(_("asked to be posted at"))
    queued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("queued by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    attempts = models.PositiveSmallIntegerField(_("attempts to post"), default=0)
    next_try_at = models.DateTimeField(_("next attempt at"), null=True, blank=True)
    claimed_at = models.DateTimeField(_("taken in hand at"), null=True, blank=True)
    error_code = models.CharField(_("what went wrong"), max_length=20, blank=True)
    error_text = models.CharField(_("words of Facebook"), max_length=300, blank=True)
    post_id = models.CharField(_("number of the post"), max_length=80, blank=True)
    url = models.URLField(_("address of the post"), max_length=500, blank=True)
    posted_at = models.DateTimeField(_("posted at"), null=True, blank=True)

    class Meta:
        verbose_name = _("post for Facebook")
        verbose_name_plural = _("posts for Facebook")
        ordering = ["-queued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["notice"],
                condition=models.Q(state__in=["waiting", "posting", "uncertain"]),
                name="one_open_facebook_post_a_notice",
            )
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.state}"
