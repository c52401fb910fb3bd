"""What the page of all events shows: a list, an archive of what is over, or a month as a table; as its address says.

A list holds 20 rows a page, in the language of its page, and asks as many queries however many rows there are.
"""

from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.paginator import Page as PageOfRows
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from wagtail.models import Page

from activities import models, queries
from activities.event_choice import (
    FIRST_YEAR,
    LAST_YEAR,
    EventChoice,
    access_words,
    kind_words,
    month_after,
    month_before,
    year_words,
)
from activities.listing import Chip, choices, page_of
from activities.month_table import month_table
from activities.queries import EVENT_ACCESS, EVENT_KINDS
from center.japanese.dates import day_words, month_words
from center.opening import day_end, day_start, fiscal_year, tokyo_date
from center.visibility import publicly_visible

CHANGES_SHOWN = 5
MONTHS_AHEAD = 12
MONTH_CHIPS = 3
SESSIONS_IN_TABLE = 300
OTHER_DAYS_SHOWN = 6


def event_list(page: Page, request: HttpRequest) -> dict:
    """Events: coming ones by date (`?past=1`: the archive, latest first; `?view=month`: a month as a table).

    Filters: kind (several), month=2026-12, when=week, area, free=1, online=1, walk_in=1, wheelchair=1, hearing=1,
    children=1; for the archive also year=2026 (fiscal year).
    """
    return events_at(timezone.now(), page=page, request=request)


def events_at(now: datetime, *, page: Page, request: HttpRequest) -> dict:
    """The page of all events at `now`."""
    today = tokyo_date(now)
    areas = list(models.Area.objects.all())
    choice = EventChoice.of(request.GET, areas)
    asked = {"now": now, "language": page.locale.language_code, "visible": publicly_visible(now=now)}
    shown = _table(choice, today, asked) if choice.is_table else _rows(choice, today, asked, request)
    time_free = {"when": "", "past": "", "year": ""}
    changed = queries.changed_events(filters=choice.filters, **asked).prefetch_related(None)
    if choice.is_table:  # the month's own changes; the table names the others in theirs
        first_on, last_on = shown["month"], month_after(shown["month"]) - timedelta(days=1)
        changed = changed.filter(next_starts_at__gte=day_start(first_on), next_starts_at__lt=day_end(last_on))
    return {
        "today": today,
        "choice": choice,
        "changed": [] if shown["is_past"] else changed[:CHANGES_SHOWN],
        "chips": _quick_chips(choice, shown["is_past"]),
        "kinds": choices([(kind, kind_words(kind)) for kind in EVENT_KINDS], choice.filters.kinds),
        "months": choices(
            [(f"{month:%Y-%m}", month_words(month)) for month in _months(today, choice.month)], choice.parts["month"]
        ),
        "areas": choices([(area.slug, area) for area in areas], choice.filters.area),
        "access": choices([(name, access_words(name)) for name in EVENT_ACCESS], choice.filters.access),
        "views": [
            Chip(choice.as_list().address(), pgettext("view", "List"), not choice.is_table),
            Chip(choice.address(view="month", **time_free), pgettext("view", "Calendar"), choice.is_table),
        ],
        "all_url": EventChoice(is_table=choice.is_table, is_past=choice.is_past).address(),
        "archive_url": choice.without_time().address(past=True),
        "coming_url": choice.without_time().address(),
        **_files(choice),
        **shown,
    }


def _rows(choice: EventChoice, today: date, asked: dict, request: HttpRequest) -> dict:
    first_on, last_on = choice.days(today)
    bounds = {"first_on": first_on, "last_on": last_on, "filters": choice.filters}
    is_past = choice.is_past or bool(last_on and last_on < today)
    if is_past:
        rows = queries.past_sessions(**bounds, **asked)
    else:
        rows = queries.coming_sessions(one_per_event=True, **bounds, **asked)
    page_obj = page_of(rows.prefetch_related(None).prefetch_related("page__sessions"), request.GET)
    _say_other_days(page_obj, asked["now"], today)
    shown = {"is_past": is_past, "page_obj": page_obj, "count": page_obj.paginator.count}
    if is_past:
        months = queries.past_months(filters=choice.filters, **asked)
        return shown | {"years": _year_chips(choice, months), "months_of_year": _month_chips_of_year(choice, months)}
    return shown | {"month_chips": _month_chips(choice, today)}


def _say_other_days(page_obj: PageOfRows, now: datetime, today: date) -> None:
    """Tell at each session its month, and on which further days its course goes on, or was held where that is over."""
    for session in page_obj:
        others = sorted(session.page.sessions.all(), key=lambda other: (other.starts_at, other.pk))
        is_over = session.until_at <= now
        days = [
            day_words(other.starts_on, seen_on=today)
            for other in others
            if other.pk != session.pk and (is_over or other.until_at > now)
        ]
        more = "…" if len(days) > OTHER_DAYS_SHOWN else ""
        session.other_days = pgettext("between words", ", ").join(days[:OTHER_DAYS_SHOWN]) + more
        session.month_words = month_words(session.starts_on)


