"""ほしい・あるよ: posts that look for something or offer it. Contact goes through the centre only."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.models import Page

from activities import details
from activities.deadline_words import deadline_moment, deadline_words, is_past_deadline
from center.pages import BodyMixin, InReason, KeyFact, Mailable, OutReason, SampleMixin, SummaryMixin, Usefulness
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


class MatchPage(SampleMixin, SummaryMixin, BodyMixin, Mailable, Page):
    """One post: somebody looks for something or offers it, until a day."""

    direction = models.CharField(_("wanted or offered"), max_length=8, choices=MatchDirection.choices)
    actor = models.CharField(_("who"), max_length=10, choices=MatchActor.choices)
    resource = models.CharField(_("what"), max_length=8, choices=MatchResource.choices)
    state = models.CharField(_("state"), max_length=10, choices=MatchState.choices, default=MatchState.OPEN)
    open_until_on = models.DateField(_("open until"), null=True, blank=True)
    group = models.ForeignKey(
        "activities.GroupPage",
        verbose_name=_("group"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="match_posts",
    )
    area = models.ForeignKey(
        "activities.Area", verbose_name=_("area"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    override_translatable_fields = synchronised()
    parent_page_types = ["activities.MatchIndexPage"]
    subpage_types: list[str] = []
    content_panels = [
        *Page.content_panels,
        FieldRowPanel([FieldPanel("direction"), FieldPanel("actor"), FieldPanel("resource")]),
        FieldRowPanel([FieldPanel("state"), FieldPanel("open_until_on")]),
        *SummaryMixin.summary_panels,
        FieldRowPanel([FieldPanel("group"), FieldPanel("area")]),
        *BodyMixin.body_panels,
        *Mailable.mail_panels,
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
        return [line for line in ("・".join(words), self.summary) if line]

    def get_context(self, request, *args, **kwargs) -> dict:
        return super().get_context(request, *args, **kwargs) | details.match_detail(self, request)
