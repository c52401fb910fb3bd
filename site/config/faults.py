"""The answer to our own faults. It asks neither the database nor a session, because one of them may be the fault.

Whoever had sent a form gets back what was typed, with a button that sends it once more.
"""

import sys
from http import HTTPStatus

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.template import loader
from django.utils.cache import add_never_cache_headers
from django.views.decorators.csrf import requires_csrf_token

from config.content.centre import CENTRE

NOT_NOW = (OperationalError, InterfaceError, OSError)
"""The database or a disk is away or full: it may work again in a moment."""
RETRY_AFTER = "60"
NOT_REPEATED = ("/admin/", "/accounts/")
"""Forms below these are not given back: they hold passwords, and staff have the page still open."""


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """The page for a fault, with the phone number as it was when the site was set up.

    503 with Retry-After where the database or a disk was the fault, else 500.
    """
    error = sys.exception() if hasattr(sys, "exception") else sys.exc_info()[1]
    is_for_now = isinstance(error, NOT_NOW)
    typed, files = _sent(request, error)
    context = {"phone": CENTRE["phone"], "name": CENTRE["nickname"], "typed": typed, "files": files}
    status = HTTPStatus.SERVICE_UNAVAILABLE if is_for_now else HTTPStatus.INTERNAL_SERVER_ERROR
    words = loader.get_template("500.html").render(context | {"path": request.get_full_path(), "number": int(status)})
    response = HttpResponse(words, status=status)
    if is_for_now:
        response.headers["Retry-After"] = RETRY_AFTER
    if typed:
        add_never_cache_headers(response)
    return response


def _sent(request: HttpRequest, error: BaseException | None) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """What came with a form of the public site: pairs of name and value, and of field and file name."""
    is_repeated = request.method == "POST" and not request.path.startswith(NOT_REPEATED)
    if not is_repeated or isinstance(error, UnreadablePostError):
        return [], []
    try:
        typed = [(name, value) for name, values in request.POST.lists() for value in values]
        files = [(name, file.name) for name, many in request.FILES.lists() for file in many if file.name]
    except (OSError, ValueError):
        return [], []
    return typed, files
