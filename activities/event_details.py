"""What the page of one event, lecture, festa or salon shows beside its own fields. Names nothing that is not public."""

from datetime import date, datetime, time
from enum import StrEnum

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from wagtail.images.models import SourceImageIOError
from wagtail.models import Page

from activities import models, queries
from activities.deadline_words import deadline_moment, is_past_deadline
from activities.details import NEWS_SHOWN, State, closed_state, ground, open_state, public_version, public_versions
from center import structured_data
from center.addresses import full_address
from center.opening import tokyo_date
from center.queries import centre_settings

OTHERS_SHOWN = 6
PICTURE = "width-960|format-webp"
"""The size in which a page shows its picture."""


class Phase(StrEnum):
    """How an event stands to a day: each has its own emphasis."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


def event_detail(page: "models.EventPage", request: HttpRequest) -> dict:
    """What the page of an event shows beside its fields, at this moment."""
    return event_at(timezone.now(), page=page, request=request)


def event_at(now: datetime, *, page: "models.EventPage", request: HttpRequest) -> dict:
    """Sessions in order, the leaf's day, states, the public organiser, news about it, calendar and structured data."""
    visible, asked = ground(page, now)
    today, sessions = tokyo_date(now), page.ordered_sessions()
    for number, session in enumerate(sessions, start=1):
        session.number, session.is_over = number, session.compute_until() <= now
        session.words = session.words_seen_on(today)
    lead = next((session for session in sessions if not session.is_over), sessions[-1] if sessions else None)
    organiser = public_version(page.organiser_group, asked["language"], visible)
    is_over = bool(sessions) and all(session.is_over for session in sessions)
    news = queries.news(**asked).filter(about_page__translation_key=page.translation_key)
    return {
        "today": today,
        "kind": page.event_kind,
        "sessions": sessions,
        "lead_session": lead,
        "is_course": len(sessions) > 1,
        "is_over": is_over,
        "phase": phase_on(today, sessions, now),
        "application": application_state(page, now, is_over=is_over),
        "can_apply": page.application_way != models.ApplicationWay.NONE and not is_over and not page.is_off,
        "organiser": organiser,
        "organiser_name": organiser.title if organiser else page.organiser_name,
        "news": list(news[:NEWS_SHOWN]),
        "ics_url": _ics_address(page) if sessions else "",
        "webcal_url": f"webcal://{settings.SITE_URL.partition('://')[2]}{_ics_address(page)}" if sessions else "",
        "structured_data": event_script(page, sessions, organiser, request),
    }


def _ics_address(page: "models.EventPage") -> str:
    return f"{reverse('events-calendar')}?event={page.slug}"


def phase_on(today: date, sessions: list["models.EventSession"], now: datetime) -> Phase:
    """During: on a day of a session, until that is over. A course between two sessions is before its next one."""
    if sessions and all(session.compute_until() <= now for session in sessions):
        return Phase.AFTER
    coming = next((session for session in sessions if session.compute_until() > now), None)
    return Phase.DURING if coming and coming.starts_on <= today else Phase.BEFORE


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
        return closed_state()
    return open_state()


def event_script(
    page: "models.EventPage", sessions: list["models.EventSession"], organiser: Page | None, request: HttpRequest
) -> SafeString:
    """The structured data of an event, ready for its page."""
    states, status = models.EventState, structured_data.EventStatus
    is_moved = any(session.previous_starts_at for session in sessions)
    moved = {
        states.CANCELLED: status.CANCELLED,
        states.POSTPONED: status.RESCHEDULED if page.has_new_dates else status.POSTPONED,
        states.CHANGED: status.RESCHEDULED if is_moved else status.SCHEDULED,
    }
    place, centre = page.place, centre_settings()
    is_of_place = bool(place and place.address and not page.venue_address)
    facts = structured_data.EventFacts(
        name=page.title,
        url=full_address(page, request),
        description=page.summary or "　".join(part for part in (page.when_words, page.venue_words) if part),
        image=_picture_address(page),
        status=moved.get(page.state, status.SCHEDULED),
        occasions=[
            structured_data.Occasion(
                session.starts_at,
                session.ends_at,
                session.compute_until(),
                session.is_all_day,
                name=session.title,
                previous_starts_at=session.previous_starts_at,
            )
            for session in sessions
        ],
        place="　".join(part for part in (place.name if place else "", page.venue_name) if part),
        address=page.address_words,
        region=centre.prefecture if is_of_place else "",
        city=centre.city if is_of_place else "",
        latitude=place.latitude if place else None,
        longitude=place.longitude if place else None,
        is_online=page.is_online,
        online_url=page.online_url,
        is_free=page.is_free,
        fee=page.fee,
        fee_yen=page.fee_yen,
        is_full=page.is_full,
        capacity=page.capacity,
        application_url=page.application_url,
        apply_by_at=deadline_moment(page.apply_by_on, page.apply_by_time),
        organiser=organiser.title if organiser else page.organiser_name,
        organiser_url=full_address(organiser, request) if organiser else "",
        performer=getattr(page, "speaker_name", ""),
    )
    return structured_data.script(structured_data.event_data(facts))


