"""Notices that a machine may have sent: kept like all others, but nobody is mailed until staff have looked at them.

The clock runs from the receipt all the while, so releasing late is the centre's own delay.
"""

from datetime import datetime

from django.db import transaction

from activities.models import Notice, NoticeEntry, NoticeState
from activities.notices.history import add_entry, locked, must_be_open
from activities.notices.receiving import tell_receipt
from center.models import User


def release_notice(*, notice: Notice, by: User | None, now: datetime) -> None:
    """A person sent it: put it on the board and mail the receipt. Its clock has run since `received_at`.

    Safe to repeat: a notice that is not held is left as it is. Raises AlreadySettled for one that was discarded or
    withdrawn meanwhile.
    """
    with transaction.atomic():
        row = locked(notice)
        if row.is_held:
            must_be_open(row)
            data = {"field": "held", "reason": row.held_reason}
            row.held_at, row.held_reason = None, ""
            row.save(update_fields=["held_at", "held_reason"])
            add_entry(row, NoticeEntry.Kind.CHANGED, at=now, by=by, data=data, is_public=False)
            tell_receipt(row, now=now)
    notice.refresh_from_db()


def discard_held(*, notice: Notice, by: User | None, now: datetime) -> None:
    """A machine sent it: withdraw it without a word to the address typed in. Its row and its status page stay.

    Safe to repeat, also for one that its sender has withdrawn. Does nothing to a notice that is not held.
    """
    with transaction.atomic():
        row = locked(notice)
        if row.is_held and row.is_open:
            row.state = NoticeState.WITHDRAWN
            row.settled_at = now
            row.save(update_fields=["state", "settled_at"])
            add_entry(row, NoticeEntry.Kind.WITHDRAWN, at=now, by=by, data={"discarded": True})
    notice.refresh_from_db()
