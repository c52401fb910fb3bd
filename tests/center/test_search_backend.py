"""The site's search: Japanese found inside sentences, nothing typed can break it, the best match first.

Runs on the database of the test settings; with TEST_DATABASE_URL the same tests hold on PostgreSQL.
"""

from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from modelsearch.backends.base import FilterFieldError, SearchFieldError
from wagtail.models import Page
from wagtail.search import index
from wagtail.search.backends import get_search_backend
from wagtail.search.query import MATCH_ALL, And, Boost, Not, Or, Phrase, PlainText
from wagtail.search.utils import parse_query_string

from center.japanese.characters import fold
from center.japanese.search_backend import SearchBackend

pytestmark = pytest.mark.django_db

SENTENCES = [
    "地域のつながりをつくる活動への助成金です。町内会、任意団体、NPO法人が申し込めます",
    "はじめての団体会計（全3回）アシストパーク郡山 西庁舎3階",
    "市民活動サポートセンターからのお知らせ、開館時間と休館日",
    "防災ごはんを作ってみよう、炊き出しと救急箱の点検",
    "子どもの居場所づくり、ｺﾄﾞﾓ食堂の手伝いを募集",
    "ＳＮＳのはじめ方30分相談会をオンラインで",
    "市民活動交流フェスタ2026、出展団体の受付は9月1日から",
    "市民活動交流サロン 年の瀬の茶話会",
    "いきいき百歳体操をやってみる会",
    "昔あそびと紙芝居の一日、ニコニコこども館",
    "冬のおくりもの音楽会、手話通訳あり",
    "広報誌あしすとぱぁく第56号、クラウドファンディングの特集",
    "セーフコミュニティと交通安全、交差点の見守り",
    "印刷機（輪転機）と紙折り機、コピー機の使い方",
    "企業のCSRとプロボノ、ほしい・あるよのマッチング",
    "佐々木さんと髙橋さんの絵本の読み聞かせ",
    "緑ヶ丘町内会の木戸前清掃と花だん",
    "サーバー当番とホームページの更新、Volunteers wanted",
]

SAMPLE_QUERIES = [
    *("助成", "助成金", "町内会", "任意団体", "NPO", "npo法人", "ＮＰＯ法人", "つながり", "申し込"),
    *("会計", "団体会計", "全3回", "アシストパーク", "あしすとぱーく", "ｱｼｽﾄﾊﾟｰｸ", "郡山", "西庁舎", "3階"),
    *("市民活動", "サポートセンター", "さぽーとせんたー", "開館時間", "休館日", "お知らせ"),
    *("防災", "ごはん", "炊き出し", "救急", "子ども", "こども食堂", "居場所", "募集"),
    *("SNS", "sns", "相談会", "オンライン", "フェスタ", "出展", "受付", "2026", "サロン", "茶話会", "百歳体操"),
    *("紙芝居", "こども館", "音楽会", "手話", "手話通訳", "広報誌", "第56号", "クラウドファンディング"),
    *(
        "交通安全",
        "見守り",
        "印刷機",
        "輪転機",
        "コピー機",
        "ＣＳＲ",
        "プロボノ",
        "マッチング",
        "佐佐木",
        "高橋",
        "緑ケ丘",
    ),
]

NASTY_QUERIES = [
    *('"', '""', '"助成金', '助成金"', "'", "''", "*", "**", "助成*", "*助成", "-", "--", "-助成金"),
    *("   ", " 　 ", "\t\n", "\x00", "助成\x00金", "\ufeff", "\u200b", "\ud7a3", "\U000e0100", "\U0002a6a5"),
    *("NEAR(", "NEAR(助成 金, 5)", "AND", "OR", "NOT", "AND OR", "助成金 AND", "NOT 助成金"),
    *("(", ")", "(助成金", "((()))", "title:助成", "{title}: x", "^助成", "助成 + 金", "col : x"),
    *("\\", "\\'", "'; DROP TABLE x; --", "%", "%s", "%(a)s", "_", "& | ! <->", ":*", "a:*b"),
    *("😀", "👨‍👩‍👧", "助成金😀", "﷽", "ﷺ" * 300, "々", "ー", "ゝ", "、。・", "½", "Ⅳ", "㈱"),
    *("é", "İ", "ß", "ا", "한국어", "ไทย"),
    *("a" * 10_000, "あ" * 10_000, "助成金 " * 3_000, '"' * 10_000, "(" * 10_000, "a " * 10_000, '"a" ' * 5_000),
]


