"""Everything that time does to issues. Safe to run never, once or fifty times around any moment."""

from datetime import datetime, timedelta

from center.opening import tokyo_date
from newsletter import staff_mails
from newsletter.back_number_notes import note_changes
from newsletter.facts import OPEN_STATES, UNDER_WAY
from newsletter.issue_drafting import ensure_drafts
from newsletter.issue_release import check_sending_issues, tell_coming_holds
from newsletter.models import Issue, IssueKind, IssueState
from newsletter.queries import Dates
from newsletter.schedule import SendDayLeavesMonth, month_after
from newsletter.sending.events import settle_uncertain

NOT_DONE = (*OPEN_STATES, *UNDER_WAY)
ALARM_DAYS = 62
"""An alarm about an issue that did not leave concerns this and the last month, not the archive."""


def tick_newsletter(*, now: datetime) -> dict[str, int]:
    """Draft issues, tell coming holds, pause what changed, note changes, sound alarms; return the counts."""
    return {
        "drafted": len(ensure_drafts(now=now)),
        "draft_told": _tell_drafts(now),
        "holds_told": tell_coming_holds(now=now),
        "paused": len(check_sending_issues(now=now)),
        "notes": note_changes(now=now),
        "settled": settle_uncertain(now=now),
        "alarms": _alarm_missing(now) + _alarm_not_sent(now),
    }


def late_issues(*, now: datetime):
    """Monthly issues that have not left by their day, or stopped on their way, the latest first."""
    return Issue.objects.filter(
        kind=IssueKind.REGULAR,
        state__in=NOT_DONE,
        not_after__lte=now,
        send_at__gt=now - timedelta(days=ALARM_DAYS),
    ).order_by("-send_at")


def _tell_drafts(now: datetime) -> int:
    """The day has come on which staff begin with an issue."""
    dates, told = Dates(), 0
    for issue in Issue.objects.filter(kind=IssueKind.REGULAR, state=IssueState.DRAFT, cutoff_at__gt=now):
        if dates.schedule(issue.year, issue.month).draft_on(issue.year, issue.month) <= tokyo_date(now):
            told += staff_mails.tell_drafted(issue, now=now)
    return told


def _alarm_missing(now: datetime) -> int:
    today = tokyo_date(now)
    year, month = month_after(today.year, today.month)
    try:
        alarm_at = Dates().schedule(year, month).alarm_at(year, month)
    except SendDayLeavesMonth:
        return 0
    issues = Issue.objects.filter(kind=IssueKind.REGULAR, year=year, month=month)
    if now < alarm_at or issues.exclude(state=IssueState.CANCELLED).exists():
        return 0
    return int(staff_mails.tell_missing(year, month, now=now))


def _alarm_not_sent(now: datetime) -> int:
    return sum(staff_mails.tell_not_sent(issue, now=now) for issue in late_issues(now=now))
