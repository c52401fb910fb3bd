"""What stands in a PDF: a picture of its first page, and the text of each page.

Runs in the worker process (see `worker.py`) and imports no Django. Nothing of the file is kept but pixels and letters.
"""

import io
import re
import unicodedata
from collections.abc import Iterable

import pypdfium2
from pypdfium2 import raw

from .bounds import (
    COVER_QUALITY,
    COVER_WIDTH,
    MAX_COVER_HEIGHT,
    MAX_PAGE_CHARACTERS,
    MAX_PDF_PAGES,
    MAX_RAW_CHARACTERS,
)
from .refusals import Refused

JAPANESE = "\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff"
BOTH_JAPANESE = re.compile(rf"[{JAPANESE}][{JAPANESE}]")
SHORTEST_FULL_LINE = 8
"""Japanese has no spaces: a line that was full goes on at once in the next one. A shorter one is a heading or a name,
and one of a single letter is a letter of a printed column."""
SPREAD_OUT = re.compile(rf"(?:(?<=\s)|^)[{JAPANESE}](?:[ \u3000][{JAPANESE}]){{2,}}(?=\s|$)")
"""広 報 誌: letters set apart for the eye are one word."""
HYPHENS = str.maketrans("", "", "\ufffe\u00ad\ufeff")
"""What PDFium puts for a hyphen at the end of a line, and marks without width."""
FORMS_OF_LETTERS = re.compile("[\u2e80-\u2fdf\uf900-\ufaff\ufb00-\ufb06\ufe10-\ufe19\ufe30-\ufe4f]")
"""Radicals that PDFs name instead of kanji, variants, ligatures, signs for columns: each stands for an ordinary letter.
Width is left as it was printed; the search sees through it by itself."""
USELESS = frozenset({"Cc", "Cf", "Co", "Cn", "Cs"})
FEWEST_READABLE = 0.7
"""A font that does not tell its letters gives signs without meaning: a page with fewer real letters is left out."""


def read(content: bytes, job: str = "pdf-pages") -> tuple[dict, bytes]:
    """The facts (pages; texts: one for each page, '' where there is none) and page 1 as JPEG bytes.

    Raises Refused (encrypted, unreadable, too_many_pages); PDFium's own errors pass through.
    """
    try:
        pdf = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        encrypted = getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD
        raise Refused("encrypted" if encrypted else "unreadable") from None
    pages = len(pdf)
    if pages < 1:
        raise Refused("unreadable")
    if pages > MAX_PDF_PAGES:
        raise Refused("too_many_pages")
    cover = _cover(pdf[0])
    return {"pages": pages, "texts": [_page_text(pdf, number) for number in range(pages)]}, cover


def _cover(page: pypdfium2.PdfPage) -> bytes:
    width, height = page.get_size()
    if not (width > 0 and height > 0):
        raise Refused("unreadable")
    scale = min(COVER_WIDTH / width, MAX_COVER_HEIGHT / height)
    picture = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=COVER_QUALITY, optimize=True)
    return out.getvalue()


def _page_text(pdf: pypdfium2.PdfDocument, number: int) -> str:
    """The text of one page; a page that cannot be read has none, and the others keep theirs."""
    try:
        page = pdf[number]
        text_page = page.get_textpage()
        found = text_page.get_text_range(0, min(text_page.count_chars(), MAX_RAW_CHARACTERS))
        text_page.close()
        page.close()
    except (pypdfium2.PdfiumError, ValueError):
        return ""
    return clean_text(found)


def clean_text(found: str) -> str:
    """Text as it was meant: forms of letters resolved (NFKC), broken lines joined, rubbish and control signs gone.

    Lines stay where a line does not go on. '' where most of it is no readable letter.
    """
    text = unicodedata.normalize("NFC", found.translate(HYPHENS))
    text = FORMS_OF_LETTERS.sub(lambda match: unicodedata.normalize("NFKC", match.group()), text)
    visible = [char for char in text if not char.isspace()]
    useless = sum(unicodedata.category(char) in USELESS or char == "\ufffd" for char in visible)
    letters = sum(char.isalnum() for char in visible)
    if not letters or 1 - useless / len(visible) < FEWEST_READABLE:
        return ""
    text = "".join(char for char in text if char in "\n " or unicodedata.category(char) not in USELESS)
    text = SPREAD_OUT.sub(lambda match: match.group().replace(" ", "").replace("\u3000", ""), text)
    return _joined(" ".join(line.split()) for line in text.splitlines())[:MAX_PAGE_CHARACTERS]


def _joined(lines: Iterable[str]) -> str:
    """The lines, with those that were broken only for want of room put together again."""
    text, length = "", 0
    for line in filter(None, lines):
        was_full = length == 1 or length >= SHORTEST_FULL_LINE
        goes_on = was_full and text[-1] not in "。」！？" and BOTH_JAPANESE.fullmatch(text[-1] + line[0])
        text += ("" if goes_on or not text else "\n") + line
        length = len(line)
    return text
