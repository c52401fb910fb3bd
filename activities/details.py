"""What the page of one event, group, grant, … shows beside its own fields. Names nothing that is not public."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from wagtail.models import Page
from wagtail.query import PageQuerySet

from activities import models, queries
from activities.deadline_words import is_past_deadline
from center import structured_data
from center.addresses import full_address
from center.opening import tokyo_date
from center.visibility import publicly_visible

NEWS_SHOWN = 5
SESSIONS_SHOWN = 6
MAP_ADDRESS = "https://maps.gsi.go.jp/#17/{latitude}/{longitude}/"
"""The map of the Geospatial Information Authority of Japan; a link only, nothing of it is loaded here."""


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


def _ground(page: Page, now: datetime) -> tuple[PageQuerySet, dict]:
    visible = publicly_visible(now=now)
    return visible, {"now": now, "language": page.locale.language_code, "visible": visible}


def _open() -> State:
    return State(pgettext("application", "open"), "good")


def _closed() -> State:
    return State(pgettext("application", "closed"))


# Events


def event_detail(page: "models.EventPage", request: HttpRequest) -> dict:
    """What the page of an event shows beside its fields, at this moment."""
    return event_at(timezone.now(), page=page, request=request)


def event_at(now: datetime, *, page: "models.EventPage", request: HttpRequest) -> dict:
    """Sessions in order, the leaf's day, states, the public organiser, news about it, calendar and structured data."""
    visible, asked = _ground(page, now)
    sessions = page.ordered_sessions()
    for number, session in enumerate(sessions, start=1):
        session.number, session.is_over = number, session.compute_until() <= now
    lead = next((session for session in sessions if not session.is_over), sessions[-1] if sessions else None)
    organiser = public_version(page.organiser_group, asked["language"], visible)
    is_over = bool(sessions) and all(session.is_over for session in sessions)
    return {
        "today": tokyo_date(now),
        "kind": page.event_kind,
        "sessions": sessions,
        "lead_session": lead,
        "is_over": is_over,
        "application": application_state(page, now, is_over=is_over),
        "organiser": organiser,
        "organiser_name": organiser.title if organiser else page.organiser_name,
        "news": list(queries.news(**asked).filter(about_page__translation_key=page.translation_key)[:NEWS_SHOWN]),
        "map_url": map_address(page.place),
        "ics_url": f"{reverse('events-calendar')}?event={page.slug}" if sessions else "",
        "structured_data": event_script(page, sessions, organiser, request),
    }


def application_state(page: "models.EventPage", now: datetime, *, is_over: bool) -> State | None:
    """受付中, 満員, 締切, 終了: where the application stands at `now`; None where nothing is to be said."""
    if is_over:
        return State(pgettext("event", "over"))
    if page.is_off:
        return None
    if page.is_full:
        return State(pgettext("application", "full"))
    if page.application_way == models.ApplicationWay.NONE:
        return None
    if is_past_deadline(page.apply_by_on, page.apply_by_time, now):
        return _closed()
    return _open()


def map_address(place: "models.Place | None") -> str:
    """The address of a map that shows the place; '' where its position is unknown."""
    if place is None or place.latitude is None or place.longitude is None:
        return ""
    return MAP_ADDRESS.format(latitude=place.latitude, longitude=place.longitude)


def event_script(
    page: "models.EventPage", sessions: list["models.EventSession"], organiser: Page | None, request: HttpRequest
) -> SafeString:
    """The structured data of an event, ready for its page."""
    states, status = models.EventState, structured_data.EventStatus
    postponed = status.RESCHEDULED if page.has_new_dates else status.POSTPONED
    place = page.place
    facts = structured_data.EventFacts(
        name=page.title,
        url=full_address(page, request),
        description=page.summary,
        status={states.CANCELLED: status.CANCELLED, states.POSTPONED: postponed}.get(page.state, status.SCHEDULED),
        occasions=[
            structured_data.Occasion(session.starts_at, session.ends_at, session.compute_until(), session.is_all_day)
            for session in sessions
        ],
        place="　".join(part for part in (place.name if place else "", page.venue_name) if part),
        address=page.address_words,
        latitude=place.latitude if place else None,
        longitude=place.longitude if place else None,
        is_online=page.is_online,
        online_url=page.online_url,
        is_free=page.is_free,
        is_full=page.is_full,
        application_url=page.application_url,
        organiser=organiser.title if organiser else page.organiser_name,
        organiser_url=full_address(organiser, request) if organiser else "",
    )
    return structured_data.script(structured_data.event_data(facts))


