"""Reads pages for the assembly of an issue: which ones, and their facts. Queries do not grow with the pages.

(But for pages that wait for a go-live: what they will say stands in a revision, which is read one by one.)
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Q
from django.utils.translation import override
from taggit.models import Tag
from wagtail.models import Locale, Page, PageViewRestriction, Revision

from activities.models import EventPage, EventSession, GrantPage, MagazineIssuePage, MatchPage, NewsKind, NewsPage
from activities.models.match import MatchState
from center.models import CentreImage, PageTag, PublicSpan
from center.opening import TOKYO, tokyo_date
from center.pages import OutReason, Usefulness
from center.visibility import publicly_visible
from newsletter.body_checks import has_unlabelled_image, image_ids, linked_page_ids
from newsletter.facts import PageFacts, Span, TranslationFacts

JAPANESE = settings.LANGUAGE_CODE
NOT_JUDGED = Usefulness(False, OutReason.NOT_MAILABLE)


@dataclass(frozen=True)
class Moments:
    """The moments that pages are judged by."""

    now: datetime
    cutoff_at: datetime
    send_at: datetime
    previous_cutoff_at: datetime


def mailable_types() -> list[ContentType]:
    """The types of page that the mail can carry, those that extend an event included."""
    models = [EventPage, *EventPage.__subclasses__(), GrantPage, MatchPage, NewsPage, MagazineIssuePage]
    return list(ContentType.objects.get_for_models(*models).values())


def candidate_ids(moments: Moments) -> set[int]:
    """Pages published or changed since the cutoff before, or still of use: in whatever language, drafts too."""
    since, send_at = moments.previous_cutoff_at, moments.send_at
    send_on = tokyo_date(send_at)
    published = PublicSpan.objects.filter(since__gt=since).values("page_id")
    fresh = Q(pk__in=published) | Q(latest_revision_created_at__gt=since) | Q(last_published_at__gt=since)
    ids = set(Page.objects.filter(fresh, content_type__in=mailable_types()).values_list("pk", flat=True))
    ids |= set(EventSession.objects.filter(until_at__gte=send_at).values_list("page_id", flat=True))
    open_grants = Q(closes_on__isnull=True) | Q(closes_on__gte=send_on)
    ids |= set(GrantPage.objects.filter(open_grants, live=True).values_list("pk", flat=True))
    open_posts = Q(open_until_on__isnull=True) | Q(open_until_on__gte=send_on)
    ids |= set(MatchPage.objects.filter(open_posts, live=True, state=MatchState.OPEN).values_list("pk", flat=True))
    open_calls = Q(deadline_on__isnull=True) | Q(deadline_on__gte=send_on)
    calls = NewsPage.objects.filter(open_calls, live=True, kind=NewsKind.CALL, is_closed=False)
    return ids | set(calls.values_list("pk", flat=True))


def specific_pages(page_ids: Iterable[int]) -> dict[int, Page]:
    """The mailable ones among these pages with what the mail asks of them, by number. Six queries."""
    ids = list(page_ids)
    found: dict[int, Page] = {}
    events = EventPage.objects.filter(pk__in=ids).select_related("place", "organiser_group", "image")
    for pages in (
        events.prefetch_related("sessions"),
        GrantPage.objects.filter(pk__in=ids),
        MatchPage.objects.filter(pk__in=ids).select_related("group"),
        NewsPage.objects.filter(pk__in=ids).select_related("group", "image"),
        MagazineIssuePage.objects.filter(pk__in=ids).annotate(article_count=Count("articles")),
    ):
        found |= {page.pk: page for page in pages}
    return found


class PageReader:
    """Reads a set of pages once; `specific` is kept for whoever judges them at another moment."""

    def __init__(self, page_ids: Iterable[int], moments: Moments) -> None:
        self.moments = moments
        self.rows = list(Page.objects.filter(pk__in=list(page_ids)).order_by("pk"))
        self.specific = specific_pages(row.pk for row in self.rows)
        self.roots = SimpleNamespace()  # Wagtail keeps the sites' roots here instead of asking the cache each time

    def read(self, *, listed: set[int] | None = None) -> tuple[PageFacts, ...]:
        """The facts of all pages that stand for themselves; a translation of a Japanese page does not.

        Those not `listed` (default: all are) were read for corrections alone.
        """
        now, ids = self.moments.now, [row.pk for row in self.rows]
        self.languages = dict(Locale.objects.values_list("pk", "language_code"))
        self.visible = set(publicly_visible(Page.objects.filter(pk__in=ids), now=now).values_list("pk", flat=True))
        self.restricted = list(PageViewRestriction.objects.values_list("page__path", flat=True))
        self.expiring = list(
            Page.objects.filter(expire_at__lte=self.moments.send_at, live=True).values_list("path", "expire_at")
        )
        self.spans = self._spans(ids)
        self.tags = self._tags(ids)
        self.scheduled = self._scheduled(ids)
        self.translations = self._translations()
        self.unlabelled, self.broken = self._body_faults()
        keys = {row.translation_key for row in self.rows if self._language(row) != JAPANESE}
        in_japanese = set(
            Page.objects.filter(translation_key__in=keys, locale__language_code=JAPANESE).values_list(
                "translation_key", flat=True
            )
        )
        found = []
        with override(JAPANESE):
            for row in self.rows:
                is_japanese = self._language(row) == JAPANESE
                if not is_japanese and row.translation_key in in_japanese:
                    continue
                found.append(self._facts(row, is_japanese, listed is None or row.pk in listed))
        return tuple(found)

    def address(self, page: Page) -> str:
        """The page's address with the host that mails carry."""
        parts = page.get_url_parts(self.roots)
        return f"{settings.SITE_URL}{parts[2]}" if parts and parts[2] else ""

    # one page

    def _facts(self, row: Page, is_japanese: bool, is_listed: bool) -> PageFacts:
        page = self.specific.get(row.pk)
        goes_live_at = None
        if row.pk in self.scheduled and row.pk not in self.visible:
            revision = self.scheduled[row.pk]
            goes_live_at = revision.approved_go_live_at
            page = page and _as_scheduled(page, revision)
        spans = self.spans.get(row.pk, ())
        shared = {
            "id": row.pk,
            "title": page.title if page and goes_live_at else row.title,
            "url": self.address(row),
            "tags": self.tags.get(row.pk, frozenset()),
            "is_mailable": page is not None,
            "has_japanese": is_japanese,
            "is_public_now": row.pk in self.visible,
            "is_restricted": any(row.path.startswith(path) for path in self.restricted),
            "spans": spans,
            "goes_live_at": goes_live_at,
            "goes_down_at": min((at for path, at in self.expiring if row.path.startswith(path)), default=None),
            "revision_id": row.live_revision_id,
            "is_listed": is_listed,
        }
        if page is None:
            return PageFacts(**shared, usefulness=NOT_JUDGED, is_event=False)
        return PageFacts(
            **shared,
            **_dates(page, self.moments.send_at),
            usefulness=self.usefulness(page, self.moments.send_at),
            kind=str(page.mail_kind),
            kind_word=str(page.kind_word),
            useful_until=page.useful_until(),
            key_facts=tuple(page.key_facts()),
            lines=tuple(_one_line(line) for line in page.mail_lines()),
            other_lines=_other_lines(page),
            summary=page.summary,
            is_sample=page.is_sample,
            is_only_attachment=_is_only_attachment(page),
            lacks_alt=row.pk in self.unlabelled,
            has_broken_link=row.pk in self.broken,
            translations=self.translations.get(row.translation_key, {}),
        )

    def usefulness(self, page: Page, send_at: datetime) -> Usefulness:
        """What the page says of itself at that send."""
        spans = self.spans.get(page.pk, ())
        return page.usefulness(
            send_at,
            first_public_at=spans[0].since if spans else None,
            previous_cutoff_at=self.moments.previous_cutoff_at,
        )

    def _language(self, row: Page) -> str:
        return self.languages[row.locale_id]

    # reads

    def _spans(self, ids: list[int]) -> dict[int, tuple[Span, ...]]:
        spans: dict[int, tuple[Span, ...]] = {}
        rows = PublicSpan.objects.filter(page_id__in=ids).order_by("since").values_list("page_id", "since", "until")
        for page_id, since, until in rows:
            spans[page_id] = (*spans.get(page_id, ()), Span(since, until))
        return spans

    def _tags(self, ids: list[int]) -> dict[int, frozenset[str]]:
        """The tags of published pages; of one that is not, those of its newest revision, where staff set them."""
        tags: dict[int, set[str]] = {}
        rows = PageTag.objects.filter(content_object_id__in=ids).values_list("content_object_id", "tag__name")
        for page_id, name in rows:
            tags.setdefault(page_id, set()).add(name.lower())
        drafts = {row.latest_revision_id: row.pk for row in self.rows if not row.live and row.latest_revision_id}
        revisions = Revision.objects.filter(pk__in=drafts).values_list("pk", "content") if drafts else []
        drafted = {drafts[pk]: [row["tag"] for row in content.get("page_tags", ())] for pk, content in revisions}
        wanted = {tag for numbers in drafted.values() for tag in numbers}
        names = dict(Tag.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}
        for page_id, numbers in drafted.items():
            tags[page_id] = {names[number].lower() for number in numbers if number in names}
        return {page_id: frozenset(names) for page_id, names in tags.items()}

    def _scheduled(self, ids: list[int]) -> dict[int, Revision]:
        waiting = Revision.page_revisions.filter(
            approved_go_live_at__gt=self.moments.now, object_id__in=[str(pk) for pk in ids]
        )
        return {int(revision.object_id): revision for revision in waiting}

    def _translations(self) -> dict[str, dict[str, TranslationFacts]]:
        """By translation key and language: the published pages in other languages, aliases not counted."""
        sources = {row.translation_key: row for row in self.rows if self._language(row) == JAPANESE}
        others = Page.objects.filter(translation_key__in=sources, live=True, alias_of__isnull=True)
        rows = list(publicly_visible(others.exclude(locale__language_code=JAPANESE), now=self.moments.now))
        specific = specific_pages(row.pk for row in rows) if rows else {}
        found: dict[str, dict[str, TranslationFacts]] = {}
        for row in rows:
            page, source, language = specific.get(row.pk), sources[row.translation_key], self._language(row)
            if page is None:
                continue
            with override(language):
                words = TranslationFacts(
                    title=row.title,
                    url=self.address(row),
                    kind_word=str(page.kind_word),
                    lines=tuple(_one_line(line) for line in page.mail_lines()),
                    is_fresh=not _is_older(row, source),
                )
            found.setdefault(row.translation_key, {})[language] = words
        return found

    def _body_faults(self) -> tuple[set[int], set[int]]:
        """The pages with an image without a description, and those with a link to a page that nobody can read."""
        bodies = {pk: list(page.body.raw_data) for pk, page in self.specific.items() if hasattr(page, "body")}
        images = {pk: image_ids(body) for pk, body in bodies.items()}
        links = {pk: linked_page_ids(body) for pk, body in bodies.items()}
        wanted = set().union(*images.values()) if images else set()
        labelled = set(CentreImage.objects.filter(pk__in=wanted).exclude(alt="").values_list("pk", flat=True))
        targets = set().union(*links.values()) if links else set()
        alive = set()
        if targets:
            shown = publicly_visible(Page.objects.filter(pk__in=targets), now=self.moments.now)
            alive = set(shown.values_list("pk", flat=True))
        unlabelled = {
            pk
            for pk, page in self.specific.items()
            if _own_image_lacks_alt(page) or has_unlabelled_image(bodies.get(pk, []), labelled)
        }
        return unlabelled, {pk for pk, found in links.items() if found - alive}


