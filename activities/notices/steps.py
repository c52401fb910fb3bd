"""What happens to a notice on its way: looked at, returned, answered, declined, withdrawn, and the words in between.

Each service is one transaction, takes `now`, leaves a line in the notice's history and one in the editor's log, and
puts the mail that tells the group into the same transaction.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from wagtail.models import Page

from activities.kinds import NoticeKind
from activities.models import Notice, NoticeEntry, NoticePage, NoticeState, ReturnReason
from activities.notices import mails as notice_mails
from activities.notices.clock import start_clock, stop_clock
from activities.notices.errors import InTheFuture, NotOpen, NotReturned, ReasonMissing, TooSoon
from activities.notices.files import attach_files, stored_files
from activities.notices.history import add_entry, locked, must_be_open, must_be_released
from activities.notices.publication import record_publication
from activities.notices.queries import due_day, policy_at
from center.intake.uploads import CleanFile
from center.models import User
from center.opening import tokyo_date
from center.queries import opening_calendar


def start_review(*, notice: Notice, by: User | None, now: datetime) -> None:
    """Staff have begun to read it; whoever does is in charge unless somebody is already.

    Safe to repeat: a notice that is being looked at is left as it is. Raises NotOpen, also for a returned one, which
    waits for its group.
    """
    with transaction.atomic():
        row = locked(notice)
        if row.state == NoticeState.REVIEWING:
            return
        if row.state != NoticeState.RECEIVED:
            raise NotOpen(row.number)
        must_be_released(row)
        begin_review(row, by=by, now=now)
    notice.refresh_from_db()


def begin_review(row: Notice, *, by: User | None, now: datetime) -> None:
    """Set a locked, received notice to reviewing; the caller's transaction holds it."""
    row.state = NoticeState.REVIEWING
    row.assigned_to = row.assigned_to or by
    row.save(update_fields=["state", "assigned_to"])
    add_entry(row, NoticeEntry.Kind.REVIEWING, at=now, by=by)


def assign_notice(*, notice: Notice, to: User | None, by: User | None, now: datetime) -> None:
    """Put somebody in charge, or nobody. Safe to repeat."""
    with transaction.atomic():
        row = locked(notice)
        if row.assigned_to == to:
            return
        row.assigned_to = to
        row.save(update_fields=["assigned_to"])
        data = {"field": "assigned_to"}
        name = str(to) if to else ""
        add_entry(row, NoticeEntry.Kind.CHANGED, at=now, by=by, text=name, data=data, is_public=False)
    notice.refresh_from_db()


def return_notice(*, notice: Notice, reason: str, message: str, by: User | None, now: datetime) -> None:
    """Send a notice back to its group and stop its clock; the group gets a mail with the reason and its link.

    A return made after the due day leaves the notice late for good. Safe to repeat: a notice that is already returned
    is left as it is. Raises NotOpen for a notice that is settled, ReasonMissing where the other reason has no words.
    Source: the three-day rule, returns.
    """
    reason = ReturnReason(reason)
    if reason == ReturnReason.OTHER and not message.strip():
        raise ReasonMissing
    with transaction.atomic():
        row = locked(notice)
        if row.state == NoticeState.RETURNED:
            return
        must_be_open(row)
        must_be_released(row)
        if row.due_on and tokyo_date(now) > row.due_on:
            row.late_return = True
        row.state = NoticeState.RETURNED
        row.returned_at = now
        row.return_count += 1
        row.assigned_to = row.assigned_to or by
        due_before = row.due_on
        stop_clock(row)
        row.save()
        add_entry(
            row,
            NoticeEntry.Kind.RETURNED,
            at=now,
            by=by,
            reason=reason,
            text=message.strip(),
            data={"due_before": due_before.isoformat() if due_before else None, "late": row.late_return},
        )
        notice_mails.send_returned(row, reason=reason, message=message.strip(), now=now)
    notice.refresh_from_db()


