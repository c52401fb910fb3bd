"""The frame of every public page: languages, addresses, what is not known, and nothing inline."""

import re

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.test import Client, RequestFactory
from wagtail.models import Locale, Page, PageViewRestriction

from center.models import CentreSettings
from config.builders import add_page
from config.faults import server_error
from home.models import StandardPage

PUBLIC_PAGES = ["/", "/plan/", "/services/", "/privacy/", "/search/", "/search/?q=助成金", "/en/search/", "/nowhere/"]


@pytest.fixture
def privacy(tree) -> StandardPage:
    return add_page(
        tree.home, StandardPage(title="個人情報の取り扱い", slug="privacy", summary="何に使い、いつ消すか。")
    )


@pytest.fixture
def facts(db) -> CentreSettings:
    row = CentreSettings.load()
    row.nickname, row.nickname_en = "アシストパーク郡山", "Assist Park Koriyama"
    row.name, row.address = "郡山市 市民活動サポートセンター", "郡山市朝日1-23-7"
    row.phone = row.fax = "024-924-3352"
    row.save()
    return row


def soup(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def translate(page: Page, language: str, *, live: bool = True) -> Page:
    copy = page.copy_for_translation(Locale.objects.get(language_code=language))
    if live:
        copy.save_revision().publish()
    return copy


@pytest.mark.parametrize("path", PUBLIC_PAGES)
def test_public_pages_carry_no_inline_style_or_script(client, privacy, path):
    page = soup(client.get(path))
    assert not page.select("style, [style], script:not([src])")
    assert not [tag for tag in page.find_all(True) for name in tag.attrs if name.startswith("on")]
    assert not re.search(r'href="javascript:', str(page))


@pytest.mark.parametrize("path", PUBLIC_PAGES)
def test_reading_gives_no_cookie_and_asks_no_other_site(client, privacy, path):
    response = client.get(path)
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")
    page = soup(response)
    loaded = [tag["href"] for tag in page.select("link[rel=stylesheet], link[rel=icon]")]
    assert loaded and all(address.startswith("/static/") for address in loaded)
    assert not page.select("img[src^=http], iframe")
    assert all(script["src"].startswith("/static/centre/") for script in page.select("script"))


@pytest.mark.parametrize(
    ("path", "lang"), [("/", "ja"), ("/search/", "ja"), ("/en/search/", "en"), ("/ja-x-easy/search/", "ja")]
)
def test_the_page_names_its_language(client, tree, path, lang):
    assert soup(client.get(path)).html["lang"] == lang


def test_unknown_hours_address_and_phone_are_said_to_be_unknown(client, tree):
    foot = soup(client.get("/services/")).select_one("footer address").parent
    assert [stamp.get_text() for stamp in foot.select(".stamp--unknown")] == ["未確認", "未確認", "未確認"]
    assert "お出かけの前に、電話でお確かめください" in foot.get_text()


def test_known_facts_stand_in_the_foot_and_beside_the_text(client, tree, facts):
    facts.hours = "火曜〜土曜　9時〜21時"
    facts.save()
    page = soup(client.get("/services/"))
    assert "火曜〜土曜　9時〜21時" in page.footer.get_text()
    assert not page.select("footer .stamp--unknown")
    assert page.select_one("footer a.tel")["href"] == "tel:0249243352"
    assert page.select_one(".contact a.tel").get_text() == "024-924-3352"


def test_the_head_says_what_the_page_is(client, privacy, facts):
    page = soup(client.get("/privacy/?utm_source=x"))
    assert page.title.get_text() == "個人情報の取り扱い｜アシストパーク郡山"
    assert page.select_one("meta[name=description]")["content"] == "何に使い、いつ消すか。"
    assert page.select_one("meta[property='og:title']")["content"] == "個人情報の取り扱い"
    assert page.select_one("meta[property='og:description']")["content"] == "何に使い、いつ消すか。"
    assert page.select_one("link[rel=canonical]")["href"] == "https://assist-park.example/privacy/"
    assert "https://assist-park.example/privacy/" in page.select_one(".print-address").get_text()


def test_a_title_with_quotes_does_not_break_the_head(client, tree):
    add_page(tree.home, StandardPage(title='"><b>太字</b>', slug="quotes"))
    page = soup(client.get("/quotes/"))
    assert page.select_one("meta[property='og:title']")["content"] == '"><b>太字</b>'
    assert not page.head.select("b") and not page.h1.select("b")


def test_the_menu_says_where_one_is(client, tree):
    menu = soup(client.get("/services/")).select_one("nav.menu")
    assert [link.get_text(strip=True) for link in menu.select("[aria-current]")] == ["使う・相談する"]
    assert [link["href"] for link in menu.select("a")][:3] == ["/events/", "/groups/", "/grants/"]


def languages(response) -> dict[str, str]:
    links = soup(response).select(".mast__tools .langs a")
    return {link.get_text(): link["href"] for link in links}


def test_a_language_without_public_pages_is_not_offered(client, privacy):
    assert languages(client.get("/privacy/")) == {}


def test_the_language_switch_leads_to_the_translation_of_the_page(client, tree, privacy):
    translate(tree.home, "en")
    translate(privacy, "en")
    page = client.get("/privacy/")
    assert languages(page) == {"English": "/en/privacy/"}
    assert soup(page).select_one("link[rel=alternate][hreflang=en]")["href"] == f"{settings.SITE_URL}/en/privacy/"
    english = client.get("/en/privacy/")
    assert soup(english).html["lang"] == "en"
    assert languages(english) == {"日本語": "/privacy/"}


def test_without_a_translation_it_leads_to_the_home_page_of_that_language(client, tree, privacy):
    translate(tree.home, "en")
    translate(privacy, "en", live=False)
    page = client.get("/privacy/")
    assert languages(page) == {"English": "/en/"}
    assert not soup(page).select("link[rel=alternate]")


def test_a_translation_that_is_not_for_everybody_is_not_offered(client, tree, privacy):
    translate(tree.home, "en")
    english = translate(privacy, "en")
    PageViewRestriction.objects.create(page=english, restriction_type=PageViewRestriction.LOGIN)
    assert languages(client.get("/privacy/")) == {"English": "/en/"}


def test_a_screen_that_is_no_page_switches_to_itself(client, tree):
    assert languages(client.get("/search/?q=NPO")) == {
        "English": "/en/search/?q=NPO",
        "やさしい日本語": "/ja-x-easy/search/?q=NPO",
    }


def test_an_english_menu_leads_to_english_pages_where_there_are_some_and_says_where_not(client, tree):
    translate(tree.home, "en")
    translate(tree.grants, "en")
    menu = soup(client.get("/en/search/")).select_one("nav.menu")
    links = {link["href"]: link.get_text(strip=True) for link in menu.select("a")}
    assert links["/en/grants/"] == "Grants"
    assert links["/events/"] == "Events and lectures（日本語）"
    assert "/en/mail/" in links and "/en/notices/new/" in links


@pytest.mark.parametrize("language", ["", "/en", "/ja-x-easy"])
def test_no_link_of_the_frame_leads_to_a_page_that_is_missing(client, tree, privacy, language):
    for slug in ("accessibility", "contact"):
        add_page(tree.home, StandardPage(title=slug, slug=slug))
    page = soup(client.get(f"{language}/search/"))
    pages = {link["href"] for link in page.select("nav a, .plate") if "#" not in link["href"]}
    wagtail = {path for path in pages if not re.search("/(mail|notices|search|open-data)/", path)}
    assert wagtail and {path: client.get(path).status_code for path in wagtail} == dict.fromkeys(wagtail, 200)


def test_a_made_up_page_says_so_above_everything(client, tree):
    add_page(tree.home, StandardPage(title="見本の案内", slug="made-up", is_sample=True))
    page = soup(client.get("/made-up/"))
    assert "つくりもの" in page.select_one(".sample-strip").get_text()
    assert page.h1.select_one(".sample").get_text() == "見本"
    assert not soup(client.get("/services/")).select(".sample-strip")


def test_only_staff_see_the_bar_of_the_editor(client, tree, staff):
    assert "wagtail-userbar" not in client.get("/services/").content.decode()
    client.force_login(staff)
    page = soup(client.get("/services/"))
    assert page.select_one("wagtail-userbar")
    assert not [script for script in page.select("script:not([src])") if script.get("type") != "application/json"]
    assert not page.select("style, [style]")


def test_a_wrong_address_is_answered_in_words_with_a_way_on(client, tree, facts):
    response = client.get("/nowhere/")
    assert response.status_code == 404
    page = soup(response)
    assert page.h1.get_text() == "ここには、もう貼ってありません"
    assert page.select_one("main form[role=search]")["action"] == "/search/"
    assert page.select_one("main .fields a[href='/events/']")


def test_a_form_from_elsewhere_is_refused_in_words(tree, facts):
    response = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "x"})
    assert response.status_code == 403
    assert "まだ何も送られていません" in response.content.decode()


