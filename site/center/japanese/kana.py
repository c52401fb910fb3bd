"""The order of kana (五十音順): keys that any database sorts by. Pure."""

import unicodedata

from center.japanese.folding import fold

ROWS = "あかさたなはまやらわ"
"""The first kana of each row, in order."""
ROW_OF = {
    kana: row
    for row, members in zip(
        ROWS,
        (
            "あいうえお",
            "かきくけこ",
            "さしすせそ",
            "たちつてと",
            "なにぬねの",
            "はひふへほ",
            "まみむめも",
            "やゆよ",
            "らりるれろ",
            "わゐゑをん",
        ),
        strict=True,
    )
    for kana in members
}
OTHER = "他"
"""The row of what begins with no kana; as a kanji it sorts after every kana."""
SMALL = str.maketrans("ぁぃぅぇぉっゃゅょゎ", "あいうえおつやゆよわ", "ー")


def kana_key(reading: str, title: str = "") -> str:
    """The sort key of a reading in kana, or of a title that begins with kana where there is no reading.

    Equal but for voicing, small kana and ー sort together, as in a dictionary: かい, がいこく, かき. What begins with
    no kana sorts last, by its title.
    """
    for text in (reading, title):
        key = _plain(text)
        if key and key[0] in ROW_OF:
            return key
    return OTHER + _plain(title)


def kana_row(key: str) -> str:
    """The head of the row in which a key stands: あ, か … わ, or 他."""
    return ROW_OF.get(key[:1], OTHER)


def _plain(text: str) -> str:
    bare = "".join(char for char in unicodedata.normalize("NFD", fold(text)) if not unicodedata.combining(char))
    return bare.translate(SMALL).replace(" ", "").replace("　", "")
