"""What the assembly of an issue is told: plain facts about pages, notices and earlier issues, read by `queries`.

All moments are aware, all days are days in Asia/Tokyo. Words (titles, lines, values of key facts) are Japanese.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from center.pages import InReason, KeyFact, OutReason, Usefulness
from newsletter.models import IssueKind, IssueState

AFTER_APPROVAL = (IssueState.APPROVED, IssueState.SCHEDULED)
UNDER_WAY = (IssueState.SENDING, IssueState.PAUSED)
OPEN_STATES = (IssueState.DRAFT, IssueState.FROZEN, *AFTER_APPROVAL, IssueState.HELD)
"""The states in which an issue can still be put together."""


@dataclass(frozen=True)
class Span:
    """A time during which a page was public: `since` included, `until` excluded, None while it lasts."""

    since: datetime
    until: datetime | None = None

    def covers(self, moment: datetime) -> bool:
        return self.since <= moment and (self.until is None or moment < self.until)


@dataclass(frozen=True)
class TranslationFacts:
    """An item's words in another language. `is_fresh`: published, and not older than the Japanese page."""

    title: str
    url: str
    kind_word: str
    lines: tuple[str, ...]
    is_fresh: bool = True


@dataclass(frozen=True)
class PageFacts:
    """One page that the issue could carry.

    `usefulness` was judged at the issue's `send_at`; `useful_until` is None where there is no end. `goes_live_at` is
    set for a page that is not public and waits for it, `goes_down_at` where it or a page above it expires.
    `starts` are the starts of an event's sessions; `soon_days` the days that matter to readers (starts, last end,
    deadlines); `closing_on` the last day of a grant, call or post; `leaf_on` the day on its leaf. `spans` are ordered,
    oldest first. `other_lines` are the lines in the other languages of the site, from the Japanese page. A page that is
    not `is_listed` was read for its corrections alone and is not named as out.
    """

    id: int
    title: str
    url: str
    usefulness: Usefulness
    kind: str = "event"
    kind_word: str = ""
    tags: frozenset[str] = frozenset()
    is_mailable: bool = True
    has_japanese: bool = True
    is_public_now: bool = True
    is_restricted: bool = False
    spans: tuple[Span, ...] = ()
    goes_live_at: datetime | None = None
    goes_down_at: datetime | None = None
    useful_until: datetime | None = None
    starts: tuple[datetime, ...] = ()
    is_event: bool = True
    soon_days: frozenset[date] = frozenset()
    closing_on: date | None = None
    leaf_on: date | None = None
    key_facts: tuple[KeyFact, ...] = ()
    lines: tuple[str, ...] = ()
    other_lines: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    summary: str = ""
    revision_id: int | None = None
    is_sample: bool = False
    is_only_attachment: bool = False
    lacks_alt: bool = False
    has_broken_link: bool = False
    is_listed: bool = True
    translations: Mapping[str, TranslationFacts] = field(default_factory=dict)

    def was_public_at(self, moment: datetime) -> bool:
        return any(span.covers(moment) for span in self.spans)

    @property
    def public_since(self) -> datetime | None:
        """The start of the spell that lasts; None while it is not public."""
        return self.spans[-1].since if self.spans and self.spans[-1].until is None else None


@dataclass(frozen=True)
class NoticeFacts:
    """One notice for the mail, as it stood at the moment of judgement (the cutoff, or now where that lies ahead).

    `due_on` is None while the clock does not run; `is_settled` says that it is published, declined or withdrawn by
    now, `is_refused` that it is declined or withdrawn. `was_refused` and `was_public` are as of the moment of
    judgement. `is_useful_next`: still of use at the send of the next monthly issue that it can reach.
    """

    number: str
    title: str
    pk: int = 0
    received_at: datetime | None = None
    logged_at: datetime | None = None
    due_on: date | None = None
    is_settled: bool = False
    is_refused: bool = False
    was_refused: bool = False
    was_public: bool = False
    page_ids: frozenset[int] = frozenset()
    is_useful_next: bool = True
    published_unseen: bool = False


@dataclass(frozen=True)
class ChangeNoticeFacts:
    """An open notice of a change or cancellation, for the mail or not."""

    number: str
    title: str
    pk: int
    page_ids: frozenset[int]


@dataclass(frozen=True)
class ChoiceFacts:
    """What staff decided about one page in this issue; several decisions may stand side by side."""

    actions: Mapping[str, str] = field(default_factory=dict)
    section: str = ""
    order: int | None = None
    short_text: str = ""

    def has(self, action: str) -> bool:
        return action in self.actions


