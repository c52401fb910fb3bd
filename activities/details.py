"""What the page of one group, grant, … shows beside its own fields. Names nothing that is not public."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import pgettext
from wagtail.models import Page
from wagtail.query import PageQuerySet

from activities import match_queries, match_stages, models, queries
from center.opening import tokyo_date
from center.visibility import publicly_visible

NEWS_SHOWN = 5


@dataclass(frozen=True)
class State:
    """A state in words; `tone` is '', now, good, warn or unknown."""

    words: str
    tone: str = ""


def public_versions(pages: Iterable[Page], language: str, visible: PageQuerySet) -> dict[UUID, Page]:
    """By translation key the public page that a reader of that language is shown: the translation, or the Japanese one.

    A page that is not public in either is missing. One query for all.
    """
    keys = {page.translation_key for page in pages}
    versions = visible.filter(translation_key__in=keys).select_related("locale")
    found = queries.in_locale(versions, language, visible=visible) if keys else []
    return {page.translation_key: page for page in found}


def public_version(page: Page | None, language: str, visible: PageQuerySet) -> Page | None:
    """What `public_versions` finds for one page; None where it may not be named."""
    return public_versions([page], language, visible).get(page.translation_key) if page else None


def ground(page: Page, now: datetime) -> tuple[PageQuerySet, dict]:
    """All public pages at `now`, and what every read for that page is asked with."""
    visible = publicly_visible(now=now)
    return visible, {"now": now, "language": page.locale.language_code, "visible": visible}


def open_state() -> State:
    """受付中."""
    return State(pgettext("application", "open"), "good")


def closed_state() -> State:
    """締切."""
    return State(pgettext("application", "closed"))


# Groups, grants, news, posts, magazine


def match_detail(page: "models.MatchPage", request: HttpRequest) -> dict:
    """Where the post stands, its group where that is public, and posts that might fit. Nobody's private data."""
    now = timezone.now()
    visible, asked = ground(page, now)
    today = tokyo_date(now)
    # a draft that staff look at is shown as readers will see it
    page.live = page.live or getattr(request, "is_preview", False)
    stage = page.stage_on(today)
    return {
        "today": today,
        "is_open": stage == models.MatchStage.OPEN,
        "stage": stage,
        "state": State(str(stage.label), match_stages.TONES[stage]),
        "stage_words": match_stages.sentence(stage, page),
        "group": public_version(page.group, asked["language"], visible),
        "suggested": match_queries.suggested(page, now=now, visible=visible),
    }
