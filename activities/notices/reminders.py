"""What staff are reminded of, whom, and when: pure rules over a few facts, and the reads that find the facts.

Mails leave on open days from 9:00; what the clock did for trusted groups is told at any hour. First the person in
charge is told, and some hours later, or the next open morning, everybody. A notice without anybody in charge is told
to all at once. What falls on closed days is told on the last open day before them. All days are days in Asia/Tokyo.
"""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import F, Max, Q

from activities.models import OPEN_STATES, Notice, NoticeEntry, NoticeState, ReminderKind, TrustedPublication
from activities.notices.board import has_answer, has_message
from center.opening import TOKYO, NoOpenDay, OpeningCalendar, tokyo_date

MORNING, NOON, EVENING = time(9), time(13), time(17, 15)
"""When the person in charge is told, when everybody is, and after which hour words count as of the next open day."""
OVERDUE_EVERY_DAYS = 7
MESSAGE_DAYS = 30
"""Older words of a group are no longer brought up: they stand on the board."""
ANY_HOUR = (ReminderKind.TRUSTED, ReminderKind.TRUSTED_FAILED)


@dataclass(frozen=True)
class Occasion:
    """One thing about one notice that staff should know now. `is_for_all`: no longer the person in charge alone."""

    notice: Notice
    kind: ReminderKind
    about: str
    is_for_all: bool

    @property
    def order(self) -> tuple:
        """What to do first stands first: by kind, then by due day."""
        kinds = list(ReminderKind)
        return kinds.index(self.kind), self.notice.due_on or date.max, self.notice.received_at, self.notice.pk


# The rules


def is_mail_time(calendar: OpeningCalendar, now: datetime) -> bool:
    """May reminders leave: an open day, from 9:00 on?"""
    return calendar.is_open(tokyo_date(now)) and _hour(now) >= MORNING


def due_occasion(notice: Notice, calendar: OpeningCalendar, now: datetime) -> Occasion | None:
    """What is to be said about the due day of an open notice whose clock runs, on an open day from 9:00 on."""
    today, due = tokyo_date(now), notice.due_on
    if due is None:
        return None
    is_past_noon = _hour(now) >= NOON
    if due < today:
        return Occasion(notice, ReminderKind.OVERDUE, due.isoformat(), is_for_all=True)
    if due == today:
        return Occasion(notice, ReminderKind.DUE_TODAY, due.isoformat(), is_for_all=is_past_noon)
    try:
        next_open = calendar.open_day_after(today, 1)
    except NoOpenDay:
        return None
    if due < next_open:
        return Occasion(notice, ReminderKind.BEFORE_CLOSED, due.isoformat(), is_for_all=is_past_noon)
    if due == next_open:
        return Occasion(notice, ReminderKind.DUE_NEXT, due.isoformat(), is_for_all=False)
    return None


def answer_told_to_all_at(answered_at: datetime, calendar: OpeningCalendar) -> datetime | None:
    """From when everybody hears of an answer that the person in charge has left: the next open morning."""
    return _next_morning(answered_at, calendar)


def message_told_at(sent_at: datetime, calendar: OpeningCalendar) -> datetime | None:
    """When a message counts as unanswered for a working day: at its hour (not before 9:00) of the next open day.

    Words that came on a closed day or after 17:15 count as of the next open morning.
    """
    day, hour = tokyo_date(sent_at), max(_hour(sent_at), MORNING)
    try:
        if hour > EVENING or not calendar.is_open(day):
            day, hour = calendar.open_day_after(day, 1), MORNING
        return datetime.combine(calendar.open_day_after(day, 1), hour, tzinfo=TOKYO)
    except NoOpenDay:
        return None


def message_told_to_all_at(sent_at: datetime, calendar: OpeningCalendar) -> datetime | None:
    """From when everybody hears of it: the open morning after the person in charge was told."""
    told_at = message_told_at(sent_at, calendar)
    return _next_morning(told_at, calendar) if told_at else None


