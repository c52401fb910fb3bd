"""Phones and titles for the pages of activities: `{% load activity_tags %}`."""

from datetime import date

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.models import Page

from activities import match_stages
from activities.details import State
from activities.models import MatchPage
from center.japanese.phones import NotAPhoneNumber, normalise_phone

register = template.Library()

JAPANESE, ENGLISH = "ja", "en"


@register.filter
def tel(words: str | None) -> str:
    """The figures of a phone number for a `tel:` link; '' where the words are no number that can be called."""
    try:
        return normalise_phone(words or "").replace("-", "")
    except NotAPhoneNumber:
        return ""


def _is_only_japanese(page: Page) -> bool:
    """Does a Japanese page, or one that only repeats it, stand in a list of another language?

    Its locale is read with it.
    """
    language = get_language() or JAPANESE
    return language != JAPANESE and (page.alias_of_id is not None or page.locale.language_code == JAPANESE)


@register.simple_tag
def lang_of(page: Page) -> SafeString:
    """The attribute ` lang="ja"` for a Japanese title among English words."""
    is_foreign = get_language() == ENGLISH and _is_only_japanese(page)
    return mark_safe(' lang="ja"' if is_foreign else "")


@register.simple_tag
def title_of(page: Page) -> SafeString:
    """The title in a list; a Japanese one among pages of another language says 日本語のみ."""
    if not _is_only_japanese(page):
        return format_html("{}", page.title)
    mark = _("(Japanese only)")
    return format_html('<span{}>{}</span> <span class="small soft">{}</span>', lang_of(page), page.title, mark)


@register.simple_tag
def match_stage(post: MatchPage, today: date) -> State:
    """Where a matching post stands on that day, as its stamp says it."""
    stage = post.stage_on(today)
    return State(str(stage.label), match_stages.TONES[stage])
