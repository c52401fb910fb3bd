"""Headers and languages that hold for every answer."""

from contextlib import nullcontext

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.utils.cache import cc_delim_re
from django.utils.translation import get_language
from wagtail.url_routing import RouteResult

from center.page_route import page_for_path
from center.visibility import one_look

ADMIN_CSP = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)


class PublicHeadersMiddleware:
    """Private answers are never stored by a cache, and the editor has a content policy of its own."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        only_reads = request.method in ("GET", "HEAD") and not request.path.startswith("/admin/")
        with one_look() if only_reads else nullcontext():
            response = self.get_response(request)
        if request.path.startswith("/admin/"):
            response.headers.setdefault("Content-Security-Policy", ADMIN_CSP)
        private = request.method not in ("GET", "HEAD") or response.status_code >= 400 or response.cookies
        if private and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "private, no-store"
        return response


class PrefixLocaleMiddleware(LocaleMiddleware):
    """The language comes from the address alone, so answers do not vary by Accept-Language."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        response = super().process_response(request, response)
        vary = [name for name in cc_delim_re.split(response.headers.get("Vary", "")) if name]
        kept = [name for name in vary if name.lower() != "accept-language"]
        if kept != vary:
            if kept:
                response.headers["Vary"] = ", ".join(kept)
            else:
                del response.headers["Vary"]
        if response.headers.get("Content-Language", "").startswith("ja-"):
            response.headers["Content-Language"] = settings.LANGUAGE_CODE
        return response


class PageRouteMiddleware:
    """Finds the page of an address in two queries, whatever its depth, before Wagtail walks down the tree to it."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, args: tuple, kwargs: dict) -> None:
        if request.resolver_match.view_name == "wagtail_serve" and (path := next(iter(args), "")):
            page = page_for_path(request, path, language=get_language() or settings.LANGUAGE_CODE)
            if page is not None:
                request._wagtail_route_for_request = RouteResult(page)
