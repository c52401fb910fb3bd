"""What every list shares: pages of twenty, and filters that live in the address. Wrong values are left out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import Page as PageOfRows
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import QueryDict

PAGE_SIZE = 20


@dataclass(frozen=True)
class Chip:
    """A quick choice: a link with its own address. A current one leads to the list without it."""

    url: str
    words: str
    is_current: bool = False


@dataclass(frozen=True)
class Choice:
    """One value of a filter in a form."""

    value: str
    words: str
    is_chosen: bool = False


def page_of(rows: QuerySet, query: QueryDict, size: int = PAGE_SIZE, *, count: int | None = None) -> PageOfRows:
    """The page of `rows` that `?p=` asks for; anything that is no number is the first, too high a number the last.

    Whoever knows already how many rows there are says so with `count` and spares the question.
    """
    pages = Paginator(rows, size)
    if count is not None:
        pages.count = count
    return pages.get_page(query.get("p"))


def known(query: QueryDict, name: str, values: Iterable[str]) -> str:
    """The value of a filter where it is one of `values`, otherwise ''."""
    value = query.get(name, "")
    return value if value in set(values) else ""


def is_on(query: QueryDict, name: str) -> bool:
    """Is a yes-or-no filter on (`?free=1`)?"""
    return query.get(name) == "1"


def address(parts: Mapping[str, object], **changes: object) -> str:
    """The query string of filters with some changed; empty ones are left out; the list without any is '?'."""
    asked = {name: value for name, value in (dict(parts) | changes).items() if value}
    return "?" + urlencode({name: "1" if value is True else value for name, value in asked.items()}, doseq=True)


def choices(pairs: Iterable[tuple[str, object]], chosen: str | Iterable[str]) -> list[Choice]:
    """The values of a filter with their words; `chosen` is the one value, or several."""
    chosen = {chosen} if isinstance(chosen, str) else set(chosen)
    return [Choice(value, str(words), value in chosen) for value, words in pairs]
