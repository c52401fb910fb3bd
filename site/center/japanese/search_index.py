"""What the search knows: the words of every indexed object, kept in Wagtail's own table of entries."""

from collections.abc import Iterator

from django.db import models, router
from django.db.models import QuerySet
from django.db.models.functions import Cast
from modelsearch.backends.base import BaseIndex
from modelsearch.utils import get_content_type_pk, get_descendants_content_types_pks
from wagtail.search.index import AutocompleteField, RelatedFields, SearchField, get_indexed_models
from wagtail.search.models import IndexEntry

from center.japanese.bigrams import index_tokens
from center.japanese.search_dialects import AUTOCOMPLETE, TEXT, TITLE, EntryTokens, dialect_in_use

ROWS_IN_ONE_WRITE = 200
"""Entries written in one transaction: a fraction of a second, so that nobody waits long for SQLite's one writer."""


def entry_tokens(obj: models.Model) -> EntryTokens:
    """The tokens of an indexed object, from the fields that its model lists in `search_fields`."""
    texts: dict[str, list[str]] = {TITLE: [], TEXT: [], AUTOCOMPLETE: []}
    for column, text in _texts(obj, obj.get_search_fields()):
        texts[column].append(text)
    # A line end keeps the fields apart: no run of Japanese reaches from one into the next.
    return EntryTokens(*(index_tokens("\n".join(texts[column])) for column in (TITLE, TEXT, AUTOCOMPLETE)))


def _texts(obj: models.Model, fields: list) -> Iterator[tuple[str, str]]:
    for field in fields:
        if isinstance(field, SearchField):
            yield TITLE if field.field_name == "title" else TEXT, _plain(field.get_value(obj))
        elif isinstance(field, AutocompleteField):
            yield AUTOCOMPLETE, _plain(field.get_value(obj))
        elif isinstance(field, RelatedFields):
            for related in _related(field.get_value(obj)):
                yield from _texts(related, field.fields)


def _related(value: object) -> list[models.Model]:
    if value is None:
        return []
    if isinstance(value, models.Manager):
        return list(value.all())
    return [value() if callable(value) else value]


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return "\n".join(_plain(item) for item in value)
    return str(value)


class BigramIndex(BaseIndex):
    """The entries of all indexed objects, in Wagtail's own table."""

    def add_items(self, model: type[models.Model], items: list[models.Model]) -> None:
        """Write the entries of these objects of one model; an entry that is there already is replaced."""
        if not model.get_search_fields() or not items:
            return
        for first in range(0, len(items), ROWS_IN_ONE_WRITE):
            self._write(model, items[first : first + ROWS_IN_ONE_WRITE])

    def _write(self, model: type[models.Model], items: list[models.Model]) -> None:
        content_type_id = get_content_type_pk(model)
        dialect = dialect_in_use()
        entries = [
            IndexEntry(content_type_id=content_type_id, object_id=str(item.pk), **dialect.row(entry_tokens(item)))
            for item in items
        ]
        IndexEntry.objects.bulk_create(
            entries,
            update_conflicts=True,
            unique_fields=["content_type", "object_id"],
            update_fields=["title", "body", "autocomplete"],
        )

    def delete_item(self, item: models.Model) -> None:
        self._delete(
            IndexEntry.objects.filter(
                content_type_id__in=get_descendants_content_types_pks(type(item)), object_id=str(item.pk)
            )
        )

    def reset(self) -> None:
        self._delete(IndexEntry.objects.all())

    def delete_stale_entries(self) -> None:
        """Remove the entries of objects that are gone."""
        for model in get_indexed_models():
            if model._meta.parents:
                continue  # the root model answers for its heirs
            existing = model._default_manager.annotate(as_text=Cast("pk", models.TextField())).values("as_text")
            entries = IndexEntry.objects.filter(content_type_id__in=get_descendants_content_types_pks(model))
            self._delete(entries.exclude(object_id__in=existing))

    def _delete(self, entries: QuerySet) -> None:
        # A raw delete, because the table of FTS5 follows by trigger and cannot be asked for its rows by key.
        entries._raw_delete(using=router.db_for_write(IndexEntry))


class Rebuilder:
    """Rewrites the index in place, in short transactions: search goes on, and no writer waits for long."""

    def __init__(self, index: BigramIndex):
        self.index = index

    def start(self) -> BigramIndex:
        self.index.delete_stale_entries()
        return self.index

    def finish(self) -> None:
        pass
