"""The lists of events, groups, grants, news, posts and issues: what stands in them, in what order, at what cost."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from activities import lists
from activities.models import ActivityField, Area, EventState, GrantApplicant, MagazineArticle, NewsKind
from config.builders import (
    add_event,
    add_festa,
    add_grant,
    add_group,
    add_lecture,
    add_magazine,
    add_match,
    add_news,
    add_salon,
)

MOST_OF_A_LIST, MOST_OF_A_PAGE = 9, 25
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


# Events


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
        "?kind=&area=&month=&free=",
    ],
)
def test_what_makes_no_sense_in_the_address_is_left_out(autumn, rows, query):
    assert rows(f"/events/{query}") == ["写真展", "今週の会", "会計講座", "サロン", "フェスタ"]


def test_cancelled_and_changed_events_are_told_in_words_before_the_list(autumn, seen):
    words = seen("/events/")
    assert "中止 2027年2月6日（土） フェスタ" in words
    assert words.index("中止 2027年2月6日（土） フェスタ") < words.index("写真展")


def test_the_month_stands_after_the_list_as_a_real_table(autumn, client):
    html = client.get("/events/?month=2026-12").content.decode()
    assert html.index('class="rows"') < html.index('<table class="month">')
    table = html[html.index('<table class="month">') : html.index("</table>")]
    assert table.count('<th scope="col"') == 7
    cells = dict(re.findall(r'datetime="(2026-12-\d\d)".*?</time>\s*(.*?)</td>', table, re.S))
    assert len(cells) == 31
    assert "会計講座 2回目" in cells["2026-12-12"]
    assert "写真展（12月15日（火）まで）" in cells["2026-12-01"]
    assert "写真展（最終日）" in cells["2026-12-15"]
    assert "サロン" not in cells["2026-12-22"]


def test_the_table_of_this_month_also_shows_what_is_over(autumn, client):
    html = client.get("/events/").content.decode()
    assert "終わった会" in html[html.index('<table class="month">') :]


def test_a_filter_travels_to_the_calendar_file(autumn, client):
    html = client.get("/events/?month=2026-12&free=1&kind=lecture").content.decode()
    assert 'href="/events/calendar.ics?kind=lecture&amp;free=1"' in html


def test_every_condition_can_be_taken_off(autumn, client):
    html = client.get("/events/?month=2026-12&free=1").content.decode()
    assert '<a class="go" href="?month=2026-12">「無料」をはずす</a>' in html


def test_a_page_number_too_high_shows_the_last_page(tree, tokyo, morning, rows):
    for day in range(25):
        add_event(tree, f"催し{day:02}", sessions=[(tokyo(2026, 12, 1, 9) + timedelta(days=day), None)])
    assert len(rows("/events/")) == 20
    last = rows("/events/?p=2")
    assert last == [f"催し{day}" for day in range(20, 25)]
    assert rows("/events/?p=7") == last
    assert 'href="?free=1&amp;p=2"' not in rows("/events/")


def test_an_empty_list_says_what_to_do(tree, morning, seen):
    assert "当てはまる催しは、いまはありません" in seen("/events/")


def test_an_english_list_shows_translations_and_marks_the_rest(tree, tokyo, morning, translated, client):
    when = [(tokyo(2026, 12, 5, 9), None)]
    translated(add_event(tree, "川べりを歩く", sessions=when), "en", "A walk along the river")
    add_event(tree, "音楽会", sessions=when)
    html = client.get("/en/events/").content.decode()
    titles = titled(re.findall(r'class="row__title">(.*?)</h3>', html, re.S))
    assert sorted(titles) == ["A walk along the river", "音楽会 (Japanese only)"]
    assert '<span lang="ja">音楽会</span>' in html


# Groups


def test_groups_stand_in_rows_of_kana_and_rows_without_groups_are_no_links(tree, morning, client, rows):
    for title, kana in [("歩こう会", "あるこうかい"), ("学校の会", "がっこうのかい"), ("川の会", "かわのかい")]:
        add_group(tree, title, kana=kana)
    assert rows("/groups/") == ["歩こう会", "学校の会", "川の会"]
    assert rows("/groups/?kana=か") == ["学校の会", "川の会"]
    html = client.get("/groups/").content.decode()
    kana = html[html.index('class="kana"') :][:1200]
    assert ">か</a>" in kana
    assert "<span>さ</span>" in kana
    assert "か行" in html


def test_groups_are_narrowed_by_field_area_kind_and_recruiting(tree, morning, rows):
    nature, _ = ActivityField.objects.get_or_create(slug="nature", defaults={"name": "環境", "order": 5})
    centre, _ = Area.objects.get_or_create(slug="centre", defaults={"name": "市の中心部"})
    green = add_group(tree, "花の会", kana="はなのかい", kind="npo")
    green.activity_fields, green.areas = [nature], [centre]
    green.save_revision().publish()
    add_group(tree, "歩こう会", kana="あるこうかい", is_recruiting=True)
    assert rows("/groups/?field=nature") == ["花の会"]
    assert rows("/groups/?area=centre") == ["花の会"]
    assert rows("/groups/?kind=npo") == ["花の会"]
    assert rows("/groups/?recruiting=1") == ["歩こう会"]
    for nonsense in ("?field=zzz", "?area=zzz", "?kind=zzz", "?kana=zzz", "?recruiting=2", "?kana=%00"):
        assert rows(f"/groups/{nonsense}") == ["歩こう会", "花の会"]


# Grants


def test_grants_stand_by_deadline_in_three_sections(tree, morning, rows, seen):
    add_grant(tree, "いつでも助成", is_always_open=True)
    add_grant(tree, "来年の助成", closes_on=date(2027, 1, 15))
    add_grant(tree, "もうすぐ助成", closes_on=date(2026, 11, 30))
    add_grant(tree, "昨日までの助成", closes_on=date(2026, 11, 23))
    assert rows("/grants/") == ["もうすぐ助成", "来年の助成", "いつでも助成"]
    words = seen("/grants/")
    assert "もうすぐ締切　1件" in words and "募集中　1件" in words and "締切なし　1件" in words
    assert rows("/grants/?closed=1") == ["昨日までの助成"]


def test_grants_are_narrowed_by_who_applies(tree, morning, rows):
    grant = add_grant(tree, "法人助成", closes_on=date(2026, 12, 1))
    GrantApplicant.objects.create(page=grant, kind="npo")
    add_grant(tree, "だれでも助成", closes_on=date(2026, 12, 2))
    assert rows("/grants/?who=npo") == ["法人助成"]
    assert rows("/grants/?who=martians") == ["法人助成", "だれでも助成"]


# News, posts, magazine


def test_news_stand_newest_first_and_by_kind(tree, morning, rows):
    add_news(tree, "報告", kind=NewsKind.REPORT, published_on=date(2026, 11, 1))
    add_news(tree, "募集", kind=NewsKind.CALL, published_on=date(2026, 11, 20))
    assert rows("/news/") == ["募集", "報告"]
    assert rows("/news/?kind=report") == ["報告"]
    assert rows("/news/?kind=gossip") == ["募集", "報告"]


def test_open_posts_stand_by_their_end_and_the_others_by_themselves(tree, morning, rows):
    add_match(tree, "いすがほしい", resource="things")
    add_match(tree, "机をあげます", direction="offered", resource="things", open_until_on=date(2026, 11, 30))
    add_match(tree, "手伝いがほしい", resource="people", state="matched")
    add_match(tree, "場所がほしい", resource="place", open_until_on=date(2026, 11, 23))
    assert rows("/matching/") == ["机をあげます", "いすがほしい"]
    assert rows("/matching/?direction=wanted") == ["いすがほしい"]
    assert rows("/matching/?resource=things&direction=offered") == ["机をあげます"]
    assert set(rows("/matching/?closed=1")) == {"手伝いがほしい", "場所がほしい"}
    assert rows("/matching/?direction=up&resource=gold") == ["机をあげます", "いすがほしい"]


def test_the_magazine_shows_the_newest_issue_and_all_by_fiscal_year(tree, morning, client, seen):
    add_magazine(tree, 52, date(2019, 3, 1))
    newest = add_magazine(tree, 56, date(2020, 3, 1))
    MagazineArticle.objects.create(page=newest, title="団体をたずねて")
    words = seen("/magazine/")
    assert "団体をたずねて" in words
    assert words.index("2019年度") < words.index("2018年度")
    html = client.get("/magazine/?year=2018").content.decode()
    assert 'id="y-2018"' in html and 'id="y-2019"' not in html
    assert 'id="y-2019"' in client.get("/magazine/?year=1868").content.decode()


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


def fill_groups(tree, tokyo, count):
    fields = [ActivityField.objects.get_or_create(slug=f"f{n}", defaults={"name": f"分野{n}"})[0] for n in range(3)]
    for number in range(count):
        group = add_group(tree, f"会{number}", kana="あかさたなはまやらわ"[number % 10] + "かい", is_recruiting=True)
        group.activity_fields = fields
        group.save()


def fill_grants(tree, tokyo, count):
    for number in range(count):
        grant = add_grant(tree, f"助成{number}", closes_on=date(2026, 11, 25) + timedelta(days=number))
        GrantApplicant.objects.create(page=grant, kind="npo")


def fill_news(tree, tokyo, count):
    for number in range(count):
        add_news(tree, f"知らせ{number}", group=add_group(tree, f"会{number}"))


def fill_posts(tree, tokyo, count):
    for number in range(count):
        add_match(tree, f"ほしい{number}", group=add_group(tree, f"会{number}"))


def fill_magazine(tree, tokyo, count):
    for number in range(1, count + 1):
        issue = add_magazine(tree, number, date(2010, 3, 1) + timedelta(days=91 * number))
        MagazineArticle.objects.create(page=issue, title="記事")


@pytest.mark.parametrize(
    ("address", "fill"),
    [
        ("/events/", fill_events),
        ("/events/?past=1", fill_events),
        ("/groups/", fill_groups),
        ("/grants/", fill_grants),
        ("/news/", fill_news),
        ("/matching/", fill_posts),
        ("/magazine/", fill_magazine),
    ],
)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_twenty_rows_cost_as_many_queries_as_three(
    tree, tokyo, morning, centre, client, translated, address, fill, language
):
    if language == "en":
        slug = address.strip("/").split("/")[0]
        section = {"matching": tree.matching, "events": tree.events}.get(slug) or getattr(tree, slug)
        translated(section, "en", "List")
        address = f"/en{address}"
    counts = []
    for more in (3, 17):
        fill(tree, tokyo, more)
        client.get(address)
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        counts.append(len(found))
    assert counts[1] <= counts[0], counts
    assert counts[1] <= MOST_OF_A_PAGE, counts


@pytest.mark.parametrize(
    ("section", "read", "fill"),
    [
        ("events", lists.events_at, fill_events),
        ("groups", lists.groups_at, fill_groups),
        ("grants", lists.grants_at, fill_grants),
        ("news", lists.news_at, fill_news),
        ("matching", lists.matches_at, fill_posts),
        ("magazine", lists.magazine_at, fill_magazine),
    ],
)
def test_what_a_list_shows_is_read_with_few_queries(tree, tokyo, morning, rf, section, read, fill):
    fill(tree, tokyo, 5)
    page = type(getattr(tree, section)).objects.select_related("locale").get()
    with CaptureQueriesContext(connection) as found:
        context = read(morning, page=page, request=rf.get("/"))
        list(context["page_obj"])
        list(context.get("changed", ()))
    assert len(found) <= MOST_OF_A_LIST, [query["sql"][:200] for query in found]
