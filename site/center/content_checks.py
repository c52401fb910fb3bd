"""Kind words to editors about a page: what a reader might miss. They never block; what must hold is in `clean()`.

A page type names its own checks, pure functions from a page to findings; those of its bases and the general ones below
are asked too, in that order:

    def no_session(page) -> list[Finding]:
        return [] if page.sessions.all() else [Finding(_("No date yet. Write when it is held."), "sessions")]

    class EventPage(SummaryMixin, BodyMixin, Page):
        content_checks = (no_session,)

`findings(page)` gives them all. The panel that comes with `SummaryMixin.summary_panels` shows them in the editor, the
hooks in `center.wagtail_hooks` say them after saving and publishing. Write what to do, in one sentence.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import models
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from modelcluster.models import get_all_child_relations
from wagtail.fields import StreamField
from wagtail.models import Page

from center.japanese.characters import full_width_length, troublesome_characters

FEWEST_CHARACTERS_BESIDE_A_FLYER = 80
"""About two lines: less than that cannot say when, where and for whom."""
CHARACTERS_NAMED = 5
WORDS_WITHOUT_GOAL = frozenset(
    ["こちら", "ここ", "こちらから", "こちらへ", "詳細", "詳細はこちら", "詳しくはこちら", "くわしくはこちら"]
    + ["リンク", "クリック", "ここをクリック", "続きを読む", "もっと見る", "here", "click here", "more", "read more"]
)
LINK = re.compile(r"<a\b[^>]*>(.*?)</a>", re.DOTALL | re.IGNORECASE)
MADE_UP = re.compile(r"見本|サンプル|ダミー|@example\.|//(?:www\.)?example\.(?:com|jp|org|net)|\.example\b|000-0000")


@dataclass(frozen=True)
class Finding:
    """What might be better, as a sentence that says what to do, and the field that it is about ('': the page)."""

    words: str
    field: str = ""

    def field_words(self, page: Page) -> str:
        """The name of the field as the editor shows it; '' for what is no plain field."""
        if not self.field:
            return ""
        try:
            field = page._meta.get_field(self.field)
        except models.FieldDoesNotExist:
            return ""
        return str(getattr(field, "verbose_name", ""))


Check = Callable[[Page], list[Finding]]


def checks_of(page_type: type[Page]) -> list[Check]:
    """The checks that the type and its bases name, each once, then the general ones."""
    named = [check for base in page_type.__mro__ for check in base.__dict__.get("content_checks", ())]
    return list(dict.fromkeys([*named, *GENERAL_CHECKS]))


def findings(page: Page) -> list[Finding]:
    """What all checks of its type say about a specific page, as it stands in memory."""
    return [finding for check in checks_of(type(page)) for finding in check(page)]


# What a page says


def bodies(page: Page) -> Iterator[tuple[str, object]]:
    """(name of the field, its blocks) for each running text of the page and of the rows that hang on it."""
    for field in page._meta.get_fields():
        if isinstance(field, StreamField):
            yield field.name, getattr(page, field.name) or ()
    for relation in get_all_child_relations(type(page)):
        streams = [field for field in relation.related_model._meta.get_fields() if isinstance(field, StreamField)]
        if streams:
            name = relation.get_accessor_name()
            for row in getattr(page, name).all():
                for field in streams:
                    yield name, getattr(row, field.name) or ()


def text_fields(page: Page) -> Iterator[tuple[str, str]]:
    """(name, words) of each field of the page that people write sentences or names in; addresses are left out."""
    for field in page._meta.get_fields():
        is_text = isinstance(field, models.CharField | models.TextField) and not isinstance(
            field, models.URLField | models.EmailField | models.SlugField | StreamField
        )
        is_written = is_text and field.editable and not field.choices and field.name != "draft_title"
        if is_written and (words := getattr(page, field.name) or ""):
            yield field.name, str(words)


def body_words(stream: object) -> str:
    """The words of blocks, without their marks."""
    if not stream:
        return ""
    return " ".join(strip_tags(str(words)) for words in stream.stream_block.get_searchable_content(stream))


def _relations(page: Page, model: str) -> Iterator[str]:
    """The names of the fields that lead to a row of that model, where one is chosen."""
    target = apps.get_model(model)
    for field in page._meta.get_fields():
        if isinstance(field, models.ForeignKey) and field.related_model is target and getattr(page, field.attname):
            yield field.name


# General checks


def empty_summary(page: Page) -> list[Finding]:
    """Lists, search and the mail show the summary."""
    if not hasattr(page, "summary") or page.summary.strip():
        return []
    return [Finding(_("Write one sentence. Lists, search and the support mail show it."), "summary")]


def pictures_without_words(page: Page) -> list[Finding]:
    """A picture says nothing to people who cannot see it, unless its description does."""
    found = []
    words = _("Describe the picture in one sentence, for people who do not see it.")
    for name in _relations(page, "center.CentreImage"):
        described = getattr(page, f"{name}_alt", "") or getattr(page, name).alt
        if not described.strip():
            field = f"{name}_alt" if hasattr(page, f"{name}_alt") else name
            found.append(Finding(words, field))
    for name, stream in bodies(page):
        for block in stream:
            picture = block.value.get("image") if block.block_type == "image" else None
            if picture and not (block.value.get("alt") or picture.alt).strip():
                found.append(Finding(words, name))
    return list(dict.fromkeys(found))


def flyer_alone(page: Page) -> list[Finding]:
    """A PDF cannot be read by everybody, nor found, nor mailed: a flyer is never the only source."""
    streams = list(bodies(page))
    files = [*_relations(page, "center.CentreDocument")]
    files += [name for name, stream in streams for block in stream if block.block_type == "document"]
    if not files:
        return []
    said = getattr(page, "summary", "") + "".join(body_words(stream) for _name, stream in streams)
    if full_width_length(said) >= FEWEST_CHARACTERS_BESIDE_A_FLYER:
        return []
    return [Finding(_("Write what the PDF says as text too: what, when, where, for whom."), files[0])]


def troublesome(page: Page) -> list[Finding]:
    """Characters that old mail programs and readers cannot show, with what to write instead."""
    found = []
    texts = [*text_fields(page), *((name, body_words(stream)) for name, stream in bodies(page))]
    for name, words in texts:
        offers = [
            _("“%(bad)s” → “%(good)s”") % {"bad": bad, "good": good} if good else f"「{bad}」"
            for bad, good in troublesome_characters(words)
        ]
        if offers:
            more = "" if len(offers) <= CHARACTERS_NAMED else "…"
            listed = "、".join(offers[:CHARACTERS_NAMED]) + more
            found.append(Finding(_("Some devices cannot show these characters: %(list)s") % {"list": listed}, name))
    return found


def links_without_goal(page: Page) -> list[Finding]:
    """Who jumps from link to link hears only the words of the links."""
    found = []
    for name, stream in bodies(page):
        for block in stream:
            for words in _link_words(block):
                if words.strip("　 。、＞>→").lower() in WORDS_WITHOUT_GOAL:
                    sentence = _("The words of the link “%(words)s” do not say where it leads. Write its goal.")
                    found.append(Finding(sentence % {"words": words}, name))
    return list(dict.fromkeys(found))


def _link_words(block: object) -> list[str]:
    if block.block_type == "paragraph":
        return [strip_tags(words).strip() for words in LINK.findall(block.value.source)]
    if block.block_type == "link":
        return [block.value.get("words") or ""]
    if block.block_type == "document":
        return [block.value.get("title") or ""]
    return []


def heading_levels(page: Page) -> list[Finding]:
    """A small heading stands under a heading, and a heading has something under it."""
    found = []
    for name, stream in bodies(page):
        kinds = [block.block_type for block in stream]
        first_big = kinds.index("heading") if "heading" in kinds else len(kinds)
        if "subheading" in kinds[:first_big]:
            found.append(Finding(_("A small heading comes first. Begin with a heading."), name))
        followers = [*kinds[1:], "heading"]
        empty = [kind for kind, after in zip(kinds, followers, strict=False) if kind == "heading" == after]
        if empty:
            found.append(Finding(_("Nothing stands under a heading. Write something there, or take it out."), name))
    return found


def sample_not_marked(page: Page) -> list[Finding]:
    """Made-up content is marked as 見本 wherever it is shown."""
    if not hasattr(page, "is_sample") or page.is_sample:
        return []
    texts = [words for _name, words in text_fields(page)] + [body_words(stream) for _name, stream in bodies(page)]
    if any(MADE_UP.search(words) for words in texts):
        return [Finding(_("This looks made up. Mark the page as a sample, or write the true facts."), "is_sample")]
    return []


GENERAL_CHECKS: tuple[Check, ...] = (
    empty_summary,
    pictures_without_words,
    flyer_alone,
    troublesome,
    links_without_goal,
    heading_levels,
    sample_not_marked,
)
