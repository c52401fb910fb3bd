"""The history of a notice: one line for each thing that happened, and the row held while it happens."""

from datetime import datetime

from wagtail.log_actions import log

from activities.forecast import MailForecast
from activities.models import OPEN_STATES, Notice, NoticeEntry
from activities.notices.errors import AlreadySettled, StillHeld
from center.models import User


def locked(notice: Notice) -> Notice:
    """The notice as it is now, held until the transaction ends."""
    return Notice.objects.select_for_update(of=("self",)).get(pk=notice.pk)


def must_be_open(row: Notice) -> None:
    if row.state not in OPEN_STATES:
        raise AlreadySettled(row.number)


def must_be_released(row: Notice) -> None:
    if row.is_held:
        raise StillHeld(row.number)


def add_entry(
    notice: Notice,
    kind: NoticeEntry.Kind,
    *,
    at: datetime,
    by: User | None = None,
    reason: str = "",
    text: str = "",
    data: dict | None = None,
    is_public: bool = True,
) -> NoticeEntry:
    """One line of the history, and one of the editor's log; the log carries no words of the group."""
    logged = {"reason": str(reason)} if reason else {}
    log(instance=notice, action=f"activities.notice.{kind}", user=by, timestamp=at, data=logged)
    return NoticeEntry.objects.create(
        notice=notice, at=at, kind=kind, by=by, reason=reason, text=text, data=data or {}, is_public=is_public
    )


def record_forecast(notice: Notice, mail: MailForecast, *, now: datetime, is_public: bool = False) -> None:
    """Remember what the group was told about the mail, so that it can be told again when it gets worse."""
    add_entry(
        notice,
        NoticeEntry.Kind.FORECAST,
        at=now,
        text=f"{mail.words}{'：' if mail.reason else ''}{mail.reason}",
        data={"verdict": str(mail.verdict), "send_at": mail.send_at.isoformat() if mail.send_at else None},
        is_public=is_public,
    )