def _next_morning(moment: datetime, calendar: OpeningCalendar) -> datetime | None:
    try:
        return datetime.combine(calendar.open_day_after(tokyo_date(moment), 1), MORNING, tzinfo=TOKYO)
    except NoOpenDay:
        return None


def _hour(moment: datetime) -> time:
    return moment.astimezone(TOKYO).time()


def is_overdue_again(told_at: datetime | None, today: date) -> bool:
    """Is an overdue notice told (again)? On the first day of mail after the due day, then once in seven days."""
    return told_at is None or (today - tokyo_date(told_at)).days >= OVERDUE_EVERY_DAYS


# The facts


def occasions(*, calendar: OpeningCalendar, now: datetime) -> list[Occasion]:
    """Everything that may be told now, what to do first first. Four queries at most; held notices are left out."""
    found = _trusted(now)
    if is_mail_time(calendar, now):
        found += _due(calendar, now) + _answers(calendar, now) + _messages(calendar, now)
    return sorted(found, key=lambda occasion: occasion.order)


def _real() -> Q:
    return Q(held_at__isnull=True)


def _due(calendar: OpeningCalendar, now: datetime) -> list[Occasion]:
    try:
        last_on = calendar.open_day_after(tokyo_date(now), 1)
    except NoOpenDay:
        last_on = tokyo_date(now)
    notices = Notice.objects.filter(_real(), state__in=OPEN_STATES, due_on__lte=last_on)
    found = (due_occasion(notice, calendar, now) for notice in notices)
    return [occasion for occasion in found if occasion]


def _answers(calendar: OpeningCalendar, now: datetime) -> list[Occasion]:
    """Answers of groups that nobody went on from; what staff typed in themselves is known to them."""
    came = Max("entries__pk", filter=Q(entries__kind=NoticeEntry.Kind.ANSWERED))
    notices = Notice.objects.filter(_real(), has_answer(), state=NoticeState.REVIEWING).annotate(last_words=came)
    return _of_words(notices, ReminderKind.ANSWERED, lambda at: at, answer_told_to_all_at, calendar, now)


def _messages(calendar: OpeningCalendar, now: datetime) -> list[Occasion]:
    """Words of groups that nobody answered for a working day, after the publication too."""
    came = Max("entries__pk", filter=Q(entries__kind=NoticeEntry.Kind.MESSAGE_IN))
    notices = Notice.objects.filter(_real(), has_message()).annotate(last_words=came)
    return _of_words(
        notices,
        ReminderKind.MESSAGE,
        lambda at: message_told_at(at, calendar),
        message_told_to_all_at,
        calendar,
        now,
    )


def _of_words(notices, kind: ReminderKind, told_at, told_to_all_at, calendar, now: datetime) -> list[Occasion]:
    notices = list(notices)
    words = NoticeEntry.objects.filter(pk__in=[notice.last_words for notice in notices], by__isnull=True)
    said = dict(words.values_list("pk", "at"))
    found = []
    for notice in notices:
        at = said.get(notice.last_words)
        if at is None or (now - at).days > MESSAGE_DAYS:
            continue
        first, all_from = told_at(at), told_to_all_at(at, calendar)
        if first is not None and first <= now:
            is_for_all = all_from is not None and all_from <= now
            found.append(Occasion(notice, kind, f"entry-{notice.last_words}", is_for_all))
    return found


def _trusted(now: datetime) -> list[Occasion]:
    """What the clock published that nobody has seen yet, and what it could not publish and is still open."""
    rows = TrustedPublication.objects.filter(notice__held_at__isnull=True, seen_at__isnull=True).select_related(
        "notice"
    )
    rows = rows.filter(Q(published_at__isnull=False) | Q(notice__state__in=OPEN_STATES) & ~Q(failure=""))
    return [
        Occasion(
            row.notice,
            ReminderKind.TRUSTED if row.published_at else ReminderKind.TRUSTED_FAILED,
            tokyo_date(row.published_at or row.tried_at).isoformat(),
            is_for_all=True,
        )
        for row in rows.order_by(F("tried_at").asc(), "pk")
    ]
