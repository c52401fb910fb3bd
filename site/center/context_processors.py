"""What every template may name."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from center.queries import centre_settings


def centre(request: HttpRequest) -> dict:
    """`centre`: the settings row, read once a request and only where a template asks for it."""
    return {"centre": SimpleLazyObject(centre_settings)}
