"""Plain pages and the page of services."""

import pytest
from bs4 import BeautifulSoup
from wagtail.models import Locale

from activities.models import Equipment, Stand
from config.builders import add_page
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
    assert [words(stand) for stand in stands] == ["郡山市役所 西庁舎1階", "各所の情報コーナー 電話でお確かめください。"]


def test_empty_lists_are_told_in_words(read, tree):
    page = read("/services/")
    assert words(page.main).count("一覧を準備しています。電話でお確かめください。") == 3


def test_services_cost_few_queries_however_many_there_are(client, tree, django_assert_max_num_queries):
    for number in range(12):
        service(tree, f"相談{number}", f"service-{number}")
        Equipment.objects.create(name=f"機械{number}", order=number)
    client.get("/services/")
    with django_assert_max_num_queries(14):
        client.get("/services/")


def test_an_untranslated_service_is_listed_as_japanese(read, tree):
    service(tree, "会計の相談", "accounting")
    english = Locale.objects.get(language_code="en")
    for page, alias in ((tree.home, False), (tree.services, False), (StandardPage.objects.get(), True)):
        copy = page.copy_for_translation(english, alias=alias)
        if not alias:
            copy.save_revision().publish()
    row = read("/en/services/").select_one(".rows > li")
    assert words(row.a) == "会計の相談 (Japanese only)" and row.a.span["lang"] == "ja"
