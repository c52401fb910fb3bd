"""Staff write anew what a notice says, after an answer or a call: every change stands in the history, old and new.

The clock is not touched; only a day before which the group does not want to be seen moves the due day, by its rule.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import models, transaction

from activities.models import Notice, NoticeEntry, NoticeSession
from activities.notices.board import FIELDS_EDITED, MESSAGE_SEEN
from activities.notices.clock import start_clock
from activities.notices.errors import UnknownField
from activities.notices.history import add_entry, locked, must_be_open, must_be_released
from activities.notices.receiving import Session
from center.japanese.dates import day_words, period_words, time_words
from center.models import User
from center.queries import opening_calendar

EDITABLE = frozenset(
    {
        *("kind", "group", "group_name", "contact_name", "contact_email", "contact_phone"),
        *("title", "text", "venue_name", "place", "is_online", "is_free", "fee", "capacity", "target"),
        *("application_way", "application_text", "is_walk_in", "deadline_on", "deadline_time", "public_contact", "url"),
        *("funder", "amount_upper", "match_direction", "match_actor", "match_resource", "about_text"),
        *("copies_given", "has_photo_consent", "not_before_on"),
    }
)
"""What a notice says. Its media have reasons of their own, and its page is chosen, not typed."""
SESSIONS = "sessions"


@dataclass(frozen=True)
class Change:
    """One field that was written anew, with its old and its new words."""

    name: str
    old: str
    new: str


def edit_notice(
    *,
    notice: Notice,
    data: Mapping[str, Any],  # Any: each field has its own type, which the model checks
    sessions: Iterable[Session],
    by: User | None,
    now: datetime,
) -> list[Change]:
    """Write these fields and dates into the notice; return what changed, nothing where all is as it was.

    Raises AlreadySettled for a notice that is settled, StillHeld, UnknownField.
    """
    if unknown := sorted(data.keys() - EDITABLE):
        raise UnknownField(", ".join(unknown))
    typed = [_whole(session) for session in sessions]
    with transaction.atomic():
        row = locked(notice)
        must_be_open(row)
        must_be_released(row)
        changes = [change for name, value in data.items() if (change := _set(row, name, value))]
        if change := _set_sessions(row, typed):
            changes.append(change)
        if not changes:
            return []
        logged = {"field": FIELDS_EDITED, "changes": [[change.name, change.old, change.new] for change in changes]}
        if any(change.name == "not_before_on" for change in changes):
            logged |= _move_due_day(row)
        row.save()
        add_entry(row, NoticeEntry.Kind.CHANGED, at=now, by=by, data=logged, is_public=False)
    notice.refresh_from_db()
    return changes


def mark_messages_seen(*, notice: Notice, by: User | None, now: datetime) -> None:
    """What the group wrote has been read and needs no answer (or was answered by phone). Safe to repeat."""
    with transaction.atomic():
        row = locked(notice)
        add_entry(row, NoticeEntry.Kind.CHANGED, at=now, by=by, data={"field": MESSAGE_SEEN}, is_public=False)


def _set(row: Notice, name: str, value: object) -> Change | None:
    old = getattr(row, name)
    if old == value or (not old and not value and not isinstance(old, bool)):
        return None
    before = shown_value(row, name)
    setattr(row, name, value)
    return Change(name, before, shown_value(row, name))


def shown_value(notice: Notice, name: str) -> str:
    """What stands in one field, as people read it; "" where it is empty."""
    value = getattr(notice, name)
    field = notice._meta.get_field(name)
    if isinstance(field, models.BooleanField):
        return "✓" if value else ""
    if field.choices and value:
        return str(getattr(notice, f"get_{name}_display")())
    if isinstance(value, date):
        return day_words(value)
    if isinstance(value, time):
        return time_words(value)
    return "" if value is None else str(value)


def _whole(session: Session) -> tuple[datetime, datetime | None, bool]:
    starts_at, ends_at, *all_day = session
    return starts_at, ends_at, bool(all_day and all_day[0])


def _set_sessions(row: Notice, typed: list[tuple[datetime, datetime | None, bool]]) -> Change | None:
    kept = [(session.starts_at, session.ends_at, session.is_all_day) for session in row.sessions.all()]
    if kept == typed:
        return None
    row.sessions.all().delete()
    for starts_at, ends_at, is_all_day in typed:
        NoticeSession.objects.create(notice=row, starts_at=starts_at, ends_at=ends_at, is_all_day=is_all_day)
    return Change(SESSIONS, _periods(kept), _periods(typed))


def _periods(sessions: list[tuple[datetime, datetime | None, bool]]) -> str:
    words = [period_words(starts_at, ends_at, is_all_day) for starts_at, ends_at, is_all_day in sessions]
    return "、".join(words)


def _move_due_day(row: Notice) -> dict[str, str | None]:
    """The due day that follows the group's new wish; None of it while the clock stands still."""
    if row.clock_started_at is None:
        return {}
    before = row.due_on
    start_clock(row, row.clock_started_at, opening_calendar())
    return {"due_old": before.isoformat() if before else None, "due_new": row.due_on.isoformat()}
