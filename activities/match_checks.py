"""What an editor might overlook in a matching post, in words."""

import re

from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page

from center.content_checks import Finding, bodies, body_words
from center.japanese.folding import fold
from center.opening import tokyo_date
from center.queries import centre_settings

ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z0-9.-]+")
PHONE = re.compile(r"(?<!\d)0\d{1,4}[-(（ ]?\d{1,4}[-)） ]?\d{3,4}(?!\d)")


def contacts_in(words: str, *, known: tuple[str, ...] = ()) -> list[str]:
    """Phone numbers and mail addresses in a text, in any width; those of the centre (`known`) are left out."""
    plain = fold(words)
    own = {re.sub(r"\D", "", number) for number in known}
    phones = [number for number in PHONE.findall(plain) if re.sub(r"\D", "", number) not in own]
    return [*phones, *ADDRESS.findall(plain)]


def names_a_contact(page: Page) -> list[Finding]:
    """A post names no contact of its own: everybody comes through the centre."""
    centre = centre_settings()
    known = (centre.phone, centre.fax)
    texts = [("title", page.title), ("summary", page.summary)]
    texts += [(name, body_words(stream)) for name, stream in bodies(page)]
    words = _("This names a contact (%(contact)s). Take it out: contact goes through the centre only.")
    found = [(name, contacts_in(text, known=known)) for name, text in texts]
    return [Finding(words % {"contact": "、".join(contacts)}, name) for name, contacts in found if contacts]


def past_its_day(page: Page) -> list[Finding]:
    """A post whose day has passed is not shown as open any more, whatever its state says."""
    if page.state != "open" or page.open_until_on is None or page.open_until_on >= tokyo_date(timezone.now()):
        return []
    words = _("This day has passed, so the post is shown as ended. Set a later day to open it.")
    return [Finding(words, "open_until_on")]
