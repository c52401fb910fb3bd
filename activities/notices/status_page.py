"""What the group sees of its notice: how far it is, how the three days run, what state is shown, its pages."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from wagtail.models import Page

from activities.deadline_words import deadline_moment
from activities.deadlines import ClosedDue, DeadlinePolicy, Unit
from activities.forecast import ForecastVerdict, MailForecast
from activities.kinds import NoticeKind
from activities.models import Notice, NoticeEntry, NoticeState
from activities.notices.queries import last_end
from center.japanese.dates import day_words, time_words, weekday_word
from center.models import PublicSpan
from center.opening import TOKYO, OpeningCalendar, tokyo_date
from center.visibility import publicly_visible

MOST_STEPS = 4
"""So many date stamps stand in one row."""

MOMENT = timedelta(microseconds=1)
"""What ends at 24:00 ends on the day that is over then."""

MOST_DAYS = 9
"""A longer run of days is shown by its first, today and its last."""

TONES = {
    NoticeState.RECEIVED: "",
    NoticeState.REVIEWING: "now",
    NoticeState.RETURNED: "warn",
    NoticeState.PUBLISHED: "good",
    NoticeState.DECLINED: "warn",
    NoticeState.WITHDRAWN: "unknown",
}


@dataclass(frozen=True)
class Step:
    """One date stamp on the way: what stands in it, and the words beside it."""

    top: str
    title: str
    text: str
    on: date | None = None
    middle: str = ""
    bottom: str = ""
    todo: bool = False


def steps(notice: Notice, history: list[NoticeEntry], mail: MailForecast | None, *, now: datetime) -> list[Step]:
    """Receipt, reading, publication and, where it goes there, the mail. `history` is newest first."""
    way = [_receipt(notice), _reading(notice, history), _publication(notice, now=now)]
    ending = ended(notice, now=now)
    if mail and mail.send_at and notice.state not in (NoticeState.DECLINED, NoticeState.WITHDRAWN):
        last = _mail(mail, now=now)
        if not ending or not last.todo:
            way.append(last)
    if ending:
        way = way[:1] + way[2:] if len(way) == MOST_STEPS else way
        way.append(_end(ending))
    return way


def _receipt(notice: Notice) -> Step:
    return Step(
        top=pgettext("stamp", "received"),
        on=tokyo_date(notice.received_at),
        bottom=_clock(notice.received_at),
        title=_("We have it"),
        text=_moment(notice.received_at),
    )


def _reading(notice: Notice, history: list[NoticeEntry]) -> Step:
    top = pgettext("stamp", "read")
    if notice.state == NoticeState.RETURNED:
        return Step(
            top=top,
            on=tokyo_date(notice.returned_at),
            title=_("We have asked you something"),
            text=_("Please answer below."),
        )
    read = [entry for entry in history if entry.kind == NoticeEntry.Kind.REVIEWING]
    if not read:
        if notice.is_open:
            return Step(top=top, middle="–", todo=True, title=_("We read it"), text=_("not yet"))
        return Step(top=top, middle="✓", title=_("We have read it"), text="")
    at = read[-1].at
    text = _("You are here") if notice.state == NoticeState.REVIEWING else _moment(at)
    title = _("We are reading it") if notice.state == NoticeState.REVIEWING else _("We have read it")
    return Step(top=top, on=tokyo_date(at), bottom=_clock(at), title=title, text=text)


def _publication(notice: Notice, *, now: datetime) -> Step:
    is_change = NoticeKind(notice.kind).changes_published
    top = pgettext("stamp", "applied") if is_change else pgettext("stamp", "public")
    done_at = notice.applied_at if is_change else notice.public_since
    if notice.state == NoticeState.PUBLISHED and done_at:
        title = _("The page shows it") if is_change else _("On this site")
        return Step(top=top, on=tokyo_date(done_at), bottom=_clock(done_at), title=title, text=_moment(done_at))
    if notice.state == NoticeState.DECLINED:
        return Step(top=top, middle="–", todo=True, title=_("Not published"), text=_("The reason stands below."))
    if notice.state == NoticeState.WITHDRAWN:
        return Step(top=top, middle="–", todo=True, title=_("Withdrawn"), text=_("It will not be published."))
    title = _("Shown on the page") if is_change else _("On this site")
    if notice.due_on is None:
        return Step(top=top, middle="–", todo=True, title=title, text=_("After your answer, within three days"))
    return Step(top=top, on=notice.due_on, bottom=pgettext("stamp", "by"), todo=True, title=title, text=_("not yet"))


def _mail(mail: MailForecast, *, now: datetime) -> Step:
    is_sent = mail.verdict == ForecastVerdict.PLANNED and mail.send_at <= now
    is_hopeful = mail.verdict in (ForecastVerdict.PLANNED, ForecastVerdict.IF_IN_TIME)
    return Step(
        top=pgettext("stamp", "mail"),
        on=tokyo_date(mail.send_at) if is_hopeful else None,
        middle="" if is_hopeful else "–",
        bottom="" if is_sent or not is_hopeful else pgettext("stamp", "planned"),
        todo=not is_sent,
        title=mail.words,
        text=mail.send_words if is_hopeful else "",
    )


def _end(ending: "Ending") -> Step:
    return Step(
        top=pgettext("stamp", "over"),
        on=tokyo_date(ending.at) if ending.at else None,
        middle="" if ending.at else "✓",
        title=_("It is over"),
        text=ending.words,
    )


# The state that is shown


@dataclass(frozen=True)
class Ending:
    """Why a published notice is over, and since when (None where only that it is over is known)."""

    words: str
    at: datetime | None = None


def ended(notice: Notice, *, now: datetime) -> Ending | None:
    """終了: published, and what it told of is over, its deadline has passed, or its page is no longer public.

    A change or a cancellation ends when the page shows it. Reads sessions and page links.
    """
    if notice.state != NoticeState.PUBLISHED:
        return None
    if NoticeKind(notice.kind).changes_published:
        return Ending(_("The page shows what you told us."), notice.applied_at)
    end, deadline = last_end(notice), deadline_moment(notice.deadline_on, notice.deadline_time)
    if end and end <= now:
        return Ending(_("The event is over."), end - MOMENT)
    if not end and deadline and deadline <= now:
        return Ending(_("The deadline has passed."), deadline - MOMENT)
    spans = _spans(notice)
    if all(span.until for span in spans):
        last = max((span.until for span in spans), default=None)
        return Ending(_("The page has been taken down."), last)
    return None


def shown_state(notice: Notice, *, now: datetime) -> tuple[str, str]:
    """The state in words and the tone of its stamp: as staff call it, and 終了 once it is over."""
    if ended(notice, now=now):
        return pgettext("notice", "over"), "unknown"
    return str(notice.get_state_display()), TONES[notice.state]


def _spans(notice: Notice) -> list[PublicSpan]:
    return [span for link in notice.page_links.all() for span in link.page.public_spans.all()]


# How the three days run


@dataclass(frozen=True)
class ClockDay:
    """One day of the run: its number or name, the day, and what it is besides."""

    label: str
    words: str
    note: str
    is_done: bool = False
    is_now: bool = False
    is_due: bool = False


def clock_days(notice: Notice, calendar: OpeningCalendar, *, today: date) -> list[ClockDay]:
    """Every day from the start of the clock to the due day; empty while the clock stands still."""
    if notice.clock_started_at is None or notice.due_on is None:
        return []
    first, last = tokyo_date(notice.clock_started_at), notice.due_on
    labels = _labels(notice, first, last, calendar)
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    if len(days) > MOST_DAYS:
        days = [day for day in days if day in (first, today, last)]
    return [
        ClockDay(
            label=labels.get(day, ""),
            words=_("%(day)d.") % {"day": day.day},
            note=_day_note(day, calendar, is_today=day == today, is_due=day == last),
            is_done=day < today and day != last,
            is_now=day == today,
            is_due=day == last,
        )
        for day in days
    ]


def _labels(notice: Notice, first: date, last: date, calendar: OpeningCalendar) -> dict[date, str]:
    """The number of each day that counts; days that do not count have none."""
    policy = notice.deadline_policy
    labels = {first: _("day of your answer") if notice.return_count else _("day of receipt")}
    number, day, is_started = (
        0,
        first,
        policy.unit != Unit.BUSINESS or _counts_as_start(notice, first, policy, calendar),
    )
    while day < last and number < policy.days:
        day += timedelta(days=1)
        if policy.unit == Unit.BUSINESS and not calendar.is_open(day):
            continue
        if not is_started:
            is_started = True
            labels[day] = _("counts as the day of receipt")
            continue
        number += 1
        labels[day] = _("day %(number)d") % {"number": number}
    return labels


def _counts_as_start(notice: Notice, first: date, policy: DeadlinePolicy, calendar: OpeningCalendar) -> bool:
    """Under open days: did the clock start on an open day, not later than the cutoff?"""
    return calendar.is_open(first) and notice.clock_started_at.astimezone(TOKYO).time() <= policy.cutoff


def _day_note(day: date, calendar: OpeningCalendar, *, is_today: bool, is_due: bool) -> str:
    words = [weekday_word(day)]
    if not calendar.is_open(day):
        words.append(pgettext("day", "closed"))
    if is_today:
        words.append(pgettext("day", "today"))
    if is_due:
        words.append(pgettext("day", "due"))
    return _("·").join(words)


def counting_words(policy: DeadlinePolicy) -> str:
    """How the days are counted, in one or two sentences."""
    if policy.unit == Unit.BUSINESS:
        return _("The day of receipt does not count. Only days on which we are open count.")
    words = _("The day of receipt does not count. Sundays and holidays count too.")
    if policy.closed_due == ClosedDue.NEXT_OPEN_DAY:
        words += _(" When we are closed on the last day, it is the next open day.")
    return words


# Shared


def public_pages(notice: Notice, *, now: datetime) -> list[Page]:
    """The pages of the notice, or for a change the page it is about, that everybody may read now."""
    wanted = set(notice.page_links.values_list("page_id", flat=True))
    if notice.about_page_id:
        wanted.add(notice.about_page_id)
    return list(publicly_visible(Page.objects.filter(pk__in=wanted), now=now))


def _clock(moment: datetime) -> str:
    local = moment.astimezone(TOKYO)
    return f"{local.hour}:{local.minute:02}"


def _moment(moment: datetime) -> str:
    return day_words(moment) + time_words(moment)
