"""Events: the base of lectures, festa and salon, and the event of a group itself."""

import re
import unicodedata
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page
from wagtail.search import index

from activities import event_details
from activities.deadline_words import deadline_moment, is_past_deadline
from activities.event_checks import EVENT_CHECKS
from activities.event_form import EventPageForm
from activities.models.access import AccessMixin
from activities.models.event_panels import FACT_PANELS
from activities.models.event_session import EventSession
from activities.models.measure import measure_panels
from center.japanese.dates import day_words, time_words
from center.opening import tokyo_date
from center.pages import (
    BodyMixin,
    GatedMixin,
    InReason,
    KeyFact,
    Mailable,
    OutReason,
    SampleMixin,
    ShareDay,
    SummaryMixin,
    Usefulness,
)
from center.translations import synchronised

AMOUNT = re.compile("([0-9]{1,7})(円?)")
"""A number in the words of a fee, and whether it is one of yen."""


class EventState(models.TextChoices):
    """Whether an event happens as it was told."""

    PLANNED = "planned", _("as planned")
    CHANGED = "changed", _("changed")
    POSTPONED = "postponed", _("postponed")
    CANCELLED = "cancelled", _("cancelled")


class ApplicationWay(models.TextChoices):
    """How one takes part."""

    NONE = "none", _("no application")
    PHONE = "phone", _("by phone")
    EMAIL = "email", _("by e-mail")
    WEB = "web", _("on a web page")
    OTHER = "other", _("other way")


