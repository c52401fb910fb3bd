"""PDFs made for the tests: printed pages in Japanese, and files that are broken in every way we know of."""

import io
import os
import random
import zlib
from collections.abc import Callable, Iterator

import pikepdf
from pikepdf import Array, Dictionary, Name
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas

SEED = 20261124
HOW_MANY = 200 if os.environ.get("FULL") else 12
A4 = (595, 842)
FACE = "HeiseiKakuGo-W5"


def made_pdf(pages: int = 3, words: Callable[[int], str] | None = None, lines: int = 40) -> bytes:
    """A PDF of so many pages of Japanese; `words(number)` is one more line on each page, from 1."""
    pdfmetrics.registerFont(UnicodeCIDFont(FACE))
    out = io.BytesIO()
    paper = canvas.Canvas(out, pagesize=A4, invariant=1)
    for number in range(1, pages + 1):
        paper.setFillColorRGB(0.05, 0.28, 0.16)
        paper.rect(0, 800, 595, 42, fill=1, stroke=0)
        paper.setFillColorRGB(0, 0, 0)
        paper.setFont(FACE, 12)
        for line in range(lines):
            paper.drawString(48, 770 - line * 18, f"{number}ページの{line + 1}行目。市民の活動を紹介しています。")
        if words:
            paper.drawString(48, 30, words(number))
        paper.showPage()
    paper.save()
    return out.getvalue()


def _saved(pdf: pikepdf.Pdf, **how) -> bytes:
    out = io.BytesIO()
    pdf.save(out, **how)
    return out.getvalue()


def _blank(size: tuple[float, float] = A4) -> pikepdf.Pdf:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=A4)
    pdf.pages[0].MediaBox = Array([0, 0, *size])
    return pdf


def _truncated(good: bytes, dice: random.Random) -> bytes:
    return good[: dice.randrange(1, len(good))]


def _flipped(good: bytes, dice: random.Random) -> bytes:
    content = bytearray(good)
    for _ in range(dice.choice((1, 20, 400))):
        content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    return bytes(content)


def _shuffled(good: bytes, dice: random.Random) -> bytes:
    pieces = [good[at : at + 97] for at in range(0, len(good), 97)]
    dice.shuffle(pieces)
    return b"%PDF-1.7\n" + b"".join(pieces)


def _noise(good: bytes, dice: random.Random) -> bytes:
    return b"%PDF-1.7\n" + dice.randbytes(dice.randrange(0, 5000))


def _no_pages(good: bytes, dice: random.Random) -> bytes:
    return _saved(pikepdf.new())


def _encrypted(good: bytes, dice: random.Random) -> bytes:
    with pikepdf.open(io.BytesIO(good)) as pdf:
        return _saved(pdf, encryption=pikepdf.Encryption(owner="himitsu", user="himitsu", R=dice.choice((4, 6))))


def _endless_tree(good: bytes, dice: random.Random) -> bytes:
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Count 9999/Kids[2 0 R 2 0 R]>>endobj\n"
        b"trailer<</Root 1 0 R/Size 3>>\n%%EOF"
    )


def _endless_form(good: bytes, dice: random.Random) -> bytes:
    pdf = _blank()
    form = pdf.make_indirect(pikepdf.Stream(pdf, b"/F Do " * 50, Type=Name.XObject, Subtype=Name.Form))
    form.BBox = Array([0, 0, 595, 842])
    form.Resources = Dictionary(XObject=Dictionary(F=form))
    pdf.pages[0].Resources = Dictionary(XObject=Dictionary(F=form))
    pdf.pages[0].Contents = pikepdf.Stream(pdf, b"/F Do")
    return _saved(pdf)


def _content_bomb(good: bytes, dice: random.Random) -> bytes:
    pdf = _blank()
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b"0 0 m 9 9 l S " * 75_000) for _ in range(300)) + packer.flush()
    pdf.pages[0].Contents = pikepdf.Stream(pdf, packed, Filter=Name.FlateDecode)
    return _saved(pdf)


def _picture_bomb(good: bytes, dice: random.Random) -> bytes:
    pdf = _blank()
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1_000_000)) for _ in range(900)) + packer.flush()
    image = pikepdf.Stream(
        pdf,
        packed,
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=30_000,
        Height=30_000,
        ColorSpace=Name.DeviceGray,
        BitsPerComponent=8,
        Filter=Name.FlateDecode,
    )
    pdf.pages[0].Resources = Dictionary(XObject=Dictionary(P=image))
    pdf.pages[0].Contents = pikepdf.Stream(pdf, b"595 0 0 842 0 0 cm /P Do")
    return _saved(pdf)


def _giant_page(good: bytes, dice: random.Random) -> bytes:
    return _saved(_blank(dice.choice([(1e9, 1e9), (1e-6, 1e6), (1e6, 1e-3), (-5, -5), (0, 0)])))


def _too_many_pages(good: bytes, dice: random.Random) -> bytes:
    pdf = pikepdf.new()
    for _ in range(301):
        pdf.add_blank_page(page_size=A4)
    return _saved(pdf)


def _wrong_count(good: bytes, dice: random.Random) -> bytes:
    return good.replace(b"/Count 3", b"/Count 999999999").replace(b"/Length", b"/Lengt4", dice.randrange(3))


def _empty(good: bytes, dice: random.Random) -> bytes:
    return dice.choice((b"", b" ", b"%PDF-", b"%PDF-1.7\n%%EOF", b"GIF89a", b"\x00" * 64))


WAYS = (
    *(_truncated, _flipped, _shuffled, _noise, _no_pages, _encrypted, _endless_tree, _endless_form, _giant_page),
    *(_too_many_pages, _wrong_count, _empty, _truncated, _flipped, _truncated, _flipped, _shuffled, _picture_bomb),
    *(_noise, _flipped, _encrypted, _content_bomb),
)


def broken_pdfs(how_many: int = HOW_MANY, seed: int = SEED) -> Iterator[tuple[str, bytes]]:
    """(in which way it is broken, its bytes), the same at every run."""
    dice = random.Random(seed)
    good = made_pdf(3, lines=5)
    for number in range(how_many):
        way = WAYS[number % len(WAYS)]
        yield f"{number} {way.__name__.strip('_')}", way(good, dice)
