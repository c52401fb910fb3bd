"""What the public reads of events, grants, groups, news, posts and the magazine."""

from datetime import date

import pytest
from wagtail.models import Locale, Page

from activities import queries
from activities.models import ActivityField, EventState, GrantApplicant, LecturePage, MagazineCadence, NewsKind
from activities.queries import EventFilter
from config.builders import (
    add_event,
    add_grant,
    add_group,
    add_lecture,
    add_magazine,
    add_match,
    add_news,
    add_salon,
)


@pytest.fixture
def now(tokyo):
    return tokyo(2026, 11, 24, 9)


def titles(rows) -> list[str]:
    return [getattr(row, "page", row).title for row in rows]


def translate(page: Page, language: str, title: str, *, live: bool = True) -> Page:
    """A translation of a page in the tree of that language, made by copying."""
    locale = Locale.objects.get(language_code=language)
    for ancestor in page.get_ancestors().filter(depth__gt=1):
        if not ancestor.has_translation(locale):
            ancestor.specific.copy_for_translation(locale).save_revision().publish()
    copy = page.copy_for_translation(locale)
    copy.title = title
    revision = copy.save_revision()
    if live:
        revision.publish()
    return copy


def test_a_course_is_listed_by_its_first_session_to_come_and_says_what_it_is(tree, tokyo, now):
    add_lecture(
        tree,
        "会計講座",
        sessions=[(tokyo(2026, 11, day, 13), tokyo(2026, 11, day, 15)) for day in (17, 25, 30)],
    )
    add_salon(tree, "サロン", sessions=[(tokyo(2026, 11, 24, 8), tokyo(2026, 11, 24, 11))])
    found = list(queries.coming_sessions(now=now, one_per_event=True))
    assert titles(found) == ["サロン", "会計講座"]
    assert [session.starts_on for session in found] == [date(2026, 11, 24), date(2026, 11, 25)]
    assert [session.page.event_kind for session in found] == ["salon", "lecture"]
    assert found[1].page.kind_word == LecturePage.objects.get().kind_word


def test_days_bound_the_sessions_on_both_sides(tree, tokyo, now):
    add_event(tree, "写真展", all_day=True, sessions=[(tokyo(2026, 11, 20), tokyo(2026, 12, 15))])
    add_event(tree, "三十日", sessions=[(tokyo(2026, 11, 30, 23), None)])
    add_event(tree, "一日", sessions=[(tokyo(2026, 12, 1, 0), tokyo(2026, 12, 1, 1))])
    add_event(tree, "三十一日", sessions=[(tokyo(2026, 12, 31, 23), tokyo(2027, 1, 1, 1))])
    add_event(tree, "元日", sessions=[(tokyo(2027, 1, 1, 0), None)])
    december = {"first_on": date(2026, 12, 1), "last_on": date(2026, 12, 31)}
    assert titles(queries.coming_sessions(now=now, **december)) == ["写真展", "一日", "三十一日"]


def test_an_event_is_past_once_its_last_session_is_over(tree, tokyo, now):
    add_event(tree, "半ば", sessions=[(tokyo(2026, 11, 1, 9), None), (tokyo(2026, 12, 1, 9), None)])
    add_event(tree, "終わり", sessions=[(tokyo(2026, 11, 1, 9), None), (tokyo(2026, 11, 8, 9), None)])
    add_event(tree, "ちょうど", sessions=[(tokyo(2026, 11, 24, 8), now)])
    assert titles(queries.past_sessions(now=now)) == ["ちょうど", "終わり"]
    assert titles(queries.coming_sessions(now=now)) == ["半ば"]


def test_events_are_narrowed_by_kind_area_price_place_and_application(tree, tokyo, now):
    when = [(tokyo(2026, 12, 5, 9), None)]
    add_event(tree, "無料", sessions=when, is_free=True, application_way="phone")
    add_event(tree, "オンライン", sessions=when, is_online=True, application_way="phone")
    add_lecture(tree, "講座", sessions=when, application_way="phone", is_walk_in=True)
    add_salon(tree, "申込なし", sessions=when)

    def narrowed(**parts):
        return titles(queries.coming_sessions(now=now, filters=EventFilter(**parts)))

    assert narrowed(is_free=True) == ["無料"]
    assert narrowed(is_online=True) == ["オンライン"]
    assert narrowed(is_walk_in=True) == ["講座", "申込なし"]
    assert narrowed(kinds=frozenset({"lecture", "salon"})) == ["講座", "申込なし"]
    assert narrowed(kinds=frozenset({"event"})) == ["無料", "オンライン"]


