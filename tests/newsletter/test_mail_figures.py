"""Forty items with long Japanese words, in every edition: size, lines, headers, text, links, colours."""

import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest
from lxml import html as lxml_html

from newsletter.mail_checks import check_mail
from newsletter.rendering import RENDERED_LANGUAGES
from newsletter.slots import TOKEN_SLOT
from newsletter.tokens import personal_token
from tests.newsletter.large_mail import CENTRE, SITE, as_sent, large_items, large_mail

ENOUGH_CONTRAST = 7.0
"""WCAG 2.2, 1.4.6 (AAA), for words of any size."""


@pytest.fixture(scope="module", params=RENDERED_LANGUAGES)
def mail(request):
    return large_mail(request.param)


@pytest.fixture(scope="module")
def raw(mail) -> bytes:
    return as_sent(mail)


def items_in(language: str) -> list[tuple[str, str]]:
    """Title and address of every item in that edition."""
    known = [item.translations.get(language) for item in large_items()]
    return [
        (one["title"], one["url"]) if one else (item.title, item.url)
        for item, one in zip(large_items(), known, strict=True)
    ]


def test_the_html_of_forty_items_is_smaller_than_90_kilobytes(mail):
    assert len(lxml_html.fromstring(mail.html).xpath("//h3")) == 41
    assert len(mail.html.encode()) < 90_000


def test_no_line_of_the_message_is_longer_than_mail_carries(raw):
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    head = raw.partition(b"\r\n\r\n")[0]
    assert max(map(len, head.split(b"\r\n"))) <= 78
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_every_header_reads_back_as_it_was_meant(mail, raw):
    read = message_from_bytes(raw, policy=policy.default)
    token = personal_token(7)
    assert [defect for name in read for defect in getattr(read[name], "defects", ())] == []
    assert read["Subject"] == mail.subject
    assert [one.addr_spec for one in read["From"].addresses] == ["mail@assist-park.example"]
    sender = str(make_header(decode_header(message_from_bytes(raw)["From"])))
    assert sender == f"{CENTRE.sender_name} <mail@assist-park.example>"
    assert [one.addr_spec for one in read["To"].addresses] == ["haru.mihon@reader.example"]
    assert [len(read.get_all(name) or []) for name in ("From", "To", "Subject", "Date", "Message-ID")] == [1] * 5
    assert read["Cc"] is None and read["Bcc"] is None
    assert read["Message-ID"] == "<2026-12.7.8c1f0d@assist-park.example>"
    assert read["List-Id"] == "<support-mail.assist-park.example>"
    assert read["List-Unsubscribe"] == f"<{SITE}/u/{token}/>"
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert read["List-Help"] == read["List-Archive"] == f"<{SITE}/mail/>"
    assert read["List-Post"] == "NO"
    head = raw.partition(b"\r\n\r\n")[0]
    assert head.isascii()
    (list_id,) = [line for line in head.split(b"\r\n") if line.startswith(b"List-Id")]
    assert b"=?" not in list_id
    assert parseaddr(read["Reply-To"])[1] == CENTRE.reply_to


