"""A notice as the raw values of the form that would make it: to send it again, or to put something right."""

from datetime import date, datetime, timedelta

from activities.models import Notice, NoticeSession
from activities.notices.last_year import moved_days, moved_deadline, moved_end
from activities.notices.notice_fields import FREE, PAID
from center.opening import TOKYO, tokyo_date

Typed = dict[str, list[str]]
"""Raw values by the name of the field, as a browser sends them."""

WHO = ("group_name", "contact_name", "contact_email", "contact_phone")
WORDS = (
    *("kind", "title", "text", "target", "venue_name", "fee", "application_way", "application_text"),
    *("public_contact", "url", "funder", "amount_upper", "capacity"),
    *("match_direction", "match_actor", "match_resource", "about_text"),
)
TICKS = ("is_online", "is_walk_in")
CHECK_DAYS = "check_days"
"""Names the days (s1, s2, deadline) that nobody has looked at yet: the form asks to check them."""


def who_sent(notice: Notice) -> Typed:
    """Who wrote it, and the contact that readers see."""
    return _texts(notice, (*WHO, "public_contact"))


def as_typed(notice: Notice) -> Typed:
    """Everything that the form asks, with the notice's own days. Without files, media and consent."""
    days = [tokyo_date(session.starts_at) for session in notice.sessions.all()]
    return _what(notice) | _sessions(notice, days) | _day("deadline", notice.deadline_on, notice.deadline_time)


def as_typed_again(notice: Notice, *, today: date) -> Typed:
    """Last year's notice for this year: its words, and its days moved (see last_year), all of them to be checked.

    A day that cannot be moved, or would have passed, stays empty. Without files, media and consent.
    """
    held = [tokyo_date(session.starts_at) for session in notice.sessions.all()]
    days = [day if day and day >= today else None for day in moved_days(held, today=today)]
    deadline = moved_deadline(notice.deadline_on, held, today=today) if notice.deadline_on else None
    marks = [f"s{number}" for number in range(1, len(days) + 1)] + (["deadline"] if notice.deadline_on else [])
    return (
        _what(notice)
        | _sessions(notice, days)
        | _day("deadline", deadline, notice.deadline_time)
        | ({CHECK_DAYS: marks} if marks else {})
    )


def _texts(notice: Notice, names: tuple[str, ...]) -> Typed:
    values = {name: getattr(notice, name) for name in names}
    return {name: [str(value)] for name, value in values.items() if value not in (None, "")}


def _what(notice: Notice) -> Typed:
    typed = _texts(notice, (*WHO, *WORDS)) | {name: ["on"] for name in TICKS if getattr(notice, name)}
    if notice.fee or notice.is_free:
        typed["fee_way"] = [FREE if notice.is_free else PAID]
    return typed


def _sessions(notice: Notice, days: list[date | None]) -> Typed:
    typed: Typed = {"rows": [str(max(1, len(days)))]}
    for number, (session, day) in enumerate(zip(notice.sessions.all(), days, strict=True), start=1):
        typed |= {f"s{number}-{name}": [value] for name, value in _session(session, day).items()}
    return typed


def _session(session: NoticeSession, day: date | None) -> dict[str, str]:
    """One session on `day` (None: the day is left empty) with its hours, as the form's fields have them."""
    held_on, ends_at = tokyo_date(session.starts_at), session.ends_at
    values = {"year": str(day.year), "month": str(day.month), "day": str(day.day)} if day else {}
    last = tokyo_date(ends_at) if ends_at else held_on
    if not session.is_all_day:
        values["starts"] = _clock(session.starts_at)
        if ends_at:
            is_midnight = ends_at.astimezone(TOKYO).time().isoformat() == "00:00:00"
            last -= timedelta(days=1) if is_midnight else timedelta(0)
            values["ends"] = "24:00" if is_midnight else _clock(ends_at)
    if day and last > held_on:
        until = moved_end(held_on, last, day)
        values |= {"last_month": str(until.month), "last_day": str(until.day)}
    return values


def _day(prefix: str, day: date | None, at) -> Typed:
    if day is None:
        return {}
    parts = {"year": str(day.year), "month": str(day.month), "day": str(day.day)}
    if at is not None:
        parts["time"] = f"{at.hour}:{at.minute:02}"
    return {f"{prefix}-{name}": [value] for name, value in parts.items()}


def _clock(moment: datetime) -> str:
    local = moment.astimezone(TOKYO)
    return f"{local.hour}:{local.minute:02}"