def festa_detail(page: "models.FestaPage", request: HttpRequest) -> dict:
    """What only a festa shows: its call for exhibitors at this moment, and the exhibitors that may be named."""
    now = timezone.now()
    visible, asked = _ground(page, now)
    rows = list(page.exhibitors.select_related("group"))
    groups = public_versions([row.group for row in rows if row.group], asked["language"], visible)
    exhibitors = [(groups.get(row.group.translation_key) if row.group else None, row) for row in rows]
    return {
        "exhibitors": [
            {"group": group, "name": group.title if group else row.name, "row": row}
            for group, row in exhibitors
            if group or row.name
        ],
        "call": _call_state(page, now),
    }


def _call_state(page: "models.FestaPage", now: datetime) -> State | None:
    if not (page.call_text or page.call_opens_on or page.call_closes_on):
        return None
    if is_past_deadline(page.call_closes_on, None, now):
        return _closed()
    if page.call_opens_on and page.call_opens_on > tokyo_date(now):
        return State(_("not open yet"))
    return _open()


# Groups, grants, news, posts, magazine


def group_detail(page: "models.GroupPage", request: HttpRequest) -> dict:
    """The group's own events to come, its news and open posts, and the contacts that everybody may see."""
    now = timezone.now()
    _visible, asked = _ground(page, now)
    own = {"page__organiser_group__translation_key": page.translation_key}
    sessions = queries.coming_sessions(one_per_event=True, **asked).filter(**own).prefetch_related(None)
    posts = queries.open_match_posts(**asked).filter(group__translation_key=page.translation_key)
    today = tokyo_date(now)
    return {
        "today": today,
        "is_recruiting": page.is_recruiting_on(today),
        "contacts": page.public_contacts(),
        "sessions": list(sessions[:SESSIONS_SHOWN]),
        "news": list(queries.news(**asked).filter(group__translation_key=page.translation_key)[:NEWS_SHOWN]),
        "posts": list(posts[:NEWS_SHOWN]),
    }


def grant_detail(page: "models.GrantPage", request: HttpRequest) -> dict:
    """Where the applications stand at this moment."""
    now = timezone.now()
    return {"today": tokyo_date(now), "application": grant_state(page, now)}


def grant_state(page: "models.GrantPage", now: datetime) -> State:
    """中止, 締切, これから, 受付中."""
    if page.is_cancelled:
        return State(pgettext("grant", "cancelled"), "warn")
    if is_past_deadline(page.closes_on, page.closes_time, now):
        return _closed()
    if page.opens_on and page.opens_on > tokyo_date(now):
        return State(_("not open yet"))
    return _open()


def news_detail(page: "models.NewsPage", request: HttpRequest) -> dict:
    """The group and the page that the news is about, where they are public; whether a call is still open."""
    now = timezone.now()
    visible, asked = _ground(page, now)
    is_call = page.kind == models.NewsKind.CALL
    is_closed = is_call and (page.is_closed or is_past_deadline(page.deadline_on, page.deadline_time, now))
    about = page.about_page
    return {
        "today": tokyo_date(now),
        "is_call": is_call,
        "call": _closed() if is_closed else _open(),
        "is_closed": is_closed,
        "group": public_version(page.group, asked["language"], visible),
        "about": public_version(about, asked["language"], visible) if about else None,
    }


def match_detail(page: "models.MatchPage", request: HttpRequest) -> dict:
    """Whether the post is open at this moment, and its group where that is public. Nobody's private data."""
    now = timezone.now()
    visible, asked = _ground(page, now)
    is_past = is_past_deadline(page.open_until_on, None, now)
    is_open = page.state == models.MatchState.OPEN and not is_past
    state = _closed() if page.state == models.MatchState.OPEN and is_past else None
    return {
        "today": tokyo_date(now),
        "is_open": is_open,
        "state": state or State(str(page.get_state_display()), "good" if is_open else ""),
        "group": public_version(page.group, asked["language"], visible),
    }


def magazine_issue_detail(page: "models.MagazineIssuePage", request: HttpRequest) -> dict:
    """The issues before and after it, and the day of the next one by the cadence."""
    now = timezone.now()
    _visible, asked = _ground(page, now)
    issues = queries.magazine_issues(**asked).exclude(translation_key=page.translation_key)
    return {
        "today": tokyo_date(now),
        "articles": list(page.articles.all()),
        "issue_before": issues.filter(issued_on__lte=page.issued_on).first(),
        "issue_after": issues.filter(issued_on__gt=page.issued_on).last(),
        "next_issue_on": queries.next_magazine_on(tokyo_date(now)),
    }
