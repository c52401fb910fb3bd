"""What readers get of an issue: the HTML part, the text part and the back number, one of each for a language.

The HTML is a plain template of tables with inline styles: mail programs ignore style sheets, and a table template shows
in a diff what changed, while generators of mail layouts accept wrong nesting without a word and write one long line.
The text part is written from the items, not from the HTML; every address stands alone on its line. Neither holds a
personal link: the slot of `newsletter.slots` stands in its place.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override, pgettext

from center.japanese.dates import MONTHS_EN, weekday_word
from center.models import CentreSettings
from center.opening import tokyo_date
from center.pages import InReason
from newsletter.models import Issue, IssueItem, IssueKind, Rendering, StaffLine
from newsletter.slots import personal_url
from newsletter.wording import CORRECTIONS, REMINDERS

JAPANESE = "ja"
PAPERS = {
    "momo": "#ffe9dd",
    "sora": "#dcefff",
    "wakakusa": "#e4f5d3",
    "lemon": "#fff2bd",
    "fuji": "#efe6fb",
    "centre": "#e6f5ec",
    "shiro": "#f1f4f0",
}
"""The pale papers of the site's look, as colours that mail programs understand."""
LEAVES = {"sora": "lecture", "wakakusa": "call", "lemon": "grant", "fuji": "match", "centre": "centre"}
"""The tint of the leaves in a section of that paper, as the site's stylesheet names them."""
BAR = "━" * 15
RENDERED_LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)


@dataclass(frozen=True)
class Leaf:
    """A small leaf of the calendar: month, number with its word, weekday; or a kind with 'now running'."""

    top: str
    number: str
    unit: str = ""
    bottom: str = ""


@dataclass(frozen=True)
class Line:
    """One line under a title; `mark` is what stands in 【】 before it."""

    text: str
    mark: str = ""


@dataclass(frozen=True)
class MailItem:
    """One item as it is shown. `language` is set where the title is in another language than the mail."""

    title: str
    url: str
    lines: tuple[Line, ...]
    leaf: Leaf | None = None
    language: str = ""
    is_sample: bool = False
    anchor: str = ""


@dataclass(frozen=True)
class MailSection:
    """One section with its paper."""

    name: str
    paper: str
    items: tuple[MailItem, ...]
    anchor: str
    language: str = ""

    @property
    def colour(self) -> str:
        return PAPERS.get(self.paper, PAPERS["shiro"])

    @property
    def leaf_tint(self) -> str:
        return LEAVES.get(self.paper, "")

    @property
    def count_words(self) -> str:
        return count_words(len(self.items))


@dataclass(frozen=True)
class MailView:
    """Everything that the templates show of one issue in one language."""

    language: str
    html_language: str
    subject: str
    headline: str
    preheader: str
    opening: str
    send_on: date
    leaf: Leaf
    sections: tuple[MailSection, ...]
    reminders: tuple[MailItem, ...]
    reminders_name: str
    centre_name: str
    nickname: str
    address: str
    phone: str
    fax: str
    email: str
    why: str
    web_url: str
    is_sample: bool
    is_japanese: bool
    personal_url: str

    @property
    def phone_link(self) -> str:
        return "".join(char for char in self.phone if char.isdigit() or char == "+")

    @property
    def is_one_number(self) -> bool:
        """Phone and FAX share a number, as the centre's do."""
        return bool(self.phone) and self.phone == self.fax


@dataclass(frozen=True)
class Rendered:
    """The parts of an issue in one language. `web_html` holds no link of a person."""

    language: str
    subject: str
    html: str
    text: str
    web_html: str

    @property
    def sha256(self) -> str:
        parts = "\x00".join((self.subject, self.html, self.text, self.web_html))
        return hashlib.sha256(parts.encode()).hexdigest()


def count_words(count: int) -> str:
    """1件, 3 items."""
    return ngettext("%(count)d item", "%(count)d items", count) % {"count": count}


def render_issue(
    issue: Issue,
    items: Iterable[IssueItem],
    staff_lines: Iterable[StaffLine],
    *,
    language: str,
    centre: CentreSettings,
) -> Rendered:
    """The three parts of an issue in one language, from rows that may or may not be stored yet."""
    with override(language):
        view = mail_view(issue, list(items), list(staff_lines), language=language, centre=centre)
        context = {"mail": view}
        return Rendered(
            language=language,
            subject=view.subject,
            html=_without_blank_lines(render_to_string("newsletter/mail/issue.html", context)),
            text=text_part(view),
            web_html=_without_blank_lines(render_to_string("newsletter/mail/back_number.html", context)),
        )