def test_both_parts_arrive_as_they_were_rendered(mail, raw):
    parts = list(message_from_bytes(raw, policy=policy.default).iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    for part, words in zip(parts, (mail.text, mail.html), strict=True):
        assert part.get_content().replace("\r\n", "\n") == words.replace(TOKEN_SLOT, personal_token(7))


def test_the_text_part_holds_every_item_and_each_address_alone_on_its_line(mail):
    lines = mail.text.split("\n")
    for title, url in items_in(mail.language):
        assert title in mail.text
        assert url in lines
    assert [line for line in lines if "://" in line and not re.fullmatch(r"https://\S+", line)] == []
    assert "閉じたページの催し" in mail.text
    assert "HTML" not in mail.text
    assert len(lxml_html.fromstring(mail.html).xpath("//h3")) == len(
        [line for line in lines if re.match(r"（\d+）|\d+\. ", line)]
    )


def test_both_parts_say_who_sends_it_from_where_why_and_how_to_leave(mail):
    for body in (mail.html, mail.text):
        for words in (CENTRE.worded("name", mail.language).replace("'", "&#x27;" if body is mail.html else "'"),
                      CENTRE.worded("address", mail.language), CENTRE.phone, CENTRE.email, "/u/",
                      {"en": "/en/mail/2026-12/"}.get(mail.language, "/mail/2026-12/")):  # fmt: skip
            assert words in body


def test_what_has_no_translation_says_so_and_the_mail_explains_the_words(mail):
    marked = mail.text.count("（日本語のみ）")
    untranslated = sum(not item.translations["en"]["is_translated"] for item in large_items())
    expected = 0 if mail.language == "ja" else untranslated
    assert marked == expected + (1 if expected else 0)
    if mail.language == "en":
        tree = lxml_html.fromstring(mail.html)
        titles = [h3 for h3 in tree.iter("h3") if "（日本語のみ）" in h3.text_content()]
        assert titles and all(title.get("lang") == "ja" for title in titles)


def test_nothing_is_loaded_and_nothing_runs(mail):
    tree = lxml_html.fromstring(mail.html)
    assert not tree.xpath("//script | //link | //iframe | //object | //form | //input | //video | //audio | //svg")
    assert not re.search(r"@import|url\(|expression\(|javascript:|@font-face", mail.html, re.IGNORECASE)
    assert not tree.xpath("//@*[starts-with(name(), 'on')]")
    for image in tree.iter("img"):
        assert image.get("src", "").startswith("https://")
        assert int(image.get("width")) > 1 and int(image.get("height")) > 1
        assert image.get("alt", "").strip()


def test_every_link_is_a_whole_address_and_the_contents_lead_to_their_sections(mail):
    tree = lxml_html.fromstring(mail.html)
    hrefs = [link.get("href") for link in tree.iter("a")]
    assert all(href.startswith(("https://", "tel:", "mailto:", "#")) for href in hrefs)
    contents = [href[1:] for href in hrefs if href.startswith("#")]
    headings = [h2.get("id") for h2 in tree.iter("h2") if h2.get("id")]
    assert contents == headings and len(contents) == 7


def test_the_preview_finds_nothing_to_mend_in_it(mail):
    assert [(row.code, row.details) for row in check_mail(mail, subject=mail.subject) if not row.is_good] == []


# colours


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def dark_rules(tree) -> dict[str, dict[str, str]]:
    """By class: what the mail says for readers in the dark."""
    css = tree.xpath("//style")[0].text
    block = css[css.index("prefers-color-scheme: dark") :]
    rules: dict[str, dict[str, str]] = {}
    for selector, declarations in re.findall(r"([^{}]+)\{([^{}]*)\}", block):
        for name in re.findall(r"\.([\w-]+)", selector):
            rules.setdefault(name, {}).update(re.findall(r"([\w-]+):\s*(#\w{6})", declarations))
    return rules


def worded_colours(element, rules, colour="", ground=""):
    """Colour and ground of every element that shows words of its own."""
    style = dict(re.findall(r"(?:^|;)\s*([\w-]+)\s*:\s*([^;]+)", element.get("style") or ""))
    if style.get("display") == "none":
        return
    for name in (element.get("class") or "").split():
        style.update(rules.get(name, {}))
    colour, ground = style.get("color", colour), style.get("background-color", ground)
    children = [child for child in element if isinstance(child.tag, str)]
    if (element.text or "").strip() or any((child.tail or "").strip() for child in children):
        yield colour, ground, element
    for child in children:
        yield from worded_colours(child, rules, colour, ground)


@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
def test_words_stand_out_from_their_ground_by_day_and_by_night(mail, is_dark):
    tree = lxml_html.document_fromstring(mail.html)
    found = list(worded_colours(tree.find("body"), dark_rules(tree) if is_dark else {}))
    assert len(found) > 150
    faint = {(c, g, e.tag, e.get("class")) for c, g, e in found if not c or not g or contrast(c, g) < ENOUGH_CONTRAST}
    assert faint == set()


def test_no_words_are_smaller_than_16_pixels(mail):
    sizes = {int(size) for size in re.findall(r"font-size:\s*(\d+)px", mail.html)}
    assert min(sizes - {0}) >= 16
