"""What the list pages show: the context of each index page, from the filters in its address.

Every list holds 20 rows a page, in the language of its page, and asks as many queries however many rows there are.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from wagtail.models import Page

from activities import models, queries
from activities.event_choice import EventChoice, kind_words, month_after, month_before
from activities.listing import Chip, address, choices, is_on, known, page_of
from activities.month_table import month_table
from activities.queries import EVENT_KINDS, SOON_DAYS
from center.japanese.dates import month_words
from center.japanese.kana import OTHER, ROWS
from center.opening import fiscal_year, tokyo_date
from center.visibility import publicly_visible

CHANGES_SHOWN = 5
MONTHS_AHEAD = 12
MONTH_CHIPS = 3
SESSIONS_IN_TABLE = 300


def event_list(page: Page, request: HttpRequest) -> dict:
    """Events: coming ones by date (`?past=1`: the archive, latest first), changes before them, a month's table after.

    Filters: kind (several), month=2026-12, when=week, area, free=1, online=1, walk_in=1, past=1.
    """
    return events_at(timezone.now(), page=page, request=request)


def events_at(now: datetime, *, page: Page, request: HttpRequest) -> dict:
    """The list of events at `now`."""
    today = tokyo_date(now)
    areas = list(models.Area.objects.all())
    choice = EventChoice.of(request.GET, areas)
    first_on, last_on = choice.days(today)
    asked = {"now": now, "language": page.locale.language_code, "visible": publicly_visible(now=now)}
    bounds = {"first_on": first_on, "last_on": last_on, "filters": choice.filters}
    is_past = choice.is_past or bool(last_on and last_on < today)
    if is_past:
        rows = queries.past_sessions(**bounds, **asked)
    else:
        rows = queries.coming_sessions(one_per_event=True, **bounds, **asked)
    page_obj = page_of(rows.prefetch_related(None), request.GET)
    table_month = choice.month or today.replace(day=1)
    in_month = queries.sessions_between(
        first_on=table_month, last_on=month_after(table_month) - timedelta(days=1), filters=choice.filters, **asked
    ).prefetch_related(None)
    calendar_query = choice.without_time().address()
    return {
        "today": today,
        "choice": choice,
        "is_past": is_past,
        "page_obj": page_obj,
        "changed": [] if is_past else queries.changed_events(**asked).prefetch_related(None)[:CHANGES_SHOWN],
        "chips": _event_chips(choice, today),
        "kinds": choices([(kind, kind_words(kind)) for kind in EVENT_KINDS], choice.filters.kinds),
        "months": choices(
            [(f"{month:%Y-%m}", month_words(month)) for month in _months(today, choice.month)], choice.parts["month"]
        ),
        "areas": choices([(area.slug, area) for area in areas], choice.filters.area),
        "month": table_month,
        "weeks": month_table(table_month, in_month[:SESSIONS_IN_TABLE]),
        "month_before": _month_link(choice, month_before(table_month)),
        "month_after": _month_link(choice, month_after(table_month)),
        "calendar_url": reverse("events-calendar") + calendar_query.removesuffix("?"),
        "feed_url": reverse("events-feed"),
    }


def _month_link(choice: EventChoice, month: date) -> Chip:
    return Chip(choice.address(month=f"{month:%Y-%m}", when="", past=""), month_words(month))


def _months(today: date, chosen: date | None) -> list[date]:
    """This month and those ahead; a chosen one outside them is added in its place."""
    months = [today.replace(day=1)]
    while len(months) < MONTHS_AHEAD:
        months.append(month_after(months[-1]))
    return sorted({*months, *([chosen] if chosen else [])})


def _event_chips(choice: EventChoice, today: date) -> list[Chip]:
    week = "" if choice.is_week else "week"
    chips = [Chip(choice.address(when=week, month="", past=""), pgettext("events", "This week"), choice.is_week)]
    for month in _months(today, None)[:MONTH_CHIPS]:
        is_current = month == choice.month
        value = "" if is_current else f"{month:%Y-%m}"
        words = month_words(month) if month.year != today.year else _month_name(month)
        chips.append(Chip(choice.address(month=value, when="", past=""), words, is_current))
    filters = choice.filters
    return [
        *chips,
        Chip(choice.address(free=not filters.is_free), _("free of charge"), filters.is_free),
        Chip(choice.address(walk_in=not filters.is_walk_in), _("no application needed"), filters.is_walk_in),
        Chip(choice.address(online=not filters.is_online), _("online"), filters.is_online),
    ]


def _month_name(month: date) -> str:
    """12月, December: a month of this year."""
    return month_words(month).replace(f"{month.year}年", "").replace(f" {month.year}", "")


def group_list(page: Page, request: HttpRequest) -> dict:
    """Groups in the order of kana. Filters: field, area (address parts), kind, recruiting=1, kana=か (or 他)."""
    return groups_at(timezone.now(), page=page, request=request)


def groups_at(now: datetime, *, page: Page, request: HttpRequest) -> dict:
    """The list of groups at `now`."""
    fields, areas = list(models.ActivityField.objects.all()), list(models.Area.objects.all())
    asked = {
        "field": known(request.GET, "field", [field.slug for field in fields]),
        "area": known(request.GET, "area", [area.slug for area in areas]),
        "kind": known(request.GET, "kind", models.GroupKind.values),
        "recruiting": is_on(request.GET, "recruiting"),
    }
    row = known(request.GET, "kana", [*ROWS, OTHER])
    reading = {"now": now, "language": page.locale.language_code, "visible": publicly_visible(now=now)}
    found = queries.groups(**asked, **reading)
    heads = set(found.prefetch_related(None).order_by().values_list("kana_row", flat=True).distinct())
    parts = asked | {"kana": row}
    return {
        "today": tokyo_date(now),
        "page_obj": page_of(found.filter(kana_row=row) if row else found, request.GET),
        "chips": [
            Chip("?", pgettext("groups", "All"), not any(parts.values())),
            Chip(address(parts, recruiting=not asked["recruiting"]), _("looking for members"), asked["recruiting"]),
            *(
                Chip(address(parts, kind="" if asked["kind"] == kind else kind), str(kind.label), asked["kind"] == kind)
                for kind in (models.GroupKind.NPO, models.GroupKind.VOLUNTARY, models.GroupKind.NEIGHBOURHOOD)
            ),
        ],
        "kana": [
            Chip(address(parts, kana="" if head == row else head) if head in heads else "", head, head == row)
            for head in [*ROWS, OTHER]
        ],
        "kana_row": row,
        "fields": choices([(field.slug, field) for field in fields], asked["field"]),
        "areas": choices([(area.slug, area) for area in areas], asked["area"]),
        "kinds": choices(models.GroupKind.choices, asked["kind"]),
        "is_recruiting": asked["recruiting"],
        "is_narrowed": any(parts.values()),
    }


def grant_list(page: Page, request: HttpRequest) -> dict:
    """Grants that can be applied for, nearest deadline first (`?closed=1`: the closed ones). Filter: who."""
    return grants_at(timezone.now(), page=page, request=request)


def grants_at(now: datetime, *, page: Page, request: HttpRequest) -> dict:
    """The list of grants at `now`. `counts` says how many are `soon`, `open` and `always` on all pages together."""
    today = tokyo_date(now)
    who = known(request.GET, "who", models.ApplicantKind.values)
    is_closed = is_on(request.GET, "closed")
    asked = {
        "now": now,
        "who": who,
        "language": page.locale.language_code,
        "visible": publicly_visible(now=now),
    }
    rows = queries.closed_grants(**asked) if is_closed else queries.current_grants(**asked)
    soon_on = today + timedelta(days=SOON_DAYS)
    page_obj = page_of(rows, request.GET)
    sections = [] if is_closed else _grant_sections(page_obj.object_list, rows, soon_on)
    parts = {"who": who, "closed": is_closed}
    return {
        "today": today,
        "page_obj": page_obj,
        "sections": sections,
        "is_closed": is_closed,
        "chips": [
            Chip(address(parts, who=""), pgettext("grants", "All"), not who),
            *(
                Chip(address(parts, who="" if who == kind else kind), str(words), who == kind)
                for kind, words in models.ApplicantKind.choices
            ),
        ],
        "who": who,
        "other_url": address(parts, closed=not is_closed),
    }


def _grant_sections(shown: Sequence["models.GrantPage"], rows, soon_on: date) -> list[dict]:
    """The grants of one page by their section, with the number that the section has on all pages."""
    soon, always = Q(closes_on__lte=soon_on), Q(closes_on__isnull=True)
    counts = rows.order_by().aggregate(
        soon=Count("pk", filter=soon), open=Count("pk", filter=~soon & ~always), always=Count("pk", filter=always)
    )
    words = {
        "soon": pgettext("grants", "Closing soon"),
        "open": pgettext("grants", "Open"),
        "always": pgettext("grants", "Without a deadline"),
    }
    parts: dict[str, list] = {name: [] for name in words}
    for grant in shown:
        parts["always" if grant.closes_on is None else "soon" if grant.closes_on <= soon_on else "open"].append(grant)
    return [
        {"name": name, "words": words[name], "count": counts[name], "grants": grants}
        for name, grants in parts.items()
        if grants
    ]


def news_list(page: Page, request: HttpRequest) -> dict:
    """News, newest first. Filter: kind."""
    return news_at(timezone.now(), page=page, request=request)


def news_at(now: datetime, *, page: Page, request: HttpRequest) -> dict:
    """The list of news at `now`."""
    kind = known(request.GET, "kind", models.NewsKind.values)
    rows = queries.news(now=now, kind=kind, language=page.locale.language_code)
    return {
        "today": tokyo_date(now),
        "page_obj": page_of(rows, request.GET),
        "chips": [
            Chip("?", pgettext("news", "All"), not kind),
            *(
                Chip(address({}, kind="" if kind == value else value), str(words), kind == value)
                for value, words in models.NewsKind.choices
            ),
        ],
        "kind": kind,
    }


def match_list(page: Page, request: HttpRequest) -> dict:
    """Open matching posts, nearest end first (`?closed=1`: the others, newest first). Filters: direction, resource."""
    return matches_at(timezone.now(), page=page, request=request)


def matches_at(now: datetime, *, page: Page, request: HttpRequest) -> dict:
    """The list of matching posts at `now`."""
    direction = known(request.GET, "direction", models.MatchDirection.values)
    resource = known(request.GET, "resource", models.MatchResource.values)
    is_closed = is_on(request.GET, "closed")
    ask = queries.closed_match_posts if is_closed else queries.open_match_posts
    rows = ask(now=now, direction=direction, resource=resource, language=page.locale.language_code)
    parts = {"direction": direction, "resource": resource, "closed": is_closed}

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
        "is_closed": is_closed,
        "is_narrowed": bool(direction or resource),
        "other_url": address(parts, closed=not is_closed),
    }


def magazine_list(page: Page, request: HttpRequest) -> dict:
    """The magazine: the newest issue with its articles, then all issues by fiscal year. Filter: year=2019."""
    return magazine_at(timezone.now(), page=page, request=request)


def magazine_at(now: datetime, *, page: Page, request: HttpRequest) -> dict:
    """The magazine's page at `now`."""
    today = tokyo_date(now)
    asked = {"now": now, "language": page.locale.language_code, "visible": publicly_visible(now=now)}
    days = queries.magazine_issues(**asked).select_related(None).order_by().values_list("issued_on", flat=True)
    years = sorted({fiscal_year(day) for day in days}, reverse=True)
    wanted = known(request.GET, "year", [str(year) for year in years])
    year = int(wanted) if wanted else None
    page_obj = page_of(queries.magazine_issues(year=year, **asked), request.GET)
    by_year: dict[int, list] = {}
    for issue in page_obj.object_list:
        by_year.setdefault(fiscal_year(issue.issued_on), []).append(issue)
    return {
        "today": today,
        "newest": queries.newest_magazine_issue(**asked),
        "page_obj": page_obj,
        "by_year": list(by_year.items()),
        "years": [Chip("?" if one == year else address({}, year=one), str(one), one == year) for one in years],
        "next_issue_on": page.next_issue_on(today),
    }
