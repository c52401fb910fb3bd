"""One notice with everything: what it says, its files, its page before it is public, its history, what can be done."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View
from wagtail.models import Page
from wagtail.utils.decorators import xframe_options_sameorigin_override

from activities.desk.frame import NoticeMixin, may
from activities.desk.wished import open_wish, wish_of
from activities.forecast import forecast
from activities.kinds import NoticeKind
from activities.models import (
    MatchActor,
    MatchDirection,
    MatchResource,
    Notice,
    NoticeAttachment,
    NoticeEntry,
    NoticeState,
)
from activities.notices import board as board_queries
from activities.notices import queries as notice_queries
from activities.notices import status_page
from activities.notices.duplicates import Likeness, duplicates_of
from activities.notices.media_states import media_states
from activities.notices.words import entry_words
from center.content_checks import findings
from center.intake.storage import stream_private
from center.opening import tokyo_date
from center.queries import opening_calendar


class DetailView(NoticeMixin, TemplateView):
    """One notice with all its fields, its files, its history, and what can be done with it now."""

    template_name = "activities/admin/detail.html"

    def get_context_data(self, **kwargs) -> dict:
        notice, now = self.notice, timezone.now()
        today = tokyo_date(now)
        states = media_states([notice], now=now).get(notice.pk, [])
        messages_in, answers = board_queries.waiting_words([notice])
        entries = notice_queries.full_history(notice)
        links = list(notice.page_links.all())
        made = next((link for link in links if link.is_main), None)
        return super().get_context_data(**kwargs) | {
            "notice": notice,
            "tone": status_page.TONES[notice.state],
            "left": board_queries.due_words(notice, today),
            "day": notice_queries.due_day(notice, opening_calendar()),
            "is_late": notice.is_open and notice.due_on is not None and notice.due_on < today,
            "waits_for": board_queries.waits_for(notice),
            "has_message": notice.pk in messages_in,
            "has_answer": notice.pk in answers,
            "goes_live_late": board_queries.goes_live_late(notice),
            "mail": notice_queries.forecast_of(forecast([notice], now=now), notice),
            "media_states": states,
            "history": [history_line(entry) for entry in entries],
            "wish": open_wish(entries) if notice.is_open else None,
            "links": links,
            "made": made,
            "preview": self._preview(made.page.specific) if made else None,
            "group": notice_queries.group_of(notice),
            "duplicates": suspected(notice, now=now) if notice.is_open else [],
            "may_change": may(self.request, "change", notice),
            "is_change": NoticeKind(notice.kind).changes_published,
            "buttons": self._buttons(made.page if made else None),
            "lacks_consent": self._lacks_consent(),
            "missing": missing_words(notice),
            "match_words": match_words(notice),
        }

    def _lacks_consent(self) -> bool:
        has_images = any(file.kind == NoticeAttachment.Kind.IMAGE for file in self.notice.attachments.all())
        return has_images and not self.notice.has_photo_consent

    def _preview(self, page: Page) -> dict[str, Any]:
        """The draft as it stands: what the checks say, its tags, and whether this user may publish it."""
        draft = page.get_latest_revision_as_object()
        permissions = page.permissions_for_user(self.request.user)
        return {
            "page": page,
            "draft": draft,
            "is_public": page.live and not page.has_unpublished_changes,
            "has_changes": page.live and page.has_unpublished_changes,
            "findings": [(finding.words, finding.field_words(draft)) for finding in findings(draft)],
            "tags": [tag.name for tag in draft.tags.all()] if hasattr(draft, "tags") else [],
            "may_publish": permissions.can_publish() and self.notice.state != NoticeState.DECLINED,
            "may_edit": permissions.can_edit(),
            "may_unpublish": permissions.can_unpublish(),
            "may_unmake": not page.live and page.first_published_at is None and permissions.can_delete(),
        }

    def _buttons(self, page: Page | None) -> set[str]:
        """The names of the actions that make sense in this state."""
        notice = self.notice
        if not may(self.request, "change", notice):
            return set()
        if notice.is_held:
            return {"release", "discard", "note"} if notice.is_open else {"note"}
        is_change = NoticeKind(notice.kind).changes_published
        buttons = {"note", "message", "link"}
        if notice.is_open:
            buttons |= {"decline", "withdraw", "received", "take", "edit"}
            buttons |= {"apply"} if is_change else {"page"}
            buttons |= {"answer"} if notice.state == NoticeState.RETURNED else {"return"}
            if notice.state == NoticeState.RECEIVED:
                buttons.add("review")
        elif notice.state == NoticeState.PUBLISHED and not is_change:
            buttons.add("page")
        return buttons


def match_words(notice: Notice) -> str:
    """What a matching post is about, in the words of its choices."""
    chosen = (
        (MatchDirection, notice.match_direction),
        (MatchResource, notice.match_resource),
        (MatchActor, notice.match_actor),
    )
    return "・".join(str(choices(value).label) for choices, value in chosen if value in choices.values)


def history_line(entry: NoticeEntry) -> dict[str, Any]:
    """One line of the history, with what was written anew as (field, old, new)."""
    changes = (entry.data or {}).get("changes", []) if entry.data else []
    return {
        "entry": entry,
        "words": entry_words(entry),
        "changes": [(field_words(name), old, new) for name, old, new in changes],
        "is_wish": wish_of(entry) is not None,
    }


def field_words(name: str) -> str:
    """The name of a notice's field, for people."""
    if name == "sessions":
        return _("dates")
    return str(Notice._meta.get_field(name).verbose_name)


