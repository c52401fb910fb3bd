"""The moment at which a notice is public, found in the record of public pages; and what time does to open notices.

Called by the listener the moment something changes, and by the clock tick for whatever was missed. Safe to repeat.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from wagtail.models import Page

from activities import deadlines
from activities.forecast import ForecastVerdict, MailForecast, forecast
from activities.kinds import NoticeKind
from activities.media import Medium
from activities.models import OPEN_STATES, Notice, NoticeEntry, NoticePage, NoticeState
from activities.notices import mails as notice_mails
from activities.notices.drafts import purge_drafts
from activities.notices.files import sweep_files
from activities.notices.group_checks import ask_groups
from activities.notices.history import add_entry, locked, record_forecast
from activities.notices.queries import due_day, forecast_of, policy_at
from center.models import PublicSpan
from center.opening import OpeningCalendar, tokyo_date
from center.queries import opening_calendar

SEEN = (NoticeEntry.Kind.PUBLISHED, NoticeEntry.Kind.UNPUBLISHED)
CHANGES = (NoticeKind.CHANGE, NoticeKind.CANCELLATION)
PAGES_AT_ONCE = 500
WATCHED_DAYS = 400
"""For so long after its publication a notice is watched for its pages going down."""
WORSE = (ForecastVerdict.PLANNED, ForecastVerdict.IF_IN_TIME, ForecastVerdict.MISSED, ForecastVerdict.ORPHAN)
"""From good to bad: what was told is told again when it moves to the right, or to a later mail."""


# Public, and no longer public


def record_publication(*, page_ids: Iterable[int], now: datetime) -> list[str]:
    """Look again at the notices of these pages; return the numbers of those that became published just now.

    A notice is published at the first moment, not before it was received, at which all its pages were public at once:
    the page made from it, and those linked before that moment. Pages linked later change nothing, and a notice that
    changes something published is never published this way. Published while returned counts; declined and withdrawn
    ones stay so. A page that goes down later leaves the notice published, with a line in its history.
    Source: the three-day rule, what published means.
    """
    page_ids, found = list(page_ids), set()
    for start in range(0, len(page_ids), PAGES_AT_ONCE):
        links = NoticePage.objects.filter(page_id__in=page_ids[start : start + PAGES_AT_ONCE])
        found |= set(links.values_list("notice_id", flat=True))
    published = []
    for start in range(0, len(found), PAGES_AT_ONCE):
        notices = Notice.objects.filter(pk__in=sorted(found)[start : start + PAGES_AT_ONCE])
        published += _look_at(notices.exclude(kind__in=CHANGES), now=now)
    return published


def _look_at(notices: QuerySet[Notice], *, now: datetime) -> list[str]:
    published = []
    for notice in notices.filter(state__in=(*OPEN_STATES, NoticeState.PUBLISHED)).order_by("pk"):
        with transaction.atomic():
            row = locked(notice)
            if row.state in OPEN_STATES:
                published += [row.number] if _publish(row, now=now) else []
            elif row.state == NoticeState.PUBLISHED:
                _note_visibility(row, now=now)
    return published


def _publish(row: Notice, *, now: datetime) -> bool:
    public_since = first_public_moment(row, now=now)
    if public_since is None:
        return False
    row.state = NoticeState.PUBLISHED
    row.public_since = public_since
    row.settled_at = public_since
    row.save(update_fields=["state", "public_since", "settled_at"])
    pages = list(Page.objects.filter(notice_links__notice=row).order_by("-notice_links__is_main", "notice_links__pk"))
    add_entry(row, NoticeEntry.Kind.PUBLISHED, at=now, data={"pages": [page.pk for page in pages]})
    mail = forecast_of(forecast([row], now=now), row)
    notice_mails.send_published(row, pages=pages, mail=mail, now=now)
    _note_visibility(row, now=now)
    return True


def first_public_moment(notice: Notice, *, now: datetime) -> datetime | None:
    """The first moment from `received_at` to `now` at which all pages of the notice were public at once, or None.

    Read from the record of public spans. The page made from the notice always counts; other pages count where they
    were linked by that moment, or all of them where the notice has no page of its own.
    """
    links = list(NoticePage.objects.filter(notice=notice))
    made = [link for link in links if link.is_main]
    spans: dict[int, list[tuple[datetime, datetime | None]]] = {link.page_id: [] for link in links}
    for span in PublicSpan.objects.filter(page_id__in=list(spans), since__lte=now).order_by("since"):
        spans[span.page_id].append((span.since, span.until))
    starts = {max(since, notice.received_at) for page_spans in spans.values() for since, _until in page_spans}
    for moment in sorted(starts):
        counted = [link for link in links if link.is_main or link.linked_at <= moment] if made else links
        if counted and moment <= now and all(_covers(spans[link.page_id], moment) for link in counted):
            return moment
    return None


def _covers(spans: list[tuple[datetime, datetime | None]], moment: datetime) -> bool:
    return any(since <= moment and (until is None or moment < until) for since, until in spans)


def is_shown(notice: Notice) -> bool:
    """Whether every page that a published notice was published with is public now; False where none is left.

    Read from the record of public spans; pages linked after the publication do not count.
    """
    noted_at = notice.entries.filter(kind=NoticeEntry.Kind.PUBLISHED).order_by("at", "pk").values("at")[:1]
    links = NoticePage.objects.filter(notice=notice).filter(Q(is_main=True) | Q(linked_at__lte=Subquery(noted_at)))
    pages = set(links.values_list("page_id", flat=True))
    shown = PublicSpan.objects.filter(page_id__in=pages, until__isnull=True).values("page_id").distinct().count()
    return bool(pages) and shown == len(pages)


def _note_visibility(row: Notice, *, now: datetime) -> None:
    """Write down that a published notice is no longer shown, or is shown again. Once for each turn."""
    last = row.entries.filter(kind__in=SEEN).order_by("-at", "-pk").values_list("kind", flat=True).first()
    shown = is_shown(row)
    if shown and last == NoticeEntry.Kind.UNPUBLISHED:
        add_entry(row, NoticeEntry.Kind.PUBLISHED, at=now, data={"again": True}, is_public=False)
    elif not shown and last != NoticeEntry.Kind.UNPUBLISHED:
        add_entry(row, NoticeEntry.Kind.UNPUBLISHED, at=now, is_public=False)


# The clock tick


def tick_notices(*, now: datetime) -> dict[str, int]:
    """Everything that time does to notices; returns how often each thing happened. Safe at any time, any number."""
    result = reconcile_notices(now=now)
    result["drafts_removed"] = purge_drafts(now=now)
    result["files_swept"] = sweep_files(now=now)
    result |= {f"groups_{name}": count for name, count in ask_groups(now=now).items()}
    return result


def reconcile_notices(*, now: datetime) -> dict[str, int]:
    """Make up for what no signal told: publications, due days after a change of closed days, reminders, forecasts.

    Returns the counts of "published", "due_moved", "reminded" and "forecasts". Safe to repeat.
    """
    return {
        "published": len(_look_at(_unsettled_views(now), now=now)),
        "due_moved": recompute_due_days(now=now),
        "reminded": remind_returned(now=now),
        "forecasts": tell_worse_forecasts(now=now),
    }


def _unsettled_views(now: datetime) -> QuerySet[Notice]:
    """Open notices of which a page was public, and published ones whose last line disagrees with what is shown."""
    was_public = NoticePage.objects.filter(
        notice__state__in=OPEN_STATES, page_id__in=PublicSpan.objects.values("page_id")
    ).values("notice_id")
    seen = NoticeEntry.objects.filter(notice=OuterRef("pk"), kind__in=SEEN).order_by("-at", "-pk")
    noted = NoticeEntry.objects.filter(notice=OuterRef("pk"), kind=NoticeEntry.Kind.PUBLISHED).order_by("at", "pk")
    counts = Q(page_links__is_main=True) | Q(page_links__linked_at__lte=F("noted_at"))
    shown = Q(page_links__page_id__in=PublicSpan.objects.filter(until__isnull=True).values("page_id"))
    disagreeing = (
        Notice.objects.filter(state=NoticeState.PUBLISHED, settled_at__gte=now - timedelta(days=WATCHED_DAYS))
        .annotate(last_seen=Subquery(seen.values("kind")[:1]), noted_at=Subquery(noted.values("at")[:1]))
        .annotate(
            link_count=Count("page_links", filter=counts, distinct=True),
            shown_count=Count("page_links", filter=counts & shown, distinct=True),
        )
        .filter(
            (Q(link_count=0) | Q(shown_count__lt=F("link_count"))) & Q(last_seen=NoticeEntry.Kind.PUBLISHED)
            | Q(link_count__gt=0, shown_count=F("link_count"), last_seen=NoticeEntry.Kind.UNPUBLISHED)
        )
        .values("pk")
    )
    return Notice.objects.exclude(kind__in=CHANGES).filter(Q(pk__in=was_public) | Q(pk__in=disagreeing))


def recompute_due_days(*, now: datetime) -> int:
    """Find the due days of open notices anew after a day was closed or opened; return how many moved.

    A due day never moves earlier, and one that has passed stays; `prepare_by` may move either way. Logged, and the
    group is told of a new due day.
    """
    calendar, today = opening_calendar(), tokyo_date(now)
    running = Notice.objects.filter(state__in=OPEN_STATES, clock_started_at__isnull=False, due_on__gte=today)
    stale = [notice.pk for notice in running if _due_now(notice, calendar, today) != (notice.due_on, notice.prepare_by)]
    return sum(_move_due_day(pk, calendar, now=now) for pk in stale)


def _due_now(notice: Notice, calendar: OpeningCalendar, today: date) -> tuple[date, date | None]:
    """The due day and the day to prepare it by, as they would be found today."""
    due_on = deadlines.recompute_due(
        notice.due_on, notice.clock_started_at, notice.deadline_policy, calendar, today, notice.not_before_on
    )
    return due_on, deadlines.prepare_by(notice.clock_started_at, due_on, calendar)


def _move_due_day(pk: int, calendar: OpeningCalendar, *, now: datetime) -> bool:
    with transaction.atomic():
        row = locked(Notice(pk=pk))
        if row.state not in OPEN_STATES or row.clock_started_at is None:
            return False
        old_due, old_prepare = row.due_on, row.prepare_by
        row.due_on, row.prepare_by = _due_now(row, calendar, tokyo_date(now))
        if (row.due_on, row.prepare_by) == (old_due, old_prepare):
            return False
        row.save(update_fields=["due_on", "prepare_by"])
        has_moved = row.due_on != old_due
        data = {
            "due_old": old_due.isoformat(),
            "due_new": row.due_on.isoformat(),
            "prepare_old": old_prepare.isoformat() if old_prepare else None,
            "prepare_new": row.prepare_by.isoformat() if row.prepare_by else None,
        }
        add_entry(row, NoticeEntry.Kind.DUE_MOVED, at=now, data=data, is_public=has_moved)
        if has_moved:
            notice_mails.send_due_moved(row, day=due_day(row, calendar), now=now)
        return has_moved


def remind_returned(*, now: datetime) -> int:
    """Ask once more about every return that was not answered for the policy's days; return how many were reminded."""
    days = policy_at(now).remind_returned_after_days
    waiting = Notice.objects.filter(state=NoticeState.RETURNED, returned_at__lte=now - timedelta(days=days))
    return sum(_remind(notice, now=now) for notice in waiting.order_by("pk"))