class EventPage(SampleMixin, SummaryMixin, BodyMixin, AccessMixin, Mailable, GatedMixin, Page):
    """One event of a group; lecture, festa and salon extend it. When it happens is in its sessions."""

    state = models.CharField(
        _("state"),
        max_length=10,
        choices=EventState.choices,
        default=EventState.PLANNED,
        help_text=_("Anything but “as planned” stands first in the list, in words."),
    )
    has_new_dates = models.BooleanField(
        _("new dates are fixed"), default=False, help_text=_("For a postponed event: the dates below are the new ones.")
    )
    change_note = models.CharField(
        _("what changed"),
        max_length=200,
        blank=True,
        help_text=_("One sentence: what is different, and what it was before. Readers see it first."),
    )
    place = models.ForeignKey(
        "activities.Place",
        verbose_name=_("place"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="events",
        help_text=_("A facility of the city: its address and the link to the map come with it."),
    )
    venue_name = models.CharField(
        _("venue"), max_length=120, blank=True, help_text=_("Where no place is chosen, or the room in it.")
    )
    venue_address = models.CharField(
        _("address of the venue"), max_length=200, blank=True, help_text=_("Where no place is chosen.")
    )
    area = models.ForeignKey(
        "activities.Area",
        verbose_name=_("area"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="events",
        help_text=_("People search by it. Without one the area of the place counts."),
    )
    is_online = models.BooleanField(
        _("online"), default=False, help_text=_("Also where one may come or take part online.")
    )
    online_url = models.URLField(
        _("address of the online meeting page"),
        blank=True,
        help_text=_("Everybody sees it. Send the address of a closed meeting to those who applied instead."),
    )
    is_free = models.BooleanField(_("free of charge"), default=False)
    fee = models.CharField(
        _("fee"),
        max_length=120,
        blank=True,
        help_text=_("With its unit: 500 yen. Leave it empty while it is unknown; the page says so."),
    )
    capacity = models.PositiveIntegerField(
        _("capacity"), null=True, blank=True, help_text=_("Number of people. Empty: not limited, or not known.")
    )
    is_full = models.BooleanField(
        _("full"), default=False, help_text=_("Tick it when no seat is left; untick it when one is free again.")
    )
    application_way = models.CharField(
        _("application"), max_length=8, choices=ApplicationWay.choices, default=ApplicationWay.NONE
    )
    application_text = models.CharField(
        _("how to apply"),
        max_length=300,
        blank=True,
        help_text=_("What to say or write when applying, and where else one can apply."),
    )
    application_url = models.URLField(
        _("address of the application page"), blank=True, help_text=_("A page elsewhere; this site has no form for it.")
    )
    apply_by_on = models.DateField(
        _("apply by (day)"), null=True, blank=True, help_text=_("The last day on which one can apply.")
    )
    apply_by_time = models.TimeField(
        _("apply by (time)"), null=True, blank=True, help_text=_("Empty: until the end of that day.")
    )
    is_walk_in = models.BooleanField(
        _("walk-in welcome"), default=False, help_text=_("One can come without having applied.")
    )
    target = models.CharField(
        _("for whom"), max_length=200, blank=True, help_text=_("For example: anybody; people who do the accounts.")
    )
    bring = models.CharField(
        _("what to bring"), max_length=200, blank=True, help_text=_("For example: something to write, indoor shoes.")
    )
    organiser_group = models.ForeignKey(
        "activities.GroupPage",
        verbose_name=_("organising group"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="events",
        help_text=_("Its page and this one link to each other."),
    )
    organiser_name = models.CharField(
        _("organiser"), max_length=120, blank=True, help_text=_("Where the organiser is not a group in the list.")
    )
    contact_name = models.CharField(
        _("contact"), max_length=120, blank=True, help_text=_("Everybody sees it. A name only where that is agreed.")
    )
    contact_phone = models.CharField(
        _("contact phone"), max_length=40, blank=True, help_text=_("Everybody sees it. It stands first.")
    )
    contact_email = models.EmailField(_("contact e-mail"), blank=True, help_text=_("Everybody sees it."))
    contact_url = models.URLField(_("contact web page"), blank=True)
    image = models.ForeignKey(
        "center.CentreImage",
        verbose_name=_("image"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    image_alt = models.CharField(
        _("description of the image"),
        max_length=250,
        blank=True,
        help_text=_("What can be seen, in one sentence, for people who do not see it."),
    )
    flyer = models.ForeignKey(
        "center.CentreDocument",
        verbose_name=_("flyer (PDF)"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Never the only source: write what it says as text too."),
    )

    override_translatable_fields = synchronised("venue_name", "venue_address", "fee", "contact_name", "contact_phone")
    parent_page_types = ["activities.EventIndexPage"]
    subpage_types: list[str] = []
    page_description = _("One event that a group holds. It stands in the list, the calendar and the mail.")
    content_checks = EVENT_CHECKS
    base_form_class = EventPageForm
    opening_panels = [*Page.content_panels, *SummaryMixin.summary_panels]
    closing_panels = [*BodyMixin.body_panels, *Mailable.mail_panels, *measure_panels, FieldPanel("is_sample")]
    content_panels = [*opening_panels, *FACT_PANELS, *closing_panels]
    search_fields = [
        *Page.search_fields,
        *SummaryMixin.summary_search_fields,
        *BodyMixin.body_search_fields,
        index.SearchField("venue_name"),
        index.SearchField("organiser_name"),
        index.SearchField("target"),
    ]
    mail_kind = "event"

    class Meta:
        verbose_name = _("group event")
        verbose_name_plural = _("group events")

    def clean(self) -> None:
        super().clean()
        errors = {}
        if self.capacity == 0:
            errors["capacity"] = _("Write 1 or more. Leave it empty where nothing limits it.")
        if self.has_new_dates and self.state != EventState.POSTPONED:
            errors["has_new_dates"] = _("This is for postponed events only. Choose “postponed”, or untick it.")
        if self.application_way == ApplicationWay.WEB and not self.application_url:
            errors["application_url"] = _("Write the address of the page on which one applies.")
        if self.apply_by_time and not self.apply_by_on:
            errors["apply_by_on"] = _("A time needs its day.")
        if errors:
            raise ValidationError(errors)

    # what it says in words
    @property
    def event_kind(self) -> str:
        """event, lecture, festa or salon; known also where only the row of the base was read."""
        return (self.specific_class or EventPage).mail_kind

    @property
    def kind_word(self):
        """The word on the label of this kind of page; a base row of a lecture says lecture."""
        return _("event") if self.specific_class in (None, type(self)) else self.specific_deferred.kind_word

    @property
    def is_off(self) -> bool:
        """Does it not happen on the dates it names? Cancelled, or postponed without new dates."""
        return self.state == EventState.CANCELLED or (self.state == EventState.POSTPONED and not self.has_new_dates)

    @property
    def venue_words(self) -> str:
        """The place with its room, or 'online'."""
        parts = [self.place.name if self.place else "", self.venue_name]
        words = "　".join(part for part in parts if part)
        if self.is_online:
            return f"{words}・{_('online')}" if words else str(_("online"))
        return words

    @property
    def address_words(self) -> str:
        return self.venue_address or (self.place.address if self.place else "")

    @property
    def fee_words(self) -> str:
        """'Free', the fee, or '' where it is unknown."""
        if self.fee:
            return self.fee
        return str(_("free of charge")) if self.is_free else ""

    @property
    def fee_yen(self) -> int | None:
        """The fee as a number: 0 where it is free, None where the words name no fee or more than one."""
        if self.is_free:
            return 0
        amounts = AMOUNT.findall(unicodedata.normalize("NFKC", self.fee).replace(",", ""))
        return int(amounts[0][0]) if len(amounts) == 1 and amounts[0][1] else None

    @property
    def apply_by_at(self) -> datetime | None:
        """The moment (aware, excluded) at which applications close; None: no deadline. A day counts till 24:00."""
        return deadline_moment(self.apply_by_on, self.apply_by_time)

    @property
    def application_words(self) -> str:
        """Whether and how one applies, with the deadline."""
        if self.application_way == ApplicationWay.NONE:
            return str(_("no application needed"))
        words = [str(_("application needed")), str(self.get_application_way_display())]
        if self.apply_by_on:
            until = day_words(self.apply_by_on)
            if self.apply_by_time:
                until += time_words(self.apply_by_time)
            words.append(str(_("until %(day)s") % {"day": until}))
        if self.is_walk_in:
            words.append(str(_("walk-in welcome")))
        return pgettext("between words", ", ").join(words)

    @property
    def organiser_words(self) -> str:
        return self.organiser_group.title if self.organiser_group else self.organiser_name

    def ordered_sessions(self) -> list[EventSession]:
        """All sessions, earliest first."""
        return sorted(self.sessions.all(), key=lambda session: (session.starts_at, session.pk or 0))

    @property
    def share_day(self) -> ShareDay | None:
        """The first day, for the picture that goes with a shared address."""
        first = min((session.starts_at for session in self.sessions.all()), default=None)
        return ShareDay(tokyo_date(first)) if first else None

    def next_session(self, now: datetime | None = None) -> EventSession | None:
        """The first session that is not over at `now` (default: this moment)."""
        now = now or timezone.now()
        return next((session for session in self.ordered_sessions() if session.compute_until() > now), None)

    @property
    def when_words(self) -> str:
        """All sessions in words, one a line."""
        return "\n".join(session.when_words for session in self.ordered_sessions())

    # what the mail asks
    def useful_until(self) -> datetime | None:
        sessions = self.ordered_sessions()
        return max(session.compute_until() for session in sessions) if sessions else None

    def usefulness(
        self, send_at: datetime, *, first_public_at: datetime | None, previous_cutoff_at: datetime
    ) -> Usefulness:
        """Source: the monthly mail, "of use", events."""
        if self.is_off:
            return Usefulness(False, OutReason.CANCELLED)
        sessions = self.ordered_sessions()
        if not sessions:
            return Usefulness(False, OutReason.NO_DATE)
        if max(session.compute_until() for session in sessions) < send_at:
            return Usefulness(False, OutReason.OVER)
        needs_application = self.application_way != ApplicationWay.NONE
        closed = self.is_full or (needs_application and is_past_deadline(self.apply_by_on, self.apply_by_time, send_at))
        if closed and not self.is_walk_in:
            return Usefulness(False, OutReason.CLOSED)
        if sessions[0].starts_at < send_at:
            return Usefulness(True, InReason.RUNNING)
        return Usefulness(True, InReason.COMING)

    def key_facts(self) -> list[KeyFact]:
        facts = [
            KeyFact(
                "state", str(_("state")), "" if self.state == EventState.PLANNED else str(self.get_state_display())
            ),
            KeyFact("sessions", str(_("when")), self.when_words),
            KeyFact(
                "venue", str(_("where")), "　".join(part for part in (self.venue_words, self.address_words) if part)
            ),
            KeyFact("fee", str(_("fee")), self.fee_words),
            KeyFact(
                "application",
                str(_("application")),
                self.application_words + (f"（{_('full')}）" if self.is_full else ""),
            ),
            KeyFact(
                "contact",
                str(_("contact")),
                " ".join(
                    part
                    for part in (self.contact_name, self.contact_phone, self.contact_email, self.contact_url)
                    if part
                ),
            ),
        ]
        return [fact for fact in facts if fact.value]

    def mail_lines(self) -> list[str]:
        sessions = self.ordered_sessions()
        when = [str(session.when_words) for session in sessions[:3]]
        if len(sessions) > 3:
            when[-1] += str(_(" and %(count)d more") % {"count": len(sessions) - 3})
        lines = []
        if self.state in (EventState.CHANGED, EventState.POSTPONED):
            lines.append(f"【{self.get_state_display()}】{self.change_note}")
        terms = [part for part in (self.fee_words, self.application_words) if part]
        lines += [*when, self.venue_words, pgettext("between terms", "; ").join(terms)]
        return [line for line in lines if line]

    def get_context(self, request, *args, **kwargs) -> dict:
        return super().get_context(request, *args, **kwargs) | event_details.event_detail(self, request)
