"""Japanese words in lines of a given width: no 。 at the start of a line, no 「 at its end, words whole if it can be.

Source of the rules: JIS X 4051 (行頭禁則, 行末禁則), in their short form.
"""

import unicodedata
from collections.abc import Callable
from itertools import accumulate

NOT_FIRST = frozenset(
    "、。，．・：；？！!?,.:;)]}）］｝〕〉》」』】’”ーゝゞ々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ〜～…‥％%℃"
)
NOT_LAST = frozenset("([{（［｛〔〈《「『【‘“")
ELLIPSIS = "…"
INSIDE = {"han": 0.35, "kata": 0.7, "hira": 0.2, "word": 4.0, "other": 0.0}
"""How much it costs to break between two characters of the same kind; between two kinds it is free."""
HIRA_AFTER_HAN = 0.5
"""Between a kanji and the kana that ends its word (食べる) a break is poor, the other way round it is good."""
AFTER_PAUSE = -0.15
"""After 、 or a space a break is welcome."""


def _kind(char: str) -> str:
    if "一" <= char <= "鿿" or char in "々〆〇":
        return "han"
    if "ァ" <= char <= "ヿ" or char == "ー":
        return "kata"
    if "ぁ" <= char <= "ゟ":
        return "hira"
    return "word" if unicodedata.category(char)[0] in "LN" else "other"


def _break_cost(text: str, at: int) -> float | None:
    """What a break before `text[at]` costs; None where it is forbidden."""
    before, after = text[at - 1], text[at]
    if after in NOT_FIRST or after == " " or text[:at].rstrip()[-1:] in NOT_LAST:
        return None
    if before in "、。 ":
        return AFTER_PAUSE
    first, second = _kind(before), _kind(after)
    if first == second:
        return INSIDE[first]
    return HIRA_AFTER_HAN if (first, second) == ("han", "hira") else 0.0


def wrap(text: str, *, width: float, measure: Callable[[str], float], lines: int) -> list[str]:
    """Return at most `lines` lines, none wider than `width`, as even as they can be; what is too long ends with ….

    `measure` gives the width of a character. A single word wider than a line is broken where it must be.
    """
    text = " ".join(text.split())
    if not text:
        return []
    while (found := _lines(text, width, measure, lines)) is None:
        # every step takes about a tenth off, so that a very long title costs a few rounds only
        kept = text.removesuffix(ELLIPSIS).rstrip()
        text = kept[: max(1, len(kept) - max(1, len(kept) // 12))].rstrip("、。・ 「『（(") + ELLIPSIS
        if len(text) <= 2:
            return [text]
    return found


def tears_words(lines: list[str]) -> bool:
    """Does a line end inside a word of katakana or Latin letters?"""
    pairs = zip(lines, lines[1:], strict=False)
    return any(_kind(first[-1]) == _kind(then[0]) in ("kata", "word") for first, then in pairs)


def _lines(text: str, width: float, measure: Callable[[str], float], lines: int) -> list[str] | None:
    """The best division into the fewest lines; None when more than `lines` would be needed."""
    upto = [0.0, *accumulate(measure(char) for char in text)]
    if upto[-1] <= width:
        return [text]
    if upto[-1] > width * lines:
        return None
    prices = [None, *(_break_cost(text, at) for at in range(1, len(text))), 0.0]
    # best[count][end]: (cost, start of the last line) for text[:end] in `count` lines
    best: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}]
    for count in range(1, lines + 1):
        best.append({})
        for start, (cost, _) in best[count - 1].items():
            for end in range(start + 1, len(text) + 1):
                wide = upto[end] - upto[start]
                if wide > width:
                    break
                price = prices[end]
                if price is None:
                    continue
                total = cost + price + (1 - wide / width) ** 2
                if end not in best[count] or total < best[count][end][0]:
                    best[count][end] = (total, start)
        if len(text) in best[count]:
            return _walk(text, best, count)
    return None


def _walk(text: str, best: list[dict[int, tuple[float, int]]], count: int) -> list[str]:
    found, end = [], len(text)
    for number in range(count, 0, -1):
        start = best[number][end][1]
        found.append(text[start:end].strip())
        end = start
    return found[::-1]
