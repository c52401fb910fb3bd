"""What the pages of the magazine show: all issues by fiscal year, and one issue with its neighbours."""

from collections import Counter
from datetime import date, datetime

from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from wagtail.models import Page

from activities import models, queries
from activities.listing import Chip, address, known, page_of
from center.opening import fiscal_year, tokyo_date
from center.visibility import publicly_visible


def magazine_list(page: Page, request: HttpRequest) -> dict:
    """The magazine: the newest issue with its articles, then all issues by fiscal year. Filter: year=2019."""
    return magazine_at(timezone.now(), page=page, request=request)


def magazine_at(now: datetime, *, page: "models.MagazineIndexPage", request: HttpRequest) -> dict:
    """The magazine's page at `now`."""
    today = tokyo_date(now)
    asked = {"now": now, "language": page.locale.language_code, "visible": publicly_visible(now=now)}
    days = queries.magazine_issues(**asked).select_related(None).order_by().values_list("issued_on", flat=True)
    counts = Counter(fiscal_year(day) for day in days)
    years = sorted(counts, reverse=True)
    wanted = known(request.GET, "year", [str(year) for year in years])
    year = int(wanted) if wanted else None
    count = counts[year] if year is not None else counts.total()
    page_obj = page_of(queries.magazine_issues(year=year, **asked), request.GET, count=count)
    newest = None if year or page_obj.number > 1 else next(iter(page_obj.object_list), None)
    if newest:
        prefetch_related_objects([newest], "articles")
    by_year: dict[int, list] = {}
    for issue in page_obj.object_list:
        by_year.setdefault(fiscal_year(issue.issued_on), []).append(issue)
    return {
        "today": today,
        "newest": newest,
        "page_obj": page_obj,
        "by_year": list(by_year.items()),
        "year": year,
        "years": [
            Chip("?", pgettext("years", "All"), year is None),
            *(Chip(address({}, year=one), _("Fiscal %(year)s") % {"year": one}, one == year) for one in years),
        ],
        "next_issue": next_issue(page, today),
    }


def next_issue(shelf: "models.MagazineIndexPage | None", today: date) -> dict:
    """When the next issue comes out by the cadence, how sure that is, and until when people may contribute."""
    if shelf is None:
        return {"on": None, "note": "", "contributions": ""}
    return {
        "on": shelf.next_issue_on(today),
        "note": shelf.cadence_note,
        "contributions": shelf.contributions_text,
    }


def magazine_issue_detail(page: "models.MagazineIssuePage", request: HttpRequest) -> dict:
    """The articles, the issues before and after it, and the day of the next one by the cadence."""
    now = timezone.now()
    asked = {"now": now, "language": page.locale.language_code, "visible": publicly_visible(now=now)}
    issues = queries.magazine_issues(**asked).exclude(translation_key=page.translation_key)
    shelf = page.get_parent()
    return {
        "today": tokyo_date(now),
        "articles": list(page.articles.all()),
        "issue_before": issues.filter(issued_on__lte=page.issued_on).first(),
        "issue_after": issues.filter(issued_on__gt=page.issued_on).last(),
        "next_issue": next_issue(shelf.specific if shelf else None, tokyo_date(now)),
    }
