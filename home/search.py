"""The search of the site: what a reader's words find among the public pages, and how each find is shown."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Page as ListPage
from django.core.paginator import Paginator
from django.db.models import QuerySet, prefetch_related_objects
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from wagtail.blocks import StreamValue
from wagtail.models import Page
from wagtail.query import PageQuerySet
from wagtail.search.backends import get_search_backend

from activities.models import (
    EventPage,
    EventSession,
    FestaPage,
    GrantPage,
    GroupPage,
    LecturePage,
    MagazineIssuePage,
    MatchPage,
    NewsPage,
    PdfPageText,
    SalonPage,
)
from activities.queries import JAPANESE, in_locale
from center.japanese.dates import day_words, days_left_words
from center.japanese.highlighting import highlight
from center.opening import tokyo_date
from center.visibility import publicly_visible
from home.printed_pages import InTurn, PrintedHit, printed_hits, searched_texts

LONGEST_QUERY = 200
HITS_A_PAGE = 15
EXCERPT = 110
"""Characters of text under each hit."""
SUGGESTIONS = 3
PRINTED_SHOWN = 3
"""Printed pages of the magazine shown below the first finds; all of them stand in the search of the magazine."""
MAGAZINE = "magazine"

TYPES: dict[str, tuple[type[Page], ...]] = {
    "event": (EventPage, LecturePage, FestaPage, SalonPage),
    "grant": (GrantPage,),
    "group": (GroupPage,),
    "match": (MatchPage,),
    "news": (NewsPage,),
    "magazine": (MagazineIssuePage,),
}
"""The narrower searches by the value of ?type=; whatever is in none of them is a `page` of text."""
PAGE = "page"

CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
KANJI, KANA = "\u4e00-\u9fff々〆", "\u3041-\u3096\u30a1-\u30fcー"
SCRIPTS = re.compile(rf"[{KANJI}]+|[{KANA}]+|[^\W_{KANJI}{KANA}]+")
"""Runs of kanji, of kana, and of letters and figures: where a word that found nothing may be cut."""


@dataclass(frozen=True)
class Narrowing:
    """One of the narrower searches: its value in the address and how many it finds."""

    value: str
    count: int


@dataclass(frozen=True)
class Hit:
    """One find: the page, the fact that stands beside its kind, and title and text with the hits marked.

    `is_only_japanese`: it is a Japanese page among those of another language.
    """

    page: Page
    is_only_japanese: bool
    fact: str
    title: SafeString
    text: SafeString


@dataclass(frozen=True)
class Suggestion:
    """Other words that find something."""

    words: str
    count: int


@dataclass(frozen=True)
class Results:
    """What was found: all of it by type, and one page of the list.

    `printed` are printed pages of the magazine: the best few on the first page of the whole search, and after the
    issues in the search of the magazine.
    """

    query: str
    type: str
    total: int
    narrowings: list[Narrowing]
    page_obj: ListPage
    hits: list[Hit]
    suggestions: list[Suggestion]
    printed: list[PrintedHit]
    printed_total: int

    @property
    def has_grants(self) -> bool:
        return any(narrowing.value == "grant" for narrowing in self.narrowings)


def cleaned_query(raw: str) -> str:
    """A reader's words without control characters and needless spaces, at most LONGEST_QUERY characters."""
    return " ".join(CONTROL.sub(" ", raw).split())[:LONGEST_QUERY].strip()


def search_site(query: str, *, type_: str = "", number: object = 1, language: str, now: datetime) -> Results:
    """Search the public pages at `now` for a cleaned query, the best first; nothing raises, whatever the words are.

    Pages in that language, and the Japanese ones that are not translated. `type_` narrows to one of TYPES or to the
    pages of text; an unknown one narrows nothing. `number` is a page of the list; a wrong one leads to the nearest.
    """
    visible = publicly_visible(now=now)
    pages = _searched(language, visible)
    counts = pages.search(query).facet("content_type_id") if query else {}
    asked = {"language": language, "now": now, "visible": visible}
    texts = get_search_backend().search(query, searched_texts(**asked)) if query else []
    printed_total = texts.count() if query else 0
    narrowings = _narrowings(counts, printed_total)
    if type_ not in {narrowing.value for narrowing in narrowings}:
        type_ = ""
    found = _of_type(pages, type_).search(query) if query else []
    paginator = Paginator(InTurn(found, texts) if query and type_ == MAGAZINE else found, HITS_A_PAGE)
    page_obj = paginator.get_page(number)
    listed = list(page_obj)
    printed = [item for item in listed if isinstance(item, PdfPageText)]
    if not type_ and printed_total and page_obj.number == 1:
        printed = list(texts[:PRINTED_SHOWN])
    return Results(
        query=query,
        type=type_,
        total=sum(counts.values()) + printed_total,
        narrowings=narrowings,
        page_obj=page_obj,
        hits=_hits([item for item in listed if isinstance(item, Page)], query, language, now),
        suggestions=[] if counts or printed_total or not query else _suggestions(pages, query),
        printed=printed_hits(printed, query, **asked),
        printed_total=printed_total,
    )


