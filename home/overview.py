"""What the composed pages show: read from the floors below."""

from django.http import HttpRequest


def home_overview(page, request: HttpRequest) -> dict:
    return {}


def plan_overview(page, request: HttpRequest) -> dict:
    return {}
