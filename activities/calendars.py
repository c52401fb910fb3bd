"""Events as a calendar file (iCalendar, RFC 5545) that phones and calendar programs subscribe to."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from icalendar import Calendar, Event, vUri

from activities import models, queries
from activities.event_choice import EventChoice
from activities.month_table import session_days
from center.addresses import full_address
from center.opening import TOKYO, tokyo_date
from center.queries import centre_settings
from center.visibility import publicly_visible

DAYS_BACK = 30
MOST_SESSIONS = 2_000
SECONDS_FRESH = 300
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
"""Control characters but tab and line feed: no calendar program and no XML reader takes them."""


def plain(text: object) -> str:
    """The text without control characters, with plain line ends."""
    return CONTROL.sub("", str(text).replace("\r\n", "\n").replace("\r", "\n"))


@require_safe
def events_calendar(request: HttpRequest) -> HttpResponse:
    """`/events/calendar.ics`: all public sessions to come and of the last 30 days, narrowed like the list of events.

    A month, this week or a fiscal year in the address bounds it to those days, over or not.
    With `?event=<address part>` all sessions of that one event, over or not; 404 where it is not public.
    """
    now, language = timezone.now(), get_language() or queries.JAPANESE
    asked = {"now": now, "language": language, "visible": publicly_visible(now=now)}
    slug = request.GET.get("event")
    if slug is not None:
        sessions = list(queries.event_sessions(slug, **asked)[:MOST_SESSIONS])
        if not sessions:
            raise Http404
        name, filename = sessions[0].page.title, f"{sessions[0].page.slug}.ics"
    else:
        choice = EventChoice.of(request.GET, models.Area.objects.all())
        first_on, last_on = choice.days(tokyo_date(now))
        first_on = first_on or tokyo_date(now) - timedelta(days=DAYS_BACK)
        found = queries.sessions_between(first_on=first_on, last_on=last_on, filters=choice.filters, **asked)
        sessions = list(found[:MOST_SESSIONS])
        name, filename = selection_title(choice), "events.ics"
    content = calendar_of(sessions, name=name, request=request, now=now)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{filename}"'
    patch_cache_control(response, public=True, max_age=SECONDS_FRESH)
    return response


def selection_title(choice: EventChoice) -> str:
    """What a calendar or a feed of that choice is called, with the centre's name."""
    centre = centre_settings()
    is_all = not (choice.is_narrowed or choice.month or choice.is_week or choice.year)
    words = _("Events and lectures") if is_all else f"{_('Events and lectures')}・{choice.words()}"
    return f"{words}｜{centre.local_nickname or centre.local_name}"


def calendar_of(
    sessions: Iterable["models.EventSession"], *, name: str, request: HttpRequest | None, now: datetime
) -> bytes:
    """The sessions as one calendar, in the order given. Lines are folded at 75 octets; times carry their VTIMEZONE.

    Sessions carry `session_number`, their pages place and area, as `activities.queries` gives them.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//{_host()}//assist-park//JA")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", plain(name))
    calendar.add("x-wr-calname", plain(name))
    calendar.add("x-wr-timezone", "Asia/Tokyo")
    calendar.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    for session in sessions:
        calendar.add_component(_entry(session, request, now))
    calendar.add_missing_timezones()
    return calendar.to_ical()


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def _entry(session: "models.EventSession", request: HttpRequest | None, now: datetime) -> Event:
    """One session. Its UID stays through every edit and in every language; SEQUENCE grows with each publication."""
    page = session.page
    entry = Event()
    entry.add("uid", f"{page.translation_key}-{session.session_number}@{_host()}")
    changed_at = page.last_published_at or page.latest_revision_created_at or now
    entry.add("dtstamp", changed_at.astimezone(UTC))
    entry.add("last-modified", changed_at.astimezone(UTC))
    entry.add("sequence", page.live_revision_id or 0)
    _add_times(entry, session)
    state = "" if page.state == models.EventState.PLANNED else f"【{page.get_state_display()}】"
    sample = f"【{_('sample')}】" if page.is_sample else ""
    number = {"number": session.session_number}
    part = pgettext("event part", " no. %(number)d") % number if session.session_count > 1 else ""
    theme = f"　{session.title}" if session.title else ""
    entry.add("summary", plain(f"{state}{sample}{page.title}{part}{theme}"))
    entry.add("status", "CANCELLED" if page.is_off else "CONFIRMED")
    where = "　".join(words for words in (page.venue_words, page.address_words) if words)
    if where:
        entry.add("location", plain(where))
    place = page.place
    if place and place.latitude is not None and place.longitude is not None:
        entry.add("geo", (float(place.latitude), float(place.longitude)))
    address = full_address(page, request)
    entry.add("url", vUri(address))
    lines = [page.change_note, page.summary, session.note, page.fee_words, page.application_words, page.contact_phone]
    entry.add("description", plain("\n".join([*(str(line) for line in lines if line), address])))
    entry.add("categories", [str(page.kind_word)])
    return entry


def _add_times(entry: Event, session: "models.EventSession") -> None:
    if session.is_all_day:
        first, last = session_days(session)
        entry.add("dtstart", first)
        entry.add("dtend", last + timedelta(days=1))
        return
    entry.add("dtstart", session.starts_at.astimezone(TOKYO))
    if session.ends_at and session.ends_at > session.starts_at:
        entry.add("dtend", session.ends_at.astimezone(TOKYO))