def _picture_address(page: "models.EventPage") -> str:
    """The full address of the page's picture; '' without one, or where its file is gone."""
    if page.image is None:
        return ""
    try:
        address = page.image.get_rendition(PICTURE).url
    except SourceImageIOError:
        return ""
    return address if "://" in address else settings.SITE_URL + address


# Lectures, festa, salons


def lecture_detail(page: "models.LecturePage", request: HttpRequest) -> dict:
    """The other lectures of the same series: those to come, earliest first, and those held, latest first."""
    return lecture_at(timezone.now(), page=page)


def lecture_at(now: datetime, *, page: "models.LecturePage") -> dict:
    """See `lecture_detail`."""
    _visible, asked = ground(page, now)
    others = queries.others_of_type(page, **asked).filter(series=page.series)
    return _before_and_after(others, now) | {"materials": list(page.materials.select_related("document"))}


def salon_detail(page: "models.SalonPage", request: HttpRequest) -> dict:
    """The salons to come, earliest first, and those held, latest first."""
    return salon_at(timezone.now(), page=page)


def salon_at(now: datetime, *, page: "models.SalonPage") -> dict:
    """See `salon_detail`."""
    _visible, asked = ground(page, now)
    return _before_and_after(queries.others_of_type(page, **asked), now)


def _before_and_after(others, now: datetime) -> dict:
    return {
        "others_to_come": list(others.filter(over_at__gt=now)[:OTHERS_SHOWN]),
        "others_held": list(others.filter(over_at__lte=now).order_by("-first_at", "-pk")[:OTHERS_SHOWN]),
    }


def festa_detail(page: "models.FestaPage", request: HttpRequest) -> dict:
    """What only a festa shows: its call for exhibitors at this moment, programme, exhibitors, other editions."""
    return festa_at(timezone.now(), page=page)


def festa_at(now: datetime, *, page: "models.FestaPage") -> dict:
    """See `festa_detail`. An exhibitor whose group has no public page is named without a link."""
    visible, asked = ground(page, now)
    rows = list(page.exhibitors.select_related("group"))
    groups = public_versions([row.group for row in rows if row.group], asked["language"], visible)
    exhibitors = []
    for row in rows:
        group = groups.get(row.group.translation_key) if row.group else None
        name = group.title if group else row.name or (row.group.title if row.group else "")
        if name:
            exhibitors.append({"group": group, "name": name, "row": row})
    others = queries.others_of_type(page, **asked).order_by("-first_at", "-pk")
    return {
        "programme": sorted(page.programme.all(), key=_by_time),
        "exhibitors": exhibitors,
        "call": call_state(page, now),
        "call_left": page.call_closes_on if is_call_open(page, now) else None,
        "other_editions": list(others[:OTHERS_SHOWN]),
    }


def _by_time(item: "models.FestaProgrammeItem") -> tuple:
    """What has a time stands in its order; what has none comes last."""
    return (item.starts_at_time is None, item.starts_at_time or time.min)


def is_call_open(page: "models.FestaPage", now: datetime) -> bool:
    """Can exhibitors apply at `now`?"""
    state = call_state(page, now)
    return state is not None and state == open_state()


def call_state(page: "models.FestaPage", now: datetime) -> State | None:
    """受付前, 受付中 or 締切 of the call for exhibitors; None where there is none."""
    if not (page.call_text or page.call_opens_on or page.call_closes_on):
        return None
    if is_past_deadline(page.call_closes_on, None, now):
        return closed_state()
    if page.call_opens_on and page.call_opens_on > tokyo_date(now):
        return State(_("not open yet"))
    return open_state()
