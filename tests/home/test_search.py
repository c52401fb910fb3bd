"""The search page: what a reader's words find, and what is said when they find nothing."""

from datetime import date

import pytest
import time_machine
from bs4 import BeautifulSoup
from wagtail.models import Locale, PageViewRestriction

from activities.models import MagazineArticle, MagazineIssuePage, PdfPageText, PdfReading
from center.models import CentreDocument
from center.models.media import CleanContent
from config.builders import (
    add_event,
    add_grant,
    add_group,
    add_lecture,
    add_magazine,
    add_match,
    add_news,
    add_page,
)
from home.models import StandardPage
from home.search import LONGEST_QUERY, cleaned_query

NASTY = [
    '"',
    "'",
    "   ",
    "\x00",
    "a\x00b",
    "*",
    "(",
    "AND OR NOT",
    "助成金 AND",
    'NEAR("助成金" "団体", 3)',
    "title:助成金",
    "-助成金",
    "^助成金",
    "%",
    "\\",
    "<script>alert(1)</script>",
    "{{ 7 }}",
    "'; DROP TABLE wagtailcore_page; --",
    "\ud7a4",
    "\U0001f600",
    "゛゜",
    "ーーーー",
    "〜",
    "・",
    "a" * 5000,
    "助" * 5000,
    "あ い う え お か き く け こ さ し す せ そ た ち つ て と",
]


BROKEN = ["q=%FF%FE", "q=%E3%81", "q=a&q=b", "q[]=x", "q=x&p=9999999999999999999999", "q=x&type=%00"]


@pytest.fixture
def read(tree, client, tokyo):
    """Search as anybody would, on 2026-11-24."""

    def ask(query: str, path: str = "/search/", **parts: str) -> BeautifulSoup:
        with time_machine.travel(tokyo(2026, 11, 24, 9), tick=False):
            response = client.get(path, {"q": query} | parts)
        assert response.status_code == 200
        return BeautifulSoup(response.content, "html.parser")

    return ask


def words(tag) -> str:
    return " ".join(tag.get_text(" ", strip=True).split())


def titles(page: BeautifulSoup) -> list[str]:
    return [link.get_text() for link in page.select(".hits h3 a")]


def test_a_word_inside_a_sentence_is_found_and_marked(read, tree):
    add_group(tree, "おはなしの木", summary="図書館と児童センターで、絵本の読み聞かせをしています。")
    page = read("児童センター")
    assert words(page.h1) == "「児童センター」でさがしました"
    assert words(page.select_one(".head__lead")) == "1件見つかりました。"
    hit = page.select_one(".hits li")
    assert words(hit.h3) == "おはなしの木" and words(hit.select_one(".kind")) == "団体"
    assert [mark.get_text() for mark in hit.select("mark")] == ["児童センター"]
    assert page.select_one("#s-q")["value"] == "児童センター"


def test_a_word_deep_in_the_text_is_shown_in_its_sentence(read, tree):
    body = [{"type": "paragraph", "value": f"<p>{'はじめの話。' * 60}最後に<b>見守り</b>隊の話。</p>"}]
    add_news(tree, "今月の話", body=body)
    text = read("見守り").select_one(".hits li p:last-child")
    assert text.mark.get_text() == "見守り" and text.get_text().startswith("…")
    assert len(text.get_text()) < 130


def test_every_kind_says_the_one_fact_that_counts(read, tree, tokyo):
    add_event(tree, "花の催し", sessions=[(tokyo(2026, 11, 1, 9), None), (tokyo(2026, 12, 5, 9), None)])
    add_event(tree, "花の中止", sessions=[(tokyo(2026, 12, 5, 9), None)], state="cancelled")
    add_lecture(tree, "花の講座", sessions=[(tokyo(2026, 10, 5, 9), None)])
    add_grant(tree, "花の助成", closes_on=date(2026, 11, 30))
    add_grant(tree, "花の小さな助成", is_always_open=True)
    add_news(tree, "花の募集", kind="call", deadline_on=date(2026, 12, 1))
    add_news(tree, "花の報告", kind="report", published_on=date(2026, 11, 20))
    add_match(tree, "花の道具", open_until_on=date(2026, 12, 31))
    add_magazine(tree, 56, date(2020, 3, 1), summary="花の特集")
    add_page(tree.services, StandardPage(title="花の相談", slug="flowers"))
    hits = read("花").select(".hits li")
    facts = {hit.h3.get_text(): words(hit.select_one(".row__labels")) for hit in hits}
    assert facts == {
        "花の催し": "催し 12月5日（土）",
        "花の中止": "催し 中止",
        "花の講座": "講座 10月5日（月）",
        "花の助成": "助成金 締切 11月30日（月）、あと6日",
        "花の小さな助成": "助成金 いつでも",
        "花の募集": "募集 締切 12月1日（火）、あと7日",
        "花の報告": "報告 11月20日（金）",
        "花の道具": "ほしい・あるよ 締切 12月31日（木）、あと37日",
        "あしすとぱぁく 第56号": "広報誌 2020年3月1日（日）",
        "花の相談": "案内",
    }


