"""What is read about issues: the rule in force, dates to come, and everything that the assembly of an issue needs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q
from wagtail.models import Page

from activities.models import Notice
from center.models import CentreSettings
from center.opening import TOKYO, OpeningCalendar, day_start, tokyo_date
from center.pages import KeyFact, OutReason
from center.queries import centre_settings, opening_calendar
from newsletter.edition_words import EASY, ENGLISH, SectionNames
from newsletter.facts import (
    OPEN_STATES,
    AssemblyInput,
    CentreFacts,
    ChoiceFacts,
    FrozenItem,
    IssueFacts,
    MailedFacts,
    RenderingFacts,
    SectionFacts,
)
from newsletter.models import (
    CARRIES_STATES,
    DONE_STATES,
    CarryOver,
    Issue,
    IssueItem,
    IssueKind,
    IssueState,
    MailPolicy,
    PageChoice,
    Rendering,
    Section,
    StaffLine,
)
from newsletter.notice_facts import is_of_use, mail_notices, notice_facts, open_change_notices
from newsletter.page_facts import Moments, PageReader, candidate_ids
from newsletter.schedule import IssueDates, MailRule, Schedule, SendDayLeavesMonth, is_short, months_from
from newsletter.slots import TOKEN_SLOT

FIRST_ISSUE_DAYS = 31
"""News of this many days before its cutoff is new in the first issue ever."""
REMEMBERED_DAYS = 400
"""A page without an end is compared with what was mailed for this long."""
MAILED_STATES = (IssueState.SENDING, IssueState.PAUSED, *DONE_STATES)
GONE_REASONS = (OutReason.OVER, OutReason.CLOSED, OutReason.NO_DATE)
SOURCE_LANGUAGE = settings.LANGUAGE_CODE


# the rule and the dates


def policy_at(moment: datetime) -> MailPolicy:
    """The rule in force at `moment`; where staff have written none by then, the usual one (not stored)."""
    return MailPolicy.objects.filter(valid_from_at__lte=moment).order_by("-valid_from_at").first() or MailPolicy()


def mail_rule(policy: MailPolicy) -> MailRule:
    """The values that the pure schedule takes."""
    return MailRule(
        draft_day=policy.draft_day,
        send_weekday=policy.send_weekday,
        send_time=policy.send_time,
        cutoff_open_days=policy.cutoff_open_days,
        cutoff_time=policy.cutoff_time,
        alarm_day=policy.alarm_day,
    )


class Dates:
    """The dates of monthly issues by the rules and the calendar as they are now. Two queries, then none."""

    def __init__(self) -> None:
        self.policies = list(MailPolicy.objects.order_by("valid_from_at"))
        self.calendar = opening_calendar()

    def schedule(self, year: int, month: int) -> Schedule:
        """The rule that holds when that month begins, with the calendar."""
        begins = datetime(year, month, 1, tzinfo=TOKYO)
        valid = [policy for policy in self.policies if policy.valid_from_at <= begins]
        return Schedule(mail_rule(valid[-1] if valid else MailPolicy()), self.calendar)

    def of(self, year: int, month: int) -> IssueDates:
        """Raises SendDayLeavesMonth."""
        return self.schedule(year, month).dates(year, month)

    def coming(self, now: datetime, n: int = 3) -> list[IssueDates]:
        """The first n monthly issues to be sent after `now`, soonest first."""
        found: list[IssueDates] = []
        for month in months_from(now):
            try:
                dates = self.of(*month)
            except SendDayLeavesMonth:
                continue
            if dates.send_at > now:
                found.append(dates)
            if len(found) == n:
                break
        return found


@dataclass(frozen=True)
class ComingIssue:
    """One monthly issue to come: drafted (`issue_id`), or by the rule alone."""

    year: int
    month: int
    cutoff_at: datetime
    send_at: datetime
    issue_id: int | None = None
    state: str = ""


def coming_issues(now: datetime, n: int = 4) -> list[ComingIssue]:
    """The monthly issues that are to be sent after `now`, drafted or by the rule; cancelled ones do not count.

    An issue keeps its own dates, also where they differ from the rule's. Soonest first. Three queries.
    """
    drafted = {
        (issue.year, issue.month): issue
        for issue in Issue.objects.filter(kind=IssueKind.REGULAR, send_at__gt=now - timedelta(days=62)).exclude(
            state=IssueState.CANCELLED
        )
    }
    rows = [
        ComingIssue(issue.year, issue.month, issue.cutoff_at, issue.send_at, issue.pk, issue.state)
        for issue in drafted.values()
        if issue.send_at > now
    ]
    for dates in Dates().coming(now, n):
        if dates.key not in drafted:
            rows.append(ComingIssue(dates.year, dates.month, dates.cutoff_at, dates.send_at))
    return sorted(rows, key=lambda row: row.send_at)[:n]


def last_regular_cutoff(issue: Issue) -> datetime:
    """The cutoff of the last monthly issue that was sent before this one; for the first ever 31 days before its own."""
    before = Issue.objects.filter(kind=IssueKind.REGULAR, state__in=DONE_STATES, cutoff_at__lt=issue.cutoff_at)
    if issue.pk:
        before = before.exclude(pk=issue.pk)
    found = before.order_by("-cutoff_at").values_list("cutoff_at", flat=True).first()
    return found or issue.cutoff_at - timedelta(days=FIRST_ISSUE_DAYS)


# the assembly


def load_assembly_input(issue: Issue, *, now: datetime) -> AssemblyInput:
    """Everything that `assemble` needs for this issue at `now`. The number of queries does not grow with its pages.

    Pages are judged at `send_at`, or at `now` where the issue is late: of use at the real start.
    """
    calendar = opening_calendar()
    previous_cutoff_at = last_regular_cutoff(issue)
    following = coming_issues(issue.send_at, 3)
    moments = Moments(
        now=now,
        cutoff_at=issue.cutoff_at,
        send_at=max(issue.send_at, now) if issue.state in OPEN_STATES else issue.send_at,
        previous_cutoff_at=previous_cutoff_at,
    )
    choices = _choices(issue)
    snapshot = _snapshot(issue)
    notices = mail_notices(previous_cutoff_at)
    last_mailed = _last_mailed(issue, now)
    listed = _listed_ids(issue, moments, choices, notices)
    reader = PageReader(listed | last_mailed.keys() | {item.page_id for item in snapshot or ()}, moments)
    pages = reader.read(listed=listed)
    by_id = {page.id: page for page in pages}
    ids = list(by_id)
    regular, extra = _mailed_ids(issue, ids)

    def is_useful_next(notice: Notice) -> bool:
        send_at = _next_send_for(notice, following)
        made = [reader.specific[link.page_id] for link in notice.page_links.all() if link.page_id in reader.specific]
        if not made:
            return is_of_use(notice, send_at)
        return any(reader.usefulness(page, send_at).reason not in GONE_REASONS for page in made)

    return AssemblyInput(
        issue=_issue_facts(issue, previous_cutoff_at, following[0].send_at, calendar),
        now=now,
        pages=pages,
        notices=notice_facts(
            notices,
            judged_at=min(now, issue.cutoff_at),
            pages=by_id,
            calendar=calendar,
            is_useful_next=is_useful_next,
        ),
        change_notices=tuple(open_change_notices()),
        sections=_sections(),
        choices=choices,
        carry_overs=dict(CarryOver.objects.filter(issue=issue).values_list("notice__number", "reason"))
        if issue.pk
        else {},
        mailed_in_regular=regular,
        in_extra=extra,
        last_mailed=last_mailed,
        snapshot=snapshot,
        centre=centre_facts(centre_settings()),
        rendering=_rendering_facts(issue),
        other_languages={code: name for code, name in settings.LANGUAGES if code != SOURCE_LANGUAGE},
    )


def centre_facts(centre: CentreSettings) -> CentreFacts:
    """What every mail must name, as the settings have it."""
    return CentreFacts(sender_name=centre.sender_name, address=centre.address, contact=centre.phone or centre.email)


def _next_send_for(notice: Notice, following: list[ComingIssue]) -> datetime:
    """The send of the first monthly issue after this one whose cutoff the notice can still meet."""
    earliest = notice.received_at
    if notice.not_before_on:
        earliest = max(earliest, day_start(notice.not_before_on))
    return next((coming.send_at for coming in following if coming.cutoff_at >= earliest), following[-1].send_at)


def _listed_ids(issue: Issue, moments: Moments, choices: dict, notices: Iterable[Notice]) -> set[int]:
    if issue.kind == IssueKind.EXTRA:
        return set(choices)
    linked = {link.page_id for notice in notices for link in notice.page_links.all()}
    return candidate_ids(moments) | set(choices) | linked


def _issue_facts(
    issue: Issue, previous_cutoff_at: datetime, next_send_at: datetime, calendar: OpeningCalendar
) -> IssueFacts:
    return IssueFacts(
        year=issue.year,
        month=issue.month,
        cutoff_at=issue.cutoff_at,
        send_at=issue.send_at,
        not_after=issue.not_after,
        previous_cutoff_at=previous_cutoff_at,
        next_send_at=next_send_at,
        kind=issue.kind,
        state=issue.state,
        subject=issue.subject,
        approved_at=issue.approved_at,
        is_send_day_open=calendar.is_open(tokyo_date(issue.send_at)),
        is_short=is_short(issue.cutoff_at, issue.send_at, calendar),
        staff_line_count=StaffLine.objects.filter(issue=issue).count() if issue.pk else 0,
    )


def _sections() -> tuple[SectionFacts, ...]:
    return tuple(
        SectionFacts(
            name=section.name,
            tags=frozenset(tag.name.lower() for tag in section.tags.all()),
            paper=section.paper,
            is_usual=section.is_usual,
        )
        for section in Section.objects.prefetch_related("tags")
    )


def _choices(issue: Issue) -> dict[int, ChoiceFacts]:
    if not issue.pk:
        return {}
    found: dict[int, ChoiceFacts] = {}
    for choice in PageChoice.objects.filter(issue=issue).select_related("section").order_by("at", "pk"):
        known = found.get(choice.page_id, ChoiceFacts())
        found[choice.page_id] = ChoiceFacts(
            actions={**known.actions, choice.action: choice.reason},
            section=choice.section.name if choice.section else known.section,
            order=choice.order if choice.order is not None else known.order,
            short_text=choice.short_text or known.short_text,
        )
    return found


def stored_facts(rows: Iterable[Iterable[str]]) -> tuple[KeyFact, ...]:
    """Key facts as an item keeps them: [[name, label, value], …]."""
    return tuple(KeyFact(*row) for row in rows)


def _last_mailed(issue: Issue, now: datetime) -> dict[int, MailedFacts]:
    """Pages as they were last mailed, in whatever issue: those still awaited, and of what was mailed lately those
    without an end and those published anew since, because what was told to be over may have moved.
    """
    may_differ = Q(until_at__isnull=True) | Q(page__last_published_at__gt=F("issue__send_at"))
    recent = Q(until_at__gt=now) | (may_differ & Q(issue__send_at__gt=now - timedelta(days=REMEMBERED_DAYS)))
    items = IssueItem.objects.filter(recent, issue__state__in=MAILED_STATES, is_reminder=False, page_ref__isnull=False)
    if issue.pk:
        items = items.exclude(issue=issue)
    found: dict[int, MailedFacts] = {}
    rows = items.order_by("-issue__send_at", "-pk").values_list(
        "page_ref", "title", "key_facts", "issue__month", "until_at"
    )
    for page_ref, title, key_facts, month, until_at in rows:
        if page_ref not in found:
            found[page_ref] = MailedFacts(page_ref, title, stored_facts(key_facts), month, until_at)
    return found


def _mailed_ids(issue: Issue, page_ids: list[int]) -> tuple[frozenset[int], frozenset[int]]:
    """Which of these pages are in earlier monthly issues that are frozen or later, and which in extra issues."""
    items = IssueItem.objects.filter(page_ref__in=page_ids, is_reminder=False, issue__state__in=CARRIES_STATES)
    if issue.pk:
        items = items.exclude(issue=issue)
    regular, extra = set(), set()
    for page_ref, kind, send_at in items.values_list("page_ref", "issue__kind", "issue__send_at"):
        if kind == IssueKind.EXTRA:
            extra.add(page_ref)
        elif send_at < issue.send_at:
            regular.add(page_ref)
    return frozenset(regular), frozenset(extra)


def _snapshot(issue: Issue) -> tuple[FrozenItem, ...] | None:
    if not issue.pk or issue.frozen_at is None:
        return None
    return tuple(
        FrozenItem(
            page_id=item.page_ref or 0,
            title=item.title,
            key_facts=stored_facts(item.key_facts),
            words=(item.section_name, item.title, *item.lines),
            reason=item.reason,
            is_reminder=item.is_reminder,
        )
        for item in IssueItem.objects.filter(issue=issue)
    )


def _rendering_facts(issue: Issue) -> RenderingFacts | None:
    rendering = Rendering.objects.filter(issue=issue, locale=SOURCE_LANGUAGE).first() if issue.pk else None
    if rendering is None:
        return None
    return RenderingFacts(
        has_text=bool(rendering.text.strip()),
        can_leave=TOKEN_SLOT in rendering.text and TOKEN_SLOT in rendering.html,
        html_bytes=len(rendering.html.encode()),
    )


# lists


def section_names() -> SectionNames:
    """How staff call the sections in the other editions."""
    rows = Section.objects.values_list("name", "name_en", "name_easy")
    return {name: {ENGLISH: english.strip(), EASY: easy.strip()} for name, english, easy in rows}


def issues_newest_first():
    """All issues, the latest send first."""
    return Issue.objects.select_related("approved_by").order_by("-send_at", "-pk")


def unsent_regular_before(issue: Issue) -> Issue | None:
    """The first earlier monthly issue that is neither sent nor cancelled; it has to be settled before this one."""
    return (
        Issue.objects.filter(kind=IssueKind.REGULAR, send_at__lt=issue.send_at)
        .exclude(pk=issue.pk)
        .exclude(state__in=(*DONE_STATES, IssueState.CANCELLED))
        .order_by("send_at")
        .first()
    )


def pages_by_id(page_ids: Iterable[int]) -> dict[int, Page]:
    """Plain page rows by number."""
    return Page.objects.in_bulk(list(page_ids))
