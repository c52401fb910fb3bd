"""Draws the picture of a shared page: a paper on the green board, with the leaf of its day. Pure: words in, PNG out."""

from functools import lru_cache
from io import BytesIO
from pathlib import Path

import pylopdf_fonts_jp
from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

from center.japanese.wrapping import tears_words, wrap
from center.share_cards import ShareCard

WIDTH, HEIGHT = 1200, 630
BOARD, BOARD_DEEP, DOT, ON_BOARD_SOFT = "#0c472a", "#08351f", "#125236", "#cfe9da"
PAPER, INK, INK_SOFT, EDGE, SHU = "#ffffff", "#1a1a1c", "#454b47", "#626264", "#9b1300"
SATURDAY, HOLIDAY, GREEN_PAPER = "#0a3aa0", "#a3100a", "#e6f5ec"
PAPERS = {"momo": "#ffe9dd", "sora": "#dcefff", "wakakusa": "#e4f5d3", "lemon": "#fff2bd", "fuji": "#efe6fb"}
PINS = {"momo": "#fb5b01", "sora": "#0877d7", "wakakusa": "#618e00", "lemon": "#d2a400", "fuji": "#a565f8"}
RAIL, DOT_STEP = 16, 33
SHEET = (56, 62, WIDTH - 56, 492)
LEAF = (108, 138, 348, 432)
TITLE_SIZES = ((78, 2), (70, 2), (64, 3), (52, 4))
"""Sizes of the title, largest first, with the number of lines that each has room for."""
INDENT = 52


@lru_cache(maxsize=16)
def _font(size: int) -> ImageFont.FreeTypeFont:
    own = settings.SHARE_FONT
    return ImageFont.truetype(own if own and Path(own).is_file() else str(pylopdf_fonts_jp.sans_path()), size)


@lru_cache(maxsize=1)
def _board() -> Image.Image:
    """The empty board with its rails and dots."""
    image = Image.new("RGB", (WIDTH, HEIGHT), BOARD)
    draw = ImageDraw.Draw(image)
    for y in range(RAIL + 14, HEIGHT, DOT_STEP):
        for x in range(14, WIDTH, DOT_STEP):
            draw.ellipse((x - 2, y - 2, x + 2, y + 2), fill=DOT)
    draw.rectangle((0, 0, WIDTH, RAIL), fill=BOARD_DEEP)
    draw.rectangle((0, HEIGHT - RAIL, WIDTH, HEIGHT), fill=BOARD_DEEP)
    return image


