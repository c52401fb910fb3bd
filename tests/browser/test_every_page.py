"""Every public template in a real Chromium, with the sample month in it.

One site is set up once for all tests here. Each page is opened once and then looked at in several ways: axe-core
(no rule left out), sideways scrolling, doubled text, what it loads. FULL=1 asks axe for every width in every colour
scheme.
"""

import gzip
import os
import re
from pathlib import Path

import axe_playwright_python
import pypdfium2
import pytest
import time_machine
from django.core import signing
from django.test import Client, RequestFactory, override_settings
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer
from wagtail.models import Page, get_page_models

from activities.inquiries.views import SENT_SALT
from activities.models import EventPage, EventState, Notice
from activities.notices.tokens import token_of
from center.intake.tokens import hash_token
from center.visibility import publicly_visible
from config.faults import server_error
from config.sample_month import SampleMonth
from config.setup import set_up_site
from newsletter.models import Issue, Subscriber, SubscriberState
from newsletter.subscribers import CONFIRM_WITHIN
from newsletter.tokens import confirm_token, personal_token

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = f"axe.run(document, {{runOnly: {{type: 'tag', values: {TAGS}}}, resultTypes: ['violations']}})"
IS_FULL = os.environ.get("FULL") == "1"
WIDTHS, SCHEMES = (320, 768, 1280), ("light", "dark", "forced")
WAYS = (
    [(width, scheme) for width in WIDTHS for scheme in SCHEMES]
    if IS_FULL
    else [(320, "light"), (768, "forced"), (1280, "dark")]
)
PHONE_BYTES = 150_000

PAGE_TYPES = sorted(model.__name__ for model in get_page_models() if model is not Page)
TEXTS = ["about", "privacy", "accessibility", "contact", "safe-community", "coconavi"]
READ = {
    "cancelled event": "",
    "events as a month": "/events/?view=month",
    "events, nothing found": "/events/?month=2031-01",
    "events of the past": "/events/?past=1",
    "groups, nothing found": "/groups/?q=ありえないことば",
    "search": "/search/",
    "search with hits": "/search/?q=助成金",
    "search without hits": "/search/?q=ロケット発射",
    "mail sign-up": "/mail/",
    "mail asked for": "/mail/sent/",
    "back number": "",
    "back numbers of a year": "",
    "open data": "/open-data/",
    "not found": "/nowhere/",
    "our fault": "/fault/",
    "English": "/en/",
    "English events": "/en/events/",
    "easy Japanese": "/ja-x-easy/",
    **{f"page {slug}": "" for slug in TEXTS},
    **dict.fromkeys(PAGE_TYPES, ""),
}
"""Screens that are only read; '' is found out once the site stands."""
WRITE = {
    "notice form": "/notices/new/",
    "notice form with errors": "/notices/new/",
    "notice status": "",
    "notice to withdraw": "",
    "notice unknown": "/notices/status/AAAAAAAAAAAAAAAAAAAAAA/",
    "mail sign-up with errors": "/mail/",
    "mail to confirm": "",
    "mail link over": "/mail/confirm/AAAAAAAAAAAAAAAAAAAAAA/",
    "personal page": "",
    "personal page, erase": "",
    "personal page unknown": "/u/AAAAAAAAAAAAAAAAAAAAAA/",
    "match contact": "",
    "consultation": "/services/request/",
    "consultation with errors": "/services/request/",
    "consultation sent": "",
    "match contact sent": "",
    "refused form": "/refused/",
}


