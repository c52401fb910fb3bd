"""The list of events, its archive and its month: what stands in them, in what order, at what cost."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from activities import event_list
from activities.models import Area, EventState
from config.builders import add_event, add_festa, add_group, add_lecture, add_salon

MOST_OF_A_LIST, MOST_OF_A_PAGE = 9, 12
"""Queries of what a list shows; and of the whole answer, where finding the page, its rights, the languages and the
menu cost the rest."""


@pytest.fixture
def rows(client):
    """The titles in the list's rows, in their order, without the boxes around it."""

    def read(address: str) -> list[str]:
        response = client.get(address)
        assert response.status_code == 200, response.status_code
        return re.findall(r'class="row__title"><a href="[^"]*">(.*?)</a>', response.content.decode())

    return read


def titled(rows: list[str]) -> list[str]:
    return [re.sub(r"<.*?>", "", row) for row in rows]


@pytest.fixture
def autumn(tree, tokyo, morning):
    """Events of every kind around 24 November 2026."""
    centre = Area.objects.create(slug="centre", name="市の中心部")
    add_event(tree, "終わった会", sessions=[(tokyo(2026, 11, 3, 9), None)])
    add_event(tree, "写真展", sessions=[(tokyo(2026, 11, 20), tokyo(2026, 12, 15))], all_day=True, is_free=True)
    add_event(tree, "今週の会", sessions=[(tokyo(2026, 11, 29, 9), None)], application_way="phone", area=centre)
    add_lecture(
        tree,
        "会計講座",
        sessions=[(tokyo(2026, 12, day, 13), None) for day in (5, 12, 19)],
        is_free=True,
        application_way="phone",
    )
    add_salon(tree, "サロン", sessions=[(tokyo(2026, 12, 23, 10), None)], is_online=True)
    add_festa(tree, "フェスタ", sessions=[(tokyo(2027, 2, 6, 10), None)], state=EventState.CANCELLED)
    return tree


def test_coming_events_stand_by_date_and_a_course_stands_once(autumn, rows):
    assert rows("/events/") == ["写真展", "今週の会", "会計講座", "サロン", "フェスタ"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?when=week", ["写真展", "今週の会"]),
        ("?month=2026-12", ["写真展", "会計講座", "サロン"]),
        ("?month=2026-12&free=1", ["写真展", "会計講座"]),
        ("?kind=lecture&kind=salon", ["会計講座", "サロン"]),
        ("?kind=festa", ["フェスタ"]),
        ("?area=centre", ["今週の会"]),
        ("?online=1", ["サロン"]),
        ("?walk_in=1", ["写真展", "サロン", "フェスタ"]),
        ("?month=2027-01", []),
        ("?past=1", ["終わった会"]),
        ("?month=2026-10", []),
        ("?month=2026-11", ["写真展", "今週の会"]),
    ],
)
def test_events_are_narrowed_by_the_address(autumn, rows, query, found):
    assert rows(f"/events/{query}") == found


@pytest.mark.parametrize(
    "query",
    [
        "?month=2026-13",
        "?month=0000-00",
        "?month=99999999-12",
        "?month=２０２６-１２",
        "?month=%00",
        "?kind=party",
        "?area=%27%20OR%201%3D1",
        "?area=%00",
        "?when=century",
        "?free=yes",
        "?p=abc",
        "?p=-1",
        "?p=0",
        "?p=99999999999999999999",
        "?unknown=1",
        "?view=year",
        "?year=2020",
        "?wheelchair=yes",
        "?kind=&area=&month=&free=",
    ],
)
def test_what_makes_no_sense_in_the_address_is_left_out(autumn, rows, query):
    assert rows(f"/events/{query}") == ["写真展", "今週の会", "会計講座", "サロン", "フェスタ"]


def test_cancelled_and_changed_events_are_told_in_words_before_the_list(autumn, seen):
    words = seen("/events/")
    assert "中止 2027年2月6日（土）　フェスタ" in words
    assert words.index("中止 2027年2月6日（土）　フェスタ") < words.index("写真展")
    assert "中止 2027年2月6日（土）　フェスタ" not in seen("/events/?kind=lecture")


def test_a_course_says_which_of_its_sessions_comes_next_and_on_which_days_it_goes_on(autumn, tokyo, seen):
    add_lecture(autumn, "申請書", sessions=[(tokyo(2026, 11, day, 13), None) for day in (17, 25)])
    words = seen("/events/")
    assert "第1回／全3回" in words and "このあとの回：12月12日（土）、12月19日（土）" in words
    assert "第2回／全2回" in words


