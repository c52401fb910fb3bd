"""Letting an issue go: closing it for items, approving it, starting it at its time, and stopping it when facts change.

What is slow (opening the pages, rendering) happens before a transaction begins; the transaction looks again whether
anything changed meanwhile.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from center.models import User
from center.opening import tokyo_date
from center.queries import centre_settings
from newsletter import log_actions, staff_mails
from newsletter.answers import ask_pages
from newsletter.assembly import Assembly, assemble
from newsletter.errors import (
    BeforeCutoff,
    Blocked,
    ChangedMeanwhile,
    EarlierIssueOpen,
    LinksToNowhere,
    MayNotApprove,
    SendDayPassed,
    WrongState,
)
from newsletter.facts import OPEN_STATES, AssemblyInput
from newsletter.findings import Finding
from newsletter.models import Issue, IssueItem, IssueKind, IssueState, PageChoice, Rendering, StaffLine
from newsletter.queries import load_assembly_input, policy_at, section_names, unsent_regular_before
from newsletter.reasons import BlockerCode, HoldCode
from newsletter.rendering import Rendered, render_issue, render_languages, store_renderings
from newsletter.sending.verbs import NotBeingSent, pause_issue, resume_issue
from newsletter.snapshot import build_items, content_hash
from newsletter.wording import base_subject, default_preheader, default_subject, item_lines

APPROVE = "newsletter.approve_issue"
NOWHERE = (HoldCode.NOT_PUBLIC, HoldCode.RESTRICTED, HoldCode.DELETED)
PAUSING = (HoldCode.KEY_FACTS, *NOWHERE)
"""What stops an issue that is on its way. That time passes while it is being sent does not."""


def gather(issue: Issue, *, now: datetime, ask: bool = False) -> tuple[AssemblyInput, Assembly]:
    """The issue as it would be now. With `ask` every page it links to is opened as a stranger would."""
    data = load_assembly_input(issue, now=now)
    assembly = assemble(data)
    if ask:
        frozen = {item.page_id for item in data.snapshot or ()}
        public = {page.id for page in data.pages if page.is_public_now}
        answers = ask_pages((frozen | set(assembly.page_ids)) & public)
        assembly = assemble(data, answers=answers)
    return data, assembly


def preview(issue: Issue, *, language: str, now: datetime) -> Rendered:
    """What readers would get: as approved where the issue is frozen, otherwise as it would be now."""
    if issue.frozen_at is not None:
        rendering = Rendering.objects.filter(issue=issue, locale=language).first()
        if rendering:
            return Rendered(language, rendering.subject, rendering.html, rendering.text, rendering.web_html)
    data, assembly = gather(issue, now=now)
    items = build_items(issue, assembly, next_send_at=data.issue.next_send_at)
    lines, names = issue.staff_lines.all(), section_names()
    return render_issue(issue, items, lines, language=language, centre=centre_settings(), names=names)


# freeze


def freeze_issue(*, issue: Issue, by: User | None, now: datetime) -> Assembly:
    """Close the issue for items, from its cutoff on and by its own cutoff; return what it is, blockers and all.

    Keeps a snapshot with the key facts, renders every language, and takes an approval back. Safe to repeat: it is how
    an issue is closed again. Blockers do not keep it from being closed, only from being approved.
    Raises WrongState, BeforeCutoff, SendDayPassed, EarlierIssueOpen, ChangedMeanwhile.
    """
    issue.refresh_from_db()
    _check_may_freeze(issue, now)
    seen = (issue.state, issue.content_changed_at, issue.frozen_at)
    data, assembly = gather(issue, now=now, ask=True)
    items = build_items(issue, assembly, next_send_at=data.issue.next_send_at)
    lines = list(StaffLine.objects.filter(issue=issue))
    centre = centre_settings()
    if issue.subject == base_subject(issue.month) and issue.kind == IssueKind.REGULAR:
        issue.subject = default_subject(issue.month, assembly.in_)
    if not issue.preheader:
        issue.preheader = default_preheader(assembly.in_, centre.phone)
    rendered = render_languages(issue, items, lines, centre=centre, names=section_names())
    with transaction.atomic():
        row = Issue.objects.select_for_update().get(pk=issue.pk)
        if (row.state, row.content_changed_at, row.frozen_at) != seen:
            raise ChangedMeanwhile(row.slug)
        IssueItem.objects.filter(issue=row).delete()
        IssueItem.objects.bulk_create(items)
        store_renderings(row, rendered, now=now)
        row.subject, row.preheader = issue.subject, issue.preheader
        row.state = IssueState.FROZEN
        row.frozen_at, row.frozen_by = now, by
        row.approved_at = row.approved_by = None
        row.holds = []
        row.content_hash = content_hash(row, items, lines)
        row.save()
        data = {"items": sum(not item.is_reminder for item in items)}
        log(instance=row, action=log_actions.FROZEN, user=by, timestamp=now, data=data)
    issue.refresh_from_db()
    return gather(issue, now=now, ask=True)[1]


def _check_may_freeze(issue: Issue, now: datetime) -> None:
    if issue.state not in OPEN_STATES:
        raise WrongState(issue.state)
    if now < issue.cutoff_at:
        raise BeforeCutoff(issue.cutoff_at)
    if now >= issue.not_after:
        raise SendDayPassed(issue.not_after)
    if issue.kind == IssueKind.REGULAR and (earlier := unsent_regular_before(issue)):
        raise EarlierIssueOpen(earlier)


def unfreeze_issue(*, issue: Issue, by: User | None, now: datetime) -> None:
    """Open a closed issue again as a draft: its snapshot and renderings are thrown away. Raises WrongState.

    Safe to repeat. Decisions, carry-overs and texts stay.
    """
    with transaction.atomic():
        row = Issue.objects.select_for_update().get(pk=issue.pk)
        if row.state == IssueState.DRAFT:
            return
        if row.state not in OPEN_STATES:
            raise WrongState(row.state)
        IssueItem.objects.filter(issue=row).delete()
        Rendering.objects.filter(issue=row).delete()
        row.state = IssueState.DRAFT
        row.frozen_at = row.frozen_by = row.approved_at = row.approved_by = None
        row.content_hash, row.holds = "", []
        row.save()
        log(instance=row, action=log_actions.UNFROZEN, user=by, timestamp=now)
    issue.refresh_from_db()


# approve


def approve_issue(*, issue: Issue, by: User, now: datetime) -> None:
    """Approve a closed issue; it then waits for its time. Whoever calls has checked the permission.

    The permission is asked once more when it is stored: the pages are opened before, and meanwhile it may be taken
    away. What somebody approved who may no longer approve stays approved.
    Raises WrongState for an issue that is not closed for items, Blocked with all reasons (the rule of the second
    person among them), ChangedMeanwhile, MayNotApprove.
    """
    issue.refresh_from_db()
    if issue.state != IssueState.FROZEN:
        raise WrongState(issue.state)
    facts, assembly = gather(issue, now=now, ask=True)
    findings = [*assembly.blockers, *undone_decisions(issue, facts, assembly), *approver_blockers(issue, by, now=now)]
    if findings:
        raise Blocked(findings)
    with transaction.atomic():
        row = Issue.objects.select_for_update().get(pk=issue.pk)
        if (row.state, row.content_hash, row.content_changed_at) != (
            IssueState.FROZEN,
            issue.content_hash,
            issue.content_changed_at,
        ):
            raise ChangedMeanwhile(row.slug)
        if not User.objects.get(pk=by.pk).has_perm(APPROVE):
            raise MayNotApprove(row.slug)
        row.state = IssueState.SCHEDULED  # approved, and thereby due at its send moment
        row.approved_at, row.approved_by = now, by
        row.save(update_fields=["state", "approved_at", "approved_by"])
        data = {"hash": row.content_hash}
        log(instance=row, action=log_actions.APPROVED, user=by, timestamp=now, data=data)
    issue.refresh_from_db()


def undone_decisions(issue: Issue, data: AssemblyInput, assembly: Assembly) -> list[Finding]:
    """What staff ordered or wrote after the issue was closed and the closed issue does not hold: close it again.

    Pages edited since then are no decisions; they only warn.
    """
    if data.snapshot is None:
        return []
    frozen = {row.page_id: row for row in data.snapshot if not row.is_reminder}
    items = [item for item in assembly.in_ if item.page.id in frozen]
    late = set(PageChoice.objects.filter(issue=issue, at__gt=issue.frozen_at).values_list("page_id", flat=True))
    if issue.content_changed_at is None or issue.content_changed_at <= issue.frozen_at:
        return []
    found, send_on = [], tokyo_date(issue.send_at)
    order = [(page_id, row.words[0]) for page_id, row in frozen.items()]
    if order != [(item.page.id, item.section) for item in items] and len(items) == len(frozen):
        found.append(Finding(BlockerCode.ITEMS_CHANGED, _("the order of the items")))
    for item in items:
        lines = frozen[item.page.id].words[2:]
        if item.page.id in late and not item.is_correction and lines != item_lines(item, send_on):
            found.append(Finding(BlockerCode.ITEMS_CHANGED, item.page.title, page_id=item.page.id))
    return found


def approver_blockers(issue: Issue, by: User, *, now: datetime) -> list[Finding]:
    """Whether this person may approve: not whoever last changed items, order, texts or settings, by the rule."""
    if issue.content_changed_by_id == by.pk and policy_at(now).second_person:
        return [Finding(BlockerCode.SAME_PERSON, str(by))]
    return []


# start, hold, pause


def start_due_issues(*, now: datetime) -> list[Issue]:
    """Look once more at every issue whose time has come; start those that are what was approved, hold the others.

    Returns the issues that began to be sent by this call, soonest first; two callers never both get one. Recipients
    and mails are the sender's. Held issues are told to staff.
    """
    started = []
    for issue in Issue.objects.filter(state=IssueState.SCHEDULED, send_at__lte=now).order_by("send_at"):
        _data, assembly = gather(issue, now=now, ask=True)
        if assembly.holds:
            _hold(issue, assembly.holds, now=now)
            continue
        with transaction.atomic():
            ours = Issue.objects.filter(
                pk=issue.pk, state=IssueState.SCHEDULED, content_hash=issue.content_hash, send_at__lte=now
            )
            if not ours.update(state=IssueState.SENDING, sending_started_at=now):
                continue
            issue.refresh_from_db()
            log(instance=issue, action=log_actions.STARTED, timestamp=now)
        # Opening the pages takes a while, and what changed in it was looked at as scheduled: look at it as being sent.
        if not check_sending_issues(now=now, issues=[issue]):
            started.append(issue)
    return started


def _hold(issue: Issue, findings: Iterable[Finding], *, now: datetime) -> None:
    holds = holds_as_json(findings)
    with transaction.atomic():
        scheduled = Issue.objects.filter(pk=issue.pk, state=IssueState.SCHEDULED)
        if not scheduled.update(state=IssueState.HELD, holds=holds):
            return
        issue.refresh_from_db()
        data = {"reason": "、".join(dict.fromkeys(hold["label"] for hold in holds))}
        log(instance=issue, action=log_actions.HELD, timestamp=now, data=data)
        staff_mails.tell_held(issue, holds, now=now, key=_key_of(issue, holds, "held"))


def tell_coming_holds(*, now: datetime, issues: Iterable[Issue] | None = None) -> int:
    """Tell staff at once what will hold a scheduled issue; return how many issues are told of now.

    The state changes only at the send moment. Safe to repeat: the same findings are told once.
    """
    if issues is None:
        issues = Issue.objects.filter(state=IssueState.SCHEDULED, send_at__gt=now)
    told = 0
    for issue in issues:
        holds = holds_as_json(gather(issue, now=now)[1].holds)
        if holds == issue.holds:
            continue
        with transaction.atomic():
            if Issue.objects.filter(pk=issue.pk, state=IssueState.SCHEDULED).update(holds=holds) and holds:
                staff_mails.tell_coming_hold(issue, holds, now=now, key=_key_of(issue, holds, "will-hold"))
                told += 1
    return told


def check_sending_issues(*, now: datetime, issues: Iterable[Issue] | None = None) -> list[Issue]:
    """Pause every issue that is being sent and of which a page or key fact has changed; return those paused now.

    What staff have seen and gone on with does not pause it again.
    """
    paused = []
    for issue in Issue.objects.filter(state=IssueState.SENDING) if issues is None else issues:
        found = [finding for finding in gather(issue, now=now)[1].holds if finding.code in PAUSING]
        holds = holds_as_json(found)
        fresh = [hold for hold in holds if hold not in issue.holds]
        if not fresh:
            continue
        reason = "、".join(dict.fromkeys(f"{hold['subject']}：{hold['label']}" for hold in fresh))
        try:
            pause_issue(issue, by=None, now=now, reason=reason[:300])
        except NotBeingSent:
            continue
        Issue.objects.filter(pk=issue.pk).update(holds=holds)
        issue.refresh_from_db()
        staff_mails.tell_paused(issue, fresh, now=now, key=_key_of(issue, fresh, "paused"))
        paused.append(issue)
    return paused


def go_on_sending(*, issue: Issue, by: User | None, now: datetime, not_after: datetime | None = None) -> None:
    """Go on with a paused issue as it was approved, after its last moment only with a new one (`not_after`).

    Facts that changed meanwhile are staff's to judge; a page that is not public is not: no mail leads to it.
    Raises NotBeingSent, TooLate, LinksToNowhere.
    """
    dead = [finding for finding in gather(issue, now=now)[1].holds if finding.code in NOWHERE]
    if dead:
        raise LinksToNowhere(dead)
    resume_issue(issue, by=by, now=now, not_after=not_after)


def holds_as_json(findings: Iterable[Finding]) -> list[dict]:
    """Findings as the issue keeps them."""
    return [finding.as_json() | {"detail": finding.detail, "page": finding.page_id} for finding in findings]


def _key_of(issue: Issue, holds: list[dict], kind: str) -> str:
    text = json.dumps([issue.pk, str(issue.frozen_at), holds], ensure_ascii=False, sort_keys=True, default=str)
    return f"issue-{kind}:{issue.pk}:{hashlib.sha256(text.encode()).hexdigest()[:32]}"
