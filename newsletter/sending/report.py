"""What became of an issue, to the last recipient."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count

from center.models import SendingState
from newsletter.models import Issue, IssueState


@dataclass(frozen=True)
class Report:
    """Numbers of recipients. `waiting` is 0 once the issue is closed."""

    targeted: int
    sent: int
    refused: int
    suppressed: int
    ambiguous: int
    cancelled: int
    waiting: int = 0

    @property
    def adds_up(self) -> bool:
        """Whether nobody is missing and nobody is counted twice."""
        return self.targeted == sum(count for name, count in asdict(self).items() if name != "targeted")

    @property
    def has_exceptions(self) -> bool:
        """Whether somebody did not get it who should have, or nobody was there to get it."""
        return bool(self.refused or self.ambiguous or self.cancelled) or not self.targeted


def closing_report(issue: Issue) -> Report:
    """The numbers of an issue as they are now; `targeted` was counted before the first mail, the others just now."""
    counted = issue.deliveries.order_by().values_list("state").annotate(count=Count("pk"))
    states = dict(counted)
    named = (
        SendingState.SENT,
        SendingState.REFUSED,
        SendingState.SUPPRESSED,
        SendingState.AMBIGUOUS,
        SendingState.CANCELLED,
    )
    counts = {str(state): states.pop(state, 0) for state in named}
    waiting = sum(states.values())
    targeted = Issue.objects.values_list("recipient_count", flat=True).get(pk=issue.pk)
    return Report(targeted=targeted, waiting=waiting, **counts)


@transaction.atomic
def close_if_done(issue: Issue, *, now: datetime) -> Report | None:
    """End an issue that is being sent and has nobody left to mail; return its report, or None while it goes on."""
    locked = Issue.objects.select_for_update().get(pk=issue.pk)
    if locked.state != IssueState.SENDING or locked.materialised_at is None:
        return None
    report = closing_report(locked)
    if report.waiting:
        return None
    if report.cancelled and report.cancelled + report.suppressed == report.targeted:
        state = IssueState.CANCELLED
    else:
        state = IssueState.SENT_WITH_EXCEPTIONS if report.has_exceptions else IssueState.SENT
    sent_at = None if state == IssueState.CANCELLED else locked.sent_at or now
    Issue.objects.filter(pk=issue.pk).update(state=state, sent_at=sent_at)
    issue.refresh_from_db(fields=["state", "sent_at"])
    return report
