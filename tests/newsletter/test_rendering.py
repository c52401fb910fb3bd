"""The mail as readers get it: HTML, text, back number, in every language. No database."""

import re
from datetime import date, datetime

import pytest
from lxml import html as lxml_html

from center.models import CentreSettings
from center.opening import TOKYO
from center.pages import InReason, KeyFact, Usefulness
from newsletter.facts import Item, MailedFacts, PageFacts
from newsletter.models import Issue, IssueItem, IssueKind, StaffLine
from newsletter.rendering import render_issue, with_note
from newsletter.slots import TOKEN_SLOT, personal_url
from newsletter.wording import (
    CORRECTIONS,
    REMINDERS,
    countdown,
    default_preheader,
    default_subject,
    fact_changes,
    item_lines,
    width,
)

SITE = "https://assist-park.example"
CENTRE = CentreSettings(
    nickname="アシストパーク郡山",
    name="郡山市 市民活動サポートセンター",
    name_en="Koriyama City Citizens' Activity Support Center",
    address="郡山市朝日1-23-7　郡山市役所 西庁舎3階",
    phone="024-924-3352",
    fax="024-924-3352",
    sender_name="郡山市 市民活動サポートセンター",
)


def issue(**fields) -> Issue:
    values = {
        "year": 2026,
        "month": 12,
        "slug": "2026-12",
        "kind": IssueKind.REGULAR,
        "subject": "サポートメール12月号 講座・催し2件",
        "preheader": "12月5日からの会計講座、締切が12月2日の助成金など。わからないことは024-924-3352へ。",
        "opening": "こんにちは、センターです。\n餅つきと音楽会は、申込なしでどうぞ。",
        "send_at": datetime(2026, 12, 1, 10, tzinfo=TOKYO),
    }
    return Issue(**(values | fields))


def item(number: int = 1, **fields) -> IssueItem:
    values = {
        "page_ref": number,
        "section_name": "講座・催し",
        "section_order": 3,
        "paper": "sora",
        "order": number,
        "reason": "coming",
        "title": f"昔の道具で、もちをつく その{number}",
        "url": f"{SITE}/events/mochi-{number}/",
        "kind_word": "催し",
        "lines": ["12月12日（土）10時〜12時", "大槻ふれあいセンター", "無料・申込不要"],
        "leaf_on": date(2026, 12, 12),
    }
    return IssueItem(**(values | fields))


GRANT = {
    "section_name": "助成金",
    "section_order": 2,
    "paper": "lemon",
    "title": "子どもの居場所づくり助成",
    "url": f"{SITE}/grants/ibasho/",
    "lines": ["【締切まであと1日】締切 12月2日（水）", "上限50万円"],
    "leaf_on": date(2026, 12, 2),
}


def render(items, lines=(), language="ja", **fields):
    return render_issue(issue(**fields), items, lines, language=language, centre=CENTRE)


def test_every_item_stands_in_all_three_parts():
    parts = render([item(1), item(2, **GRANT)])
    for body in (parts.html, parts.text, parts.web_html):
        for words in ("昔の道具で、もちをつく その1", "大槻ふれあいセンター", "子どもの居場所づくり助成", "上限50万円"):
            assert words in body


def test_sections_come_in_staff_s_order_with_their_counts_and_papers():
    parts = render([item(1), item(2), item(3, **GRANT)])
    assert parts.text.index("■ 助成金　1件") < parts.text.index("■ 講座・催し　2件")
    assert "#fff2bd" in parts.html
    assert "#dcefff" in parts.html
    contents = lxml_html.fromstring(parts.html).xpath('//a[starts-with(@href, "#s")]')
    anchors = [link.get("href")[1:] for link in contents]
    assert len(anchors) == 2
    assert all(lxml_html.fromstring(parts.html).get_element_by_id(anchor) is not None for anchor in anchors)


def test_the_text_part_is_complete_in_itself_with_each_address_alone_on_its_line():
    text = render([item(1), item(2, **GRANT)]).text
    lines = text.split("\n")
    assert lines[0] == "サポートメール12月号"
    assert lines[1] == "2026年12月1日（火）"
    assert "餅つきと音楽会は、申込なしでどうぞ。" in lines
    urls = [line for line in lines if "http" in line]
    assert len(urls) == 4
    assert all(re.fullmatch(r"https://\S+", line) for line in urls)
    for words in ("郡山市朝日1-23-7　郡山市役所 西庁舎3階", "024-924-3352", "HTML"):
        assert (words in text) is (words != "HTML")


