"""号: one monthly mail (定期号) or an extra one (臨時号), its items, and what staff decided about it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class IssueKind(models.TextChoices):
    REGULAR = "regular", _("monthly issue")
    EXTRA = "extra", _("extra issue")


class IssueState(models.TextChoices):
    """Where an issue stands."""

    DRAFT = "draft", _("draft")
    FROZEN = "frozen", _("closed for items")
    APPROVED = "approved", _("approved")
    SCHEDULED = "scheduled", _("scheduled")
    HELD = "held", _("held")
    SENDING = "sending", _("being sent")
    PAUSED = "paused", _("paused")
    SENT = "sent", _("sent")
    SENT_WITH_EXCEPTIONS = "sent_exceptions", _("sent, with exceptions")
    CANCELLED = "cancelled", _("cancelled")


DONE_STATES = (IssueState.SENT, IssueState.SENT_WITH_EXCEPTIONS)
CARRIES_STATES = (
    IssueState.FROZEN,
    IssueState.APPROVED,
    IssueState.SCHEDULED,
    IssueState.HELD,
    IssueState.SENDING,
    IssueState.PAUSED,
    *DONE_STATES,
)
"""Frozen or later and not cancelled: what is in such an issue counts as mailed."""


class Issue(models.Model):
    """One issue. Moments are aware; `not_after` is 24:00 of the send day in Tokyo."""

    year = models.PositiveSmallIntegerField(_("year"))
    month = models.PositiveSmallIntegerField(_("month"))
    kind = models.CharField(_("kind"), max_length=8, choices=IssueKind.choices, default=IssueKind.REGULAR)
    number = models.PositiveIntegerField(_("number"), unique=True)
    state = models.CharField(_("state"), max_length=16, choices=IssueState.choices, default=IssueState.DRAFT)
    slug = models.SlugField(_("address part"), max_length=20, unique=True)
    subject = models.CharField(_("subject"), max_length=120)
    preheader = models.CharField(_("preheader"), max_length=120, blank=True)
    opening = models.TextField(_("opening words"), blank=True)
    cutoff_at = models.DateTimeField(_("cutoff"))
    send_at = models.DateTimeField(_("sent at"))
    not_after = models.DateTimeField(_("not after"))
    topic = models.ForeignKey(
        "newsletter.Topic", verbose_name=_("kind of mail"), null=True, on_delete=models.PROTECT, related_name="issues"
    )

    created_at = models.DateTimeField(_("drafted at"))
    content_changed_at = models.DateTimeField(_("last edited at"), null=True, blank=True)
    content_changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("last edited by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    frozen_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("closed by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    content_hash = models.CharField(_("hash of the content"), max_length=64, blank=True)
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("approved by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    holds = models.JSONField(_("why it is held"), default=list, blank=True)
    materialised_at = models.DateTimeField(_("recipients written at"), null=True, blank=True)
    recipient_count = models.PositiveIntegerField(_("recipients"), default=0)
    sending_started_at = models.DateTimeField(_("sending started at"), null=True, blank=True)
    sent_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    pause_reason = models.CharField(_("why it is paused"), max_length=300, blank=True)
    is_sample = models.BooleanField(_("sample"), default=False)

    class Meta:
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        ordering = ["-send_at"]
        permissions = [("approve_issue", "Can approve and send an issue")]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "month"],
                condition=models.Q(kind="regular") & ~models.Q(state="cancelled"),
                name="one_monthly_issue_a_month",
            )
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def is_carrying(self) -> bool:
        """Frozen or later, and not cancelled."""
        return self.state in CARRIES_STATES


class IssueItem(models.Model):
    """記事: one page in one section of a frozen issue, as it was when it was frozen. Written by the freeze alone."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="items")
    page = models.ForeignKey(
        "wagtailcore.Page", verbose_name=_("page"), null=True, on_delete=models.SET_NULL, related_name="mail_items"
    )
    page_ref = models.PositiveIntegerField(_("page number"), null=True, help_text=_("Kept after the page is deleted."))
    section_name = models.CharField(_("section"), max_length=40)
    section_order = models.PositiveSmallIntegerField(default=0)
    paper = models.CharField(max_length=8, default="shiro")
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    reason = models.CharField(_("reason"), max_length=20)
    note = models.CharField(_("note"), max_length=300, blank=True)
    is_correction = models.BooleanField(_("correction"), default=False)
    revision_id = models.PositiveIntegerField(_("revision"), null=True)
    title = models.CharField(_("title"), max_length=255)
    url = models.URLField(_("address"), max_length=500, blank=True)
    kind_word = models.CharField(_("kind"), max_length=60, blank=True)
    summary = models.CharField(_("summary"), max_length=300, blank=True)
    lines = models.JSONField(_("lines"), default=list)
    key_facts = models.JSONField(_("key facts"), default=list, help_text=_("[[name, label, value], …]"))
    translations = models.JSONField(
        _("other languages"),
        default=dict,
        blank=True,
        help_text=_("{language: {title, url, kind_word, lines, is_translated}}"),
    )
    leaf_on = models.DateField(_("day on the leaf"), null=True, blank=True)
    until_at = models.DateTimeField(_("of use until"), null=True, blank=True)
    is_reminder = models.BooleanField(
        _("reminder"),
        default=False,
        help_text=_("One line about an event that an earlier issue told of; not counted as an item."),
    )
    is_sample = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        ordering = ["section_order", "order", "pk"]
        constraints = [models.UniqueConstraint(fields=["issue", "page_ref"], name="one_item_a_page_and_issue")]

    def __str__(self) -> str:
        return self.title


