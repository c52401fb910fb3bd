"""Does a page open for everybody? Asked of our own views, inside this process: no network, no person, no cookie."""

import logging
from collections.abc import Iterable
from io import BytesIO
from types import SimpleNamespace

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.core.handlers.wsgi import WSGIRequest
from django.http import Http404
from django.urls import resolve
from django.utils.translation import override
from wagtail.models import Page, Site

logger = logging.getLogger(__name__)
NOT_FOUND, FORBIDDEN, BROKEN = 404, 403, 500


def ask_pages(page_ids: Iterable[int]) -> dict[int, int]:
    """The HTTP state that each page answers a stranger with, by page number. A page without an address answers 404.

    Renders every page once; call it outside a transaction.
    """
    roots = SimpleNamespace()
    sites = {site.pk: site for site in Site.objects.all()}
    pages = Page.objects.select_related("locale").filter(pk__in=list(page_ids))
    return {page.pk: _ask(page, sites, roots) for page in pages}


def _ask(page: Page, sites: dict[int, Site], roots: SimpleNamespace) -> int:
    with override(page.locale.language_code):
        parts = page.get_url_parts(roots)
        if not parts or not parts[2]:
            return NOT_FOUND
        request = _stranger(parts[2], sites[parts[0]])
        try:
            match = resolve(parts[2])
            request.resolver_match = match
            response = match.func(request, *match.args, **match.kwargs)
            if callable(getattr(response, "render", None)):
                response.render()
        except Http404:
            return NOT_FOUND
        except PermissionDenied:
            return FORBIDDEN
        except Exception:  # whatever breaks the page breaks it for readers too
            logger.exception("page %s does not open", page.pk)
            return BROKEN
    return response.status_code


def _stranger(path: str, site: Site) -> WSGIRequest:
    """A GET of somebody whom nobody knows."""
    request = WSGIRequest(
        {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SERVER_NAME": site.hostname,
            "SERVER_PORT": str(site.port),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": site.hostname,
            "wsgi.url_scheme": "https" if site.port == 443 else "http",
            "wsgi.input": BytesIO(),
        }
    )
    request.user = AnonymousUser()
    request.session = {}
    request._wagtail_site = site  # what Wagtail itself would find by the host
    return request
