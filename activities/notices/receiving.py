"""How a notice comes in: one transaction that gives it its number, keeps the rule in force, starts its clock and queues
the receipt. Files are stored before it begins.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import IntegerField, Max
from django.db.models.functions import Cast, Substr

from activities.forecast import forecast
from activities.kinds import NoticeKind
from activities.media import Medium
from activities.models import Notice, NoticeEntry, NoticeSession
from activities.notices import mails as notice_mails
from activities.notices.clock import start_clock
from activities.notices.errors import InTheFuture, UnknownField
from activities.notices.files import attach_files, stored_files
from activities.notices.history import add_entry, record_forecast
from activities.notices.limits import may_mail_receipt
from activities.notices.queries import due_day, forecast_of, policy_at, wanted_media
from activities.notices.tokens import make_token, token_of
from center.intake.tokens import hash_token
from center.intake.uploads import CleanFile
from center.models import User
from center.opening import tokyo_date
from center.queries import opening_calendar

NUMBER_TRIES = 50
USUAL_MEDIA = (Medium.WEB, Medium.FACEBOOK, Medium.MAIL)
"""Where a notice goes when nobody has said anything about it."""

DATA_FIELDS = frozenset(
    {
        *("kind", "language", "group", "group_name", "contact_name", "contact_email", "contact_phone"),
        *("title", "text", "venue_name", "place", "is_online", "is_free", "fee", "capacity", "target"),
        *("application_way", "application_text", "is_walk_in", "deadline_on", "deadline_time", "public_contact", "url"),
        *("funder", "amount_upper", "match_direction", "match_actor", "match_resource", "about_page", "about_text"),
        *("media", "copies_given", "has_photo_consent", "not_before_on", "assigned_to", "staff_note", "is_sample"),
    }
)

Session = tuple[datetime, datetime | None] | tuple[datetime, datetime | None, bool]
"""Start, end (both aware; an end may be unknown) and whether whole days are meant (False unless given)."""


def receive_notice(
    *,
    data: Mapping[str, Any],  # Any: each field has its own type, which the model checks
    sessions: Iterable[Session],
    files: Sequence[CleanFile],
    channel: str,
    received_at: datetime,
    now: datetime,
    by: User | None = None,
    submission_key: str | None = None,
    alts: Sequence[str] = (),
    held_reason: str = "",
) -> tuple[Notice, str]:
    """Take in one notice, start its clock and send the receipt; return it with the token of its status page.

    `data` holds fields of the model by name (DATA_FIELDS); without "media" the usual ones are meant. `alts` describe
    the files, in their order. `received_at` is when it really reached the centre, by phone, FAX or at the counter too.
    With a `held_reason` (HeldReason: a machine may have sent it) everything is kept and the clock runs, but nobody is
    mailed and it is not on the board until staff release it. Safe to repeat with a `submission_key`: the notice of the
    first call is returned.
    Raises InTheFuture and UnknownField.
    """
    if received_at > now:
        raise InTheFuture
    if unknown := sorted(data.keys() - DATA_FIELDS):
        raise UnknownField(", ".join(unknown))
    if known := _submitted(submission_key):
        return known, token_of(known)
    with stored_files(files, alts, received_at) as stored, transaction.atomic():
        group_from = ("staff" if by else "link") if data.get("group") else ""
        notice, is_new = _create(dict(data) | {"group_from": group_from}, channel, received_at, submission_key)
        if is_new:
            notice.held_at, notice.held_reason = (now, held_reason) if held_reason else (None, "")
            _add_sessions(notice, sessions)
            attach_files(notice, stored)
            start_clock(notice, received_at, opening_calendar())
            notice.save()
            _write_receipt(notice, by=by)
            tell_receipt(notice, now=now)
    return notice, token_of(notice)


def _submitted(submission_key: str | None) -> Notice | None:
    return Notice.objects.filter(submission_key=submission_key).first() if submission_key else None


def _create(
    data: dict[str, Any], channel: str, received_at: datetime, submission_key: str | None
) -> tuple[Notice, bool]:
    """The notice with the next free number of its year, or the one that the same submission made, and which it is."""
    data["kind"] = NoticeKind(data["kind"])
    data["media"] = wanted_media(data.get("media", USUAL_MEDIA))
    policy = policy_at(received_at).as_deadline_policy().as_json()
    for _attempt in range(NUMBER_TRIES):
        number = _next_number(tokyo_date(received_at).year)
        try:
            with transaction.atomic():
                notice = Notice.objects.create(
                    **data,
                    number=number,
                    channel=channel,
                    received_at=received_at,
                    policy=policy,
                    status_token_hash=hash_token(make_token(number)),
                    submission_key=submission_key,
                )
                return notice, True
        except IntegrityError:
            if known := _submitted(submission_key):
                return known, False
    raise RuntimeError(f"no free number after {NUMBER_TRIES} tries")


def _next_number(year: int) -> str:
    """The number after the greatest one of that year: 2026-0147. Of two writers who find the same, one asks anew."""
    counted = Cast(Substr("number", 6), IntegerField())
    last = Notice.objects.filter(number__startswith=f"{year}-").aggregate(last=Max(counted))["last"] or 0
    return f"{year}-{last + 1:04d}"


def _write_receipt(notice: Notice, *, by: User | None) -> None:
    """The first line of the history."""
    add_entry(
        notice,
        NoticeEntry.Kind.RECEIVED,
        at=notice.received_at,
        by=by,
        data={"channel": str(notice.channel), "attachments": [file.original_name for file in notice.attachments.all()]},
    )


def tell_receipt(notice: Notice, *, now: datetime) -> None:
    """Mail the receipt with what is to be expected of the monthly mail, unless the notice is held or this address has
    had many today. The caller's transaction holds the notice.
    """
    if notice.is_held:
        return
    mail = forecast_of(forecast([notice], now=now), notice)
    if mail:
        record_forecast(notice, mail, now=now)
    if notice.contact_email and may_mail_receipt(notice.contact_email, on=tokyo_date(now)):
        notice_mails.send_receipt(notice, mail=mail, day=due_day(notice, opening_calendar()), now=now)


def _add_sessions(notice: Notice, sessions: Iterable[Session]) -> None:
    for starts_at, ends_at, *all_day in sessions:
        is_all_day = bool(all_day and all_day[0])
        NoticeSession.objects.create(notice=notice, starts_at=starts_at, ends_at=ends_at, is_all_day=is_all_day)
