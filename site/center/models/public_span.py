"""When a page could be read by everybody: the record that the three-day promise is measured with."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PublicSpan(models.Model):
    """One unbroken time during which one page was public: `since` included, `until` excluded, null while it lasts.

    Written only by `center.visibility.record_public_spans`. The page's number is kept after the page is deleted, so
    that what was public stays proven.
    """

    page = models.ForeignKey(
        "wagtailcore.Page",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="public_spans",
        verbose_name=_("page"),
    )
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("public span")
        verbose_name_plural = _("public spans")
        ordering = ["since"]
        indexes = [models.Index(fields=["page", "since"], name="public_span_page_since")]
        constraints = [
            models.UniqueConstraint(
                fields=["page"], condition=models.Q(until__isnull=True), name="one_open_span_a_page"
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="span_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.page_id}: {self.since} – {self.until or ''}"
