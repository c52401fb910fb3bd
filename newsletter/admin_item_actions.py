"""What staff do by hand with the items of an issue: their order, their words, and the opening words above them."""

from datetime import datetime

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from wagtail.models import Page

from newsletter import services
from newsletter.admin_actions import IssueActionView, number
from newsletter.models import Section


class PlaceView(IssueActionView):
    """Put an item at another place, in its section or in another one."""

    def run(self, request: HttpRequest, *, now: datetime) -> str:
        page = get_object_or_404(Page, pk=number(request.POST.get("page")))
        placed = services.place_page(
            issue=self.issue,
            page=page,
            position=number(request.POST.get("position")) or 0,
            section=Section.objects.filter(pk=number(request.POST.get("section"))).first(),
            by=request.user,
            now=now,
        )
        words = {"title": page.title, "section": placed.section, "place": placed.place, "count": placed.count}
        if not placed.is_changed:
            return _("“%(title)s” stays at place %(place)d of %(count)d in %(section)s.") % words
        return _("“%(title)s” is now at place %(place)d of %(count)d in %(section)s.") % words


class RestoreOrderView(IssueActionView):
    """Order a section by date again."""

    def run(self, request: HttpRequest, *, now: datetime) -> str:
        section = get_object_or_404(Section, pk=number(request.POST.get("section")))
        count = services.restore_order(issue=self.issue, section=section, by=request.user, now=now)
        return _("%(section)s is ordered by date again.") % {"section": section.name} if count else ""


class ShortenView(IssueActionView):
    """Staff's own words for an item; `undo` takes them back."""

    def run(self, request: HttpRequest, *, now: datetime) -> str:
        post = request.POST
        page = get_object_or_404(Page, pk=number(post.get("page")))
        text = "" if "undo" in post else post.get("short_text", "")
        if not services.shorten_page(issue=self.issue, page=page, text=text, by=request.user, now=now):
            return _("Nothing was changed.")
        if not text:
            return _("“%(title)s” has the words of its page again.") % {"title": page.title}
        return _("The words for “%(title)s” are saved, for this issue only.") % {"title": page.title}


class OpeningView(IssueActionView):
    """The words above the first section."""

    def run(self, request: HttpRequest, *, now: datetime) -> str:
        opening = request.POST.get("opening", "").replace("\r\n", "\n").strip()
        changed = services.edit_issue(issue=self.issue, opening=opening, by=request.user, now=now)
        return _("The opening words are saved.") if changed else _("Nothing was changed.")


HAND_ACTIONS: dict[str, type[IssueActionView]] = {
    "place": PlaceView,
    "restore-order": RestoreOrderView,
    "shorten": ShortenView,
    "opening": OpeningView,
}
"""The actions of this module by their part of the address."""