@dataclass(frozen=True)
class SectionFacts:
    """One section of the mail, with the tags it collects (small letters)."""

    name: str
    tags: frozenset[str]
    paper: str = "shiro"
    is_usual: bool = False


@dataclass(frozen=True)
class MailedFacts:
    """A page as it was last mailed, `until_at` the end that was told. `issue_month` names the issue in a correction."""

    page_id: int
    title: str
    key_facts: tuple[KeyFact, ...]
    issue_month: int
    until_at: datetime | None = None


@dataclass(frozen=True)
class FrozenItem:
    """One item of the issue's snapshot. `words` is what readers see of it, to tell other edits from the key facts."""

    page_id: int
    title: str
    key_facts: tuple[KeyFact, ...]
    words: tuple[str, ...] = ()
    reason: str = ""
    is_reminder: bool = False


@dataclass(frozen=True)
class RenderingFacts:
    """What is known of the issue's Japanese rendering; None before the freeze."""

    has_text: bool
    can_leave: bool
    html_bytes: int


@dataclass(frozen=True)
class IssueFacts:
    """One issue. `next_send_at` is the send of the monthly issue after it, drafted or by the rule."""

    year: int
    month: int
    cutoff_at: datetime
    send_at: datetime
    not_after: datetime
    previous_cutoff_at: datetime
    next_send_at: datetime
    kind: str = IssueKind.REGULAR
    state: str = IssueState.DRAFT
    subject: str = ""
    approved_at: datetime | None = None
    is_send_day_open: bool = True
    is_short: bool = False
    staff_line_count: int = 0

    @property
    def is_regular(self) -> bool:
        return self.kind == IssueKind.REGULAR


@dataclass(frozen=True)
class CentreFacts:
    """What every mail must name."""

    sender_name: str = ""
    address: str = ""
    contact: str = ""


@dataclass(frozen=True)
class AssemblyInput:
    """Everything that the assembly of one issue at one moment needs.

    `mailed_in_regular` are the pages in earlier monthly issues that are frozen or later; `in_extra` those in extra
    issues. `carry_overs` maps numbers of notices to reasons. `snapshot` is None before the freeze. `other_languages`
    maps the codes of the languages beside Japanese to their names.
    """

    issue: IssueFacts
    now: datetime
    pages: tuple[PageFacts, ...] = ()
    notices: tuple[NoticeFacts, ...] = ()
    change_notices: tuple[ChangeNoticeFacts, ...] = ()
    sections: tuple[SectionFacts, ...] = ()
    choices: Mapping[int, ChoiceFacts] = field(default_factory=dict)
    carry_overs: Mapping[str, str] = field(default_factory=dict)
    mailed_in_regular: frozenset[int] = frozenset()
    in_extra: frozenset[int] = frozenset()
    last_mailed: Mapping[int, MailedFacts] = field(default_factory=dict)
    snapshot: tuple[FrozenItem, ...] | None = None
    centre: CentreFacts = field(default_factory=CentreFacts)
    rendering: RenderingFacts | None = None
    other_languages: Mapping[str, str] = field(default_factory=dict)

    @property
    def judged_at(self) -> datetime:
        """The cutoff, or now where that still lies ahead: then all is a forecast."""
        return min(self.now, self.issue.cutoff_at)

    @property
    def is_forecast(self) -> bool:
        return self.now < self.issue.cutoff_at


@dataclass(frozen=True)
class FactChange:
    """One key fact that differs from what was mailed or frozen; '' where there is none."""

    name: str
    label: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.label}：{self.old or '－'} → {self.new or '－'}".replace("\n", "、")


@dataclass(frozen=True)
class Item:
    """記事: one page in the issue. `is_expected`: it is not public yet but scheduled before the cutoff (見込)."""

    page: PageFacts
    section: str
    section_order: int
    paper: str
    reason: str
    note: str = ""
    short_text: str = ""
    is_pinned: bool = False
    order: int | None = None
    is_expected: bool = False
    changes: tuple[FactChange, ...] = ()
    mailed: MailedFacts | None = None

    @property
    def is_correction(self) -> bool:
        return self.reason == InReason.CORRECTION

    @property
    def label(self) -> str:
        return str(InReason(self.reason).label)


@dataclass(frozen=True)
class OutPage:
    """A page that is not in the issue, and the first reason that applies."""

    page: PageFacts
    reason: str
    note: str = ""

    @property
    def label(self) -> str:
        return str(OutReason(self.reason).label)
