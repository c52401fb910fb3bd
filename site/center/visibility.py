"""The one gate to the public, and the record of when it stood open.

Every list, search, feed, calendar, open-data file and the assembly of the mail asks `publicly_visible()`.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, Value
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction
from wagtail.query import PageQuerySet

from center.models import PublicSpan


@dataclass(frozen=True)
class Gate:
    """The tree paths at which the way to the public is closed, for the page there and everything below it."""

    not_live: tuple[str, ...]
    restricted: tuple[str, ...]

    @classmethod
    def read(cls) -> "Gate":
        """As the database has it now; one query."""
        drafts = Page.objects.filter(live=False, numchild__gt=0, depth__gt=1).order_by()
        restrictions = PageViewRestriction.objects.order_by()
        paths = drafts.values_list("path", Value(0)).union(restrictions.values_list("page__path", Value(1)))
        found: tuple[list[str], list[str]] = ([], [])
        for path, is_restricted in paths:
            found[is_restricted].append(path)
        return cls(*(tuple(sorted(part)) for part in found))

    def hidden(self) -> Q:
        """A filter on pages: everything that does not get through."""
        hidden = Q(pk__in=[])
        for path in (*self.not_live, *self.restricted):
            hidden |= Q(path__startswith=path)
        return hidden


_remembered: ContextVar[list[Gate] | None] = ContextVar("remembered gate", default=None)


@contextmanager
def one_look() -> Iterator[None]:
    """Inside, the gate is read once however often it is asked. For answers that only read."""
    token = _remembered.set([])
    try:
        yield
    finally:
        _remembered.reset(token)


def current_gate() -> Gate:
    """The gate now, or as it was at the first question inside `one_look`."""
    seen = _remembered.get()
    if seen is None:
        return Gate.read()
    if not seen:
        seen.append(Gate.read())
    return seen[0]


def publicly_visible(pages: PageQuerySet | None = None, *, now: datetime | None = None) -> PageQuerySet:
    """Return those of `pages` (default: all) that everybody may read at `now` (default: this moment).

    Live, every ancestor live, no view restriction on it or an ancestor, not past its expiry, below a site's root.
    Keeps the order and type of `pages`; costs one small query beside the result, once an answer (`one_look`).
    """
    now = now or timezone.now()
    if pages is None:
        pages = Page.objects.all()
    return pages.filter(Q(expire_at__isnull=True) | Q(expire_at__gt=now), live=True, depth__gt=1).exclude(
        current_gate().hidden()
    )


def is_publicly_visible(page: Page, *, now: datetime | None = None) -> bool:
    """Whether everybody may read this one page at `now`."""
    return publicly_visible(Page.objects.filter(pk=page.pk), now=now).exists()


@transaction.atomic
def record_public_spans(*, now: datetime, pages: Iterable[int] | None = None, gone: bool = False) -> tuple[int, int]:
    """Open and close spans so that they agree with `publicly_visible()` at `now`; return (opened, closed).

    `pages` limits it to those page numbers; with `gone` they count as hidden whatever their rows say. Safe to
    repeat. The only writer of `PublicSpan`; called on publishing, unpublishing, moving, deleting and changes of view
    restrictions, and reconciled by the tick.
    """
    wanted = Page.objects.filter(depth__gt=1)
    spans = PublicSpan.objects.filter(until__isnull=True)
    if pages is not None:
        pages = list(pages)
        wanted = wanted.filter(pk__in=pages)
        spans = spans.filter(page_id__in=pages)
    visible = set() if gone else set(publicly_visible(wanted, now=now).order_by().values_list("pk", flat=True))
    open_spans = dict(spans.values_list("page_id", "pk"))
    opened = [PublicSpan(page_id=pk, since=now) for pk in sorted(visible - open_spans.keys())]
    PublicSpan.objects.bulk_create(opened, batch_size=500, ignore_conflicts=True)
    ended = [pk for page_id, pk in open_spans.items() if page_id not in visible]
    for start in range(0, len(ended), 500):
        PublicSpan.objects.filter(pk__in=ended[start : start + 500]).update(until=now)
    return len(opened), len(ended)


def was_public_at(moment: datetime) -> Q:
    """A filter on `PublicSpan`: the spans that cover `moment`."""
    return Q(since__lte=moment) & (Q(until__isnull=True) | Q(until__gt=moment))
