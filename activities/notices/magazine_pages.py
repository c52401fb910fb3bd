"""Public pages that staff tagged for the magazine: candidates beside those that came as notices."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from wagtail.models import Page

from activities.models import NoticePage
from center.visibility import publicly_visible

MAGAZINE_TAG = "広報誌に載せる"
"""The tag that staff put on a page, and take off when the magazine has told of it."""
MOST_PAGES = 100


@dataclass(frozen=True)
class TaggedPage:
    """One public page with what its list and its exports show. `url` is a path of this site."""

    id: int
    title: str
    kind: str
    url: str
    published_at: datetime | None

    @property
    def address(self) -> str:
        return settings.SITE_URL + self.url if self.url.startswith("/") else self.url


def tagged_pages(*, now: datetime, notice_pks: list[int]) -> list[TaggedPage]:
    """Japanese pages with the tag that anybody can open, first published first.

    Pages of these notices (`notice_pks`) are left out: their notice stands in the list already.
    """
    known = NoticePage.objects.filter(notice__in=notice_pks).values_list("page_id", flat=True)
    pages = Page.objects.filter(locale__language_code=settings.LANGUAGE_CODE, page_tags__tag__name=MAGAZINE_TAG)
    pages = publicly_visible(pages.exclude(pk__in=list(known)), now=now).distinct()
    return [
        TaggedPage(page.pk, page.title, page.cached_content_type.name, page.url or "", page.first_published_at)
        for page in pages.order_by("first_published_at", "pk")[:MOST_PAGES]
    ]


def pages_as_text(pages: list[TaggedPage]) -> str:
    """The pages as plain text below the notices: title, kind and address; "" without pages."""
    blocks = [f"・{page.title}（{page.kind}）\n{page.address}" for page in pages]
    return "\n" + "\n\n".join(blocks) + "\n" if blocks else ""
