"""Putting an issue together: its texts and dates, and what staff decide about pages and notices.

Every change of items, order, texts or settings is remembered with who made it, and an approval lapses with it.
"""

from datetime import datetime

from django.db import transaction
from django.utils.text import Truncator
from wagtail.log_actions import log
from wagtail.models import Page

from activities.models import Notice
from center.models import User
from center.opening import day_end, tokyo_date
from center.queries import centre_settings
from newsletter import log_actions
from newsletter.errors import (
    CutoffNotBeforeSend,
    NotForThisIssue,
    OutsideMonth,
    ReasonMissing,
    WrongState,
)
from newsletter.facts import AFTER_APPROVAL, OPEN_STATES
from newsletter.models import (
    CarryOver,
    Issue,
    IssueKind,
    IssueState,
    PageChoice,
    Section,
    StaffLine,
)
from newsletter.notice_facts import wants_mail
from newsletter.queries import section_names
from newsletter.rendering import render_languages, store_renderings
from newsletter.snapshot import content_hash

DECISIONS = (PageChoice.Action.INCLUDE, PageChoice.Action.AGAIN, PageChoice.Action.PIN)
"""What leaving out takes back. Place and words stay, for the day on which the page is taken in again."""
REASONED = (PageChoice.Action.EXCLUDE, PageChoice.Action.INCLUDE, PageChoice.Action.AGAIN)
"""Decisions that need a written reason; pinning explains itself."""


# texts and dates


def edit_issue(
    *,
    issue: Issue,
    by: User | None,
    now: datetime,
    subject: str | None = None,
    preheader: str | None = None,
    opening: str | None = None,
    send_at: datetime | None = None,
    cutoff_at: datetime | None = None,
) -> bool:
    """Change the texts or the dates that are given; True where something differs. A frozen issue is rendered anew.

    A new `send_at` lies in the issue's month and ahead; the last moment follows it. A cutoff can be moved as long as
    it lies ahead. Raises WrongState, OutsideMonth, CutoffNotBeforeSend.
    """
    wanted = {
        "subject": subject,
        "preheader": preheader,
        "opening": opening,
        "send_at": send_at,
        "cutoff_at": cutoff_at,
    }
    with transaction.atomic():
        row = locked_open(issue)
        changes = {name: value for name, value in wanted.items() if value is not None and getattr(row, name) != value}
        if not changes:
            return False
        if "send_at" in changes:
            _check_send_at(row, send_at, now)
            changes["not_after"] = day_end(tokyo_date(send_at))
        if "cutoff_at" in changes and (row.cutoff_at <= now or row.frozen_at):
            raise CutoffNotBeforeSend(row.cutoff_at)
        for name, value in changes.items():
            setattr(row, name, value)
        if row.cutoff_at >= row.send_at:
            raise CutoffNotBeforeSend(row.cutoff_at)
        row.save(update_fields=list(changes))
        log(instance=row, action=log_actions.EDITED, user=by, timestamp=now, data={"fields": sorted(changes)})
        record_edit(row, by=by, now=now)
        _render_frozen(row, now=now)
    issue.refresh_from_db()
    return True


def _check_send_at(row: Issue, send_at: datetime, now: datetime) -> None:
    day = tokyo_date(send_at)
    if send_at <= now or (row.kind == IssueKind.REGULAR and (day.year, day.month) != (row.year, row.month)):
        raise OutsideMonth(send_at)


def _render_frozen(row: Issue, *, now: datetime) -> None:
    """Render a frozen issue anew from its own snapshot, without looking at the pages."""
    if row.frozen_at is None:
        return
    items, lines = list(row.items.all()), list(row.staff_lines.all())
    rendered = render_languages(row, items, lines, centre=centre_settings(), names=section_names())
    store_renderings(row, rendered, now=now)
    row.content_hash = content_hash(row, items, lines)
    row.save(update_fields=["content_hash"])


# pages


def choose_page(
    *,
    issue: Issue,
    page: Page,
    action: str,
    reason: str,
    by: User | None,
    now: datetime,
    section: Section | None = None,
    order: int | None = None,
    short_text: str = "",
) -> PageChoice:
    """Leave a page out, take it in, mail it again or pin it. It holds through every new assembly of this issue.

    Leaving out takes back the other decisions about the page (not its place and words), and they take back leaving out.
    Raises ReasonMissing (only pinning needs none), WrongState.
    """
    action = PageChoice.Action(action)
    if action in REASONED and not reason.strip():
        raise ReasonMissing(action)
    excludes = action == PageChoice.Action.EXCLUDE
    with transaction.atomic():
        row = locked_open(issue)
        others = PageChoice.objects.filter(issue=row, page=page)
        opposite = others.filter(action__in=DECISIONS if excludes else [PageChoice.Action.EXCLUDE])
        opposite.delete()
        choice, _made = PageChoice.objects.update_or_create(
            issue=row,
            page=page,
            action=action,
            defaults={
                "section": section,
                "order": order,
                "short_text": short_text.strip()[:300],
                "reason": reason.strip()[:300],
                "by": by,
                "at": now,
            },
        )
        data = {"title": page.title, "page": page.pk, "decision": str(action.value), "reason": choice.reason}
        log(instance=row, action=log_actions.CHOSEN, user=by, timestamp=now, data=data)
        record_edit(row, by=by, now=now)
    issue.refresh_from_db()
    return choice


