"""Structured data (schema.org, JSON-LD) that search engines read of a page: facts only, nothing that is unknown."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.safestring import SafeString, mark_safe

from center.opening import TOKYO

CONTEXT = "https://schema.org"
ESCAPES = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}
"""What could end the script element, or a line of script, is written as JSON's own escape."""


class EventStatus(StrEnum):
    """schema.org's words for whether an event happens as it was told."""

    SCHEDULED = "EventScheduled"
    RESCHEDULED = "EventRescheduled"
    POSTPONED = "EventPostponed"
    CANCELLED = "EventCancelled"


@dataclass(frozen=True)
class Occasion:
    """One time at which an event happens, in aware moments; all day counts whole days in Tokyo, `until_at` excluded."""

    starts_at: datetime
    ends_at: datetime | None
    until_at: datetime
    is_all_day: bool


@dataclass(frozen=True, kw_only=True)
class EventFacts:
    """What is told of an event. Unknown parts are empty or None and are left out.

    `address` is one line in Japan. `organiser_is_group`: the organiser has a page here, at `organiser_url`.
    """

    name: str
    url: str
    description: str = ""
    status: EventStatus = EventStatus.SCHEDULED
    occasions: Sequence[Occasion] = ()
    place: str = ""
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None
    is_online: bool = False
    online_url: str = ""
    is_free: bool = False
    is_full: bool = False
    application_url: str = ""
    organiser: str = ""
    organiser_url: str = ""


def event_data(facts: EventFacts) -> dict:
    """The event as schema.org's Event; an event of several sessions carries each of them as a `subEvent`.

    Without a session there is no data: search engines want to know when. Then the answer is {}.
    """
    if not facts.occasions:
        return {}
    data = {
        "@context": CONTEXT,
        "@type": "Event",
        "name": facts.name,
        "url": facts.url,
        "description": facts.description,
        **_times(facts.occasions[0].starts_at, facts.occasions[-1], facts.occasions[0].is_all_day),
        "eventStatus": f"{CONTEXT}/{facts.status}",
        "eventAttendanceMode": f"{CONTEXT}/{_mode(facts)}",
        "location": _location(facts),
        "offers": _offers(facts),
        "organizer": _without_empty({"@type": "Organization", "name": facts.organiser, "url": facts.organiser_url})
        if facts.organiser
        else {},
    }
    if facts.is_free:
        data["isAccessibleForFree"] = True
    if len(facts.occasions) > 1:
        data["subEvent"] = [
            {
                "@type": "Event",
                "name": facts.name,
                **_times(occasion.starts_at, occasion, occasion.is_all_day),
                "location": data["location"],
                "eventStatus": data["eventStatus"],
            }
            for occasion in facts.occasions
        ]
    return _without_empty(data)


def script(data: dict) -> SafeString:
    """The data as a script element that no browser runs; '' for {}. Nothing in it can end the element."""
    if not data:
        return mark_safe("")
    words = json.dumps(data, ensure_ascii=False).translate(ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{words}</script>')


def _times(starts_at: datetime, last: Occasion, is_all_day: bool) -> dict[str, str]:
    if is_all_day:
        final_day = (last.until_at - timedelta(microseconds=1)).astimezone(TOKYO).date()
        return {"startDate": starts_at.astimezone(TOKYO).date().isoformat(), "endDate": final_day.isoformat()}
    times = {"startDate": starts_at.astimezone(TOKYO).isoformat()}
    if last.ends_at:
        times["endDate"] = last.ends_at.astimezone(TOKYO).isoformat()
    return times


def _mode(facts: EventFacts) -> str:
    if not facts.is_online:
        return "OfflineEventAttendanceMode"
    return "MixedEventAttendanceMode" if facts.place else "OnlineEventAttendanceMode"


def _location(facts: EventFacts) -> dict | list[dict]:
    found = []
    if facts.place or facts.address:
        place = {"@type": "Place", "name": facts.place or facts.address}
        if facts.address:
            place["address"] = {"@type": "PostalAddress", "streetAddress": facts.address, "addressCountry": "JP"}
        if facts.latitude is not None and facts.longitude is not None:
            place["geo"] = {
                "@type": "GeoCoordinates",
                "latitude": float(facts.latitude),
                "longitude": float(facts.longitude),
            }
        found.append(place)
    if facts.is_online:
        found.append({"@type": "VirtualLocation", "url": facts.online_url or facts.url})
    return found[0] if len(found) == 1 else found


def _offers(facts: EventFacts) -> dict:
    if not facts.is_free and not facts.application_url:
        return {}
    offer = {"@type": "Offer", "url": facts.application_url or facts.url}
    if facts.is_free:
        offer |= {"price": "0", "priceCurrency": "JPY"}
    return offer | {"availability": f"{CONTEXT}/{'SoldOut' if facts.is_full else 'InStock'}"}


def _without_empty(data: dict) -> dict:
    return {name: value for name, value in data.items() if value not in ("", None, [], {})}