def test_the_way_out_is_in_text_and_html_but_never_in_the_back_number():
    parts = render([item(1)])
    assert personal_url() in parts.text.split("\n")
    assert parts.html.count(f'href="{personal_url()}"') == 2
    assert TOKEN_SLOT not in parts.web_html
    assert "/u/" not in parts.web_html


def test_sender_postal_address_phone_reason_and_web_version_are_in_the_mail():
    parts = render([item(1)])
    for body in (parts.html, parts.text):
        for words in (CENTRE.name, CENTRE.address, CENTRE.phone, f"{SITE}/mail/2026-12/"):
            assert words in body
    assert 'href="tel:0249243352"' in parts.html


def test_the_leaf_shows_the_send_day_and_each_item_its_own():
    tree = lxml_html.fromstring(render([item(1)]).html)
    leaves = [" ".join(leaf.text_content().split()) for leaf in tree.find_class("leaf")]
    assert leaves == ["2026年 12月 1 火曜日", "12月 12日 土曜"]


def test_what_is_running_says_so_instead_of_a_day():
    parts = render([item(1, reason="running", leaf_on=None, kind_word="展示")])
    leaf = lxml_html.fromstring(parts.html).find_class("leaf")[1].text_content().split()
    assert leaf[0] == "展示"
    assert "stamp--good" in parts.web_html


def test_corrections_come_first_and_staff_s_line_has_no_link():
    correction = item(
        1,
        section_name=CORRECTIONS,
        section_order=0,
        is_correction=True,
        reason="correction",
        lines=["費用は、11月号では「200円」とお知らせしましたが、「300円」です。"],
    )
    line = StaffLine(title="閉じたページの催し", text="中止になりました。")
    parts = render([item(2, **GRANT), correction], [line])
    assert parts.text.index("■ 訂正　2件") < parts.text.index("■ 助成金　1件")
    tree = lxml_html.fromstring(parts.html)
    (heading,) = [h3 for h3 in tree.iter("h3") if "閉じたページの催し" in h3.text_content()]
    assert heading.find("a") is None


def test_events_told_before_close_the_mail_and_are_not_counted():
    reminder = item(2, is_reminder=True, section_name=REMINDERS, section_order=1000, lines=["12月20日（日）"])
    parts = render([item(1), reminder])
    assert "■ 講座・催し　1件" in parts.text
    tail = parts.text.split(f"■ {REMINDERS}")[1]
    assert "12月20日（日）" in tail
    assert reminder.url in tail.split("\n")
    assert REMINDERS in parts.html


def test_a_countdown_is_set_apart_from_the_line_it_begins():
    tree = lxml_html.fromstring(render([item(1, **GRANT)]).html)
    (warning,) = [strong for strong in tree.iter("strong") if "warn" in (strong.get("class") or "")]
    assert warning.text == "【締切まであと1日】"


def test_words_of_the_public_cannot_become_markup():
    attack = item(1, title="<script>alert(1)</script>", lines=['"><img src=x onerror=alert(1)>'], kind_word="<b>")
    parts = render([attack], opening="<svg onload=alert(1)>")
    for body in (parts.html, parts.web_html):
        assert "<script" not in body
        assert "<img" not in body
        assert "<svg" not in body


def test_forty_items_stay_under_90_kilobytes_with_lines_that_mail_can_carry():
    items = [
        item(
            number,
            lines=[
                "12月12日（土）10時〜12時",
                "大槻ふれあいセンター 2階 集会室",
                "無料。申込は電話か窓口で、12月10日（木）まで",
            ],
        )
        for number in range(40)
    ]
    parts = render(items)
    assert len(parts.html.encode()) < 90_000
    assert max(len(line.encode()) for line in parts.html.split("\n")) <= 998


def test_the_back_number_brings_no_inline_style():
    parts = render([item(1), item(2, reason="running", leaf_on=None)])
    assert "style=" not in parts.web_html
    assert "<script" not in parts.web_html


def test_the_html_is_one_well_formed_document_in_its_language():
    parts = render([item(1), item(2, **GRANT)])
    tree = lxml_html.fromstring(parts.html)
    assert tree.get("lang") == "ja"
    assert [heading.tag for heading in tree.iter("h1", "h2", "h3")][:3] == ["h1", "h2", "h2"]
    assert tree.xpath("//title")[0].text == "サポートメール12月号 講座・催し2件"
    assert not tree.xpath("//img")


# other languages