def _table(choice: EventChoice, today: date, asked: dict) -> dict:
    month = choice.month or today.replace(day=1)
    last_on = month_after(month) - timedelta(days=1)
    found = queries.sessions_between(first_on=month, last_on=last_on, filters=choice.filters, **asked)
    sessions = list(found.prefetch_related(None)[:SESSIONS_IN_TABLE])
    return {
        "is_past": last_on < today,
        "month": month,
        "weeks": month_table(month, sessions),
        "count": len({session.page_id for session in sessions}),
        "month_before": _month_link(choice, month_before(month)),
        "month_after": _month_link(choice, month_after(month)),
        "this_month": _month_link(choice, today.replace(day=1)) if month != today.replace(day=1) else None,
    }


def _month_link(choice: EventChoice, month: date) -> Chip | None:
    if not FIRST_YEAR <= month.year <= LAST_YEAR:
        return None
    return Chip(choice.address(month=f"{month:%Y-%m}"), month_words(month))


def _files(choice: EventChoice) -> dict[str, str]:
    """The addresses of what programs read: the calendar to subscribe to, the file of what is seen, the feed."""
    wishes = choice.without_time().address().removesuffix("?")
    seen = choice.as_list().address(past="").removesuffix("?")
    calendar = reverse("events-calendar")
    site = urlsplit(settings.SITE_URL)
    return {
        "calendar_url": calendar + wishes,
        "webcal_url": f"webcal://{site.netloc}{calendar}{wishes}",
        "https_url": f"{settings.SITE_URL}{calendar}{wishes}",
        "selection_url": calendar + seen if seen != wishes else "",
        "feed_url": reverse("events-feed") + wishes,
    }


def _months(today: date, chosen: date | None) -> list[date]:
    """This month and those ahead; a chosen one outside them is added in its place."""
    months = [today.replace(day=1)]
    while len(months) < MONTHS_AHEAD:
        months.append(month_after(months[-1]))
    return sorted({*months, *([chosen] if chosen else [])})


def _month_chips(choice: EventChoice, today: date) -> list[Chip]:
    """This week and the next months; the chosen one leads to the list without it."""
    week = "" if choice.is_week else "week"
    chips = [Chip(choice.address(when=week, month=""), pgettext("events", "This week"), choice.is_week)]
    for month in _months(today, None)[:MONTH_CHIPS]:
        is_current = month == choice.month
        words = month_words(month) if month.year != today.year else _month_name(month)
        chips.append(Chip(choice.address(month="" if is_current else f"{month:%Y-%m}", when=""), words, is_current))
    return chips


def _quick_chips(choice: EventChoice, is_past: bool) -> list[Chip]:
    filters = choice.filters
    chips = [
        Chip(choice.address(free=not filters.is_free), _("free of charge"), filters.is_free),
        Chip(choice.address(walk_in=not filters.is_walk_in), _("no application needed"), filters.is_walk_in),
        Chip(choice.address(online=not filters.is_online), _("online"), filters.is_online),
    ]
    return chips[:1] if is_past else chips


def _year_chips(choice: EventChoice, months: list[tuple[date, int]]) -> list[Chip]:
    """The fiscal years of the archive, latest first, with how many events each has."""
    counts: dict[int, int] = {}
    for month, count in months:
        counts[fiscal_year(month)] = counts.get(fiscal_year(month), 0) + count
    chosen = choice.year or (fiscal_year(choice.month) if choice.month else None)
    return [
        Chip(
            choice.address(past=True, year="" if year == choice.year else year, month="", when=""),
            _counted(year_words(year), count),
            year == chosen,
        )
        for year, count in counts.items()
    ]


def _month_chips_of_year(choice: EventChoice, months: list[tuple[date, int]]) -> list[Chip]:
    """The months of the chosen fiscal year that have something, in their order; the chosen one leads to its year."""
    chosen = choice.year or (fiscal_year(choice.month) if choice.month else None)
    chips = []
    for month, count in reversed(months):
        if chosen == fiscal_year(month):
            is_current = month == choice.month
            time = {"month": "", "year": chosen} if is_current else {"month": f"{month:%Y-%m}", "year": ""}
            chips.append(
                Chip(choice.address(past=True, when="", **time), _counted(month_words(month), count), is_current)
            )
    return chips


def _counted(words: str, count: int) -> str:
    return _("%(words)s (%(count)d)") % {"words": words, "count": count}


def _month_name(month: date) -> str:
    """12月, December: a month of this year."""
    return month_words(month).replace(f"{month.year}年", "").replace(f" {month.year}", "")
