"""What the mail will do with a notice: the answer that `activities.forecast` asks for.

Judged from the notice's own words, because most have no page yet; whether its page carries a tag is staff's matter.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F, Value, prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activities.forecast import ForecastVerdict, MailForecast
from activities.models import OPEN_STATES, Notice, NoticeState
from center.opening import day_start, tokyo_date
from newsletter.models import CARRIES_STATES, DONE_STATES, CarryOver, Issue, IssueItem, IssueKind, IssueState
from newsletter.notice_facts import REFUSED, is_of_use, page_ids_of, wants_mail
from newsletter.queries import ComingIssue, coming_issues

BEFORE_APPROVAL = (IssueState.DRAFT, IssueState.FROZEN, IssueState.HELD)
ISSUES_AHEAD = 5


@dataclass(frozen=True)
class _Known:
    """What is read once for a list of notices."""

    now: datetime
    coming: list[ComingIssue]
    items: dict[int, Issue] = field(default_factory=dict)
    carried: dict[int, set[int]] = field(default_factory=dict)


def mail_forecasts(notices: list[Notice], now: datetime) -> dict[int, MailForecast]:
    """The forecast of each notice by its pk (0: not sent yet). At most seven queries for a whole list."""
    stored = [notice for notice in notices if notice.pk]
    prefetch_related_objects(stored, "sessions", "page_links")
    items, carried = _in_issues(stored)
    known = _Known(now=now, coming=coming_issues(now, ISSUES_AHEAD), items=items, carried=carried)
    return {notice.pk or 0: _forecast(notice, known) for notice in notices}


TOLD = ("month", "kind", "state", "cutoff_at", "send_at")
"""What a forecast says of an issue that holds a page already."""


def _in_issues(notices: Iterable[Notice]) -> tuple[dict[int, Issue], dict[int, set[int]]]:
    """By page the newest issue, frozen or later, that holds it; by notice the issues it was carried over from.

    One query for both.
    """
    refs = {page_id for notice in notices for page_id in page_ids_of(notice)}
    told = [F(f"issue__{name}") for name in TOLD]
    held = IssueItem.objects.filter(page_ref__in=refs, is_reminder=False, issue__state__in=CARRIES_STATES)
    moved = CarryOver.objects.filter(notice__in=[notice.pk for notice in notices])
    rows = [
        rows.order_by().annotate(what=Value(what), number=F(number)).values_list("what", "number", "issue_id", *told)
        for rows, what, number in ((held, "page", "page_ref"), (moved, "notice", "notice_id"))
    ]
    items: dict[int, Issue] = {}
    carried: dict[int, set[int]] = {}
    for what, number, issue_id, *values in rows[0].union(rows[1], all=True):
        issue = Issue(pk=issue_id, **dict(zip(TOLD, values, strict=True)))
        if what == "notice":
            carried.setdefault(number, set()).add(issue_id)
        elif number not in items or items[number].send_at <= issue.send_at:
            items[number] = issue
    return items, carried


def _forecast(notice: Notice, known: _Known) -> MailForecast:
    if not wants_mail(notice) or notice.state in REFUSED:
        return MailForecast("", None, None, ForecastVerdict.NONE)
    pages = page_ids_of(notice) if notice.pk else frozenset()
    carrying = next((known.items[page_id] for page_id in sorted(pages) if page_id in known.items), None)
    if carrying is not None:
        return _in(carrying)
    candidates = [coming for coming in known.coming if _can_reach(notice, coming, known)]
    if not candidates:
        return MailForecast("", None, None, ForecastVerdict.NONE)
    coming = candidates[0]
    if not is_of_use(notice, coming.send_at):
        reason = _("It is over when that mail leaves. We tell of it on this site and on Facebook.")
        return _about(coming, ForecastVerdict.ORPHAN, reason)
    if _is_due_by(notice, coming) or _is_public_by(notice, coming):
        return _about(coming, ForecastVerdict.PLANNED, "")
    reason = _("It is in the mail if its page is public by the cutoff.")
    following = next((later for later in known.coming if later.send_at > coming.send_at), None)
    if following and not is_of_use(notice, following.send_at):
        reason += _("The next mail after that would be too late for it.")
    return _about(coming, ForecastVerdict.IF_IN_TIME, reason)


def _can_reach(notice: Notice, coming: ComingIssue, known: _Known) -> bool:
    """Can this issue still take the notice: its cutoff lies ahead, or the notice is entitled and it is not approved.

    A notice that was carried over from it, or that wishes to appear later, cannot be in it.
    """
    if notice.pk and coming.issue_id in known.carried.get(notice.pk, ()):
        return False
    if notice.not_before_on and day_start(notice.not_before_on) > coming.cutoff_at:
        return False
    if coming.cutoff_at > known.now:
        return True
    was_there = notice.received_at is not None and notice.received_at <= coming.cutoff_at
    if notice.public_since is not None and notice.public_since <= coming.cutoff_at:
        return coming.state in BEFORE_APPROVAL
    return was_there and _is_due_by(notice, coming) and coming.state in BEFORE_APPROVAL


def _is_due_by(notice: Notice, coming: ComingIssue) -> bool:
    """Entitled: the running clock ends on or before the day of the cutoff, so the mail waits for it."""
    is_running = notice.state in OPEN_STATES and notice.state != NoticeState.RETURNED
    was_due = notice.due_on is not None and notice.due_on <= tokyo_date(coming.cutoff_at)
    return was_due and (is_running or notice.state == NoticeState.PUBLISHED)


def _is_public_by(notice: Notice, coming: ComingIssue) -> bool:
    return notice.public_since is not None and notice.public_since <= coming.cutoff_at


def _about(coming: ComingIssue, verdict: ForecastVerdict, reason: str) -> MailForecast:
    return MailForecast(month_name(coming.month), coming.cutoff_at, coming.send_at, verdict, reason)


def _in(issue: Issue) -> MailForecast:
    name = month_name(issue.month) if issue.kind == IssueKind.REGULAR else _("extra issue")
    reason = _("It was in this mail.") if issue.state in DONE_STATES else _("It is in this mail.")
    return MailForecast(name, issue.cutoff_at, issue.send_at, ForecastVerdict.PLANNED, reason)


def month_name(month: int) -> str:
    """12月号, in the active language."""
    return ngettext("issue of month %(month)d", "issue of month %(month)d", month) % {"month": month}
