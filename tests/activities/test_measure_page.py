"""A part of the plan: what was done for it lists itself."""

from datetime import date

import pytest
import time_machine
from bs4 import BeautifulSoup
from wagtail.models import Locale, PageViewRestriction

from activities import measures
from activities.models import MeasurePage, PageMeasure
from center.visibility import publicly_visible
from config.builders import (
    add_event,
    add_grant,
    add_group,
    add_lecture,
    add_magazine,
    add_match,
    add_news,
    add_page,
    add_salon,
)


@pytest.fixture
def now(tokyo):
    return tokyo(2026, 11, 24, 9)


@pytest.fixture
def policy(tree) -> MeasurePage:
    return add_page(tree.plan, MeasurePage(title="ひとづくり", slug="people", kind="policy"))


@pytest.fixture
def measure(policy) -> MeasurePage:
    return add_page(policy, MeasurePage(title="人材の育成", slug="training", kind="measure", summary="育てる。"))


@pytest.fixture
def read(client, now):
    def at(path: str) -> BeautifulSoup:
        with time_machine.travel(now, tick=False):
            response = client.get(path)
        assert response.status_code == 200
        return BeautifulSoup(response.content, "html.parser")

    return at


def words(tag) -> str:
    return " ".join(tag.get_text(" ", strip=True).split())


def tie(page, *parts) -> None:
    page.measure_links = [PageMeasure(measure=part) for part in parts]
    page.save_revision().publish()


def titles(page: BeautifulSoup) -> list[str]:
    return [words(row.h3) for row in page.select(".rows > li")]


def test_pages_of_every_kind_are_listed_newest_first_with_kind_and_day(tree, measure, read, tokyo):
    with time_machine.travel(tokyo(2026, 9, 1, 12), tick=False):
        add_group(tree, "おはなしの木")
    tie(add_event(tree, "川そうじ", sessions=[(tokyo(2026, 12, 6, 9), None)]), measure)
    tie(
        add_lecture(tree, "団体会計", sessions=[(tokyo(2026, 10, 3, 9), None), (tokyo(2026, 10, 10, 9), None)]), measure
    )
    tie(add_salon(tree, "お茶の時間", sessions=[(tokyo(2026, 8, 3, 9), None)]), measure)
    tie(add_magazine(tree, 56, date(2020, 3, 1)), measure)
    tie(add_news(tree, "歩いた記録", kind="report", published_on=date(2026, 11, 2)), measure)
    with time_machine.travel(tokyo(2026, 9, 5, 12), tick=False):
        tie(add_grant(tree, "つながり助成"), measure)
        tie(add_match(tree, "手伝える人"), measure)
    page = read("/plan/people/training/")
    assert titles(page) == [
        "川そうじ",
        "歩いた記録",
        "団体会計",
        "手伝える人",
        "つながり助成",
        "お茶の時間",
        "あしすとぱぁく 第56号",
    ]
    first, second, third = page.select(".rows > li")[:3]
    assert words(first.select_one(".row__labels")) == "催し これから" and "2026年（令和8年）12月6日（日）" in words(
        first
    )
    assert words(second.select_one(".row__labels")) == "報告"
    assert "10月3日（土）" in words(third), "a course stands under its first day"
    assert "2026年（令和8年）9月5日（土）に掲載" in words(page.select(".rows > li")[4]), "a grant has no day of its own"
    assert "7件" in words(page.h2)


def test_what_is_not_public_is_not_listed(tree, measure, read, tokyo):
    tie(add_event(tree, "会員の集まり", sessions=[(tokyo(2026, 11, 28, 10), None)]), measure)
    PageViewRestriction.objects.create(page=tree.events, restriction_type=PageViewRestriction.LOGIN)
    draft = add_news(tree, "下書き", live=False)
    draft.measure_links = [PageMeasure(measure=measure)]
    draft.save_revision()
    hidden = add_news(tree, "おろした記事")
    tie(hidden, measure)
    hidden.unpublish()
    assert titles(read("/plan/people/training/")) == []


def test_nothing_done_yet_is_told_in_words_and_leads_on(measure, read):
    paper = read("/plan/people/training/").select_one("main section")
    assert "まだ、ここに並ぶものはありません。" in words(paper)
    assert paper.select_one("a[href='/events/']")


def test_a_policy_gathers_what_was_done_for_its_measures_each_page_once(tree, policy, measure, read):
    other = add_page(policy, MeasurePage(title="人材の活用", slug="use", kind="measure", doubt="未確認のこと"))
    tie(add_news(tree, "ふたつの施策のため"), measure, other)
    tie(add_news(tree, "方針のため"), policy)
    page = read("/plan/people/")
    assert sorted(titles(page)) == ["ふたつの施策のため", "方針のため"]
    parts = page.find(id="h-parts").find_parent("section").select("li")
    assert [words(part) for part in parts] == [
        "人材の育成 行ったこと 1件 育てる。",
        "人材の活用 行ったこと 1件 未確認 未確認のこと",
    ]
    assert titles(read("/plan/people/use/")) == ["ふたつの施策のため"]


def test_a_doubt_is_shown_with_its_mark(policy, read):
    add_page(policy, MeasurePage(title="参加", slug="participation", kind="measure", doubt="どの方針に属するか"))
    assert "未確認 どの方針に属するか" in words(read("/plan/people/participation/").select_one("main section"))


def test_a_long_list_goes_on_on_another_page(tree, measure, read, monkeypatch):
    monkeypatch.setattr(measures, "PER_PAGE", 2)
    for number in (1, 2, 3):
        tie(add_news(tree, f"報告{number}", kind="report", published_on=date(2026, 11, number)), measure)
    assert titles(read("/plan/people/training/")) == ["報告3", "報告2"]
    assert titles(read("/plan/people/training/?p=2")) == ["報告1"]
    assert titles(read("/plan/people/training/?p=x")) == ["報告3", "報告2"]


def test_the_list_costs_as_many_queries_however_long_it_is(tree, measure, now, tokyo, django_assert_max_num_queries):
    def fill(count: int) -> None:
        for number in range(count):
            tie(add_event(tree, f"催し{number}", sessions=[(tokyo(2026, 12, 1, 9), None)]), measure)
            tie(add_news(tree, f"報告{number}", kind="report"), measure)

    def read() -> list:
        visible = publicly_visible(now=now)
        found = measures.tied_pages([measure.path], now=now, language="ja", visible=visible)
        return list(measures.deeds_page(found, "1"))

    fill(1)
    with django_assert_max_num_queries(8) as few:
        read()
    fill(4)
    with django_assert_max_num_queries(len(few)):
        assert len(read()) == 10


def test_the_list_in_english_shows_a_translation_once_and_the_rest_in_japanese(tree, measure, now):
    english = Locale.objects.get(language_code="en")
    translated, only_japanese = add_news(tree, "訳した記事"), add_news(tree, "日本語の記事")
    tie(translated, measure)
    tie(only_japanese, measure)
    tree.home.copy_for_translation(english).save_revision().publish()
    tree.news.copy_for_translation(english).save_revision().publish()
    copy = translated.copy_for_translation(english)
    copy.title = "Translated"
    copy.save_revision().publish()
    found = measures.tied_pages([measure.path], now=now, language="en")
    assert sorted(page.title for page in found) == ["Translated", "日本語の記事"]
