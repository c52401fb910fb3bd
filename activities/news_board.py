"""What the pages of news show: the list by kind and year, and one piece of news."""

from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from wagtail.models import Page

from activities import models, queries
from activities.deadline_words import is_past_deadline
from activities.details import closed_state, ground, open_state, public_version
from activities.listing import Chip, address, is_on, known, page_of
from center.opening import tokyo_date
from center.visibility import publicly_visible


def news_list(page: Page, request: HttpRequest) -> dict:
    """News, newest first. Filters: kind, year=2026, open=1 (only calls that are open, nearest deadline first)."""
    return news_at(timezone.now(), page=page, request=request)


def news_at(now: datetime, *, page: Page, request: HttpRequest) -> dict:
    """The list of news at `now`; each row knows whether its call `is_over`."""
    reading = {"now": now, "language": page.locale.language_code, "visible": publicly_visible(now=now)}
    kind = known(request.GET, "kind", models.NewsKind.values)
    is_open = is_on(request.GET, "open")
    years = queries.news_years(**reading)
    wanted = "" if is_open else known(request.GET, "year", [str(year) for year in years])
    year = int(wanted) if wanted else None
    rows = queries.calls(**reading) if is_open else queries.news(kind=kind, year=year, **reading)
    page_obj = page_of(rows, request.GET)
    for item in page_obj.object_list:
        item.is_over = is_call_over(item, now)
    kind = "" if is_open else kind
    parts = {"kind": kind, "year": wanted}
    words = {"kind": str(dict(models.NewsKind.choices).get(kind, "")), "year": _year_words(year)}
    wishes = [(words[name], address(parts, **{name: ""})) for name in parts if parts[name]]
    if is_open:
        wishes.append((_("open calls"), "?"))
    return {
        "today": tokyo_date(now),
        "page_obj": page_obj,
        "chips": [
            Chip("?", pgettext("news", "All"), not kind and not year and not is_open),
            Chip("?" if is_open else address({}, open=True), _("open calls"), is_open),
            *(
                Chip(address(parts, kind="" if kind == value else value), str(label), kind == value)
                for value, label in models.NewsKind.choices
            ),
        ],
        "years": [
            Chip(address(parts, year="" if one == year else one), _year_words(one), one == year) for one in years
        ],
        "wishes": wishes,
        "kind": kind,
        "is_narrowed": bool(wishes),
        "feed_url": reverse("news-feed"),
    }


def _year_words(year: int | None) -> str:
    return _("news of %(year)s") % {"year": year} if year else ""


def is_call_over(item: "models.NewsPage", now: datetime) -> bool:
    """Is it a call that can no longer be answered at `now`?"""
    if item.kind != models.NewsKind.CALL:
        return False
    return item.is_closed or is_past_deadline(item.deadline_on, item.deadline_time, now)


def news_detail(page: "models.NewsPage", request: HttpRequest) -> dict:
    """The piece of news at this moment."""
    return one_at(timezone.now(), page=page)


def one_at(now: datetime, *, page: "models.NewsPage") -> dict:
    """The group and the page that the news is about, where they are public; whether a call is still open."""
    visible, asked = ground(page, now)
    is_call = page.kind == models.NewsKind.CALL
    is_closed = is_call_over(page, now)
    about = page.about_page
    return {
        "today": tokyo_date(now),
        "is_call": is_call,
        "call": closed_state() if is_closed else open_state(),
        "is_closed": is_closed,
        "group": public_version(page.group, asked["language"], visible),
        "about": public_version(about, asked["language"], visible) if about else None,
    }
