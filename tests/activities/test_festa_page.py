"""The page of one festa, as a citizen reads it."""

from datetime import date, time

import pytest
import time_machine

from activities.models import FestaExhibitor, FestaProgrammeItem
from config.builders import add_festa, add_group


def test_a_festa_shows_programme_and_exhibitors_with_their_booths(tree, tokyo, morning, centre, client, seen):
    page = add_festa(tree, "交流フェスタ", sessions=[(tokyo(2027, 2, 6, 10), tokyo(2027, 2, 6, 16))], edition=12)
    FestaProgrammeItem.objects.create(page=page, starts_at_time=time(10, 30), title="開会", place="大ホール")
    group = add_group(tree, "川とみどりの会")
    FestaExhibitor.objects.create(page=page, group=group, booth="A-3", text="水の色の地図")
    FestaExhibitor.objects.create(page=page, name="名簿にない会")
    words = seen(page)
    for expected in ("第12回", "10時30分", "開会", "大ホール", "A-3", "水の色の地図", "名簿にない会", "出展 2団体"):
        assert expected in words
    assert f'<a href="{group.get_url()}">川とみどりの会</a>' in client.get(page.get_url()).content.decode()


def test_an_exhibitor_whose_page_is_hidden_is_named_without_a_link(tree, tokyo, morning, centre, client, seen):
    page = add_festa(tree, "交流フェスタ", sessions=[(tokyo(2027, 2, 6, 10), None)])
    group = add_group(tree, "休んでいる会", live=False)
    FestaExhibitor.objects.create(page=page, group=group, booth="B-1")
    assert "休んでいる会" in seen(page)
    assert group.slug not in client.get(page.get_url()).content.decode()


def test_the_programme_stands_in_the_order_of_its_times(tree, tokyo, morning, centre, seen):
    page = add_festa(tree, "交流フェスタ", sessions=[(tokyo(2027, 2, 6, 10), None)])
    for title, at in (("スタンプ集め", None), ("お茶", time(13)), ("開会", time(10))):
        FestaProgrammeItem.objects.create(page=page, title=title, starts_at_time=at)
    words = seen(page)
    assert words.index("開会") < words.index("お茶") < words.index("スタンプ集め")
    assert "いつでもスタンプ集め" in words


def test_exhibitors_cost_no_query_each(tree, tokyo, morning, centre, client, django_assert_max_num_queries):
    page = add_festa(tree, "交流フェスタ", sessions=[(tokyo(2027, 2, 6, 10), None)])
    for number in range(20):
        FestaExhibitor.objects.create(page=page, group=add_group(tree, f"会{number}"))
    client.get(page.get_url())
    with django_assert_max_num_queries(32):
        client.get(page.get_url())


@pytest.mark.parametrize(
    ("opens_on", "closes_on", "word"),
    [
        (date(2026, 11, 25), date(2026, 12, 25), "受付前"),
        (date(2026, 11, 24), date(2026, 11, 24), "受付中"),
        (date(2026, 10, 1), date(2026, 11, 23), "締切"),
    ],
)
def test_the_call_for_exhibitors_says_whether_it_is_open(tree, tokyo, morning, centre, seen, opens_on, closes_on, word):
    page = add_festa(
        tree,
        "交流フェスタ",
        sessions=[(tokyo(2027, 2, 6, 10), None)],
        call_opens_on=opens_on,
        call_closes_on=closes_on,
        call_text="活動を紹介する団体を募集します。",
    )
    words = seen(page)
    call = words[: words.index("出展の募集")]
    assert word in call[-40:]
    assert "活動を紹介する団体を募集します。" in words
    assert ("申しこみかた" in words) is (word == "受付中")


def test_the_call_says_until_when_and_how_one_applies(tree, tokyo, morning, centre, seen, client):
    page = add_festa(
        tree,
        "交流フェスタ",
        sessions=[(tokyo(2027, 2, 6, 10), None)],
        call_closes_on=date(2026, 12, 4),
        call_application="窓口か電話で申し込みます。",
        call_url="https://apply.example/",
    )
    words = seen(page)
    assert "締切まであと10日" in words
    assert "窓口か電話で申し込みます。" in words and centre.phone in words
    assert 'href="https://apply.example/"' in client.get(page.get_url()).content.decode()


@pytest.mark.parametrize(
    ("moment", "first", "later", "absent"),
    [
        ((2026, 11, 24, 9), "いつ・どこで", "出展の募集", "当日の報告"),
        ((2027, 2, 6, 11), "プログラム", "いつ・どこで", "出展の募集"),
        ((2027, 2, 7, 9), "当日の報告", "いつ・どこで", "出展の募集"),
    ],
)
def test_before_on_the_day_and_afterwards_something_else_comes_first(
    tree, tokyo, centre, seen, moment, first, later, absent
):
    with time_machine.travel(tokyo(2026, 11, 20, 9), tick=False):
        page = add_festa(
            tree,
            "交流フェスタ",
            sessions=[(tokyo(2027, 2, 6, 10), tokyo(2027, 2, 6, 16))],
            call_text="募集します。",
            call_closes_on=date(2026, 12, 4),
        )
        FestaProgrammeItem.objects.create(page=page, title="開会", starts_at_time=time(10))
    with time_machine.travel(tokyo(*moment), tick=False):
        if moment[2] == 7:
            page.report = [("paragraph", "<p>雨でした。</p>")]
            page.save_revision().publish()
        words = seen(page)
        assert words.index(first) < words.index(later)
        assert absent not in words
        assert ("きょう開いています。" in words) is (moment[3] == 11)


def test_other_editions_are_listed_the_latest_first(tree, tokyo, morning, centre, seen):
    page = add_festa(tree, "今年のフェスタ", sessions=[(tokyo(2027, 2, 6, 10), None)], edition=3)
    add_festa(tree, "一回目", sessions=[(tokyo(2025, 2, 6, 10), None)], edition=1)
    second = add_festa(tree, "二回目", sessions=[(tokyo(2026, 2, 6, 10), None)], edition=2)
    second.report = [("paragraph", "<p>雨でした。</p>")]
    second.save_revision().publish()
    words = seen(page)
    others = words[words.index("ほかの回のフェスタ") :]
    assert others.index("二回目") < others.index("一回目")
    assert others.count("報告あり") == 1


def test_the_report_stands_on_the_page_afterwards(tree, tokyo, morning, centre, seen):
    page = add_festa(tree, "交流フェスタ", sessions=[(tokyo(2026, 10, 3, 10), None)])
    page.report = [("paragraph", "<p>30を超える団体が集まりました。</p>")]
    page.save_revision().publish()
    words = seen(page)
    assert "30を超える団体が集まりました。" in words
    assert "この催しは終わりました。" in words
