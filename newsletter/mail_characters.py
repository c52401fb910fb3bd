"""Characters that old phones and old Windows cannot show, found in the words of a mail. Pure."""

import unicodedata
from collections.abc import Iterator

from center.japanese.characters import troublesome_characters
from center.japanese.folding import clusters

LAST_PLAIN = 0xFFFF
"""Characters after it (𠮷, most emoji) are in few old fonts."""
OLD_FONTS = unicodedata.ucd_3_2_0
"""What was no character in Unicode 3.2 (2002) is a box on old phones and old Windows."""
UNSEEN = ("Cc", "Cf", "Cn", "Co", "Cs")
"""Control, invisible, unassigned, private and half characters."""
SELECTORS = (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))


def unshowable_characters(text: str) -> list[str]:
    """What old phones and old Windows show as a box or not at all, each once, in order.

    ① and ㈱ are no trouble in UTF-8. 𠮷, emoji, characters newer than 2002, private and invisible ones, and kanji whose
    form a variation selector chooses are.
    """
    if not any(map(_is_unshowable, set(text))):
        return []
    pieces = (text[start:end] for start, end in _drawn(text))
    return [piece for piece in dict.fromkeys(pieces) if any(map(_is_unshowable, piece))]


def _drawn(text: str) -> Iterator[tuple[int, int]]:
    """Spans of what is drawn as one: a character with its marks and variation selectors."""
    start = end = 0
    for first, last in clusters(text):
        if ord(text[first]) not in SELECTORS and end > start:
            yield start, end
            start = first
        end = last
    if end > start:
        yield start, end


def _is_unshowable(character: str) -> bool:
    if character in "\n\r\t":
        return False
    code = ord(character)
    return (
        code > LAST_PLAIN
        or code in SELECTORS
        or unicodedata.category(character) in UNSEEN
        or OLD_FONTS.category(character) == "Cn"
    )


def named_character(piece: str) -> str:
    """「𠮷」→「吉」; a character without any shape by its number."""
    invisible = all(unicodedata.category(character) in UNSEEN for character in piece)
    shown = " ".join(f"U+{ord(character):04X}" for character in piece) if invisible else f"「{piece}」"
    instead = next((new for old, new in troublesome_characters(piece) if old == piece[0] and new), "")
    if not instead and len(piece) > 1 and not invisible:
        instead = "".join(character for character in piece if not _is_unshowable(character))
    return f"{shown}→「{instead}」" if instead else shown