def _as_scheduled(page: Page, revision: Revision) -> Page:
    """The page as its scheduled revision will show it, with the row's own number."""
    scheduled = page.specific_class.from_serializable_data(revision.content, check_fks=False)
    scheduled.pk = page.pk
    return scheduled


def _is_older(row: Page, source: Page) -> bool:
    """Was the translation published before the Japanese page was last?"""
    if row.last_published_at is None or source.last_published_at is None:
        return False
    return row.last_published_at < source.last_published_at


def _one_line(line: str) -> str:
    return "、".join(part for part in line.splitlines() if part.strip())


def _other_lines(page: Page) -> Mapping[str, tuple[str, ...]]:
    found = {}
    for language, _name in settings.LANGUAGES:
        if language != JAPANESE:
            with override(language):
                found[language] = tuple(_one_line(line) for line in page.mail_lines())
    return found


def _is_only_attachment(page: Page) -> bool:
    attached = any(getattr(page, f"{name}_id", None) for name in ("flyer", "guide", "pdf"))
    has_text = bool(page.summary or getattr(page, "body", None) or getattr(page, "article_count", 0))
    return attached and not has_text


def _own_image_lacks_alt(page: Page) -> bool:
    image = getattr(page, "image", None)
    return image is not None and not (page.image_alt or image.alt)


