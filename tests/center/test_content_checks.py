"""Kind words to editors: what a page might do better. They never block."""

import io
import json

import pikepdf
import pytest
from bs4 import BeautifulSoup
from django.core.files.base import ContentFile
from django.urls import reverse
from wagtail.test.utils.form_data import querydict_from_html

from activities.models import EventPage, GrantPage, LecturePage, NewsPage
from center.content_checks import GENERAL_CHECKS, Finding, checks_of, findings
from center.models import CentreDocument, CentreImage
from config.builders import add_news

PARAGRAPH = "雨のときは、前の日の17時までにこのページでお知らせします。" * 3


def news(**fields) -> NewsPage:
    body = fields.pop("body", [])
    page = NewsPage(title="川そうじ", summary="川をきれいにします。", **fields)
    page.body = json.dumps([{"type": kind, "value": value} for kind, value in body])
    return page


def said(page) -> list[str]:
    return [finding.words for finding in findings(page)]


def fields(page) -> list[str]:
    return [finding.field for finding in findings(page)]


def test_a_page_with_nothing_wrong_hears_nothing():
    assert findings(news(body=[("heading", "当日の流れ"), ("paragraph", f"<p>{PARAGRAPH}</p>")])) == []


def test_a_page_without_a_summary_is_asked_for_one():
    page = news()
    page.summary = "　"
    assert fields(page) == ["summary"] and "1文" in said(page)[0]


def test_characters_that_break_come_with_what_to_write_instead():
    page = news(body=[("paragraph", "<p>℡は①の紙に</p>")])
    page.title = "㈱みほん"
    assert said(page) == [
        "機種依存文字があります。書きかえると、どの機械でも読めます。「㈱」→「(株)」",
        "機種依存文字があります。書きかえると、どの機械でも読めます。「℡」→「TEL」、「①」→「(1)」",
    ]
    assert fields(page) == ["title", "body"]


@pytest.mark.parametrize(
    "block",
    [
        ("paragraph", '<p>くわしくは<a href="https://example.jp/">こちら</a>。</p>'),
        ("link", {"page": None, "url": "https://example.jp/", "words": "詳細はこちら"}),
    ],
)
def test_a_link_that_does_not_say_where_it_leads_is_named(block):
    page = news(body=[block], is_sample=True)
    assert fields(page) == ["body"] and "こちら" in said(page)[0]


def test_a_link_with_a_goal_is_fine():
    goal = '<p><a href="https://www.city.koriyama.lg.jp/">郡山市のサイト</a></p>'
    assert findings(news(body=[("paragraph", goal)])) == []


@pytest.mark.parametrize(
    ("kinds", "number"),
    [
        (["subheading", "paragraph"], 1),
        (["heading", "subheading", "paragraph"], 0),
        (["heading", "heading", "paragraph"], 1),
        (["heading", "paragraph", "heading"], 1),
        (["heading", "paragraph"], 0),
    ],
)
def test_headings_stand_in_their_order_with_something_beneath(kinds, number):
    values = {"paragraph": f"<p>{PARAGRAPH}</p>"}
    assert len(findings(news(body=[(kind, values.get(kind, "見出し")) for kind in kinds]))) == number


def test_made_up_content_that_is_not_marked_is_found():
    page = news(body=[("paragraph", "<p>電話 024-000-0000</p>")])
    assert fields(page) == ["is_sample"]
    page.is_sample = True
    assert findings(page) == []


@pytest.mark.django_db
def test_a_picture_without_words_is_found_wherever_it_stands():
    picture = CentreImage(title="IMG_0012", width=10, height=10, file_size=1)
    CentreImage.objects.bulk_create([picture])
    picture = CentreImage.objects.get()
    page = news(image=picture, body=[("image", {"image": picture.pk, "alt": "", "caption": ""})])
    assert sorted(fields(page)) == ["body", "image_alt"]
    picture.alt = "川べりを歩く人たち"
    CentreImage.objects.bulk_update([picture], ["alt"])
    page = news(image=picture, body=[("image", {"image": picture.pk, "alt": "", "caption": ""})])
    assert findings(page) == []


@pytest.fixture
def flyer(db) -> CentreDocument:
    made, content = pikepdf.new(), io.BytesIO()
    made.add_blank_page()
    made.save(content)
    return CentreDocument.objects.create(title="ちらし", file=ContentFile(content.getvalue(), name="a.pdf"))


def test_a_flyer_is_never_the_only_source(flyer):
    page = GrantPage(title="つながり助成", funder="見本財団", summary="くわしくは手引きへ。", guide=flyer)
    assert "guide" in fields(page)
    page.body = json.dumps([{"type": "paragraph", "value": f"<p>{PARAGRAPH}</p>"}])
    assert "guide" not in fields(page)
    alone = news(body=[("document", {"document": flyer.pk, "title": "ちらしを読む"})])
    assert fields(alone) == ["body"]


def test_a_type_has_its_own_checks_those_of_its_bases_and_the_general_ones(monkeypatch):
    def of_events(page):
        return [Finding("催しのこと", "sessions")]

    def of_lectures(page):
        return [Finding("講座のこと")]

    monkeypatch.setattr(EventPage, "content_checks", (of_events,), raising=False)
    monkeypatch.setattr(LecturePage, "content_checks", (of_lectures, of_events), raising=False)
    asked = checks_of(LecturePage)
    assert asked == [of_lectures, of_events, *GENERAL_CHECKS]
    assert of_events not in checks_of(NewsPage)


def save(client, page, **headers):
    """Save the page as its editor does: what the form shows goes back as it is."""
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    values = querydict_from_html(client.get(address).content.decode(), form_id="page-edit-form")
    return client.post(address, values.dict() | {"body-count": "0"}, **headers)


def test_staff_are_told_after_saving_and_in_the_editor(tree, staff, client):
    page = add_news(tree, "㈱みほんのお知らせ")
    client.force_login(staff)
    response = save(client, page)
    assert response.status_code == 302, BeautifulSoup(response.content, "html.parser").select(".error-message")
    shown = BeautifulSoup(client.get(response["Location"]).content, "html.parser")
    message = shown.select_one(".messages .warning").get_text(" ", strip=True)
    assert "保存しました" in message and "要約を1文で" in message and "「㈱」→「(株)」" in message
    panel = shown.select_one(".help-warning").get_text(" ", strip=True)
    assert "「㈱」→「(株)」" in panel and "このままでも公開できます" in panel


def test_saving_by_itself_is_silent(tree, staff, client):
    page = add_news(tree, "㈱みほんのお知らせ")
    client.force_login(staff)
    assert save(client, page, headers={"accept": "application/json"}).status_code == 200
    shown = BeautifulSoup(client.get(reverse("wagtailadmin_home")).content, "html.parser")
    assert not shown.select(".messages .warning")


def test_a_page_without_findings_has_no_panel(tree, staff, client):
    page = add_news(tree, "みんなで川そうじ", summary="川をきれいにします。")
    client.force_login(staff)
    shown = BeautifulSoup(client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content, "html.parser")
    assert not shown.select(".help-warning") and "気になるところ" not in shown.get_text()
