"""ほしい・あるよ: posts that look for something or offer it. Contact goes through the centre only."""

from datetime import date, datetime

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.models import Page

from activities import details
from activities.deadline_words import deadline_moment, deadline_words, is_past_deadline
from activities.match_checks import names_a_contact, past_its_day
from activities.match_panel import CounterpartsPanel
from activities.models.measure import measure_panels
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


class MatchDirection(models.TextChoices):
    WANTED = "wanted", _("wanted")
    OFFERED = "offered", _("offered")


class MatchActor(models.TextChoices):
    """Who posts. Source: the centre's leaflet, matching."""

    COMPANY = "company", _("company (CSR)")
    CITIZEN = "citizen", _("citizen (volunteer, pro bono)")
    NPO = "npo", _("NPO corporation")
    VOLUNTARY = "voluntary", _("voluntary group")


class MatchResource(models.TextChoices):
    """What is looked for or offered."""

    PEOPLE = "people", _("people")
    SKILL = "skill", _("knowledge and skills")
    THINGS = "things", _("things")
    PLACE = "place", _("place")
    MONEY = "money", _("money")


class MatchState(models.TextChoices):
    """Where a post stands after it was published."""

    OPEN = "open", _("open for answers")
    ARRANGING = "arranging", _("being arranged")
    MATCHED = "matched", _("matched")
    ENDED = "ended", _("ended")


class MatchStage(models.TextChoices):
    """Where a post stands on a day, in the words that everybody reads: its state, and what its day makes of it."""

    RECEIVED = "received", _("received")
    OPEN = "open", _("open for answers")
    ARRANGING = "arranging", _("being arranged")
    MATCHED = "matched", _("matched")
    ENDED = "ended", _("ended")


class MatchPage(SampleMixin, SummaryMixin, BodyMixin, Mailable, GatedMixin, Page):
    """One post: somebody looks for something or offers it, until a day."""

    direction = models.CharField(
        _("wanted or offered"),
        max_length=8,
        choices=MatchDirection.choices,
        help_text=_("Wanted: they look for it. Offered: they have it."),
    )
    actor = models.CharField(
        _("who"), max_length=10, choices=MatchActor.choices, help_text=_("Who posts it, not whom they look for.")
    )
    resource = models.CharField(
        _("what"), max_length=8, choices=MatchResource.choices, help_text=_("Counterparts are suggested by this.")
    )
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=MatchState.choices,
        default=MatchState.OPEN,
        help_text=_("Only an open post can be answered. Past its day it ends by itself."),
    )
    open_until_on = models.DateField(
        _("open until"), null=True, blank=True, help_text=_("The last day. Empty: until somebody is found.")
    )
    group = models.ForeignKey(
        "activities.GroupPage",
        verbose_name=_("group"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="match_posts",
        help_text=_("Its page is linked. Leave it empty for persons and companies."),
    )
    area = models.ForeignKey(
        "activities.Area",
        verbose_name=_("area"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Where the help is needed, or where the thing can be fetched."),
    )

    override_translatable_fields = synchronised()
    parent_page_types = ["activities.MatchIndexPage"]
    subpage_types: list[str] = []
    page_description = _("One post of what somebody looks for or offers, until a day.")
    content_checks = (names_a_contact, past_its_day)
    content_panels = [
        *Page.content_panels,
        CounterpartsPanel(heading=_("Contacts and counterparts")),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("direction"), FieldPanel("actor"), FieldPanel("resource")]),
                FieldRowPanel([FieldPanel("state"), FieldPanel("open_until_on")]),
                FieldRowPanel([FieldPanel("group"), FieldPanel("area")]),
            ],
            heading=_("What, who, until when"),
        ),
        *SummaryMixin.summary_panels,
        *BodyMixin.body_panels,
        *Mailable.mail_panels,
        *measure_panels,
        FieldPanel("is_sample"),
    ]
    search_fields = [*Page.search_fields, *SummaryMixin.summary_search_fields, *BodyMixin.body_search_fields]
    mail_kind = "match"

    class Meta:
        verbose_name = _("matching post")
        verbose_name_plural = _("matching posts")

    @property
    def kind_word(self):
        return self.get_direction_display()

    @property
    def share_day(self) -> ShareDay | None:
        """Until when it is open, for the picture that goes with a shared address."""
        return ShareDay(self.open_until_on, is_until=True) if self.open_until_on else None

    def stage_on(self, today: date) -> MatchStage:
        """Where the post stands on that day (Tokyo): a draft is received, an open one past its day has ended."""
        if not self.live:
            return MatchStage.RECEIVED
        if self.state == MatchState.OPEN and self.open_until_on and self.open_until_on < today:
            return MatchStage.ENDED
        return MatchStage(self.state)

    @property
    def deadline_words(self) -> str:
        return deadline_words(self.open_until_on, None)

    def useful_until(self) -> datetime | None:
        return deadline_moment(self.open_until_on, None)

    def usefulness(
        self, send_at: datetime, *, first_public_at: datetime | None, previous_cutoff_at: datetime
    ) -> Usefulness:
        """Source: the monthly mail, "of use", matching posts: open."""
        if self.state != MatchState.OPEN or is_past_deadline(self.open_until_on, None, send_at):
            return Usefulness(False, OutReason.CLOSED)
        return Usefulness(True, InReason.OPEN)

    def key_facts(self) -> list[KeyFact]:
        facts = [
            KeyFact("state", str(_("state")), "" if self.state == MatchState.OPEN else str(self.get_state_display())),
            KeyFact("deadline", str(_("open until")), self.deadline_words),
        ]
        return [fact for fact in facts if fact.value]

    def mail_lines(self) -> list[str]:
        words = [
            str(self.get_direction_display()),
            str(self.get_resource_display()),
            str(_("until %(day)s") % {"day": self.deadline_words}) if self.open_until_on else self.deadline_words,
        ]
        return [line for line in (pgettext("between terms", "; ").join(words), self.summary) if line]

    def get_context(self, request, *args, **kwargs) -> dict:
        return super().get_context(request, *args, **kwargs) | details.match_detail(self, request)
