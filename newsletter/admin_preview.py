"""The preview of an issue: each edition on a large screen, on a phone, as text, dark, without pictures; and a trial."""

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.generic import TemplateView, View

from newsletter import services
from newsletter.admin_actions import IssueActionView
from newsletter.admin_frame import NAMESPACE, IssueMixin, may
from newsletter.facts import OPEN_STATES
from newsletter.mail_checks import check_mail, closed_links
from newsletter.models import MailFormat
from newsletter.rendering import RENDERED_LANGUAGES

PARTS = ("html", "text")
DARK_RULES = "@media (prefers-color-scheme: dark)"
SCHEMES = "light dark"
OUTER_LINK = re.compile(r'<a (?=[^>]*href="https?:)')


@dataclass(frozen=True)
class Look:
    """What the frame shows: an edition, HTML or text, and for HTML how."""

    language: str
    part: str = "html"
    is_phone: bool = True
    is_dark: bool = False
    has_images: bool = True

    @classmethod
    def of(cls, request: HttpRequest, kwargs: dict) -> "Look":
        """Raises Http404 for an edition or a part that there is not."""
        language, part = kwargs.get("language", settings.LANGUAGE_CODE), kwargs.get("part", "html")
        if language not in RENDERED_LANGUAGES or part not in PARTS:
            raise Http404
        ask = request.GET.get
        return cls(language, part, ask("width") != "wide", ask("dark") == "1", ask("images") != "0")

    def url(self, issue_pk: int, name: str = "preview_part", **changes) -> str:
        """The address of this look, or of one that differs in `changes`."""
        look = Look(**{**vars(self), **changes})
        query = {}
        if look.part == "html":
            query |= {} if look.is_phone else {"width": "wide"}
            query |= {"dark": "1"} if look.is_dark else {}
            query |= {} if look.has_images else {"images": "0"}
        address = reverse(f"{NAMESPACE}:{name}", args=[issue_pk, look.language, look.part])
        return f"{address}?{urlencode(query)}" if query else address


class PreviewView(IssueMixin, TemplateView):
    """The issue as readers will get it, in a frame; beside it what the checks say, and the trial."""

    template_name = "newsletter/admin/preview.html"

    def get_page_subtitle(self) -> str:
        return _("Preview")

    def get_context_data(self, **kwargs) -> dict:
        look, issue, now = Look.of(self.request, self.kwargs), self.issue, timezone.now()
        rendered = services.preview(issue, language=look.language, now=now)
        rows = check_mail(rendered, subject=rendered.subject, closed=closed_links(rendered))
        return super().get_context_data(**kwargs) | {
            "issue": issue,
            "look": look,
            "subject": rendered.subject,
            "controls": self._controls(look),
            "frame_url": look.url(issue.pk, "preview_body"),
            "is_frozen": issue.frozen_at is not None,
            "checks": rows,
            "faults": sum(not row.is_good for row in rows),
            "may_try": may(self.request, "change", issue) and issue.state in OPEN_STATES,
            "addresses": services.staff_addresses(),
            "own_address": self.request.user.email,
            "trials_left": services.trials_left(issue, self.request.user, now=now),
            "languages": _languages(),
            "formats": MailFormat.choices,
        }

    def _controls(self, look: Look) -> list[dict]:
        """The groups of the row of controls: each with its name and its links, of which one is on."""
        pk = self.issue.pk

        def link(words: str, is_on: bool, **changes) -> dict:
            return {"words": words, "url": look.url(pk, **changes), "is_on": is_on}

        is_html = look.part == "html"
        editions = [link(name, look.language == code, language=code) for code, name in _languages()]
        kinds = [
            link(pgettext("preview", "Phone"), is_html and look.is_phone, part="html", is_phone=True),
            link(pgettext("preview", "Computer"), is_html and not look.is_phone, part="html", is_phone=False),
            link(_("Text only"), not is_html, part="text"),
        ]
        groups = [{"name": _("Edition"), "links": editions}, {"name": _("Shown as"), "links": kinds}]
        if is_html:
            light = [
                link(pgettext("preview", "Light"), not look.is_dark, is_dark=False),
                link(pgettext("preview", "Dark"), look.is_dark, is_dark=True),
            ]
            images = [
                link(pgettext("preview", "With"), look.has_images, has_images=True),
                link(pgettext("preview", "Without"), not look.has_images, has_images=False),
            ]
            groups.append({"name": pgettext("preview", "Screen"), "links": light})
            groups.append({"name": _("Pictures"), "links": images})
        return groups


class PreviewBodyView(IssueMixin, View):
    """The HTML or the text itself, for the frame."""

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        look = Look.of(request, kwargs)
        rendered = services.preview(self.issue, language=look.language, now=timezone.now())
        if look.part == "text":
            return HttpResponse(rendered.text, content_type="text/plain; charset=utf-8")
        answer = HttpResponse(html_for_frame(rendered.html, is_dark=look.is_dark))
        if not look.has_images:
            answer["Content-Security-Policy"] = "img-src 'none'; style-src 'unsafe-inline'; script-src 'none'"
        return answer


def html_for_frame(html: str, *, is_dark: bool) -> str:
    """The mail in the colours that were asked for, whatever the screen of staff is set to; links open beside it."""
    html = html.replace(DARK_RULES, "@media all" if is_dark else "@media not all")
    html = html.replace(f"color-scheme: {SCHEMES}", f"color-scheme: {'dark' if is_dark else 'light'}")
    return OUTER_LINK.sub('<a target="_blank" rel="noopener" ', html)


class TrialView(IssueActionView):
    """試し送り: the mail to staff, as it is now."""

    def run(self, request: HttpRequest, *, now: datetime) -> str:
        post = request.POST
        language = post.get("language", settings.LANGUAGE_CODE)
        mail_format = post.get("format", MailFormat.HTML)
        if language not in RENDERED_LANGUAGES or mail_format not in MailFormat.values:
            raise Http404
        count = services.send_trial(
            issue=self.issue,
            to=post.getlist("to"),
            language=language,
            mail_format=mail_format,
            by=request.user,
            now=now,
        )
        return ngettext(
            "The trial is on its way to %(count)d address. Its subject begins with 【テスト】.",
            "The trial is on its way to %(count)d addresses. Its subject begins with 【テスト】.",
            count,
        ) % {"count": count}

    def back_url(self) -> str:
        return reverse(f"{NAMESPACE}:preview", args=[self.issue.pk])


def _languages() -> list[tuple[str, str]]:
    names = dict(settings.LANGUAGES)
    return [(code, names[code]) for code in RENDERED_LANGUAGES]
