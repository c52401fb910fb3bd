"""Reads the notices for the mail as they stood at a moment: a notice is judged once, at the cutoff."""

from collections.abc import Callable, Iterable
from datetime import date, datetime

from django.db.models import Prefetch, Q, QuerySet

from activities import deadlines
from activities.deadline_words import is_past_deadline
from activities.kinds import NoticeKind
from activities.media import Medium
from activities.models import OPEN_STATES, ApplicationWay, Notice, NoticeEntry, NoticePage, NoticeState
from activities.notices.queries import last_end
from center.opening import OpeningCalendar
from newsletter.facts import ChangeNoticeFacts, NoticeFacts, PageFacts

Kind = NoticeEntry.Kind
REFUSED = (NoticeState.DECLINED, NoticeState.WITHDRAWN)
CHANGES = (NoticeKind.CHANGE, NoticeKind.CANCELLATION)
DATED = (NoticeKind.EVENT, NoticeKind.CALL, NoticeKind.GRANT, NoticeKind.MATCH)
HISTORY = (Kind.RECEIVED, Kind.RETURNED, Kind.ANSWERED, Kind.DUE_MOVED, Kind.PUBLISHED)


def wants_mail(notice: Notice) -> bool:
    """Do its media include the mail?"""
    return Medium.MAIL in (notice.media or [])


def mail_notices(since: datetime) -> list[Notice]:
    """Notices for the mail that are open, or were received, published or settled after `since`; in order of receipt.

    Four queries, whatever their number.
    """
    recent = Q(received_at__gt=since) | Q(public_since__gt=since) | Q(settled_at__gt=since) | Q(applied_at__gt=since)
    notices = with_history(
        Notice.objects.filter(Q(state__in=OPEN_STATES) | recent, held_at__isnull=True).order_by("received_at", "pk")
    )
    return [notice for notice in notices if wants_mail(notice)]


def with_history(notices: QuerySet[Notice]) -> QuerySet[Notice]:
    """Bring along what judging needs: sessions, pages, and the lines of the history that tell of the clock."""
    history = NoticeEntry.objects.filter(kind__in=HISTORY).order_by("at", "pk")
    return notices.select_related("trusted_publication").prefetch_related(
        "sessions",
        Prefetch("page_links", queryset=NoticePage.objects.order_by("pk")),
        Prefetch("entries", queryset=history, to_attr="clock_entries"),
    )


def open_change_notices() -> list[ChangeNoticeFacts]:
    """Open notices of a change or cancellation, with the pages they are about. Two queries."""
    released = Notice.objects.filter(state__in=OPEN_STATES, kind__in=CHANGES, held_at__isnull=True)
    notices = released.prefetch_related("page_links")
    return [
        ChangeNoticeFacts(notice.number, notice.title, notice.pk, page_ids_of(notice))
        for notice in notices.order_by("received_at", "pk")
    ]


def page_ids_of(notice: Notice) -> frozenset[int]:
    """The pages linked to it; for a change or cancellation the page it is about as well."""
    ids = {link.page_id for link in notice.page_links.all()}
    if notice.kind in CHANGES and notice.about_page_id:
        ids.add(notice.about_page_id)
    return frozenset(ids)


def due_on_at(notice: Notice, moment: datetime, calendar: OpeningCalendar) -> date | None:
    """The due day as it stood at `moment`; None while the clock did not run. Reads `clock_entries`.

    A return keeps the due day it ended, a move the day it moved from; so the next one after `moment` tells.
    """
    returns = [entry for entry in notice.clock_entries if entry.kind == Kind.RETURNED]
    answers = [entry.at for entry in notice.clock_entries if entry.kind == Kind.ANSWERED and entry.at <= moment]
    if notice.clock_started_at and notice.clock_started_at <= moment:
        answers.append(notice.clock_started_at)
    last_return = max((entry.at for entry in returns if entry.at <= moment), default=None)
    if last_return is not None and not any(answer >= last_return for answer in answers):
        return None
    for entry in notice.clock_entries:
        if entry.at > moment and entry.kind in (Kind.RETURNED, Kind.DUE_MOVED):
            told = entry.data.get("due_before") or entry.data.get("due_old")
            if told:
                return date.fromisoformat(told)
    if notice.due_on is not None or notice.returned_at is None or notice.returned_at <= moment:
        return notice.due_on
    return deadlines.due_on(notice.received_at, notice.deadline_policy, calendar, notice.not_before_on)


def is_of_use(notice: Notice, send_at: datetime) -> bool:
    """Is what the notice tells still of use at that send? The same rule as for pages, from the notice's own words.

    What has no date (a report, a change) stays of use; an event without sessions is not called over.
    """
    if notice.kind not in DATED:
        return True
    is_late = is_past_deadline(notice.deadline_on, notice.deadline_time, send_at)
    if notice.kind != NoticeKind.EVENT:
        return not is_late
    ends_at = last_end(notice)
    if ends_at is not None and ends_at < send_at:
        return False
    needs_application = notice.application_way != ApplicationWay.NONE
    return not (needs_application and is_late) or notice.is_walk_in


def notice_facts(
    notices: Iterable[Notice],
    *,
    judged_at: datetime,
    pages: dict[int, PageFacts],
    calendar: OpeningCalendar,
    is_useful_next: Callable[[Notice], bool],
) -> tuple[NoticeFacts, ...]:
    """What the assembly needs to know of each notice, as of `judged_at` (the cutoff, or now before it)."""
    return tuple(_facts(notice, judged_at, pages, calendar, is_useful_next) for notice in notices)


def _facts(notice: Notice, judged_at: datetime, pages, calendar: OpeningCalendar, is_useful_next) -> NoticeFacts:
    page_ids = page_ids_of(notice)
    is_refused = notice.state in REFUSED
    settled_at = notice.settled_at
    logged = [entry.at for entry in notice.clock_entries if entry.kind == Kind.RECEIVED]
    return NoticeFacts(
        number=notice.number,
        title=notice.title,
        pk=notice.pk,
        received_at=notice.received_at,
        logged_at=min(logged, default=notice.received_at),
        due_on=due_on_at(notice, judged_at, calendar),
        is_settled=notice.state not in OPEN_STATES,
        is_refused=is_refused,
        was_refused=is_refused and (settled_at is None or settled_at <= judged_at),
        was_public=_was_public(notice, judged_at, page_ids, pages),
        page_ids=page_ids,
        is_useful_next=is_useful_next(notice),
        published_unseen=is_unseen(notice),
    )


def is_unseen(notice: Notice) -> bool:
    """Did the clock publish it for a trusted group, and has nobody of the staff looked at its page yet?"""
    record = getattr(notice, "trusted_publication", None)
    return record is not None and record.is_unseen


def _was_public(notice: Notice, moment: datetime, page_ids: frozenset[int], pages: dict[int, PageFacts]) -> bool:
    """Was it public at that moment? For a change or cancellation: did the page show it?"""
    if notice.kind in CHANGES:
        return notice.applied_at is not None and notice.applied_at <= moment
    if page_ids and page_ids <= pages.keys():
        return all(pages[page_id].was_public_at(moment) for page_id in page_ids)
    return notice.public_since is not None and notice.public_since <= moment
