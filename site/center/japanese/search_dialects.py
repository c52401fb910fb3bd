"""How the index is stored and asked in SQLite (FTS5) and in PostgreSQL (tsvector). Everything else is common.

A column is TITLE, TEXT (title and all other searched fields) or AUTOCOMPLETE. A query is built from tokens that hold
letters and figures only, and travels as the one parameter of the SQL. `source` names the table of entries `entry`.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from django.db import connections, router
from wagtail.search.models import IndexEntry

from center.japanese.bigrams import MAX_TOKENS, Phrase

TITLE, TEXT, AUTOCOMPLETE = "title", "text", "autocomplete"
ENTRIES = "wagtailsearch_indexentry"


@dataclass(frozen=True)
class EntryTokens:
    """The tokens of one object: of its title, of its other fields, and of what autocomplete looks at."""

    title: list[str]
    body: list[str]
    autocomplete: list[str]


class Dialect(Protocol):
    """What the two databases say differently."""

    source: str

    def row(self, tokens: EntryTokens) -> dict[str, str]:
        """The values of an entry's own columns."""

    def phrase(self, phrase: Phrase) -> str: ...

    def all_of(self, queries: Iterable[str]) -> str: ...

    def any_of(self, queries: Iterable[str]) -> str: ...

    def parameter(self, column: str, query: str) -> str:
        """The parameter of `source` or `condition`."""

    def condition(self, column: str) -> str: ...

    def score(self, column: str) -> str:
        """SQL of a number that is greater for a better match."""


class SQLite:
    """Tokens in the columns of Wagtail's FTS5 table, separated by spaces."""

    table = f"{ENTRIES}_fts"
    columns = {TITLE: "{title}", TEXT: "{title body}", AUTOCOMPLETE: "{autocomplete}"}
    # The plus keeps SQLite from asking the index once for each entry: the index is asked first, and once.
    source = f"{table} JOIN {ENTRIES} entry ON entry.id = +{table}.rowid"

    def row(self, tokens: EntryTokens) -> dict[str, str]:
        return {
            "title": " ".join(tokens.title),
            "body": " ".join(tokens.body),
            "autocomplete": " ".join(tokens.autocomplete),
        }

    def phrase(self, phrase: Phrase) -> str:
        return f'"{" ".join(phrase.tokens)}"' + (" *" if phrase.is_prefix else "")

    def all_of(self, queries: Iterable[str]) -> str:
        return f"({' AND '.join(queries)})"

    def any_of(self, queries: Iterable[str]) -> str:
        return f"({' OR '.join(queries)})"

    def parameter(self, column: str, query: str) -> str:
        return f"{self.columns[column]} : {query}"

    def condition(self, column: str) -> str:
        return f"{self.table} MATCH %s"

    def score(self, column: str) -> str:
        # Weights in the order of the table's columns: autocomplete, body, title. bm25 is smaller for a better match.
        return f"-bm25({self.table}, 1.0, 1.0, 5.0)"


class PostgreSQL:
    """Tokens as ready vectors with their positions: no parser and no dictionary of the database touches them.

    The column `body` holds title and body together, so that one index answers for both; the title has weight A.
    """

    columns = {TITLE: "entry.title", TEXT: "entry.body", AUTOCOMPLETE: "entry.autocomplete"}
    source = f"{ENTRIES} entry CROSS JOIN (SELECT %s::tsquery AS words) asked"

    def row(self, tokens: EntryTokens) -> dict[str, str]:
        text = [*((token, "A") for token in tokens.title), *((token, "") for token in tokens.body)]
        return {
            "title": self._vector((token, "") for token in tokens.title),
            "body": self._vector(text[:MAX_TOKENS]),
            "autocomplete": self._vector((token, "") for token in tokens.autocomplete),
        }

    def phrase(self, phrase: Phrase) -> str:
        tokens = [f"'{token}'" for token in phrase.tokens]
        return f"({' <-> '.join(tokens)}{':*' if phrase.is_prefix else ''})"

    def all_of(self, queries: Iterable[str]) -> str:
        return f"({' & '.join(queries)})"

    def any_of(self, queries: Iterable[str]) -> str:
        return f"({' | '.join(queries)})"

    def parameter(self, column: str, query: str) -> str:
        return query

    def condition(self, column: str) -> str:
        return f"{self.columns[column]} @@ asked.words"

    def score(self, column: str) -> str:
        # Weights of D, C, B, A (the title); 1 divides by 1 + the logarithm of the length.
        return f"ts_rank('{{0.2, 0.2, 0.2, 1.0}}', {self.columns[column]}, asked.words, 1)"

    def _vector(self, tokens: Iterable[tuple[str, str]]) -> str:
        places = defaultdict(list)
        for place, (token, weight) in enumerate(tokens, start=1):
            places[token].append(f"{place}{weight}")
        return " ".join(f"'{token}':{','.join(where)}" for token, where in places.items())


DIALECTS: dict[str, Dialect] = {"sqlite": SQLite(), "postgresql": PostgreSQL()}
"""By Django's name of the database."""


def dialect_in_use() -> Dialect:
    """That of the database that holds the index. Raises KeyError for one that is neither SQLite nor PostgreSQL."""
    return DIALECTS[connections[router.db_for_read(IndexEntry)].vendor]
