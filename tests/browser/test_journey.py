"""From the form to the site, as a group and a member of staff do it."""

import io
import re
from datetime import timedelta

from django.contrib.auth.models import Group
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from activities.models import EventPage, Notice, NoticeState
from center.models import CentreImage
from config.roles import EDITOR

GPS_INFO = 0x8825
PASSWORD = "himitsu-no-kotoba"


def photo() -> bytes:
    """A picture that says where it was taken."""
    exif = Image.Exif()
    exif[GPS_INFO] = {1: "N", 2: (37.0, 24.0, 0.0), 3: "E", 4: (140.0, 21.0, 0.0)}
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "#4a7c59").save(out, "JPEG", exif=exif)
    return out.getvalue()


def next_step(page: Page) -> None:
    page.get_by_role("button", name="次へ").click()


def fill_form(page: Page, day) -> None:
    page.get_by_label("催し・講座", exact=True).first.check()
    page.locator("[name=group_name]").fill("川とみどりの会")
    page.locator("[name=contact_name]").fill("見本 花子")
    page.locator("[name=contact_email]").fill("hanako@example.jp")
    next_step(page)
    page.locator("[name=title]").fill("昔の道具で、もちをつく")
    page.locator("[name=text]").fill("うすときねで、もちをつきます。\n子どもも大人も、1回ずつつけます。")
    next_step(page)
    page.locator("[name=s1-year]").fill(str(day.year))
    page.locator("[name=s1-month]").fill(str(day.month))
    page.locator("[name=s1-day]").fill(str(day.day))
    page.locator("[name=s1-starts]").fill("１０：００")
    page.locator("[name=s1-ends]").fill("12時")
    page.locator("[name=fee_way][value=free]").check()
    page.locator("[name=application_way][value=none]").check()
    next_step(page)
    page.locator("[name=file1]").set_input_files({"name": "もちつき.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    page.locator(".upload__kept").wait_for()
    page.locator("[name=alt1]").fill("うすときね")
    page.locator("[name=has_photo_consent]").check()
    next_step(page)
    for box in page.locator("[name=criteria]").all():
        box.check()


def test_a_notice_with_a_photo_goes_from_the_form_to_the_site(site, open_page, shoot, django_user_model):
    day = (timezone.localtime() + timedelta(days=20)).date()
    phone = open_page(width=375, height=800)
    phone.goto(f"{site.url}/notices/new/")
    fill_form(phone, day)
    phone.get_by_role("button", name="送る").last.click()

    # the place is missing: it says so beside the field, and nothing that was typed is lost
    expect(phone.locator(".summary")).to_contain_text("会場")
    expect(phone.locator("[name=title]")).to_have_value("昔の道具で、もちをつく")
    expect(phone.locator("body")).to_contain_text("もちつき.jpg")
    expect(phone.locator("[name=venue_name]")).to_be_visible()
    shoot(phone, "form-errors-375")
    phone.locator("[name=venue_name]").fill("大槻ふれあいセンター")
    next_step(phone)
    next_step(phone)
    phone.get_by_role("button", name="送る").last.click()

    phone.wait_for_url(re.compile(r"/notices/status/"))
    notice = Notice.objects.get()
    expect(phone.locator("main")).to_contain_text(notice.number)
    expect(phone.locator("main")).to_contain_text("受付")
    shoot(phone, "status-375")
    status_url = phone.url

    user = django_user_model.objects.create_user("henshu", password=PASSWORD)
    user.groups.add(Group.objects.get(name=EDITOR))
    desk = open_page(width=1280)
    desk.goto(f"{site.url}/admin/notices/")
    desk.locator("[name=username]").fill("henshu")
    desk.locator("[name=password]").fill(PASSWORD)
    desk.locator("form button[type=submit]").first.click()
    expect(desk.locator("main")).to_contain_text("昔の道具で、もちをつく")
    expect(desk.locator("main")).to_contain_text("あと3日")
    shoot(desk, "desk-1280")
    desk.get_by_role("link", name="昔の道具で、もちをつく").first.click()
    shoot(desk, "notice-1280")
    desk.get_by_role("button", name="ページを作る").click()
    expect(desk.locator("#d-preview")).to_be_visible()
    page = EventPage.objects.get()
    assert not page.live
    assert page.latest_revision_id
    look = desk.frame_locator("#d-preview iframe")
    expect(look.locator("h1")).to_contain_text("昔の道具で、もちをつく")
    shoot(desk, "made-1280")
    desk.get_by_role("button", name="公開する").click()
    expect(desk.locator("main")).to_contain_text("公開済")

    citizen = open_page(width=375, height=800)
    citizen.goto(f"{site.url}/events/")
    citizen.get_by_role("link", name="昔の道具で、もちをつく").first.click()
    expect(citizen.locator("h1")).to_contain_text("昔の道具で、もちをつく")
    expect(citizen.locator("main")).to_contain_text("大槻ふれあいセンター")
    picture = citizen.locator("main img").first
    expect(picture).to_have_attribute("alt", re.compile("うすときね"))
    shoot(citizen, "event-375")

    notice.refresh_from_db()
    assert notice.state == NoticeState.PUBLISHED
    assert notice.public_since is not None
    stored = Image.open(CentreImage.objects.get().file.path)
    assert not stored.getexif().get_ifd(GPS_INFO)
    phone.goto(status_url)
    expect(phone.locator("main")).to_contain_text("公開済")
    shoot(phone, "status-published-375")


def test_the_public_pages_fit_a_small_phone(site, open_page):
    page = open_page(width=320, height=700)
    for path in (
        "/",
        "/events/",
        "/groups/",
        "/grants/",
        "/notices/new/",
        "/mail/",
        "/plan/",
        "/services/",
        "/search/?q=相談",
    ):
        page.goto(f"{site.url}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path


def test_pages_for_readers_set_no_cookie_and_ask_nobody_else(site, open_page):
    page = open_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for path in ("/", "/events/", "/mail/", "/plan/"):
        page.goto(f"{site.url}{path}")
    assert page.context.cookies() == []
    assert [url for url in asked if not url.startswith((site.url, "data:"))] == []
