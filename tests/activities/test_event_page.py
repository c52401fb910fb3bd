"""The page of one event, as a citizen reads it."""

import json
import re
from datetime import date, time

import pytest
from wagtail.images.tests.utils import get_test_image_file

from activities.models import EventState, NewsKind, Place
from center.models import CentreImage
from config.builders import add_event, add_group, add_news

EVIL = "</script><script>alert(1)</script>"


def structured(client, page) -> dict:
    html = client.get(page.get_url()).content.decode()
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)
    return json.loads(found[1])


def test_an_event_says_when_where_for_how_much_and_whom_to_ask(tree, tokyo, morning, centre, seen, client):
    place = Place.objects.create(name="中央公民館", address="郡山市麓山1-8-4", latitude="37.4", longitude="140.38")
    page = add_event(
        tree,
        "川べりを歩く",
        sessions=[(tokyo(2026, 11, 28, 9), tokyo(2026, 11, 28, 11))],
        place=place,
        venue_name="第1会議室",
        is_free=True,
        capacity=20,
        target="どなたでも",
        bring="軍手",
        wheelchair="スロープがあります",
        contact_name="見本太郎",
        contact_phone="024-000-1234",
        summary="ごみを拾いながら歩きます。",
    )
    words = seen(page)
    for expected in [
        "11月28日（土）9時〜11時",
        "中央公民館　第1会議室",
        "郡山市麓山1-8-4",
        "20",
        "どなたでも",
        "軍手",
        "スロープがあります",
        "見本太郎",
        "ごみを拾いながら歩きます。",
    ]:
        assert expected in words
    html = client.get(page.get_url()).content.decode()
    assert '<a class="tel" href="tel:0240001234">024-000-1234</a>' in html
    assert f'href="/events/calendar.ics?event={page.slug}"' in html
    assert "https://maps.gsi.go.jp/#17/37.400000/140.380000/" in html


def test_what_is_unknown_is_said_to_be_unknown(tree, morning, centre, client):
    page = add_event(tree, "まだ決まらない催し")
    html = client.get(page.get_url()).content.decode()
    facts = dict(re.findall(r"<div><dt>(.*?)</dt><dd>(.*?)</dd></div>", html, re.S))
    unknown = {name for name, value in facts.items() if "stamp--unknown" in value}
    assert len(unknown) == 7  # when, where, fee; wheelchair, hearing, children, parking
    assert "calendar.ics?event" not in html
    assert centre.phone in html


def test_a_cancellation_stands_before_everything_else_on_the_paper(tree, tokyo, morning, centre, seen):
    page = add_event(
        tree,
        "音楽会",
        sessions=[(tokyo(2026, 12, 5, 9), None)],
        state=EventState.CANCELLED,
        change_note="大雪の予報のため",
        application_way="phone",
    )
    words = seen(page)
    assert str(EventState.CANCELLED.label) in words
    assert "大雪の予報のため" in words
    assert words.index("大雪の予報のため") < words.index("12月5日（土）9時")
    assert 'id="apply"' not in words


def test_a_postponed_event_tells_whether_its_dates_are_the_new_ones(tree, tokyo, morning, centre, client):
    when = [(tokyo(2026, 12, 5, 9), None)]
    waiting = add_event(tree, "甲", sessions=when, state=EventState.POSTPONED)
    fixed = add_event(tree, "乙", sessions=when, state=EventState.POSTPONED, has_new_dates=True)
    assert "<s>12月5日（土）9時</s>" in client.get(waiting.get_url()).content.decode()
    assert "<strong>12月5日（土）9時</strong>" in client.get(fixed.get_url()).content.decode()


def test_a_course_lists_each_session_and_says_which_are_over(tree, tokyo, morning, centre, client, seen):
    page = add_event(
        tree, "連続講座", sessions=[(tokyo(2026, 11, day, 13), tokyo(2026, 11, day, 15)) for day in (17, 25, 30)]
    )
    first = page.sessions.first()
    first.title = "領収書から、帳簿へ"
    first.save()
    html = client.get(page.get_url()).content.decode()
    assert html.count('<time class="day') == 4  # the head's leaf is the next session, then each of three
    assert 'day--big" datetime="2026-11-25"' in html
    assert "領収書から、帳簿へ" in seen(page)