def render_languages(
    issue: Issue, items: list[IssueItem], staff_lines: list[StaffLine], *, centre: CentreSettings
) -> list[Rendered]:
    """The issue in every language of the site."""
    return [
        render_issue(issue, items, staff_lines, language=language, centre=centre) for language in RENDERED_LANGUAGES
    ]


def store_renderings(issue: Issue, rendered: Iterable[Rendered], *, now: datetime) -> None:
    """Write what is to be approved in place of what was there. The caller's transaction."""
    Rendering.objects.filter(issue=issue).delete()
    Rendering.objects.bulk_create(
        Rendering(
            issue=issue,
            locale=parts.language,
            subject=parts.subject,
            html=parts.html,
            text=parts.text,
            web_html=parts.web_html,
            sha256=parts.sha256,
            rendered_at=now,
        )
        for parts in rendered
    )


# the view


def mail_view(
    issue: Issue, items: list[IssueItem], staff_lines: list[StaffLine], *, language: str, centre: CentreSettings
) -> MailView:
    """What the templates show; the active language is `language`."""
    is_english = language == "en"
    send_on = tokyo_date(issue.send_at)
    headline = _headline(issue, is_english=is_english)
    return MailView(
        language=language,
        html_language="en" if is_english else JAPANESE,
        subject=headline if is_english else issue.subject,
        headline=headline,
        preheader="" if is_english else issue.preheader,
        opening=issue.opening.strip(),
        send_on=send_on,
        leaf=_leaf(send_on, is_english=is_english, with_year=True),
        sections=_sections(items, staff_lines, language),
        reminders=tuple(_mail_item(item, language) for item in items if item.is_reminder),
        reminders_name=REMINDERS if not is_english else _("Events we told you about before"),
        centre_name=centre.worded("name", language),
        nickname=centre.worded("nickname", language),
        address=centre.worded("address", language),
        phone=centre.phone,
        fax=centre.fax,
        email=centre.email,
        why=_why(issue),
        web_url=web_address(issue, language),
        is_sample=issue.is_sample,
        is_japanese=language == JAPANESE,
        personal_url=personal_url(),
    )


def web_address(issue: Issue, language: str) -> str:
    """Where the back number can be read."""
    prefix = "" if language == settings.LANGUAGE_CODE else f"/{language}"
    return f"{settings.SITE_URL}{prefix}/mail/{issue.slug}/"


def _headline(issue: Issue, *, is_english: bool) -> str:
    month = f"{MONTHS_EN[issue.month - 1]} {issue.year}" if is_english else f"{issue.month}月"
    if issue.kind == IssueKind.EXTRA:
        return _("Support mail, extra issue of %(month)s") % {"month": month}
    return _("Support mail, %(month)s") % {"month": month}


def _why(issue: Issue) -> str:
    if issue.kind == IssueKind.EXTRA:
        return _("You get this mail because you signed up for extra issues of our support mail.")
    return _("You get this mail because you signed up for it. It comes once a month.")


def _leaf(on: date, *, is_english: bool, with_year: bool = False) -> Leaf:
    month = MONTHS_EN[on.month - 1] if with_year else MONTHS_EN[on.month - 1][:3]
    return Leaf(
        top=month if is_english else f"{on.month}月",
        number=str(on.day),
        unit="" if is_english else "日",
        bottom=weekday_word(on, "en" if is_english else JAPANESE, form="long" if with_year else "leaf"),
    )


def _sections(items: list[IssueItem], staff_lines: list[StaffLine], language: str) -> tuple[MailSection, ...]:
    grouped: dict[tuple[int, str], list[IssueItem]] = {}
    for item in items:
        if not item.is_reminder:
            grouped.setdefault((item.section_order, item.section_name), []).append(item)
    corrections = [_mail_item(item, language) for item in grouped.pop((0, CORRECTIONS), [])]
    corrections += [
        MailItem(title=line.title, url="", lines=(Line(line.text),), language=_foreign(language))
        for line in staff_lines
    ]
    sections = []
    if corrections:
        name = _("Corrections") if language == "en" else CORRECTIONS
        sections.append(MailSection(name, "momo", tuple(corrections), "s0"))
    for number, (key, rows) in enumerate(sorted(grouped.items(), key=lambda pair: pair[0]), start=1):
        rows.sort(key=lambda item: item.order)
        shown = tuple(_mail_item(item, language) for item in rows)
        sections.append(MailSection(key[1], rows[0].paper, shown, f"s{number}", language=_foreign(language)))
    return tuple(sections)