class PageChoice(models.Model):
    """What staff decided about one page in one issue. Survives every new assembly."""

    class Action(models.TextChoices):
        EXCLUDE = "exclude", _("leave out")
        INCLUDE = "include", _("take in")
        AGAIN = "again", _("mail again")
        PIN = "pin", _("pin to the top of its section")
        PLACE = "place", _("placed by hand")
        SHORTEN = "shorten", _("own words for this issue")

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="choices")
    page = models.ForeignKey(
        "wagtailcore.Page", on_delete=models.CASCADE, related_name="mail_choices", verbose_name=_("page")
    )
    action = models.CharField(_("decision"), max_length=8, choices=Action.choices)
    section = models.ForeignKey(
        "newsletter.Section",
        verbose_name=_("section"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    order = models.SmallIntegerField(_("order"), null=True, blank=True)
    short_text = models.CharField(_("shortened text"), max_length=300, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("decision about a page")
        verbose_name_plural = _("decisions about pages")
        constraints = [
            models.UniqueConstraint(fields=["issue", "page", "action"], name="one_decision_a_page_and_issue")
        ]

    def __str__(self) -> str:
        return f"{self.issue_id} {self.page_id} {self.action}"


class CarryOver(models.Model):
    """An entitled notice that staff carry over to a later issue, with a written reason. Holds for this issue only."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="carry_overs")
    notice = models.ForeignKey(
        "activities.Notice", on_delete=models.CASCADE, related_name="carry_overs", verbose_name=_("notice")
    )
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("carry-over")
        verbose_name_plural = _("carry-overs")
        constraints = [models.UniqueConstraint(fields=["issue", "notice"], name="one_carry_over_a_notice_and_issue")]

    def __str__(self) -> str:
        return f"{self.issue_id} {self.notice_id}"


class StaffLine(models.Model):
    """A correction that staff write by hand, without a link: for a page that was taken down after it was mailed."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="staff_lines")
    title = models.CharField(_("title"), max_length=120)
    text = models.CharField(_("text"), max_length=300)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("line by hand")
        verbose_name_plural = _("lines by hand")
        ordering = ["at"]

    def __str__(self) -> str:
        return self.title


class Rendering(models.Model):
    """What exactly was approved: one per issue and language, without any personal link (slots stand in their place)."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="renderings")
    locale = models.CharField(_("language"), max_length=10)
    subject = models.CharField(_("subject"), max_length=200)
    html = models.TextField(_("HTML"))
    text = models.TextField(_("text"))
    web_html = models.TextField(_("back number"), blank=True)
    sha256 = models.CharField(_("hash"), max_length=64)
    rendered_at = models.DateTimeField(_("rendered at"))

    class Meta:
        verbose_name = _("rendering")
        verbose_name_plural = _("renderings")
        constraints = [models.UniqueConstraint(fields=["issue", "locale"], name="one_rendering_a_language")]

    def __str__(self) -> str:
        return f"{self.issue_id} {self.locale}"


class BackNumberNote(models.Model):
    """A dated note on a back number: what turned out differently after it was mailed."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="notes")
    item = models.ForeignKey(
        IssueItem, null=True, blank=True, on_delete=models.CASCADE, related_name="notes", verbose_name=_("item")
    )
    at = models.DateTimeField(_("at"))
    text = models.CharField(_("text"), max_length=500)

    class Meta:
        verbose_name = _("note on a back number")
        verbose_name_plural = _("notes on back numbers")
        ordering = ["at"]

    def __str__(self) -> str:
        return self.text

    @property
    def lines(self) -> list[str]:
        """The changed facts, one each."""
        return self.text.split(" ／ ")
