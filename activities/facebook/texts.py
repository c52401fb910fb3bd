"""The words and the picture of a post for Facebook, made from a public page. Always in Japanese; no hashtags.

The first lines tell the essential, because a telephone shows only those: what it is, when, where.
"""

import re
from io import BytesIO

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.models import Page

from activities.kinds import NoticeKind
from activities.models import EventPage, EventState, Notice
from center.models import CentreImage
from center.queries import centre_settings
from center.share_cards import page_card
from center.share_pictures import draw_card

TEXT_LENGTH = 1200
"""A post longer than this is not read; Facebook itself takes far more."""
SUMMARY_LENGTH = 200
FACT_LENGTH = 160
SESSIONS_SHOWN = 3
PICTURE = "max-1600x1600|format-jpeg|jpegquality-85"
NOT_PRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]")
JAPANESE = "ja"


def post_text(page: Page, *, notice: Notice | None = None) -> str:
    """The text for a page (a specific one). A changed or cancelled one says so before its title."""
    with translation.override(JAPANESE):
        head = [_mark_words(page, notice) + page.title, *_essentials(page)]
        blocks = ["\n".join(head), _short(getattr(page, "summary", ""), SUMMARY_LENGTH), "\n".join(_facts(page))]
        closing = _("Read more: %(address)s") % {"address": page_address(page)}
        text = "\n\n".join(block for block in blocks if block.strip())
        room = TEXT_LENGTH - len(closing) - 2
        return f"{cleaned(text, most=room)}\n\n{closing}"


def cleaned(text: str, *, most: int = TEXT_LENGTH) -> str:
    """Plain text: nothing invisible, no empty lines in a row, nothing that Facebook reads as a mention."""
    text = NOT_PRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).replace("@[", "@ [")
    text = re.sub(r"\n{3,}", "\n\n", text).strip()
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def page_address(page: Page) -> str:
    """The full address of a page; host and scheme are settings.SITE_URL."""
    parts = page.get_url_parts()
    return settings.SITE_URL + parts[2] if parts and parts[2] else settings.SITE_URL


def _mark_words(page: Page, notice: Notice | None) -> str:
    """【中止】, 【延期】 or 【変更】 from the page, else from the notice; "" for what is as planned."""
    state = getattr(page, "state", "") if isinstance(page, EventPage) else ""
    if state and state != EventState.PLANNED:
        return f"【{page.get_state_display()}】"
    if getattr(page, "is_cancelled", False) or (notice and notice.kind == NoticeKind.CANCELLATION):
        return f"【{_('cancelled')}】"
    if notice and notice.kind == NoticeKind.CHANGE:
        return f"【{_('changed')}】"
    return ""


def _essentials(page: Page) -> list[str]:
    """What changed, when and where: the lines under the title."""
    if isinstance(page, EventPage):
        sessions = [session.when_words for session in page.ordered_sessions()]
        if len(sessions) > SESSIONS_SHOWN:
            left = len(sessions) - SESSIONS_SHOWN
            sessions = [*sessions[:SESSIONS_SHOWN], str(_("and %(count)d more") % {"count": left})]
        lines = [page.change_note, *sessions, page.venue_words]
    else:
        lines = [fact.value for fact in _key_facts(page) if fact.name == "deadline" and fact.value]
        label = next((str(fact.label) for fact in _key_facts(page) if fact.name == "deadline"), "")
        lines = [_labelled(label, line) for line in lines]
    return [_short(line, FACT_LENGTH) for line in lines if line]


def _facts(page: Page) -> list[str]:
    """Fee, application, for whom, contact: one line each, with its name."""
    if not isinstance(page, EventPage):
        left = ("fee", "contact", "opens")
        return [_labelled(str(fact.label), fact.value) for fact in _key_facts(page) if fact.name in left]
    contact = " ".join(
        part for part in (page.contact_name, page.contact_phone, page.contact_email, page.contact_url) if part
    )
    application = "　".join(part for part in (page.application_words, page.application_text) if part)
    rows = (
        (_("fee"), page.fee_words),
        (_("address of the venue"), page.address_words),
        (_("for whom"), page.target),
        (_("application"), application + (f"（{_('full')}）" if page.is_full else "")),
        (_("contact"), contact),
        (_("organiser"), page.organiser_words),
    )
    return [_labelled(str(label), words) for label, words in rows if words]


def _key_facts(page: Page) -> list:
    return page.key_facts() if hasattr(page, "key_facts") else []


def _labelled(label: str, words: str) -> str:
    return f"{label}：{_short(' '.join(words.split()), FACT_LENGTH)}"


def _short(words: str, most: int) -> str:
    words = words.strip()
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


# The picture


def main_image(page: Page) -> CentreImage | None:
    """The picture that staff chose for the page; None where there is none."""
    return getattr(page, "image", None)


def picture(page: Page) -> tuple[bytes, str, str]:
    """The picture of a post (bytes, type, file name): the page's own, else the one drawn for shared addresses.

    Takes a moment (a rendition or a drawing): never inside a transaction.
    """
    image = main_image(page)
    if image is not None:
        try:
            rendition = image.get_rendition(PICTURE)
            with default_storage.open(rendition.file.name, "rb") as file:
                return file.read(), "image/jpeg", f"facebook-{page.pk}.jpg"
        except (OSError, ValueError):
            pass  # a file that is gone: the drawing takes its place
    with translation.override(JAPANESE):
        return BytesIO(draw_card(page_card(page, centre_settings()))).getvalue(), "image/png", f"facebook-{page.pk}.png"


def picture_alt(page: Page) -> str:
    """What can be seen in the picture, for people who do not see it."""
    if main_image(page) is not None:
        return getattr(page, "image_alt", "") or page.title
    with translation.override(JAPANESE):
        return page_card(page, centre_settings()).alt
