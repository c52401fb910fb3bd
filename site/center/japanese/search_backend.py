"""The search of the site: WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "center.japanese.search_backend"}}.

It keeps Wagtail's interface (`search`, `autocomplete`, the index and its commands) and puts pairs of characters in the
place of words, so that Japanese is found inside a sentence. Whatever a reader types is words to look for: no character
has a meaning for the database, and nothing raises. Filters of the queryset are plain SQL; they need no FilterField.

The best matches are found in two passes, each linear: the index gives every match with its score, the queryset says
which of them may be shown. Stock Wagtail asks the index once more for every match.
"""

from functools import cached_property

from django.db import NotSupportedError, connections, models, router
from django.db.models import Count, Q, QuerySet
from django.db.models.expressions import RawSQL
from modelsearch.backends.base import (
    BaseSearchBackend,
    BaseSearchQueryCompiler,
    BaseSearchResults,
    FilterFieldError,
    SearchFieldError,
)
from modelsearch.utils import get_descendants_content_types_pks
from wagtail.search.models import IndexEntry
from wagtail.search.query import And, Boost, Fuzzy, MatchAll, Not, Or, PlainText, SearchQuery
from wagtail.search.query import Phrase as PhraseQuery

from center.japanese.bigrams import MAX_PHRASES, query_phrase, query_phrases
from center.japanese.search_dialects import AUTOCOMPLETE, TEXT, TITLE, dialect_in_use
from center.japanese.search_index import BigramIndex, Rebuilder

EVERYTHING = ~Q(pk__in=[])
NOTHING = Q(pk__in=[])
ROWS_IN_ONE_QUERY = 500
"""Objects fetched in one statement, well below SQLite's limit of parameters."""


class BigramQueryCompiler(BaseSearchQueryCompiler):
    """One question to the index, about the objects of one queryset."""

    DEFAULT_OPERATOR = "and"
    HANDLES_ORDER_BY_EXPRESSIONS = True
    is_autocomplete = False

    def __init__(self, queryset: QuerySet, query: SearchQuery | str, *args, **kwargs):
        super().__init__(queryset, query, *args, **kwargs)
        if queryset._fields is not None:
            raise NotSupportedError("search a queryset of objects, not of values()")
        self.dialect = dialect_in_use()

    @property
    def column(self) -> str:
        if self.is_autocomplete:
            return AUTOCOMPLETE
        return TITLE if self.fields is not None and set(self.fields) == {"title"} else TEXT

    def check(self) -> None:
        """Raise SearchFieldError for a field that is not searched. Filters are SQL and need no check."""
        known = {field.field_name for field in self.queryset.model.get_searchable_search_fields()}
        for name in self.fields or ():
            if name not in known:
                raise SearchFieldError(f'Cannot search in "{name}": it is no SearchField.', field_name=name)

    def matching(self) -> QuerySet:
        """The objects that match, in the queryset's own order, or the newest first where it has none."""
        queryset = self.queryset.filter(self._condition(self.query))
        return queryset if queryset.query.order_by else queryset.order_by("-pk")

    @cached_property
    def has_scores(self) -> bool:
        return bool(self._wanted(self.query))

    @cached_property
    def scores(self) -> dict[object, float]:
        """The score of every match in the index, greater for better, by primary key."""
        wanted = self._wanted(self.query)
        if not wanted:
            return {}
        sql, params = self._sql(f"entry.object_id, {self.dialect.score(self.column)}", self.dialect.any_of(wanted))
        to_python = _pk_field(self.queryset.model).to_python
        with connections[router.db_for_read(IndexEntry)].cursor() as cursor:
            cursor.execute(sql, params)
            return {to_python(object_id): score for object_id, score in cursor.fetchall()}

    @cached_property
    def ranked_pks(self) -> list:
        """The primary keys of all matches, the best first and the newer first of equals."""
        shown = set(self.queryset.filter(self._condition(self.query)).order_by().values_list("pk", flat=True))
        return sorted(shown, key=lambda pk: (self.scores.get(pk, 0.0), pk), reverse=True)

    def _condition(self, query: SearchQuery) -> Q:
        """A query as a condition on the queryset."""
        if isinstance(query, MatchAll):
            return EVERYTHING
        if isinstance(query, Not):
            return ~self._condition(query.subquery)
        if isinstance(query, And | Or):
            condition = EVERYTHING if isinstance(query, And) else NOTHING
            for subquery in _parts(query):
                part = self._condition(subquery)
                condition = condition & part if isinstance(query, And) else condition | part
            return condition
        if isinstance(query, Boost):
            return self._condition(query.subquery)
        words = self._words(query)
        if not words:
            return NOTHING
        pk_type = _pk_field(self.queryset.model).rel_db_type(connections[self.queryset.db])
        sql, params = self._sql(f"CAST(entry.object_id AS {pk_type})", words)
        return Q(pk__in=RawSQL(sql, params))

    def _wanted(self, query: SearchQuery) -> list[str]:
        """The words that matches are scored by: those of the query that are not negated."""
        if isinstance(query, MatchAll | Not):
            return []
        if isinstance(query, And | Or):
            return [words for subquery in _parts(query) for words in self._wanted(subquery)]
        if isinstance(query, Boost):
            return self._wanted(query.subquery)
        words = self._words(query)
        return [words] if words else []

    def _words(self, query: SearchQuery) -> str:
        """A plain query or a phrase in the language of the database; '' when there is nothing to look for."""
        if isinstance(query, PhraseQuery):
            phrase = query_phrase(query.query_string, is_autocomplete=self.is_autocomplete)
            return self.dialect.phrase(phrase) if phrase else ""
        if not isinstance(query, PlainText | Fuzzy):
            raise NotImplementedError(f"{type(query).__name__} is not supported by this search.")
        phrases = query_phrases(query.query_string, is_autocomplete=self.is_autocomplete)
        if not phrases:
            return ""
        join = self.dialect.any_of if query.operator == "or" else self.dialect.all_of
        return join(self.dialect.phrase(phrase) for phrase in phrases)

    def _sql(self, fields: str, words: str) -> tuple[str, list[str]]:
        types = ", ".join(str(pk) for pk in sorted(get_descendants_content_types_pks(self.queryset.model)))
        sql = (
            f"SELECT {fields} FROM {self.dialect.source} "
            f"WHERE {self.dialect.condition(self.column)} AND entry.content_type_id IN ({types})"
        )
        return sql, [self.dialect.parameter(self.column, words)]