def answer_notice(
    *,
    notice: Notice,
    text: str,
    files: Sequence[CleanFile] = (),
    now: datetime,
    alts: Sequence[str] = (),
    by: User | None = None,
    answered_at: datetime | None = None,
    changes: Sequence[tuple[str, str, str]] = (),
    typed: Mapping[str, list[str]] | None = None,
) -> None:
    """The group's answer to a return: the clock starts anew in full. `by` and `answered_at` where staff type it in.

    The answer stands in the history; what the notice says is left to staff, who read both.
    Raises NotReturned for a notice that waits for no answer, InTheFuture.
    """
    started_at = answered_at or now
    if started_at > now:
        raise InTheFuture
    with stored_files(files, alts, now) as stored, transaction.atomic():
        row = locked(notice)
        if row.state != NoticeState.RETURNED:
            raise NotReturned(row.number)
        if row.returned_at and started_at < row.returned_at:
            started_at = row.returned_at
        row.state = NoticeState.REVIEWING
        start_clock(row, started_at, opening_calendar())
        row.save()
        attach_files(row, stored)
        names = [file.original_name for file in stored]
        data = {"attachments": names} | _wish(changes, typed)
        add_entry(row, NoticeEntry.Kind.ANSWERED, at=now, by=by, text=text.strip(), data=data)
        notice_mails.send_answer_receipt(row, day=due_day(row, opening_calendar()), now=now)
    notice.refresh_from_db()


def decline_notice(*, notice: Notice, reason: str, by: User | None, now: datetime) -> None:
    """Do not publish it, with a reason in words that the group reads.

    Raises AlreadySettled for a notice that is settled, ReasonMissing without words.
    """
    if not reason.strip():
        raise ReasonMissing
    with transaction.atomic():
        row = locked(notice)
        must_be_open(row)
        must_be_released(row)
        row.state = NoticeState.DECLINED
        row.decline_reason = reason.strip()
        row.settled_at = now
        row.assigned_to = row.assigned_to or by
        row.save()
        add_entry(row, NoticeEntry.Kind.DECLINED, at=now, by=by, text=reason.strip())
        notice_mails.send_declined(row, reason=reason.strip(), now=now)
    notice.refresh_from_db()


def withdraw_notice(
    *, notice: Notice, now: datetime, by: User | None = None, message: str = "", is_unanswered: bool = False
) -> None:
    """Take a notice back: at the group's wish, or (`is_unanswered`) by staff when a return was not answered for long.

    Safe to repeat: a withdrawn notice is left as it is. Raises AlreadySettled for a published or declined one (what is
    public is taken back by a cancellation), NotReturned and TooSoon for an unanswered one before its time.
    """
    with transaction.atomic():
        row = locked(notice)
        if row.state == NoticeState.WITHDRAWN:
            return
        must_be_open(row)
        if is_unanswered:
            _must_wait_long(row, now)
        row.state = NoticeState.WITHDRAWN
        row.settled_at = now
        row.save(update_fields=["state", "settled_at"])
        data = {"unanswered": is_unanswered, "by_group": by is None}
        add_entry(row, NoticeEntry.Kind.WITHDRAWN, at=now, by=by, text=message.strip(), data=data)
        notice_mails.send_withdrawn(row, is_unanswered=is_unanswered, now=now)
    notice.refresh_from_db()


def may_withdraw_from(notice: Notice, *, now: datetime) -> date | None:
    """The first day on which staff may withdraw a returned notice that nobody answers; None where none is returned."""
    if notice.state != NoticeState.RETURNED or notice.returned_at is None:
        return None
    return tokyo_date(notice.returned_at) + timedelta(days=policy_at(now).withdraw_returned_after_days)


def _must_wait_long(row: Notice, now: datetime) -> None:
    from_on = may_withdraw_from(row, now=now)
    if from_on is None:
        raise NotReturned(row.number)
    if tokyo_date(now) < from_on:
        raise TooSoon(from_on)


# Words between the group and the centre