def _foreign(language: str) -> str:
    """Japanese words in a mail that is not Japanese name their language."""
    return JAPANESE if language == "en" else ""


def _mail_item(item: IssueItem, language: str) -> MailItem:
    known = item.translations.get(language) if language != settings.LANGUAGE_CODE else None
    title, url, lines, foreign = item.title, item.url, item.lines, ""
    if known:
        title, url, lines = known["title"], known["url"], known["lines"]
        if not known["is_translated"]:
            title = f"{title}（日本語のみ）"
            foreign = _foreign(language)
    return MailItem(
        title=title,
        url=url,
        lines=tuple(_line(line) for line in lines if line),
        leaf=None if item.is_reminder or item.is_correction else _item_leaf(item, known, is_english=language == "en"),
        language=foreign,
        is_sample=item.is_sample,
        anchor=f"p{item.page_ref}",
    )


def _item_leaf(item: IssueItem, known: dict | None, *, is_english: bool) -> Leaf | None:
    if item.leaf_on:
        return _leaf(item.leaf_on, is_english=is_english)
    if item.reason == InReason.RUNNING:
        return Leaf(top=(known or {}).get("kind_word") or item.kind_word, number="", bottom=_("now running"))
    return None


def _line(line: str) -> Line:
    if line.startswith("【") and "】" in line:
        mark, _bracket, rest = line.partition("】")
        return Line(text=rest, mark=f"{mark}】")
    return Line(text=line)


# the text part


def text_part(view: MailView) -> str:
    """The text part, complete in itself. Every address stands alone on its line."""
    sample = _("(sample)") if view.is_sample else ""
    lines = [f"{view.headline}{sample}", _send_day(view), view.nickname or view.centre_name, ""]
    if view.opening:
        lines += [view.opening, ""]
    if view.sections:
        lines.append("■ " + pgettext("mail", "In this issue"))
        lines += [f"・{section.name}　{section.count_words}" for section in view.sections]
        lines.append("")
    for section in view.sections:
        lines += [BAR, f"■ {section.name}　{section.count_words}", BAR, ""]
        for number, item in enumerate(section.items, start=1):
            lines += [*_text_item(item, f"（{number}）", view), ""]
    if view.reminders:
        lines += [BAR, f"■ {view.reminders_name}", BAR, ""]
        for item in view.reminders:
            lines += [*_text_item(item, "・", view), ""]
    lines += [BAR, "■ " + _("Sender"), BAR, *_text_sender(view), "", view.why, ""]
    lines += [_("Read this issue on our site"), view.web_url, ""]
    lines += [_("Change what you read or your address, or leave"), view.personal_url, ""]
    return "\n".join(lines)


def _send_day(view: MailView) -> str:
    day = view.send_on
    if view.html_language == "en":
        return f"{weekday_word(day, 'en', form='long')} {day.day} {MONTHS_EN[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日（{weekday_word(day, JAPANESE)}）"


def _text_item(item: MailItem, mark: str, view: MailView) -> list[str]:
    sample = _("(sample)") if item.is_sample and not view.is_sample else ""
    lines = [f"{mark}{item.title}{sample}", *(f"{line.mark}{line.text}" for line in item.lines)]
    return [*lines, item.url] if item.url else lines


def _text_sender(view: MailView) -> list[str]:
    lines = [view.centre_name]
    if view.nickname and view.nickname != view.centre_name:
        lines.append(f"（{view.nickname}）")
    lines.append(view.address)
    if view.is_one_number:
        lines.append(_("Phone and FAX %(number)s") % {"number": view.phone})
    else:
        lines.append(_("Phone %(number)s") % {"number": view.phone} if view.phone else "")
        lines.append(_("FAX %(number)s") % {"number": view.fax} if view.fax else "")
    lines.append(view.email)
    return [line for line in lines if line]


def _without_blank_lines(html: str) -> str:
    return "\n".join(line.strip() for line in html.splitlines() if line.strip()) + "\n"