def test_what_was_found_can_be_narrowed_by_its_kind(read, tree, tokyo):
    add_grant(tree, "花の助成", closes_on=date(2026, 11, 30))
    add_lecture(tree, "花の講座", sessions=[(tokyo(2026, 12, 5, 9), None)])
    add_page(tree.services, StandardPage(title="花の相談", slug="flowers"))
    page = read("花")
    chips = {words(link): link["href"] for link in page.select(".chips a")}
    assert list(chips) == ["すべて 3", "催し・講座 1", "助成金 1", "案内 1"]
    assert words(page.select_one(".chips [aria-current]")) == "すべて 3"
    narrowed = read("花", type="grant")
    assert titles(narrowed) == ["花の助成"]
    assert words(narrowed.select_one(".chips [aria-current]")) == "助成金 1"
    assert titles(read("花", type="page")) == ["花の相談"]
    assert "q=%E8%8A%B1" in chips["助成金 1"] and "type=grant" in chips["助成金 1"]


def test_only_what_everybody_may_read_is_found(read, tree, tokyo):
    add_grant(tree, "花の下書き", live=False)
    hidden = add_grant(tree, "花の会員用")
    PageViewRestriction.objects.create(page=hidden, restriction_type=PageViewRestriction.LOGIN)
    add_grant(tree, "花の助成")
    assert titles(read("花")) == ["花の助成"]


def test_a_translation_is_found_in_its_language_and_the_japanese_page_where_there_is_none(read, tree):
    translated = add_grant(tree, "Flower 助成")
    add_grant(tree, "Flower だけ日本語")
    english = Locale.objects.get(language_code="en")
    for page in (tree.home, tree.grants, translated):
        page.copy_for_translation(english).save_revision().publish()
    page = read("flower", path="/en/search/")
    assert {link["href"].split("/")[1] for link in page.select(".hits h3 a")} == {"en", "grants"}
    marked = [hit.a.get_text() for hit in page.select(".hits li") if "(Japanese only)" in hit.h3.get_text()]
    assert len(titles(page)) == 2 and marked == ["Flower だけ日本語"]


def test_many_finds_come_in_pages_that_keep_the_words(read, tree):
    for number in range(17):
        add_grant(tree, f"花の助成{number}")
    page = read("花", type="grant")
    assert len(titles(page)) == 15
    following = page.select_one(".pages a[rel=next]")["href"]
    assert "p=2" in following and "type=grant" in following and "q=%E8%8A%B1" in following
    assert len(titles(read("花", type="grant", p="2"))) == 2
    assert len(titles(read("花", type="grant", p="99"))) == 2
    assert len(titles(read("花", type="grant", p="x"))) == 15


def test_nothing_found_leads_on(read, tree):
    add_grant(tree, "保険の助成")
    page = read("ぼらんてぃや保険")
    assert words(page.select_one(".head__lead")) == "見つかりませんでした。"
    again = page.find("section", attrs={"aria-labelledby": "h-none"}).select_one("a.go")
    assert words(again) == "「保険」でさがしなおす（1件）"
    assert titles(read("保険")) == ["保険の助成"] and "q=%E4%BF%9D%E9%99%BA" in again["href"]
    assert page.select_one("main a[href='/services/']") and page.select_one("main .fields a[href='/groups/']")


def test_without_words_it_asks_for_some(read):
    page = read("")
    assert words(page.h1) == "サイトの中をさがす"
    assert not page.select(".hits, .chips") and "見つかりませんでした" not in words(page.main)


@pytest.mark.parametrize("narrowing", ["", "grant", "nothing"])
def test_whatever_is_typed_is_only_words(client, tree, narrowing):
    add_grant(tree, "花の助成金")
    for query in NASTY:
        response = client.get("/search/", {"q": query, "type": narrowing, "p": "-1"})
        assert response.status_code == 200, query
        assert not BeautifulSoup(response.content, "html.parser").select("main script"), query


def test_broken_addresses_are_answered(client, tree):
    for query in BROKEN:
        assert client.get(f"/search/?{query}").status_code == 200, query


def test_a_search_is_not_for_other_searches(read):
    assert read("花").select_one("meta[name=robots]")["content"] == "noindex"


def test_only_reading_is_answered(client, tree):
    assert client.post("/search/", {"q": "花"}).status_code == 405


def test_words_are_tidied_before_they_are_looked_for():
    assert cleaned_query("  助成金\x00\n\t NPO ") == "助成金 NPO"
    assert len(cleaned_query("あ" * 1000)) == LONGEST_QUERY


