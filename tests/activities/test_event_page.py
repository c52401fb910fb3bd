"""The page of one event, as a citizen reads it."""

import json
import re
from datetime import date, time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.images.tests.utils import get_test_image_file

from activities.models import EventState, NewsKind, Place
from center.models import CentreImage
from config.builders import add_event, add_group, add_lecture, add_news

MOST_QUERIES = 28
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
    assert "未確認のことは、電話でお確かめください。" in html
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
    words = seen(page)
    assert "領収書から、帳簿へ" in words
    assert "第2回／全3回 11月25日（水）13時〜15時" in words  # the facts tell the next one
    assert "第2回／全3回つぎの回" in words
    assert words.count("終了") == 1


def test_a_session_that_was_moved_says_when_it_was_before(tree, tokyo, morning, centre, seen):
    page = add_event(
        tree, "里山", sessions=[(tokyo(2026, 12, 12, 9), None)], state=EventState.POSTPONED, has_new_dates=True
    )
    session = page.sessions.get()
    session.previous_starts_at = tokyo(2026, 12, 5, 9)
    session.save()
    words = seen(page)
    assert "12月12日（土）9時" in words
    assert "（前は 12月5日（土）9時 でした）" in words


def test_what_helps_people_to_come_is_said_as_it_was_chosen(tree, tokyo, morning, centre, seen):
    page = add_event(
        tree,
        "催し",
        sessions=[(tokyo(2026, 12, 5, 9), None)],
        wheelchair_access="yes",
        hearing_access="ask",
        children_access="no",
        children="託児はありません",
    )
    words = seen(page)
    assert "車いすで入れます" in words
    assert "聞こえの支援は、前もってご相談ください" in words
    assert "子ども連れでは参加できません託児はありません" in words.replace(" ", "")
    assert "駐車場 未確認" in words


def test_one_applies_by_phone_mail_or_a_page_and_the_phone_stands_first(tree, tokyo, morning, centre, client):
    page = add_event(
        tree,
        "催し",
        sessions=[(tokyo(2026, 12, 5, 9), None)],
        application_way="phone",
        contact_phone="024-000-1234",
        contact_email="mihon@example.jp",
        application_url="https://apply.example/",
        apply_by_on=date(2026, 11, 30),
    )
    html = client.get(page.get_url()).content.decode()
    apply = html[html.index('id="apply"') :]
    apply = apply[: apply.index("</section>")]
    order = [apply.index(words) for words in ("tel:0240001234", "mailto:mihon@example.jp", "https://apply.example/")]
    assert order == sorted(order)
    assert "締切まであと6日" in apply
    assert "このページに申込フォームはありません。" in apply
    assert "<form" not in apply


def test_an_event_with_many_sessions_costs_no_query_each(tree, tokyo, morning, centre, client):
    counts = []
    for number in (1, 12):
        when = [(tokyo(2026, 12, day, 9), tokyo(2026, 12, day, 10)) for day in range(1, number + 1)]
        page = add_event(tree, f"講座{number}", sessions=when, organiser_group=add_group(tree, f"会{number}"))
        client.get(page.get_url())
        with CaptureQueriesContext(connection) as found:
            client.get(page.get_url())
        counts.append(len(found))
    assert counts[1] <= counts[0]
    assert counts[0] <= MOST_QUERIES


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
    place = Place.objects.create(name="中央公民館", address="麓山1-8-4", latitude="37.4", longitude="140.38")
    image = CentreImage.objects.create(title="写真", file=get_test_image_file(), alt="川べりの道")
    page = add_event(
        tree,
        "川べりを歩く",
        sessions=[(tokyo(2026, 11, 28, 9), tokyo(2026, 11, 28, 11))],
        place=place,
        venue_name="第1会議室",
        is_free=True,
        capacity=20,
        application_way="phone",
        apply_by_on=date(2026, 11, 27),
        organiser_group=group,
        summary="ごみを拾います。",
        image=image,
    )
    data = structured(client, page)
    picture = data.pop("image")
    assert [address.startswith("https://assist-park.example/media/") for address in picture] == [True]
    assert data == {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": "川べりを歩く",
        "url": f"https://assist-park.example{page.get_url()}",
        "description": "ごみを拾います。",
        "startDate": "2026-11-28T09:00:00+09:00",
        "endDate": "2026-11-28T11:00:00+09:00",
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": {
            "@type": "Place",
            "name": "中央公民館　第1会議室",
            "address": {
                "@type": "PostalAddress",
                "streetAddress": "麓山1-8-4",
                "addressLocality": "郡山市",
                "addressRegion": "福島県",
                "addressCountry": "JP",
            },
            "geo": {"@type": "GeoCoordinates", "latitude": 37.4, "longitude": 140.38},
        },
        "offers": {
            "@type": "Offer",
            "url": f"https://assist-park.example{page.get_url()}",
            "price": "0",
            "priceCurrency": "JPY",
            "validThrough": "2026-11-28T00:00:00+09:00",
            "availability": "https://schema.org/InStock",
        },
        "organizer": {
            "@type": "Organization",
            "name": "川とみどりの会",
            "url": f"https://assist-park.example{group.get_url()}",
        },
        "maximumAttendeeCapacity": 20,
        "isAccessibleForFree": True,
    }


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, "EventScheduled"),
        ({"state": "cancelled"}, "EventCancelled"),
        ({"state": "postponed"}, "EventPostponed"),
        ({"state": "postponed", "has_new_dates": True}, "EventRescheduled"),
        ({"state": "changed"}, "EventScheduled"),
    ],
)
def test_structured_data_tells_whether_it_happens_as_told(tree, tokyo, morning, centre, client, fields, status):
    page = add_event(tree, "催し", sessions=[(tokyo(2026, 12, 5, 9), None)], is_free=True, **fields)
    data = structured(client, page)
    assert data["eventStatus"] == f"https://schema.org/{status}"
    is_on = status in ("EventScheduled", "EventRescheduled")
    assert ("availability" in data["offers"]) is is_on


