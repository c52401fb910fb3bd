"""A large issue in memory: forty items with long Japanese words, corrections, reminders, half of it translated."""

from dataclasses import replace
from datetime import date, datetime

from center.models import CentreSettings
from center.opening import TOKYO
from newsletter.models import Delivery, Issue, IssueItem, IssueKind, Rendering, StaffLine
from newsletter.rendering import Rendered, render_issue
from newsletter.sending.message import compose_issue_mail
from newsletter.wording import CORRECTIONS, REMINDERS

SITE = "https://assist-park.example"
CENTRE = CentreSettings(
    nickname="アシストパーク郡山",
    nickname_en="Assist Park Koriyama",
    name="郡山市 市民活動サポートセンター",
    name_en="Koriyama City Citizens' Activity Support Center",
    address="郡山市朝日1-23-7　郡山市役所 西庁舎3階",
    phone="024-924-3352",
    fax="024-924-3352",
    email="centre@assist-park.example",
    sender_name="郡山市 市民活動サポートセンター",
    sender_email="mail@assist-park.example",
    reply_to="centre@assist-park.example",
)
NOW = datetime(2026, 12, 1, 10, tzinfo=TOKYO)
SECTIONS = (
    ("センターから", "centre"),
    ("助成金", "lemon"),
    ("講座・催し", "sora"),
    ("募集", "wakakusa"),
    ("団体から", "fuji"),
    ("広報誌", "shiro"),
)
LONG = "地域のみんなでつくる、子どもからお年寄りまでが集まれる冬の居場所づくりと防災の学びを考える連続講座"


def large_issue() -> Issue:
    return Issue(
        pk=1,
        year=2026,
        month=12,
        slug="2026-12",
        kind=IssueKind.REGULAR,
        subject="サポートメール12月号 講座・催し7件",
        preheader="12月5日からの会計講座、締切が12月2日の助成金など。わからないことは024-924-3352へ。",
        opening="こんにちは、センターです。会計の講座が土曜に3回あります。" * 12,
        send_at=NOW,
    )


def large_items(count: int = 40) -> list[IssueItem]:
    items = [_item(number) for number in range(count)]
    items[0].section_name, items[0].section_order, items[0].is_correction = CORRECTIONS, 0, True
    items[0].lines = ["費用は、11月号では「200円」とお知らせしましたが、「300円」です。"]
    for number in range(count, count + 3):
        reminder = _item(number)
        reminder.section_name, reminder.section_order, reminder.is_reminder = REMINDERS, 1000, True
        reminder.lines = ["12月20日（日）"]
        items.append(reminder)
    return items


def large_mail(language: str, **fields) -> Rendered:
    issue = large_issue()
    for name, value in fields.items():
        setattr(issue, name, value)
    lines = [StaffLine(title="閉じたページの催し", text="中止になりました。")]
    return render_issue(issue, large_items(), lines, language=language, centre=CENTRE)


def as_sent(rendered: Rendered, format: str = "html") -> bytes:
    """The message to one reader as the relay gets it."""
    rendering = Rendering(
        issue=large_issue(),
        locale=rendered.language,
        subject=rendered.subject,
        html=rendered.html,
        text=rendered.text,
    )
    delivery = Delivery(
        subscriber_id=7,
        email="haru.mihon@reader.example",
        locale=rendered.language,
        format=format,
        message_id="<2026-12.7.8c1f0d@assist-park.example>",
    )
    return compose_issue_mail(rendering, delivery, centre=CENTRE, now=NOW)


def with_html(rendered: Rendered, more: str) -> Rendered:
    """The same mail with something added at the end of its body."""
    return replace(rendered, html=rendered.html.replace("</body>", f"{more}</body>"))


def _item(number: int) -> IssueItem:
    section = number * len(SECTIONS) // 40 if number < 40 else 0
    name, paper = SECTIONS[section]
    is_running = number % 10 == 9
    lines = [
        f"【締切まであと{number % 14 + 1}日】12月{number % 28 + 1}日（土）13時30分〜15時30分、申込は12月3日（木）まで",
        "大槻ふれあいセンター 2階 集会室（駐車場は20台、路線バスは「大槻公民館前」から歩いて5分）",
        "無料・要申込。電話かファクスか窓口で。手話通訳と託児（1歳から）があります。はじめての人もどうぞ。",
    ]
    return IssueItem(
        page_ref=100 + number,
        section_name=name,
        section_order=section + 1,
        paper=paper,
        order=number,
        reason="running" if is_running else "coming",
        title=f"{LONG}（第{number + 1}回）",
        url=f"{SITE}/events/tsudoi-{number + 1}/",
        kind_word="展示",
        lines=lines,
        leaf_on=None if is_running else date(2026, 12, number % 28 + 1),
        is_sample=number % 4 == 0,
        translations={language: _translation(number, language) for language in ("en", "ja-x-easy")},
    )


def _translation(number: int, language: str) -> dict:
    is_translated = number % 2 == 0
    words = {"en": "A winter place for everybody, from children to the old", "ja-x-easy": "みんなが あつまる 冬の 場所"}
    return {
        "title": f"{words[language]} {number + 1}" if is_translated else f"{LONG}（第{number + 1}回）",
        "url": f"{SITE}/{language}/events/tsudoi-{number + 1}/"
        if is_translated
        else f"{SITE}/events/tsudoi-{number + 1}/",
        "kind_word": "",
        "lines": ["Sat 12 December 2026, 13:30–15:30", "Otsuki community center, 2nd floor", "free of charge"],
        "is_translated": is_translated,
    }
