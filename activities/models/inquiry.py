"""What somebody asks the centre in private: the base of contacts about posts and of consultations. Never a page."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from activities.models.notice import Channel
from center.opening import TOKYO
from center.pages import SampleMixin


class Inquiry(SampleMixin, models.Model):
    """One question or request of a person, seen by staff alone.

    `number` is told to the person: a letter for the kind of inquiry, the year and a counter. `consented_at` is the
    moment at which the form's words about personal data were agreed to; empty where staff typed it in.
    """

    LETTER = ""
    OPEN_STATES: tuple[str, ...] = ()

    number = models.CharField(_("number"), max_length=12, unique=True, editable=False)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices, default=Channel.FORM)
    received_at = models.DateTimeField(_("received at"), db_index=True)
    language = models.CharField(_("language"), max_length=12, default="ja")
    contact_name = models.CharField(_("name"), max_length=80, blank=True)
    group_name = models.CharField(_("group"), max_length=120, blank=True)
    contact_email = models.CharField(_("e-mail"), max_length=254, blank=True)
    contact_phone = models.CharField(_("phone"), max_length=20, blank=True)
    text = models.TextField(_("text"), blank=True)
    consented_at = models.DateTimeField(_("agreed at"), null=True, blank=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("in charge"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    staff_note = models.TextField(_("note of the staff"), blank=True)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    submission_key = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)

    class Meta:
        abstract = True
        ordering = ["-received_at", "-pk"]

    def __str__(self) -> str:
        # the number alone: the editor's log keeps this, also after the row is erased
        return self.number

    @property
    def received_words(self) -> str:
        """When it came, for a list or a cell: year, month, day, hour, in Tokyo."""
        return f"{self.received_at.astimezone(TOKYO):%Y-%m-%d %H:%M}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN_STATES


class InquiryEntry(models.Model):
    """One line of the history of an inquiry; staff alone see it."""

    class Kind(models.TextChoices):
        RECEIVED = "received", _("received")
        MOVED = "moved", _("state changed")
        ASSIGNED = "assigned", _("somebody else in charge")
        NOTED = "noted", _("note changed")
        BOOKED = "booked", _("day fixed")
        POST_MOVED = "post_moved", _("state of the post changed")

    at = models.DateTimeField(_("at"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    text = models.CharField(_("text"), max_length=200, blank=True)

    class Meta:
        abstract = True
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.inquiry_id} {self.at} {self.kind}"