def test_changes_that_still_matter_come_with_cancellations_first(tree, tokyo, now):
    soon, later, over = (
        [(tokyo(2026, 11, 25, 9), None)],
        [(tokyo(2026, 12, 25, 9), None)],
        [(tokyo(2026, 11, 2, 9), None)],
    )
    add_event(tree, "変更", sessions=soon, state=EventState.CHANGED)
    add_event(tree, "延期", sessions=soon, state=EventState.POSTPONED)
    add_event(tree, "中止", sessions=later, state=EventState.CANCELLED)
    add_event(tree, "昔の中止", sessions=over, state=EventState.CANCELLED)
    add_event(tree, "予定どおり", sessions=soon)
    assert titles(queries.changed_events(now=now)) == ["中止", "延期", "変更"]


def test_grants_are_sorted_into_soon_open_always_and_closed(tree, tokyo, now):
    add_grant(tree, "今日の正午", closes_on=date(2026, 11, 24), closes_time=now.time().replace(hour=12))
    add_grant(tree, "今日の八時", closes_on=date(2026, 11, 24), closes_time=now.time().replace(hour=8))
    add_grant(tree, "十四日後", closes_on=date(2026, 12, 8))
    add_grant(tree, "十五日後", closes_on=date(2026, 12, 9))
    add_grant(tree, "いつでも", is_always_open=True)
    add_grant(tree, "昨日", closes_on=date(2026, 11, 23))
    add_grant(tree, "取りやめ", closes_on=date(2026, 12, 1), is_cancelled=True)
    assert titles(queries.closing_soon_grants(now=now)) == ["今日の正午", "十四日後"]
    assert titles(queries.open_grants(now=now)) == ["今日の正午", "十四日後", "十五日後"]
    assert titles(queries.open_grants(now=now, after_on=date(2026, 12, 8))) == ["十五日後"]
    assert titles(queries.always_open_grants(now=now)) == ["いつでも"]
    assert titles(queries.closed_grants(now=now)) == ["取りやめ", "今日の八時", "昨日"]


def test_grants_are_narrowed_by_who_may_apply(tree, now):
    grant = add_grant(tree, "法人向け", closes_on=date(2026, 12, 1))
    GrantApplicant.objects.create(page=grant, kind="npo")
    add_grant(tree, "だれでも", closes_on=date(2026, 12, 1))
    assert titles(queries.open_grants(now=now, who="npo")) == ["法人向け"]


def test_groups_stand_in_the_order_of_kana_and_those_without_a_reading_last(tree, now):
    for title, kana in [
        ("国際の会", "こくさいのかい"),
        ("ABC", ""),
        ("がいこく語の会", "がいこくごのかい"),
        ("歩こう会", "あるこうかい"),
        ("カイト", ""),
        ("学校の会", "がっこうのかい"),
        ("柿の会", "かきのかい"),
    ]:
        add_group(tree, title, kana=kana)
    order = ["歩こう会", "がいこく語の会", "カイト", "柿の会", "学校の会", "国際の会", "ABC"]
    assert titles(queries.groups(now=now)) == order
    assert titles(queries.groups(now=now, row="か")) == order[1:-1]
    assert titles(queries.groups(now=now, row="他")) == ["ABC"]


def test_a_group_looks_for_members_until_its_last_day(tree, now):
    add_group(tree, "いつも", is_recruiting=True)
    add_group(tree, "今日まで", is_recruiting=True, recruiting_until_on=date(2026, 11, 24))
    add_group(tree, "昨日まで", is_recruiting=True, recruiting_until_on=date(2026, 11, 23))
    add_group(tree, "足りている")
    assert set(titles(queries.groups(now=now, recruiting=True))) == {"いつも", "今日まで"}


