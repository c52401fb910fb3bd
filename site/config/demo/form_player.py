"""Fills in the public form as a browser would: every field it finds, the quiet sum, then the fields it is told."""

import base64
import json
from collections.abc import Mapping

from altcha import solve_challenge_v1
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from center.intake.guard import PROOF_FIELD

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


def _proof(html: str) -> dict[str, str]:
    """The sum that the page's script does for its reader, in the field that waits for it; {} where none is asked."""
    field = BeautifulSoup(html, "html.parser").select_one("[data-challenge]")
    if field is None:
        return {}
    asked = json.loads(field["data-challenge"])
    found = solve_challenge_v1(asked["challenge"], asked["salt"], asked["algorithm"], asked["maxNumber"])
    answer = {name: asked[name] for name in ("algorithm", "challenge", "salt", "signature")} | {"number": found.number}
    return {PROOF_FIELD: base64.b64encode(json.dumps(answer).encode()).decode()}


def send_notice(fields: Mapping[str, str | list[str]]) -> str:
    """Open the form, fill in `fields` over what it holds, tick the criteria and send; return the status page's token.

    Raises FormRefused with the words of the summary.
    """
    browser = Client(enforce_csrf_checks=True)
    url = reverse("notices:new")
    page = browser.get(url, **HOST).content.decode()
    values = _default_fields(page) | _proof(page) | {"criteria": _criteria(page), "send": "1"} | dict(fields)
    answer = browser.post(url, values, headers={"referer": f"https://{HOST['HTTP_HOST']}{url}"}, **HOST)
    if answer.status_code != 302:
        summary = BeautifulSoup(answer.content, "html.parser").select_one(".summary")
        raise FormRefused(summary.get_text(" ", strip=True) if summary else f"HTTP {answer.status_code}")
    return answer["Location"].rstrip("/").rsplit("/", 1)[1]