def test_past_events_stand_by_fiscal_year_and_month_and_are_narrowed_alike(autumn, tokyo, rows, seen, client):
    add_salon(autumn, "春のサロン", sessions=[(tokyo(2026, 3, 31, 9), None)], is_free=True)
    add_lecture(autumn, "夏の講座", sessions=[(tokyo(2026, 7, day, 9), None) for day in (4, 11)], is_free=True)
    words = seen("/events/?past=1")
    assert words.index("2026年度（2）") < words.index("2025年度（1）")
    assert words.index("2026年11月") < words.index("2026年7月") < words.index("2026年3月")
    assert "ほかの日：7月4日（土）" in words
    assert rows("/events/?past=1&year=2026") == ["終わった会", "夏の講座"]
    assert "2026年7月（1）" in seen("/events/?past=1&year=2026")
    assert rows("/events/?past=1&month=2026-07") == ["夏の講座"]
    assert rows("/events/?past=1&year=2026&free=1&kind=lecture") == ["夏の講座"]
    assert rows("/events/?past=1&year=1868") == ["終わった会", "夏の講座", "春のサロン"]
    html = client.get("/events/?past=1&month=2026-07&free=1").content.decode()
    assert '<a href="?free=1&amp;past=1&amp;year=2026">2026年7月<' in html  # a month is taken off to its year


def test_an_event_goes_to_the_archive_by_itself(tree, tokyo, rows):
    add_event(tree, "朝の会", sessions=[(tokyo(2026, 11, 24, 9), tokyo(2026, 11, 24, 10))])
    with time_machine.travel(tokyo(2026, 11, 24, 9, 59), tick=False):
        assert (rows("/events/"), rows("/events/?past=1")) == (["朝の会"], [])
    with time_machine.travel(tokyo(2026, 11, 24, 10), tick=False):
        assert (rows("/events/"), rows("/events/?past=1")) == ([], ["朝の会"])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?wheelchair=1", ["入れる", "聞いてみる"]),
        ("?children=1", ["聞いてみる"]),
        ("?hearing=1", []),
        ("?wheelchair=1&children=1", ["聞いてみる"]),
        ("?wheelchair=1&past=1", ["昔の会"]),
    ],
)
def test_only_what_is_said_to_be_possible_is_found_by_access(tree, tokyo, morning, rows, query, found):
    days = [[(tokyo(2026, 12, day, 9), None)] for day in range(1, 6)]
    add_event(tree, "入れる", sessions=days[0], wheelchair_access="yes", children_access="no")
    add_event(tree, "聞いてみる", sessions=days[1], wheelchair_access="ask", children_access="yes")
    add_event(tree, "入れない", sessions=days[2], wheelchair_access="no", wheelchair="階段だけです")
    add_event(tree, "確かめていない", sessions=days[3], hearing="わかりません")
    add_event(tree, "昔の会", sessions=[(tokyo(2026, 11, 1, 9), None)], wheelchair_access="yes")
    assert rows(f"/events/{query}") == found


def test_list_and_month_are_two_views_that_lead_to_each_other_and_keep_the_filters(autumn, client):
    html = client.get("/events/?month=2026-12&free=1").content.decode()
    assert 'class="rows' in html and '<table class="month">' not in html
    assert '<a href="?view=month&amp;month=2026-12&amp;free=1">暦</a>' in html
    html = client.get("/events/?view=month&month=2026-12&free=1").content.decode()
    assert 'class="rows' not in html and '<table class="month">' in html
    assert '<a href="?month=2026-12&amp;free=1">一覧</a>' in html
    assert '<a href="?view=month&amp;month=2027-01&amp;free=1" rel="next">' in html
    assert '<input type="hidden" name="view" value="month">' in html


def test_the_month_is_a_real_table_with_each_day_and_its_events(autumn, client):
    html = client.get("/events/?view=month&month=2026-12").content.decode()
    table = html[html.index('<table class="month">') : html.index("</table>")]
    assert "<caption>2026年12月の暦　3件</caption>" in table
    assert table.count('<th scope="col"') == 7
    cells = dict(re.findall(r'datetime="(2026-12-\d\d)".*?</time>\s*(.*?)</td>', table, re.S))
    assert len(cells) == 31
    assert "会計講座 2回目" in cells["2026-12-12"]
    assert "写真展（12月15日（火）まで）" in cells["2026-12-01"]
    assert "写真展（最終日）" in cells["2026-12-15"]
    assert "写真展" in cells["2026-12-08"] and 'class="is-running"' in cells["2026-12-08"]
    assert "写真展" not in cells["2026-12-16"]
    assert "サロン" not in cells["2026-12-22"]


def test_days_on_which_something_only_goes_on_are_left_out_of_the_agenda_on_phones(autumn, client):
    html = client.get("/events/?view=month&month=2026-12").content.decode()
    assert re.search(r'<td class="is-empty"><time[^>]*datetime="2026-12-08"', html)
    assert re.search(r'<td class=""><time[^>]*datetime="2026-12-15"', html)


def test_the_month_is_narrowed_like_the_list(autumn, client):
    html = client.get("/events/?view=month&month=2026-12&kind=salon").content.decode()
    table = html[html.index('<table class="month">') : html.index("</table>")]
    assert "サロン" in table and "写真展" not in table and "会計講座" not in table


def test_the_table_of_this_month_also_shows_what_is_over(autumn, client):
    html = client.get("/events/?view=month").content.decode()
    assert "終わった会" in html[html.index('<table class="month">') :]


