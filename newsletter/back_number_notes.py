"""After the mail: what turned out differently stands as a dated note beside the mailed words, which are kept."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q
from django.utils.translation import override
from wagtail.models import Page

from center.visibility import publicly_visible
from newsletter import staff_mails
from newsletter.models import BackNumberNote, IssueItem
from newsletter.page_facts import specific_pages
from newsletter.queries import MAILED_STATES, REMEMBERED_DAYS
from newsletter.snapshot import key_facts_of
from newsletter.wording import fact_changes

BACK_TO_MAILED = "お送りした内容に戻りました。"
NOT_SHOWN = "このページは、いまは公開していません。"


def note_changes(*, now: datetime, page_ids: Iterable[int] | None = None) -> int:
    """Hold mailed items against their pages as they are; add a note where they differ; return how many notes.

    `page_ids` limits it to those pages; otherwise pages published since, or hidden, that readers may still rely on.
    Safe to repeat: what the last note of an item says already is not said again.
    """
    items = _watched(now)
    if page_ids is None:
        items = items.filter(
            Q(page__isnull=True) | Q(page__live=False) | Q(page__last_published_at__gt=F("issue__frozen_at"))
        )
    else:
        items = items.filter(page_ref__in=list(page_ids))
    rows = list(items.select_related("issue").prefetch_related("notes"))
    if not rows:
        return 0
    refs = {item.page_ref for item in rows}
    with override(settings.LANGUAGE_CODE):
        pages = specific_pages(refs)
        shown = set(publicly_visible(Page.objects.filter(pk__in=refs), now=now).values_list("pk", flat=True))
        notes = [note for item in rows if (note := _note(item, pages, shown, now))]
    BackNumberNote.objects.bulk_create(notes)
    for note in notes:
        key = f"mailed-change:{note.item_id}:{now:%Y%m%d%H%M%S%f}"
        staff_mails.tell_change_after_mail(note.item.title, note.text, now=now, key=key)
    return len(notes)


def _watched(now: datetime):
    """Items of what was mailed, as long as readers may still rely on them."""
    lately = Q(until_at__isnull=True, issue__send_at__gt=now - timedelta(days=REMEMBERED_DAYS))
    return IssueItem.objects.filter(
        Q(until_at__gt=now) | lately, issue__state__in=MAILED_STATES, is_reminder=False, page_ref__isnull=False
    )


def _note(item: IssueItem, pages: dict[int, Page], shown: set[int], now: datetime) -> BackNumberNote | None:
    known = [note.text for note in sorted(item.notes.all(), key=lambda note: (note.at, note.pk))]
    page = pages.get(item.page_ref)
    if page is None or item.page_ref not in shown:
        text = NOT_SHOWN
    else:
        changes = fact_changes(key_facts_of(item), page.key_facts())
        text = " ／ ".join(map(str, changes)) if changes else ""
    if not text:
        text = BACK_TO_MAILED if known and known[-1] != BACK_TO_MAILED else ""
    if not text or (known and known[-1] == text[:500]):
        return None
    return BackNumberNote(issue=item.issue, item=item, at=now, text=text[:500])