def suspected(notice: Notice, *, now: datetime) -> list[dict[str, Any]]:
    """What might be the same as this notice, with the reasons in words."""
    words = {
        Likeness.TITLE: _("similar title"),
        Likeness.GROUP: _("same group"),
        Likeness.DAY: _("same day"),
    }
    return [
        {
            "notice": one.notice,
            "page": one.page or (next(iter(one.notice.pages.all()), None) if one.notice else None),
            "reasons": [words[reason] for reason in one.reasons],
        }
        for one in duplicates_of(notice, now=now)
    ]


def missing_words(notice: Notice) -> list[str]:
    """What readers would look for in vain; staff ask for it or find it out. Empty for what is settled."""
    if not notice.is_open:
        return []
    is_event = notice.kind == NoticeKind.EVENT
    wanted = [
        (is_event and not notice.sessions.all(), _("day and time")),
        (is_event and not notice.venue_name and not notice.is_online, _("place")),
        (not notice.text.strip(), _("text")),
        (not notice.contact_email and not notice.contact_phone, _("a contact of the group")),
        (notice.kind == NoticeKind.GRANT and not notice.funder, _("who gives the grant")),
        (NoticeKind(notice.kind).changes_published and not notice.about_page_id, _("the page it is about")),
    ]
    return [words for is_missing, words in wanted if is_missing]


class PreviewView(NoticeMixin, View):
    """The draft of the notice's page as readers would see it, for the frame on the screen of the notice."""

    @method_decorator(xframe_options_sameorigin_override)
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        link = next((link for link in self.notice.page_links.all() if link.is_main), None)
        if link is None:
            raise Http404
        draft = link.page.get_latest_revision_as_object()
        response = draft.make_preview_request(request, draft.default_preview_mode, {"in_preview_panel": True})
        response["Cache-Control"] = "private, no-store"
        return response


class AttachmentView(NoticeMixin, View):
    """One file of a notice as a download, after the permission on its notice."""

    def get(self, request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
        attachment = get_object_or_404(NoticeAttachment, pk=file_pk, notice=self.notice)
        try:
            return stream_private(
                attachment.file, filename=attachment.original_name, content_type=attachment.content_type
            )
        except FileNotFoundError:
            raise Http404 from None
