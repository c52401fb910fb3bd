"""情報スタンド: the copies that came with a notice, where they were put up, and when they come down again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from activities.kinds import NoticeKind
from activities.media import Medium
from activities.models import (
    CopiesReceived,
    EventPage,
    EventState,
    Notice,
    NoticeEntry,
    NoticePage,
    NoticeState,
    Stand,
    StandDisplay,
)
from activities.notices.errors import InTheFuture, NotOpen
from activities.notices.history import add_entry, locked
from activities.notices.media_errors import CopiesMissing, StandMissing, WrongDays
from activities.notices.media_filter import not_done
from activities.notices.queries import last_end
from center.models import User
from center.opening import day_end, tokyo_date

REFUSED = (NoticeState.DECLINED, NoticeState.WITHDRAWN)
CHANGES = (NoticeKind.CHANGE, NoticeKind.CANCELLATION)
WEEK = timedelta(days=6)
OLD_DAYS = 200
"""A notice without a date is no longer looked for on the shelf after so many days."""


class Why:
    """Why something comes down."""

    OVER = _("its time is over")
    OUTDATED = _("changed or cancelled: no longer true")


@dataclass(frozen=True)
class Task:
    """One flyer that comes down: from which day on, and why. `is_urgent`: what it says is no longer true."""

    display: StandDisplay
    on: date | None
    why: str | Promise
    is_urgent: bool = False
    is_overdue: bool = False


# Reads


def copies_received(notice: Notice) -> int:
    """How many copies have come with a notice, all piles together."""
    return notice.copies_received.aggregate(total=Sum("count"))["total"] or 0


def copies_left(notice: Notice) -> int:
    """How many of them are not put out yet; what came back from a stand counts as put out."""
    put_out = notice.stand_displays.aggregate(total=Sum("copies_count"))["total"] or 0
    return max(0, copies_received(notice) - put_out)


def default_take_down_on(notice: Notice) -> date | None:
    """The day after the event's last day, or after the deadline; None where nothing ends."""
    ends_at = last_end(notice)
    if ends_at is not None:
        return tokyo_date(ends_at - timedelta(microseconds=1)) + timedelta(days=1)
    return notice.deadline_on + timedelta(days=1) if notice.deadline_on else None


def take_down_tasks(*, today: date, until: date) -> list[Task]:
    """What comes down up to `until` (included): first what is no longer true, then by day, overdue ones first."""
    up = StandDisplay.objects.filter(taken_down_on__isnull=True).select_related("stand", "notice", "group")
    outdated = {display.pk: display for display in up.filter(_outdated()).distinct()}
    due = up.filter(take_down_on__lte=until).order_by("take_down_on", "stand__order", "pk")
    tasks = [Task(display, None, Why.OUTDATED, is_urgent=True) for display in outdated.values()]
    tasks += [
        Task(display, display.take_down_on, Why.OVER, is_overdue=display.take_down_on < today)
        for display in due
        if display.pk not in outdated
    ]
    return tasks


def this_week(today: date) -> date:
    """The last of the seven days that begin today."""
    return today + WEEK


def _outdated() -> Q:
    """Displays whose page was cancelled, or about whose page a change or cancellation came after they went up."""
    cancelled = EventPage.objects.filter(state=EventState.CANCELLED).values("pk")
    pages = NoticePage.objects.filter(notice=OuterRef("notice"))
    changes = Notice.objects.filter(
        kind__in=CHANGES,
        about_page__in=NoticePage.objects.filter(notice=OuterRef(OuterRef("notice"))).values("page"),
        received_at__date__gte=OuterRef("put_up_on"),
    ).exclude(state__in=REFUSED)
    return Q(Exists(pages.filter(page__in=cancelled))) | Q(Exists(changes))


def waiting_for_stands(*, now: datetime) -> list[Notice]:
    """Notices for the stands that are not over and not put up, oldest first, with `copies_here` (None: no copies)."""
    lately = Notice.objects.filter(received_at__gte=now - timedelta(days=OLD_DAYS), held_at=None).exclude(
        kind__in=CHANGES
    )
    waiting = not_done(lately, Medium.STANDS).order_by("received_at", "pk").prefetch_related("sessions")
    found = []
    for notice in waiting.annotate(copies_here=Sum("copies_received__count")):
        until = default_take_down_on(notice)
        if until is None or day_end(until - timedelta(days=1)) > now:
            found.append(notice)
    return found


def taken_down_lately(*, today: date) -> QuerySet[StandDisplay]:
    """What was taken down in the last seven days, newest first: to take a mistake back."""
    rows = StandDisplay.objects.filter(taken_down_on__gt=today - timedelta(days=7)).select_related("stand", "notice")
    return rows.order_by("-taken_down_on", "-pk")


