"""Fixtures of the pages of activities: a morning in November 2026, and what a citizen sees."""

import re
from html.parser import HTMLParser

import pytest
import time_machine
from wagtail.models import Locale, Page

from center.models import CentreSettings


@pytest.fixture
def morning(tokyo):
    """Tuesday 24 November 2026, 09:00 in Tokyo: the clock stands still."""
    with time_machine.travel(tokyo(2026, 11, 24, 9), tick=False):
        yield tokyo(2026, 11, 24, 9)


@pytest.fixture
def centre(db) -> CentreSettings:
    """The centre with its name, phone and place."""
    settings = CentreSettings.load()
    settings.name, settings.nickname = "市民活動サポートセンター", "アシストパーク郡山"
    settings.phone = settings.fax = "024-924-3352"
    settings.city_code, settings.prefecture, settings.city = "072036", "福島県", "郡山市"
    settings.save()
    return settings


class _Words(HTMLParser):
    """The words inside <main>, without markup."""

    def __init__(self) -> None:
        super().__init__()
        self.depth, self.words = 0, []

    def handle_starttag(self, tag, attrs) -> None:
        self.depth += tag == "main"

    def handle_endtag(self, tag) -> None:
        self.depth -= tag == "main"

    def handle_data(self, data) -> None:
        if self.depth:
            self.words.append(data)


@pytest.fixture
def seen(client, settings):
    """The words that a citizen reads on a page (its address, or the page itself), in one line."""

    def read(page: Page | str, **query) -> str:
        address = page if isinstance(page, str) else page.get_url()
        response = client.get(address, query)
        assert response.status_code == 200, response.status_code
        parser = _Words()
        parser.feed(response.content.decode())
        return re.sub("[ \n\t]+", " ", "".join(parser.words))

    return read


@pytest.fixture
def translated():
    """Make a public translation of a page, and of what it hangs below: translated(page, "en", "Title")."""

    def make(page: Page, language: str, title: str, *, live: bool = True) -> Page:
        locale = Locale.objects.get(language_code=language)
        for ancestor in page.get_ancestors().filter(depth__gt=1):
            if not ancestor.has_translation(locale):
                ancestor.specific.copy_for_translation(locale).save_revision().publish()
        copy = page.copy_for_translation(locale)
        copy.title = title
        revision = copy.save_revision()
        if live:
            revision.publish()
        return type(copy).objects.get(pk=copy.pk)

    return make