def draw_card(card: ShareCard) -> bytes:
    """The picture as a PNG of 1200 × 630. About 60 ms."""
    image = _board().copy()
    draw = ImageDraw.Draw(image)
    _sheet(draw, card)
    left = SHEET[0] + INDENT
    if card.leaf:
        _leaf(draw, card)
        left = LEAF[2] + 48
    top = _labels(draw, card, left)
    _title(draw, card.title, left, top)
    _foot(draw, card)
    out = BytesIO()
    image.quantize(colors=64, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(out, "PNG")
    return out.getvalue()


def _bold(
    draw: ImageDraw.ImageDraw, at: tuple[float, float], words: str, size: int, fill: str, anchor: str = "ls"
) -> None:
    """Words in a heavier weight: the packaged font has one weight only."""
    weight = 0 if settings.SHARE_FONT else max(1, round(size / 42))
    draw.text(at, words, font=_font(size), fill=fill, anchor=anchor, stroke_width=weight, stroke_fill=fill)


def _sheet(draw: ImageDraw.ImageDraw, card: ShareCard) -> None:
    x1, y1, x2, y2 = SHEET
    draw.rectangle((x1 + 6, y1 + 10, x2 + 2, y2 + 10), fill=BOARD_DEEP)
    draw.rectangle(SHEET, fill=PAPER)
    middle = WIDTH // 2
    draw.ellipse((middle - 15, y1 - 13, middle + 17, y1 + 19), fill="#5c625e")
    draw.ellipse((middle - 16, y1 - 17, middle + 14, y1 + 13), fill=PINS.get(card.paper, "#2cac6e"))


def _leaf(draw: ImageDraw.ImageDraw, card: ShareCard) -> None:
    x1, y1, x2, y2 = LEAF
    middle, (month, number, week) = (x1 + x2) // 2, card.leaf
    colour = {"day--sat": SATURDAY, "day--sun": HOLIDAY}.get(card.leaf_tone, INK)
    draw.rectangle(LEAF, fill=PAPER, outline=EDGE, width=3)
    draw.rectangle((x1 + 3, y1 + 3, x2 - 3, y1 + 66), fill=PAPERS.get(card.paper, GREEN_PAPER))
    draw.line((x1, y1 + 67, x2, y1 + 67), fill=EDGE, width=3)
    _bold(draw, (middle, y1 + 50), month, 42, INK, "ms")
    digits, suffix = number.rstrip("日"), "日" if number.endswith("日") else ""
    wide, small = _font(132).getlength(digits), _font(42).getlength(suffix)
    start = middle - (wide + small) / 2
    _bold(draw, (start, y1 + 202), digits, 132, colour)
    if suffix:
        _bold(draw, (start + wide + 4, y1 + 202), suffix, 42, colour)
    if card.is_off:
        draw.line((start - 6, y1 + 154, start + wide + 6, y1 + 154), fill=INK, width=9)
    _bold(draw, (middle, y1 + 266), week, 42, colour, "ms")


def _labels(draw: ImageDraw.ImageDraw, card: ShareCard, left: int) -> int:
    """Kind, state and 見本 in a row; return where the title may begin."""
    x, y, tall = left, 128, 54
    for words, style in ((card.state, "state"), (card.kind, "kind"), (card.sample, "sample")):
        if not words:
            continue
        wide = _font(32).getlength(words) + 36
        box, ink = (x, y, x + wide, y + tall), SHU if style == "state" else INK
        if style == "kind":
            draw.rectangle(box, fill=PAPERS.get(card.paper, GREEN_PAPER))
        else:
            draw.rounded_rectangle(box, radius=6, outline=ink, width=4 if style == "state" else 2)
        _bold(draw, (x + wide / 2, y + 39), words, 32, ink, "ms")
        x += wide + 16
    return y + tall + 12 if x > left else y - 20


def _title(draw: ImageDraw.ImageDraw, title: str, left: int, top: int) -> None:
    width, bottom = SHEET[2] - INDENT - left, SHEET[3] - 30
    for size, lines in TITLE_SIZES:
        found = wrap(title, width=width, measure=_font(size).getlength, lines=lines)
        if not found[-1].endswith("…") and not tears_words(found):
            break
    step = min(size * 1.34, (bottom - top) / len(found))
    y = top + (bottom - top - step * len(found)) / 2 + size * 1.02
    for line in found:
        _bold(draw, (left, y), line, size, INK)
        y += step


def _foot(draw: ImageDraw.ImageDraw, card: ShareCard) -> None:
    """The mark of the board and the name of the site."""
    x, y, unit = 56, 524, 1.5

    def at(*points: float) -> list[tuple[float, float]]:
        return [(x + a * unit, y + b * unit) for a, b in zip(points[::2], points[1::2], strict=True)]

    draw.rectangle(at(4, 6, 44, 44), fill=PAPER)
    draw.line(at(1, 17, 24, 4, 47, 17), fill=SHU, width=8, joint="curve")
    draw.rectangle(at(8, 17, 40, 41), fill=BOARD)
    draw.rectangle(at(12, 21, 22, 37), fill=PAPER)
    draw.rectangle(at(26, 21, 36, 27), fill="#ffd43d")
    draw.rectangle(at(26, 31, 36, 37), fill="#ffc199")
    name_at = x + 48 * unit + 24
    _bold(draw, (name_at, 574), card.site_name, 42, PAPER)
    if card.site_of:
        second_at = name_at + _font(42).getlength(card.site_name) + 28
        if second_at + _font(28).getlength(card.site_of) < WIDTH - 56:
            draw.text((second_at, 574), card.site_of, font=_font(28), fill=ON_BOARD_SOFT, anchor="ls")
