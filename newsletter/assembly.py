"""What is in an issue, what is out, and why; what blocks it, what stops it. Pure: facts in, decisions out.

Reads no clock and no database: `newsletter.queries` reads the facts, `newsletter.services` acts on the answer.
Invariant, web first: every item links to a page that is public now; what is not is named, never dropped in silence.
Source: the rules of the monthly mail.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from center.opening import tokyo_date
from center.pages import InReason, OutReason
from newsletter.facts import AssemblyInput, ChoiceFacts, Item, NoticeFacts, OutPage, PageFacts, SectionFacts
from newsletter.findings import Finding, find_blockers, find_holds, find_warnings
from newsletter.models import PageChoice
from newsletter.wording import CORRECTIONS, fact_changes

Action = PageChoice.Action
NO_CHOICE = ChoiceFacts()


@dataclass(frozen=True)
class Assembly:
    """The answer. `in_` holds corrections first, then the items in the order of the mail; `reminders` are no items.

    `entitled`, `carried_over` and `orphans` are notices in the order of their receipt. `carried_over` holds both those
    carried over without fault and those that staff carried over.
    """

    in_: tuple[Item, ...]
    out: tuple[OutPage, ...]
    entitled: tuple[NoticeFacts, ...]
    unsettled: tuple[NoticeFacts, ...]
    carried_over: tuple[NoticeFacts, ...]
    orphans: tuple[NoticeFacts, ...]
    blockers: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    holds: tuple[Finding, ...]
    reminders: tuple[PageFacts, ...]

    @property
    def corrections(self) -> tuple[Item, ...]:
        return tuple(item for item in self.in_ if item.is_correction)

    @property
    def page_ids(self) -> list[int]:
        """The pages that the mail links to as items, in order."""
        return [item.page.id for item in self.in_]


def assemble(data: AssemblyInput, *, answers: Mapping[int, int] | None = None) -> Assembly:
    """Put one issue together. `answers` are HTTP states by page, for those pages that were asked.

    Before the cutoff everything is judged as if it were now, and go-lives scheduled before it count as expected.
    """
    entitled = _entitled(data)
    kept = [notice for notice in entitled if notice.number not in data.carry_overs]
    carried_pages = _pages_of(notice for notice in data.notices if notice.number in data.carry_overs)
    entitled_pages = _pages_of(kept)

    items: list[Item] = []
    out: list[OutPage] = []
    for page in data.pages:
        verdict = _judge(page, data, entitled_pages, carried_pages)
        if isinstance(verdict, Item):
            items.append(verdict)
        elif verdict is not None:
            out.append(verdict)
    corrections = _corrections(data, {item.page.id for item in items}, carried_pages)
    in_ = (*corrections, *_ordered(items))
    in_ids = {item.page.id for item in in_}
    out = [row for row in out if row.page.id not in in_ids and row.page.is_listed]

    carried_over = _carried_over(data, {notice.number for notice in entitled})
    orphans = _orphans(data, carried_over, in_ids)
    unsettled = tuple(notice for notice in kept if _is_unsettled(notice, data))
    reminders = _reminders(data, in_ids)
    holds = find_holds(data, answers or {})
    return Assembly(
        in_=in_,
        out=tuple(sorted(out, key=_out_order)),
        entitled=entitled,
        unsettled=unsettled,
        carried_over=carried_over,
        orphans=orphans,
        blockers=find_blockers(data, in_, unsettled, answers or {}),
        warnings=find_warnings(data, in_, tuple(out), reminders, kept, unsettled),
        holds=holds,
        reminders=reminders,
    )


# pages


def _judge(
    page: PageFacts, data: AssemblyInput, entitled_pages: frozenset[int], carried_pages: frozenset[int]
) -> Item | OutPage | None:
    """One page: in with its place, or out with the first reason that applies. None: an extra issue does not name it."""
    choice = data.choices.get(page.id, NO_CHOICE)
    if not data.issue.is_regular:
        return _judge_for_extra(page, data, choice)
    note = choice.actions.get(Action.EXCLUDE, "")
    if choice.has(Action.EXCLUDE) or page.id in carried_pages:
        return OutPage(page, OutReason.EXCLUDED, note)
    reason = _out_reason(page, data, choice, is_entitled=page.id in entitled_pages, is_included=False)
    if reason is None:
        again = choice.has(Action.AGAIN) and page.id in data.mailed_in_regular
        in_reason = InReason.AGAIN if again else page.usefulness.reason
        return _place(page, data, choice, in_reason, choice.actions.get(Action.AGAIN, "") if again else "")
    if choice.has(Action.INCLUDE):
        reason = _out_reason(page, data, choice, is_entitled=False, is_included=True)
        if reason is None:
            return _place(page, data, choice, InReason.ADDED, choice.actions[Action.INCLUDE])
    return OutPage(page, reason)


def _judge_for_extra(page: PageFacts, data: AssemblyInput, choice: ChoiceFacts) -> Item | OutPage | None:
    """Nothing assembles itself into an extra issue: only what staff name is in it."""
    if choice.has(Action.EXCLUDE):
        return OutPage(page, OutReason.EXCLUDED, choice.actions[Action.EXCLUDE])
    if not (choice.has(Action.INCLUDE) or choice.has(Action.AGAIN)):
        return None
    if not page.is_mailable:
        return OutPage(page, OutReason.NOT_MAILABLE)
    if not page.has_japanese:
        return OutPage(page, OutReason.NO_JAPANESE)
    note = choice.actions.get(Action.INCLUDE) or choice.actions.get(Action.AGAIN, "")
    return _place(page, data, choice, InReason.ADDED, note)


def _out_reason(
    page: PageFacts, data: AssemblyInput, choice: ChoiceFacts, *, is_entitled: bool, is_included: bool
) -> str | None:
    """The first reason that keeps a page out of a monthly issue; None: it is in.

    What staff take in is not asked for a tag, for the cutoff or for novelty; that it is public and of use is then a
    matter of the blockers. What is mailed again is not asked for novelty, because it cannot be new.
    """
    if not page.is_mailable:
        return OutReason.NOT_MAILABLE
    if not page.has_japanese:
        return OutReason.NO_JAPANESE
    if not is_included:
        if _section_of(page, data.sections) is None:
            return OutReason.UNTAGGED
        if reason := _hidden_reason(page, data, is_entitled=is_entitled):
            return reason
    is_again = choice.has(Action.AGAIN)
    if page.id in data.mailed_in_regular and not is_again:
        return OutReason.ALREADY_MAILED
    if page.usefulness.is_useful or is_included:
        return None
    if page.usefulness.reason == OutReason.BEFORE_LAST_ISSUE and is_again:
        return None
    return page.usefulness.reason


def _hidden_reason(page: PageFacts, data: AssemblyInput, *, is_entitled: bool) -> str | None:
    """Why the page does not count as public at the cutoff; None: it does.

    The page of an entitled notice counts when it is public before the approval.
    """
    cutoff_at = data.issue.cutoff_at
    if data.is_forecast:
        if page.is_public_now or (page.goes_live_at and page.goes_live_at <= cutoff_at):
            return None
    else:
        if page.was_public_at(cutoff_at):
            return None
        if page.is_public_now:
            approved_at = data.issue.approved_at
            was_early = approved_at is None or (page.public_since is not None and page.public_since < approved_at)
            return None if is_entitled and was_early else OutReason.AFTER_CUTOFF
    if page.goes_live_at:
        return OutReason.AFTER_CUTOFF
    return OutReason.RESTRICTED if page.is_restricted else OutReason.NOT_PUBLIC


def _section_of(page: PageFacts, sections: tuple[SectionFacts, ...]) -> int | None:
    """The index of the first section, in staff's order, that collects one of the page's tags."""
    return next((index for index, section in enumerate(sections) if section.tags & page.tags), None)


def _place(page: PageFacts, data: AssemblyInput, choice: ChoiceFacts, reason: str, note: str) -> Item:
    named = next((index for index, section in enumerate(data.sections) if section.name == choice.section), None)
    found = named if named is not None else _section_of(page, data.sections)
    if found is None:
        found = len(data.sections) - 1
    section = data.sections[found] if data.sections else SectionFacts(name="", tags=frozenset())
    return Item(
        page=page,
        section=section.name,
        section_order=found + 1,
        paper=section.paper,
        reason=reason,
        note=note,
        short_text=choice.short_text,
        is_pinned=choice.has(Action.PIN),
        order=choice.order,
        is_expected=data.is_forecast and not page.is_public_now and page.goes_live_at is not None,
    )


def _ordered(items: list[Item]) -> list[Item]:
    """By section; in it what is pinned, what staff ordered, what is coming by date, what is running."""

    def key(item: Item) -> tuple:
        order = item.order if item.order is not None else 32_767
        is_running = item.reason == InReason.RUNNING and item.page.leaf_on is None
        day = item.page.leaf_on or date.max
        return (item.section_order, not item.is_pinned, order, is_running, day, item.page.title, item.page.id)

    return sorted(items, key=key)


def _out_order(out: OutPage) -> tuple:
    return OutReason.values.index(out.reason), out.page.title, out.page.id


# corrections and reminders


def _corrections(data: AssemblyInput, item_ids: set[int], carried_pages: frozenset[int]) -> list[Item]:
    """Pages whose key facts differ from those last mailed, not yet over, public. Tag and novelty are not asked."""
    if not data.issue.is_regular:
        return []
    found = []
    for page in data.pages:
        mailed = data.last_mailed.get(page.id)
        choice = data.choices.get(page.id, NO_CHOICE)
        if mailed is None or page.id in item_ids or page.id in carried_pages or choice.has(Action.EXCLUDE):
            continue
        if not (page.is_mailable and page.has_japanese and page.is_public_now):
            continue
        is_over = page.useful_until is not None and page.useful_until < data.issue.send_at
        changes = fact_changes(mailed.key_facts, page.key_facts)
        if changes and not is_over:
            found.append(
                Item(
                    page=page,
                    section=CORRECTIONS,
                    section_order=0,
                    paper="momo",
                    reason=InReason.CORRECTION,
                    short_text=choice.short_text,
                    changes=changes,
                    mailed=mailed,
                )
            )
    return sorted(found, key=lambda item: (item.page.leaf_on or date.max, item.page.title))


def _reminders(data: AssemblyInput, in_ids: set[int]) -> tuple[PageFacts, ...]:
    """これまでにお知らせした催し: events mailed before that begin between this send and the next."""
    if not data.issue.is_regular:
        return ()
    found = []
    for page in data.pages:
        if page.id not in data.last_mailed or page.id in in_ids or not page.is_event or not page.is_public_now:
            continue
        if data.choices.get(page.id, NO_CHOICE).has(Action.EXCLUDE) or page.usefulness.reason == OutReason.CANCELLED:
            continue
        starts = [start for start in page.starts if data.issue.send_at <= start < data.issue.next_send_at]
        if starts:
            found.append((min(starts), page.id, page))
    return tuple(page for _start, _pk, page in sorted(found, key=lambda row: row[:2]))


# notices


def _pages_of(notices) -> frozenset[int]:
    return frozenset(page_id for notice in notices for page_id in notice.page_ids)


def _entitled(data: AssemblyInput) -> tuple[NoticeFacts, ...]:
    """Notices for the mail whose running clock ends on or before the day of the cutoff, judged once, at the cutoff."""
    if not data.issue.is_regular:
        return ()
    last_day = tokyo_date(data.issue.cutoff_at)
    return tuple(
        notice
        for notice in data.notices
        if notice.received_at <= data.judged_at
        and not notice.was_refused
        and notice.due_on is not None
        and notice.due_on <= last_day
        and not _is_done_with(notice, data)
    )


def _is_done_with(notice: NoticeFacts, data: AssemblyInput) -> bool:
    """An earlier monthly issue has carried it."""
    return bool(notice.page_ids) and notice.page_ids <= data.mailed_in_regular


def _is_unsettled(notice: NoticeFacts, data: AssemblyInput) -> bool:
    if notice.is_settled:
        return False
    public = {page.id for page in data.pages if page.is_public_now}
    return not (notice.page_ids and notice.page_ids <= public)


def _carried_over(data: AssemblyInput, entitled: set[str]) -> tuple[NoticeFacts, ...]:
    """Received before the cutoff, not entitled, not public at the cutoff; and what staff carry over with a reason."""
    if not data.issue.is_regular:
        return ()
    found = []
    for notice in data.notices:
        without_fault = (
            notice.number not in entitled
            and notice.received_at <= data.judged_at
            and not notice.was_refused
            and not notice.was_public
            and not _is_done_with(notice, data)
        )
        if not notice.is_refused and (without_fault or notice.number in data.carry_overs):
            found.append(notice)
    return tuple(found)


def _orphans(data: AssemblyInput, carried_over: tuple[NoticeFacts, ...], in_ids: set[int]) -> tuple[NoticeFacts, ...]:
    """Carried over or received after the cutoff, and no longer of use when the next monthly issue leaves."""
    if not data.issue.is_regular:
        return ()
    carried = {notice.number for notice in carried_over}
    return tuple(
        notice
        for notice in data.notices
        if (notice.number in carried or notice.received_at > data.issue.cutoff_at)
        and not notice.is_refused
        and not notice.is_useful_next
        and not notice.page_ids & in_ids
        and not notice.page_ids & data.in_extra
    )
