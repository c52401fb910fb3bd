"""Reads around matching posts: the post that may be answered, its counterparts in words, the contacts about it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from wagtail.query import PageQuerySet

from activities import models, queries  # by module: the posts among the models ask these reads
from activities.match_suggestions import PostFacts, Reason, counterparts
from center.visibility import publicly_visible

SUGGESTED = 3
CANDIDATES = 200
"""More open posts of one resource are not looked through."""


@dataclass(frozen=True)
class Counterpart:
    """One suggested post, and why in words."""

    post: "models.MatchPage"
    reasons: list[str]


def public_post(pk: int, *, now: datetime) -> "models.MatchPage | None":
    """The post that everybody may read at `now`, of any state; None for anything else."""
    visible = publicly_visible(models.MatchPage.objects.filter(pk=pk), now=now)
    return visible.select_related("locale", "area").first()


def japanese_version(post: "models.MatchPage") -> "models.MatchPage":
    """The Japanese page of a translated post, on which staff work; the post itself where there is none."""
    if post.locale.language_code == queries.JAPANESE:
        return post
    found = post.get_translations().filter(locale__language_code=queries.JAPANESE).first()
    return found.specific if found else post


def facts_of(post: "models.MatchPage") -> PostFacts:
    return PostFacts(
        key=post.pk or 0,
        direction=post.direction,
        actor=post.actor,
        resource=post.resource,
        area=post.area_id,
        group=post.group_id,
        ends_on=post.open_until_on,
    )


def suggested(
    post: "models.MatchPage", *, now: datetime, language: str | None = None, visible: PageQuerySet | None = None
) -> list[Counterpart]:
    """Public open posts that might answer this one, best first, with reasons in the active language.

    `language`: that of the reader; the post's own by default.
    """
    other = models.MatchDirection.OFFERED if post.direction == models.MatchDirection.WANTED else "wanted"
    found = queries.open_match_posts(
        now=now,
        direction=str(other),
        resource=post.resource,
        language=language or post.locale.language_code,
        visible=visible,
    )
    rows = {row.pk: row for row in found[:CANDIDATES]}
    best = counterparts(facts_of(post), [facts_of(row) for row in rows.values()], most=SUGGESTED)
    found = [(rows[one.key], one.reasons) for one in best]
    return [Counterpart(row, [reason_words(reason, post, row) for reason in reasons]) for row, reasons in found]


def reason_words(reason: Reason, post: "models.MatchPage", other: "models.MatchPage") -> str:
    """Why the other post is suggested, in a few words."""
    if reason == Reason.RESOURCE:
        return _("both about %(what)s") % {"what": post.get_resource_display()}
    if reason == Reason.AREA:
        return _("the same area: %(area)s") % {"area": other.area}
    return _("%(one)s and %(other)s") % {"one": _short(post.actor), "other": _short(other.actor)}


def _short(actor: str) -> str:
    words = {
        models.MatchActor.COMPANY: pgettext("actor", "company"),
        models.MatchActor.CITIZEN: pgettext("actor", "citizen"),
    }
    return words.get(actor, pgettext("actor", "group"))


def contacts_about(post: "models.MatchPage") -> QuerySet["models.MatchContact"]:
    """The contacts about a post, newest first; private."""
    return models.MatchContact.objects.filter(post=post).select_related("assigned_to")