def test_an_item_without_a_translation_keeps_its_japanese_title_and_says_so():
    plain = item(
        1,
        translations={
            "en": {
                "title": "もちつき",
                "url": f"{SITE}/events/m/",
                "kind_word": "",
                "lines": ["Sat 12 December 2026"],
                "is_translated": False,
            }
        },
    )
    parts = render([plain], language="en")
    for body in (parts.html, parts.web_html):
        assert "もちつき（日本語のみ）" in lxml_html.fromstring(body).text_content().replace(" ", "")
    assert "もちつき（日本語のみ）" in parts.text
    assert 'lang="ja">' in parts.html
    assert "Sat 12 December 2026" in parts.text


def test_a_translated_item_is_shown_in_its_language_with_its_own_address():
    known = {
        "title": "Rice cake making",
        "url": f"{SITE}/en/events/m/",
        "kind_word": "event",
        "lines": ["free"],
        "is_translated": True,
    }
    parts = render([item(1, translations={"en": known})], language="en")
    assert parts.subject == "Support mail, December 2026"
    assert "Rice cake making" in parts.text
    assert f"{SITE}/en/events/m/" in parts.text.split("\n")
    assert "日本語のみ" not in parts.text
    assert f"{SITE}/en/mail/2026-12/" in parts.text
    assert CENTRE.name_en in parts.text
    assert lxml_html.fromstring(parts.html).get("lang") == "en"


def test_easy_japanese_is_japanese_to_a_mail_program():
    known = {
        "title": "もちを つくります",
        "url": f"{SITE}/ja-x-easy/events/m/",
        "kind_word": "もよおし",
        "lines": ["おかねは いりません"],
        "is_translated": True,
    }
    parts = render([item(1, translations={"ja-x-easy": known})], language="ja-x-easy")
    assert "もちを つくります" in parts.text
    assert lxml_html.fromstring(parts.html).get("lang") == "ja"


def test_an_extra_issue_and_a_sample_say_what_they_are():
    assert "12月" in render([item(1)], kind=IssueKind.EXTRA, subject="臨時").text.split("\n")[0]
    sample = render([item(1)], is_sample=True)
    plain = render([item(1)])
    assert sample.text.split("\n")[0] != plain.text.split("\n")[0]
    assert sample.html != plain.html


def test_sections_have_names_in_each_edition_and_staff_s_own_stay_japanese():
    rows = [item(1), item(2, **GRANT), item(3, section_name="おたより", section_order=9)]
    english, easy = render(rows, language="en"), render(rows, language="ja-x-easy")
    for words in ("Courses and events: 1 item", "Grants: 1 item", "おたより: 1 item"):
        assert words in english.text.split("\n")
    assert "講座・催し" not in english.html
    assert '<span lang="ja">おたより</span>' in english.html
    assert "■ 助成金（じょせいきん）　1件" in easy.text


def test_a_section_bears_the_names_that_staff_gave_it_in_each_edition():
    rows = [item(1), item(2, section_name="おたより", section_order=9)]
    names = {
        "おたより": {"en": "Letters", "ja-x-easy": "おてがみ"},
        "講座・催し": {"en": "What is on", "ja-x-easy": ""},
    }
    parts = {
        code: render_issue(issue(), rows, [], language=code, centre=CENTRE, names=names)
        for code in ("ja", "en", "ja-x-easy")
    }
    for part in (parts["en"].text, parts["en"].html, parts["en"].web_html):
        assert "Letters" in part and "What is on" in part and "おたより" not in part
    assert 'lang="ja">Letters' not in parts["en"].html
    assert "■ おてがみ　1件" in parts["ja-x-easy"].text
    assert "■ 講座（こうざ）・イベント　1件" in parts["ja-x-easy"].text  # left empty: the words that the site knows
    assert "■ おたより　1件" in parts["ja"].text and "Letters" not in parts["ja"].html


@pytest.mark.parametrize(
    ("language", "left", "last"),
    [("en", "【1 day left】", "【Closes today】"), ("ja-x-easy", "【締切まであと1日】", "【締切は今日】")],
)
def test_the_days_left_are_counted_in_every_edition(language, left, last):
    words = {"title": "A", "url": f"{SITE}/a/", "kind_word": "", "lines": ["deadline Wed"], "is_translated": True}
    today = GRANT | {"lines": ["【締切は今日】締切 12月1日（火）"]}
    rows = [item(1, **GRANT, translations={language: words}), item(2, **today, translations={language: words})]
    parts = render(rows, language=language)
    marks = lxml_html.fromstring(parts.html).xpath('//strong[@class="warn"]/text()')
    assert marks == [left, last]
    assert left in parts.text.split("\n")


