"""The printed pages of the magazine among the finds of the search: one find for each page of a public issue's PDF."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.safestring import SafeString
from wagtail.models import Page
from wagtail.query import PageQuerySet

from activities.models import MagazineIssuePage, PdfPageText, PdfReading
from activities.queries import JAPANESE, magazine_issues
from center.japanese.dates import day_words
from center.japanese.highlighting import highlight
from center.opening import tokyo_date

EXCERPT = 110


@dataclass(frozen=True)
class PrintedHit:
    """One printed page: its issue, its number in the PDF, the address of that page, and its text with the hits."""

    issue: MagazineIssuePage
    number: int
    url: str
    fact: str
    text: SafeString
    is_only_japanese: bool


class InTurn(Sequence):
    """Two searches as one list: all finds of the first, then those of the second; fetched as they are looked at."""

    def __init__(self, first, second) -> None:
        self.parts = (first, second)
        self.counts = tuple(part.count() for part in self.parts)

    def __len__(self) -> int:
        return sum(self.counts)

    def __getitem__(self, wanted: slice) -> list:
        start, stop, _step = wanted.indices(len(self))
        found, before = [], 0
        for part, count in zip(self.parts, self.counts, strict=True):
            first, last = max(0, start - before), min(count, stop - before)
            if first < last:
                found += list(part[first:last])
            before += count
        return found


def searched_texts(*, language: str, now: datetime, visible: PageQuerySet) -> QuerySet[PdfPageText]:
    """The texts of the PDFs of all issues that everybody may read, to be searched in."""
    issues = magazine_issues(now=now, language=language, visible=visible).filter(pdf__isnull=False).order_by()
    return PdfPageText.objects.filter(
        reading__state=PdfReading.State.READ,
        reading__document__in=issues.select_related(None).prefetch_related(None).values("pdf"),
    )


def printed_hits(
    texts: Iterable[PdfPageText], query: str, *, language: str, now: datetime, visible: PageQuerySet
) -> list[PrintedHit]:
    """How the found pages are shown, in their order; where two issues have one PDF, the newer one is named."""
    texts = list(texts)
    if not texts:
        return []
    readings = PdfReading.objects.in_bulk({text.reading_id for text in texts})
    issues = magazine_issues(now=now, language=language, visible=visible).prefetch_related(None)
    issues = issues.filter(pdf__in=[reading.document_id for reading in readings.values()])
    by_document = {issue.pdf_id: issue for issue in reversed(issues)}
    hits = []
    for text in texts:
        issue = by_document.get(readings[text.reading_id].document_id)
        if issue:
            hits.append(
                PrintedHit(
                    issue=issue,
                    number=text.number,
                    url=f"{issue.pdf.url}#page={text.number}",
                    fact=day_words(issue.issued_on, seen_on=tokyo_date(now)),
                    text=highlight(text.text, query, width=EXCERPT),
                    is_only_japanese=_is_only_japanese(issue, language),
                )
            )
    return hits


def _is_only_japanese(page: Page, language: str) -> bool:
    return language != JAPANESE and page.locale.language_code == JAPANESE