def add_group_message(
    *,
    notice: Notice,
    text: str,
    now: datetime,
    changes: Sequence[tuple[str, str, str]] = (),
    typed: Mapping[str, list[str]] | None = None,
) -> None:
    """What the group wants to tell, at any time; it changes neither state nor clock.

    `changes`: what it would like to be different (name of the field, old and new words), beside the same in `text`;
    `typed`: the same as values of the form, which staff find filled in.
    """
    with transaction.atomic():
        row = locked(notice)
        add_entry(row, NoticeEntry.Kind.MESSAGE_IN, at=now, text=text.strip(), data=_wish(changes, typed))


def _wish(changes: Sequence[tuple[str, str, str]], typed: Mapping[str, list[str]] | None) -> dict[str, object]:
    if not changes:
        return {}
    return {"changes": [list(change) for change in changes]} | ({"typed": dict(typed)} if typed else {})


def send_message(*, notice: Notice, text: str, by: User | None, now: datetime) -> None:
    """Words of the centre to the group, by mail and on its status page; state and clock stay as they are.

    Raises ReasonMissing without words.
    """
    if not text.strip():
        raise ReasonMissing
    with transaction.atomic():
        row = locked(notice)
        must_be_released(row)
        add_entry(row, NoticeEntry.Kind.MESSAGE_OUT, at=now, by=by, text=text.strip())
        notice_mails.send_message(row, text=text.strip(), now=now)


def set_note(*, notice: Notice, text: str, by: User | None, now: datetime) -> None:
    """The staff's own note, never shown to the group. Safe to repeat."""
    with transaction.atomic():
        row = locked(notice)
        if row.staff_note == text.strip():
            return
        row.staff_note = text.strip()
        row.save(update_fields=["staff_note"])
        add_entry(row, NoticeEntry.Kind.CHANGED, at=now, by=by, data={"field": "staff_note"}, is_public=False)
    notice.refresh_from_db()


def link_page(*, notice: Notice, page: Page, by: User | None, now: datetime) -> None:
    """Link a page that exists: for a change or cancellation the page it is about, otherwise one more page of it.

    A page that is public already counts at once. Safe to repeat.
    """
    with transaction.atomic():
        row = locked(notice)
        must_be_released(row)
        if NoticeKind(row.kind).changes_published and row.about_page_id != page.pk:
            NoticePage.objects.filter(notice=row, page_id=row.about_page_id).delete()
            row.about_page = page
            row.save(update_fields=["about_page"])
        _link, made = NoticePage.objects.get_or_create(
            notice=row, page=page, defaults={"is_main": False, "linked_at": now}
        )
        if made:
            data = {"field": "pages", "page": page.pk}
            add_entry(row, NoticeEntry.Kind.CHANGED, at=now, by=by, text=page.title, data=data, is_public=False)
        record_publication(page_ids=[page.pk], now=now)
    notice.refresh_from_db()


# Corrections


def set_received_at(*, notice: Notice, received_at: datetime, by: User | None, now: datetime) -> None:
    """Correct when a notice really reached the centre, and with it the clock that runs from there; logged.

    A clock that a later answer started stays as it is, and so does the rule that the notice carries.
    Raises InTheFuture; NotOpen for a notice that is settled, since that would rewrite history.
    """
    if received_at > now:
        raise InTheFuture
    with transaction.atomic():
        row = locked(notice)
        if row.received_at == received_at:
            return
        must_be_open(row)
        before, due_before = row.received_at, row.due_on
        row.received_at = received_at
        if row.clock_started_at == before:
            start_clock(row, received_at, opening_calendar())
        row.save(update_fields=["received_at", "clock_started_at", "due_on", "prepare_by"])
        add_entry(
            row,
            NoticeEntry.Kind.CHANGED,
            at=now,
            by=by,
            data={
                "field": "received_at",
                "old": before.isoformat(),
                "new": received_at.isoformat(),
                "due_old": due_before.isoformat() if due_before else None,
                "due_new": row.due_on.isoformat() if row.due_on else None,
            },
            is_public=False,
        )
    notice.refresh_from_db()