def add_pages(*titles, live=True):
    root = Page.get_first_root_node()
    return [root.add_child(instance=Page(title=title, slug=f"s-{uuid4()}", live=live)) for title in titles]


def titles_found(query, **options):
    return [page.title for page in Page.objects.live().search(query, **options)]


@pytest.fixture
def sentences():
    return add_pages(*SENTENCES)


def test_a_word_is_found_inside_a_sentence(sentences):
    assert titles_found("助成金") == [SENTENCES[0]]


def test_what_people_look_for_is_found(sentences):
    assert [query for query in SAMPLE_QUERIES if not titles_found(query)] == []


def test_the_sample_has_62_queries():
    assert len(set(SAMPLE_QUERIES)) == 62


def test_words_of_two_characters_are_found(sentences):
    for word in ("会計", "休館", "救急", "手話", "印刷", "体操"):
        assert [word in title for title in titles_found(word)] == [True]


def test_one_character_finds_every_text_that_has_it(sentences):
    for character in "金会話館つ":
        assert set(titles_found(character)) == {title for title in SENTENCES if character in fold(title)}


def test_width_and_kana_do_not_matter(sentences):
    for query in ("コミュニティ", "ｺﾐｭﾆﾃｨ", "こみゅにてぃ", "コミュ"):
        assert titles_found(query) == [SENTENCES[12]]


def test_full_width_finds_what_was_written_in_half_width(sentences):
    assert titles_found("コドモ食堂") == [SENTENCES[4]]


def test_the_characters_of_a_word_must_stand_together():
    add_pages("助ける人、成長する金魚", "成金の助言")
    assert titles_found("助成金") == []
    add_pages("助成、成金")
    assert titles_found("助成金") == []


def test_several_words_must_all_be_there(sentences):
    assert titles_found("市民活動 交流") == titles_found("交流　市民活動")
    assert set(titles_found("市民活動 交流")) == {SENTENCES[6], SENTENCES[7]}
    assert titles_found("市民活動 茶話会") == [SENTENCES[7]]
    assert titles_found("市民活動 助成金") == []


def test_or_takes_one_of_the_words(sentences):
    assert set(titles_found("茶話会 助成金", operator="or")) == {SENTENCES[0], SENTENCES[7]}


def test_latin_words_are_found_by_their_beginning_and_numbers_only_whole(sentences):
    assert titles_found("volun") == [SENTENCES[17]]
    assert titles_found("lunteers") == []
    assert titles_found("2026") == [SENTENCES[6]]
    assert titles_found("202") == []
    assert titles_found("第5") == []


def test_a_long_vowel_at_the_end_may_be_missing_or_there():
    add_pages("サーバの引っこし", "サーバーの置き場")
    assert len(titles_found("サーバー")) == 2
    assert len(titles_found("サーバ")) == 2


def test_a_dot_between_kana_does_not_part_a_word():
    add_pages("ボランティア・センター", "ボランティアセンター")
    assert len(titles_found("ボランティアセンター")) == 2
    assert len(titles_found("ボランティア・センター")) == 2


def test_nothing_that_is_typed_raises(sentences):
    pages = Page.objects.live()
    for query in NASTY_QUERIES:
        for results in (
            pages.search(query),
            pages.autocomplete(query),
            pages.search(query, order_by_relevance=False),
            pages.search(query, operator="or"),
            pages.search(Phrase(query)),
            pages.search(parse_query_string(query)[1]),
        ):
            assert results.count() == len(list(results[:100]))


def test_a_query_without_letters_finds_nothing(sentences):
    for query in ("", " ", '"', "*", "😀", "、。", "\x00"):
        assert titles_found(query) == []
        assert Page.objects.live().search(query).count() == 0


