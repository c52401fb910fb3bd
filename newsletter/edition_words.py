"""The words that stand around the items of a mail, for each edition: Japanese, English, easy Japanese.

English and Japanese come from the catalogue; easy Japanese has words of its own, written for people who learn it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from newsletter.wording import CORRECTIONS, PREHEADER_LONGEST, PREHEADER_SHORTEST, REMINDERS

JAPANESE, ENGLISH, EASY = "ja", "en", "ja-x-easy"

SECTION_NAMES = {
    ENGLISH: {
        "センターから": "From the center",
        "助成金": "Grants",
        "講座・催し": "Courses and events",
        "募集": "Calls for members and helpers",
        "団体から": "From the groups",
        "広報誌": "Our magazine",
        CORRECTIONS: "Corrections",
        REMINDERS: "Events we told you about before",
    },
    EASY: {
        "センターから": "センターから",
        "助成金": "助成金（じょせいきん）",
        "講座・催し": "講座（こうざ）・イベント",
        "募集": "募集（ぼしゅう）",
        "団体から": "団体（だんたい）から",
        "広報誌": "広報誌（こうほうし）",
        CORRECTIONS: "なおしたところ",
        REMINDERS: "まえに おしらせした イベント",
    },
}
"""The sections that the site begins with, where staff have not written names of their own for these editions."""

SectionNames = Mapping[str, Mapping[str, str]]
"""{Japanese name: {language: name}}, as staff wrote them; what is empty is left out."""


@dataclass(frozen=True)
class EditionWords:
    """Headings, labels and sentences of one edition."""

    contents: str
    sender: str
    phone: str
    fax: str
    phone_and_fax: str
    web: str
    change: str
    leave: str
    change_or_leave: str
    only_japanese: str
    sample: str
    why: str


def edition_words(language: str, *, is_extra: bool) -> EditionWords:
    """The words of that edition, which is also the active language."""
    if language == EASY:
        return EditionWords(
            contents="この メールに 書いてあること",
            sender="おくった ところ",
            phone="電話（でんわ）",
            fax="ファクス",
            phone_and_fax="電話（でんわ）・ファクス",
            web="この メールを サイトで よむ",
            change="ことばや アドレスを かえる",
            leave="この メールを やめる",
            change_or_leave="ことばや アドレスを かえる、メールを やめる",
            only_japanese="「（日本語のみ）」と ある ものは、ふつうの 日本語です。",
            sample=_("(sample)"),
            why="この メールは、もうしこみを した 人に おくっています。"
            + ("いそいで つたえることが あるときだけ とどきます。" if is_extra else "月に 1回 とどきます。"),
        )
    return EditionWords(
        contents=pgettext("mail", "In this issue"),
        sender=_("Sender"),
        phone=_("Phone"),
        fax=_("FAX"),
        phone_and_fax=_("Phone and FAX"),
        web=_("Read this issue on our site"),
        change=_("Change what you read or your address"),
        leave=_("Leave this mail"),
        change_or_leave=_("Change what you read or your address, or leave"),
        only_japanese=_("“（日本語のみ）” stands beside what we have in Japanese only."),
        sample=_("(sample)"),
        why=_("You get this mail because you signed up for extra issues of our support mail.")
        if is_extra
        else _("You get this mail because you signed up for it. It comes once a month."),
    )


def section_name(name: str, language: str, names: SectionNames | None = None) -> tuple[str, bool]:
    """The section's name in that edition, and whether it had to stay Japanese.

    Staff's own name (`names`) comes before the words that the site knows.
    """
    if language == JAPANESE:
        return name, False
    known = (names or {}).get(name, {}).get(language) or SECTION_NAMES[language].get(name)
    return (known, False) if known else (name, language == ENGLISH)


def short_preheader(counts: Iterable[tuple[str, int]], *, phone: str, language: str) -> str:
    """40 to 80 characters beside the subject of an edition that is not Japanese: what is in, and whom to ask."""
    joint, end = ("、", "。") if language == EASY else (", ", ". ")
    if language == EASY:
        opening = "市民活動サポートセンターからの おしらせです。いろいろな イベントなどが あります。"
        asking = f"わからないことは {phone}へ。" if phone else "わからないことは センターへ。"
    else:
        opening = "News for citizens' groups and volunteers. "
        asking = f"Questions? Phone {phone}." if phone else "Questions? Ask the center."
    room, words = PREHEADER_LONGEST - len(asking) - len(end), ""
    for name, count in counts:
        longer = f"{words}{joint}{name} {count}" if words else f"{name} {count}"
        if len(longer) > room:
            break
        words = longer
    text = (f"{words}{end}" if words else "") + asking
    if len(text) < PREHEADER_SHORTEST:
        text = (opening + text) if len(opening + text) <= PREHEADER_LONGEST else opening + asking
    return text[:PREHEADER_LONGEST]
