"""Search hits marked in a piece of text: 市民の<mark>助成金</mark>を…"""

import re

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from center.japanese.bigrams import CJK, query_words
from center.japanese.folding import fold_with_spans, is_kana, is_mark

ELLIPSIS = "…"
MAX_HITS = 500
"""Hits of one word looked at in one text: enough to choose the best part of it."""
LEAD = 4
"""A quarter (1/LEAD) of the spare width goes before the first hit, so that the hit is read in its sentence."""

LETTER = rf"[^\W_{CJK}]"
"""A letter or figure of a word that is written with spaces."""


def highlight(text: str, query: str, *, width: int | None = 120) -> SafeString:
    """The part of a plain text (no HTML) with the most words of the query, escaped, with each hit in <mark>.

    Hits are found as the search finds them: in every width and spelling, Latin words from their beginning. `width` is
    the greatest number of characters before escaping, … not counted; None keeps the whole text. Without a hit the
    beginning is shown. Line breaks become spaces.
    """
    text = " ".join(text.replace("\0", "").split())
    hits = _hits(text, query)
    first, last = (0, len(text)) if width is None else _window(text, hits, width)
    parts = [ELLIPSIS if first > 0 else ""]
    at = first
    for start, end, _ in hits:
        start, end = max(start, at), min(end, last)
        if start < end:
            parts += [escape(text[at:start]), "<mark>", escape(text[start:end]), "</mark>"]
            at = end
    parts += [escape(text[at:last]), ELLIPSIS if last < len(text) else ""]
    return mark_safe("".join(parts).replace("</mark><mark>", ""))  # all of the text went through escape()


def _hits(text: str, query: str) -> list[tuple[int, int, int]]:
    """(start, end, which word) of each hit, in the order of the text; the longer first of two that begin together."""
    hits = []
    folded, spans = fold_with_spans(text)
    for number, word in enumerate(dict.fromkeys(query_words(query))):
        for count, found in enumerate(_pattern(word).finditer(folded)):
            if count == MAX_HITS:
                break
            hits.append((spans[found.start()][0], spans[found.end() - 1][1], number))
    return sorted(hits, key=lambda hit: (hit[0], -hit[1]))


def _pattern(word: str) -> re.Pattern[str]:
    """A word as it may stand in folded text: ・ between kana, ー at the end, a Latin word only from its beginning."""
    pattern = "".join(re.escape(letter) + ("・?" if is_kana(letter) or letter == "ー" else "") for letter in word[:-1])
    pattern += re.escape(word[-1])
    if re.match(LETTER, word):
        pattern = f"(?<!{LETTER})" + pattern
    if re.search(rf"(?<!{LETTER})\d+$", word):
        pattern += f"(?!{LETTER})"
    return re.compile(pattern + ("ー*" if is_kana(word[-1]) else ""))


def _window(text: str, hits: list[tuple[int, int, int]], width: int) -> tuple[int, int]:
    """The part of at most `width` characters that has the most different words; the earliest of equals."""
    best_start, best_end, best_words = 0, 0, 0
    for number, (start, _, _) in enumerate(hits):
        inside = []
        for hit in hits[number:]:
            if hit[0] >= start + width:
                break
            if hit[1] <= start + width or not inside:
                inside.append(hit)
        words = len({word for _, _, word in inside})
        if words > best_words:
            best_start, best_end, best_words = start, max(end for _, end, _ in inside), words
    spare = max(0, width - (best_end - best_start))
    last = min(len(text), max(0, best_start - spare // LEAD) + width)
    first = max(0, min(last - width, best_start))
    while first > 0 and is_mark(text[first]):
        first -= 1
    while last < len(text) and last > first and is_mark(text[last]):
        last -= 1
    return first, last