def test_signs_around_a_word_are_left_aside(sentences):
    for sign in ('"{}"', "{}*", "+{}", "{}😀", "\x00{}", "「{}」", "{}？", "-{}", "({}", "^{}"):
        assert titles_found(sign.format("助成金")) == [SENTENCES[0]]


def test_words_that_look_like_operators_are_words():
    add_pages("Bread and butter", "Bread or rice", "Bread")
    assert titles_found("bread AND") == ["Bread and butter"]
    assert titles_found("OR") == ["Bread or rice"]


def test_the_better_match_comes_first():
    weak = "防災の日に町内会とNPOが開く、炊き出しと消火器と毛布と救急箱の大きな講習会"
    add_pages(weak, "防災", "防災、防災、防災")
    assert titles_found("防災")[-1] == weak


def test_a_hit_in_the_title_counts_more_than_one_in_the_text(monkeypatch):
    monkeypatch.setattr(Page, "search_fields", [*Page.search_fields, index.SearchField("search_description")])
    text, title = add_pages("交流の場", "防災の交流")
    text.search_description = "防災と交流"
    SearchBackend({}).add(text)
    assert titles_found("防災") == [title.title, text.title]
    assert titles_found("防災", fields=["title"]) == [title.title]
    assert set(titles_found("防災 場")) == {text.title}, "one word in the title, the other in the text"


def test_equal_matches_are_newest_first():
    add_pages("餅つき 一", "餅つき 二", "餅つき 三")
    assert titles_found("餅つき") == ["餅つき 三", "餅つき 二", "餅つき 一"]


def test_the_caller_may_order_by_a_field_instead():
    add_pages("B 助成金", "A 助成金 助成金", "C 助成金")
    found = Page.objects.live().order_by("title").search("助成金", order_by_relevance=False)
    assert [page.title[0] for page in found] == ["A", "B", "C"]


def test_autocomplete_finds_while_typing(sentences):
    for typed in ["助", "助成", "助成金", "フェス", "ふぇす", "volu", "202", "第5"]:
        assert list(Page.objects.live().autocomplete(typed)), typed
    assert list(Page.objects.live().autocomplete("存在しない")) == []


def test_filters_of_the_queryset_hold():
    add_pages("公開の助成金")
    add_pages("下書きの助成金", live=False)
    assert titles_found("助成金") == ["公開の助成金"]
    assert len(Page.objects.all().search("助成金")) == 2
    assert len(Page.objects.filter(url_path__contains="s-").search("助成金")) == 2, (
        "also by fields that are not indexed"
    )


def test_results_can_be_paged_and_counted():
    add_pages(*(f"助成金 {number}" for number in range(25)))
    results = Page.objects.live().search("助成金")
    assert results.count() == 25
    pages = [list(results[start : start + 10]) for start in (0, 10, 20)]
    assert [len(page) for page in pages] == [10, 10, 5]
    assert len({page.pk for part in pages for page in part}) == 25
    assert results[3].pk == pages[0][3].pk
    assert results[5:15].count() == 10
    assert results[100:110].count() == 0


def test_a_page_of_results_takes_few_queries_however_many_match(sentences):
    add_pages(*(f"助成金 {number}" for number in range(30)))
    Page.objects.live().search("助成金").count()  # content types are known from here on
    with CaptureQueriesContext(
        connection,
    ) as queries:
        results = Page.objects.live().search("助成金")
        assert results.count() == 31
        assert len(list(results[:10])) == 10
    assert len(queries) == 3


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="reads SQLite's query plan")
def test_the_index_is_asked_once_and_not_once_for_each_page():
    plan = Page.objects.live().search("助成金").get_queryset().explain()
    assert "VIRTUAL TABLE" in plan
    assert "CORRELATED" not in plan
    scan_of_index, *lookups = [line for line in plan.splitlines() if "indexentry_fts" in line or "SEARCH entry" in line]
    assert "SCAN wagtailsearch_indexentry_fts" in scan_of_index
    assert "SEARCH entry USING INTEGER PRIMARY KEY" in lookups[0]