def test_calls_and_posts_are_open_until_their_day_is_over(tree, now):
    add_news(tree, "今日まで", kind=NewsKind.CALL, deadline_on=date(2026, 11, 24))
    add_news(tree, "昨日まで", kind=NewsKind.CALL, deadline_on=date(2026, 11, 23))
    add_news(tree, "いつまでも", kind=NewsKind.CALL)
    add_news(tree, "足りました", kind=NewsKind.CALL, is_closed=True)
    add_news(tree, "報告", kind=NewsKind.REPORT)
    assert titles(queries.calls(now=now)) == ["今日まで", "いつまでも"]
    add_match(tree, "机がほしい", open_until_on=date(2026, 11, 24))
    add_match(tree, "いすがほしい", open_until_on=date(2026, 11, 23))
    add_match(tree, "決まりました", state="matched")
    assert titles(queries.open_match_posts(now=now)) == ["机がほしい"]


def test_news_is_sorted_by_the_day_it_carries(tree, now):
    add_news(tree, "新しい", published_on=date(2026, 11, 20))
    add_news(tree, "古い", published_on=date(2026, 10, 1))
    add_news(tree, "間", published_on=date(2026, 11, 1))
    assert titles(queries.news(now=now)) == ["新しい", "間", "古い"]


def test_the_magazine_is_found_by_fiscal_year_and_knows_its_next_day(tree, now):
    add_magazine(tree, 52, date(2019, 3, 1))
    add_magazine(tree, 53, date(2019, 6, 1))
    add_magazine(tree, 56, date(2020, 3, 1))
    assert [issue.number for issue in queries.magazine_issues(now=now, year=2019)] == [56, 53]
    assert queries.newest_magazine_issue(now=now).number == 56
    assert queries.next_magazine_on(date(2026, 11, 24)) is None
    for month in (3, 6, 9, 12):
        MagazineCadence.objects.create(page=tree.magazine, month=month, day=1)
    assert queries.next_magazine_on(date(2026, 11, 24)) == date(2026, 12, 1)
    assert queries.next_magazine_on(date(2026, 12, 1)) == date(2027, 3, 1)


def test_an_english_list_shows_the_translation_or_the_japanese_page(tree, tokyo, now):
    when = [(tokyo(2026, 12, 5, 9), None)]
    translated = add_event(tree, "訳した", sessions=when)
    drafted = add_event(tree, "訳しかけ", sessions=when)
    add_event(tree, "訳していない", sessions=when)
    translate(translated, "en", "Translated")
    translate(drafted, "en", "Half done", live=False)
    assert set(titles(queries.coming_sessions(now=now, language="en"))) == {"Translated", "訳していない", "訳しかけ"}
    assert set(titles(queries.coming_sessions(now=now, language="ja"))) == {"訳した", "訳していない", "訳しかけ"}


def test_a_row_never_names_a_group_that_is_not_public(tree, tokyo, now):
    hidden, shown = add_group(tree, "見せない会", live=False), add_group(tree, "見せる会")
    when = [(tokyo(2026, 12, 5, 9), None)]
    add_event(tree, "甲", sessions=when, organiser_group=hidden)
    add_event(tree, "乙", sessions=when, organiser_group=shown)
    add_news(tree, "報告", group=hidden)
    organisers = [session.page.organiser_words for session in queries.coming_sessions(now=now)]
    assert organisers == ["", "見せる会"]
    assert queries.news(now=now).get().group is None


def test_groups_are_counted_by_field_of_activity(tree, now):
    nature = ActivityField.objects.create(slug="nature", name="環境", order=2)
    ActivityField.objects.create(slug="rest", name="だれもいない", order=1)
    first, second = add_group(tree, "一"), add_group(tree, "二")
    add_group(tree, "下書き", live=False).activity_fields.add(nature)
    for group in (first, second):
        group.activity_fields = [nature]
        group.save()
    assert [(field.name, field.group_count) for field in queries.groups_by_field(now=now)] == [("環境", 2)]


def test_the_gate_is_asked_once_for_several_reads(tree, tokyo, now, django_assert_num_queries):
    group = add_group(tree, "会")
    add_event(tree, "甲", sessions=[(tokyo(2026, 12, 5, 9), None)], organiser_group=group)
    add_news(tree, "報告", group=group)
    with django_assert_num_queries(1):
        visible = queries.publicly_visible(now=now)
    with django_assert_num_queries(2):
        list(queries.news(now=now, language="en", visible=visible))
    with django_assert_num_queries(2):
        list(queries.coming_sessions(now=now, language="en", visible=visible))