def unchoose_page(*, issue: Issue, page: Page, by: User | None, now: datetime, action: str | None = None) -> int:
    """Take back a decision about a page, or (without `action`) all of them; return how many. Raises WrongState.

    Its place and its own words are no decisions in this sense; they have services of their own.
    """
    actions = [action] if action else [PageChoice.Action.EXCLUDE, *DECISIONS]
    with transaction.atomic():
        row = locked_open(issue)
        choices = PageChoice.objects.filter(issue=row, page=page, action__in=actions)
        count, _by_model = choices.delete()
        if count:
            data = {"title": page.title, "page": page.pk}
            log(instance=row, action=log_actions.UNCHOSEN, user=by, timestamp=now, data=data)
            record_edit(row, by=by, now=now)
    issue.refresh_from_db()
    return count


# notices


def carry_over_notice(*, issue: Issue, notice: Notice, reason: str, by: User | None, now: datetime) -> CarryOver:
    """Carry a notice over to a later issue, for this issue only; its page stays out of this one.

    Raises ReasonMissing, NotForThisIssue, WrongState.
    """
    if not reason.strip():
        raise ReasonMissing("carry over")
    if issue.kind != IssueKind.REGULAR or not wants_mail(notice):
        raise NotForThisIssue(notice.number)
    with transaction.atomic():
        row = locked_open(issue)
        carry_over, _made = CarryOver.objects.update_or_create(
            issue=row, notice=notice, defaults={"reason": reason.strip()[:300], "by": by, "at": now}
        )
        data = {"title": f"{notice.number} {notice.title}", "reason": carry_over.reason}
        log(instance=row, action=log_actions.CARRIED_OVER, user=by, timestamp=now, data=data)
        record_edit(row, by=by, now=now)
    issue.refresh_from_db()
    return carry_over


def undo_carry_over(*, issue: Issue, notice: Notice, by: User | None, now: datetime) -> bool:
    """Take a carry-over back; False where there is none. Raises WrongState."""
    with transaction.atomic():
        row = locked_open(issue)
        count, _by_model = CarryOver.objects.filter(issue=row, notice=notice).delete()
        if count:
            data = {"title": f"{notice.number} {notice.title}"}
            log(instance=row, action=log_actions.NOT_CARRIED_OVER, user=by, timestamp=now, data=data)
            record_edit(row, by=by, now=now)
    issue.refresh_from_db()
    return bool(count)


# corrections by hand


def add_staff_line(*, issue: Issue, title: str, text: str, by: User | None, now: datetime) -> StaffLine:
    """Write a correction without a link, for a page that was taken down. Raises ReasonMissing without words."""
    if not (title.strip() and text.strip()):
        raise ReasonMissing("line")
    with transaction.atomic():
        row = locked_open(issue)
        line = StaffLine.objects.create(issue=row, title=title.strip()[:120], text=text.strip()[:300], by=by, at=now)
        log(instance=row, action=log_actions.LINE_ADDED, user=by, timestamp=now, data={"title": line.title})
        record_edit(row, by=by, now=now)
        _render_frozen(row, now=now)
    issue.refresh_from_db()
    return line


def remove_staff_line(*, issue: Issue, line: StaffLine, by: User | None, now: datetime) -> None:
    """Remove such a correction again. Raises WrongState."""
    with transaction.atomic():
        row = locked_open(issue)
        if StaffLine.objects.filter(pk=line.pk, issue=row).delete()[0]:
            log(instance=row, action=log_actions.LINE_REMOVED, user=by, timestamp=now, data={"title": line.title})
            record_edit(row, by=by, now=now)
            _render_frozen(row, now=now)
    issue.refresh_from_db()


# ending


def cancel_issue(*, issue: Issue, reason: str, by: User | None, now: datetime) -> None:
    """Cancel an issue that has not begun to be sent; its month is free again. Raises WrongState, ReasonMissing.

    Safe to repeat. (What is being sent is stopped by `newsletter.sending.verbs.cancel_sending`.)
    """
    if not reason.strip():
        raise ReasonMissing("cancel")
    with transaction.atomic():
        row = Issue.objects.select_for_update().get(pk=issue.pk)
        if row.state != IssueState.CANCELLED:
            if row.state not in OPEN_STATES:
                raise WrongState(row.state)
            row.state = IssueState.CANCELLED
            row.slug = f"{row.year}-{row.month:02}-c{row.number}"  # the address belongs to the issue that comes instead
            row.save(update_fields=["state", "slug"])
            data = {"reason": Truncator(reason.strip()).chars(300)}
            log(instance=row, action=log_actions.CANCELLED_ISSUE, user=by, timestamp=now, data=data)
    issue.refresh_from_db()


# shared


def locked_open(issue: Issue) -> Issue:
    """The issue's row, held, in a state in which it can still be put together. Raises WrongState."""
    row = Issue.objects.select_for_update().get(pk=issue.pk)
    if row.state not in OPEN_STATES:
        raise WrongState(row.state)
    return row


def record_edit(row: Issue, *, by: User | None, now: datetime) -> None:
    """Remember who changed the issue's content last; an approval lapses. The caller's transaction holds the row."""
    row.content_changed_at, row.content_changed_by = now, by
    fields = ["content_changed_at", "content_changed_by"]
    if row.state in AFTER_APPROVAL:
        row.state = IssueState.FROZEN
        row.approved_at = row.approved_by = None
        fields += ["state", "approved_at", "approved_by"]
        log(instance=row, action=log_actions.LAPSED, user=by, timestamp=now)
    row.save(update_fields=fields)
