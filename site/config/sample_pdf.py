"""Made-up printed pages for a demonstration: pictures of pages with their text behind them, as scanned pages have it.

Each page is drawn with the packaged Japanese font and says 見本; the same words lie on it without being drawn, so that
the search finds them and readers can be heard. The text names a font that every reader knows and none has to draw.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import pikepdf
import pylopdf_fonts_jp
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageDraw, ImageFont

A4 = (595, 842)
SCALE = 2
"""Pixels to a point: 144 to the inch, enough to be read when the page fills a screen."""
MARGIN = 54
FOOT = 800
INK, GREEN, PAPER, LEMON = "#1a1a1a", "#0c472a", "#ffffff", "#fdf3c4"
JPEG_QUALITY = 60


@dataclass(frozen=True)
class Line:
    """One line of words on a page; places and sizes in points from the upper left corner."""

    words: str
    x: float
    y: float
    size: float
    colour: str = INK


@dataclass(frozen=True)
class SamplePage:
    """One page: its heading and its paragraphs. The first page of a file is drawn as a cover."""

    heading: str
    paragraphs: Sequence[str] = ()


def sample_pdf(number: int, day_words: str, pages: Sequence[SamplePage]) -> bytes:
    """A made-up issue of the magazine as a PDF with these pages."""
    pdf = pikepdf.new()
    font = pdf.make_indirect(_font())
    for place, page in enumerate(pages, start=1):
        is_cover = place == 1
        lines = _cover(number, day_words, page) if is_cover else _inside(number, place, page)
        _add(pdf, _picture(lines, LEMON if is_cover else PAPER, has_hills=is_cover), lines, font)
    out = io.BytesIO()
    pdf.save(out, compress_streams=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def _cover(number: int, day_words: str, page: SamplePage) -> list[Line]:
    lines = [
        Line("あしすとぱぁく", MARGIN, 60, 66, GREEN),
        Line(f"第{number}号　{day_words}　見本", MARGIN, 160, 20),
        Line(page.heading, MARGIN, 300, 36),
    ]
    for place, words in enumerate(page.paragraphs):
        lines.append(Line(words, MARGIN, 385 + place * 38, 22))
    return [*lines, Line("市民活動サポートセンター（見本のために作った紙面です）", MARGIN, 800, 15)]


def _inside(number: int, place: int, page: SamplePage) -> list[Line]:
    lines = [Line(page.heading, MARGIN, 64, 28, GREEN)]
    y = 128
    for paragraph in page.paragraphs:
        for words in _broken(paragraph, 16):
            lines.append(Line(words, MARGIN, y, 16))
            y += 30
        y += 14
    return [*lines, Line(f"あしすとぱぁく 第{number}号（見本）　{place}", MARGIN, FOOT, 12)]


def _broken(paragraph: str, size: float) -> list[str]:
    """A paragraph in lines of full-width letters; a line does not begin with a full stop or comma."""
    most = int((A4[0] - 2 * MARGIN) / size)
    lines = []
    while paragraph:
        end = most + 1 if paragraph[most : most + 1] in ("。", "、", "」", "）") else most
        lines.append(paragraph[:end])
        paragraph = paragraph[end:]
    return lines


def _picture(lines: Sequence[Line], paper: str, *, has_hills: bool) -> Image.Image:
    picture = Image.new("RGB", (A4[0] * SCALE, A4[1] * SCALE), paper)
    draw = ImageDraw.Draw(picture)
    if has_hills:
        _draw_hills(draw)
    draw.rectangle((0, 0, A4[0] * SCALE, 18 * SCALE), fill=GREEN)
    for line in lines:
        face = ImageFont.truetype(str(pylopdf_fonts_jp.sans_path()), round(line.size * SCALE))
        draw.text((line.x * SCALE, line.y * SCALE), line.words, font=face, fill=line.colour)
    return picture


def _draw_hills(draw: ImageDraw.ImageDraw) -> None:
    """Sun, hills and a river, drawn flat: no photo of anything."""
    draw.ellipse(_scaled(425, 385, 535, 495), fill="#f2b84b")
    draw.polygon(_scaled(0, 640, 150, 520, 320, 610, 460, 500, 595, 590, 595, 842, 0, 842), fill="#9cc4a4")
    draw.polygon(_scaled(0, 720, 220, 620, 430, 700, 595, 650, 595, 842, 0, 842), fill="#5d9a72")
    draw.polygon(_scaled(250, 842, 330, 690, 360, 690, 350, 740, 420, 842), fill="#a9d3ea")


def _scaled(*points: float) -> tuple[float, ...]:
    return tuple(point * SCALE for point in points)


def _font() -> Dictionary:
    """Adobe's Japanese letters by their Unicode numbers, in a font that stays with the reader."""
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType0,
        BaseFont=Name("/HeiseiKakuGo-W5"),
        CIDSystemInfo=Dictionary(Registry="Adobe", Ordering="Japan1", Supplement=2),
        FontDescriptor=Dictionary(
            Type=Name.FontDescriptor,
            FontName=Name("/HeiseiKakuGo-W5"),
            Flags=4,
            FontBBox=Array([-92, -250, 1010, 922]),
            ItalicAngle=0,
            Ascent=752,
            Descent=-221,
            CapHeight=737,
            StemV=114,
        ),
    )
    return Dictionary(
        Type=Name.Font,
        Subtype=Name.Type0,
        BaseFont=Name("/HeiseiKakuGo-W5-UniJIS-UTF16-H"),
        Encoding=Name("/UniJIS-UTF16-H"),
        DescendantFonts=Array([descendant]),
    )


def _add(pdf: pikepdf.Pdf, picture: Image.Image, lines: Sequence[Line], font) -> None:
    packed = io.BytesIO()
    picture.save(packed, "JPEG", quality=JPEG_QUALITY, optimize=True)
    image = pikepdf.Stream(
        pdf,
        packed.getvalue(),
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=picture.width,
        Height=picture.height,
        ColorSpace=Name.DeviceRGB,
        BitsPerComponent=8,
        Filter=Name.DCTDecode,
    )
    drawn = [f"q {A4[0]} 0 0 {A4[1]} 0 0 cm /P Do Q", "BT 3 Tr"]
    for line in lines:
        letters = line.words.encode("utf-16-be").hex()
        drawn.append(f"/F {line.size} Tf 1 0 0 1 {line.x} {A4[1] - line.y - line.size} Tm <{letters}> Tj")
    drawn.append("ET")
    pdf.add_blank_page(page_size=A4)
    page = pdf.pages[-1]
    page.Resources = Dictionary(XObject=Dictionary(P=image), Font=Dictionary(F=font))
    page.Contents = pikepdf.Stream(pdf, "\n".join(drawn).encode())
