"""What the list pages show: the context of each index page but that of events, from the filters in its address.

Every list holds 20 rows a page, in the language of its page, and asks as many queries however many rows there are.
"""

from collections.abc import Sequence
from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone
from wagtail.models import Page

from activities import models, queries
from activities.listing import Chip, address, choices, is_on, known, page_of
from center.opening import tokyo_date
from center.visibility import publicly_visible


def match_list(page: Page, request: HttpRequest) -> dict:
    """Open matching posts, nearest end first (`?closed=1`: the others, newest first).

    Filters: direction, resource, actor, area (its address part).
    """
    return matches_at(timezone.now(), page=page, request=request)


def matches_at(now: datetime, *, page: Page, request: HttpRequest) -> dict:
    """The list of matching posts at `now`. `other_count`: how many the other list (open or closed) holds."""
    areas = list(models.Area.objects.all())
    asked = {
        "direction": known(request.GET, "direction", models.MatchDirection.values),
        "resource": known(request.GET, "resource", models.MatchResource.values),
        "actor": known(request.GET, "actor", models.MatchActor.values),
        "area": known(request.GET, "area", [area.slug for area in areas]),
    }
    reading = {"now": now, "language": page.locale.language_code, "visible": publicly_visible(now=now)}
    is_closed = is_on(request.GET, "closed")
    lists_of = (queries.open_match_posts, queries.closed_match_posts)
    rows, others = (ask(**asked, **reading) for ask in (reversed(lists_of) if is_closed else lists_of))
    parts = asked | {"closed": is_closed}

    def chips(name: str, pairs: Sequence[tuple[str, object]]) -> list[Chip]:
        chosen = parts[name]
        return [
            Chip(address(parts, **{name: "" if chosen == value else value}), str(words), chosen == value)
            for value, words in pairs
        ]

    return {
        "today": tokyo_date(now),
        "page_obj": page_of(rows, request.GET),
        "directions": chips("direction", models.MatchDirection.choices),
        "resources": chips("resource", models.MatchResource.choices),
        "actors": choices(models.MatchActor.choices, asked["actor"]),
        "areas": choices([(area.slug, area) for area in areas], asked["area"]),
        "direction": asked["direction"],
        "resource": asked["resource"],
        "is_closed": is_closed,
        "is_narrowed": any(asked.values()),
        "is_filter_open": bool(asked["actor"] or asked["area"]),
        "all_url": address({"closed": is_closed}),
        "other_url": address(parts, closed=not is_closed),
        "other_count": others.order_by().count(),
    }
