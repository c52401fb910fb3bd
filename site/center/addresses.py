"""Full addresses for what leaves the site: calendar files, feeds, open data, structured data, the sitemap."""

from django.conf import settings
from django.http import HttpRequest
from wagtail.models import Page


def full_address(page: Page, request: HttpRequest | None = None) -> str:
    """The full address of a page; host and scheme are settings.SITE_URL, never the request's. '' where it has none.

    With the request many addresses cost one look at the site's roots, without it each costs its own.
    """
    parts = page.get_url_parts(request)
    return settings.SITE_URL + parts[2] if parts and parts[2] else ""
