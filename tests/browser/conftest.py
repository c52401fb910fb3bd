"""A real Chromium in front of a real server. Debian's browser is used; nothing is downloaded."""

import os
import shutil
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, sync_playwright

from config.setup import set_up_site

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
SCREENS = Path(os.environ["SCREENS"]) if os.environ.get("SCREENS") else None
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items) -> None:
    """Every test here is a browser test; without a browser they say why they are left out."""
    for item in items:
        if "browser" in Path(str(item.fspath)).parts:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="Chromium is missing: apt-get install chromium"))


@pytest.fixture(scope="session")
def chromium():
    """One browser for the session. Playwright's loop must not make Django refuse the database."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(Path(CHROMIUM).resolve()), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def site(transactional_db, live_server, settings, tokyo):
    """The whole site, set up as `make run` does it, served at `site.url`."""
    settings.SITE_URL = settings.WAGTAILADMIN_BASE_URL = live_server.url
    settings.ALLOWED_HOSTS = ["*"]
    set_up_site(now=timezone.now())
    return live_server


@pytest.fixture
def open_page(chromium: Browser):
    """Open pages of a given width; anything the browser reports as an error fails the test."""
    contexts, faults = [], []

    def make(width: int = 1280, height: int = 900, **options) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": height}, locale="ja-JP", **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.set_default_timeout(15_000)
        return page

    yield make
    for context in contexts:
        context.close()
    assert not faults, faults


@pytest.fixture
def shoot():
    """Keep a picture of a page where SCREENS names a folder, so that people can look at it."""

    def take(page: Page, name: str, *, full: bool = True) -> None:
        if SCREENS:
            SCREENS.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=str(SCREENS / f"{name}.png"), full_page=full)

    return take
