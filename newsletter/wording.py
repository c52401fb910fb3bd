"""Words that an issue writes by itself: corrections, countdowns, subject, preheader. Pure; Japanese content."""

import re
from collections.abc import Iterable
from datetime import date
from unicodedata import east_asian_width

from center.japanese.dates import day_words
from center.opening import tokyo_date
from center.pages import KeyFact
from newsletter.facts import FactChange, Item, PageFacts

CORRECTIONS = "訂正"
REMINDERS = "これまでにお知らせした催し"
SUBJECT_WIDTH = 25
"""Full-width characters; a half-width one counts half."""
COUNTDOWN_DAYS = 14
COUNTDOWN = re.compile(r"【締切(?:は今日|まであと(?P<days>\d+)日)】")
PREHEADER_SHORTEST, PREHEADER_LONGEST = 40, 80


def fact_changes(old: Iterable[KeyFact], new: Iterable[KeyFact]) -> tuple[FactChange, ...]:
    """The key facts whose words differ, in the order of the new ones, then those that are gone."""
    before = {fact.name: fact for fact in old}
    after = {fact.name: fact for fact in new}
    names = [*after, *(name for name in before if name not in after)]
    changes = []
    for name in names:
        was, is_now = before.get(name), after.get(name)
        old_value, new_value = was.value if was else "", is_now.value if is_now else ""
        if old_value != new_value:
            changes.append(FactChange(name, str((is_now or was).label), old_value, new_value))
    return tuple(changes)


def change_sentence(change: FactChange, issue_month: int) -> str:
    """One change as a sentence: 費用は、11月号では「200円」とお知らせしましたが、「300円」です。"""
    old, new = _one_line(change.old), _one_line(change.new)
    if change.name == "state":
        return f"【{new}】" if new else f"{issue_month}月号では「{old}」とお知らせしましたが、予定どおりです。"
    if not old:
        return f"{issue_month}月号のあと、{change.label}が「{new}」に決まりました。"
    if not new:
        return f"{change.label}は、{issue_month}月号では「{old}」とお知らせしましたが、取り消しました。"
    return f"{change.label}は、{issue_month}月号では「{old}」とお知らせしましたが、「{new}」です。"


def _one_line(words: str) -> str:
    return "、".join(words.split("\n"))


def countdown(closing_on: date | None, send_on: date) -> str:
    """【締切まであと1日】 for a deadline within 14 days of the mail, otherwise ''."""
    if closing_on is None:
        return ""
    left = (closing_on - send_on).days
    if left == 0:
        return "【締切は今日】"
    return f"【締切まであと{left}日】" if 0 < left <= COUNTDOWN_DAYS else ""


def days_left(line: str) -> int | None:
    """How many days the countdown that begins this line says; None where it begins with none."""
    found = COUNTDOWN.match(line)
    return int(found["days"] or 0) if found else None


def item_lines(item: Item, send_on: date) -> tuple[str, ...]:
    """The Japanese lines under the title. Staff's own words stand for the page's text, never for its facts."""
    if item.changes and item.mailed:
        sentences = tuple(change_sentence(change, item.mailed.issue_month) for change in item.changes)
        return (*sentences, item.short_text) if item.short_text else sentences
    lines = (*item.page.lines[: _fact_count(item.page)], item.short_text) if item.short_text else item.page.lines
    left = countdown(item.page.closing_on, send_on)
    if left and lines:
        return (left + lines[0], *lines[1:])
    return lines


def own_text(page: PageFacts) -> str:
    """The page's line that is text and no fact; '' where all its lines are facts, as those of an event are."""
    return "".join(page.lines[_fact_count(page) :])


def _fact_count(page: PageFacts) -> int:
    """How many of its lines are facts (when, where, until when): all of an event's, of others all but the last.

    A page with one line tells facts in it, unless it is the summary.
    """
    lines = page.lines
    if page.is_event or (len(lines) == 1 and lines[0] != page.summary):
        return len(lines)
    return max(len(lines) - 1, 0)


def item_words(item: Item, send_on: date) -> tuple[str, ...]:
    """What readers see of an item: to tell other edits from changed key facts."""
    return (item.section, item.page.title, *item_lines(item, send_on))


def reminder_line(page: PageFacts, item_send_at, next_send_at) -> str:
    """The one line of an event that was mailed before: its days until the next mail."""
    starts = [start for start in page.starts if item_send_at <= start < next_send_at]
    return "、".join(day_words(tokyo_date(start), "ja") for start in sorted(starts)[:3])


def width(text: str) -> float:
    """Its width in full-width characters."""
    return sum(1.0 if east_asian_width(char) in "WFA" else 0.5 for char in text)


def base_subject(month: int) -> str:
    """The subject of an issue that nobody has put together yet."""
    return f"サポートメール{month}月号"


def default_subject(month: int, items: Iterable[Item]) -> str:
    """サポートメール12月号 講座・催し9件: the largest section, where it fits into 25 full-width characters."""
    counts: dict[str, int] = {}
    for item in items:
        if item.section and not item.is_correction:
            counts[item.section] = counts.get(item.section, 0) + 1
    base = base_subject(month)
    for section in sorted(counts, key=counts.get, reverse=True):
        subject = f"{base} {section}{counts[section]}件"
        if width(subject) <= SUBJECT_WIDTH:
            return subject
    return base


def default_preheader(items: Iterable[Item], phone: str) -> str:
    """The words beside the subject of an issue with these items."""
    return preheader_of((item.page.title for item in items), phone)


def preheader_of(titles: Iterable[str], phone: str) -> str:
    """40 to 80 characters that a mailbox shows beside the subject: the first titles, then whom to ask."""
    ending = f"わからないことは{phone}へ。" if phone else "わからないことは、センターへ。"
    room = PREHEADER_LONGEST - len(ending)
    words = ""
    for title in titles:
        longer = f"{words}、{title}" if words else title
        if len(longer) + len("など。") > room:
            break
        words = longer
    text = f"{words}など。{ending}" if words else ending
    if len(text) < PREHEADER_SHORTEST:
        text = f"講座、催し、助成金、募集を、月に1通でお届けします。{text}"
    return text[:PREHEADER_LONGEST]
