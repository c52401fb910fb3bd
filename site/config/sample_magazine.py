"""The made-up issues of the magazine, with printed pages that are drawn, kept and read as true ones are."""

from datetime import date, timedelta

from django.core.files.base import ContentFile

from activities.models import MagazineArticle
from center.japanese.dates import JAPANESE, full_date
from center.models import CentreDocument
from config.builders import add_magazine
from config.content import magazine_samples
from config.content.centre import MAGAZINE_CADENCE
from config.sample_pdf import SamplePage, sample_pdf
from config.tree import Tree


def _last_publication(day: date) -> date:
    found = [date(year, month, at) for year in (day.year - 1, day.year) for month, at in MAGAZINE_CADENCE]
    return max(on for on in found if on <= day)


def add_sample_issues(tree: Tree, *, newest_on: date) -> int:
    """Publish them as of the last days of publication; the tick reads their PDFs. Returns how many there are."""
    for row in magazine_samples.ISSUES:
        issued_on = _last_publication(newest_on - timedelta(days=row["days_ago"]))
        pages = [SamplePage(heading, paragraphs) for heading, paragraphs in row["pages"]]
        content = sample_pdf(row["number"], full_date(issued_on, JAPANESE), pages)
        document = CentreDocument.objects.create(
            title=f"あしすとぱぁく 第{row['number']}号（見本）", file=ContentFile(content, name="mihon.pdf")
        )
        page = add_magazine(
            tree,
            row["number"],
            issued_on,
            title=f"あしすとぱぁく 第{row['number']}号（見本の号）",
            summary=row["summary"],
            is_sample=True,
            pdf=document,
            tags=row["tags"],
            live=False,
        )
        page.articles = [
            MagazineArticle(
                title=title,
                page_number=number,
                body=[{"type": "paragraph", "value": f"<p>{text}</p>"} for text in paragraphs],
            )
            for title, number, paragraphs in row["articles"]
        ]
        page.save_revision().publish()
    return len(magazine_samples.ISSUES)