def test_the_page_for_our_own_faults_has_a_search_and_the_phone_and_needs_no_database():
    response = server_error(RequestFactory().get("/"))  # without the fixture for it the database would refuse
    assert response.status_code == 500
    page = soup(response)
    assert "こちらの側の問題です" in page.get_text()
    assert page.select_one("main form[role=search]")["action"] == "/search/"
    assert page.select_one("main a.tel")["href"] == "tel:0249243352"


def test_a_frame_costs_few_queries(client, privacy, django_assert_max_num_queries):
    client.get("/privacy/")
    with django_assert_max_num_queries(10):
        client.get("/privacy/")


def test_a_page_that_only_repeats_the_japanese_one_says_so_and_is_no_translation(client, tree, privacy):
    english = Locale.objects.get(language_code="en")
    tree.home.copy_for_translation(english).save_revision().publish()
    privacy.copy_for_translation(english, alias=True)
    page = soup(client.get("/en/privacy/"))
    assert page.html["lang"] == "en" and page.h1["lang"] == "ja" and page.article["lang"] == "ja"
    assert "(Japanese only)" in page.select_one(".head").get_text()
    assert page.select_one("link[rel=canonical]")["href"] == "https://assist-park.example/privacy/"
    japanese = client.get("/privacy/")
    assert languages(japanese) == {"English": "/en/privacy/"}
    assert not soup(japanese).select("link[rel=alternate]")
