"""The three-day rule: from a moment, a policy and a calendar to the day by which a notice has to be public.

The centre's printed promise in its list of media is "Web 3日以内, Facebook 3日以内". How its three days are counted
is a policy, which is data; this module is what a policy means. It reads no clock, no setting and no database, and
every day is a day in Asia/Tokyo. How often the promise was kept is counted here too, from plain facts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext

from center.opening import TOKYO, NoOpenDay, OpeningCalendar, day_end, day_start, tokyo_date

PROMISED_DAYS = 3
FEWEST_DAYS, MOST_DAYS = 1, 30


class Unit(TextChoices):
    """What the days of the promise are."""

    CALENDAR = "calendar", _("calendar days")
    BUSINESS = "business", _("open days of the centre")


class ClosedDue(TextChoices):
    """What happens to a due day, counted in calendar days, on which the centre is closed."""

    KEEP = "keep", _("stays as it is")
    NEXT_OPEN_DAY = "next_open_day", _("moves to the next open day")


class PolicyError(ValueError):
    """A policy that cannot be meant. `field` names the wrong part, `message` says (translatable) what is wrong."""

    def __init__(self, field: str, message: str | Promise) -> None:
        super().__init__(message)
        self.field = field
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


@dataclass(frozen=True)
class DeadlinePolicy:
    """How the three days are counted. Raises PolicyError (a ValueError) when its parts do not fit together.

    `days` runs from 1 to 30. `closed_due` belongs to calendar days; open days have no closed due day to move. `cutoff`
    is an hour of Asia/Tokyo and belongs to open days: a start after it counts as the next open day.
    """

    days: int = PROMISED_DAYS
    unit: str = Unit.CALENDAR
    closed_due: str = ClosedDue.KEEP
    cutoff: time = time(17, 15)

    def __post_init__(self) -> None:
        if isinstance(self.days, bool) or not isinstance(self.days, int):
            raise PolicyError("days", _("The number of days must be a whole number."))
        if not FEWEST_DAYS <= self.days <= MOST_DAYS:
            raise PolicyError("days", _("The number of days must be from 1 to 30."))
        if self.unit not in Unit.values:
            raise PolicyError("unit", _("The days are either calendar days or open days of the centre."))
        if self.closed_due not in ClosedDue.values:
            raise PolicyError("closed_due", _("A closed due day either stays or moves to the next open day."))
        if self.unit == Unit.BUSINESS and self.closed_due != ClosedDue.KEEP:
            raise PolicyError("closed_due", _("Only calendar days can have a closed due day that moves."))
        if not isinstance(self.cutoff, time) or self.cutoff.tzinfo is not None:
            raise PolicyError("cutoff", _("The cutoff must be an hour of the day, such as 17:15."))
        object.__setattr__(self, "unit", Unit(self.unit))
        object.__setattr__(self, "closed_due", ClosedDue(self.closed_due))

    def as_json(self) -> dict[str, int | str]:
        """The copy that each notice keeps, so that a later policy never rewrites history."""
        return {
            "days": self.days,
            "unit": self.unit.value,
            "closed_due": self.closed_due.value,
            "cutoff": self.cutoff.isoformat(),
        }

    @classmethod
    def from_json(cls, copy: Mapping[str, Any]) -> "DeadlinePolicy":  # Any: JSON is checked here, not before
        """The policy of such a copy; a part that an older copy lacks takes its default.

        Raises PolicyError for parts that cannot be meant and for names that no policy has.
        """
        parts = dict(copy)
        if unknown := sorted(parts.keys() - {"days", "unit", "closed_due", "cutoff"}):
            raise PolicyError(unknown[0], _("A deadline policy has no such part."))
        if "cutoff" in parts:
            try:
                parts["cutoff"] = time.fromisoformat(parts["cutoff"])
            except (TypeError, ValueError):
                raise PolicyError("cutoff", _("The cutoff must be an hour of the day, such as 17:15.")) from None
        return cls(**parts)


def due_on(
    clock_started_at: datetime, policy: DeadlinePolicy, calendar: OpeningCalendar, not_before_on: date | None = None
) -> date:
    """The last day on which publishing is on time. A returned notice has none: its clock does not run, do not ask.

    The day of the start is day 0 (初日不算入). Calendar days: day 0 + 3, whatever the hour; a closed one stays, or
    moves to the next open day (the habit of 民法142条), as the policy says. Open days: a start after the cutoff
    (17:15:00 is in time) or on a closed day counts as the next open day, and the third open day after that is due.
    With a day that the group asks for, the later of the two; unless the policy keeps closed due days, a closed wish
    is first moved to the next open day.
    Source: the centre's printed promise, Web 3日以内.
    """
    day_zero = tokyo_date(clock_started_at)
    if policy.unit == Unit.BUSINESS:
        is_late_start = clock_started_at.astimezone(TOKYO).time() > policy.cutoff
        if is_late_start or not calendar.is_open(day_zero):
            day_zero = calendar.open_day_after(day_zero, 1)
        due = calendar.open_day_after(day_zero, policy.days)
    else:
        due = _settle_closed(day_zero + timedelta(days=policy.days), policy, calendar)
    if not_before_on is None:
        return due
    return max(due, _settle_closed(not_before_on, policy, calendar))


def _settle_closed(day: date, policy: DeadlinePolicy, calendar: OpeningCalendar) -> date:
    if policy.unit == Unit.CALENDAR and policy.closed_due == ClosedDue.KEEP:
        return day
    return calendar.next_open_day(day)


def prepare_by(clock_started_at: datetime, due_on: date, calendar: OpeningCalendar) -> date | None:
    """The last open day from the day of the clock's start (whatever the hour) to `due_on`, both included.

    None where the centre is closed all that time: then board and receipt say 休館中に期限, with `prepare_by_fallback`.
    """
    try:
        day = calendar.previous_open_day(due_on)
    except NoOpenDay:
        return None
    return day if day >= tokyo_date(clock_started_at) else None


def prepare_by_fallback(due_on: date, calendar: OpeningCalendar) -> date:
    """The first open day after the due day: what is told where `prepare_by` finds none. Raises NoOpenDay."""
    return calendar.open_day_after(due_on, 1)


def is_on_time(public_since: datetime | None, due_on: date) -> bool:
    """Was it public before 00:00 of the day after `due_on`? What is not public yet is not on time."""
    return public_since is not None and public_since < day_end(due_on)


def is_before_not_before(moment: datetime, not_before_on: date | None) -> bool:
    """Is the moment earlier than the day that the group asked for? Publishing then is refused."""
    return not_before_on is not None and moment < day_start(not_before_on)


def is_not_before_too_late(not_before_on: date | None, ends_at: datetime | None) -> bool:
    """Does the day that the group asks for begin only when the event is over? Such a wish is refused.

    An event that ends at 24:00 is over when the next day begins; False where either is not known.
    """
    return not_before_on is not None and ends_at is not None and day_start(not_before_on) >= ends_at


def recompute_due(
    old_due: date,
    clock_started_at: datetime,
    policy: DeadlinePolicy,
    calendar: OpeningCalendar,
    today: date,
    not_before_on: date | None = None,
) -> date:
    """The due day of an open notice after a day was closed or opened: the same or later, never earlier.

    A due day that has passed stays. `policy` is the notice's own copy. `prepare_by` is to be found anew from the
    result; it may move earlier.
    """
    if today > old_due:
        return old_due
    return max(old_due, due_on(clock_started_at, policy, calendar, not_before_on))


def within_literal_days(received_at: datetime, settled_at: datetime | None, days: int = PROMISED_DAYS) -> bool:
    """Was it settled by the end of the day of receipt + 3, whatever policy, returns, wishes or closed days say?"""
    return settled_at is not None and settled_at < day_end(tokyo_date(received_at) + timedelta(days=days))


class Outcome(StrEnum):
    """How far a notice has come, as far as counting goes. Open: received, reviewing or returned."""

    OPEN = "open"
    PUBLISHED = "published"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Settlement:
    """The plain facts that judge one notice on one medium. All moments are aware.

    `due_on` is None while the notice is returned, and stays None for one that was published or declined while
    returned. `prepare_by` is None where the centre is closed from the clock's start to the due day.
    `public_since` is, on the Web, the first moment when all pages of the notice were public; on Facebook, the time of
    the post. A notice that changes or cancels something published is judged by `applied_at`, when the page shows it,
    because its page was public before.
    `was_returned_late`: a return was made after the due day of its time.
    """

    received_at: datetime
    outcome: Outcome
    due_on: date | None
    prepare_by: date | None
    public_since: datetime | None = None
    applied_at: datetime | None = None
    declined_at: datetime | None = None
    changes_published: bool = False
    was_returned_late: bool = False

    @property
    def settled_at(self) -> datetime | None:
        """When the centre was done with it: published, shown by the page, or declined; None as long as it is not."""
        if self.outcome == Outcome.DECLINED:
            return self.declined_at
        if self.outcome == Outcome.PUBLISHED:
            return self.applied_at if self.changes_published else self.public_since
        return None

    def on_time(self, today: date) -> bool | None:
        """Was the promise kept? None: the notice does not count (withdrawn, or open and not yet late).

        A return made after the due day leaves it late for good, also while it waits for the answer. Otherwise what is
        settled while returned is on time, and everything else is when it is settled by the end of its due day.
        """
        if self.outcome == Outcome.WITHDRAWN:
            return None
        if self.was_returned_late:
            return False
        if self.settled_at is not None:
            return self.due_on is None or is_on_time(self.settled_at, self.due_on)
        is_past_due = self.due_on is not None and today > self.due_on
        return False if is_past_due else None


@dataclass(frozen=True)
class Rate:
    """How many notices kept the promise, of `total` that count.

    `literal` were settled within the literal three days; `unprepared` had no open day before their due day.
    """

    on_time: int = 0
    total: int = 0
    literal: int = 0
    unprepared: int = 0

    @property
    def share(self) -> float | None:
        """From 0 to 1; None where nothing counts yet."""
        return self.on_time / self.total if self.total else None

    @property
    def literal_share(self) -> float | None:
        """From 0 to 1; None where nothing counts yet."""
        return self.literal / self.total if self.total else None


def on_time_rate(rows: Iterable[Settlement], *, today: date) -> Rate:
    """On time ÷ (published + declined + open past the due day); withdrawn notices leave it. One medium at a time.

    The caller chooses the rows, by the month or fiscal year of `received_at`. The literal count and the count of
    notices that could not be prepared are over the same notices.
    """
    judged = [(row, verdict) for row in rows if (verdict := row.on_time(today)) is not None]
    return Rate(
        on_time=sum(verdict for _row, verdict in judged),
        total=len(judged),
        literal=sum(within_literal_days(row.received_at, row.settled_at) for row, _verdict in judged),
        unprepared=sum(row.due_on is not None and row.prepare_by is None for row, _verdict in judged),
    )


def countdown_words(due_on: date, today: date) -> Promise:
    """The days to the due day as words of the reader's language: 本日, あと1日, 2日超過. Lazy."""
    return _lazy_words((due_on - today).days)


def _words(days: int) -> str:
    if days == 0:
        return pgettext("due day", "today")
    if days > 0:
        return ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}
    return ngettext("%(days)d day overdue", "%(days)d days overdue", -days) % {"days": -days}


_lazy_words = lazy(_words, str)
