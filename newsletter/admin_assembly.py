"""What the screen of an open issue shows: its sections with their items, what is out, what blocks it, who reads it."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db.models import Count
from django.http import HttpRequest
from django.utils.translation import gettext as _
from wagtail.models import Page

from activities.models import Notice
from center.visibility import publicly_visible
from newsletter import services
from newsletter.admin_frame import FREEZE_CODES, may, mend_link
from newsletter.assembly import Assembly
from newsletter.facts import Item, OutPage
from newsletter.findings import Finding
from newsletter.issue_order import SHORT_TEXT_LONGEST
from newsletter.models import Issue, IssueState, MailFormat, PageChoice, Section, Subscriber
from newsletter.page_facts import Moments, candidate_ids
from newsletter.queries import last_regular_cutoff
from newsletter.reasons import BlockerCode
from newsletter.sending.recipients import will_be_active
from newsletter.wording import CORRECTIONS, own_text

Action = PageChoice.Action
Decided = dict[int, dict[str, PageChoice]]
REASONED = (Action.INCLUDE, Action.AGAIN)
ADDABLE_PAGES = 200
ITEM_CODES = (
    BlockerCode.NOT_PUBLIC,
    BlockerCode.RESTRICTED,
    BlockerCode.NO_ANSWER,
    BlockerCode.GOES_DOWN,
    BlockerCode.NOT_USEFUL,
)
"""What can also be settled by leaving the item out: the finding leads to its row too."""


def assembly_context(request: HttpRequest, issue: Issue, *, now: datetime) -> dict:
    """The issue as it would be now, in rows for the template."""
    data, assembly = services.gather(issue, now=now)
    blockers = list(assembly.blockers)
    if issue.state == IssueState.FROZEN:
        blockers += services.undone_decisions(issue, data, assembly)
        if may(request, "approve", issue):
            blockers += services.approver_blockers(issue, request.user, now=now)
    held = {finding.page_id for finding in assembly.holds} if issue.state == IssueState.HELD else set()
    blockers = [finding for finding in blockers if finding.page_id is None or finding.page_id not in held]
    decided = _decided(issue)
    all_sections = list(Section.objects.all())
    unsettled = {notice.number for notice in assembly.unsettled}
    return {
        "assembly": assembly,
        "sections": _sections(assembly, all_sections, decided),
        "all_sections": all_sections,
        "out_rows": [_out_row(row, decided) for row in assembly.out],
        "blockers": _grouped(with_links(blockers, issue)),
        "blocker_count": len(blockers),
        "warnings": _grouped(with_links(assembly.warnings, issue)),
        "warning_count": len(assembly.warnings),
        "holds": with_links(assembly.holds, issue),
        "is_to_close_again": bool(assembly.holds) or any(finding.code in FREEZE_CODES for finding in blockers),
        "is_forecast": data.is_forecast,
        "entitled": [{"notice": row, "is_unsettled": row.number in unsettled} for row in assembly.entitled],
        "carried_over": [
            {
                "notice": Notice(pk=notice.pk, number=notice.number, title=notice.title),
                "reason": data.carry_overs.get(notice.number, ""),
            }
            for notice in assembly.carried_over
        ],
        "orphans": assembly.orphans,
        "staff_lines": issue.staff_lines.all(),
        "next_send_at": data.issue.next_send_at,
        "is_regular": data.issue.is_regular,
        "short_longest": SHORT_TEXT_LONGEST,
        "addable": [] if data.issue.is_regular else _addable(issue, assembly, now),
    }


def _decided(issue: Issue) -> Decided:
    found: Decided = {}
    for choice in PageChoice.objects.filter(issue=issue).select_related("by"):
        found.setdefault(choice.page_id, {})[choice.action] = choice
    return found


def _sections(assembly: Assembly, all_sections: list[Section], decided: Decided) -> list[dict]:
    """Corrections first, then every section in staff's order, the empty ones too: something may be moved there."""
    corrections = [_in_row(item, decided) for item in assembly.corrections]
    rows = [{"name": CORRECTIONS, "pk": "", "rows": corrections}] if corrections else []
    items = [item for item in assembly.in_ if not item.is_correction]
    names = [(section.name, section.pk) for section in all_sections] or [("", "")]
    for name, pk in names:
        found = [_in_row(item, decided) for item in items if item.section == name]
        for index, row in enumerate(found):
            row |= {"is_movable": True, "up": index - 1, "down": index + 1}
            row |= {"is_first": index == 0, "is_last": index == len(found) - 1}
        by_hand = any(Action.PLACE in row["decisions"] for row in found)
        rows.append({"name": name or _("Without a section"), "pk": pk, "rows": found, "is_by_hand": by_hand})
    return rows


def _in_row(item: Item, decided: Decided) -> dict:
    decisions = decided.get(item.page.id, {})
    return {
        "item": item,
        "id": item.page.id,
        "decisions": decisions,
        "reasoned": next((decisions[action] for action in REASONED if action in decisions), None),
        "own_text": own_text(item.page),
        "facts": item.page.lines[:-1] if own_text(item.page) else item.page.lines,
    }


def _out_row(out: OutPage, decided: Decided) -> dict:
    decisions = decided.get(out.page.id, {})
    choice = next((row for action, row in decisions.items() if action not in (Action.PLACE, Action.SHORTEN)), None)
    return {"out": out, "id": out.page.id, "choice": choice}


def _addable(issue: Issue, assembly: Assembly, now: datetime) -> list[Page]:
    """The public pages that could be taken into an extra issue, the newest first."""
    moments = Moments(
        now=now,
        cutoff_at=issue.cutoff_at,
        send_at=issue.send_at,
        previous_cutoff_at=last_regular_cutoff(issue),
    )
    known = {*assembly.page_ids, *(row.page.id for row in assembly.out)}
    pages = Page.objects.filter(pk__in=candidate_ids(moments) - known, locale__language_code=settings.LANGUAGE_CODE)
    return list(publicly_visible(pages).order_by("-last_published_at")[:ADDABLE_PAGES])


def with_links(findings: Iterable[Finding], issue: Issue) -> list[dict]:
    """Findings as rows, each with where it can be mended."""
    rows = []
    for finding in findings:
        url, words = mend_link(finding, issue)
        due = finding.notice_pk if finding.code == BlockerCode.ENTITLED else None
        item = finding.page_id if finding.code in ITEM_CODES else None
        rows.append({"finding": finding, "url": url, "words": words, "due": due, "item": item})
    return rows


def _grouped(rows: list[dict]) -> list[dict]:
    """Rows of one kind under one heading, in their order."""
    groups: dict[str, list[dict]] = {}
    for row in rows:
        groups.setdefault(row["finding"].label, []).append(row)
    return [{"label": label, "rows": found} for label, found in groups.items()]


# readers


def editions(issue: Issue) -> dict:
    """Who reads it: by language the numbers of HTML and text, and all of them."""
    readers = Subscriber.objects.filter(will_be_active(issue))
    if issue.topic_id:
        readers = readers.filter(subscriptions__topic=issue.topic_id)
    counted = readers.order_by().values_list("locale", "format").annotate(count=Count("pk"))
    counts = {(locale, mail_format): count for locale, mail_format, count in counted}
    rows = []
    for code, name in settings.LANGUAGES:
        html, text = counts.get((code, MailFormat.HTML), 0), counts.get((code, MailFormat.TEXT), 0)
        rows.append({"name": name, "html": html, "text": text, "all": html + text})
    return {"editions": rows, "subscriber_count": sum(counts.values())}
