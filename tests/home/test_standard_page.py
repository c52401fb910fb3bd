"""Plain pages and the page of services."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale

from activities import stand_map
from activities.models import ConsultationService, Equipment, Place, Stand, StandDisplay
from config.builders import add_group, add_page
from home.models import StandardPage


@pytest.fixture
def read(client):
    def at(path: str) -> BeautifulSoup:
        response = client.get(path)
        assert response.status_code == 200
        return BeautifulSoup(response.content, "html.parser")

    return at


def words(tag) -> str:
    return " ".join(tag.get_text(" ", strip=True).split())


def service(tree, title: str, slug: str, **fields) -> StandardPage:
    return add_page(tree.services, StandardPage(title=title, slug=slug, **fields))


def test_a_page_has_its_words_its_way_and_the_phone(read, tree):
    body = [{"type": "paragraph", "value": "<p>帳簿のつけかた。</p>"}]
    service(tree, "会計の相談", "accounting", summary="専門の会計ソフトも。", body=body)
    page = read("/services/accounting/")
    assert words(page.h1) == "会計の相談"
    assert words(page.select_one(".head__lead")) == "専門の会計ソフトも。"
    assert words(page.article) == "帳簿のつけかた。"
    crumbs = [(words(link), link["href"]) for link in page.select(".crumbs a")]
    assert crumbs == [("はじめ", "/"), ("使う・相談する", "/services/")]
    assert page.select_one(".contact h2").get_text() == "わからないときは"


def test_the_pages_of_the_same_subject_stand_beside_it(read, tree):
    service(tree, "会計の相談", "accounting")
    service(tree, "助成金の相談", "grants-advice")
    add_page(tree.services, StandardPage(title="下書き", slug="draft"), live=False)
    beside = read("/services/accounting/").select("nav[aria-labelledby=h-related] a")
    assert [(words(link), link.get("aria-current")) for link in beside] == [
        ("会計の相談", "page"),
        ("助成金の相談", None),
    ]


def test_a_page_right_below_home_stands_alone(read, tree):
    add_page(tree.home, StandardPage(title="個人情報の取り扱い", slug="privacy"))
    add_page(tree.home, StandardPage(title="アクセシビリティ", slug="accessibility"))
    page = read("/privacy/")
    assert not page.select("nav[aria-labelledby=h-related]")
    assert [words(link) for link in page.select(".crumbs a")] == ["はじめ"]


def test_a_page_without_text_says_so(read, tree):
    service(tree, "会計の相談", "accounting")
    assert "まだ文章がありません" in words(read("/services/accounting/").article)


def test_services_are_led_to_with_their_sentence(read, tree):
    service(tree, "会計の相談", "accounting", summary="帳簿のつけかた。")
    row = read("/services/").select_one(".rows > li")
    assert row.a["href"] == "/services/accounting/"
    assert words(row) == "会計の相談 帳簿のつけかた。"


def test_what_a_machine_costs_is_unknown_until_somebody_knows(read, tree):
    Equipment.objects.create(name="印刷機（輪転機）", order=1)
    Equipment.objects.create(name="台車", charge="free", note="2台", order=2)
    machines = read("/services/").select("#equipment dl > div")
    assert words(machines[0]) == "印刷機（輪転機） 料金 未確認"
    assert words(machines[1]).startswith("台車 ") and "未確認" not in words(machines[1]) and "2台" in words(machines[1])


def test_the_places_for_flyers_are_listed(read, tree):
    Stand.objects.create(name="郡山市役所 西庁舎1階", order=1)
    Stand.objects.create(name="各所の情報コーナー", note="電話でお確かめください。", order=2)
    stands = read("/services/").select("#stands li")
    assert [words(stand) for stand in stands] == [
        "郡山市役所 西庁舎1階 いま置いてあるもの 未確認",
        "各所の情報コーナー 電話でお確かめください。 いま置いてあるもの 未確認",
    ]


def test_empty_lists_are_told_in_words(read, tree):
    page = read("/services/")
    assert words(page.main).count("一覧を準備しています。電話でお確かめください。") == 3


def fill_services(tree, start: int, end: int) -> None:
    stand = Stand.objects.create(name=f"場所{start}", latitude="37.4", longitude="140.36")
    for number in range(start, end):
        service(tree, f"相談{number}", f"service-{number}", consultation="accounting" if number % 2 else "")
        Equipment.objects.create(name=f"機械{number}", order=number)
        group = add_group(tree, f"会{number}")
        StandDisplay.objects.create(stand=stand, what="ちらし", group=group, put_up_on=date(2026, 1, 1))


def test_services_cost_as_many_queries_however_many_there_are(client, tree):
    def count() -> int:
        with CaptureQueriesContext(connection) as caught:
            client.get("/services/")
        return len(caught)

    fill_services(tree, 0, 2)
    client.get("/services/")
    few = count()
    fill_services(tree, 2, 14)
    assert count() == few


# Consultations: what is known, what is not, and the way to the form


def test_a_consultation_leads_to_its_form_and_says_what_is_unknown(read, tree):
    service(tree, "会計の相談", "accounting", consultation="accounting")
    page = read("/services/accounting/")
    assert page.select_one('a[href="/services/request/?kind=accounting"]')
    facts = [words(row) for row in page.select("section[aria-labelledby=ask-h] dl > div")]
    assert facts[:2] == ["ひらく日・やりかた 未確認 電話でお確かめください。", "出前（こちらから出かけること） 未確認"]
    assert "「出前」ができるサービス： 未確認" in words(read("/services/").select_one("#consultations"))


def test_the_mark_shows_once_staff_have_said_so(read, tree):
    service(tree, "会計の相談", "accounting", consultation="accounting")
    service(tree, "助成金の相談", "grants-advice", consultation="grants")
    ConsultationService.objects.create(kind="accounting", makes_visits="yes", note="平日の午後")
    ConsultationService.objects.create(kind="grants", makes_visits="no")
    rows = [words(row) for row in read("/services/").select("#consultations li")]
    assert rows == ["出前 団体のところへ出かけます。 会計の相談", "助成金の相談"]
    assert "未確認" not in words(read("/services/").select_one("#consultations"))
    facts = words(read("/services/accounting/").select_one("section[aria-labelledby=ask-h] dl"))
    assert "平日の午後" in facts and "出前 団体のところへ出かけます。" in facts
    assert "センターへお越しください。" in words(read("/services/grants-advice/"))


def test_a_machine_that_goes_out_says_so(read, tree):
    Equipment.objects.create(name="台車", charge="paid", fee="1日100円", makes_visits="yes")
    machine = words(read("/services/").select_one("#equipment dl > div"))
    assert "1日100円" in machine and "出前 団体のところへ持っていけます。" in machine


# What is on display


def displayed(read) -> list[str]:
    return [words(row) for row in read("/services/").select("#stands .plain li")]


def test_what_is_on_display_comes_and_goes_by_its_days(read, tree, tokyo):
    stand = Stand.objects.create(name="西庁舎1階")
    days = {"put_up_on": date(2026, 11, 20), "take_down_on": date(2026, 11, 24)}
    StandDisplay.objects.create(stand=stand, what="もちつきのちらし", group_name="大槻の会", **days)
    seen = {}
    for moment in ((19, 23), (20, 0), (24, 23), (25, 0)):
        with time_machine.travel(tokyo(2026, 11, *moment), tick=False):
            seen[moment] = displayed(read)
    shown = ["もちつきのちらし（大槻の会） 11月24日（火）まで"]
    assert seen == {(19, 23): [], (20, 0): shown, (24, 23): shown, (25, 0): []}


def test_a_hidden_group_is_not_named_at_a_stand(read, tree):
    group = add_group(tree, "まだ出さない会", live=False)
    shown = add_group(tree, "おはなしの木")
    stand = Stand.objects.create(name="西庁舎1階")
    for one in (group, shown):
        StandDisplay.objects.create(stand=stand, what="ちらし", group=one, put_up_on=date(2026, 1, 1))
    page = read("/services/")
    assert "まだ出さない会" not in words(page)
    assert [link.get_text() for link in page.select("#stands .plain a")] == ["おはなしの木"]


def test_a_display_does_not_end_before_it_begins():
    display = StandDisplay(put_up_on=date(2026, 11, 20), take_down_on=date(2026, 11, 19))
    with pytest.raises(ValidationError):
        display.clean()


# The map


def test_stands_with_a_position_are_numbered_on_the_map_and_in_the_list(read, tree):
    house = Place.objects.create(name="西庁舎", latitude="37.400098", longitude="140.358288")
    Stand.objects.create(name="西庁舎1階", place=house, order=1)
    Stand.objects.create(name="ビッグアイ", latitude="37.399825", longitude="140.388225", order=2)
    Stand.objects.create(name="その他", order=3)
    section = read("/services/").select_one("#stands")
    assert [mark.get_text() for mark in section.select("svg .map__number")] == ["1", "2"]
    assert [words(mark) for mark in section.select("ol .map-number")] == ["地図の番号 1", "地図の番号 2"]
    assert section.svg["role"] == "img" and section.svg.title.get_text() == "情報スタンドの場所"
    hosts = {link["href"].split("/")[2] for link in section.select("a[rel=external]")}
    assert hosts == {"maps.gsi.go.jp"} and not section.select("img, iframe")


def test_there_is_no_map_without_a_position(read, tree):
    Stand.objects.create(name="その他")
    assert not read("/services/").select("#stands svg.map")


@pytest.mark.django_db
def test_the_map_keeps_directions_and_distances():
    west, east = (Decimal("37.400098"), Decimal("140.358288")), (Decimal("37.399825"), Decimal("140.388225"))
    drawn = stand_map.drawn([(1, west), (2, east)])
    one, two = drawn.marks
    assert one.x < two.x and one.y < two.y  # the second lies east, and a little to the south
    assert 0 < one.x < drawn.width and 0 < two.x < drawn.width
    kilometres = (two.x - one.x) / drawn.bar * float(drawn.bar_words.removesuffix(" km"))
    assert 2.5 < kilometres < 2.8  # about 2.64 km


@pytest.mark.django_db
def test_two_stands_in_one_house_share_a_mark():
    here = (Decimal("37.4"), Decimal("140.36"))
    assert [mark.words for mark in stand_map.drawn([(1, here), (2, here)]).marks] == ["1・2"]


def test_an_untranslated_service_is_listed_as_japanese(read, tree):
    service(tree, "会計の相談", "accounting")
    english = Locale.objects.get(language_code="en")
    for page, alias in ((tree.home, False), (tree.services, False), (StandardPage.objects.get(), True)):
        copy = page.copy_for_translation(english, alias=alias)
        if not alias:
            copy.save_revision().publish()
    row = read("/en/services/").select_one(".rows > li")
    assert words(row.a) == "会計の相談 (Japanese only)" and row.a.span["lang"] == "ja"