def _searched(language: str, visible: PageQuerySet) -> QuerySet[Page]:
    return in_locale(visible, language, visible=visible).select_related("locale")


def _content_types(type_: str) -> set[int]:
    return {found.pk for found in ContentType.objects.get_for_models(*TYPES[type_]).values()}


def _of_type(pages: QuerySet[Page], type_: str) -> QuerySet[Page]:
    if type_ in TYPES:
        return pages.filter(content_type__in=_content_types(type_))
    if type_ == PAGE:
        return pages.exclude(content_type__in=set().union(*(_content_types(known) for known in TYPES)))
    return pages


def _narrowings(counts: dict[int, int], printed_total: int) -> list[Narrowing]:
    """The types that find something, in their order; the pages of text last. Printed pages belong to the magazine."""
    found = []
    rest = sum(counts.values())
    for type_ in TYPES:
        count = sum(counts.get(pk, 0) for pk in _content_types(type_))
        rest -= count
        count += printed_total if type_ == MAGAZINE else 0
        if count:
            found.append(Narrowing(type_, count))
    return [*found, Narrowing(PAGE, rest)] if rest else found


def _suggestions(pages: QuerySet[Page], query: str) -> list[Suggestion]:
    """Parts of the words that find something on their own, the longest first."""
    parts = dict.fromkeys(part for part in SCRIPTS.findall(query) if len(part) > 1 and part != query)
    found = []
    for part in sorted(parts, key=len, reverse=True)[: 2 * SUGGESTIONS]:
        if count := len(pages.search(part)):
            found.append(Suggestion(part, count))
    return found[:SUGGESTIONS]


def _hits(found: list[Page], query: str, language: str, now: datetime) -> list[Hit]:
    specific = {page.pk: page for page in Page.objects.filter(pk__in=[page.pk for page in found]).specific()}
    prefetch_related_objects([page for page in specific.values() if isinstance(page, MagazineIssuePage)], "articles")
    sessions = _sessions([page for page in specific.values() if isinstance(page, EventPage)], now)
    hits = []
    for base in found:
        page = specific.get(base.pk)
        if page is None:  # deleted since the search
            continue
        hits.append(
            Hit(
                page=page,
                is_only_japanese=language != JAPANESE and base.locale.language_code == JAPANESE,
                fact=_fact(page, sessions.get(page.pk), now),
                title=highlight(page.title, query, width=None),
                text=highlight(_text(page), query, width=EXCERPT),
            )
        )
    return hits


def _sessions(events: Iterable[EventPage], now: datetime) -> dict[int, EventSession]:
    """By event: its first session that is not over, else its last one. One query for all."""
    chosen: dict[int, EventSession] = {}
    for session in EventSession.objects.filter(page__in=[event.pk for event in events]).order_by("starts_at", "pk"):
        known = chosen.get(session.page_id)
        if known is None or known.until_at <= now:
            chosen[session.page_id] = session
    return chosen


def _text(page: Page) -> str:
    """The page as one running text: its sentence, then its body."""
    parts = [getattr(page, "summary", "") or getattr(page, "lead", "")]
    parts += _words(getattr(page, "body", None))
    if isinstance(page, MagazineIssuePage):
        for article in page.articles.all():
            parts += [article.title, *_words(article.body)]
    return " ".join(part for part in parts if part)


def _words(body: StreamValue | None) -> list[str]:
    return [str(words) for words in body.stream_block.get_searchable_content(body)] if body else []


def _fact(page: Page, session: EventSession | None, now: datetime) -> str:
    """The one fact that tells whether a find is of use: its day or its deadline; '' where it has none."""
    today = tokyo_date(now)
    if isinstance(page, EventPage):
        if page.state == "cancelled":
            return str(page.get_state_display())
        return day_words(session.starts_on, seen_on=today) if session else ""
    if isinstance(page, GrantPage):
        return _deadline(page.closes_on, today) or page.deadline_words
    if isinstance(page, NewsPage):
        return _deadline(page.deadline_on, today) or (
            day_words(page.published_on, seen_on=today) if page.published_on else ""
        )
    if isinstance(page, MatchPage):
        return _deadline(page.open_until_on, today) if page.state == "open" else str(page.get_state_display())
    if isinstance(page, MagazineIssuePage):
        return day_words(page.issued_on, seen_on=today)
    return ""


def _deadline(on: date | None, today: date) -> str:
    if on is None:
        return ""
    return _("deadline %(day)s") % {"day": f"{day_words(on, seen_on=today)}、{days_left_words(on, today)}"}
