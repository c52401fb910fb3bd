"""The text part of a mail, written from the items and complete in itself. Every address stands alone on its line."""

from dataclasses import dataclass

from center.japanese.dates import MONTHS_EN, weekday_word
from newsletter.edition_words import ENGLISH, JAPANESE
from newsletter.mail_view import MailItem, MailSection, MailView


@dataclass(frozen=True)
class Signs:
    """What a text without type or colour marks headings and items with."""

    bar: str
    heading: str
    bullet: str
    number: str
    brackets: str


JAPANESE_SIGNS = Signs(bar="━" * 15, heading="■ ", bullet="・", number="（%d）", brackets="（%s）")
ENGLISH_SIGNS = Signs(bar="-" * 40, heading="", bullet="- ", number="%d. ", brackets="(%s)")


def text_part(view: MailView) -> str:
    """All of the mail as lines of text."""
    signs = ENGLISH_SIGNS if view.html_language == ENGLISH else JAPANESE_SIGNS
    lines = [view.headline + (view.words.sample if view.is_sample else "")]
    lines += [_send_day(view), view.nickname or view.centre_name, ""]
    if view.opening:
        lines += [view.opening, ""]
    if view.sections:
        lines.append(signs.heading + view.words.contents)
        lines += [signs.bullet + _heading(section) for section in view.sections]
        lines.append("")
    if view.has_japanese_only:
        lines += [view.words.only_japanese, ""]
    for section in view.sections:
        lines += [*_bars(_heading(section), signs), ""]
        for number, item in enumerate(section.items, start=1):
            lines += [*_item(item, signs.number % number, view), ""]
    if view.reminders:
        lines += [*_bars(view.reminders_name, signs), ""]
        for item in view.reminders:
            lines += [*_item(item, signs.bullet, view), ""]
    lines += [*_bars(view.words.sender, signs), *_sender(view, signs), "", view.words.why, ""]
    lines += [view.words.web, view.web_url, ""]
    lines += [view.words.change_or_leave, view.personal_url, ""]
    return "\n".join(lines)


def _heading(section: MailSection) -> str:
    return f"{section.name}{section.joint}{section.count_words}"


def _bars(heading: str, signs: Signs) -> list[str]:
    return [signs.bar, signs.heading + heading, signs.bar]


def _send_day(view: MailView) -> str:
    day = view.send_on
    if view.html_language == ENGLISH:
        return f"{weekday_word(day, ENGLISH, form='long')} {day.day} {MONTHS_EN[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日（{weekday_word(day, JAPANESE)}）"


def _item(item: MailItem, mark: str, view: MailView) -> list[str]:
    sample = view.words.sample if item.is_sample and not view.is_sample else ""
    lines = [f"{mark}{item.title}{item.note}{sample}", *(f"{line.mark}{line.text}" for line in item.lines)]
    return [*lines, item.url] if item.url else lines


def _sender(view: MailView, signs: Signs) -> list[str]:
    lines = [view.centre_name]
    if view.nickname and view.nickname != view.centre_name:
        lines.append(signs.brackets % view.nickname)
    lines.append(view.address)
    if view.is_one_number:
        lines.append(f"{view.words.phone_and_fax} {view.phone}")
    else:
        lines.append(f"{view.words.phone} {view.phone}" if view.phone else "")
        lines.append(f"{view.words.fax} {view.fax}" if view.fax else "")
    lines.append(view.email)
    return [line for line in lines if line]
