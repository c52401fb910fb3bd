"""The desk as staff have it before them: keys, ticks, the mail beside a form, and the first screen of a phone."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from activities.models import Notice, NoticeState
from config.tree import build_tree
from tests.activities.notice_builders import receive

BOARD = "/admin/notices/"
TITLES = ["川をきれいにする日", "子どもの読み聞かせ", "昔の道具で、もちをつく"]


@pytest.fixture
def notices(transactional_db, live_server, settings) -> list[Notice]:
    """Three notices of the last three hours, oldest first, and the site they came to."""
    settings.ALLOWED_HOSTS = ["*"]
    settings.SITE_URL = settings.WAGTAILADMIN_BASE_URL = live_server.url
    build_tree(hostname="localhost")
    now = timezone.now()
    start = now + timedelta(days=30)
    times = [(start, start + timedelta(hours=2))]
    return [
        receive(now - timedelta(minutes=30 - 10 * number), title=title, sessions=times)
        for number, title in enumerate(TITLES)
    ]


@pytest.fixture
def open_desk(client, staff, live_server, open_page):
    """Open a screen of the desk as a member of staff who may do everything."""
    client.force_login(staff)

    def at(path: str, *, width: int = 1280, height: int = 900) -> Page:
        page = open_page(width, height)
        key = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        page.goto(live_server.url + path)
        return page

    return at


def row_of(page: Page, title: str):
    return page.locator("[data-desk-row]").filter(has_text=title)


def test_the_board_is_worked_with_keys_and_many_rows_are_given_to_somebody_at_once(
    notices, open_desk, shoot, django_user_model
):
    other = django_user_model.objects.create_superuser(username="taro", last_name="見本", first_name="太郎")
    page = open_desk(BOARD)
    first, second, third = (row_of(page, title) for title in TITLES)
    expect(page.locator("[data-desk-row]").nth(2)).to_contain_text(TITLES[2])
    first.locator(".desk-charge").click()
    expect(first.locator("[data-desk-open]")).to_be_focused()
    page.keyboard.press("j")
    expect(second.locator("[data-desk-open]")).to_be_focused()
    page.keyboard.press("x")
    expect(second.get_by_role("checkbox")).to_be_checked()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("x")
    expect(page.get_by_role("status").filter(has_text="2")).to_be_visible()
    page.keyboard.press("x")
    expect(third.get_by_role("checkbox")).not_to_be_checked()
    page.keyboard.press("k")
    page.keyboard.press("ArrowUp")
    expect(first.locator("[data-desk-open]")).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("次の依頼")
    page.keyboard.press("Escape")
    first.locator("[data-desk-open]").focus()
    page.keyboard.press("x")
    shoot(page, "desk-board-ticked")

    page.locator("#bulk-to").select_option(label=str(other))
    page.get_by_role("button", name="担当にする", exact=True).click()
    expect(page.get_by_text("2件を変更しました。")).to_be_visible()
    for title, words in zip(TITLES, (str(other), str(other), "なし"), strict=True):
        expect(row_of(page, title).locator(".desk-charge")).to_have_text(words)

    first.locator("[data-desk-open]").focus()
    page.keyboard.press("/")
    expect(page.locator("#f-q")).to_be_focused()
    page.keyboard.type("ヨミキカセ jx")
    expect(page.locator("#f-q")).to_have_value("ヨミキカセ jx")
    page.locator("#f-q").fill("読み聞かせ")
    page.keyboard.press("Enter")
    expect(page.locator("[data-desk-row]")).to_have_count(1)
    page.locator("[data-desk-open]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h2").filter(has_text=TITLES[1])).to_be_visible()


def test_the_mail_of_a_return_stands_beside_the_form_while_it_is_written(notices, open_desk, shoot):
    notice = notices[0]
    page = open_desk(f"{BOARD}{notice.pk}/return/")
    letter, words = page.locator("#letter"), page.locator("[name=message]")
    expect(letter).to_contain_text("mochi@example.jp")
    page.locator("[name=reason][value=no_text]").check()
    expect(words).not_to_have_value("")
    expect(letter).to_contain_text(words.input_value().split("。")[0])
    words.fill("当日の持ちものを、教えてください。")
    expect(letter).to_contain_text("当日の持ちものを、教えてください。")
    page.locator("[name=reason][value=facts_missing]").check()
    expect(words).to_have_value("当日の持ちものを、教えてください。")
    shoot(page, "desk-return")
    notice.refresh_from_db()
    assert notice.state == NoticeState.RECEIVED, "looking at the mail sends nothing"
    page.get_by_role("button", name="差し戻す").click()
    expect(page.locator(".desk-stamp").filter(has_text="差戻し").first).to_be_visible()
    expect(page.locator(".desk-history")).to_contain_text("当日の持ちものを、教えてください。")


def test_a_phone_shows_the_first_notice_at_once_and_folds_the_filters_away(notices, open_desk, shoot):
    page = open_desk(BOARD, width=375, height=667)
    first = row_of(page, TITLES[0])
    shoot(page, "desk-board-phone", full=False)
    below = first.locator("[data-desk-open]").bounding_box()
    assert below["y"] + below["height"] <= 667
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    expect(page.locator("#f-q")).to_be_hidden()
    page.get_by_text("絞り込み").click()
    page.locator("#f-state").select_option("received")
    page.locator("#f-q").fill("キレイ")
    page.get_by_role("button", name="表示する").click()
    expect(page.locator("[data-desk-row]")).to_have_count(1)
    expect(page.locator("#f-q")).to_have_value("キレイ")
    expect(page.locator("#f-q")).to_be_visible()
