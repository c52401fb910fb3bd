"""What is read about notices: the rule in force, the desk's board, the figures of the promise, the status page.

Notices are private: whoever calls has checked the permission or holds the token. All days are days in Asia/Tokyo.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from django.db.models import Prefetch, QuerySet
from wagtail.models import Page

from activities import deadlines
from activities.deadline_words import deadline_moment
from activities.forecast import MailForecast
from activities.kinds import NoticeKind
from activities.media import AttachmentKind, Medium, Proposal, main_attachment, propose_media
from activities.models import (
    GroupPage,
    Notice,
    NoticeAttachment,
    NoticeEntry,
    NoticePage,
    NoticePolicy,
    NoticeSession,
    NoticeState,
    Place,
)
from activities.notices.board import board
from center.intake.tokens import hash_token
from center.opening import TOKYO, NoOpenDay, OpeningCalendar, day_end, day_start, tokyo_date

PLACE_SUGGESTIONS = 500
STATUS_LINK_DAYS = 400
"""A link ends this many days after its notice was settled."""

NUMBER = re.compile(r"\d{4}-\d{4,}")
"""What the number of a notice looks like."""

OUTCOMES = {
    NoticeState.PUBLISHED: deadlines.Outcome.PUBLISHED,
    NoticeState.DECLINED: deadlines.Outcome.DECLINED,
    NoticeState.WITHDRAWN: deadlines.Outcome.WITHDRAWN,
}


# The rule in force


def policy_at(moment: datetime) -> NoticePolicy:
    """The rule in force at `moment`; where staff have written none by then, the printed promise (not stored)."""
    return NoticePolicy.objects.filter(valid_from_at__lte=moment).order_by("-valid_from_at").first() or NoticePolicy()


# One notice and what hangs on it


def notice_by_token(token: str, *, now: datetime) -> Notice | None:
    """The notice whose status page this token opens; None for an unknown token or a link that has ended."""
    notice = Notice.objects.select_related("about_page").filter(status_token_hash=hash_token(token)).first()
    if notice is None:
        return None
    if notice.settled_at and now > notice.settled_at + timedelta(days=STATUS_LINK_DAYS):
        return None
    return notice


def session_end(session: NoticeSession) -> datetime:
    """The moment (excluded) at which one session is over: its end; without one, or all day, 24:00 of the day."""
    if session.ends_at and not session.is_all_day:
        return session.ends_at
    return day_end(tokyo_date(session.ends_at or session.starts_at))


def last_end(notice: Notice) -> datetime | None:
    """The end of the notice's last session; None where it has none. Reads `notice.sessions`."""
    return max((session_end(session) for session in notice.sessions.all()), default=None)


def group_of(notice: Notice) -> GroupPage | None:
    """The group that sent it: the one staff chose, else the only Japanese group page with exactly that name."""
    if notice.group_id:
        return notice.group
    found = list(GroupPage.objects.filter(title=notice.group_name.strip(), locale__language_code="ja")[:2])
    return found[0] if len(found) == 1 else None


def media_proposals(
    notice: Notice, *, next_send_at: datetime | None, magazine_on: date | None
) -> dict[Medium, Proposal]:
    """What is proposed for each medium, and why. Reads `notice.sessions` and `notice.attachments`."""
    kinds = {NoticeAttachment.Kind.IMAGE: AttachmentKind.IMAGE, NoticeAttachment.Kind.PDF: AttachmentKind.PDF}
    return propose_media(
        kind=notice.kind,
        ends_at=last_end(notice),
        attachment=main_attachment(kinds[attachment.kind] for attachment in notice.attachments.all()),
        has_text=bool(notice.text.strip()),
        copies_given=notice.copies_given > 0,
        deadline_at=deadline_moment(notice.deadline_on, notice.deadline_time),
        photo_consent=notice.has_photo_consent,
        received_at=notice.received_at,
        next_send_at=next_send_at,
        next_magazine_on=magazine_on,
    )


def place_suggestions() -> list[str]:
    """Names of places for the form's list, in the order of their names, at most PLACE_SUGGESTIONS of them."""
    return list(Place.objects.order_by("name").values_list("name", flat=True).distinct()[:PLACE_SUGGESTIONS])


def place_named(name: str) -> Place | None:
    """The only place with exactly that name; None where there is none or more than one."""
    found = list(Place.objects.filter(name=name.strip())[:2]) if name.strip() else []
    return found[0] if len(found) == 1 else None


def page_about(words: str) -> Page | None:
    """The page that a group means by a notice's number, the page's address or its exact title; None when in doubt."""
    words = words.strip()
    if found := NUMBER.search(words):
        link = NoticePage.objects.filter(notice__number=found[0], is_main=True).select_related("page").first()
        if link:
            return link.page
    if words.startswith(("http://", "https://", "/")):
        parts = [part for part in urlsplit(words).path.split("/") if part]
        pages = Page.objects.filter(slug=parts[-1]) if parts else Page.objects.none()
        return next((page for page in pages[:20] if _path_of(page) == parts), None)
    pages = list(Page.objects.filter(title=words, depth__gt=3, locale__language_code="ja")[:2]) if words else []
    return pages[0] if len(pages) == 1 else None


def _path_of(page: Page) -> list[str]:
    parts = page.get_url_parts()
    return [part for part in parts[2].split("/") if part] if parts and parts[2] else []


# Closed days in words


