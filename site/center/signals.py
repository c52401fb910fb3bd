"""Listeners for what must not know us: they keep the public spans true the moment something changes.

`page_visibility_changed` is sent after the spans were written, with `page_ids` and `now`; the floors above listen.
"""

from django.db.models.signals import post_delete, post_save
from django.dispatch import Signal
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from center.models import PublicSpan
from center.moved_pages import on_move, on_slug_change
from center.translations import bring_facts_to_translations
from center.visibility import record_public_spans

page_visibility_changed = Signal()


def _branch(page: Page) -> list[int]:
    return [page.pk, *Page.objects.descendant_of(page).values_list("pk", flat=True)]


def _record(page_ids: list[int], *, gone: bool = False) -> None:
    now = timezone.now()
    record_public_spans(now=now, pages=page_ids, gone=gone)
    page_visibility_changed.send(sender=Page, page_ids=page_ids, now=now)


def on_page_change(sender, instance: Page, **kwargs) -> None:
    """Published or moved: the page and all below it."""
    if not kwargs.get("raw"):
        _record(_branch(instance))


def on_page_unpublish(sender, instance: Page, **kwargs) -> None:
    """Unpublished, also just before it is deleted, when the row still says that it is live."""
    _record(_branch(instance), gone=not instance.live)


def on_page_published(sender, instance: Page, **kwargs) -> None:
    """The facts of a Japanese page go to its published translations in the same action."""
    bring_facts_to_translations(instance)


def on_restriction_change(sender, instance: PageViewRestriction, **kwargs) -> None:
    """A view restriction was set, changed or lifted."""
    if kwargs.get("raw"):
        return
    page = Page.objects.filter(pk=instance.page_id).first()
    if page:
        _record(_branch(page))


def on_page_delete(sender, instance: Page, **kwargs) -> None:
    """A page goes: its span ends."""
    now = timezone.now()
    PublicSpan.objects.filter(page_id=instance.pk, until__isnull=True).update(until=now)
    page_visibility_changed.send(sender=Page, page_ids=[instance.pk], now=now)


def connect() -> None:
    """Connect every listener; called once, when the app is ready."""
    page_published.connect(on_page_change, dispatch_uid="center-published")
    page_published.connect(on_page_published, dispatch_uid="center-facts")
    page_unpublished.connect(on_page_unpublish, dispatch_uid="center-unpublished")
    post_page_move.connect(on_page_change, dispatch_uid="center-moved")
    post_page_move.connect(on_move, dispatch_uid="center-old-address-moved")
    page_slug_changed.connect(on_slug_change, dispatch_uid="center-old-address-slug")
    post_save.connect(on_restriction_change, sender=PageViewRestriction, dispatch_uid="center-restricted")
    post_delete.connect(on_restriction_change, sender=PageViewRestriction, dispatch_uid="center-unrestricted")
    post_delete.connect(on_page_delete, sender=Page, dispatch_uid="center-deleted")
