"""Fills in the public form as a browser without JavaScript would: every field it finds, then the ones it is told."""

from collections.abc import Mapping

from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

HOST = {"HTTP_HOST": "assist-park.example", "secure": True}


class FormRefused(Exception):
    """The form was shown again; the message holds what it said."""


def _default_fields(html: str) -> dict[str, list[str]]:
    """What the browser would send of the form as it stands."""
    form = BeautifulSoup(html, "html.parser").select_one("form[method=post]")
    values: dict[str, list[str]] = {}
    for field in form.select("input[name]"):
        kind = field.get("type", "text")
        if kind in ("file", "submit", "button") or (kind in ("radio", "checkbox") and not field.has_attr("checked")):
            continue
        values.setdefault(field["name"], []).append(field.get("value", ""))
    for field in form.select("textarea[name]"):
        values.setdefault(field["name"], []).append(field.get_text())
    return values


def _criteria(html: str) -> list[str]:
    return [field["value"] for field in BeautifulSoup(html, "html.parser").select("input[name=criteria]")]


def send_notice(fields: Mapping[str, str | list[str]]) -> str:
    """Open the form, fill in `fields` over what it holds, tick the criteria and send; return the status page's token.

    Raises FormRefused with the words of the summary.
    """
    browser = Client(enforce_csrf_checks=True)
    url = reverse("notices:new")
    page = browser.get(url, **HOST).content.decode()
    values = _default_fields(page) | {"criteria": _criteria(page), "send": "1"} | dict(fields)
    answer = browser.post(url, values, headers={"referer": f"https://{HOST['HTTP_HOST']}{url}"}, **HOST)
    if answer.status_code != 302:
        summary = BeautifulSoup(answer.content, "html.parser").select_one(".summary")
        raise FormRefused(summary.get_text(" ", strip=True) if summary else f"HTTP {answer.status_code}")
    return answer["Location"].rstrip("/").rsplit("/", 1)[1]
