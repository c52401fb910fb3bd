"""The screen of an issue by hand: dragging and arrows reorder and survive a reload; the preview switches its looks."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from playwright.sync_api import Page, expect

from config.builders import add_event
from config.roles import EDITOR
from config.tree import build_tree
from newsletter.models import Issue, Section
from newsletter.services import choose_page, create_extra_issue

TITLES = ["朝の会", "昼の会", "夜の会"]


@pytest.fixture
def issue(site, django_user_model) -> Issue:
    """An extra issue with three events in one section."""
    now = timezone.now()
    editor = django_user_model.objects.create_user("henshu", password="himitsu-no-kotoba", email="henshu@city.example")
    editor.groups.add(Group.objects.get(name=EDITOR))
    tree = build_tree()
    send_at = now + timedelta(days=2)
    issue = create_extra_issue(send_at=send_at, subject="臨時のお知らせ", now=now, by=editor)
    section = Section.objects.order_by("order").first()
    for number, title in enumerate(TITLES, start=10):
        page = add_event(tree, title, sessions=[(now + timedelta(days=number), None)])
        choose_page(issue=issue, page=page, action="include", reason="急ぎ", section=section, by=editor, now=now)
    return issue


@pytest.fixture
def desk(site, issue, open_page, client, django_user_model) -> Page:
    client.force_login(django_user_model.objects.get(username="henshu"))
    page = open_page(width=1280, height=1500)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site.url}])
    page.goto(f"{site.url}/admin/issues/{issue.pk}/")
    return page


def order(page: Page) -> list[str]:
    return page.locator("[data-item] .issue-item__title b").all_inner_texts()


def drag(page: Page, title: str, over: str) -> None:
    """Take an item by its dots and let it go at the upper edge of another one."""
    grip = page.locator("[data-item]", has_text=title).locator("[data-grip]")
    grip.scroll_into_view_if_needed()
    start, goal = grip.bounding_box(), page.locator("[data-item]", has_text=over).bounding_box()
    page.mouse.move(start["x"] + 5, start["y"] + 5)
    page.mouse.down()
    page.mouse.move(goal["x"] + 40, goal["y"] + 20, steps=4)
    page.mouse.move(goal["x"] + 40, goal["y"] + 6, steps=4)


def test_items_are_moved_by_dragging_and_arrows_and_stay_there_and_the_preview_switches(desk, issue, shoot):
    said = desk.locator("[data-said]")
    assert order(desk) == TITLES
    drag(desk, "夜の会", over="朝の会")
    shoot(desk, "issue-dragging-1280", full=False)
    desk.mouse.up()
    expect(said).to_contain_text("「夜の会」")
    expect(said).to_contain_text("1番目")
    assert order(desk) == ["夜の会", "朝の会", "昼の会"]
    assert issue.choices.filter(action="place").count() == 3

    drag(desk, "昼の会", over="夜の会")
    desk.keyboard.press("Escape")
    desk.mouse.up()
    assert order(desk) == ["夜の会", "朝の会", "昼の会"]

    down = desk.get_by_role("button", name="「夜の会」を下へ")
    down.focus()
    desk.keyboard.press("Enter")
    expect(said).to_contain_text("2番目")
    expect(desk.get_by_role("button", name="「夜の会」を下へ")).to_be_focused()
    desk.reload()
    assert order(desk) == ["朝の会", "夜の会", "昼の会"]
    shoot(desk, "issue-1280")

    # the preview
    desk.get_by_role("link", name="見本と試し送り").first.click()
    frame, body = desk.locator("iframe"), desk.frame_locator("iframe").locator("body")
    expect(body).to_contain_text("朝の会")
    assert round(frame.bounding_box()["width"]) == 377  # a phone of 375 and its border
    light = body.evaluate("node => getComputedStyle(node).backgroundColor")
    desk.get_by_role("link", name="暗い").click()
    expect(desk.get_by_role("link", name="暗い")).to_have_attribute("aria-current", "true")
    assert body.evaluate("node => getComputedStyle(node).backgroundColor") != light
    desk.get_by_role("link", name="パソコン").click()
    expect(desk.get_by_role("link", name="パソコン")).to_have_attribute("aria-current", "true")
    assert frame.bounding_box()["width"] > 480
    desk.get_by_role("link", name="English").click()
    expect(body).to_contain_text("（日本語のみ）")
    desk.get_by_role("link", name="文字だけ").click()
    expect(body).to_contain_text(f"/en/mail/{issue.slug}/")
    expect(frame).to_have_attribute("src", re.compile("/en/text/body/$"))
    expect(desk.get_by_role("heading", name="点検")).to_be_visible()
    shoot(desk, "issue-preview-1280")
