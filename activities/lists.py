"""What the list pages show: the context of each index page, from the address's own filters."""

from django.http import HttpRequest


def event_list(page, request: HttpRequest) -> dict:
    return {}


def group_list(page, request: HttpRequest) -> dict:
    return {}


def grant_list(page, request: HttpRequest) -> dict:
    return {}


def news_list(page, request: HttpRequest) -> dict:
    return {}


def match_list(page, request: HttpRequest) -> dict:
    return {}


def magazine_list(page, request: HttpRequest) -> dict:
    return {}