def test_the_organising_group_is_linked_only_where_its_page_is_public(tree, tokyo, morning, centre, client):
    when = [(tokyo(2026, 12, 5, 9), None)]
    shown, hidden = add_group(tree, "見せる会"), add_group(tree, "見せない会", live=False)
    open_page = add_event(tree, "甲", sessions=when, organiser_group=shown)
    shy_page = add_event(tree, "乙", sessions=when, organiser_group=hidden)
    assert f'<a href="{shown.get_url()}">見せる会</a>' in client.get(open_page.get_url()).content.decode()
    assert "見せない会" not in client.get(shy_page.get_url()).content.decode()


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({}, "受付中"),
        ({"is_full": True}, "満員"),
        ({"apply_by_on": date(2026, 11, 23)}, "締切"),
        ({"apply_by_on": date(2026, 11, 24), "apply_by_time": time(8, 59)}, "締切"),
        ({"apply_by_on": date(2026, 11, 24)}, "受付中"),
    ],
)
def test_where_the_application_stands_is_said_in_words(tree, tokyo, morning, centre, client, fields, word):
    page = add_event(tree, "催し", sessions=[(tokyo(2026, 12, 5, 9), None)], application_way="phone", **fields)
    html = client.get(page.get_url()).content.decode()
    assert f"<strong>{word}</strong>" in html


def test_the_picture_has_its_description_and_the_flyer_its_size(tree, tokyo, morning, centre, client):
    image = CentreImage.objects.create(title="写真", file=get_test_image_file(), alt="川べりの道")
    page = add_event(tree, "絵のある催し", sessions=[(tokyo(2026, 12, 5, 9), None)], image=image)
    html = client.get(page.get_url()).content.decode()
    assert 'alt="川べりの道"' in html


def test_news_about_the_event_stands_beside_it(tree, tokyo, morning, centre, seen):
    page = add_event(tree, "催し", sessions=[(tokyo(2026, 12, 5, 9), None)])
    add_news(tree, "会場が変わります", kind=NewsKind.CHANGE, about_page=page)
    assert "会場が変わります" in seen(page)


def test_structured_data_tells_search_engines_the_same_facts(tree, tokyo, morning, centre, client):
    group = add_group(tree, "川とみどりの会")
    page = add_event(
        tree,
        "川べりを歩く",
        sessions=[(tokyo(2026, 11, 28, 9), tokyo(2026, 11, 28, 11))],
        venue_name="広場",
        is_free=True,
        organiser_group=group,
        state=EventState.CANCELLED,
    )
    data = structured(client, page)
    assert data["startDate"] == "2026-11-28T09:00:00+09:00"
    assert data["eventStatus"] == "https://schema.org/EventCancelled"
    assert data["offers"]["price"] == "0"
    assert data["organizer"]["name"] == "川とみどりの会"
    assert data["location"]["name"] == "広場"
    assert data["url"] == f"https://assist-park.example{page.get_url()}"


def test_no_words_of_an_event_can_end_the_structured_data(tree, tokyo, morning, centre, client):
    page = add_event(tree, EVIL, sessions=[(tokyo(2026, 11, 28, 9), None)], summary=EVIL, venue_name=EVIL)
    html = client.get(page.get_url()).content.decode()
    assert "<script>alert" not in html
    assert structured(client, page)["name"] == EVIL


def test_an_english_page_says_the_days_in_english(tree, tokyo, morning, centre, translated, seen):
    page = add_event(tree, "川べりを歩く", sessions=[(tokyo(2026, 11, 28, 9), tokyo(2026, 11, 28, 11))])
    english = translated(page, "en", "A walk along the river")
    words = seen(english)
    assert "Sat 28 November 2026" in words
    assert "A walk along the river" in words
