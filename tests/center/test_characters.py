"""Characters as people type them: found in every spelling, phone numbers made alike, breaking characters named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from center.japanese.characters import (
    NotAPhoneNumber,
    fold,
    fold_with_spans,
    full_width_length,
    normalise_phone,
    troublesome_characters,
)
from center.japanese.folding import KANJI_OUTSIDE_JIS

TYPED = st.text(
    st.sampled_from("あかがはぱアカヷヶーｰｱｶﾊﾞﾟ-−―〜々ゝゞ佐木髙﨑澤ＡaÉé①㈱㌔ｶ０9 　・。\n😀\u200b\u3099"), max_size=30
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ＮＰＯ法人", "npo法人"),
        ("ﾎﾞﾗﾝﾃｨｱ", "ボランティア"),
        ("ボランティア", "ぼらんてぃあ"),
        ("サ－ビス", "サービス"),
        ("サ−ビス", "ｻｰﾋﾞｽ"),
        ("佐々木", "佐佐木"),
        ("いすゞ", "いすず"),
        ("学問のすゝめ", "学問のすすめ"),
        ("緑ヶ丘", "緑ケ丘"),
        ("髙橋", "高橋"),
        ("﨑山", "崎山"),
        ("中澤", "中沢"),
        ("Café", "CAFE"),
        ("①", "1"),
        ("㈱", "(株)"),
        ("が", "か\u3099"),
        ("葛\U000e0100城", "葛城"),
        ("024ー924ー3352", "024-924-3352"),
        ("０２４－９２４－３３５２", "024-924-3352"),
    ],
)
def test_two_spellings_of_one_word_fold_to_the_same(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("ビル", "ビール"), ("はし", "ばし"), ("助成", "助手"), ("かっこ", "かつこ"), ("時々", "時")],
)
def test_different_words_stay_different(one, other):
    assert fold(one) != fold(other)


def test_a_mark_that_repeats_nothing_stays_as_it_is():
    assert fold("々") == "々"
    assert fold("Aゝ") == "aゝ"


@given(TYPED)
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)


@given(TYPED)
def test_every_folded_character_knows_where_it_came_from(text):
    folded, spans = fold_with_spans(text)
    assert folded == fold(text)
    assert len(spans) == len(folded)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)


def test_the_spans_lead_back_to_what_was_written():
    folded, spans = fold_with_spans("ｶﾞｲﾄﾞと㈱")
    assert folded == "がいどと(株)"
    assert spans == [(0, 2), (2, 3), (3, 5), (5, 6), (6, 7), (6, 7), (6, 7)]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("024-924-3352", "024-924-3352"),
        ("０２４－９２４－３３５２", "024-924-3352"),
        ("０２４ー９２４ー３３５２", "024-924-3352"),
        ("0249243352", "024-924-3352"),
        ("０２４９２４３３５２", "024-924-3352"),
        ("0249-24-3352", "024-924-3352"),
        ("024(924)3352", "024-924-3352"),
        ("（024）924-3352", "024-924-3352"),
        (" 024 924 3352 ", "024-924-3352"),
        ("+81 24-924-3352", "024-924-3352"),
        ("+81(0)24-924-3352", "024-924-3352"),
        ("0245251111", "024-525-1111"),
        ("09012345678", "090-1234-5678"),
        ("080-12345678", "080-1234-5678"),
        ("05012345678", "050-1234-5678"),
        ("0120123456", "0120-123-456"),
        ("0120-12-3456", "0120-123-456"),
        ("08001234567", "0800-123-4567"),
        ("0312345678", "03-1234-5678"),
        ("0246-22-1111", "0246-22-1111"),
        ("0246221111", "0246-22-1111"),
        ("0111234567", "011-123-4567"),
        ("0222123456", "022-212-3456"),
        ("0126712345", "01267-1-2345"),
        ("0187-22-1234", "0187-22-1234"),
    ],
)
def test_a_phone_number_is_stored_in_one_form(typed, stored):
    assert normalise_phone(typed) == stored
    assert normalise_phone(stored) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "なし",
        "110",
        "924-3352",
        "024-924-335",
        "024-924-33522",
        "000-0000-0000",
        "12345678901",
        "+1 212 555 1212",
        "024-924-3352 内線12",
        "024-924-3352, 024-924-3471",
        "(((",
        "+",
        "-",
        "024\x00924\x003352",
        "0" * 10_000,
    ],
)
def test_what_is_no_phone_number_is_refused(typed):
    with pytest.raises(NotAPhoneNumber):
        normalise_phone(typed)
    with pytest.raises(ValueError, match=".+"):
        normalise_phone(typed)


@pytest.mark.parametrize(
    ("text", "length"), [("", 0), ("あい", 2), ("ab", 1), ("ｱｲ", 1), ("①…", 2), ("か\u3099", 1), ("12月号", 3)]
)
def test_half_width_counts_half(text, length):
    assert full_width_length(text) == length


@pytest.mark.parametrize(
    ("character", "replacement"),
    [
        ("①", "(1)"),
        ("⑳", "(20)"),
        ("❶", "(1)"),
        ("㊤", "(上)"),
        ("㈱", "(株)"),
        ("㈲", "(有)"),
        ("髙", "高"),
        ("﨑", "崎"),
        ("鷗", "鴎"),
        ("𠮷", "吉"),
        ("℡", "TEL"),
        ("№", "No."),
        ("Ⅳ", "IV"),
        ("㌔", "キロ"),
        ("㎡", "平方メートル"),
        ("㍻", "平成"),
        ("㋿", "令和"),
        ("½", "1/2"),
        ("ｶﾞ", "ガ"),
        ("ｻ", "サ"),
        ("☎", "電話"),
        ("😀", ""),
    ],
)
def test_a_troublesome_character_comes_with_a_replacement_that_old_mail_can_carry(character, replacement):
    assert troublesome_characters(f"あ{character}い") == [(character, replacement)]
    replacement.encode("iso2022_jp")


def test_each_is_named_once_in_the_order_of_the_text():
    assert troublesome_characters("㈱と①と㈱と①") == [("㈱", "(株)"), ("①", "(1)")]


@pytest.mark.parametrize(
    "text",
    ["助成金の説明会", "13時〜15時", "13時～15時", "A－B", "Café Zürich", "한국어", "「はい」、。・…", "", "高崎"],
)
def test_ordinary_text_has_no_troublesome_characters(text):
    assert troublesome_characters(text) == []


def test_every_kanji_of_the_table_breaks_in_old_mail_and_its_replacement_does_not():
    for kanji, replacement in KANJI_OUTSIDE_JIS.items():
        assert troublesome_characters(kanji) == [(kanji, replacement)]
        replacement.encode("iso2022_jp")
