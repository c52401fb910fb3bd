"""What people (and the sender itself) do to an issue that is being sent. Each writes an entry in the issue's log.

`by` is the member of staff, or None for the sender. `now` is an aware moment. All are safe to repeat.
"""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from wagtail.log_actions import log

from center.models import SendingState, User
from newsletter.models import Delivery, ErrorStreak, Issue, IssueState, Pace
from newsletter.sending import log_actions
from newsletter.sending.claims import CALLED_OFF
from newsletter.sending.pace import issue_key
from newsletter.sending.report import Report, close_if_done, closing_report

STOPPABLE = (SendingState.PENDING, SendingState.CLAIMED, SendingState.DEFERRED)
"""Nothing was offered to a relay, or it certainly did not take it."""
ALIVE = (IssueState.SENDING, IssueState.PAUSED)


class NotBeingSent(Exception):
    """The issue is neither being sent nor paused."""


class TooLate(Exception):
    """The issue's last moment is over; it goes on only with a new one that a person sets."""


class NothingToDecide(Exception):
    """The mail is neither uncertain nor refused, so there is nothing for a person to decide."""


@transaction.atomic
def pause_issue(issue: Issue, *, by: User | None, now: datetime, reason: str) -> None:
    """Stop after the chunk that is on its way. `reason` is for staff, in Japanese. Raises NotBeingSent."""
    state = _lock(issue)
    if state == IssueState.PAUSED:
        return
    if state != IssueState.SENDING:
        raise NotBeingSent(state)
    _set(issue, state=IssueState.PAUSED, pause_reason=reason[:300])
    log(instance=issue, action=log_actions.PAUSED, user=by, timestamp=now, data={"reason": reason[:300]})


@transaction.atomic
def resume_issue(issue: Issue, *, by: User | None, now: datetime, not_after: datetime | None = None) -> None:
    """Go on with a paused issue. After its last moment only with a new one (`not_after`).

    Raises NotBeingSent, TooLate.
    """
    state = _lock(issue)
    if state == IssueState.SENDING:
        return
    if state != IssueState.PAUSED:
        raise NotBeingSent(state)
    _start_again(issue, now=now, not_after=not_after)
    log(instance=issue, action=log_actions.RESUMED, user=by, timestamp=now)


@transaction.atomic
def cancel_sending(issue: Issue, *, by: User | None, now: datetime, reason: str = "") -> Report:
    """Send nothing more of a paused or running issue; what left has left. Return the numbers.

    Whoever was not mailed yet counts as cancelled. Where nobody was mailed the issue is cancelled as a whole, else it
    is closed as sent with exceptions, at the latest when the mails on their way are settled. Raises NotBeingSent.
    """
    state = _lock(issue)
    if state in (IssueState.CANCELLED, IssueState.SENT, IssueState.SENT_WITH_EXCEPTIONS):
        return closing_report(issue)
    if state not in ALIVE:
        raise NotBeingSent(state)
    count = issue.deliveries.filter(state__in=STOPPABLE).update(
        state=SendingState.CANCELLED, result_at=now, lease_until=None, worker="", next_try_at=None
    )
    issue.deliveries.filter(state=SendingState.SENDING).update(error=CALLED_OFF)  # unless it is leaving just now
    changes = {"state": IssueState.SENDING, "pause_reason": ""}
    if issue.materialised_at is None:
        changes |= {"materialised_at": now, "recipient_count": issue.deliveries.count()}
    _set(issue, **changes)
    log(instance=issue, action=log_actions.CANCELLED, user=by, timestamp=now, data={"count": count, "reason": reason})
    if not issue.recipient_count:
        _set(issue, state=IssueState.CANCELLED)
    return close_issue(issue, now=now) or closing_report(issue)


def close_issue(issue: Issue, *, now: datetime) -> Report | None:
    """End an issue that has nobody left to mail, with its numbers in the log; None while it goes on."""
    with transaction.atomic():
        report = close_if_done(issue, now=now)
        if report:
            Pace.objects.filter(key=issue_key(issue.pk)).delete()
            log(instance=issue, action=log_actions.CLOSED, timestamp=now, data=asdict(report))
    return report


def mark_sent(delivery: Delivery, *, by: User | None, now: datetime) -> None:
    """A person knows that an uncertain mail arrived, or (`by` None) a report says so. Raises NothingToDecide."""
    _decide(delivery, SendingState.SENT, "arrived", by=by, now=now, allowed=(SendingState.AMBIGUOUS,))


def give_up(delivery: Delivery, *, by: User | None, now: datetime) -> None:
    """A person decides that an uncertain mail counts as not delivered, or (`by` None) a report says that it came back.

    Raises NothingToDecide.
    """
    decision = "given_up" if by else "came_back"
    _decide(delivery, SendingState.REFUSED, decision, by=by, now=now, allowed=(SendingState.AMBIGUOUS,))


@transaction.atomic
def send_again(delivery: Delivery, *, by: User, now: datetime, not_after: datetime | None = None) -> None:
    """A person decides that an uncertain or refused mail is sent once more, with the same Message-ID.

    The issue is open again until that is settled. Raises NothingToDecide, and TooLate after the issue's last moment
    without a new one.
    """
    _decide(
        delivery,
        SendingState.PENDING,
        "again",
        by=by,
        now=now,
        allowed=(SendingState.AMBIGUOUS, SendingState.REFUSED),
        attempts=0,
        worker="",
    )
    issue = delivery.issue
    if _lock(issue) in (IssueState.SENT, IssueState.SENT_WITH_EXCEPTIONS):
        _start_again(issue, now=now, not_after=not_after)


@transaction.atomic
def _decide(
    delivery: Delivery, state: str, decision: str, *, by: User | None, now: datetime, allowed, **changes
) -> None:
    """Move one delivery on; a closed issue is counted anew, since it may have no exceptions left.

    `decision` is a key of `log_actions.DECISIONS`.
    """
    _lock(delivery.issue)
    open_row = Delivery.objects.filter(pk=delivery.pk, state__in=allowed)
    if not open_row.update(state=state, result_at=now, lease_until=None, next_try_at=None, **changes):
        raise NothingToDecide(delivery.pk)
    delivery.refresh_from_db()
    issue = delivery.issue
    data = {"delivery": delivery.pk, "decision": decision}
    log(instance=issue, action=log_actions.DECIDED, user=by, timestamp=now, data=data)
    if issue.state in (IssueState.SENT, IssueState.SENT_WITH_EXCEPTIONS) and state != SendingState.PENDING:
        exceptions = closing_report(issue).has_exceptions
        _set(issue, state=IssueState.SENT_WITH_EXCEPTIONS if exceptions else IssueState.SENT)


def _start_again(issue: Issue, *, now: datetime, not_after: datetime | None) -> None:
    last = not_after or issue.not_after
    if last <= now:
        raise TooLate(last)
    ErrorStreak.objects.filter(issue=issue).update(count=0)
    _set(issue, state=IssueState.SENDING, pause_reason="", not_after=last)


def _lock(issue: Issue) -> str:
    """Lock the issue's row, bring `issue` up to date and return its state."""
    Issue.objects.select_for_update().get(pk=issue.pk)
    issue.refresh_from_db(fields=["state", "not_after", "materialised_at", "recipient_count", "pause_reason"])
    return issue.state


def _set(issue: Issue, **changes) -> None:
    Issue.objects.filter(pk=issue.pk).update(**changes)
    for name, value in changes.items():
        setattr(issue, name, value)
