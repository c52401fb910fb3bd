"""An address that was once told keeps working: when a page moves or its slug changes, its old addresses lead to it.

Wagtail's own listener is switched off (WAGTAILREDIRECTS_AUTO_CREATE): it builds one condition per page, which the
database refuses for a section of more than about 1,000 pages. Here every statement names at most BATCH addresses.
"""

from collections.abc import Iterator
from itertools import islice

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, Site

BATCH = 400
LONGEST_PATH = 255
"""A longer address cannot be stored; nobody types one."""


def on_slug_change(sender, instance: Page, instance_before: Page, **kwargs) -> None:
    """The slug of a page changed, in whichever language."""
    keep_old_addresses(instance, url_path_before=instance_before.url_path)


def on_move(sender, instance: Page, url_path_before: str, **kwargs) -> None:
    """A page stands somewhere else in the tree."""
    keep_old_addresses(instance, url_path_before=url_path_before)


@transaction.atomic
def keep_old_addresses(page: Page, *, url_path_before: str) -> int:
    """Let the old addresses of the page and of all public pages below it lead to them; return how many.

    `page` already stands at its new address. Safe to repeat. Whatever leads away from an address at which one of the
    pages now stands is taken out, so that no address leads to itself; what staff have set for an old address stays.
    """
    if page.url_path == url_path_before:
        return 0
    roots = _roots()
    branch = Page.objects.descendant_of(page, inclusive=True).filter(live=True).order_by("path")
    moved = _moved(branch.values_list("pk", "url_path"), page.url_path, url_path_before, roots)
    count = 0
    while rows := list(islice(moved, BATCH)):
        pages, _sites, olds, news = (list(column) for column in zip(*rows, strict=True))
        _forget(news, Q(automatically_created=True) | Q(redirect_page__in=pages))
        _forget(olds, Q(automatically_created=True))
        set_by_staff = set(Redirect.objects.filter(old_path__in=olds).values_list("old_path", flat=True))
        made = [
            Redirect(old_path=old, site_id=site, redirect_page_id=pk, automatically_created=True)
            for pk, site, old, _new in rows
            if old not in set_by_staff and len(old) <= LONGEST_PATH
        ]
        Redirect.objects.bulk_create(made, ignore_conflicts=True)
        count += len(made)
    return count


Move = tuple[int, int, str, str]
"""Page, site, old and new path of an address as redirects know them (no slash at the end)."""


def _moved(rows, new_start: str, old_start: str, roots: list[tuple[str, int, str]]) -> Iterator[Move]:
    for pk, url_path in rows.iterator(chunk_size=BATCH):
        old = _address(old_start + url_path[len(new_start) :], roots)
        new = _address(url_path, roots)
        if old and new and old != new and old[0] == new[0]:
            yield pk, old[0], old[1], new[1]


def _roots() -> list[tuple[str, int, str]]:
    """For each language of each site: where its pages begin in the tree, the site, the start of their addresses."""
    found = []
    for site in Site.objects.select_related("root_page__locale"):
        for home in site.root_page.get_translations(inclusive=True).select_related("locale"):
            code = home.locale.language_code
            found.append((home.url_path, site.pk, "" if code == settings.LANGUAGE_CODE else f"/{code}"))
    return sorted(found, key=lambda root: len(root[0]), reverse=True)


def _address(url_path: str, roots: list[tuple[str, int, str]]) -> tuple[int, str] | None:
    """The site and the path of the address of a page at `url_path`; None outside every site."""
    for root, site, prefix in roots:
        if url_path.startswith(root):
            return site, Redirect.normalise_path(f"{prefix}/{url_path[len(root) :]}")
    return None


def _forget(paths: list[str], which: Q) -> None:
    Redirect.objects.filter(which, old_path__in=paths).delete()
