"""Words for the search index. Japanese has no spaces: a run of it is cut into overlapping pairs of characters.

助成金 becomes 助成, 成金, 金: every pair, and the last character alone, so that each character begins a token.
A query of two characters or more is a phrase of pairs, found anywhere in a sentence; one character is the beginning of
a pair. Latin words and numbers stay whole. Tokens hold letters and figures only: nothing in them can be an operator.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from center.japanese.folding import fold

MAX_TOKENS = 16_000
"""Tokens indexed of one text (about as many characters of Japanese): PostgreSQL counts positions to 16,383 and holds
1 MB in a row. What is longer belongs in rows of its own, such as one for each page of a magazine."""
MAX_WORD_BYTES = 40
MAX_QUERY_LENGTH = 200
MAX_PHRASES = 16

CJK = (
    "\u3005-\u3007\u3041-\u3096\u309d\u309e\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"  # 々〆〇, kana, ー
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # kanji
    "\uac00-\ud7a3"  # Hangul
)
CJK_RUN = re.compile(f"[{CJK}]+")
RUN = re.compile(rf"[{CJK}]+|[^\W_{CJK}]+")
WORD = re.compile(r"[^\W_]+")
"""Runs without a separator between them: 第56号 is one word of three runs."""
DOT_BETWEEN_KANA = re.compile("(?<=[ぁ-ゖー])・(?=[ぁ-ゖ])")
LONG_VOWEL = "ー"
SHORTEST_WITH_LONG_VOWEL = 4
"""サーバー is also written サーバ; カー is not カ."""


@dataclass(frozen=True)
class Phrase:
    """Tokens that follow each other in the text; with `is_prefix` the last one may go on."""

    tokens: tuple[str, ...]
    is_prefix: bool = False


def index_tokens(text: str) -> list[str]:
    """The tokens of a text in its order, at most MAX_TOKENS."""
    tokens: list[str] = []
    for run in RUN.findall(prepared(text)):
        tokens.extend(_tokens_of(run, is_open=False))
        if len(tokens) >= MAX_TOKENS:
            break
    return tokens[:MAX_TOKENS]


def query_phrases(query: str, *, is_autocomplete: bool = False) -> list[Phrase]:
    """What a reader's query asks for: one phrase for each word, without repetition; none for a query without letters.

    Of a long query the first MAX_QUERY_LENGTH characters count. The last Latin word of a phrase may go on (volun finds
    volunteer); a number only in autocomplete, because 5 should not find 56.
    """
    phrases = (_phrase(RUN.findall(word), is_autocomplete=is_autocomplete) for word in query_words(query))
    return list(dict.fromkeys(phrases))[:MAX_PHRASES]


def query_phrase(query: str, *, is_autocomplete: bool = False) -> Phrase | None:
    """The whole query as one phrase (what stands in quotation marks); None for a query without letters."""
    runs = RUN.findall(_shortened(query))
    return _phrase(runs, is_autocomplete=is_autocomplete) if runs else None


def query_words(query: str) -> list[str]:
    """The folded words of a query in its order: 「NPO 助成金」 is npo and 助成金."""
    words = WORD.findall(_shortened(query))
    return [_without_long_vowel(word) for word in words]


def prepared(text: str) -> str:
    """Folded text in which ボランティア・センター and ボランティアセンター are one word."""
    return DOT_BETWEEN_KANA.sub("", fold(text))


def _shortened(query: str) -> str:
    return prepared(query[:MAX_QUERY_LENGTH])[:MAX_QUERY_LENGTH]


def _without_long_vowel(word: str) -> str:
    last_run = RUN.findall(word)[-1]
    if len(last_run) >= SHORTEST_WITH_LONG_VOWEL and last_run.endswith(LONG_VOWEL):
        return word[:-1]
    return word


def _phrase(runs: list[str], *, is_autocomplete: bool) -> Phrase:
    *closed, last = runs
    tokens = [token for run in closed for token in _tokens_of(run, is_open=False)]
    tokens.extend(_tokens_of(last, is_open=True))
    if CJK_RUN.fullmatch(last):
        return Phrase(tuple(tokens), is_prefix=len(last) == 1)
    return Phrase(tuple(tokens), is_prefix=is_autocomplete or not last.isdigit())


def _tokens_of(run: str, *, is_open: bool) -> Iterator[str]:
    """The tokens of one run; an open one may go on in the text, so its last character alone says nothing."""
    if not CJK_RUN.fullmatch(run):
        yield run.encode()[:MAX_WORD_BYTES].decode(errors="ignore")
        return
    for at in range(len(run) - 1):
        yield run[at : at + 2]
    if not is_open or len(run) == 1:
        yield run[-1]
