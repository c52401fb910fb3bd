"""The findings about an issue: what blocks its approval, what staff should look at, what stops its sending. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from center.opening import tokyo_date
from center.pages import OutReason
from newsletter.facts import (
    AFTER_APPROVAL,
    OPEN_STATES,
    UNDER_WAY,
    AssemblyInput,
    FactChange,
    FrozenItem,
    Item,
    NoticeFacts,
    OutPage,
    PageFacts,
)
from newsletter.models import IssueState
from newsletter.reasons import BlockerCode, HoldCode, WarningCode
from newsletter.wording import SUBJECT_WIDTH, fact_changes, item_words, width

SOON_DAYS = 3
LARGEST_HTML = 90_000
OK = 200
CHANGES_JOINT = " ／ "
"""What stands between the changed facts of one page where they are told in one line."""
HELD_STATES = (*AFTER_APPROVAL, *UNDER_WAY, IssueState.HELD)
"""States in which the snapshot is held against what is public."""


@dataclass(frozen=True)
class Finding:
    """One finding. `subject` names what it is about, `detail` says more (a number, a diff in one line).

    `changes` is that diff fact by fact; links are the caller's.
    """

    code: BlockerCode | WarningCode | HoldCode
    subject: str = ""
    detail: str = ""
    page_id: int | None = None
    notice_pk: int | None = None
    changes: tuple[FactChange, ...] = field(default=(), compare=False)

    @property
    def label(self) -> str:
        return str(self.code.label)

    def as_json(self) -> dict[str, str]:
        return {"code": str(self.code.value), "subject": self.subject, "label": self.label}


def _about(code, page: PageFacts, detail: str = "") -> Finding:
    return Finding(code, page.title, detail, page_id=page.id)


def _changed(code, page_id: int | None, title: str, changes: tuple[FactChange, ...]) -> Finding:
    return Finding(code, title, CHANGES_JOINT.join(map(str, changes)), page_id=page_id, changes=changes)


# blockers


def find_blockers(
    data: AssemblyInput, items: Iterable[Item], unsettled: Iterable[NoticeFacts], answers: Mapping[int, int]
) -> tuple[Finding, ...]:
    """Everything that blocks the approval; nothing once the issue is approved or gone. Notices first, then items."""
    issue = data.issue
    if issue.state not in OPEN_STATES or issue.state in AFTER_APPROVAL:
        return ()
    items = list(items)
    found = [Finding(BlockerCode.ENTITLED, f"{n.number} {n.title}", notice_pk=n.pk) for n in unsettled]
    for item in items:
        found += _item_blockers(item, data, answers)
    found += _stale_blockers(data, items)
    in_ids = {item.page.id for item in items}
    found += [
        Finding(BlockerCode.OPEN_CHANGE, f"{notice.number} {notice.title}", notice_pk=notice.pk)
        for notice in data.change_notices
        if notice.page_ids & in_ids
    ]
    if not items and not issue.staff_line_count:
        found.append(Finding(BlockerCode.EMPTY))
    for value, code in (
        (data.centre.sender_name, BlockerCode.NO_SENDER),
        (data.centre.address, BlockerCode.NO_ADDRESS),
        (data.centre.contact, BlockerCode.NO_CONTACT),
    ):
        if not value:
            found.append(Finding(code))
    if data.rendering is not None:
        if not data.rendering.has_text:
            found.append(Finding(BlockerCode.NO_TEXT))
        if not data.rendering.can_leave:
            found.append(Finding(BlockerCode.NO_UNSUBSCRIBE))
    if not issue.is_send_day_open and issue.is_regular:
        found.append(Finding(BlockerCode.CLOSED_DAY))
    if data.now >= issue.not_after:
        found.append(Finding(BlockerCode.SEND_PASSED))
    return tuple(found)


def _item_blockers(item: Item, data: AssemblyInput, answers: Mapping[int, int]) -> list[Finding]:
    page = item.page
    found = []
    if not page.is_public_now and not item.is_expected:
        found.append(_about(BlockerCode.RESTRICTED if page.is_restricted else BlockerCode.NOT_PUBLIC, page))
    elif answers.get(page.id, OK) != OK:
        found.append(_about(BlockerCode.NO_ANSWER, page, str(answers[page.id])))
    if page.goes_down_at is not None and page.goes_down_at <= data.issue.send_at and page.is_public_now:
        found.append(_about(BlockerCode.GOES_DOWN, page))
    if not _is_of_use(page, is_correction=item.is_correction):
        found.append(_about(BlockerCode.NOT_USEFUL, page, str(OutReason(page.usefulness.reason).label)))
    return found


def _is_of_use(page: PageFacts, *, is_correction: bool) -> bool:
    """Whether an item is of use at the send: corrections come whatever became of the event; novelty is not asked."""
    if is_correction or page.usefulness.is_useful:
        return True
    return page.usefulness.reason == OutReason.BEFORE_LAST_ISSUE


def _stale_blockers(data: AssemblyInput, items: list[Item]) -> list[Finding]:
    """The snapshot is not what the issue would be now: close it again."""
    if data.snapshot is None:
        return []
    pages = {page.id: page for page in data.pages}
    found, told = [], set()
    for frozen in data.snapshot:
        page = pages.get(frozen.page_id)
        changes = fact_changes(frozen.key_facts, page.key_facts) if page else ()
        if changes:
            told.add(frozen.page_id)
            found.append(_changed(BlockerCode.KEY_FACTS, frozen.page_id, frozen.title, changes))
    frozen_ids = {frozen.page_id: frozen.title for frozen in data.snapshot if not frozen.is_reminder}
    live_ids = {item.page.id: item.page.title for item in items}
    for page_id in [*(live_ids.keys() - frozen_ids.keys()), *(frozen_ids.keys() - live_ids.keys())]:
        if page_id not in told:
            title = live_ids.get(page_id) or frozen_ids[page_id]
            found.append(Finding(BlockerCode.ITEMS_CHANGED, title, page_id=page_id if page_id in pages else None))
    return found


# holds


def find_holds(data: AssemblyInput, answers: Mapping[int, int]) -> tuple[Finding, ...]:
    """What stops an approved issue: the snapshot held against what is public, with a readable difference."""
    if data.snapshot is None or data.issue.state not in HELD_STATES:
        return ()
    pages = {page.id: page for page in data.pages}
    found: list[Finding] = []
    for frozen in data.snapshot:
        found += _item_holds(frozen, pages.get(frozen.page_id), answers)
    if data.now >= data.issue.not_after and data.issue.state not in UNDER_WAY:
        found.append(Finding(HoldCode.SEND_PASSED))
    return tuple(found)


def _item_holds(frozen: FrozenItem, page: PageFacts | None, answers: Mapping[int, int]) -> list[Finding]:
    if page is None:
        return [Finding(HoldCode.DELETED, frozen.title)]
    if not page.is_public_now:
        return [_about(HoldCode.RESTRICTED if page.is_restricted else HoldCode.NOT_PUBLIC, page)]
    found = []
    if answers.get(page.id, OK) != OK:
        found.append(_about(HoldCode.NO_ANSWER, page, str(answers[page.id])))
    if changes := fact_changes(frozen.key_facts, page.key_facts):
        found.append(_changed(HoldCode.KEY_FACTS, page.id, page.title, changes))
    is_excused = frozen.reason == "correction" or frozen.is_reminder
    if not is_excused and not _is_of_use(page, is_correction=False):
        found.append(_about(HoldCode.NOT_USEFUL, page, str(OutReason(page.usefulness.reason).label)))
    return found


# warnings


def find_warnings(
    data: AssemblyInput,
    items: tuple[Item, ...],
    out: tuple[OutPage, ...],
    reminders: tuple[PageFacts, ...],
    entitled: Iterable[NoticeFacts],
    unsettled: Iterable[NoticeFacts],
) -> tuple[Finding, ...]:
    """What staff should look at. Nothing of it blocks."""
    if data.issue.state not in OPEN_STATES:
        return ()
    return (
        *_issue_warnings(data, items),
        *_notice_warnings(data, out, entitled, unsettled),
        *_item_warnings(data, items),
        *_edit_warnings(data, items, reminders),
        *_late_change_warnings(data),
    )


def _issue_warnings(data: AssemblyInput, items: tuple[Item, ...]) -> list[Finding]:
    issue = data.issue
    found = []
    if issue.is_regular and issue.is_short:
        found.append(Finding(WarningCode.SHORT_PREPARATION))
    if not issue.is_send_day_open and (not issue.is_regular or issue.state in AFTER_APPROVAL):
        found.append(Finding(WarningCode.CLOSED_DAY_LATER))
    if width(issue.subject) > SUBJECT_WIDTH:
        found.append(Finding(WarningCode.LONG_SUBJECT, issue.subject))
    if data.rendering is not None and data.rendering.html_bytes > LARGEST_HTML:
        found.append(Finding(WarningCode.LARGE_HTML, f"{data.rendering.html_bytes:,}"))
    if issue.is_regular:
        filled = {item.section for item in items}
        empty = [section.name for section in data.sections if section.is_usual and section.name not in filled]
        found += [Finding(WarningCode.EMPTY_SECTION, name) for name in empty]
    return found


def _notice_warnings(
    data: AssemblyInput, out: tuple[OutPage, ...], entitled: Iterable[NoticeFacts], unsettled: Iterable[NoticeFacts]
) -> list[Finding]:
    untagged = {row.page.id: row.page for row in out if row.reason == OutReason.UNTAGGED}
    wanted = [page_id for notice in entitled for page_id in sorted(notice.page_ids) if page_id in untagged]
    found = [_about(WarningCode.ENTITLED_UNTAGGED, untagged[page_id]) for page_id in dict.fromkeys(wanted)]
    if data.issue.state in AFTER_APPROVAL:
        found += [Finding(WarningCode.LOGGED_LATE, f"{n.number} {n.title}", notice_pk=n.pk) for n in unsettled]
    return found


def _item_warnings(data: AssemblyInput, items: tuple[Item, ...]) -> list[Finding]:
    send_on = tokyo_date(data.issue.send_at)
    soon = {send_on + timedelta(days=days) for days in range(SOON_DAYS + 1)}
    unseen = {page_id for notice in data.notices if notice.published_unseen for page_id in notice.page_ids}
    found = []
    for item in items:
        page = item.page
        checks = (
            (WarningCode.SOON, bool(page.soon_days & soon)),
            (WarningCode.ONLY_ATTACHMENT, page.is_only_attachment),
            (WarningCode.NO_ALT, page.lacks_alt),
            (WarningCode.BROKEN_LINK, page.has_broken_link),
            (WarningCode.UNSEEN_TRUSTED, page.id in unseen),
        )
        found += [_about(code, page) for code, applies in checks if applies]
    for code, name in data.other_languages.items():
        known = [item.page.translations.get(code) for item in items]
        missing = sum(translation is None for translation in known)
        stale = sum(translation is not None and not translation.is_fresh for translation in known)
        for warning, count in ((WarningCode.TRANSLATION_MISSING, missing), (WarningCode.TRANSLATION_STALE, stale)):
            if count:
                found.append(Finding(warning, name, f"{count}件"))
    return found


def _edit_warnings(data: AssemblyInput, items: tuple[Item, ...], reminders: tuple[PageFacts, ...]) -> list[Finding]:
    """Edits since the freeze that touch no key fact; they are mailed as they were frozen."""
    if data.snapshot is None:
        return []
    send_on = tokyo_date(data.issue.send_at)
    frozen = {row.page_id: row for row in data.snapshot if not row.is_reminder}
    found = []
    for item in items:
        row = frozen.get(item.page.id)
        is_same_fact = row is not None and not fact_changes(row.key_facts, item.page.key_facts)
        if is_same_fact and row.words != item_words(item, send_on):
            found.append(_about(WarningCode.EDITED, item.page))
    return found


def _late_change_warnings(data: AssemblyInput) -> list[Finding]:
    """What was mailed and is wrong now, and cannot be set right by this issue: think of an extra one."""
    if not data.issue.is_regular:
        return []
    pages = {page.id: page for page in data.pages}
    found = []
    for page_id, mailed in data.last_mailed.items():
        page = pages.get(page_id)
        told_until = mailed.until_at
        if page is None or not page.is_public_now:
            if told_until is not None and told_until > data.now:
                found.append(Finding(WarningCode.TAKEN_DOWN, mailed.title, page_id=page and page.id))
            continue
        if page.useful_until is None or page.useful_until >= data.issue.send_at:
            continue
        is_awaited = max(page.useful_until, told_until or page.useful_until) > data.now
        if is_awaited and (changes := fact_changes(mailed.key_facts, page.key_facts)):
            found.append(_changed(WarningCode.OVER_BEFORE_CORRECTION, page.id, page.title, changes))
    return found
