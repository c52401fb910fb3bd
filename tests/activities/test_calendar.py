"""The calendar file and the feed of events, as programs read them."""

from datetime import date, datetime
from xml.etree import ElementTree

import pytest
import time_machine
from icalendar import Calendar

from activities.models import EventState, Place
from center.opening import TOKYO
from config.builders import add_event, add_lecture

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def entries(client):
    """The entries of a calendar file."""

    def read(address: str = "/events/calendar.ics"):
        response = client.get(address)
        assert response.status_code == 200
        assert response["Content-Type"] == "text/calendar; charset=utf-8"
        return Calendar.from_ical(response.content).walk("VEVENT")

    return read


def test_an_entry_tells_time_place_address_and_what_it_is(tree, tokyo, morning, entries):
    place = Place.objects.create(name="中央公民館", address="麓山1-8-4", latitude="37.4", longitude="140.38")
    page = add_event(
        tree,
        "川べりを歩く",
        sessions=[(tokyo(2026, 11, 28, 9), tokyo(2026, 11, 28, 11))],
        place=place,
        summary="ごみを拾います。",
        contact_phone="024-000-1234",
    )
    (entry,) = entries()
    assert entry["SUMMARY"] == "川べりを歩く"
    assert entry.decoded("DTSTART") == datetime(2026, 11, 28, 9, tzinfo=TOKYO)
    assert entry.decoded("DTEND") == datetime(2026, 11, 28, 11, tzinfo=TOKYO)
    assert entry["LOCATION"] == "中央公民館　麓山1-8-4"
    assert entry["URL"] == f"https://assist-park.example{page.get_url()}"
    assert "ごみを拾います。" in entry["DESCRIPTION"] and "024-000-1234" in entry["DESCRIPTION"]
    assert entry["STATUS"] == "CONFIRMED"


def test_times_carry_their_zone_and_lines_are_folded(tree, tokyo, morning, client):
    add_event(tree, "とても長い名前の催し" * 12, sessions=[(tokyo(2026, 11, 28, 9), None)])
    content = client.get("/events/calendar.ics").content
    assert b"BEGIN:VTIMEZONE\r\nTZID:Asia/Tokyo" in content
    assert b"DTSTART;TZID=Asia/Tokyo:20261128T090000" in content
    assert max(len(line) for line in content.split(b"\r\n")) <= 75


def test_an_all_day_event_is_written_in_days(tree, tokyo, morning, entries):
    add_event(tree, "写真展", sessions=[(tokyo(2026, 11, 20), tokyo(2026, 12, 15))], all_day=True)
    (entry,) = entries()
    assert entry.decoded("DTSTART") == date(2026, 11, 20)
    assert entry.decoded("DTEND") == date(2026, 12, 16)


def test_an_event_without_an_end_has_none_in_the_file(tree, tokyo, morning, entries):
    add_event(tree, "催し", sessions=[(tokyo(2026, 12, 5, 9), None)])
    (entry,) = entries()
    assert "DTEND" not in entry


def test_a_cancelled_event_is_cancelled_in_the_calendar_too(tree, tokyo, morning, entries):
    when = [(tokyo(2026, 12, 5, 9), None)]
    add_event(tree, "甲", sessions=when, state=EventState.CANCELLED)
    add_event(tree, "乙", sessions=when, state=EventState.POSTPONED)
    add_event(tree, "丙", sessions=when, state=EventState.POSTPONED, has_new_dates=True)
    add_event(tree, "丁", sessions=when, state=EventState.CHANGED)
    found = {entry["SUMMARY"]: entry["STATUS"] for entry in entries()}
    assert found == {
        "【中止】甲": "CANCELLED",
        "【延期】乙": "CANCELLED",
        "【延期】丙": "CONFIRMED",
        "【変更】丁": "CONFIRMED",
    }


def test_an_entry_keeps_its_name_and_grows_its_number_when_the_page_is_published_again(tree, tokyo, entries):
    with time_machine.travel(tokyo(2026, 11, 20, 9), tick=False):
        page = add_event(tree, "催し", sessions=[(tokyo(2026, 12, 5, 9), None), (tokyo(2026, 12, 12, 9), None)])
        before = entries()
    with time_machine.travel(tokyo(2026, 11, 21, 9), tick=False):
        page.title = "名前の変わった催し"
        page.save_revision().publish()
        after = entries()
    assert [entry["UID"] for entry in before] == [entry["UID"] for entry in after]
    assert len({entry["UID"] for entry in after}) == 2
    assert all(new["SEQUENCE"] > old["SEQUENCE"] for old, new in zip(before, after, strict=True))
    assert after[0].decoded("LAST-MODIFIED") == tokyo(2026, 11, 21, 9)


