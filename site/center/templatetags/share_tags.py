"""What goes with the address of a page: its picture for those who share it, and its QR code on paper."""

from dataclasses import dataclass
from functools import lru_cache

import segno
from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from wagtail.models import Page

from center.share_cards import page_card, site_card

register = template.Library()

QR_MASK = 3
"""Any mask can be read; choosing the best one among eight costs three times as much."""


@dataclass(frozen=True)
class SharePicture:
    """The full address of a picture, and what can be seen in it."""

    url: str
    alt: str


@register.simple_tag(takes_context=True)
def share_picture(context: template.Context) -> SharePicture:
    """The picture of the page that is shown, or of the site for what is no page."""
    page, centre = context.get("page"), context["centre"]
    if isinstance(page, Page) and page.pk and page.depth > 2:
        key, card = page.pk, page_card(page, centre)
    else:
        key, card = get_language(), site_card(centre)
    return SharePicture(settings.SITE_URL + reverse("share-picture", args=(key, card.digest)), card.alt)


@register.simple_tag
@lru_cache(maxsize=2_000)
def qr_code(address: str) -> SafeString:
    """The address as a QR code for paper: an SVG without words, because the address stands beside it."""
    code = segno.make(address, micro=False, error="m", mask=QR_MASK)
    drawn = code.svg_inline(omitsize=True, border=4, svgclass=None, lineclass=None)
    return mark_safe(drawn.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1))
