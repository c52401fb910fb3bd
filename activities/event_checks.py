"""Kind words to editors about an event: what readers will ask for. Pure; `center.content_checks` shows them."""

from django.utils.translation import gettext as _
from wagtail.models import Page

from center.content_checks import Finding


def without_dates(page: Page) -> list[Finding]:
    """An event without a date stands in no list."""
    if page.sessions.all():
        return []
    return [Finding(_("Write when it is held. Without a date it stands in no list and in no calendar."), "sessions")]


def change_without_words(page: Page) -> list[Finding]:
    """Who planned to come wants to know what is different, and why."""
    if page.state == "planned" or page.change_note.strip():
        return []
    return [Finding(_("Write in one sentence what is different from before, or why it is cancelled."), "change_note")]


def new_dates_without_old(page: Page) -> list[Finding]:
    """Search engines and calendars tell that an event has moved only where the old time is known."""
    moved = page.state == "postponed" and page.has_new_dates
    if not moved or any(session.previous_starts_at for session in page.sessions.all()):
        return []
    return [Finding(_("Write the time before the postponement at each session that moved."), "sessions")]


def without_venue(page: Page) -> list[Finding]:
    """The way there is the second question after the day."""
    if page.place or page.venue_name or page.venue_address or page.is_online:
        return []
    return [Finding(_("Write where it is held, or that it is online."), "place")]


def fee_unknown(page: Page) -> list[Finding]:
    """A fee that is not told keeps people away."""
    if page.is_free or page.fee:
        return []
    return [Finding(_("Write the fee, or tick that it is free of charge."), "fee")]


def nobody_to_ask(page: Page) -> list[Finding]:
    """Older people ask by phone."""
    if page.contact_phone or page.contact_email or page.contact_url:
        return []
    return [Finding(_("Write whom people can ask, best of all a phone number."), "contact_phone")]


def application_without_way(page: Page) -> list[Finding]:
    """Who must apply must be able to."""
    ways = {
        "phone": page.contact_phone or page.application_text,
        "email": page.contact_email or page.application_text,
        "other": page.application_text,
    }
    if ways.get(page.application_way, "known"):
        return []
    return [Finding(_("Write the number, address or place at which one applies."), "application_text")]


def access_without_choice(page: Page) -> list[Finding]:
    """Words alone are not found by those who search for them."""
    words = _("Choose whether one can, too: people search by it.")
    names = ("wheelchair", "hearing", "children")
    return [Finding(words, f"{name}_access") for name in names if getattr(page, name) and not _choice(page, name)]


def _choice(page: Page, name: str) -> str:
    return getattr(page, f"{name}_access")


EVENT_CHECKS = (
    without_dates,
    change_without_words,
    new_dates_without_old,
    without_venue,
    fee_unknown,
    nobody_to_ask,
    application_without_way,
    access_without_choice,
)
