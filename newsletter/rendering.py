"""What readers get of an issue: the HTML part, the text part and the back number, one of each for a language.

The HTML is a plain template of tables with inline styles: mail programs ignore style sheets, and a table template shows
in a diff what changed, while generators of mail layouts accept wrong nesting without a word and write one long line.
The text part is written from the items, not from the HTML; every address stands alone on its line. Neither holds a
personal link: the slot of `newsletter.slots` stands in its place.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.translation import override

from center.models import CentreSettings
from newsletter.edition_words import SectionNames
from newsletter.mail_view import mail_view
from newsletter.models import Issue, IssueItem, Rendering, StaffLine
from newsletter.text_part import text_part

BEFORE_NOTE = re.compile(r"<div role=\"main\"[^>]*>(?:\s*<div style=\"display:none[^>]*>[^<]*</div>)?")
NOTE_STYLE = (
    "background-color:#ffd84d;color:#1a1a1a;padding:12px 16px;font-family:sans-serif;font-size:16px;line-height:1.6"
)
RENDERED_LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)


@dataclass(frozen=True)
class Rendered:
    """The parts of an issue in one language. `web_html` holds no link of a person."""

    language: str
    subject: str
    html: str
    text: str
    web_html: str

    @property
    def sha256(self) -> str:
        parts = "\x00".join((self.subject, self.html, self.text, self.web_html))
        return hashlib.sha256(parts.encode()).hexdigest()


def render_issue(
    issue: Issue,
    items: Iterable[IssueItem],
    staff_lines: Iterable[StaffLine],
    *,
    language: str,
    centre: CentreSettings,
    names: SectionNames | None = None,
) -> Rendered:
    """The three parts of an issue in one language, from rows that may or may not be stored yet.

    `names` are the sections' names in the other languages, as staff wrote them.
    """
    with override(language):
        view = mail_view(issue, list(items), list(staff_lines), language=language, centre=centre, names=names)
        context = {"mail": view}
        return Rendered(
            language=language,
            subject=view.subject,
            html=_without_blank_lines(render_to_string("newsletter/mail/issue.html", context)),
            text=text_part(view),
            web_html=_without_blank_lines(render_to_string("newsletter/mail/back_number.html", context)),
        )


def render_languages(
    issue: Issue,
    items: list[IssueItem],
    staff_lines: list[StaffLine],
    *,
    centre: CentreSettings,
    names: SectionNames | None = None,
) -> list[Rendered]:
    """The issue in every language of the site."""
    return [
        render_issue(issue, items, staff_lines, language=language, centre=centre, names=names)
        for language in RENDERED_LANGUAGES
    ]


def store_renderings(issue: Issue, rendered: Iterable[Rendered], *, now: datetime) -> None:
    """Write what is to be approved in place of what was there. The caller's transaction."""
    Rendering.objects.filter(issue=issue).delete()
    Rendering.objects.bulk_create(
        Rendering(
            issue=issue,
            locale=parts.language,
            subject=parts.subject,
            html=parts.html,
            text=parts.text,
            web_html=parts.web_html,
            sha256=parts.sha256,
            rendered_at=now,
        )
        for parts in rendered
    )


def with_note(rendered: Rendered, note: str) -> Rendered:
    """The mail with a sentence of ours above it, as a trial carries it; the words beside the subject stay."""
    bar = f'<div style="{NOTE_STYLE}">{escape(note)}</div>'
    html = BEFORE_NOTE.sub(lambda found: f"{found[0]}\n{bar}", rendered.html, count=1)
    return replace(rendered, html=html, text=f"{note}\n\n{rendered.text}")


def _without_blank_lines(html: str) -> str:
    return "\n".join(line.strip() for line in html.splitlines() if line.strip()) + "\n"