def displays_of(notice: Notice) -> QuerySet[StandDisplay]:
    """What of a notice was put up, oldest first; for a change or cancellation the flyers that it makes untrue."""
    own = Q(notice=notice)
    if notice.kind in CHANGES and notice.about_page_id:
        own |= Q(notice__page_links__page=notice.about_page_id)
    return (
        StandDisplay.objects.filter(own).select_related("stand").order_by("put_up_on", "stand__order", "pk").distinct()
    )


# Writes


def receive_copies(
    *, notice: Notice, count: int, received_on: date, note: str = "", by: User | None, now: datetime
) -> CopiesReceived:
    """Write down a pile of copies. Raises CopiesMissing for none, InTheFuture, NotOpen for a refused notice."""
    if count < 1:
        raise CopiesMissing
    if received_on > tokyo_date(now):
        raise InTheFuture
    with transaction.atomic():
        row = locked(notice)
        if row.state in REFUSED:
            raise NotOpen(row.number)
        pile = CopiesReceived.objects.create(
            notice=row, received_on=received_on, count=count, note=note.strip()[:200], by=by, at=now
        )
        row.copies_given = copies_received(row)
        row.save(update_fields=["copies_given"])
        data = {"field": "copies", "count": count, "on": received_on.isoformat()}
        add_entry(row, NoticeEntry.Kind.CHANGED, at=now, by=by, data=data)
    notice.refresh_from_db()
    return pile


def put_up(
    *,
    notice: Notice,
    stands: dict[Stand, int],
    put_up_on: date,
    take_down_on: date | None,
    by: User | None,
    now: datetime,
) -> list[StandDisplay]:
    """Put copies of a notice on stands (each with its number); the public list of the stands shows them at once.

    Raises StandMissing for no stand, CopiesMissing for more than are left, InTheFuture, WrongDays for a day of taking
    down before it goes up, NotOpen for a refused notice.
    """
    if not stands:
        raise StandMissing
    if put_up_on > tokyo_date(now):
        raise InTheFuture
    if take_down_on is not None and take_down_on < put_up_on:
        raise WrongDays
    with transaction.atomic():
        row = locked(notice)
        if row.state in REFUSED:
            raise NotOpen(row.number)
        if sum(stands.values()) > copies_left(row):
            raise CopiesMissing
        made = [
            StandDisplay.objects.create(
                stand=stand,
                what=row.title[:120],
                group=row.group,
                group_name=row.group_name,
                copies_count=count,
                put_up_on=put_up_on,
                take_down_on=take_down_on,
                notice=row,
                is_sample=row.is_sample,
            )
            for stand, count in stands.items()
        ]
        _note(row, [stand.name for stand in stands], is_up=True, by=by, now=now)
    return made


def take_down(
    *, display: StandDisplay, taken_down_on: date, copies_left_over: int | None = None, by: User | None, now: datetime
) -> None:
    """It was taken down: the public list no longer shows it. Safe to repeat. Raises InTheFuture, WrongDays."""
    if taken_down_on > tokyo_date(now):
        raise InTheFuture
    with transaction.atomic():
        row = StandDisplay.objects.select_for_update(of=("self",)).get(pk=display.pk)
        if row.taken_down_on is not None:
            return
        if taken_down_on < row.put_up_on:
            raise WrongDays
        row.taken_down_on, row.copies_left = taken_down_on, copies_left_over
        row.save(update_fields=["taken_down_on", "copies_left"])
        if row.notice:
            _note(row.notice, [row.stand.name], is_up=False, by=by, now=now)
    display.refresh_from_db()


def put_back(*, display: StandDisplay, by: User | None, now: datetime) -> None:
    """It was not taken down after all: a mark that was a mistake is taken back. Safe to repeat."""
    with transaction.atomic():
        row = StandDisplay.objects.select_for_update(of=("self",)).get(pk=display.pk)
        if row.taken_down_on is None:
            return
        row.taken_down_on, row.copies_left = None, None
        row.save(update_fields=["taken_down_on", "copies_left"])
        if row.notice:
            _note(row.notice, [row.stand.name], is_up=True, by=by, now=now)
    display.refresh_from_db()


def _note(notice: Notice, names: Iterable[str], *, is_up: bool, by: User | None, now: datetime) -> None:
    data = {"field": "stands", "is_up": is_up, "where": "、".join(names)}
    add_entry(notice, NoticeEntry.Kind.CHANGED, at=now, by=by, data=data)
