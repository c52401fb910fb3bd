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
    """One time at which an event happens, in aware moments; all day counts whole days in Tokyo, `until_at` excluded.

    `previous_starts_at`: when it should have begun before it was moved.
    """

    starts_at: datetime
    ends_at: datetime | None
    until_at: datetime
    is_all_day: bool
    name: str = ""
    previous_starts_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class EventFacts:
    """What is told of an event. Unknown parts are empty or None and are left out.

    `address` is one line in Japan, in `region` (prefecture) and `city`. `fee` is said in words, `fee_yen` as a number
    where the words name one. `organiser_url`: the organiser's page here. `performer`: who speaks.
    """

    name: str
    url: str
    description: str = ""
    image: str = ""
    status: EventStatus = EventStatus.SCHEDULED
    occasions: Sequence[Occasion] = ()
    place: str = ""
    address: str = ""
    region: str = ""
    city: str = ""
    latitude: float | None = None
    longitude: float | None = None
    is_online: bool = False
    online_url: str = ""
    is_free: bool = False
    fee: str = ""
    fee_yen: int | None = None
    is_full: bool = False
    capacity: int | None = None
    application_url: str = ""
    apply_by_at: datetime | None = None
    organiser: str = ""
    organiser_url: str = ""
    performer: str = ""


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
        "image": [facts.image] if facts.image else [],
        **_times(facts.occasions[0], facts.occasions[-1]),
        "eventStatus": f"{CONTEXT}/{facts.status}",
        "eventAttendanceMode": f"{CONTEXT}/{_mode(facts)}",
        "location": _location(facts),
        "offers": _offers(facts),
        "organizer": _without_empty({"@type": "Organization", "name": facts.organiser, "url": facts.organiser_url})
        if facts.organiser
        else {},
        "performer": {"@type": "Person", "name": facts.performer} if facts.performer else {},
        "maximumAttendeeCapacity": facts.capacity,
    }
    if facts.is_free:
        data["isAccessibleForFree"] = True
    if len(facts.occasions) > 1:
        data["subEvent"] = [
            {
                "@type": "Event",
                "name": f"{facts.name}　{occasion.name}" if occasion.name else facts.name,
                **_times(occasion, occasion),
                "location": data["location"],
                "eventStatus": data["eventStatus"],
                "eventAttendanceMode": data["eventAttendanceMode"],
            }
            for occasion in facts.occasions
        ]
    return _without_empty(data)


@dataclass(frozen=True, kw_only=True)
class OrganisationFacts:
    """What everybody may know of a group. Unknown parts are empty or None and are left out."""

    name: str
    url: str
    description: str = ""
    is_non_profit: bool = False
    founded_year: int | None = None
    phones: Sequence[str] = ()
    emails: Sequence[str] = ()
    addresses: Sequence[str] = ()
    same_as: Sequence[str] = ()
    subjects: Sequence[str] = ()


def organisation_data(facts: OrganisationFacts) -> dict:
    """The group as schema.org's Organization, or NGO."""
    addresses = [
        {"@type": "PostalAddress", "streetAddress": address, "addressCountry": "JP"} for address in facts.addresses
    ]
    return _without_empty(
        {
            "@context": CONTEXT,
            "@type": "NGO" if facts.is_non_profit else "Organization",
            "name": facts.name,
            "url": facts.url,
            "description": facts.description,
            "foundingDate": str(facts.founded_year or ""),
            "telephone": list(facts.phones),
            "email": list(facts.emails),
            "address": addresses,
            "sameAs": list(facts.same_as),
            "knowsAbout": list(facts.subjects),
        }
    )


def script(data: dict) -> SafeString:
    """The data as a script element that no browser runs; '' for {}. Nothing in it can end the element."""
    if not data:
        return mark_safe("")
    words = json.dumps(data, ensure_ascii=False).translate(ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{words}</script>')


def _times(first: Occasion, last: Occasion) -> dict[str, str]:
    if first.is_all_day:
        final_day = (last.until_at - timedelta(microseconds=1)).astimezone(TOKYO).date()
        times = {"startDate": first.starts_at.astimezone(TOKYO).date().isoformat(), "endDate": final_day.isoformat()}
    else:
        times = {"startDate": first.starts_at.astimezone(TOKYO).isoformat()}
        if last.ends_at:
            times["endDate"] = last.ends_at.astimezone(TOKYO).isoformat()
    if first.previous_starts_at:
        before = first.previous_starts_at.astimezone(TOKYO)
        times["previousStartDate"] = (before.date() if first.is_all_day else before).isoformat()
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
            place["address"] = _without_empty(
                {
                    "@type": "PostalAddress",
                    "streetAddress": facts.address,
                    "addressLocality": facts.city,
                    "addressRegion": facts.region,
                    "addressCountry": "JP",
                }
            )
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
    """What it costs and whether a seat is left; nothing where neither a fee nor an application is known."""
    if facts.fee_yen is None and not (facts.fee or facts.application_url or facts.apply_by_at or facts.is_full):
        return {}
    offer = {"@type": "Offer", "url": facts.application_url or facts.url, "description": facts.fee}
    if facts.fee_yen is not None:
        offer |= {"price": str(facts.fee_yen), "priceCurrency": "JPY"}
    if facts.apply_by_at:
        offer["validThrough"] = facts.apply_by_at.astimezone(TOKYO).isoformat()
    if facts.status in (EventStatus.SCHEDULED, EventStatus.RESCHEDULED):
        offer["availability"] = f"{CONTEXT}/{'SoldOut' if facts.is_full else 'InStock'}"
    return _without_empty(offer)


def _without_empty(data: dict) -> dict:
    return {name: value for name, value in data.items() if value not in ("", None, [], {})}