def test_scores_and_counts_by_value_are_to_be_had(sentences):
    add_pages("助成金 助成金")
    add_pages("助成金の下書き", live=False)
    scored = list(Page.objects.live().search("助成金").annotate_score("relevance"))
    assert scored[0].relevance > scored[-1].relevance
    assert dict(Page.objects.all().search("助成金").facet("live")) == {True: 2, False: 1}
    with pytest.raises(FilterFieldError):
        Page.objects.all().search("助成金").facet("seo_title")


def test_queries_can_be_combined(sentences):
    def found(query):
        return {page.title for page in Page.objects.filter(depth=2, pk__in=[p.pk for p in sentences]).search(query)}

    exchange = {SENTENCES[6], SENTENCES[7]}
    assert found(PlainText("交流") & PlainText("市民活動")) == exchange
    assert found(PlainText("茶話会") | PlainText("助成金")) == {SENTENCES[7], SENTENCES[0]}
    assert found(And([PlainText("交流"), Not(PlainText("茶話会"))])) == {SENTENCES[6]}
    assert found(~PlainText("交流")) == set(SENTENCES) - exchange
    assert found(Or([Phrase("茶話会"), Boost(PlainText("助成金"), 2)])) == {SENTENCES[7], SENTENCES[0]}
    assert found(MATCH_ALL) == set(SENTENCES)
    assert found(Not(MATCH_ALL)) == set()
    assert found(Phrase("市民活動交流サロン 年の瀬")) == {SENTENCES[7]}
    assert found(Phrase("年の瀬 市民活動")) == set()


def test_a_changed_page_is_found_by_its_new_words_only():
    (page,) = add_pages("助成金の説明会")
    page.title = "餅つきの説明会"
    page.save()
    assert titles_found("助成金") == []
    assert titles_found("餅つき") == ["餅つきの説明会"]


def test_a_deleted_page_leaves_the_index():
    (page,) = add_pages("助成金の説明会")
    page.delete()
    assert page.index_entries.count() == 0
    assert titles_found("助成金") == []


def test_the_index_can_be_rebuilt_and_forgets_what_is_gone(sentences):
    SearchBackend({}).reset_indexes()
    assert titles_found("茶話会") == []
    call_command("update_index", verbosity=0)
    assert titles_found("茶話会") == [SENTENCES[7]]
    Page.objects.filter(pk=sentences[0].pk)._raw_delete("default")
    call_command("update_index", verbosity=0)
    assert sentences[0].index_entries.count() == 0
    assert titles_found("茶話会") == [SENTENCES[7]]


def test_the_site_uses_this_search():
    assert isinstance(get_search_backend(), SearchBackend)


def test_a_very_long_text_is_indexed_without_an_error(monkeypatch):
    monkeypatch.setattr(Page, "search_fields", [*Page.search_fields, index.SearchField("search_description")])
    (page,) = add_pages("長い文")
    characters = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(60_000))
    page.search_description = "はじまり" + characters + " " + "Ж" * 5_000 + " ".join(f"w{n}" for n in range(20_000))
    SearchBackend({}).add(page)
    assert titles_found("はじまり") == ["長い文"]
    assert titles_found(characters[10_000:10_005]) == ["長い文"]


@pytest.mark.parametrize("address", ["wagtailadmin_pages:search", "wagtailadmin_choose_page_search"])
def test_staff_find_pages_in_the_admin_too(sentences, staff, client, address):
    client.force_login(staff)
    answer = client.get(reverse(address), {"q": "茶話会"})
    assert SENTENCES[7] in answer.content.decode()
    assert SENTENCES[0] not in answer.content.decode()
    for query in ('"', "   ", "*", "NEAR(", "😀", "a" * 5_000):
        assert client.get(reverse(address), {"q": query}).status_code == 200


def test_an_unknown_field_is_a_programming_error():
    with pytest.raises(SearchFieldError):
        Page.objects.live().search("助成金", fields=["nonsense"])