class Site:
    """The site while the tests of this file run: where it is, and the address of each screen."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.paths = {**READ, **WRITE} | dict(self._found())

    def _found(self):
        visible = publicly_visible(Page.objects.filter(locale__language_code="ja")).specific()
        for page in visible.order_by("-path"):
            yield type(page).__name__, page.url
            if page.slug in TEXTS:
                yield f"page {page.slug}", page.url
        match = visible.filter(content_type__model="matchpage").first()
        yield "cancelled event", EventPage.objects.filter(state=EventState.CANCELLED, live=True).first().url
        issue = Issue.objects.filter(state="sent").first()
        yield "back number", f"/mail/{issue.slug}/"
        yield "back numbers of a year", f"/mail/{issue.year - (issue.month < 4)}/"
        notice = Notice.objects.filter(state="received").first()
        yield "notice status", f"/notices/status/{token_of(notice)}/"
        yield "notice to withdraw", f"/notices/status/{token_of(notice)}/withdraw/"
        reader = Subscriber.objects.filter(state=SubscriberState.ACTIVE).first()
        yield "personal page", f"/u/{personal_token(reader.pk)}/"
        yield "personal page, erase", f"/u/{personal_token(reader.pk)}/"
        yield "mail to confirm", f"/mail/confirm/{self._waiting(reader)}/"
        signed = signing.dumps("S-2026-0001", salt=SENT_SALT, compress=False)
        yield "match contact", f"/matching/contact/{match.pk}/"
        yield "match contact sent", f"/matching/contact/sent/{signed}/"
        yield "consultation sent", f"/services/request/sent/{signed}/"

    def _waiting(self, reader: Subscriber) -> str:
        """The link of somebody who has asked for the mail and has not confirmed yet."""
        until = timezone.now() + CONFIRM_WITHIN
        other = Subscriber.objects.create(
            email="machi@example.jp",
            email_norm="machi@example.jp",
            locale="ja",
            confirm_until_at=until,
            created_at=timezone.now(),
        )
        token = confirm_token(other.pk, until)
        Subscriber.objects.filter(pk=other.pk).update(confirm_token_hash=hash_token(token))
        return token


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker, put_back_first_rows):
    """The whole site with the sample month, set up once and thrown away at the end.

    It comes before the browser, whose loop gives the main thread another connection to the database.
    """
    with django_db_blocker.unblock():
        server = LiveServer("localhost")
        with override_settings(SITE_URL=server.url, WAGTAILADMIN_BASE_URL=server.url, ALLOWED_HOSTS=["*"]):
            set_up_site(now=timezone.now())
            SampleMonth(
                now=timezone.now(), travel=lambda moment: time_machine.travel(moment, tick=True), subscriber_count=3
            ).play()
            yield Site(server.url)
        server.stop()
        put_back_first_rows()


@pytest.fixture(scope="module")
def browser_page(chromium, site):
    """One page for all tests that only read; it remembers what was asked for and what went wrong."""
    context = chromium.new_context(viewport={"width": 320, "height": 800}, locale="ja-JP")
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.asked, page.faults = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("console", lambda message: page.faults.append(message.text) if "Content Security" in message.text else None)
    fault = server_error(RequestFactory().get("/fault/")).content.decode()
    refused = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "x"}).content.decode()
    page.route("**/fault/", lambda route: route.fulfill(status=500, body=fault, content_type="text/html"))
    page.route("**/refused/", lambda route: route.fulfill(status=403, body=refused, content_type="text/html"))
    yield page
    context.close()


def visit(page, site: Site, name: str) -> None:
    """Open a screen by its name; those with errors are sent empty first."""
    page.faults.clear()
    path = site.paths[name]
    assert path, f"the sample month has nothing for {name}"
    is_sent = name.endswith("with errors")
    page.set_viewport_size({"width": 1280 if is_sent else 320, "height": 800})  # on a phone the form goes in steps
    page.emulate_media(media="screen", color_scheme="light", forced_colors="none")
    page.goto(site.url + path)
    if is_sent:
        page.evaluate("document.querySelectorAll('main form').forEach(form => form.noValidate = true)")
        send = page.locator("main form button[name=send]")
        (send if send.count() else page.locator("main form:not([role=search]) button:not([type=button])")).last.click()
        page.locator("main .summary").wait_for()
        page.set_viewport_size({"width": 320, "height": 800})
    if name == "personal page, erase":
        page.locator("main form:has([value=erase]) button").click()
        page.wait_for_load_state()


def look_at(page, name: str) -> None:
    """All that holds for every screen."""
    assert not page.faults  # before axe comes, which styles what it measures
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, f"{name}: scrolls sideways at 320 px"
    page.evaluate(AXE)
    for width, scheme in WAYS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(
            color_scheme="dark" if scheme == "dark" else "light",
            forced_colors="active" if scheme == "forced" else "none",
        )
        found = page.evaluate(RUN_AXE)["violations"]
        words = [f"{one['id']}: {one['help']} {[node['target'] for node in one['nodes']][:5]}" for one in found]
        assert not words, f"{name} at {width} px, {scheme}: {words}"
    # text at 200 %: the width of a phone held sideways, every measure of the text doubled
    page.set_viewport_size({"width": 640, "height": 900})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 640, f"{name}: scrolls sideways with doubled text"


def test_machines_are_answered_before_there_is_a_site(transactional_db, client):
    # it is also the one test here that asks pytest-django for a database, which the others fill once
    assert [client.get(path).status_code for path in ("/healthz", "/readyz", "/robots.txt")] == [200, 200, 200]


@pytest.mark.parametrize("name", READ)
def test_a_page_to_read_is_fit_for_everybody(site, browser_page, name):
    browser_page.asked.clear()
    visit(browser_page, site, name)
    look_at(browser_page, name)
    elsewhere = [url for url in browser_page.asked if not url.startswith((site.url, "data:"))]
    assert not elsewhere
    assert browser_page.context.cookies() == []


@pytest.mark.parametrize("name", WRITE)
def test_a_page_to_write_in_is_fit_for_everybody(site, browser_page, name):
    visit(browser_page, site, name)
    look_at(browser_page, name)
    assert {cookie["name"] for cookie in browser_page.context.cookies()} <= {"csrftoken"}
    browser_page.context.clear_cookies()


def test_on_paper_stand_the_content_the_centre_and_the_way_back(site, browser_page):
    visit(browser_page, site, "EventPage")
    address = site.url + site.paths["EventPage"]
    browser_page.emulate_media(media="print")
    data = browser_page.pdf(format="A4", prefer_css_page_size=True)
    words = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data))
    words = re.sub(r"\s", "", words)
    for wanted in ("アシストパーク郡山", "郡山市朝日1-23-7", "024-924-3352", address):
        assert wanted in words, wanted
    for left_out in ("メニュー", "アドレスをコピーする", "本文へ", "使いみちから"):
        assert left_out not in words, left_out
    code = browser_page.locator(".qr svg")
    assert code.is_visible() and code.bounding_box()["width"] > 75  # 20 mm


def test_the_address_is_copied_by_a_button_and_it_says_so(site, chromium):
    context = chromium.new_context(locale="ja-JP", permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(site.url + site.paths["GroupPage"])
    page.get_by_role("button", name="アドレスをコピーする").click()
    page.locator("[role=status]").get_by_text("コピーしました").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == site.url + site.paths["GroupPage"]
    context.close()


def test_without_javascript_the_address_stands_there_and_no_button_does(site, chromium):
    context = chromium.new_context(locale="ja-JP", java_script_enabled=False)
    page = context.new_page()
    page.goto(site.url + site.paths["GroupPage"])
    assert page.locator(".share").get_by_text(site.paths["GroupPage"]).is_visible()
    assert not page.get_by_role("button", name="アドレスをコピーする").is_visible()
    context.close()


@pytest.mark.parametrize(
    "name", ["HomePage", "EventIndexPage", "EventPage", "GroupIndexPage", "PlanPage", "notice form"]
)
def test_the_first_view_on_a_phone_is_light(site, browser_page, name):
    """HTML, style sheets and script as they travel, packed by gzip as the servers pack them, in bytes."""
    bodies = {}
    browser_page.on("response", bodies_into(bodies))
    visit(browser_page, site, name)
    browser_page.wait_for_load_state("networkidle")
    browser_page.context.clear_cookies()
    assert any(url.endswith("look.css") for url in bodies)
    total = sum(len(gzip.compress(body, 6)) for body in bodies.values())
    assert total <= PHONE_BYTES, total


def bodies_into(bodies: dict):
    def keep(response) -> None:
        kind = response.headers.get("content-type", "")
        if any(part in kind for part in ("html", "css", "javascript")):
            bodies[response.url] = response.body()

    return keep