def test_cancelled_events_stand_in_the_table_in_words(autumn, client, seen):
    assert "【中止】フェスタ" in seen("/events/?view=month&month=2027-02")
    assert "中止 2027年2月6日（土）　フェスタ" in seen("/events/?view=month&month=2027-02")
    assert "フェスタ（中止" not in seen("/events/?view=month&month=2026-12")


def test_a_filter_travels_to_the_calendar_and_to_the_feed(autumn, client, settings):
    html = client.get("/events/?month=2026-12&free=1&kind=lecture").content.decode()
    wishes = "kind=lecture&amp;free=1"
    assert f'href="webcal://assist-park.example/events/calendar.ics?{wishes}"' in html
    assert f'href="https://assist-park.example/events/calendar.ics?{wishes}"' in html
    assert f'href="/events/feed.atom?{wishes}"' in html
    assert f'href="/events/calendar.ics?month=2026-12&amp;{wishes}"' in html  # what is seen, as a file


def test_every_condition_can_be_taken_off(autumn, client, seen):
    html = client.get("/events/?month=2026-12&free=1&children=1").content.decode()
    assert '<a href="?month=2026-12&amp;children=1">無料<' in html
    assert '<a href="?month=2026-12&amp;free=1">子ども連れで行ける<' in html
    assert '<a href="?free=1&amp;children=1">2026年12月<' in html
    assert '<a href="?">ぜんぶはずす</a>' in html
    assert "2026年12月　0件 いまの条件" in seen("/events/?month=2026-12&free=1&children=1")
    assert "<title>2026年12月・無料・子ども連れで行ける｜" in html


def test_the_number_of_hits_is_said(autumn, seen):
    assert "これからの催し　5件" in seen("/events/")
    assert "これからの催し　2件" in seen("/events/?kind=lecture&kind=salon")


def test_a_page_number_too_high_shows_the_last_page(tree, tokyo, morning, rows):
    for day in range(25):
        add_event(tree, f"催し{day:02}", sessions=[(tokyo(2026, 12, 1, 9) + timedelta(days=day), None)])
    assert len(rows("/events/")) == 20
    last = rows("/events/?p=2")
    assert last == [f"催し{day}" for day in range(20, 25)]
    assert rows("/events/?p=7") == last
    assert 'href="?free=1&amp;p=2"' not in rows("/events/")


def test_an_empty_list_says_what_to_do(tree, morning, centre, seen, client):
    assert "これからの催しは、いまはありません。" in seen("/events/")
    assert centre.phone in seen("/events/")
    words = seen("/events/?free=1")
    assert "当てはまる催しは、いまはありません" in words and "「無料」をはずしてさがす" in words
    assert '<a href="?">条件をぜんぶはずしてさがす</a>' in client.get("/events/?free=1&online=1").content.decode()
    assert "これからの催しを見る" in seen("/events/?past=1")


def test_an_english_list_shows_translations_and_marks_the_rest(tree, tokyo, morning, translated, client):
    when = [(tokyo(2026, 12, 5, 9), None)]
    translated(add_event(tree, "川べりを歩く", sessions=when), "en", "A walk along the river")
    add_event(tree, "音楽会", sessions=when)
    html = client.get("/en/events/").content.decode()
    titles = titled(re.findall(r'class="row__title">(.*?)</h3>', html, re.S))
    assert sorted(titles) == ["A walk along the river", "音楽会 (Japanese only)"]
    assert '<span lang="ja">音楽会</span>' in html


# Cost


def fill_events(tree, tokyo, count):
    group = add_group(tree, "会")
    area, _ = Area.objects.get_or_create(slug="centre", defaults={"name": "中心部"})
    for number in range(count):
        start = tokyo(2026, 11, 25, 9) + timedelta(days=number % 5)
        add_lecture(
            tree,
            f"講座{number}",
            sessions=[(start, None), (start + timedelta(days=7), None)],
            organiser_group=group,
            area=area,
            state=EventState.CHANGED if number % 3 == 0 else EventState.PLANNED,
        )


ADDRESSES = [
    "/events/",
    "/events/?past=1&month=2026-11",
    "/events/?view=month",
    "/events/?wheelchair=1&free=1&area=centre",
]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_twenty_events_cost_as_many_queries_as_three(
    tree, tokyo, morning, centre, client, translated, address, language
):
    if language == "en":
        translated(tree.events, "en", "List")
        address = f"/en{address}"
    counts = []
    for more in (3, 17):
        fill_events(tree, tokyo, more)
        client.get(address)
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        counts.append(len(found))
    assert counts[1] <= counts[0], counts
    assert counts[1] <= MOST_OF_A_PAGE, counts


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_the_list_shows_is_read_with_few_queries(tree, tokyo, morning, rf, address):
    fill_events(tree, tokyo, 5)
    page = type(tree.events).objects.select_related("locale").get()
    with CaptureQueriesContext(connection) as found:
        context = event_list.events_at(morning, page=page, request=rf.get(address))
        list(context.get("page_obj", ()))
        list(context["changed"])
    assert len(found) <= MOST_OF_A_LIST, [query["sql"][:200] for query in found]