def test_the_head_breaks_on_a_phone_between_its_words_only():
    def head(**how) -> list[str]:
        return lxml_html.fromstring(render([], **how).html).xpath("//h1/span/text()")

    assert head() == ["サポートメール", "12月号"]
    assert head(kind=IssueKind.EXTRA) == ["サポートメール", "臨時号（12月）"]
    assert head(language="en") == ["Support mail, December 2026"]


@pytest.mark.parametrize("language", ["ja", "en", "ja-x-easy"])
@pytest.mark.parametrize("count", [0, 1, 3, 40])
@pytest.mark.parametrize("phone", ["024-924-3352", ""])
def test_every_edition_has_words_of_its_own_beside_the_subject(language, count, phone):
    rows = [item(number, section_name=f"見出し{number % 8}", section_order=number % 8) for number in range(count)]
    centre = CentreSettings(name="センター", phone=phone)
    parts = render_issue(issue(preheader=""), rows, [], language=language, centre=centre)
    words = lxml_html.fromstring(parts.html).xpath('//div[contains(@style, "display:none")]')[0].text
    assert 40 <= len(words) <= 80
    assert phone in words


def test_the_words_that_staff_wrote_stand_beside_the_subject_of_the_japanese_edition():
    assert issue().preheader in render([item(1)]).html
    assert issue().preheader not in render([item(1)], language="en").html


def test_a_note_stands_above_the_mail_and_leaves_the_words_beside_the_subject():
    plain = render([item(1)])
    noted = with_note(plain, "試し送りです。<b>")
    assert noted.text.split("\n")[:3] == ["試し送りです。<b>", "", "サポートメール12月号"]
    words = lxml_html.fromstring(noted.html).text_content()
    assert words.index(issue().preheader) < words.index("試し送りです。<b>") < words.index("アシストパーク郡山")
    assert (noted.web_html, noted.subject) == (plain.web_html, plain.subject)


# words that write themselves


def facts(number: int, section: str = "講座・催し", **fields) -> Item:
    page = PageFacts(id=number, title=f"会{number}", url="", usefulness=Usefulness(True, InReason.COMING), **fields)
    return Item(page=page, section=section, section_order=1, paper="sora", reason=InReason.COMING)


def test_the_subject_names_the_largest_section_and_fits_into_25_full_width_characters():
    items = [facts(1), facts(2), facts(3, "助成金")]
    assert default_subject(12, items) == "サポートメール12月号 講座・催し2件"
    assert default_subject(12, [facts(1, "とても長い名前の見出しがここにあります")]) == "サポートメール12月号"
    assert default_subject(12, []) == "サポートメール12月号"
    assert width("サポートメール12月号 講座・催し9件") <= 25


@pytest.mark.parametrize("titles", [[], ["会"], ["市民活動交流サロン 年の瀬の茶話会"] * 9])
def test_the_preheader_has_40_to_80_characters(titles):
    items = [facts(number) for number, _title in enumerate(titles)]
    assert 40 <= len(default_preheader(items, "024-924-3352")) <= 80


@pytest.mark.parametrize(
    ("closing", "words"),
    [
        (None, ""),
        (date(2026, 11, 30), ""),
        (date(2026, 12, 1), "【締切は今日】"),
        (date(2026, 12, 2), "【締切まであと1日】"),
        (date(2026, 12, 15), "【締切まであと14日】"),
        (date(2026, 12, 16), ""),
    ],
)
def test_deadlines_within_14_days_are_counted_down(closing, words):
    assert countdown(closing, date(2026, 12, 1)) == words


def test_a_correction_says_what_was_told_and_what_is_so():
    old = (KeyFact("fee", "費用", "200円"), KeyFact("venue", "場所", "中央公民館"))
    new = (KeyFact("state", "状態", "変更"), KeyFact("fee", "費用", "300円"))
    changes = fact_changes(old, new)
    assert [change.name for change in changes] == ["state", "fee", "venue"]
    mailed = MailedFacts(1, "防災ごはん", old, 11)
    shown = Item(
        page=facts(1, key_facts=new).page,
        section=CORRECTIONS,
        section_order=0,
        paper="momo",
        reason=InReason.CORRECTION,
        changes=changes,
        mailed=mailed,
    )
    assert item_lines(shown, date(2026, 12, 1)) == (
        "【変更】",
        "費用は、11月号では「200円」とお知らせしましたが、「300円」です。",
        "場所は、11月号では「中央公民館」とお知らせしましたが、取り消しました。",
    )