@dataclass(frozen=True)
class DueDay:
    """A due day with what closed days do to it. `closed_all_along`: no open day from the start to it (休館中に期限)."""

    on: date
    prepare_by: date | None
    open_again_on: date | None
    is_closed: bool

    @property
    def closed_all_along(self) -> bool:
        return self.prepare_by is None


def due_day(notice: Notice, calendar: OpeningCalendar) -> DueDay | None:
    """The notice's due day with its closed days; None while returned (the clock stands still)."""
    if notice.due_on is None:
        return None
    open_again_on = None
    if notice.prepare_by is None:
        try:
            open_again_on = deadlines.prepare_by_fallback(notice.due_on, calendar)
        except NoOpenDay:
            open_again_on = None
    return DueDay(notice.due_on, notice.prepare_by, open_again_on, not calendar.is_open(notice.due_on))


# The figures of the promise


def settlement(notice: Notice, *, medium: str = Medium.WEB) -> deadlines.Settlement:
    """The plain facts that judge one notice on one medium (web or facebook)."""
    outcome = OUTCOMES.get(notice.state, deadlines.Outcome.OPEN)
    public_since = notice.public_since
    if medium == Medium.FACEBOOK:
        public_since = notice.facebook_posted_at
        if outcome == deadlines.Outcome.PUBLISHED and public_since is None:
            outcome = deadlines.Outcome.OPEN
        elif outcome == deadlines.Outcome.OPEN and public_since is not None:
            outcome = deadlines.Outcome.PUBLISHED
    return deadlines.Settlement(
        received_at=notice.received_at,
        outcome=outcome,
        due_on=notice.due_on,
        prepare_by=notice.prepare_by,
        public_since=public_since,
        applied_at=notice.applied_at,
        declined_at=notice.settled_at if notice.state == NoticeState.DECLINED else None,
        changes_published=NoticeKind(notice.kind).changes_published and medium == Medium.WEB,
        was_returned_late=notice.late_return,
    )


def settlement_rows(first_on: date, last_on: date, *, medium: str = Medium.WEB) -> list[deadlines.Settlement]:
    """The facts of all notices received from `first_on` to `last_on` (both included), for `deadlines.on_time_rate`.

    Oldest first. For "facebook" only notices whose media include it. Samples count like all others.
    """
    notices = received_notices(first_on, last_on)
    if medium != Medium.WEB:
        notices = [notice for notice in notices if medium in (notice.media or [])]
    return [settlement(notice, medium=medium) for notice in notices]


def received_notices(first_on: date, last_on: date) -> QuerySet[Notice]:
    """All notices received from `first_on` to `last_on` (both included), oldest first; samples are among them.

    Those that may come from a machine are left out until staff release them.
    """
    days = {"received_at__gte": day_start(first_on), "received_at__lt": day_end(last_on)}
    return Notice.objects.filter(**days, held_at__isnull=True).order_by("received_at", "pk")


def on_time(notice: Notice, *, today: date) -> bool | None:
    """Was the promise kept on the Web? None as long as it is open and not late, and for a withdrawn notice."""
    return settlement(notice).on_time(today)


def notice_board(*, now: datetime) -> list[dict]:
    """Every notice with its clock, in the order of the desk: for `manage.py notice_board` and for reports.

    Days and moments are ISO 8601 (moments with the offset of Tokyo); null where there is none, so while returned.
    """
    today = tokyo_date(now)
    return [
        {
            "number": notice.number,
            "received_at": _moment(notice.received_at),
            "clock_started_at": _moment(notice.clock_started_at),
            "due_on": _day(notice.due_on),
            "prepare_by": _day(notice.prepare_by),
            "not_before_on": _day(notice.not_before_on),
            "state": str(notice.state),
            "late_return": notice.late_return,
            "public_since": _moment(notice.public_since),
            "on_time": on_time(notice, today=today),
        }
        for notice in board(state="all")
    ]


def _moment(moment: datetime | None) -> str | None:
    return moment.astimezone(TOKYO).isoformat() if moment else None


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


# History


def public_history(notice: Notice) -> list[NoticeEntry]:
    """What the group may read of its notice's history, newest first."""
    return list(notice.entries.filter(is_public=True).order_by("-at", "-pk"))


def full_history(notice: Notice) -> list[NoticeEntry]:
    """The whole history with who did it, newest first."""
    return list(notice.entries.select_related("by").order_by("-at", "-pk"))


def with_rows(notices: QuerySet[Notice]) -> QuerySet[Notice]:
    """The same notices with everything their words need, in four more queries."""
    return notices.select_related("group", "assigned_to", "about_page", "place").prefetch_related(
        "sessions", "attachments", Prefetch("page_links", queryset=_links())
    )


def _links() -> QuerySet:
    return Notice.pages.through.objects.select_related("page__content_type").order_by("-is_main", "pk")


def forecast_of(forecasts: dict[int, MailForecast], notice: Notice) -> MailForecast | None:
    """The forecast of one notice that shall go into the mail; None for one that shall not, or where none is known."""
    return forecasts.get(notice.pk) if Medium.MAIL in (notice.media or []) else None


def wanted_media(media: Iterable[str]) -> list[str]:
    """The wished media in their usual order, the Web always first and always in; unknown words are dropped."""
    wished = set(media) | {Medium.WEB.value}
    return [medium.value for medium in Medium if medium.value in wished]
