"""Folding for search: two spellings of one word become the same. For finding only, never for showing."""

import re
import unicodedata
from collections.abc import Iterator

KANJI_OUTSIDE_JIS = dict(
    zip(
        "髙﨑濵德瀨栁桒昻彥黑驒蔣萊俱吞噓姸屛幷摑潑瀆焰瘦簞繡繫蟬蠟軀醬醱頰顚鷗鹼麴剝塡𠮟俠嚙囊搔𠮷",
        "高崎浜徳瀬柳桑昂彦黒騨蒋莱倶呑嘘妍屏并掴溌涜焔痩箪繍繋蝉蝋躯醤醗頬顛鴎鹸麹剥填叱侠噛嚢掻吉",
        strict=True,
    )
)
"""Kanji that JIS X 0208 (and with it ISO-2022-JP mail) lacks, and the form that it has."""
OLD_KANJI = dict(
    zip(
        "澤濱邊邉齋齊斉櫻廣國會學嶋嶌惠眞槇龍條萬壽應縣體靜榮與實禮曾圓燈藝關鐵區豐總佛澁瀧渕舊聲當變寶來峯冨埜",
        "沢浜辺辺斎斎斎桜広国会学島島恵真槙竜条万寿応県体静栄与実礼曽円灯芸関鉄区豊総仏渋滝淵旧声当変宝来峰富野",
        strict=True,
    )
)
"""Old and other forms in names of people, groups and places, and the form that readers type."""

KANJI_RANGES = (("\u3400", "\u9fff"), ("\uf900", "\ufaff"), ("\U00020000", "\U0003ffff"))
KANA_OFFSET = ord("ァ") - ord("ぁ")
COMBINING = (*range(0x0300, 0x0370), 0x3099, 0x309A)
INVISIBLE = (0x00AD, *range(0x200B, 0x2010), 0x2060, 0xFEFF, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
"""Soft hyphen, zero-width spaces and joiners, byte order mark, variation selectors (also those of kanji)."""

DASHES = "\\-‐‑‒–—―−─━ー"
DASH_RUN = re.compile(f"([ぁ-ゖ]?)([{DASHES}]+)")
REPEATS_KANJI, REPEATS_KANA, REPEATS_KANA_VOICED = "々〻", "ゝ", "ゞ"
ITERATION = re.compile(f"[{REPEATS_KANJI}{REPEATS_KANA}{REPEATS_KANA_VOICED}]")


def _folding_table() -> dict[int, str]:
    table = {ord(old): new for old, new in (OLD_KANJI | KANJI_OUTSIDE_JIS).items()}
    for code in range(ord("ァ"), ord("ヶ") + 1):
        table[code] = chr(code - KANA_OFFSET)
    for code in range(ord("ヽ"), ord("ヾ") + 1):
        table[code] = chr(code - KANA_OFFSET)
    table |= {ord(small): big for small, big in ("ヵか", "ヶけ", "ゕか", "ゖけ")}
    for code in (*range(0x00C0, 0x0250), *range(0x1E00, 0x1F00)):
        base = unicodedata.normalize("NFD", chr(code))[0]
        if base != chr(code):
            table[code] = base
    table |= dict.fromkeys((*COMBINING, *INVISIBLE), "")
    return table


FOLDING = _folding_table()


def fold(text: str) -> str:
    """The text as the search compares it: two spellings of one word fold to the same.

    Full and half width, capitals, katakana (to hiragana), accents, old kanji of names, ヶ and ケ, iteration marks
    (佐々木 → 佐佐木, いすゞ → いすず), and the many dashes: ー after kana, - elsewhere. Invisible characters go.
    """
    return _settle(_fold_characters(text))


def fold_with_spans(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The folded text, and for each of its characters the half-open span of the original from which it came."""
    folded: list[str] = []
    spans: list[tuple[int, int]] = []
    for start, end in clusters(text):
        part = _fold_characters(text[start:end])
        folded.append(part)
        spans.extend([(start, end)] * len(part))
    return _settle("".join(folded)), spans


def _fold_characters(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().translate(FOLDING)


def _settle(text: str) -> str:
    """The rules that look at the neighbour. Character by character: the length stays."""
    if ITERATION.search(text):
        text = _repeat(text)
    return DASH_RUN.sub(lambda run: run[1] + ("ー" if run[1] else "-") * len(run[2]), text)


def _repeat(text: str) -> str:
    characters = list(text)
    for at in range(1, len(characters)):
        mark, before = characters[at], characters[at - 1]
        if mark in REPEATS_KANJI and is_kanji(before) or mark in REPEATS_KANA and is_kana(before):
            characters[at] = before
        elif mark in REPEATS_KANA_VOICED and is_kana(before):
            characters[at] = _voiced(before)
    return "".join(characters)


def is_kanji(character: str) -> bool:
    return any(first <= character <= last for first, last in KANJI_RANGES)


def is_kana(character: str) -> bool:
    """Whether a folded character is kana; after folding all kana is hiragana."""
    return "ぁ" <= character <= "ゖ"


def _voiced(kana: str) -> str:
    voiced = unicodedata.normalize("NFC", kana + "\u3099")
    return voiced if len(voiced) == 1 else kana


def clusters(text: str) -> Iterator[tuple[int, int]]:
    """Spans of one character each with the marks that belong to it (ｶﾞ, か + ゙, e + ´), in order, without gaps."""
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or not is_mark(text[at]):
            yield start, at
            start = at


def is_mark(character: str) -> bool:
    return character in "ﾞﾟ\u3099\u309a" or unicodedata.combining(character) > 0
