"""Looking for words in what was mailed: the items of the back numbers, in the reader's edition."""

from collections.abc import Iterator
from dataclasses import dataclass

from center.japanese.characters import fold
from newsletter.mailed_issues import issue_words, mailed_issues
from newsletter.models import Issue, IssueItem

SEARCHED_ISSUES = 120
"""Ten years of monthly mails."""
MOST_WORDS = 6
LONGEST_QUERY = 60


@dataclass(frozen=True)
class ItemHit:
    """An item as it was mailed; `anchor` is its place in the back number."""

    title: str
    text: str
    anchor: str
    is_japanese: bool
    is_sample: bool


@dataclass(frozen=True)
class IssueHits:
    """What was found in one issue."""

    issue: Issue
    words: str
    items: tuple[ItemHit, ...]


def search_back_numbers(query: str, *, language: str) -> list[IssueHits]:
    """Every mailed item that holds all words of the query, the latest issue first; spelled in whatever way.

    Reads the items of the latest 120 issues with two queries and compares them folded.
    """
    wanted = fold(query[:LONGEST_QUERY]).split()[:MOST_WORDS]
    if not wanted:
        return []
    issues = list(mailed_issues()[:SEARCHED_ISSUES])
    found: dict[int, list[ItemHit]] = {}
    rows = IssueItem.objects.filter(issue__in=issues, is_reminder=False).order_by("section_order", "order", "pk")
    for item in rows.only("issue_id", "page_ref", "title", "lines", "translations", "section_name", "is_sample"):
        if hit := _hit(item, wanted, language):
            found.setdefault(item.issue_id, []).append(hit)
    return [IssueHits(issue, issue_words(issue), tuple(found[issue.pk])) for issue in issues if issue.pk in found]


def _hit(item: IssueItem, wanted: list[str], language: str) -> ItemHit | None:
    for title, lines, is_japanese in _editions(item, language):
        folded = fold(" ".join((item.section_name, title, *lines)))
        if all(word in folded for word in wanted):
            return ItemHit(title, "　".join(lines), f"p{item.page_ref}", is_japanese, item.is_sample)
    return None


def _editions(item: IssueItem, language: str) -> Iterator[tuple[str, list[str], bool]]:
    """The item in the reader's edition, then in Japanese."""
    known = item.translations.get(language)
    if known and known["is_translated"]:
        yield known["title"], [line for line in known["lines"] if line], False
    yield item.title, [line for line in item.lines if line], True