def test_finds_cost_as_many_queries_however_many_events_there_are(client, tree, tokyo, django_assert_max_num_queries):
    for number in range(3):
        add_event(tree, f"花の催し{number}", sessions=[(tokyo(2026, 12, 5, 9), None)])
    client.get("/search/?q=花")
    with django_assert_max_num_queries(18) as few:
        client.get("/search/?q=花")
    for number in range(9):
        add_event(tree, f"花の行事{number}", sessions=[(tokyo(2026, 12, 5, 9), None)])
    with django_assert_max_num_queries(len(few)):
        client.get("/search/?q=花")


@pytest.fixture
def printed(tree):
    """An issue whose PDF has been read: printed(50, {12: "text of page 12"})."""

    def make(number: int, texts: dict[int, str], **fields) -> MagazineIssuePage:
        pdf = CentreDocument.objects.create(title=f"{number}号", file=CleanContent(b"%PDF-", name="a.pdf"))
        issue = add_magazine(tree, number, date(2018, 9, 1), pdf=pdf, **fields)
        reading, _ = PdfReading.objects.update_or_create(
            document=pdf, defaults={"file_name": pdf.file.name, "state": PdfReading.State.READ, "page_count": 16}
        )
        for page, text in texts.items():
            PdfPageText.objects.create(reading=reading, number=page, text=text)
        return issue

    return make


def test_a_printed_page_is_found_by_its_words_and_leads_to_page_and_issue(read, printed):
    issue = printed(50, {11: "花の話", 12: "町の防災訓練に、百人が集まりました。"})
    page = read("防災訓練")
    assert words(page.select_one(".head__lead")) == "1件見つかりました。"
    section = page.find("section", attrs={"aria-labelledby": "h-printed"})
    assert words(section.h3) == "広報誌 第50号 12ページ（PDF）"
    assert section.h3.a["href"] == f"{issue.pdf.url}#page=12"
    assert [mark.get_text() for mark in section.select("mark")] == ["防災訓練"]
    assert section.select_one("a.go")["href"] == issue.get_url()
    assert "2018年9月1日（土）" in words(section)


def test_printed_pages_of_hidden_issues_are_not_found(read, printed):
    printed(50, {1: "防災訓練"}, live=False)
    members = printed(51, {1: "防災訓練"})
    PageViewRestriction.objects.create(page=members, restriction_type=PageViewRestriction.LOGIN)
    late = printed(52, {1: "防災訓練"})
    late.unpublish()
    page = read("防災訓練")
    assert words(page.select_one(".head__lead")) == "見つかりませんでした。"
    assert not page.find("section", attrs={"aria-labelledby": "h-printed"})


def test_the_search_of_the_magazine_lists_issues_then_every_printed_page(read, printed, tree):
    printed(50, {number: f"花の話 {number}" for number in range(1, 21)}, summary="花の特集")
    add_group(tree, "花の会")
    everything = read("花")
    chips = [words(link) for link in everything.select(".chips a")]
    assert "すべて 22" in chips and "広報誌 21" in chips
    section = everything.find("section", attrs={"aria-labelledby": "h-printed"})
    assert len(section.select("h3")) == 3 and "type=magazine" in section.select("a.go")[-1]["href"]
    first, second = read("花", type="magazine"), read("花", type="magazine", p="2")
    assert titles(first)[0] == "あしすとぱぁく 第50号"
    assert len(titles(first)) == 15 and len(titles(second)) == 6
    assert len(set(titles(first) + titles(second))) == 21


def test_printed_pages_are_found_whatever_the_width_of_letters(read, printed):
    printed(50, {3: "ＮＰＯ法人の①会計、ﾎﾞﾗﾝﾃｨｱの募集"})
    for query in ("NPO", "ボランティア", "会計"):
        assert "第50号 3ページ" in words(read(query).main), query


def test_printed_pages_of_a_japanese_issue_are_found_among_english_pages(read, printed, tree):
    printed(50, {12: "防災訓練"})
    english = Locale.objects.get(language_code="en")
    for page in (tree.home, tree.magazine):
        page.copy_for_translation(english).save_revision().publish()
    page = read("防災訓練", path="/en/search/")
    assert page.select_one("main h3 a")["href"].endswith("#page=12")


def test_an_article_of_an_issue_is_found_and_shown_in_its_sentence(read, tree):
    issue = add_magazine(tree, 56, date(2020, 3, 1), live=False)
    body = [{"type": "paragraph", "value": "<p>図書館で読み聞かせをしています。</p>"}]
    issue.articles = [MagazineArticle(title="団体をたずねて", body=body)]
    issue.save_revision().publish()
    hit = read("読み聞かせ").select_one(".hits li")
    assert words(hit.h3) == "あしすとぱぁく 第56号" and hit.mark.get_text() == "読み聞かせ"
