"""From an assembly to the rows that a freeze keeps: what was mailed, in every language, and the hash of it."""

import hashlib
import json
from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from center.japanese.dates import MONTHS_EN, day_words
from center.opening import tokyo_date
from center.pages import KeyFact
from newsletter.assembly import Assembly
from newsletter.facts import Item, PageFacts
from newsletter.models import Issue, IssueItem, StaffLine
from newsletter.wording import REMINDERS, item_lines, reminder_line

REMINDERS_ORDER = 1_000
SOURCE_LANGUAGE = settings.LANGUAGE_CODE
OTHER_LANGUAGES = tuple(code for code, _name in settings.LANGUAGES if code != SOURCE_LANGUAGE)
HASHED = (
    *("page_ref", "section_name", "section_order", "paper", "order", "reason", "is_correction", "is_reminder"),
    *("title", "url", "kind_word", "summary", "lines", "key_facts", "translations"),
)
"""The columns of an item that readers see."""


def build_items(issue: Issue, assembly: Assembly, *, next_send_at) -> list[IssueItem]:
    """The rows of the issue's items and reminders, in the order of the mail, not stored yet."""
    send_on = tokyo_date(issue.send_at)
    rows = [_item_row(issue, item, order, send_on) for order, item in enumerate(assembly.in_, start=1)]
    for order, page in enumerate(assembly.reminders, start=1):
        rows.append(_reminder_row(issue, page, order, next_send_at))
    return rows


def _page_fields(page: PageFacts) -> dict:
    return {
        "page_id": page.id,
        "page_ref": page.id,
        "revision_id": page.revision_id,
        "title": page.title,
        "url": page.url,
        "kind_word": page.kind_word[:60],
        "summary": page.summary[:300],
        "key_facts": [[fact.name, str(fact.label), fact.value] for fact in page.key_facts],
        "leaf_on": page.leaf_on,
        "until_at": page.useful_until,
        "is_sample": page.is_sample,
    }


def _item_row(issue: Issue, item: Item, order: int, send_on) -> IssueItem:
    return IssueItem(
        issue=issue,
        **_page_fields(item.page),
        section_name=item.section,
        section_order=item.section_order,
        paper=item.paper,
        order=order,
        reason=item.reason,
        note=item.note,
        is_correction=item.is_correction,
        lines=list(item_lines(item, send_on)),
        translations={language: _translated(item, language) for language in OTHER_LANGUAGES},
    )


def _reminder_row(issue: Issue, page: PageFacts, order: int, next_send_at) -> IssueItem:
    translations = {}
    for language in OTHER_LANGUAGES:
        known = page.translations.get(language)
        days = sorted({tokyo_date(start) for start in page.starts if issue.send_at <= start < next_send_at})
        translations[language] = {
            "title": known.title if known else page.title,
            "url": known.url if known else page.url,
            "lines": [", ".join(day_words(day, language) for day in days[:3])],
            "is_translated": known is not None,
        }
    return IssueItem(
        issue=issue,
        **_page_fields(page),
        section_name=REMINDERS,
        section_order=REMINDERS_ORDER,
        order=order,
        reason="reminder",
        is_reminder=True,
        lines=[reminder_line(page, issue.send_at, next_send_at)],
        translations=translations,
    )


def _translated(item: Item, language: str) -> dict:
    """The item's words in another language; without a fresh translation the Japanese title, marked as such."""
    page, known = item.page, item.page.translations.get(language)
    is_translated = known is not None and known.is_fresh
    lines = list(known.lines if is_translated else page.other_lines.get(language, ()))
    if item.is_correction and item.mailed:
        with override(language):
            month = MONTHS_EN[item.mailed.issue_month - 1] if language == "en" else f"{item.mailed.issue_month}月"
            lines.insert(0, _("This has changed since our %(month)s mail. As it is now:") % {"month": month})
    return {
        "title": known.title if is_translated else page.title,
        "url": known.url if is_translated else page.url,
        "kind_word": known.kind_word if is_translated else "",
        "lines": lines,
        "is_translated": is_translated,
    }


def content_hash(issue: Issue, items: Iterable[IssueItem], staff_lines: Iterable[StaffLine]) -> str:
    """SHA-256 over everything that readers see of the issue."""
    content = {
        "issue": [issue.subject, issue.preheader, issue.opening, issue.slug],
        "items": [{name: getattr(item, name) for name in HASHED} for item in items],
        "lines": [[line.title, line.text] for line in staff_lines],
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def key_facts_of(item: IssueItem) -> tuple[KeyFact, ...]:
    """The key facts as they were mailed."""
    return tuple(KeyFact(*row) for row in item.key_facts)
