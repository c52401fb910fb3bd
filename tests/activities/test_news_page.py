"""The page of one piece of news, as a citizen reads it."""

from datetime import date
from xml.etree import ElementTree

from activities.models import NewsKind
from center.content_checks import findings
from config.builders import add_event, add_group, add_news

ATOM = "{http://www.w3.org/2005/Atom}"


def test_a_call_says_until_when_it_is_open_and_whom_to_ask(tree, morning, centre, seen):
    page = add_news(
        tree,
        "歩く人を募集",
        kind=NewsKind.CALL,
        deadline_on=date(2026, 11, 30),
        contact_phone="024-000-2222",
        group=add_group(tree, "川とみどりの会"),
    )
    words = seen(page)
    for expected in ("受付中", "あと6日", "11月30日（月）", "024-000-2222", "川とみどりの会"):
        assert expected in words


def test_a_call_past_its_day_is_closed(tree, morning, centre, seen):
    words = seen(add_news(tree, "募集", kind=NewsKind.CALL, deadline_on=date(2026, 11, 23)))
    assert "締切" in words and "受付中" not in words


def test_a_report_shows_its_text_and_leads_to_what_it_is_about(tree, tokyo, morning, centre, client, seen):
    event = add_event(tree, "川べりを歩く", sessions=[(tokyo(2026, 11, 1, 9), None)])
    page = add_news(tree, "歩きました", kind=NewsKind.REPORT, about_page=event, published_on=date(2026, 11, 2))
    page.body = [("paragraph", "<p>ごみは4袋でした。</p>")]
    page.save_revision().publish()
    assert "ごみは4袋でした。" in seen(page)
    assert f'<a href="{event.get_url()}">川べりを歩く</a>' in client.get(page.get_url()).content.decode()


def test_neither_a_hidden_group_nor_a_hidden_page_is_named(tree, tokyo, morning, centre, client):
    page = add_news(
        tree,
        "お知らせ",
        group=add_group(tree, "見せない会", live=False),
        about_page=add_event(tree, "見せない催し", live=False),
    )
    html = client.get(page.get_url()).content.decode()
    assert "見せない会" not in html and "見せない催し" not in html


def test_the_feed_tells_the_newest_news_with_their_state(tree, morning, centre, client):
    add_news(tree, "古い報告", kind=NewsKind.REPORT, published_on=date(2026, 11, 1), summary="歩きました。")
    add_news(
        tree,
        "終わった募集",
        kind=NewsKind.CALL,
        deadline_on=date(2026, 11, 23),
        published_on=date(2026, 11, 20),
        group=add_group(tree, "見せない会", live=False),
    )
    add_news(tree, "下書き", live=False)
    response = client.get("/news/feed.atom")
    assert response["Content-Type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(response.content)
    titles = [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]
    assert titles == ["【締切】終わった募集", "古い報告"]
    assert len({entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")}) == 2
    assert b"\xe8\xa6\x8b\xe3\x81\x9b\xe3\x81\xaa\xe3\x81\x84" not in response.content
    assert "終わった募集" not in client.get("/news/feed.atom?kind=report").content.decode()
    assert 'href="/news/feed.atom"' in client.get("/news/").content.decode()


def test_what_a_reader_would_miss_is_told_to_staff(tree, morning):
    cases = [
        ({"kind": NewsKind.CALL}, "問い合わせ先を書いて"),
        ({"kind": NewsKind.REPORT, "deadline_on": date(2026, 12, 1)}, "締切が出るのは"),
        ({"kind": NewsKind.CHANGE}, "変わったページを選んで"),
    ]
    for fields, words in cases:
        assert any(words in found.words for found in findings(add_news(tree, "知らせ", **fields)))
    whole = add_news(tree, "募集", kind=NewsKind.CALL, contact_phone="024-000-2222", deadline_on=date(2026, 12, 1))
    told = " ".join(found.words for found in findings(whole))
    assert not any(words in told for _fields, words in cases)
