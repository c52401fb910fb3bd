"""What the picture of a page says where its address is shared: the words, and the digest that names the picture.

A page that has a date of its own says so by `share_day`: a `center.pages.ShareDay`, or None. Nothing here reads a
clock, so that a picture stays the same until somebody changes the page.
"""

import hashlib
from dataclasses import asdict, dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from wagtail.models import Page

from center.models import CentreSettings
from center.pages import ShareDay
from center.queries import centre_settings
from center.templatetags.look_tags import KINDS, TINTS, kind_of, leaf, state_stamp
from center.visibility import publicly_visible

DRAWING = 1
"""Raise it when the drawing changes, so that every picture gets a new address."""
DIGEST_LENGTH = 12
HOME_DEPTH = 2
WITHOUT_LABEL = ("page", "plan")
PAPERS = {"": "momo", "lecture": "sora", "call": "wakakusa", "grant": "lemon", "match": "fuji"}
"""The paper of each colour of `TINTS`; what is not here is printed on white."""


@dataclass(frozen=True)
class ShareCard:
    """What one picture says. `leaf` is month, day of the month and weekday, in words; empty without a day."""

    title: str
    site_name: str
    site_of: str = ""
    kind: str = ""
    paper: str = ""
    leaf: tuple[str, str, str] | None = None
    leaf_tone: str = ""
    state: str = ""
    is_off: bool = False
    sample: str = ""

    @property
    def digest(self) -> str:
        words = f"{DRAWING}|{settings.SHARE_FONT}|{sorted(asdict(self).items())!r}"
        return hashlib.sha256(words.encode()).hexdigest()[:DIGEST_LENGTH]

    @property
    def alt(self) -> str:
        """The picture in one line of words."""
        day = "".join(self.leaf) if self.leaf else ""
        return "　".join(part for part in (self.state, self.kind, day, self.title, self.site_name) if part)


def site_card(centre: CentreSettings) -> ShareCard:
    """The picture of the site as a whole, in the active language: for home, forms, searches."""
    name = centre.local_nickname or centre.local_name or _("Support centre for citizens' activities")
    title = _("What citizens do in this town, pinned up here")
    return ShareCard(title=title, site_name=name, site_of=_second_name(centre, name))


def page_card(page: Page, centre: CentreSettings) -> ShareCard:
    """The picture of one page (a specific one), in the active language."""
    if page.depth <= HOME_DEPTH:
        return site_card(centre)
    kind, day, state = kind_of(page), getattr(page, "share_day", None), state_stamp(page)
    name = centre.local_nickname or centre.local_name or _("Support centre for citizens' activities")
    return ShareCard(
        title=page.title,
        site_name=name,
        site_of=_second_name(centre, name),
        kind="" if kind in WITHOUT_LABEL else str(KINDS[kind]),
        paper=PAPERS.get(TINTS.get(kind, ""), ""),
        leaf=_leaf_words(day) if day else None,
        leaf_tone=leaf(day.on).tone.strip() if day else "",
        state=str(state.words) if state else "",
        is_off=bool(state and state.is_off),
        sample=_("sample") if getattr(page, "is_sample", False) else "",
    )


def _leaf_words(day: ShareDay) -> tuple[str, str, str]:
    words = leaf(day.on)
    return ("〜" if day.is_until else "") + words.month, f"{words.number}{words.suffix}", words.week


def public_card(key: str) -> ShareCard | None:
    """The card of a public page by its number; None for a page that is not public. Its language is active already."""
    page = publicly_visible(Page.objects.filter(pk=key)).specific().first()
    return page_card(page, centre_settings()) if page else None


def language_of(key: str) -> str | None:
    """The language of a page by its number; None where there is none."""
    return Page.objects.filter(pk=key).values_list("locale__language_code", flat=True).first()


def _second_name(centre: CentreSettings, name: str) -> str:
    return centre.local_name if centre.local_name != name else ""
