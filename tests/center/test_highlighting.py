"""Hits marked in a piece of text, as readers see them among the results."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from center.japanese.highlighting import highlight

ALPHABET = "助成金かがｶﾞカー・NPOné<>&\"' \n\0😀㈱12"


@pytest.mark.parametrize(
    ("text", "query", "shown"),
    [
        ("町内会への助成金です", "助成金", "町内会への<mark>助成金</mark>です"),
        ("助成金と助成金", "助成金", "<mark>助成金</mark>と<mark>助成金</mark>"),
        ("ﾎﾞﾗﾝﾃｨｱの会", "ボランティア", "<mark>ﾎﾞﾗﾝﾃｨｱ</mark>の会"),
        ("ボランティア・センター", "ボランティアセンター", "<mark>ボランティア・センター</mark>"),
        ("ＮＰＯ法人の会計", "npo 会計", "<mark>ＮＰＯ</mark>法人の<mark>会計</mark>"),
        ("サーバーとサーバ", "サーバー", "<mark>サーバー</mark>と<mark>サーバ</mark>"),
        ("㈱見本", "株", "<mark>㈱</mark>見本"),
        ("佐々木さん", "佐佐木", "<mark>佐々木</mark>さん"),
        ("volunteers and involuntary", "volun", "<mark>volun</mark>teers and involuntary"),
        ("5月と15日と56号", "5", "<mark>5</mark>月と15日と56号"),
        ("あしすとぱぁく第56号", "第56号", "あしすとぱぁく<mark>第56号</mark>"),
        ("市民活動", "市民 民活", "<mark>市民活</mark>動"),
        ("市民活動", "市民 活動", "<mark>市民活動</mark>"),
        ("なし", "助成金", "なし"),
        ("なし", "", "なし"),
        ("なし", '"*(', "なし"),
        ("", "助成金", ""),
        ("一行目\n  二行目", "行目", "一<mark>行目</mark> 二<mark>行目</mark>"),
    ],
)
def test_hits_are_marked_as_the_search_finds_them(text, query, shown):
    assert highlight(text, query) == shown


def test_what_people_wrote_cannot_become_html():
    shown = highlight('<script>助成金</script> & "助成金" <mark>', "助成金 script mark")
    assert "<script" not in shown
    assert "&lt;<mark>script</mark>&gt;<mark>助成金</mark>&lt;/" in shown
    assert "&amp; &quot;<mark>助成金</mark>&quot; &lt;<mark>mark</mark>&gt;" in shown


def test_a_long_text_is_shown_around_its_hits():
    text = "あ" * 300 + "助成金の説明会" + "い" * 300
    shown = highlight(text, "助成金", width=40)
    assert shown.startswith("…あ")
    assert shown.endswith("い…")
    assert "<mark>助成金</mark>の説明会" in shown
    assert len(re.sub("<[^>]*>", "", shown)) == 40 + len("……")


def test_the_part_with_most_of_the_words_is_shown():
    text = "助成金" + "あ" * 200 + "助成金と講座と会計" + "い" * 200 + "講座"
    assert "<mark>助成金</mark>と<mark>講座</mark>と<mark>会計</mark>" in highlight(text, "助成金 講座 会計", width=30)


def test_a_hit_at_the_end_is_shown_with_what_stands_before():
    shown = highlight("あ" * 300 + "助成金", "助成金", width=40)
    assert shown == "…" + "あ" * 37 + "<mark>助成金</mark>"


def test_without_a_hit_the_beginning_is_shown():
    assert highlight("あ" * 300, "助成金", width=40) == "あ" * 40 + "…"


def test_the_whole_text_is_kept_when_no_width_is_given():
    text = "あ" * 300 + "助成金"
    assert highlight(text, "助成金", width=None) == "あ" * 300 + "<mark>助成金</mark>"


@given(st.text(ALPHABET, max_size=60), st.text(ALPHABET, max_size=12), st.integers(1, 40))
def test_no_text_and_no_query_breaks_it(text, query, width):
    whole = highlight(text, query, width=None)
    plain = " ".join(text.replace("\0", "").split())
    assert unescape(re.sub("</?mark>", "", whole)) == plain
    part = unescape(re.sub("</?mark>", "", highlight(text, query, width=width)))
    assert part.strip("…") in plain
    assert len(part) <= width + 2
    assert whole.count("<mark>") == whole.count("</mark>")


def test_many_hits_in_a_long_text_take_no_time():
    assert "<mark>" in highlight("助成金" * 20_000, " ".join("助成金会計講座市民活動"), width=100)
