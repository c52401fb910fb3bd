"""What a reader asks of the list of events, as the address says it; the calendar file and the feed ask the same way."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from activities import models
from activities.listing import address, is_on, known
from activities.queries import EVENT_KINDS, EventFilter
from center.japanese.dates import month_words

MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
FIRST_YEAR, LAST_YEAR = 2006, 2100
"""The centre opened in 2006; later than 2100 nobody asks."""


@dataclass(frozen=True, kw_only=True)
class EventChoice:
    """The filters that hold: a month or this week or neither, what is over, and what the events must be like.

    `month` is the first day of a month. `area` is the row that `filters.area` names.
    """

    filters: EventFilter = field(default_factory=EventFilter)
    month: date | None = None
    is_week: bool = False
    is_past: bool = False
    area: "models.Area | None" = None

    @classmethod
    def of(cls, query: QueryDict, areas: Iterable["models.Area"]) -> "EventChoice":
        """Read the address. What it asks wrongly is left out: an unknown kind or area, a month that does not exist."""
        by_slug = {area.slug: area for area in areas}
        slug = known(query, "area", by_slug)
        filters = EventFilter(
            kinds=frozenset(query.getlist("kind")) & frozenset(EVENT_KINDS),
            area=slug,
            is_free=is_on(query, "free"),
            is_online=is_on(query, "online"),
            is_walk_in=is_on(query, "walk_in"),
        )
        month = month_of(query.get("month", ""))
        return cls(
            filters=filters,
            month=month,
            is_week=month is None and query.get("when") == "week",
            is_past=is_on(query, "past"),
            area=by_slug.get(slug),
        )

    @property
    def parts(self) -> dict[str, object]:
        """What stands in the address, by name; empty values included."""
        return {
            "when": "week" if self.is_week else "",
            "month": f"{self.month:%Y-%m}" if self.month else "",
            "kind": [kind for kind in EVENT_KINDS if kind in self.filters.kinds],
            "area": self.filters.area,
            "free": self.filters.is_free,
            "online": self.filters.is_online,
            "walk_in": self.filters.is_walk_in,
            "past": self.is_past,
        }

    @property
    def is_narrowed(self) -> bool:
        """Is anything but the time chosen?"""
        return self.filters != EventFilter()

    def address(self, **changes: object) -> str:
        """The query string with some parts changed."""
        return address(self.parts, **changes)

    def without_time(self) -> "EventChoice":
        """The same wishes for all days."""
        return replace(self, month=None, is_week=False, is_past=False)

    def days(self, today: date) -> tuple[date | None, date | None]:
        """The first and the last day that are asked for, both included; None where there is no bound.

        This week runs to Sunday.
        """
        if self.month:
            return self.month, month_after(self.month) - timedelta(days=1)
        if self.is_week:
            return today, today + timedelta(days=6 - today.weekday())
        return None, None

    def wishes(self) -> list[tuple[str, str]]:
        """Each chosen condition but the time as (its words, the address without it)."""
        found = [
            (kind_words(kind), self.address(kind=[other for other in self.parts["kind"] if other != kind]))
            for kind in self.parts["kind"]
        ]
        if self.area:
            found.append((str(self.area), self.address(area="")))
        if self.filters.is_free:
            found.append((_("free of charge"), self.address(free="")))
        if self.filters.is_online:
            found.append((_("online"), self.address(online="")))
        if self.filters.is_walk_in:
            found.append((_("no application needed"), self.address(walk_in="")))
        return found

    def words(self) -> str:
        """The heading of the list: 2026年12月・無料."""
        if self.month:
            time = month_words(self.month)
        elif self.is_week:
            time = pgettext("events", "This week")
        elif self.is_past:
            time = pgettext("events", "Past events")
        else:
            time = pgettext("events", "Coming events")
        return "・".join([time, *(words for words, _address in self.wishes())])


def month_of(text: str) -> date | None:
    """The first day of a month written as 2026-12; None for anything else."""
    found = MONTH.fullmatch(text)
    if not found:
        return None
    year, month = int(found[1]), int(found[2])
    return date(year, month, 1) if FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12 else None


def month_after(month: date) -> date:
    """The first day of the next month."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def month_before(month: date) -> date:
    """The first day of the month before."""
    return (month - timedelta(days=1)).replace(day=1)


def kind_words(kind: str) -> str:
    """The word for a kind of event."""
    return {"event": _("event"), "lecture": _("lecture"), "festa": _("festa"), "salon": _("salon")}[kind]