def _remind(notice: Notice, *, now: datetime) -> bool:
    mark = {"reminder": notice.return_count}
    if notice.entries.filter(kind=NoticeEntry.Kind.MESSAGE_OUT, data__reminder=notice.return_count).exists():
        return False
    with transaction.atomic():
        row = locked(notice)
        if row.state != NoticeState.RETURNED or row.return_count != notice.return_count:
            return False
        if row.entries.filter(kind=NoticeEntry.Kind.MESSAGE_OUT, data__reminder=row.return_count).exists():
            return False
        asked = row.entries.filter(kind=NoticeEntry.Kind.RETURNED).order_by("-at", "-pk").first()
        add_entry(row, NoticeEntry.Kind.MESSAGE_OUT, at=now, data=mark)
        notice_mails.send_reminder(
            row, reason=asked.reason if asked else "", message=asked.text if asked else "", now=now
        )
    return True


def tell_worse_forecasts(*, now: datetime) -> int:
    """Tell the groups of open notices whose monthly mail got worse than they were told; return how many."""
    wanting = Notice.objects.filter(state__in=OPEN_STATES, held_at__isnull=True).order_by("pk")
    wanting = wanting.prefetch_related("sessions", "attachments", "page_links")
    notices = [notice for notice in wanting if Medium.MAIL in (notice.media or [])]
    forecasts = forecast(notices, now=now)
    return sum(_tell_if_worse(notice, forecasts[notice.pk], now=now) for notice in notices if notice.pk in forecasts)


def _tell_if_worse(notice: Notice, mail: MailForecast, *, now: datetime) -> bool:
    if mail.verdict not in WORSE:
        return False
    with transaction.atomic():
        row = locked(notice)
        told = row.entries.filter(kind=NoticeEntry.Kind.FORECAST).order_by("-at", "-pk").first()
        if row.state not in OPEN_STATES or (told and not _is_worse(mail, told.data)):
            return False
        record_forecast(row, mail, now=now, is_public=told is not None)
        if told is None:
            return False
        notice_mails.send_forecast(row, mail=mail, now=now)
    return True


def _is_worse(mail: MailForecast, told: dict) -> bool:
    if told.get("verdict") not in WORSE:
        return False
    told_send = datetime.fromisoformat(told["send_at"]) if told.get("send_at") else None
    if told_send and mail.send_at and mail.send_at != told_send:
        return mail.send_at > told_send
    return WORSE.index(mail.verdict) > WORSE.index(ForecastVerdict(told["verdict"]))
