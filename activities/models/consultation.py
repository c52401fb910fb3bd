"""相談: what people ask the centre's advice on, and what is known of the five services."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel

from activities.models.inquiry import Inquiry, InquiryEntry
from activities.models.service import YesNo


class ConsultationKind(models.TextChoices):
    """The five consultations. Source: the centre's leaflet."""

    FOUNDATION = "foundation", _("founding an NPO corporation")
    MANAGEMENT = "management", _("running a group")
    ACCOUNTING = "accounting", _("accounting of a group")
    GRANTS = "grants", _("grants and fundraising")
    EXPERTS = "experts", _("experts (accountant, tax, law)")


class Asker(models.TextChoices):
    """Who asks."""

    GROUP = "group", _("as a group")
    PERSON = "person", _("as a person")


class ConsultationWay(models.TextChoices):
    """How somebody wishes to talk. A visit is offered only where staff have said that the service makes them."""

    COUNTER = "counter", _("at the counter")
    PHONE = "phone", _("by phone")
    VISIT = "visit", _("you come to us")
    ANY = "any", _("any way will do")


class ConsultationState(models.TextChoices):
    """How far the centre is with a consultation."""

    RECEIVED = "received", _("received")
    ANSWERED = "answered", _("got back to")
    BOOKED = "booked", _("day is fixed")
    DONE = "done", _("consultation done")
    WITHDRAWN = "withdrawn", _("withdrawn")


class ConsultationService(models.Model):
    """What is known of one of the five services; a service without a row is one of which nothing is known."""

    kind = models.CharField(_("service"), max_length=10, choices=ConsultationKind.choices, unique=True)
    makes_visits = models.CharField(
        _("comes to the group"),
        max_length=7,
        choices=YesNo.choices,
        default=YesNo.UNKNOWN,
        help_text=_("Choose yes only when it is certain: the page then shows it, and the form offers a visit."),
    )
    note = models.CharField(
        _("days and ways"),
        max_length=200,
        blank=True,
        help_text=_("On which days and how one can ask, when it is known. Shown on the page. Empty: not confirmed."),
    )

    panels = [FieldPanel("kind"), FieldPanel("makes_visits"), FieldPanel("note")]

    class Meta:
        verbose_name = _("service: days and visits")
        verbose_name_plural = _("services: days and visits")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class Consultation(Inquiry):
    """One consultation, from the form or typed in by staff. `booked_at`: the day and hour that was agreed."""

    LETTER = "S"
    OPEN_STATES = (ConsultationState.RECEIVED, ConsultationState.ANSWERED, ConsultationState.BOOKED)

    state = models.CharField(
        _("state"), max_length=10, choices=ConsultationState.choices, default=ConsultationState.RECEIVED
    )
    kind = models.CharField(_("service"), max_length=10, choices=ConsultationKind.choices)
    asker = models.CharField(_("who asks"), max_length=6, choices=Asker.choices, blank=True)
    wished_days = models.CharField(_("wished days"), max_length=200, blank=True)
    wished_way = models.CharField(_("wished way"), max_length=7, choices=ConsultationWay.choices, blank=True)
    booked_at = models.DateTimeField(_("agreed day and hour"), null=True, blank=True)

    class Meta(Inquiry.Meta):
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        indexes = [models.Index(fields=["state", "received_at"], name="consult_state_received")]


class ConsultationEntry(InquiryEntry):
    """One line of the history of a consultation."""

    inquiry = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="entries")

    class Meta(InquiryEntry.Meta):
        verbose_name = _("entry of a consultation")
        verbose_name_plural = _("entries of a consultation")
