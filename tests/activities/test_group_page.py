"""The page of one group, as a citizen reads it."""

import json
import re
from datetime import date

import pytest

from activities.models import FestaExhibitor, GroupContact
from center.content_checks import findings
from config.builders import add_event, add_festa, add_group, add_match, add_news


def contact(group, kind, value, publicity="public", note=""):
    GroupContact.objects.create(page=group, kind=kind, value=value, publicity=publicity, note=note)


def test_only_the_contacts_that_the_group_makes_public_are_shown(tree, morning, centre, client):
    group = add_group(tree, "川とみどりの会", notice_email="himitsu@group.example")
    contact(group, "phone", "024-000-1111")
    contact(group, "email", "open@group.example")
    contact(group, "phone", "024-999-9999", "centre")
    contact(group, "person", "見本太郎", "centre")
    html = client.get(group.get_url()).content.decode()
    assert 'href="tel:0240001111"' in html
    assert "open@group.example" in html
    for private in ("024-999-9999", "見本太郎", "himitsu@group.example"):
        assert private not in html


def test_a_group_without_public_contacts_is_reached_through_the_centre(tree, morning, centre, seen):
    group = add_group(tree, "しずかな会")
    contact(group, "phone", "024-999-9999", "centre")
    words = seen(group)
    assert "センターが間に入ります" in words
    assert "024-924-3352" in words


def test_a_web_contact_is_a_link_only_where_it_is_an_address(tree, morning, centre, client):
    group = add_group(tree, "会")
    contact(group, "web", "https://group.example/")
    contact(group, "social", "javascript:alert(1)")
    html = client.get(group.get_url()).content.decode()
    assert '<a href="https://group.example/">' in html
    assert 'href="javascript' not in html


def test_a_group_looks_for_members_only_until_its_day(tree, morning, centre, seen):
    looking = add_group(tree, "募集中の会", is_recruiting=True, recruiting_text="一緒に歩きましょう")
    past = add_group(
        tree, "締めた会", is_recruiting=True, recruiting_text="終わった募集", recruiting_until_on=date(2026, 11, 23)
    )
    assert "一緒に歩きましょう" in seen(looking)
    assert "終わった募集" not in seen(past)


def test_its_events_news_and_posts_stand_on_its_page(tree, tokyo, morning, centre, seen):
    group, other = add_group(tree, "会"), add_group(tree, "ほかの会")
    add_event(tree, "これからの散歩", sessions=[(tokyo(2026, 12, 5, 9), None)], organiser_group=group)
    add_event(tree, "むかしの散歩", sessions=[(tokyo(2026, 11, 5, 9), None)], organiser_group=group)
    add_event(tree, "よその催し", sessions=[(tokyo(2026, 12, 5, 9), None)], organiser_group=other)
    add_news(tree, "秋の報告", kind="report", group=group)
    add_match(tree, "机がほしい", group=group)
    words = seen(group)
    for shown in ("これからの散歩", "秋の報告", "机がほしい"):
        assert shown in words
    for hidden in ("むかしの散歩", "よその催し"):
        assert hidden not in words


def test_the_page_says_when_the_group_confirmed_it(tree, morning, centre, seen):
    assert "2026年（令和8年）10月2日（金）" in seen(add_group(tree, "会", last_confirmed_on=date(2026, 10, 2)))
    assert "未確認" in seen(add_group(tree, "別の会", membership_fee="なし"))


def test_what_was_confirmed_long_ago_may_have_changed(tree, morning, centre, seen):
    fresh = add_group(tree, "会", last_confirmed_on=date(2025, 11, 24))
    old = add_group(tree, "古い会", last_confirmed_on=date(2025, 11, 23))
    assert "1年以上たっています" not in seen(fresh)
    assert "1年以上たっています" in seen(old)


def test_its_booths_at_public_festas_are_named(tree, tokyo, morning, centre, seen):
    group = add_group(tree, "会")
    shown = add_festa(tree, "市民活動交流フェスタ", sessions=[(tokyo(2026, 12, 5, 10), None)])
    hidden = add_festa(tree, "準備中のフェスタ", live=False)
    FestaExhibitor.objects.create(page=shown, group=group, booth="A-3")
    FestaExhibitor.objects.create(page=hidden, group=group, booth="B-9")
    words = seen(group)
    assert "12月5日（土）市民活動交流フェスタ" in words and "ブース A-3" in words
    assert "準備中のフェスタ" not in words and "B-9" not in words


def test_search_engines_are_told_what_everybody_may_know(tree, morning, centre, client):
    group = add_group(tree, "川とみどりの会", kind="npo", summary="川を歩きます。", founded_year=2009)
    contact(group, "phone", "024-000-1111")
    contact(group, "web", "https://group.example/")
    contact(group, "social", "javascript:alert(1)")
    contact(group, "phone", "024-999-9999", "centre")
    html = client.get(group.get_url()).content.decode()
    scripts = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)
    data = next(found for found in map(json.loads, scripts) if found.get("@type") == "NGO")
    assert data["name"] == "川とみどりの会" and data["foundingDate"] == "2009"
    assert data["telephone"] == ["024-000-1111"] and data["sameAs"] == ["https://group.example/"]
    assert "email" not in data and "address" not in data and "024-999-9999" not in html


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"title": "川の会"}, "公開の連絡先がありません"),
        ({"title": "川の会"}, "よみがなを書いてください"),
        ({"title": "かわの会", "is_recruiting": True}, "どんな人を募集しているか"),
    ],
)
def test_what_a_reader_would_miss_is_told_to_staff(tree, morning, fields, words):
    title = fields.pop("title")
    assert any(words in found.words for found in findings(add_group(tree, title, **fields)))
    whole = add_group(tree, "完全の会", kana="かんぜんのかい", is_recruiting=True, recruiting_text="歩く人")
    contact(whole, "phone", "024-000-1111")
    assert not any(words in found.words for found in findings(type(whole).objects.get(pk=whole.pk)))
