"""The lists of events, groups, grants, news, posts and issues: what stands in them, in what order, at what cost."""

import io
import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from activities import grant_board, group_directory, lists, magazine_shelf, news_board
from activities.models import ActivityField, Area, GrantApplicant, MagazineArticle, NewsKind, PdfReading
from center.models import CentreDocument, CentreImage
from center.models.media import CleanContent
from config.builders import (
    add_grant,
    add_group,
    add_magazine,
    add_match,
    add_news,
)

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


def test_every_condition_of_the_directory_can_be_taken_off(tree, morning, client, seen):
    nature, _ = ActivityField.objects.get_or_create(slug="nature", defaults={"name": "環境", "order": 5})
    add_group(tree, "花の会", kana="はなのかい", kind="npo")
    html = client.get("/groups/?field=nature&kind=npo&kana=は").content.decode()
    assert f'<a class="go" href="?kind=npo&amp;kana=%E3%81%AF">「{nature}」をはずす</a>' in html
    assert '<a class="go" href="?field=nature&amp;kind=npo">「は行」をはずす</a>' in html
    assert "0団体" in seen("/groups/?field=nature&kind=npo")
    assert '<a class="go" href="?">すべての団体を見る</a>' in html


def test_the_directory_leads_to_the_fields_that_have_groups(tree, morning, client):
    nature, _ = ActivityField.objects.get_or_create(slug="nature", defaults={"name": "環境", "order": 5})
    ActivityField.objects.get_or_create(slug="empty-field", defaults={"name": "だれもいない分野", "order": 6})
    group = add_group(tree, "花の会", kana="はなのかい")
    group.activity_fields = [nature]
    group.save_revision().publish()
    html = client.get("/groups/").content.decode()
    fields = html[html.index('aria-labelledby="h-fields"') :]
    assert f'<a href="?field=nature">{nature} <span>1団体</span></a>' in fields
    assert 'href="?field=empty-field"' not in fields


def test_a_group_is_no_longer_marked_after_its_last_day_of_looking(tree, morning, client):
    add_group(tree, "締めた会", kana="しめたかい", is_recruiting=True, recruiting_until_on=date(2026, 11, 23))
    row = client.get("/groups/").content.decode()
    assert "なかま募集中" not in row[row.index('class="rows"') :]


# Grants


def test_grants_that_open_later_come_last_with_their_day(tree, morning, rows, seen):
    add_grant(tree, "いつでも助成", is_always_open=True)
    add_grant(tree, "来月からの助成", opens_on=date(2026, 12, 1), closes_on=date(2026, 12, 5))
    add_grant(tree, "春からの助成", opens_on=date(2027, 3, 1))
    add_grant(tree, "いまの助成", opens_on=date(2026, 11, 24), closes_on=date(2026, 12, 5))
    assert rows("/grants/") == ["いまの助成", "いつでも助成", "来月からの助成", "春からの助成"]
    words = seen("/grants/")
    assert "これから受付　2件" in words and "12月1日（火）から募集" in words and "2027年3月1日（月）から募集" in words
    assert "締切まであと11日" in words


def test_the_sections_of_grants_hold_their_numbers_on_every_page(tree, morning, rows, seen):
    for number in range(19):
        add_grant(tree, f"もうすぐ助成{number:02}", closes_on=date(2026, 11, 25))
    for number in range(3):
        add_grant(tree, f"あとの助成{number}", closes_on=date(2027, 1, 25))
    assert "募集中　3件" in seen("/grants/")
    assert rows("/grants/?p=2") == ["あとの助成1", "あとの助成2"]
    assert "募集中　3件" in seen("/grants/?p=2")


def test_grants_are_narrowed_by_their_amount_and_widened_again(tree, morning, rows, client):
    for title, amount in (("十万", 100_000), ("五十万", 500_000), ("五十一万", 510_000), ("不明", None)):
        add_grant(tree, title, closes_on=date(2026, 12, 1), amount_upper=amount)
    assert rows("/grants/?amount=10") == ["十万"]
    assert rows("/grants/?amount=50") == ["五十万"]
    assert rows("/grants/?amount=over") == ["五十一万"]
    assert len(rows("/grants/?amount=gold")) == 4
    html = client.get("/grants/?amount=over&who=npo").content.decode()
    assert '<a class="go" href="?who=npo">「50万円より多い」をはずす</a>' in html
    assert "この条件に合う助成金は、いまはありません" in html


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


def test_a_closed_call_says_so_in_the_list_and_open_ones_can_be_had_alone(tree, morning, rows, seen):
    add_news(tree, "終わった募集", kind=NewsKind.CALL, deadline_on=date(2026, 11, 23))
    add_news(tree, "閉めた募集", kind=NewsKind.CALL, is_closed=True)
    add_news(tree, "あとの募集", kind=NewsKind.CALL, deadline_on=date(2026, 12, 20))
    add_news(tree, "今日までの募集", kind=NewsKind.CALL, deadline_on=date(2026, 11, 24))
    add_news(tree, "報告", kind=NewsKind.REPORT)
    assert seen("/news/").count("締め切りました") == 2
    assert rows("/news/?open=1") == ["今日までの募集", "あとの募集"]


def test_news_of_earlier_years_stay_to_be_found(tree, morning, rows, client):
    add_news(tree, "去年の報告", kind=NewsKind.REPORT, published_on=date(2025, 10, 30))
    add_news(tree, "去年の募集", kind=NewsKind.CALL, published_on=date(2025, 10, 31))
    add_news(tree, "今年の報告", kind=NewsKind.REPORT, published_on=date(2026, 1, 1))
    assert rows("/news/?year=2025") == ["去年の募集", "去年の報告"]
    assert rows("/news/?year=2025&kind=report") == ["去年の報告"]
    assert len(rows("/news/?year=1999")) == 3
    html = client.get("/news/?year=2025&kind=report").content.decode()
    assert '<a class="go" href="?kind=report">「2025年」をはずす</a>' in html
    assert '<a href="?kind=report&amp;year=2026">2026年</a>' in html


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
    """Issues whose covers were made from their PDFs."""
    picture = io.BytesIO()
    Image.new("RGB", (360, 509), "#0c472a").save(picture, "JPEG")
    for number in range(1, count + 1):
        pdf = CentreDocument.objects.create(title="紙面", file=CleanContent(b"%PDF-", name="a.pdf"))
        issue = add_magazine(tree, number, date(2010, 3, 1) + timedelta(days=91 * number), pdf=pdf)
        cover = CentreImage.objects.create(title="表紙", file=CleanContent(picture.getvalue(), name="a.jpg"))
        PdfReading.objects.filter(document=pdf).update(state=PdfReading.State.READ, cover=cover, page_count=8)
        MagazineArticle.objects.create(page=issue, title="記事")


@pytest.mark.parametrize(
    ("address", "fill"),
    [
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
        ("groups", group_directory.groups_at, fill_groups),
        ("grants", grant_board.grants_at, fill_grants),
        ("news", news_board.news_at, fill_news),
        ("matching", lists.matches_at, fill_posts),
        ("magazine", magazine_shelf.magazine_at, fill_magazine),
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
