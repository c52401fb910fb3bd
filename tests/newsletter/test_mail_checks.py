"""What the preview says about a mail: size, subject, lines, links, pictures, characters."""

import pytest
from django.utils.translation import override

from newsletter.mail_checks import MailCheckCode, check_mail, closed_links, unshowable_characters
from newsletter.rendering import Rendered
from newsletter.slots import personal_url

SITE = "https://assist-park.example"
PREHEADER = "12月5日からの会計講座、締切が12月2日の助成金など。わからないことは024-924-3352へ。"


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


def mail(body: str = "", *, text: str = "words", preheader: str = PREHEADER) -> Rendered:
    html = (
        f'<!DOCTYPE html><html lang="ja"><head><title>t</title></head><body>'
        f'<div style="display:none;max-height:0;">{preheader}</div>{body}</body></html>'
    )
    return Rendered(language="ja", subject="s", html=html, text=text, web_html="")


def row(code: str, rendered: Rendered, *, subject: str = "サポートメール12月号", closed=()):
    rows = check_mail(rendered, subject=subject, closed=closed)
    assert [one.code for one in rows] == list(MailCheckCode)
    return next(one for one in rows if one.code == code)


def test_a_plain_small_mail_has_nothing_to_mend():
    text = f"words\n{SITE}/events/a/"
    rows = check_mail(mail(f'<a href="{SITE}/events/a/">A</a>', text=text), subject="サポートメール12月号")
    assert [one.code for one in rows if not one.is_good or one.details] == []


@pytest.mark.parametrize(("octets", "is_good"), [(90_000, True), (90_001, False)])
def test_the_html_may_have_90_kilobytes(octets, is_good):
    filler = octets - len(mail().html.encode())
    size = row("size", mail("x" * filler))
    assert (size.value, size.is_good) == ("90.0 KB", is_good)


@pytest.mark.parametrize(
    ("subject", "value", "is_good"),
    [
        ("あ" * 25, "25", True),
        ("あ" * 25 + "a", "25.5", False),
        ("a" * 50, "25", True),
        ("", "0", False),
    ],
)
def test_half_width_characters_of_the_subject_count_half(subject, value, is_good):
    checked = row("subject", mail(), subject=subject)
    assert (checked.value, checked.is_good) == (f"{value} full-width characters", is_good)


def test_a_long_subject_is_shown_as_far_as_a_phone_shows_it():
    assert row("subject", mail(), subject="あ" * 30).details == ("あ" * 25 + "…",)


@pytest.mark.parametrize(("length", "is_good"), [(0, False), (39, False), (40, True), (80, True), (81, False)])
def test_the_words_beside_the_subject_have_40_to_80_characters(length, is_good):
    assert row("preheader", mail(preheader="あ" * length)).is_good is is_good


def test_the_longest_line_is_that_of_the_message_as_it_leaves():
    line = row("line", mail("<p>" + "あ" * 3000 + "</p>"), subject="あ" * 300)
    assert (line.value, line.is_good) == ("76 bytes", True)


def test_a_subject_that_no_header_can_hold_is_named():
    line = row("line", mail(), subject="12月号\nBcc: a@reader.example")
    assert (line.is_good, len(line.details)) == (False, 1)


def test_links_that_open_for_nobody_and_contents_without_a_goal_are_named():
    body = (
        f'<a href="#s1">1</a><a href="#s2">2</a><h2 id="s1">x</h2><a href="{SITE}/gone/">g</a><a href="{SITE}/a/">a</a>'
    )
    links = row("links", mail(body), closed=[f"{SITE}/gone/"])
    assert (links.value, links.is_good, links.details) == ("2 links", False, (f"{SITE}/gone/", "#s2"))


def test_an_address_that_the_text_part_lacks_or_buries_in_a_line_is_named():
    body = f'<a href="{SITE}/a/">a</a><a href="{SITE}/b/">b</a><a href="{SITE}/c/">c</a>'
    text = row("text", mail(body, text=f"{SITE}/a/\nsee {SITE}/b/ there"))
    assert (text.is_good, text.details) == (False, (f"{SITE}/b/", f"{SITE}/c/"))


def test_a_picture_without_a_description_is_named():
    pictures = row("images", mail('<img src="a.png" alt="もち"><img src="b.png"><img src="c.png" alt=" ">'))
    assert (pictures.value, pictures.is_good, pictures.details) == ("3 pictures", False, ("b.png", "c.png"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("①㈱℡髙﨑ｶﾞ〜・★♪é한", []),
        ("𠮷野家", ["𠮷"]),
        ("葛\U000e0100城", ["葛\U000e0100"]),
        ("歩こう🚶‍♀️会", ["🚶", "\u200d", "♀\ufe0f"]),
        ("\ue001外字", ["\ue001"]),
        ("㋿元年", ["㋿"]),
        ("見え\u200bない\u202e", ["\u200b", "\u202e"]),
        ("行\nと\tタブ", []),
    ],
)
def test_what_old_phones_cannot_show_is_found(text, found):
    assert unshowable_characters(text) == found


def test_such_characters_are_named_with_their_item_and_what_to_write_instead():
    body = "<h3>𠮷田さんの会</h3><p>場所 \ue001館</p><h3>餅つき</h3><p>無料</p>"
    characters = row("characters", mail(body), subject="12月号😀")
    assert characters.value == "3 characters"
    assert characters.details == (
        "「😀」 in: subject",
        "「𠮷」→「吉」 in: 𠮷田さんの会",
        "U+E001 in: 𠮷田さんの会",
    )


# links of this site


def test_links_to_pages_that_nobody_may_read_are_found_without_opening_them(tree, django_assert_max_num_queries):
    news = tree.news
    parent = f"{SITE}{news.get_url_parts()[2]}"
    body = "".join(
        f'<a href="{url}">x</a>'
        for url in (
            parent,
            f"{SITE}/nowhere/",
            f"{SITE}/mail/2026-12/",
            f"{SITE}/en/mail/2026-12/",
            f"{SITE}/notices/new/",
            "https://www.city.koriyama.lg.jp/",
            personal_url(),
        )
    )
    with django_assert_max_num_queries(6):
        assert closed_links(mail(body)) == (f"{SITE}/nowhere/",)
    news.unpublish()
    assert closed_links(mail(body)) == (parent, f"{SITE}/nowhere/")