class BigramAutocompleteQueryCompiler(BigramQueryCompiler):
    """The same question while somebody is still typing."""

    is_autocomplete = True


class BigramSearchResults(BaseSearchResults):
    """Matches as a sequence that is fetched when it is looked at; slices share the ranking."""

    supports_facet = True

    def get_queryset(self) -> QuerySet:
        return self.query_compiler.matching()[self.start : self.stop]

    def facet(self, field_name: str) -> dict[object, int]:
        """How many matches there are for each value of a FilterField, the most frequent first."""
        if self.query_compiler._get_filterable_field(field_name) is None:
            raise FilterFieldError(f'Cannot count by "{field_name}": it is no FilterField.', field_name=field_name)
        counted = self.query_compiler.matching().order_by().values(field_name).annotate(count=Count("pk"))
        return {row[field_name]: row["count"] for row in counted.order_by("-count", field_name)}

    @property
    def _is_ranked(self) -> bool:
        return self.query_compiler.order_by_relevance and self.query_compiler.has_scores

    def _do_search(self) -> list[models.Model]:
        if self._is_ranked:
            objects = self._fetch(self.query_compiler.ranked_pks[self.start : self.stop])
        else:
            objects = list(self.get_queryset())
        if self._score_field:
            for obj in objects:
                setattr(obj, self._score_field, self.query_compiler.scores.get(obj.pk))
        return objects

    def _do_count(self) -> int:
        if self._is_ranked:
            return len(self.query_compiler.ranked_pks[self.start : self.stop])
        return self.get_queryset().count()

    def _fetch(self, pks: list) -> list[models.Model]:
        found = {}
        for first in range(0, len(pks), ROWS_IN_ONE_QUERY):
            chunk = pks[first : first + ROWS_IN_ONE_QUERY]
            found |= {obj.pk: obj for obj in self.query_compiler.queryset.filter(pk__in=chunk).order_by()}
        return [found[pk] for pk in pks if pk in found]


class SearchBackend(BaseSearchBackend):
    """Wagtail's entry point. Takes no options of its own."""

    query_compiler_class = BigramQueryCompiler
    autocomplete_query_compiler_class = BigramAutocompleteQueryCompiler
    index_class = BigramIndex
    results_class = BigramSearchResults
    rebuilder_class = Rebuilder


def _parts(query: And | Or) -> list[SearchQuery]:
    """What a query combines, nested ones of its own kind opened; the first MAX_PHRASES count, as in a plain query."""
    parts: list[SearchQuery] = []
    for subquery in query.subqueries:
        parts.extend(_parts(subquery) if type(subquery) is type(query) else [subquery])
    return parts[:MAX_PHRASES]


def _pk_field(model: type[models.Model]) -> models.Field:
    """The field that holds the primary key itself, also where it is a link to a parent model."""
    field = model._meta.pk
    while field.remote_field:
        field = field.target_field
    return field
