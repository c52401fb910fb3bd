"""The order of an issue by staff's hands, and their own words for an item. Both hold through every new assembly."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from wagtail.log_actions import log
from wagtail.models import Page

from center.models import User
from newsletter import log_actions
from newsletter.assembly import Assembly
from newsletter.errors import ChangedMeanwhile, NotInIssue, TextTooLong
from newsletter.facts import Item
from newsletter.issue_editing import locked_open, record_edit
from newsletter.issue_release import gather
from newsletter.models import Issue, PageChoice, Section
from newsletter.wording import own_text

Action = PageChoice.Action
SHORT_TEXT_LONGEST = 120
"""Characters of staff's own words: three lines on a phone."""


@dataclass(frozen=True)
class Placed:
    """Where an item stands now: in `section`, `place` of `count` (from 1). `is_changed`: it stood elsewhere before."""

    section: str
    place: int
    count: int
    is_changed: bool


def place_page(
    *, issue: Issue, page: Page, position: int, section: Section | None = None, by: User | None, now: datetime
) -> Placed:
    """Put an item at a place of a section (without one: its own); the whole section keeps the order it then has.

    `position` counts from 0 among the items of that section; what is pinned stays above what is not. New pages come
    after those that are ordered. Safe to repeat. Raises NotInIssue, WrongState, ChangedMeanwhile.
    """
    issue.refresh_from_db()
    seen = (issue.state, issue.content_changed_at)
    _data, assembly = gather(issue, now=now)
    item = _item(assembly, page)
    name = section.name if section else item.section
    others = [row for row in _items_of(assembly, name) if row is not item]
    pinned = sum(row.is_pinned for row in others)
    first, last = (0, pinned) if item.is_pinned else (pinned, len(others))
    index = min(max(position, first), last)
    order = [*others[:index], item, *others[index:]]
    placed = Placed(name, index + 1, len(order), is_changed=order != _items_of(assembly, name))
    if not placed.is_changed:
        return placed
    with transaction.atomic():
        row = locked_open(issue)
        if (row.state, row.content_changed_at) != seen:
            raise ChangedMeanwhile(row.slug)
        moved_to = section if section and section.name != item.section else None
        _store_order(row, [one.page.id for one in order], moved=page.pk, moved_to=moved_to, by=by, now=now)
        data = {"title": page.title, "page": page.pk, "reason": f"{name} {placed.place}/{placed.count}"}
        log(instance=row, action=log_actions.PLACED, user=by, timestamp=now, data=data)
        record_edit(row, by=by, now=now)
    issue.refresh_from_db()
    return placed


def _item(assembly: Assembly, page: Page) -> Item:
    for item in assembly.in_:
        if item.page.id == page.pk and not item.is_correction:
            return item
    raise NotInIssue(page.pk)


def _items_of(assembly: Assembly, section: str) -> list[Item]:
    return [item for item in assembly.in_ if item.section == section and not item.is_correction]


def _store_order(
    row: Issue, page_ids: list[int], *, moved: int, moved_to: Section | None, by: User | None, now: datetime
) -> None:
    """One row a page of the section, in its order; a section that staff chose before is kept."""
    known = PageChoice.objects.filter(issue=row, page__in=page_ids, action=Action.PLACE)
    sections = dict(known.values_list("page_id", "section_id"))
    if moved_to:
        sections[moved] = moved_to.pk
    known.delete()
    PageChoice.objects.bulk_create(
        PageChoice(
            issue=row,
            page_id=page_id,
            action=Action.PLACE,
            section_id=sections.get(page_id),
            order=order,
            by=by,
            at=now,
        )
        for order, page_id in enumerate(page_ids, start=1)
    )


def restore_order(*, issue: Issue, section: Section, by: User | None, now: datetime) -> int:
    """Let the items of a section stand by their dates again, and in the section of their tags; return how many moved.

    What is pinned stays pinned. Raises WrongState.
    """
    _data, assembly = gather(issue, now=now)
    ids = [item.page.id for item in _items_of(assembly, section.name)]
    with transaction.atomic():
        row = locked_open(issue)
        count, _by_model = PageChoice.objects.filter(issue=row, page__in=ids, action=Action.PLACE).delete()
        if count:
            log(
                instance=row,
                action=log_actions.ORDER_RESTORED,
                user=by,
                timestamp=now,
                data={"title": section.name},
            )
            record_edit(row, by=by, now=now)
    issue.refresh_from_db()
    return count


def shorten_page(*, issue: Issue, page: Page, text: str, by: User | None, now: datetime) -> bool:
    """Write staff's own words for an item, for this issue only; empty ones, or the page's own, take them back.

    They stand for the text of the page; its facts (when, where, until when) always come from the page. True where
    something differs. Raises NotInIssue, TextTooLong, WrongState.
    """
    text = " ".join(text.split())
    if len(text) > SHORT_TEXT_LONGEST:
        raise TextTooLong(SHORT_TEXT_LONGEST)
    _data, assembly = gather(issue, now=now)
    item = next((item for item in assembly.in_ if item.page.id == page.pk), None)
    if item is None:
        raise NotInIssue(page.pk)
    if text == own_text(item.page):
        text = ""
    if text == item.short_text:
        return False
    with transaction.atomic():
        row = locked_open(issue)
        choices = PageChoice.objects.filter(issue=row, page=page)
        choices.exclude(action=Action.SHORTEN).update(short_text="")
        choices.update_or_create(  # an empty one stays: it says when the words were taken back
            issue=row, page=page, action=Action.SHORTEN, defaults={"short_text": text, "by": by, "at": now}
        )
        data = {"title": page.title, "page": page.pk, "reason": text}
        log(instance=row, action=log_actions.SHORTENED, user=by, timestamp=now, data=data)
        record_edit(row, by=by, now=now)
    issue.refresh_from_db()
    return True
