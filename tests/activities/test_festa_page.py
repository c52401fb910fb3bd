"""The page of one festa, as a citizen reads it."""

from datetime import date, time

import pytest

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


def test_an_exhibitor_whose_page_is_not_public_is_not_named(tree, tokyo, morning, centre, client):
    page = add_festa(tree, "交流フェスタ", sessions=[(tokyo(2027, 2, 6, 10), None)])
    FestaExhibitor.objects.create(page=page, group=add_group(tree, "見せない会", live=False))
    assert "見せない会" not in client.get(page.get_url()).content.decode()


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
    assert f"{word} 出展の募集" in words
    assert "活動を紹介する団体を募集します。" in words


def test_the_report_stands_on_the_page_afterwards(tree, tokyo, morning, centre, seen):
    page = add_festa(tree, "交流フェスタ", sessions=[(tokyo(2026, 10, 3, 10), None)])
    page.report = [("paragraph", "<p>30を超える団体が集まりました。</p>")]
    page.save_revision().publish()
    words = seen(page)
    assert "30を超える団体が集まりました。" in words
    assert "この催しは終わりました。" in words
