"""The answer to our own faults. It asks neither the database nor a session, because one of them may be the fault."""

from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.views.decorators.csrf import requires_csrf_token

from config.content.centre import CENTRE


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """The page for a fault, with the phone number as it was when the site was set up."""
    words = loader.get_template("500.html").render({"phone": CENTRE["phone"], "name": CENTRE["nickname"]})
    return HttpResponse(words, status=500)