def _dates(page: Page, send_at: datetime) -> dict:
    """The days of a page that the mail shows or warns of."""
    if isinstance(page, EventPage):
        return _event_dates(page, send_at)
    closing_on = {
        GrantPage: lambda: page.closes_on,
        MatchPage: lambda: page.open_until_on,
        NewsPage: lambda: page.deadline_on if page.kind == NewsKind.CALL else None,
    }.get(type(page), lambda: None)()
    return {
        "is_event": False,
        "closing_on": closing_on,
        "soon_days": frozenset({closing_on} if closing_on else ()),
        "leaf_on": closing_on if isinstance(page, GrantPage) else None,
    }


def _event_dates(page: EventPage, send_at: datetime) -> dict:
    sessions = page.ordered_sessions()
    days: set[date] = {session.starts_on for session in sessions}
    if sessions:
        last = max(sessions, key=lambda session: session.compute_until())
        days.add((last.ends_at or last.starts_at).astimezone(TOKYO).date())
    if page.apply_by_on:
        days.add(page.apply_by_on)
    next_one = next((session for session in sessions if session.compute_until() > send_at), None)
    return {
        "is_event": True,
        "starts": tuple(session.starts_at for session in sessions),
        "soon_days": frozenset(days),
        "leaf_on": next_one.starts_on if next_one and next_one.starts_at >= send_at else None,
    }
