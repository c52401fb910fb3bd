"""What pages of every app are made of: abstract mixins, first in the bases; the page model comes last."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import PageViewRestriction
from wagtail.search import index

from center.blocks import BodyBlock
from center.check_panel import ContentChecksPanel
from center.visibility import current_gate

LIST_DEPTH = 3
"""How deep in the tree the lists stand: right below the home page."""


class OutReason(models.TextChoices):
    """Why a page is not in a monthly mail. Codes are stable; the first that applies, in this order."""

    EXCLUDED = "excluded", _("left out by staff")
    NOT_MAILABLE = "not_mailable", _("not for the mail")
    NO_JAPANESE = "no_japanese", _("no Japanese version")
    UNTAGGED = "untagged", _("no tag")
    AFTER_CUTOFF = "after_cutoff", _("public after the cutoff")
    RESTRICTED = "restricted", _("restricted")
    NOT_PUBLIC = "not_public", _("not public")
    ALREADY_MAILED = "already_mailed", _("already mailed")
    CANCELLED = "cancelled", _("cancelled or postponed")
    NO_DATE = "no_date", _("no date")
    OVER = "over", _("over")
    CLOSED = "closed", _("applications closed")
    BEFORE_LAST_ISSUE = "before_last_issue", _("before the last issue")


class InReason(models.TextChoices):
    """Why a page is in a monthly mail."""

    COMING = "coming", _("coming up")
    RUNNING = "running", _("now running")
    OPEN = "open", _("open for applications")
    ANNOUNCED = "announced", _("opens later")
    NEW = "new", _("new since the last issue")
    AGAIN = "again", _("mailed again, with a reason")
    ADDED = "added", _("taken in by staff")
    CORRECTION = "correction", _("correction")


@dataclass(frozen=True)
class KeyFact:
    """One fact that readers rely on: its stable name, the word for it, and its value in words."""

    name: str
    label: str
    value: str


@dataclass(frozen=True)
class Usefulness:
    """Whether a page is still of use at a moment, and why. `reason` is an InReason or an OutReason value."""

    is_useful: bool
    reason: str


@dataclass(frozen=True)
class ShareDay:
    """The day on the picture of a shared page; `is_until`: the last one of a time that ends.

    A page type that has one tells it by a property `share_day`.
    """

    on: date
    is_until: bool = False


class GatedMixin(models.Model):
    """Asks the one gate first, so that Wagtail need not look for restrictions where none can be."""

    class Meta:
        abstract = True

    def get_view_restrictions(self) -> models.QuerySet:
        """As Wagtail has it: the restrictions on the page and on what it hangs below; an alias has its source's."""
        restricted = current_gate().restricted
        is_list = self.depth <= LIST_DEPTH and self.alias_of_id is None
        if not restricted or (is_list and not self.path.startswith(restricted)):
            return PageViewRestriction.objects.none()
        return super().get_view_restrictions()


class SampleMixin(models.Model):
    """Marks made-up content: a page with it carries 見本 wherever it is shown."""

    is_sample = models.BooleanField(
        _("sample"), default=False, help_text=_("Made up for a demonstration; shown as 見本.")
    )

    class Meta:
        abstract = True


class SummaryMixin(models.Model):
    """One sentence that lists, the mail and search results show."""

    summary = models.CharField(
        _("summary"), max_length=200, blank=True, help_text=_("One sentence. Lists and the support mail show it.")
    )

    summary_panels = [FieldPanel("summary"), ContentChecksPanel(heading=_("Something might be better"), icon="warning")]
    summary_search_fields = [index.SearchField("summary", boost=2)]

    class Meta:
        abstract = True


class BodyMixin(models.Model):
    """The running text of a page, from the one library of blocks."""

    body = StreamField(BodyBlock(), verbose_name=_("text"), blank=True)

    body_panels = [FieldPanel("body")]
    body_search_fields = [index.SearchField("body")]

    class Meta:
        abstract = True


class Mailable(models.Model):
    """A page that the monthly mail can carry: tags, key facts, and an answer to "still of use then?"."""

    tags = ClusterTaggableManager(
        through="center.PageTag",
        blank=True,
        verbose_name=_("tags"),
        help_text=_("The sections of the support mail collect by these."),
    )

    mail_panels = [MultiFieldPanel([FieldPanel("tags")], heading=_("Support mail"))]
    mail_kind = "page"

    class Meta:
        abstract = True

    def usefulness(
        self, send_at: datetime, *, first_public_at: datetime | None, previous_cutoff_at: datetime
    ) -> Usefulness:
        """Judge the page for a mail that leaves at `send_at` (aware). Reads no clock.

        `first_public_at` is the first moment at which it was public; `previous_cutoff_at` the last issue's cutoff.
        Source: the monthly mail, "of use".
        """
        raise NotImplementedError

    def useful_until(self) -> datetime | None:
        """The last moment (aware, excluded) at which the page is of use to readers; None: no end."""
        raise NotImplementedError

    def key_facts(self) -> list[KeyFact]:
        """What readers rely on (state, dates, deadline, venue, fee, contact), in the order of display."""
        raise NotImplementedError

    def mail_lines(self) -> list[str]:
        """The lines under the title in the mail, in words, without the address."""
        return [fact.value for fact in self.key_facts()]