def test_the_file_holds_what_comes_and_the_last_thirty_days(tree, tokyo, morning, entries):
    for title, day in [("三十日前", (2026, 10, 25)), ("三十一日前", (2026, 10, 24)), ("来年", (2027, 5, 1))]:
        add_event(tree, title, sessions=[(tokyo(*day, 9), None)])
    assert [entry["SUMMARY"] for entry in entries()] == ["三十日前", "来年"]


def test_filters_of_the_list_hold_for_the_file(tree, tokyo, morning, entries):
    when = [(tokyo(2026, 12, 5, 9), None)]
    add_lecture(tree, "講座", sessions=when, is_free=True)
    add_event(tree, "催し", sessions=when, is_free=True)
    add_lecture(tree, "有料講座", sessions=when)
    found = entries("/events/calendar.ics?kind=lecture&free=1&month=2020-01&area=nowhere")
    assert [entry["SUMMARY"] for entry in found] == ["講座"]


def test_one_event_can_be_taken_alone_with_all_its_sessions(tree, tokyo, morning, entries, client):
    page = add_event(tree, "連続", sessions=[(tokyo(2026, 9, 5, 9), None), (tokyo(2026, 12, 5, 9), None)])
    add_event(tree, "ほか", sessions=[(tokyo(2026, 12, 5, 9), None)])
    found = entries(f"/events/calendar.ics?event={page.slug}")
    assert [entry["SUMMARY"] for entry in found] == ["連続 1回目", "連続 2回目"]
    for nothing in ("unknown", "", "%00", "../x"):
        assert client.get(f"/events/calendar.ics?event={nothing}").status_code == 404


def test_control_characters_do_not_break_the_files(tree, tokyo, morning, entries, client):
    add_event(
        tree, "あ\x0bい\x1b", sessions=[(tokyo(2026, 12, 5, 9), None)], summary="一\r\nBEGIN:VEVENT\r\n二\x00"[:-1]
    )
    (entry,) = entries()
    assert entry["SUMMARY"] == "あい"
    ElementTree.fromstring(client.get("/events/feed.atom").content)


def test_many_events_cost_no_query_each(tree, tokyo, morning, client, django_assert_max_num_queries):
    for number in range(15):
        add_event(tree, f"催し{number}", sessions=[(tokyo(2026, 12, 5, 9), None), (tokyo(2026, 12, 6, 9), None)])
    for address, most in (("/events/calendar.ics", 8), ("/events/feed.atom", 8)):
        client.get(address)
        with django_assert_max_num_queries(most):
            client.get(address)


def test_the_english_file_holds_translations_under_the_same_names(tree, tokyo, morning, entries, translated):
    page = add_event(tree, "川べりを歩く", sessions=[(tokyo(2026, 12, 5, 9), None)])
    translated(page, "en", "A walk along the river")
    (japanese,), (english,) = entries(), entries("/en/events/calendar.ics")
    assert english["SUMMARY"] == "A walk along the river"
    assert english["UID"] == japanese["UID"]
    assert english["URL"].startswith("https://assist-park.example/en/events/")


def test_the_feed_tells_what_was_published_or_changed_last(tree, tokyo, client):
    with time_machine.travel(tokyo(2026, 11, 20, 9), tick=False):
        first = add_event(tree, "先の催し", sessions=[(tokyo(2026, 12, 5, 9), None)], summary="あ")
    with time_machine.travel(tokyo(2026, 11, 21, 9), tick=False):
        add_event(tree, "後の催し", sessions=[(tokyo(2026, 12, 6, 9), None)])
    feed = ElementTree.fromstring(client.get("/events/feed.atom").content)
    assert [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")] == ["後の催し", "先の催し"]
    with time_machine.travel(tokyo(2026, 11, 22, 9), tick=False):
        first.state = EventState.CANCELLED
        first.save_revision().publish()
    feed = ElementTree.fromstring(client.get("/events/feed.atom").content)
    entries = list(feed.iter(f"{ATOM}entry"))
    assert entries[0].findtext(f"{ATOM}title") == "【中止】先の催し"
    assert entries[0].find(f"{ATOM}link").get("href") == f"https://assist-park.example{first.get_url()}"
    assert "12月5日（土）9時" in entries[0].findtext(f"{ATOM}summary")
    assert entries[0].findtext(f"{ATOM}updated") == "2026-11-22T00:00:00+00:00"