def test_structured_data_of_a_moved_event_names_its_first_time(tree, tokyo, morning, centre, client):
    page = add_event(tree, "催し", sessions=[(tokyo(2026, 12, 12, 9), None)], state="changed")
    page.sessions.update(previous_starts_at=tokyo(2026, 12, 5, 10))
    data = structured(client, page)
    assert data["previousStartDate"] == "2026-12-05T10:00:00+09:00"
    assert data["eventStatus"] == "https://schema.org/EventRescheduled"


@pytest.mark.parametrize(
    ("fields", "price"),
    [
        ({"fee": "500円"}, "500"),
        ({"fee": "資料代 １，２００円"}, "1200"),
        ({"fee": "大人500円、子ども300円"}, None),
        ({"fee": "実費"}, None),
        ({"fee": "2回で"}, None),
        ({"fee": "材料費200円", "is_free": True}, "0"),
    ],
)
def test_structured_data_tells_a_price_only_where_the_fee_names_one(
    tree, tokyo, morning, centre, client, fields, price
):
    page = add_event(tree, "催し", sessions=[(tokyo(2026, 12, 5, 9), None)], is_full=True, **fields)
    offer = structured(client, page)["offers"]
    assert offer.get("price") == price
    assert offer["description"] == fields["fee"]
    assert offer["availability"] == "https://schema.org/SoldOut"


def test_structured_data_of_a_course_online_holds_each_session(tree, tokyo, morning, centre, client):
    page = add_lecture(
        tree,
        "講座",
        sessions=[(tokyo(2026, 12, day, 13), tokyo(2026, 12, day, 15)) for day in (5, 12)],
        is_online=True,
        online_url="https://meeting.example/",
        speaker_name="見本 花子",
    )
    page.sessions.filter(starts_at=tokyo(2026, 12, 12, 13)).update(title="まとめ")
    data = structured(client, page)
    assert (data["startDate"], data["endDate"]) == ("2026-12-05T13:00:00+09:00", "2026-12-12T15:00:00+09:00")
    assert data["location"] == {"@type": "VirtualLocation", "url": "https://meeting.example/"}
    assert data["eventAttendanceMode"] == "https://schema.org/OnlineEventAttendanceMode"
    assert data["performer"] == {"@type": "Person", "name": "見本 花子"}
    assert [(part["name"], part["startDate"]) for part in data["subEvent"]] == [
        ("講座", "2026-12-05T13:00:00+09:00"),
        ("講座　まとめ", "2026-12-12T13:00:00+09:00"),
    ]
    assert "offers" not in data  # neither fee nor application is known


def test_structured_data_of_an_exhibition_counts_days(tree, tokyo, morning, centre, client):
    page = add_event(tree, "写真展", sessions=[(tokyo(2026, 11, 20), tokyo(2026, 12, 15))], all_day=True)
    data = structured(client, page)
    assert (data["startDate"], data["endDate"]) == ("2026-11-20", "2026-12-15")


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
