"""Characters as people type them: their width, and those that break in old mail; with folding and phone numbers."""

import unicodedata

from center.japanese.folding import KANJI_OUTSIDE_JIS, clusters, fold, fold_with_spans, is_kanji
from center.japanese.phones import NotAPhoneNumber, normalise_phone

__all__ = [
    "NotAPhoneNumber",
    "fold",
    "fold_with_spans",
    "full_width_length",
    "normalise_phone",
    "troublesome_characters",
]


def full_width_length(text: str) -> float:
    """The length as Japanese forms count it: full width 1, half width ½, marks that combine 0."""
    return sum(
        0 if unicodedata.combining(character) else 1 if unicodedata.east_asian_width(character) in "FWA" else 0.5
        for character in text
    )


REPLACEMENTS = {
    **{"№": "No.", "℡": "TEL", "㏍": "K.K.", "㎡": "平方メートル", "㎥": "立方メートル", "㍿": "株式会社"},
    **dict.fromkeys("☎☏✆📞", "電話"),
    **dict.fromkeys("✉📧📩", "メール"),
    **dict.fromkeys("•‣⁃", "・"),
    **{"📠": "ファクス", "〝": "“", "〟": "”", "©": "(C)", "®": "(R)", "⇨": "→", "➡": "→", "⬅": "←"},
    **{"⭐": "★", "🌟": "★", "⭕": "○", "❌": "×", "✕": "×", "✖": "×", "❗": "！", "❓": "？"},
    **{"‼": "！！", "⁇": "？？"},
}
"""Where the general rule (NFKC, with brackets for what stands in a circle) does not give what a person would write."""

SAME_TO_THE_READER = frozenset("～－∥￠￡￢—–‐‑−¢£¬¥€µ·º")
"""Two encodings of one shape, which programs exchange silently: nothing for an editor to do."""
SYMBOL_CATEGORIES = ("No", "Nl", "So", "Sm", "Sk", "Po", "Ps", "Pe", "Pi", "Pf")


def troublesome_characters(text: str) -> list[tuple[str, str]]:
    """機種依存文字 and others that old mail and old readers cannot show, each once, in order, with a replacement.

    ①→(1), ㈱→(株), 髙→高, ℡→TEL, ｶﾞ→ガ; '' where only a person can say what to write instead (most emoji).
    Accented letters and the alphabets of other languages are no trouble: they are spelled as they should be.
    """
    found: dict[str, str] = {}
    for start, end in clusters(text):
        cluster = text[start:end]
        if cluster not in found and _is_troublesome(cluster):
            found[cluster] = _replacement(cluster)
    return list(found.items())


def _is_troublesome(cluster: str) -> bool:
    first = cluster[0]
    if first in SAME_TO_THE_READER or _in_old_mail(cluster):
        return False
    return is_kanji(first) or _is_half_width_kana(first) or unicodedata.category(first) in SYMBOL_CATEGORIES


def _is_half_width_kana(character: str) -> bool:
    return "｡" <= character <= "ﾟ"


def _in_old_mail(text: str) -> bool:
    try:
        text.encode("iso2022_jp")
    except UnicodeEncodeError:
        return False
    return True


def _replacement(cluster: str) -> str:
    first = cluster[0]
    if first in REPLACEMENTS:
        return REPLACEMENTS[first]
    if first in KANJI_OUTSIDE_JIS:
        return KANJI_OUTSIDE_JIS[first]
    plain = unicodedata.normalize("NFKC", cluster).replace("\u2044", "/")
    name = unicodedata.name(first, "")
    if "CIRCLED" in name and unicodedata.category(first) == "No":
        plain = f"({int(unicodedata.numeric(first))})"
    elif "CIRCLED" in name and plain != cluster:
        plain = f"({plain})"
    return plain if plain != cluster and _in_old_mail(plain) else ""
