"""The form on a phone, step by step, as a group does it; and without a script, with the keyboard alone."""

import io
import re
from datetime import timedelta

from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from activities.models import Notice, NoticeDraft, Place
from tests.center import hostile


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (1600, 1200), "#4a7c59").save(out, "HEIF")
    return out.getvalue()


def next_step(page: Page, number: int) -> None:
    page.get_by_role("button", name="次へ").click()
    expect(page.locator(".step-line")).to_contain_text(f"5のうち{number}")


def test_a_group_sends_an_event_with_a_photo_and_a_flyer_step_by_step(site, open_page, shoot):
    Place.objects.create(name="大槻試験公民館", kana="オオツキシケンコウミンカン", address="大槻町1")
    day = (timezone.localtime() + timedelta(days=20)).date()
    page = open_page(width=375, height=800)
    page.goto(f"{site.url}/notices/new/")
    expect(page.locator(".step-line")).to_contain_text("5のうち1")
    expect(page.locator("[name=title]")).to_be_hidden()
    page.get_by_label("団体の名前").fill("川とみどりの会")
    page.get_by_label("お名前").fill("見本 花子")
    page.locator("[name=contact_email]").fill("hanako@example.jp")
    shoot(page, "form-step-1-375")

    next_step(page, 2)
    expect(page.get_by_role("heading", name="内容")).to_be_focused()
    page.locator("[name=title]").fill("昔の道具で、もちをつく")
    page.locator("[name=text]").fill("うすときねで、もちをつきます。")
    shoot(page, "form-step-2-375")

    next_step(page, 3)
    page.locator("[name=s1-month]").fill(str(day.month))
    page.locator("[name=s1-day]").fill(str(day.day))
    page.locator("[name=s1-year]").fill(str(day.year))
    page.locator("[name=s1-starts]").fill("１０：００")
    page.get_by_role("button", name="同じ時間で1週間後").click()
    expect(page.locator("[name=s2-day]")).to_have_value(str((day + timedelta(days=7)).day))
    page.locator("[name=venue_name]").press_sequentially("おおつきしけん")
    page.get_by_role("option", name="大槻試験公民館").click()
    page.locator("[name=fee_way][value=free]").check()
    page.locator("[name=application_way][value=none]").check()
    expect(page.locator("[data-got=s1]")).to_contain_text("10時")  # saved by itself, and told how it was read
    expect(page.locator("[data-saved]")).to_contain_text("保存しました")
    shoot(page, "form-step-3-375")

    page.go_back()  # the browser's own button goes one step back
    expect(page.locator("[name=title]")).to_be_visible()
    page.go_forward()
    next_step(page, 4)
    page.locator("[name=file1]").set_input_files(
        [
            {"name": "もちつき.heic", "mimeType": "image/heic", "buffer": photo()},
            {"name": "ちらし.pdf", "mimeType": "application/pdf", "buffer": hostile.pdf()},
        ]
    )
    expect(page.locator(".upload__kept")).to_have_count(2, timeout=30_000)
    page.wait_for_function("document.querySelector('.upload__picture').naturalWidth > 0")
    page.locator("[name=alt1]").fill("うすときね")
    page.locator("[name=has_photo_consent]").check()
    shoot(page, "form-step-4-375")

    next_step(page, 5)
    look = page.frame_locator("iframe.look")
    expect(look.locator("h1")).to_contain_text("もちをつく")
    expect(look.locator("img")).to_have_attribute("alt", "うすときね")
    for box in page.locator("[name=criteria]").all():
        box.check()
    shoot(page, "form-step-5-375")
    page.get_by_role("button", name="送る").last.click()
    page.wait_for_url(re.compile(r"/notices/status/"))

    notice = Notice.objects.get()
    assert notice.sessions.count() == 2
    assert notice.place.name == "大槻試験公民館"
    assert [file.kind for file in notice.attachments.all()] == ["image", "pdf"]
    assert NoticeDraft.objects.get().notice == notice


def test_the_form_goes_without_a_script_and_with_the_keyboard_alone(site, open_page, shoot):
    day = (timezone.localtime() + timedelta(days=20)).date()
    page = open_page(width=320, height=700, java_script_enabled=False)
    page.goto(f"{site.url}/notices/new/?kind=grant")
    assert page.locator("[name=venue_name]").is_hidden()
    values = {"group_name": "見本の会", "contact_name": "花子", "contact_email": "hanako@example.jp"}
    values |= {"title": "見本の助成金", "text": "活動に使えます。", "funder": "見本財団", "amount_upper": "３０万円"}
    values |= {"deadline-year": str(day.year), "deadline-month": str(day.month), "deadline-day": str(day.day)}
    page.locator("[name=group_name]").focus()
    for _press in range(80):
        name = page.evaluate("document.activeElement.name") or ""
        if values.get(name):
            page.keyboard.press("Control+A")
            page.keyboard.type(values.pop(name))
        if name == "criteria":
            page.keyboard.press("Space")
        if name == "preview":
            page.keyboard.press("Enter")
            page.wait_for_selector("iframe.look")
            expect(page.frame_locator("iframe.look").locator("h1")).to_contain_text("見本の助成金")
            shoot(page, "form-no-script-preview-320")
            break
        page.keyboard.press("Tab")
    assert not values
    for box in page.locator("[name=criteria]").all():
        box.focus()
        page.keyboard.press("Space")
    page.locator("button[name=send]").last.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/notices/status/"))
    notice = Notice.objects.get()
    assert (notice.funder, notice.amount_upper, notice.deadline_on) == ("見本財団", 300_000, day)
