"""The picture of a page whose address is shared, and the lines of its title."""

import io
from datetime import date, timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image
from wagtail.models import PageViewRestriction

from center.japanese.wrapping import NOT_FIRST, NOT_LAST, wrap
from config.builders import add_event, add_grant, add_page
from home.models import StandardPage

ONE_EACH = len


def picture_of(client, path: str) -> tuple[str, str]:
    """Address (without the host) and words of the picture that a page names."""
    head = BeautifulSoup(client.get(path).content, "html.parser").head
    address = head.select_one("meta[property='og:image']")["content"]
    assert address.startswith(settings.SITE_URL)
    return address.removeprefix(settings.SITE_URL), head.select_one("meta[property='og:image:alt']")["content"]


def image(response) -> Image.Image:
    assert response.status_code == 200 and response["Content-Type"] == "image/png"
    return Image.open(io.BytesIO(response.content))


@pytest.fixture
def event(tree):
    return add_event(tree, "昔の道具で、もちをつく", sessions=[(timezone.now() + timedelta(days=9), None)])


def test_a_page_names_a_picture_of_the_right_size_and_says_what_is_in_it(client, event):
    address, words = picture_of(client, event.url)
    response = client.get(address)
    assert image(response).size == (1200, 630)
    assert "public" in response["Cache-Control"] and not response.cookies
    assert "昔の道具で、もちをつく" in words and "催し" in words
    assert f"{(timezone.localtime() + timedelta(days=9)).day}日" in words


def test_a_changed_title_gets_a_picture_of_its_own_and_the_old_address_leads_there(client, event):
    old, _ = picture_of(client, event.url)
    first = client.get(old).content
    event.title = "もちつきは、来年に"
    event.save_revision().publish()
    new, words = picture_of(client, event.url)
    assert new != old and "もちつきは、来年に" in words
    assert client.get(old)["Location"] == new
    assert client.get(new).content != first


def test_a_cancelled_event_says_so_in_its_picture(client, event):
    old, _ = picture_of(client, event.url)
    event.state = "cancelled"
    event.save_revision().publish()
    new, words = picture_of(client, event.url)
    assert new != old and words.startswith("中止")


def test_a_deadline_stands_on_the_leaf(client, tree):
    grant = add_grant(tree, "川の助成", closes_on=date(2031, 5, 9))
    assert "〜5月9日" in picture_of(client, grant.url)[1]


@pytest.mark.parametrize("hide", ["unpublish", "restrict", "delete"])
def test_what_is_not_public_has_no_picture(client, event, hide):
    address, _ = picture_of(client, event.url)
    assert client.get(address).status_code == 200
    if hide == "unpublish":
        event.unpublish()
    elif hide == "restrict":
        PageViewRestriction.objects.create(page=event, restriction_type=PageViewRestriction.LOGIN)
    else:
        event.delete()
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("path", ["/", "/search/?q=x", "/mail/", "/en/search/", "/nowhere/"])
def test_what_is_no_page_has_the_picture_of_the_site(client, tree, path):
    address, words = picture_of(client, path)
    assert image(client.get(address)).size == (1200, 630)
    assert words


def test_a_made_up_address_is_answered_and_draws_nothing_new(client, event):
    address, _ = picture_of(client, event.url)
    client.get(address)
    folder = Path(settings.SHARE_ROOT)
    before = sorted(folder.iterdir())
    for digest in ("0" * 12, "f" * 12):
        assert client.get(f"/share/{event.pk}-{digest}.png")["Location"] == address
    assert sorted(folder.iterdir()) == before
    assert client.get(f"/share/999999-{'0' * 12}.png").status_code == 404
    assert client.get("/share/x.png").status_code == 404
    assert client.post(address).status_code == 405


def test_a_page_keeps_one_picture_on_the_disk(client, event):
    for title in ("一つめ", "二つめ", "三つめ"):
        event.title = title
        event.save_revision().publish()
        client.get(picture_of(client, event.url)[0])
    assert len(list(Path(settings.SHARE_ROOT).glob(f"{event.pk}-*.png"))) == 1


@pytest.mark.parametrize("title", ["あ", "長" * 250, "W" * 250, "😀" * 30, "「（", "a b " * 60])
def test_every_title_can_be_drawn(client, tree, title):
    page = add_page(tree.home, StandardPage(title=title, slug="odd"))
    assert image(client.get(picture_of(client, page.url)[0])).size == (1200, 630)


def test_lines_break_where_japanese_breaks():
    assert wrap("川べりを歩いて、ごみ拾い", width=8, measure=ONE_EACH, lines=3) == ["川べりを歩いて、", "ごみ拾い"]
    assert wrap("交流フェスタ（見本の回）", width=8, measure=ONE_EACH, lines=3) == ["交流フェスタ", "（見本の回）"]
    assert wrap("NPO法人の会計 Excel入門", width=8, measure=ONE_EACH, lines=3)[-1] == "Excel入門"


def test_what_is_too_long_ends_with_dots():
    found = wrap("まちの活動を知らせる" * 20, width=10, measure=ONE_EACH, lines=3)
    assert len(found) == 3 and found[-1].endswith("…")


@given(st.text(alphabet="漢字かなカナー、。「」（）っA1 ", min_size=1, max_size=60), st.integers(6, 14))
@hypothesis_settings(max_examples=200, deadline=None)
def test_no_line_begins_or_ends_with_what_must_not_and_none_is_too_wide(text, width):
    found = wrap(text, width=width, measure=ONE_EACH, lines=4)
    for first, then in zip(found, found[1:], strict=False):
        assert then[0] not in NOT_FIRST and first[-1] not in NOT_LAST
    assert all(len(line) <= width for line in found)
