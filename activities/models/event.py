"""Events: the base of lectures, festa and salon, and the event of a group itself."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Orderable, Page
from wagtail.search import index

from activities import details
from activities.deadline_words import deadline_moment, is_past_deadline
from center.japanese.dates import day_words, period_words, time_words
from center.opening import TOKYO, day_end
from center.pages import BodyMixin, InReason, KeyFact, Mailable, OutReason, SampleMixin, SummaryMixin, Usefulness
from center.translations import synchronised


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


class EventPage(SampleMixin, SummaryMixin, BodyMixin, Mailable, Page):
    """One event of a group; lecture, festa and salon extend it. When it happens is in its sessions."""

    state = models.CharField(_("state"), max_length=10, choices=EventState.choices, default=EventState.PLANNED)
    has_new_dates = models.BooleanField(
        _("new dates are fixed"), default=False, help_text=_("For a postponed event: the dates below are the new ones.")
    )
    change_note = models.CharField(_("what changed"), max_length=200, blank=True)
    place = models.ForeignKey(
        "activities.Place",
        verbose_name=_("place"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="events",
    )
    venue_name = models.CharField(
        _("venue"), max_length=120, blank=True, help_text=_("Where no place is chosen, or the room in it.")
    )
    venue_address = models.CharField(_("address of the venue"), max_length=200, blank=True)
    area = models.ForeignKey(
        "activities.Area",
        verbose_name=_("area"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="events",
    )
    is_online = models.BooleanField(_("online"), default=False)
    online_url = models.URLField(_("address of the online meeting page"), blank=True)
    is_free = models.BooleanField(_("free of charge"), default=False)
    fee = models.CharField(_("fee"), max_length=120, blank=True)
    capacity = models.PositiveIntegerField(_("capacity"), null=True, blank=True)
    is_full = models.BooleanField(_("full"), default=False)
    application_way = models.CharField(
        _("application"), max_length=8, choices=ApplicationWay.choices, default=ApplicationWay.NONE
    )
    application_text = models.CharField(_("how to apply"), max_length=300, blank=True)
    application_url = models.URLField(_("address of the application page"), blank=True)
    apply_by_on = models.DateField(_("apply by (day)"), null=True, blank=True)
    apply_by_time = models.TimeField(_("apply by (time)"), null=True, blank=True)
    is_walk_in = models.BooleanField(
        _("walk-in welcome"), default=False, help_text=_("One can come without having applied.")
    )
    target = models.CharField(_("for whom"), max_length=200, blank=True)
    bring = models.CharField(_("what to bring"), max_length=200, blank=True)
    wheelchair = models.CharField(_("wheelchair"), max_length=200, blank=True)
    hearing = models.CharField(_("hearing"), max_length=200, blank=True)
    children = models.CharField(_("with children"), max_length=200, blank=True)
    parking = models.CharField(_("parking"), max_length=200, blank=True)
    organiser_group = models.ForeignKey(
        "activities.GroupPage",
        verbose_name=_("organising group"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="events",
    )
    organiser_name = models.CharField(
        _("organiser"), max_length=120, blank=True, help_text=_("Where the organiser is not a group in the list.")
    )
    contact_name = models.CharField(_("contact"), max_length=120, blank=True)
    contact_phone = models.CharField(_("contact phone"), max_length=40, blank=True)
    contact_email = models.EmailField(_("contact e-mail"), blank=True)
    contact_url = models.URLField(_("contact web page"), blank=True)
    image = models.ForeignKey(
        "center.CentreImage",
        verbose_name=_("image"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    image_alt = models.CharField(_("description of the image"), max_length=250, blank=True)
    flyer = models.ForeignKey(
        "center.CentreDocument",
        verbose_name=_("flyer (PDF)"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    override_translatable_fields = synchronised("venue_name", "venue_address", "fee", "contact_name", "contact_phone")
    parent_page_types = ["activities.EventIndexPage"]
    subpage_types: list[str] = []
    content_panels = [
        *Page.content_panels,
        *SummaryMixin.summary_panels,
        MultiFieldPanel(
            [FieldPanel("state"), FieldPanel("has_new_dates"), FieldPanel("change_note")], heading=_("State")
        ),
        InlinePanel("sessions", heading=_("Dates"), label=_("session")),
        MultiFieldPanel(
            [
                FieldPanel("place"),
                FieldRowPanel([FieldPanel("venue_name"), FieldPanel("venue_address")]),
                FieldPanel("area"),
                FieldRowPanel([FieldPanel("is_online"), FieldPanel("online_url")]),
            ],
            heading=_("Where"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("is_free"), FieldPanel("fee")]),
                FieldRowPanel([FieldPanel("capacity"), FieldPanel("is_full")]),
                FieldRowPanel([FieldPanel("application_way"), FieldPanel("is_walk_in")]),
                FieldRowPanel([FieldPanel("apply_by_on"), FieldPanel("apply_by_time")]),
                FieldPanel("application_text"),
                FieldPanel("application_url"),
            ],
            heading=_("Fee and application"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("target"),
                FieldPanel("bring"),
                FieldPanel("wheelchair"),
                FieldPanel("hearing"),
                FieldPanel("children"),
                FieldPanel("parking"),
            ],
            heading=_("For those who come"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("organiser_group"),
                FieldPanel("organiser_name"),
                FieldPanel("contact_name"),
                FieldPanel("contact_phone"),
                FieldPanel("contact_email"),
                FieldPanel("contact_url"),
            ],
            heading=_("Organiser and contact"),
        ),
        MultiFieldPanel(
            [FieldPanel("image"), FieldPanel("image_alt"), FieldPanel("flyer")], heading=_("Image and flyer")
        ),
        *BodyMixin.body_panels,
        *Mailable.mail_panels,
        FieldPanel("is_sample"),
    ]
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
        return "、".join(words)

    @property
    def organiser_words(self) -> str:
        return self.organiser_group.title if self.organiser_group else self.organiser_name

    def ordered_sessions(self) -> list["EventSession"]:
        """All sessions, earliest first."""
        return sorted(self.sessions.all(), key=lambda session: (session.starts_at, session.pk or 0))

    def next_session(self, now: datetime | None = None) -> "EventSession | None":
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
        when = "、".join(session.when_words for session in sessions[:3])
        if len(sessions) > 3:
            when += str(_(" and %(count)d more") % {"count": len(sessions) - 3})
        lines = []
        if self.state in (EventState.CHANGED, EventState.POSTPONED):
            lines.append(f"【{self.get_state_display()}】{self.change_note}")
        lines += [when, self.venue_words, "・".join(part for part in (self.fee_words, self.application_words) if part)]
        return [line for line in lines if line]

    def get_context(self, request, *args, **kwargs) -> dict:
        return super().get_context(request, *args, **kwargs) | details.event_detail(self, request)


class EventSession(Orderable):
    """One time at which an event happens. Both ends are moments; an all-day session counts whole days."""

    page = ParentalKey(EventPage, on_delete=models.CASCADE, related_name="sessions")
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"), null=True, blank=True)
    is_all_day = models.BooleanField(_("all day"), default=False)
    title = models.CharField(_("theme"), max_length=120, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    until_at = models.DateTimeField(_("over at"), editable=False, db_index=True)

    panels = [
        FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at"), FieldPanel("is_all_day")]),
        FieldRowPanel([FieldPanel("title"), FieldPanel("note")]),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        indexes = [models.Index(fields=["starts_at", "until_at"], name="session_starts_until")]

    def __str__(self) -> str:
        return self.when_words

    def clean(self) -> None:
        super().clean()
        if self.starts_at and self.ends_at and self.ends_at < self.starts_at:
            raise ValidationError({"ends_at": _("The end lies before the start.")})
        if self.starts_at and self.ends_at and self.ends_at - self.starts_at > timedelta(days=400):
            raise ValidationError({"ends_at": _("A session lasts at most 400 days.")})

    def compute_until(self) -> datetime:
        """The moment (excluded) at which it is over: its end; without one, or all day, 24:00 of the day in Tokyo."""
        if self.ends_at and not self.is_all_day:
            return self.ends_at
        return day_end((self.ends_at or self.starts_at).astimezone(TOKYO).date())

    def save(self, *args, **kwargs) -> None:
        self.until_at = self.compute_until()
        super().save(*args, **kwargs)

    @property
    def starts_on(self):
        return self.starts_at.astimezone(TOKYO).date()

    @property
    def when_words(self) -> str:
        return period_words(self.starts_at, self.ends_at, self.is_all_day)
