"""The calendar file and the feed of events, as programs read them: by readers of our own, not those that wrote them."""

import re
from datetime import date, datetime
from xml.etree import ElementTree

import pytest
import time_machine
from icalendar import Calendar
from lxml import etree

from activities.models import EventState, Place
from center.opening import TOKYO
from config.builders import add_event, add_lecture, add_salon

ATOM = "{http://www.w3.org/2005/Atom}"
LINE = re.compile(r'([A-Z-]+)((?:;[A-Z-]+=(?:"[^"]*"|[^";:,]*))*):(.*)', re.S)


def read_calendar(content: bytes) -> dict:
    """Read a calendar by the letter of RFC 5545: CRLF, folded lines of at most 75 octets, escaped text, nesting.

    Returns {"name", "properties": {NAME: (parameters, value)}, "parts": [the same again]}.
    """
    assert content.endswith(b"\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"") and b"\r" not in content.replace(b"\r\n", b"")
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    root = {"name": "", "properties": {}, "parts": []}
    stack = [root]
    for line in content.decode("utf-8").replace("\r\n ", "").removesuffix("\r\n").split("\r\n"):
        name, parameters, value = LINE.fullmatch(line).groups()
        if name == "BEGIN":
            stack.append({"name": value, "properties": {}, "parts": []})
            stack[-2]["parts"].append(stack[-1])
        elif name == "END":
            assert stack.pop()["name"] == value
        else:
            found = dict(part.split("=", 1) for part in parameters.split(";") if part)
            stack[-1]["properties"][name] = (found, value)
    assert len(stack) == 1 and len(root["parts"]) == 1
    return root["parts"][0]


def text_of(part: dict, name: str) -> str:
    """A text value without its escapes."""
    _parameters, value = part["properties"][name]
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


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
    found = entries("/events/calendar.ics?kind=lecture&free=1&area=nowhere")
    assert [entry["SUMMARY"] for entry in found] == ["講座"]


def test_a_month_of_the_list_can_be_kept_as_a_file(tree, tokyo, morning, entries):
    add_event(tree, "九月の会", sessions=[(tokyo(2026, 9, 5, 9), None)])
    add_event(tree, "十二月の会", sessions=[(tokyo(2026, 12, 5, 9), None)])
    add_event(tree, "一月の会", sessions=[(tokyo(2027, 1, 5, 9), None)])
    assert [entry["SUMMARY"] for entry in entries("/events/calendar.ics?month=2026-12")] == ["十二月の会"]
    assert [entry["SUMMARY"] for entry in entries("/events/calendar.ics?month=2026-09")] == ["九月の会"]
    assert [entry["SUMMARY"] for entry in entries("/events/calendar.ics?past=1&year=2026")] == [
        "九月の会",
        "十二月の会",
        "一月の会",
    ]


def test_conditions_of_access_hold_for_the_file(tree, tokyo, morning, entries):
    when = [(tokyo(2026, 12, 5, 9), None)]
    add_event(tree, "入れる", sessions=when, wheelchair_access="yes")
    add_event(tree, "聞いてみる", sessions=when, wheelchair_access="ask")
    add_event(tree, "入れない", sessions=when, wheelchair_access="no", wheelchair="階段だけです")
    add_event(tree, "わからない", sessions=when)
    found = entries("/events/calendar.ics?wheelchair=1")
    assert sorted(entry["SUMMARY"] for entry in found) == ["入れる", "聞いてみる"]


def test_another_reader_finds_the_same_calendar(tree, tokyo, morning, client, centre):
    words = "雨、風; 雪\\あられ," * 9 + "\n二行め"
    page = add_event(tree, "催し", sessions=[(tokyo(2026, 12, 5, 9), tokyo(2026, 12, 5, 11))], summary=words[:190])
    add_event(tree, "展示", sessions=[(tokyo(2026, 12, 1), tokyo(2026, 12, 15))], all_day=True)
    add_event(tree, "中止の会", sessions=[(tokyo(2026, 12, 6, 9), None)], state=EventState.CANCELLED)
    calendar = read_calendar(client.get("/events/calendar.ics").content)
    assert calendar["name"] == "VCALENDAR"
    assert calendar["properties"]["VERSION"][1] == "2.0"
    assert calendar["properties"]["REFRESH-INTERVAL"] == ({"VALUE": "DURATION"}, "PT6H")
    assert text_of(calendar, "NAME") == text_of(calendar, "X-WR-CALNAME") == "催し・講座｜アシストパーク郡山"
    zones = [part for part in calendar["parts"] if part["name"] == "VTIMEZONE"]
    assert [zone["properties"]["TZID"][1] for zone in zones] == ["Asia/Tokyo"]
    offsets = {part["properties"]["TZOFFSETTO"][1] for part in zones[0]["parts"]}
    assert offsets == {"+0900"}

    show, event, cancelled = [part for part in calendar["parts"] if part["name"] == "VEVENT"]
    assert event["properties"]["DTSTART"] == ({"TZID": "Asia/Tokyo"}, "20261205T090000")
    assert event["properties"]["DTEND"] == ({"TZID": "Asia/Tokyo"}, "20261205T110000")
    assert text_of(event, "DESCRIPTION").startswith(page.summary + "\n")
    assert re.fullmatch(r"[0-9]{8}T[0-9]{6}Z", event["properties"]["LAST-MODIFIED"][1])
    assert event["properties"]["SEQUENCE"][1].isdigit()
    assert show["properties"]["DTSTART"] == ({"VALUE": "DATE"}, "20261201")
    assert show["properties"]["DTEND"] == ({"VALUE": "DATE"}, "20261216")
    assert cancelled["properties"]["STATUS"][1] == "CANCELLED"
    assert len({part["properties"]["UID"][1] for part in (show, event, cancelled)}) == 3


def test_a_selection_has_its_own_name(tree, tokyo, morning, client, centre):
    calendar = read_calendar(client.get("/events/calendar.ics?kind=lecture&free=1").content)
    assert text_of(calendar, "NAME") == "催し・講座・これからの催し・講座・無料｜アシストパーク郡山"


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


@pytest.fixture
def feed(client):
    """A feed, checked against what RFC 4287 asks of every feed and entry."""

    def read(address: str = "/events/feed.atom"):
        response = client.get(address)
        assert response["Content-Type"].startswith("application/atom+xml")
        root = etree.fromstring(response.content)
        assert root.tag == f"{ATOM}feed"
        moment = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
        for part in [root, *root.findall(f"{ATOM}entry")]:
            for name in ("id", "title", "updated"):
                assert len(part.findall(f"{ATOM}{name}")) == 1, name
            assert moment.fullmatch(part.findtext(f"{ATOM}updated"))
            assert re.match(r"(https|tag):", part.findtext(f"{ATOM}id"))
        assert root.findtext(f"{ATOM}author/{ATOM}name")
        assert len({entry.findtext(f"{ATOM}id") for entry in root.iter(f"{ATOM}entry")}) == len(
            root.findall(f"{ATOM}entry")
        )
        return root

    return read


def links(root) -> dict[str, str]:
    return {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}


def test_the_feed_of_a_selection_holds_only_that_and_is_a_feed_of_its_own(tree, tokyo, morning, feed):
    when = [(tokyo(2026, 12, 5, 9), None)]
    add_lecture(tree, "無料の講座", sessions=when, is_free=True)
    add_lecture(tree, "有料の講座", sessions=when)
    add_salon(tree, "サロン", sessions=when, is_free=True)
    everything, chosen = feed(), feed("/events/feed.atom?kind=lecture&free=1&month=2030-01")
    assert len(everything.findall(f"{ATOM}entry")) == 3
    assert [entry.findtext(f"{ATOM}title") for entry in chosen.findall(f"{ATOM}entry")] == ["無料の講座"]
    assert links(chosen)["self"] == "https://assist-park.example/events/feed.atom?kind=lecture&free=1"
    assert links(chosen)["alternate"] == "https://assist-park.example/events/?kind=lecture&free=1"
    assert chosen.findtext(f"{ATOM}id") != everything.findtext(f"{ATOM}id")


def test_an_empty_feed_of_a_centre_without_a_name_is_still_a_feed(tree, morning, feed):
    assert feed("/events/feed.atom?kind=festa").findall(f"{ATOM}entry") == []


def test_words_that_look_like_markup_stay_words(tree, tokyo, morning, feed):
    add_event(tree, "催し", sessions=[(tokyo(2026, 12, 5, 9), None)], summary="<b>太字</b> & <script>")
    (entry,) = feed().findall(f"{ATOM}entry")
    summary = entry.find(f"{ATOM}summary")
    assert summary.get("type") == "html"
    shown = etree.fromstring(f"<p>{summary.text}</p>", etree.HTMLParser())
    assert "<b>太字</b> & <script>" in "".join(shown.itertext())
