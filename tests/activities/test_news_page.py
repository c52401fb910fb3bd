"""The page of one piece of news, as a citizen reads it."""

from datetime import date

from activities.models import NewsKind
from config.builders import add_event, add_group, add_news


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
