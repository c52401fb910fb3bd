"""What the templates of a mail show of one issue in one language, built from its rows alone."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from center.japanese.dates import MONTHS_EN, weekday_word
from center.models import CentreSettings
from center.opening import tokyo_date
from center.pages import InReason
from newsletter.edition_words import (
    ENGLISH,
    JAPANESE,
    EditionWords,
    SectionNames,
    edition_words,
    section_name,
    short_preheader,
)
from newsletter.models import Issue, IssueItem, IssueKind, StaffLine
from newsletter.slots import personal_url
from newsletter.wording import CORRECTIONS, REMINDERS, days_left, preheader_of

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
ONLY_JAPANESE = "（日本語のみ）"


@dataclass(frozen=True)
class Leaf:
    """A small leaf of the calendar: month, number with its word, weekday; or a kind with 'now running'."""

    top: str
    number: str
    unit: str = ""
    bottom: str = ""


@dataclass(frozen=True)
class Line:
    """One line under a title; `mark` is what stands in 【】 before it, in red."""

    text: str
    mark: str = ""


@dataclass(frozen=True)
class MailItem:
    """One item as it is shown. `language` is set where the title is in another language; `note` says so."""

    title: str
    url: str
    lines: tuple[Line, ...]
    leaf: Leaf | None = None
    language: str = ""
    note: str = ""
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

    @property
    def joint(self) -> str:
        """What stands between the name and the count."""
        return ": " if get_language() == ENGLISH else "　"


@dataclass(frozen=True)
class MailView:
    """Everything that the templates show of one issue in one language."""

    language: str
    html_language: str
    subject: str
    headline: str
    headline_parts: tuple[str, ...]
    preheader: str
    opening: str
    send_on: date
    leaf: Leaf
    sections: tuple[MailSection, ...]
    reminders: tuple[MailItem, ...]
    reminders_name: str
    words: EditionWords
    has_japanese_only: bool
    centre_name: str
    nickname: str
    address: str
    phone: str
    fax: str
    email: str
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


def count_words(count: int) -> str:
    """1件, 3 items."""
    return ngettext("%(count)d item", "%(count)d items", count) % {"count": count}


def mail_view(
    issue: Issue,
    items: list[IssueItem],
    staff_lines: list[StaffLine],
    *,
    language: str,
    centre: CentreSettings,
    names: SectionNames | None = None,
) -> MailView:
    """What the templates show; the active language is `language`. `names`: the sections' names in other languages."""
    is_english = language == ENGLISH
    send_on = tokyo_date(issue.send_at)
    headline = _headline(issue, is_english=is_english)
    sections = _sections(items, staff_lines, language, names)
    reminders = tuple(_mail_item(item, language) for item in items if item.is_reminder)
    shown = [item for section in sections for item in section.items] + list(reminders)
    return MailView(
        language=language,
        html_language=ENGLISH if is_english else JAPANESE,
        subject=headline if is_english else issue.subject,
        headline=headline,
        headline_parts=_headline_parts(headline),
        preheader=_preheader(issue, sections, phone=centre.phone, language=language),
        opening=issue.opening.strip(),
        send_on=send_on,
        leaf=_leaf(send_on, is_english=is_english, with_year=True),
        sections=sections,
        reminders=reminders,
        reminders_name=section_name(REMINDERS, language)[0],
        words=edition_words(language, is_extra=issue.kind == IssueKind.EXTRA),
        has_japanese_only=any(item.note for item in shown),
        centre_name=centre.worded("name", language),
        nickname=centre.worded("nickname", language),
        address=centre.worded("address", language),
        phone=centre.phone,
        fax=centre.fax,
        email=centre.email,
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


def _headline_parts(headline: str) -> tuple[str, ...]:
    """Where a phone may break it: サポートメール | 12月号. English breaks between its words."""
    name = _("Support mail")
    if get_language() == ENGLISH or not headline.startswith(name):
        return (headline,)
    return tuple(part for part in (name, headline.removeprefix(name)) if part)


def _preheader(issue: Issue, sections: tuple[MailSection, ...], *, phone: str, language: str) -> str:
    """Staff's own in Japanese; otherwise one that writes itself."""
    if language != JAPANESE:
        counts = [(section.name, len(section.items)) for section in sections]
        return short_preheader(counts, phone=phone, language=language)
    titles = [item.title for section in sections for item in section.items]
    return issue.preheader or preheader_of(titles, phone)


def _leaf(on: date, *, is_english: bool, with_year: bool = False) -> Leaf:
    month = MONTHS_EN[on.month - 1] if with_year else MONTHS_EN[on.month - 1][:3]
    return Leaf(
        top=month if is_english else f"{on.month}月",
        number=str(on.day),
        unit="" if is_english else "日",
        bottom=weekday_word(on, ENGLISH if is_english else JAPANESE, form="long" if with_year else "leaf"),
    )


def _sections(
    items: list[IssueItem], staff_lines: list[StaffLine], language: str, names: SectionNames | None
) -> tuple[MailSection, ...]:
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
        name, _is_foreign = section_name(CORRECTIONS, language)
        sections.append(MailSection(name, "momo", tuple(corrections), "s0"))
    for number, (key, rows) in enumerate(sorted(grouped.items(), key=lambda pair: pair[0]), start=1):
        rows.sort(key=lambda item: item.order)
        shown = tuple(_mail_item(item, language) for item in rows)
        name, is_foreign = section_name(key[1], language, names)
        sections.append(MailSection(name, rows[0].paper, shown, f"s{number}", language=JAPANESE if is_foreign else ""))
    return tuple(sections)


def _foreign(language: str) -> str:
    """Japanese words in a mail that is not Japanese name their language."""
    return JAPANESE if language == ENGLISH else ""


def _mail_item(item: IssueItem, language: str) -> MailItem:
    known = item.translations.get(language) if language != settings.LANGUAGE_CODE else None
    title, url, lines, note = item.title, item.url, [_line(line) for line in item.lines if line], ""
    if known:
        title, url = known["title"], known["url"]
        lines = [*_countdown(item), *(_line(line) for line in known["lines"] if line)]
        note = "" if known["is_translated"] else ONLY_JAPANESE
    return MailItem(
        title=title,
        url=url,
        lines=tuple(lines),
        leaf=None
        if item.is_reminder or item.is_correction
        else _item_leaf(item, known, is_english=language == ENGLISH),
        language=_foreign(language) if note else "",
        note=note,
        is_sample=item.is_sample,
        anchor=f"p{item.page_ref}",
    )


def _countdown(item: IssueItem) -> list[Line]:
    """The days left until the deadline, as the Japanese edition counts them, in the words of this one."""
    left = days_left(item.lines[0]) if item.lines else None
    if left is None:
        return []
    if left == 0:
        return [Line("", _("【Closes today】"))]
    return [Line("", ngettext("【%(count)d day left】", "【%(count)d days left】", left) % {"count": left})]


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
