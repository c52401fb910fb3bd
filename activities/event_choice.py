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
from activities.queries import EVENT_ACCESS, EVENT_KINDS, EventFilter
from center.japanese.dates import month_words
from center.opening import fiscal_year

MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
FIRST_YEAR, LAST_YEAR = 2006, 2100
"""The centre opened in 2006; later than 2100 nobody asks."""


@dataclass(frozen=True, kw_only=True)
class EventChoice:
    """The filters that hold: a month or this week or neither, what is over, and what the events must be like.

    `month` is the first day of a month; `year` a fiscal year (April to March) of the archive. `is_table`: seen as a
    table of a month instead of a list. `area` is the row that `filters.area` names.
    """

    filters: EventFilter = field(default_factory=EventFilter)
    month: date | None = None
    is_week: bool = False
    is_past: bool = False
    year: int | None = None
    is_table: bool = False
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
            access=frozenset(name for name in EVENT_ACCESS if is_on(query, name)),
        )
        month, is_table = month_of(query.get("month", "")), query.get("view") == "month"
        is_past = is_on(query, "past") and not is_table
        return cls(
            filters=filters,
            month=month,
            is_week=month is None and not is_past and not is_table and query.get("when") == "week",
            is_past=is_past,
            year=year_of(query.get("year", "")) if is_past and month is None else None,
            is_table=is_table,
            area=by_slug.get(slug),
        )

    @property
    def parts(self) -> dict[str, object]:
        """What stands in the address, by name; empty values included."""
        return {
            "view": "month" if self.is_table else "",
            "when": "week" if self.is_week else "",
            "month": f"{self.month:%Y-%m}" if self.month else "",
            "kind": [kind for kind in EVENT_KINDS if kind in self.filters.kinds],
            "area": self.filters.area,
            "free": self.filters.is_free,
            "online": self.filters.is_online,
            "walk_in": self.filters.is_walk_in,
            **{name: name in self.filters.access for name in EVENT_ACCESS},
            "past": self.is_past,
            "year": self.year,
        }

    @property
    def is_narrowed(self) -> bool:
        """Is anything but the time chosen?"""
        return self.filters != EventFilter()

    def address(self, **changes: object) -> str:
        """The query string with some parts changed."""
        return address(self.parts, **changes)

    def without_time(self) -> "EventChoice":
        """The same wishes for all days, as a list."""
        return replace(self, month=None, is_week=False, is_past=False, year=None, is_table=False)

    def as_list(self) -> "EventChoice":
        """The same choice, seen as a list."""
        return replace(self, is_table=False)

    def days(self, today: date) -> tuple[date | None, date | None]:
        """The first and the last day that are asked for, both included; None where there is no bound.

        This week runs to Sunday, a fiscal year from April to March.
        """
        if self.month:
            return self.month, month_after(self.month) - timedelta(days=1)
        if self.is_week:
            return today, today + timedelta(days=6 - today.weekday())
        if self.year:
            return date(self.year, 4, 1), date(self.year + 1, 3, 31)
        return None, None

    def wishes(self) -> list[tuple[str, str]]:
        """Each chosen condition as (its words, the address without it): the time first, then what it must be like."""
        return [*self._times(), *self._conditions()]

    def _times(self) -> list[tuple[str, str]]:
        if self.month and not self.is_table:
            # a month of the archive leads back to its fiscal year
            year = fiscal_year(self.month) if self.is_past else None
            return [(month_words(self.month), self.address(month="", year=year))]
        if self.is_week:
            return [(pgettext("events", "This week"), self.address(when=""))]
        if self.year:
            return [(year_words(self.year), self.address(year=""))]
        return []

    def _conditions(self) -> list[tuple[str, str]]:
        found = [
            (kind_words(kind), self.address(kind=[other for other in self.parts["kind"] if other != kind]))
            for kind in self.parts["kind"]
        ]
        if self.area:
            found.append((str(self.area), self.address(area="")))
        yes_or_no = {
            "free": (self.filters.is_free, _("free of charge")),
            "online": (self.filters.is_online, _("online")),
            "walk_in": (self.filters.is_walk_in, _("no application needed")),
            **{name: (name in self.filters.access, access_words(name)) for name in EVENT_ACCESS},
        }
        return found + [
            (words, self.address(**{name: ""})) for name, (is_wanted, words) in yes_or_no.items() if is_wanted
        ]

    def words(self) -> str:
        """The whole choice in one line: 2026年12月・無料."""
        return "・".join([self.time_words, *(words for words, _address in self._conditions())])

    @property
    def time_words(self) -> str:
        """The heading of the list: 2026年12月."""
        if self.month:
            return month_words(self.month)
        if self.year:
            return year_words(self.year)
        if self.is_table:
            return _("Calendar")
        if self.is_week:
            return pgettext("events", "This week")
        return pgettext("events", "Past events") if self.is_past else pgettext("events", "Coming events")


def month_of(text: str) -> date | None:
    """The first day of a month written as 2026-12; None for anything else."""
    found = MONTH.fullmatch(text)
    if not found:
        return None
    year, month = int(found[1]), int(found[2])
    return date(year, month, 1) if FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12 else None


def year_of(text: str) -> int | None:
    """A fiscal year written as 2026; None for anything else."""
    is_year = text.isascii() and text.isdigit() and len(text) == 4 and FIRST_YEAR <= int(text) <= LAST_YEAR
    return int(text) if is_year else None


def month_after(month: date) -> date:
    """The first day of the next month."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def month_before(month: date) -> date:
    """The first day of the month before."""
    return (month - timedelta(days=1)).replace(day=1)


def kind_words(kind: str) -> str:
    """The word for a kind of event."""
    return {"event": _("event"), "lecture": _("lecture"), "festa": _("festa"), "salon": _("salon")}[kind]


def year_words(year: int) -> str:
    """2026年度: April 2026 to March 2027."""
    return _("fiscal year %(year)d") % {"year": year}


def access_words(name: str) -> str:
    """The word for a condition of access."""
    return {
        "wheelchair": pgettext("filter", "Wheelchair"),
        "hearing": pgettext("filter", "Help with hearing"),
        "children": pgettext("filter", "With children"),
    }[name]
