"""What was done for a part of the plan: the public pages tied to it, of whatever type.

All days are days in Asia/Tokyo.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.paginator import Page as PaginatedPage
from django.core.paginator import Paginator
from django.db.models import Count, DateField, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncDate
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from wagtail.models import Page
from wagtail.query import PageQuerySet

from activities import models  # by module: the pages among the models ask these reads
from activities.queries import JAPANESE, in_locale
from center.opening import TOKYO, tokyo_date
from center.visibility import publicly_visible

PER_PAGE = 20


@dataclass(frozen=True)
class Deed:
    """One page tied to a part of the plan, with the day that it stands for."""

    page: Page
    on: date | None

    @property
    def is_own_day(self) -> bool:
        """Is it the day of the thing itself, and not that of its publication?"""
        own_days = (models.EventPage, models.MagazineIssuePage, models.NewsPage)
        return isinstance(self.page, own_days)


def tied_pages(
    paths: list[str], *, now: datetime, language: str = JAPANESE, visible: PageQuerySet | None = None
) -> QuerySet[Page]:
    """Public pages tied to a Japanese part of the plan at or below one of `paths` (tree paths), newest first.

    In `language`, Japanese where there is no such page. `done_on` is the day of the first session, of the issue or of
    the news; of other pages the day on which they became public. Each page once.
    """
    visible = (publicly_visible(now=now) if visible is None else visible).order_by()
    ties = models.PageMeasure.objects.none()
    for path in paths:
        ties |= models.PageMeasure.objects.filter(measure__path__startswith=path)
    keys = Page.objects.filter(pk__in=ties.order_by().values("page")).values("translation_key")
    pages = in_locale(visible.filter(translation_key__in=keys), language, visible=visible)
    sessions = models.EventSession.objects.filter(page_id=OuterRef("pk")).order_by("starts_at")
    issues = models.MagazineIssuePage.objects.filter(pk=OuterRef("pk")).order_by()
    news = models.NewsPage.objects.filter(pk=OuterRef("pk")).order_by()
    done_on = Coalesce(
        Subquery(sessions.annotate(day=TruncDate("starts_at", tzinfo=TOKYO)).values("day")[:1]),
        Subquery(issues.values("issued_on")[:1]),
        Subquery(news.values("published_on")[:1]),
        TruncDate("first_published_at", tzinfo=TOKYO),
        output_field=DateField(),
    )
    return pages.annotate(done_on=done_on).order_by(F("done_on").desc(nulls_last=True), "-pk")


def deeds_page(pages: QuerySet[Page], number: str) -> PaginatedPage:
    """One leaf of `tied_pages` with specific pages: as many queries as types stand on it, and three more."""
    leaf = Paginator(pages.select_related("locale").specific(), PER_PAGE).get_page(number)
    leaf.object_list = [Deed(page, page.done_on) for page in leaf.object_list]
    return leaf


def tied_counts(*, visible: PageQuerySet) -> dict[UUID, int]:
    """How many Japanese public pages are tied to each part of the plan itself, by the part's translation key."""
    ties = models.PageMeasure.objects.filter(
        page__in=visible.order_by().values("pk"), page__locale__language_code=JAPANESE
    )
    rows = ties.order_by().values("measure__translation_key").annotate(number=Count("page", distinct=True))
    return dict(rows.values_list("measure__translation_key", "number"))


def parts_of(plan: Page, *, language: str, visible: PageQuerySet) -> PageQuerySet:
    """The public points, policies and measures below a plan (any page of the tree), in the order of the tree.

    In `language`, Japanese where a part has not been translated.
    """
    branches = Q(pk__in=[])
    for path in Page.objects.filter(translation_key=plan.translation_key).values_list("path", flat=True):
        branches |= Q(path__startswith=path)
    parts = models.MeasurePage.objects.filter(branches, pk__in=visible.order_by().values("pk"))
    parts = parts.exclude(translation_key=plan.translation_key).select_related("locale")
    return in_locale(parts, language, visible=visible).order_by("path")


def measure_detail(page: "models.MeasurePage", request: HttpRequest) -> dict:
    """What the page of a part of the plan shows: the parts below it, and what was done for it and for them."""
    now = timezone.now()
    visible = publicly_visible(now=now)
    language = get_language() or JAPANESE
    own = models.MeasurePage.objects.filter(translation_key=page.translation_key, locale__language_code=JAPANESE)
    tied = tied_pages(list(own.order_by().values_list("path", flat=True)), now=now, language=language, visible=visible)
    return {
        "parts": list(parts_of(page, language=language, visible=visible)),
        "done_counts": tied_counts(visible=visible),
        "deeds": deeds_page(tied, request.GET.get("p", "1")),
        "today": tokyo_date(now),
    }
