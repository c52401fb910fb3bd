"""What the preview says about a mail beside its pictures: is it small, short, linked and legible everywhere?

`check_mail` is pure; `closed_links` reads the database for it, once, with three queries and without any network:

    rows = check_mail(rendered, subject=rendered.subject, closed=closed_links(rendered))
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils.translation import get_language_from_path, ngettext, override
from django.utils.translation import gettext as _
from lxml import html as lxml_html
from wagtail.models import Page, Site

from center.visibility import publicly_visible
from newsletter.findings import LARGEST_HTML
from newsletter.mail_characters import named_character, unshowable_characters
from newsletter.rendering import Rendered
from newsletter.sending.mime import UnsendableMessage, header_line, message_bytes
from newsletter.wording import PREHEADER_LONGEST, PREHEADER_SHORTEST, SUBJECT_WIDTH, width

LONGEST_LINE = 998
"""Octets of a line without its end (RFC 5322, 2.1.1)."""
SERVES_PAGES = "wagtail_serve"


class MailCheckCode(StrEnum):
    """One row of the panel."""

    SIZE = "size"
    SUBJECT = "subject"
    PREHEADER = "preheader"
    LINE = "line"
    LINKS = "links"
    TEXT = "text"
    IMAGES = "images"
    CHARACTERS = "characters"


@dataclass(frozen=True)
class MailCheck:
    """One row: what is measured, how it is, what it should be, and by name what is wrong. Words in the active language.

    `details` is empty where everything is well; `is_good` says the same in one bit.
    """

    code: MailCheckCode
    label: str
    value: str
    limit: str
    is_good: bool
    details: tuple[str, ...] = ()


def check_mail(rendered: Rendered, *, subject: str, closed: Iterable[str] = ()) -> tuple[MailCheck, ...]:
    """All rows, always in the same order. `closed`: the addresses in it that open for nobody (`closed_links`)."""
    tree = lxml_html.fromstring(rendered.html)
    return (
        _size(rendered),
        _subject(subject),
        _preheader(tree),
        _line(rendered, subject),
        _links(tree, set(closed)),
        _text(rendered, tree),
        _images(tree),
        _characters(tree, subject),
    )


def _size(rendered: Rendered) -> MailCheck:
    octets = len(rendered.html.encode())
    return MailCheck(
        MailCheckCode.SIZE,
        _("Size"),
        f"{octets / 1000:.1f} KB",
        _("up to %(size)d KB") % {"size": LARGEST_HTML // 1000},
        octets <= LARGEST_HTML,
        () if octets <= LARGEST_HTML else (_("Some mailboxes cut off what is longer."),),
    )


def _subject(subject: str) -> MailCheck:
    wide = width(subject)
    is_good = 0 < wide <= SUBJECT_WIDTH
    return MailCheck(
        MailCheckCode.SUBJECT,
        _("Length of the subject"),
        _("%(count)s full-width characters") % {"count": f"{wide:g}"},
        _("up to %(count)d") % {"count": SUBJECT_WIDTH},
        is_good,
        () if is_good else (_cut(subject, SUBJECT_WIDTH) + "…",) if subject else (_("There is no subject."),),
    )


def _preheader(tree) -> MailCheck:
    words = _preheader_words(tree)
    is_good = PREHEADER_SHORTEST <= len(words) <= PREHEADER_LONGEST
    return MailCheck(
        MailCheckCode.PREHEADER,
        _("Words beside the subject"),
        _("%(count)s characters") % {"count": len(words)},
        _("%(least)d to %(most)d") % {"least": PREHEADER_SHORTEST, "most": PREHEADER_LONGEST},
        is_good,
        () if is_good else (words or _("There are none."),),
    )


def _line(rendered: Rendered, subject: str) -> MailCheck:
    """Of the message as it leaves: bodies in base64, so that no paragraph is too long."""
    details: tuple[str, ...] = ()
    try:
        headers = [header_line("Subject", subject)]
    except UnsendableMessage:
        headers, details = [], (_("The subject holds a line break or a control character."),)
    message = message_bytes(headers, text=rendered.text, html=rendered.html, message_id=rendered.sha256)
    longest = max(map(len, message.split(b"\r\n")))
    return MailCheck(
        MailCheckCode.LINE,
        _("Longest line"),
        _("%(count)s bytes") % {"count": f"{longest:,}"},
        _("up to %(count)d") % {"count": LONGEST_LINE},
        longest <= LONGEST_LINE and not details,
        details,
    )


def _links(tree, closed: set[str]) -> MailCheck:
    found = list(_web_links(tree))
    goals = {element.get("id") for element in tree.iter() if element.get("id")}
    astray = [href for href in _hrefs(tree) if href.startswith("#") and href[1:] not in goals]
    wrong = [url for url in dict.fromkeys(found) if url in closed] + list(dict.fromkeys(astray))
    return MailCheck(
        MailCheckCode.LINKS,
        _("Links"),
        ngettext("%(count)d link", "%(count)d links", len(found)) % {"count": len(found)},
        _("all open for everybody"),
        not wrong,
        tuple(wrong),
    )


def _text(rendered: Rendered, tree) -> MailCheck:
    """Does the text part hold every address of the HTML part, alone on its line?"""
    lines = set(rendered.text.splitlines())
    missing = [url for url in dict.fromkeys(_web_links(tree)) if url not in lines]
    return MailCheck(
        MailCheckCode.TEXT,
        _("Plain text"),
        _("complete") if not missing else _("incomplete"),
        _("every address of the mail"),
        bool(rendered.text.strip()) and not missing,
        tuple(missing),
    )


def _images(tree) -> MailCheck:
    images = list(tree.iter("img"))
    bare = tuple(image.get("src", "") for image in images if not (image.get("alt") or "").strip())
    return MailCheck(
        MailCheckCode.IMAGES,
        _("Pictures"),
        ngettext("%(count)d picture", "%(count)d pictures", len(images)) % {"count": len(images)},
        _("each with a description"),
        not bare,
        bare,
    )


def _characters(tree, subject: str) -> MailCheck:
    rows = [
        _("%(character)s in: %(place)s") % {"character": named_character(character), "place": place or _("subject")}
        for place, text in (("", subject), *_passages(tree))
        for character in unshowable_characters(text)
    ]
    rows = list(dict.fromkeys(rows))
    return MailCheck(
        MailCheckCode.CHARACTERS,
        _("Characters that phones may not show"),
        ngettext("%(count)d character", "%(count)d characters", len(rows)) % {"count": len(rows)},
        _("none"),
        not rows,
        tuple(rows),
    )


def _passages(tree) -> Iterator[tuple[str, str]]:
    """The words of the mail in pieces, each with the item or heading it belongs to."""
    place = _("opening of the mail")
    for element in tree.iter():
        if not isinstance(element.tag, str) or element.tag in ("style", "title", "head"):
            continue
        if element.tag in ("h2", "h3"):
            place = " ".join(element.text_content().split())
        yield place, element.text or ""
        yield place, element.tail or ""


def _cut(text: str, most: float) -> str:
    kept = ""
    for character in text:
        if width(kept + character) > most:
            break
        kept += character
    return kept


# links


def closed_links(rendered: Rendered) -> tuple[str, ...]:
    """The addresses of the mail on this site that open for nobody, in order. Other sites are not asked.

    The mail's own back number counts as open: it opens when sending begins.
    """
    homes = None
    closed, pages = [], {}
    found = list(dict.fromkeys(_web_links(lxml_html.fromstring(rendered.html))))
    for url in found:
        if not url.startswith(f"{settings.SITE_URL}/"):
            continue
        path = unquote(urlsplit(url).path)
        language = get_language_from_path(path) or settings.LANGUAGE_CODE
        try:
            with override(language):
                match = resolve(path)
        except Resolver404:
            closed.append(url)
            continue
        if match.url_name == SERVES_PAGES:
            homes = _homes() if homes is None else homes
            rest = path.removeprefix("/" if language == settings.LANGUAGE_CODE else f"/{language}/")
            pages[url] = f"{homes.get(language, '')}{rest}"
    if pages:
        rows = Page.objects.filter(url_path__in=set(pages.values()))
        visible = set(publicly_visible(rows).values_list("url_path", flat=True))
        closed += [url for url, url_path in pages.items() if url_path not in visible]
    return tuple(url for url in found if url in closed)


def _homes() -> dict[str, str]:
    """By language: the stored path of the home page."""
    site = Site.objects.select_related("root_page").filter(is_default_site=True).first()
    if site is None:
        return {}
    homes = site.root_page.get_translations(inclusive=True)
    return dict(homes.values_list("locale__language_code", "url_path"))


def _hrefs(tree) -> Iterator[str]:
    return (link.get("href") for link in tree.iter("a") if link.get("href"))


def _web_links(tree) -> Iterator[str]:
    return (href for href in _hrefs(tree) if href.startswith(("http://", "https://")))


def _preheader_words(tree) -> str:
    """The hidden words at the top, without the filler that keeps the next words away from them."""
    for element in tree.iter("div"):
        if "display:none" in (element.get("style") or "").replace(" ", ""):
            return " ".join((element.text or "").split())
    return ""
