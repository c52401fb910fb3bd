"""What search engines are told: which pages there are, and what they need not read."""

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from wagtail.models import Page
from wagtail.query import PageQuerySet

from center.addresses import full_address
from center.visibility import publicly_visible

NOT_FOR_ROBOTS = ("/admin/", "/u/", "/search/", "/en/search/", "/ja-x-easy/search/", "/notices/status/")
"""Screens of staff, personal pages, searches. This hides nothing: what is private is refused, not asked away."""


class PublicPages(Sitemap):
    """Every page that everybody may read, in every language, in the order of the tree; the format ends at 50,000.

    Addresses begin with settings.SITE_URL, whatever host was asked.
    """

    limit = 50_000

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def items(self) -> PageQuerySet:
        return publicly_visible().select_related("locale").order_by("path")

    def lastmod(self, page: Page):
        return page.last_published_at or page.latest_revision_created_at

    def get_urls(self, page: int | str = 1, site=None, protocol: str | None = None) -> list[dict]:
        found = ((item, full_address(item, self.request)) for item in self.paginator.page(page).object_list)
        return [
            {"item": item, "location": address, "lastmod": self.lastmod(item), "alternates": []}
            for item, address in found
            if address
        ]


@require_safe
def site_map(request: HttpRequest) -> HttpResponse:
    """`/sitemap.xml`."""
    return sitemap(request, sitemaps={"pages": PublicPages(request)})


@require_safe
def robots_txt(request: HttpRequest) -> HttpResponse:
    """`/robots.txt`."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_ROBOTS)]
    text = "\n".join([*lines, "", f"Sitemap: {settings.SITE_URL}/sitemap.xml", ""])
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
