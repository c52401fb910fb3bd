"""The same thing told twice: which notices and public pages might be what this notice is about. Nothing is changed.

Two people of one group send the same event, or a phone call follows the form. Staff see why something is suspected.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db.models import Q
from wagtail.models import Page

from activities.kinds import NoticeKind
from activities.models import EventPage, GrantPage, MatchPage, NewsPage, Notice, NoticePage, NoticeState
from center.japanese.folding import fold
from center.opening import day_end, day_start, tokyo_date
from center.visibility import publicly_visible

CANDIDATES = 200
"""More notices or pages of one sort are not looked through."""
SHOWN = 5
RECENT_DAYS = 400
"""Older notices of the same group are not looked at: a yearly event comes back after a year."""
SIMILAR, VERY_SIMILAR = 0.5, 0.75
"""The share of pairs of characters that two titles have in common (Dice)."""


class Likeness(StrEnum):
    """Why something is suspected."""

    TITLE = "title"
    GROUP = "group"
    DAY = "day"


@dataclass(frozen=True)
class Facts:
    """What is compared: the words of the title, of the group, and the days on which it happens."""

    title: str
    group: str
    days: frozenset[date] = frozenset()


@dataclass(frozen=True)
class Duplicate:
    """A notice or a page that might be the same, best first by `score`, and why."""

    score: float
    reasons: list[Likeness]
    notice: Notice | None = None
    page: Page | None = None


def likeness(one: Facts, other: Facts) -> tuple[float, list[Likeness]]:
    """How alike two things are (0 to 3), and why; 0 and nothing where they are not taken for the same.

    The same: two of title, group and day agree, the title being one of them unless it is at least not foreign; or
    the titles are almost the same where neither has a day that speaks against it.
    """
    title = _dice(_plain(one.title), _plain(other.title))
    same_group = bool(_plain(one.group)) and _plain(one.group) == _plain(other.group)
    same_day = bool(one.days & other.days)
    is_other_day = bool(one.days and other.days) and not same_day
    if is_other_day:
        return 0.0, []
    reasons = [Likeness.TITLE] if title >= SIMILAR else []
    reasons += [Likeness.GROUP] if same_group else []
    reasons += [Likeness.DAY] if same_day else []
    is_same = (
        (title >= SIMILAR and (same_group or same_day))
        or title >= VERY_SIMILAR
        or (same_group and same_day and title >= SIMILAR / 2)
    )
    return (title + same_group + same_day, reasons) if is_same else (0.0, [])


def _plain(text: str) -> str:
    """The text without what two people write differently: width, kana, marks, spaces."""
    return "".join(character for character in fold(text) if character.isalnum())


def _dice(one: str, other: str) -> float:
    pairs, others = _pairs(one), _pairs(other)
    if not pairs or not others:
        return 1.0 if one and one == other else 0.0
    return 2 * len(pairs & others) / (len(pairs) + len(others))


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}


def duplicates_of(notice: Notice, *, now: datetime) -> list[Duplicate]:
    """The notices and public pages that might tell the same, best first, at most SHOWN.

    Withdrawn and declined notices, held ones and the notice's own pages are left out; so is everything for a change
    or a cancellation, which is about something published by its nature. At most nine queries, however many there are.
    """
    if NoticeKind(notice.kind).changes_published:
        return []
    mine = facts_of(notice)
    own = set(NoticePage.objects.filter(notice=notice).values_list("page_id", flat=True))
    found = [_judged(mine, facts_of(row), notice=row) for row in _notices_near(notice, mine, now=now)]
    pages = [page for page in _pages_near(mine, now=now) if page.pk not in own]
    found += [_judged(mine, _page_facts(page), page=page) for page in pages]
    return sorted((one for one in found if one.reasons), key=lambda one: -one.score)[:SHOWN]


def _judged(mine: Facts, other: Facts, **what) -> Duplicate:
    score, reasons = likeness(mine, other)
    return Duplicate(score, reasons, **what)


def facts_of(notice: Notice) -> Facts:
    """What a notice says of title, group and days. Reads `notice.sessions`."""
    days = _days((session.starts_at, session.ends_at) for session in notice.sessions.all())
    return Facts(notice.title, notice.group_name, days)


def _days(spans) -> frozenset[date]:
    """The first and the last day of each span: what two people both write down."""
    return frozenset(tokyo_date(moment) for span in spans for moment in span if moment)


def _on_days(mine: Facts) -> dict[str, datetime]:
    """That something begins between the first and the last of these days."""
    return {"sessions__starts_at__gte": day_start(min(mine.days)), "sessions__starts_at__lt": day_end(max(mine.days))}


def _notices_near(notice: Notice, mine: Facts, *, now: datetime) -> list[Notice]:
    near = Q(group_name=notice.group_name) | Q(received_at__gte=notice.received_at - timedelta(days=60))
    if notice.group_id:
        near |= Q(group_id=notice.group_id)
    if mine.days:
        near |= Q(**_on_days(mine))
    rows = (
        Notice.objects.filter(near, received_at__gte=now - timedelta(days=RECENT_DAYS), held_at__isnull=True)
        .exclude(pk=notice.pk)
        .exclude(state__in=(NoticeState.DECLINED, NoticeState.WITHDRAWN))
        .exclude(kind__in=(NoticeKind.CHANGE, NoticeKind.CANCELLATION))
    )
    pks = list(rows.order_by("-received_at").values_list("pk", flat=True).distinct()[:CANDIDATES])
    return list(Notice.objects.filter(pk__in=pks).prefetch_related("sessions"))


def _pages_near(mine: Facts, *, now: datetime) -> list[Page]:
    recent = now - timedelta(days=RECENT_DAYS)
    pages: list[Page] = []
    if mine.days:
        events = EventPage.objects.filter(locale__language_code="ja", **_on_days(mine))
        events = publicly_visible(events, now=now).distinct()
        pages += events.select_related("organiser_group").prefetch_related("sessions")[:CANDIDATES]
    else:
        for model in (NewsPage, GrantPage, MatchPage):
            rows = model.objects.filter(locale__language_code="ja", first_published_at__gte=recent)
            pages += publicly_visible(rows, now=now).order_by("-first_published_at")[:CANDIDATES]
    return pages


def _page_facts(page: Page) -> Facts:
    if isinstance(page, EventPage):
        group = page.organiser_group.title if page.organiser_group else page.organiser_name
        return Facts(page.title, group, _days((session.starts_at, session.ends_at) for session in page.sessions.all()))
    if isinstance(page, GrantPage):
        return Facts(page.title, page.funder)
    return Facts(page.title, "")
