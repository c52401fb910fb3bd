"""Drafting an issue: the monthly ones with the dates of the rule, an extra one when staff wish it."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from wagtail.log_actions import log

from center.models import User
from center.opening import day_end, tokyo_date
from newsletter import log_actions
from newsletter.errors import MonthOver, OutsideMonth, SecondRegularIssue
from newsletter.models import Issue, IssueKind, IssueState, Topic
from newsletter.queries import Dates
from newsletter.wording import base_subject

DRAFTS_AHEAD = 3
TOPICS = {IssueKind.REGULAR: ("monthly", "サポートメール（月1回）"), IssueKind.EXTRA: ("extra", "臨時号")}


def draft_issue(*, year: int, month: int, now: datetime, by: User | None = None, must_be_new: bool = False) -> Issue:
    """The monthly issue of that month, drafted with the rule's dates where there is none yet.

    Safe to repeat. Raises SecondRegularIssue where one exists and `must_be_new`, MonthOver, SendDayLeavesMonth.
    A cancelled issue frees its month.
    """
    known = _regular_issue(year, month)
    if known:
        if must_be_new:
            raise SecondRegularIssue(known)
        return known
    dates = Dates().of(year, month)
    if dates.not_after <= now:
        raise MonthOver(f"{year}-{month:02}")
    try:
        with transaction.atomic():
            return _create(
                Issue(
                    year=year,
                    month=month,
                    kind=IssueKind.REGULAR,
                    slug=f"{year}-{month:02}",
                    subject=base_subject(month),
                    cutoff_at=dates.cutoff_at,
                    send_at=dates.send_at,
                    not_after=dates.not_after,
                ),
                by=by,
                now=now,
            )
    except IntegrityError:
        known = _regular_issue(year, month)
        if known is None or must_be_new:
            raise
        return known


def ensure_drafts(*, now: datetime) -> list[Issue]:
    """Draft what is missing of the next three monthly issues; return the new ones.

    A month whose issue staff cancelled is left to them.
    """
    made = []
    for dates in Dates().coming(now, DRAFTS_AHEAD):
        if not Issue.objects.filter(kind=IssueKind.REGULAR, year=dates.year, month=dates.month).exists():
            made.append(draft_issue(year=dates.year, month=dates.month, now=now))
    return made


def create_extra_issue(*, send_at: datetime, subject: str, now: datetime, by: User | None) -> Issue:
    """A new extra issue (臨時号), empty: staff choose what is in it. It can be closed at once.

    Raises OutsideMonth for a send moment that has passed.
    """
    if send_at <= now:
        raise OutsideMonth(send_at)
    day = tokyo_date(send_at)
    with transaction.atomic():
        count = Issue.objects.filter(kind=IssueKind.EXTRA, year=day.year, month=day.month).count()
        return _create(
            Issue(
                year=day.year,
                month=day.month,
                kind=IssueKind.EXTRA,
                slug=f"{day.year}-{day.month:02}-extra-{count + 1}",
                subject=subject,
                cutoff_at=now.replace(second=0, microsecond=0),  # as forms show it
                send_at=send_at,
                not_after=day_end(day),
            ),
            by=by,
            now=now,
            is_edit=True,
        )


def _regular_issue(year: int, month: int) -> Issue | None:
    issues = Issue.objects.filter(year=year, month=month, kind=IssueKind.REGULAR)
    return issues.exclude(state=IssueState.CANCELLED).first()


def _create(issue: Issue, *, by: User | None, now: datetime, is_edit: bool = False) -> Issue:
    slug, name = TOPICS[issue.kind]
    issue.topic, _made = Topic.objects.get_or_create(slug=slug, defaults={"name": name})
    issue.number = (Issue.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    issue.created_at = now
    if is_edit:
        issue.content_changed_at, issue.content_changed_by = now, by
    issue.save()
    log(instance=issue, action=log_actions.DRAFTED, user=by, timestamp=now)
    return issue
