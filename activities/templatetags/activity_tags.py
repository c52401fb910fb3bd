"""Phones for the pages of activities: `{% load activity_tags %}`."""

from django import template

from center.japanese.phones import NotAPhoneNumber, normalise_phone

register = template.Library()


@register.filter
def tel(words: str | None) -> str:
    """The figures of a phone number for a `tel:` link; '' where the words are no number that can be called."""
    try:
        return normalise_phone(words or "").replace("-", "")
    except NotAPhoneNumber:
        return ""
