"""Builders of pages for samples, the demonstration and the tests: each makes one published page of a type."""

from collections.abc import Iterable
from datetime import date, datetime

from django.utils.text import slugify
from wagtail.models import Page

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
    SalonPage,
)
from config.tree import Tree


def _free_slug(parent: Page, wanted: str) -> str:
    taken = set(Page.objects.child_of(parent).values_list("slug", flat=True))
    slug, number = wanted, 2
    while slug in taken:
        slug, number = f"{wanted}-{number}", number + 1
    return slug


def add_page(parent: Page, page: Page, *, tags: Iterable[str] = (), live: bool = True) -> Page:
    """Put `page` under `parent`, tagged, as a draft or published; return it as stored (a draft as its draft says)."""
    page.slug = _free_slug(parent, page.slug or slugify(page.title) or page._meta.model_name)
    page.live = False
    parent.refresh_from_db()
    parent.add_child(instance=page)
    if tags:
        page.tags.add(*tags)
    revision = page.save_revision()
    if live:
        revision.publish()
    stored = type(page).objects.get(pk=page.pk)
    return stored if live else stored.get_latest_revision_as_object()


def add_event(
    tree: Tree,
    title: str,
    *,
    sessions: Iterable[tuple[datetime, datetime | None]] = (),
    model: type[EventPage] = EventPage,
    all_day: bool = False,
    tags: Iterable[str] = ("催し",),
    live: bool = True,
    **fields,
) -> EventPage:
    """An event, or with `model` a lecture, festa or salon, with its sessions as (start, end) in aware moments."""
    page = model(title=title, **fields)
    page.sessions = [EventSession(starts_at=start, ends_at=end, is_all_day=all_day) for start, end in sessions]
    return add_page(tree.events, page, tags=tags, live=live)


def add_lecture(tree: Tree, title: str, **fields) -> LecturePage:
    """A lecture; see `add_event`."""
    return add_event(tree, title, model=LecturePage, **({"tags": ("講座",)} | fields))


def add_salon(tree: Tree, title: str, **fields) -> SalonPage:
    """A salon; see `add_event`."""
    return add_event(tree, title, model=SalonPage, **fields)


def add_festa(tree: Tree, title: str, **fields) -> FestaPage:
    """A festa; see `add_event`."""
    return add_event(tree, title, model=FestaPage, **fields)


def add_grant(
    tree: Tree, title: str, *, funder: str = "見本財団", tags: Iterable[str] = ("助成金",), live: bool = True, **fields
) -> GrantPage:
    """A grant."""
    return add_page(tree.grants, GrantPage(title=title, funder=funder, **fields), tags=tags, live=live)


def add_group(tree: Tree, title: str, *, live: bool = True, **fields) -> GroupPage:
    """A group. Groups carry no tags: they are not mailed."""
    return add_page(tree.groups, GroupPage(title=title, **fields), live=live)


def add_news(
    tree: Tree, title: str, *, tags: Iterable[str] = ("センターから",), live: bool = True, **fields
) -> NewsPage:
    """News of any kind."""
    return add_page(tree.news, NewsPage(title=title, **fields), tags=tags, live=live)


def add_match(tree: Tree, title: str, *, tags: Iterable[str] = ("募集",), live: bool = True, **fields) -> MatchPage:
    """A matching post."""
    fields = {"direction": "wanted", "actor": "voluntary", "resource": "people"} | fields
    return add_page(tree.matching, MatchPage(title=title, **fields), tags=tags, live=live)


def add_magazine(
    tree: Tree, number: int, issued_on: date, *, tags: Iterable[str] = ("広報誌",), live: bool = True, **fields
) -> MagazineIssuePage:
    """One issue of the magazine."""
    page = MagazineIssuePage(
        title=fields.pop("title", f"あしすとぱぁく 第{number}号"),
        number=number,
        issued_on=issued_on,
        slug=f"no-{number}",
        **fields,
    )
    return add_page(tree.magazine, page, tags=tags, live=live)
