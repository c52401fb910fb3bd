"""The rules of the monthly mail once more, written from the rules alone: plain, slow, and sharing no code with them.

It walks over days and asks every question of every page anew. The tests hold the real assembly against it.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

TOKYO = ZoneInfo("Asia/Tokyo")
DAY = timedelta(days=1)
GONE = ("no_date", "over", "closed")


@dataclass
class SlowPage:
    """One page as staff and readers know it. `spells`: when everybody could read it; `seen` that they can now."""

    name: str
    type: str
    tags: set[str] = field(default_factory=set)
    spells: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    is_restricted: bool = False
    goes_live_at: datetime | None = None
    goes_down_at: datetime | None = None
    changed_at: datetime | None = None
    is_japanese: bool = True
    # events
    state: str = "planned"
    has_new_dates: bool = False
    sessions: list[tuple[datetime, datetime | None, bool]] = field(default_factory=list)
    must_apply: bool = False
    is_full: bool = False
    is_walk_in: bool = False
    # deadlines of whatever has one
    opens_on: date | None = None
    until_on: date | None = None
    until_time: time | None = None
    is_off: bool = False
    news_kind: str = "report"

    @property
    def seen(self) -> bool:
        return bool(self.spells) and self.spells[-1][1] is None

    def seen_at(self, moment: datetime) -> bool:
        return any(since <= moment and (until is None or moment < until) for since, until in self.spells)

    @property
    def first_seen(self) -> datetime | None:
        return self.spells[0][0] if self.spells else None

    def end(self) -> datetime | None:
        """The end of its last session."""
        ends = []
        for starts_at, ends_at, is_all_day in self.sessions:
            if ends_at is None or is_all_day:
                last = (ends_at or starts_at).astimezone(TOKYO).date()
                ends.append(midnight(last + DAY))
            else:
                ends.append(ends_at)
        return max(ends, default=None)


@dataclass
class SlowNotice:
    """One notice with its history: (moment, "start", due day), (moment, "return", None)."""

    number: str
    received_at: datetime
    for_mail: bool
    pages: list[str]
    clock: list[tuple[datetime, str, date | None]]
    kind: str = "event"
    refused_at: datetime | None = None
    public_since: datetime | None = None
    sessions: list[tuple[datetime, datetime | None, bool]] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return self.refused_at is None and self.public_since is None

    def due_at(self, moment: datetime) -> date | None:
        """The due day of the clock that runs at `moment`."""
        told = [row for row in self.clock if row[0] <= moment]
        return told[-1][2] if told else None


@dataclass
class SlowMonth:
    """Everything that is true at `now` about one issue."""

    now: datetime
    cutoff_at: datetime
    send_at: datetime
    cutoff_before: datetime
    next_send_at: datetime
    pages: dict[str, SlowPage]
    sections: list[tuple[str, set[str]]]
    notices: list[SlowNotice] = field(default_factory=list)
    left_out: set[str] = field(default_factory=set)
    taken_in: set[str] = field(default_factory=set)
    again: set[str] = field(default_factory=set)
    pinned: set[str] = field(default_factory=set)
    carried: set[str] = field(default_factory=set)
    mailed: set[str] = field(default_factory=set)
    in_extra: set[str] = field(default_factory=set)
    told_otherwise: set[str] = field(default_factory=set)
    open_changes: list[tuple[str, str]] = field(default_factory=list)
    is_closed_day: bool = False


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=TOKYO)


def has_passed(on: date | None, at: time | None, moment: datetime) -> bool:
    """A day counts till 24:00; a time must not lie before the moment."""
    if on is None:
        return False
    if at is None:
        return moment >= midnight(on + DAY)
    return datetime.combine(on, at, tzinfo=TOKYO) < moment


def use_of(page: SlowPage, send_at: datetime, cutoff_before: datetime) -> str:
    """Why it is of use at the send, or why it is not: 中止/延期, 日程なし, 終了, 締切済, 前号以前."""
    if page.type == "event":
        if page.state == "cancelled" or (page.state == "postponed" and not page.has_new_dates):
            return "cancelled"
        if not page.sessions:
            return "no_date"
        if page.end() < send_at:
            return "over"
        is_late = page.must_apply and has_passed(page.until_on, page.until_time, send_at)
        if (is_late or page.is_full) and not page.is_walk_in:
            return "closed"
        return "running" if min(row[0] for row in page.sessions) < send_at else "coming"
    if page.type == "grant":
        if page.is_off:
            return "cancelled"
        if has_passed(page.until_on, page.until_time, send_at):
            return "closed"
        is_later = page.opens_on is not None and page.opens_on > send_at.astimezone(TOKYO).date()
        return "announced" if is_later else "open"
    if page.type == "match":
        return "closed" if page.is_off or has_passed(page.until_on, None, send_at) else "open"
    if page.type == "news" and page.news_kind == "call":
        return "closed" if page.is_off or has_passed(page.until_on, page.until_time, send_at) else "open"
    is_old = page.first_seen is not None and page.first_seen <= cutoff_before
    return "before_last_issue" if is_old else "new"


OF_USE = ("running", "coming", "announced", "open", "new")


class SlowIssue:
    """One issue, judged by the rules in the order in which they are written down."""

    def __init__(self, month: SlowMonth) -> None:
        self.month = month
        self.judged_at = min(month.now, month.cutoff_at)
        self.starts_at = max(month.send_at, month.now)
        self.entitled = [notice for notice in month.notices if self._is_entitled(notice)]
        self.in_: dict[str, str] = {}
        self.out: dict[str, str] = {}
        for name in month.pages:
            place, reason = self._judge(month.pages[name])
            (self.in_ if place else self.out)[name] = reason
        for name in sorted(month.told_otherwise):
            if self._is_correction(name):
                self.out.pop(name, None)
                self.in_[name] = "correction"

    def use(self, page: SlowPage) -> str:
        return use_of(page, self.starts_at, self.month.cutoff_before)

    # pages

    def _judge(self, page: SlowPage) -> tuple[bool, str]:
        month, name = self.month, page.name
        if name in month.left_out or any(
            name in notice.pages for notice in month.notices if notice.number in month.carried
        ):
            return False, "excluded"
        if page.type == "group":
            return False, "not_mailable"
        if not page.is_japanese:
            return False, "no_japanese"
        reason = self._why_out(page)
        if reason is None:
            is_again = name in month.again and name in month.mailed
            return True, "again" if is_again else self.use(page)
        if name in month.taken_in:  # what staff take in needs no tag and no cutoff, but a second time asks for 再掲
            is_again_missing = name in month.mailed and name not in month.again
            return (False, "already_mailed") if is_again_missing else (True, "added")
        return False, reason

    def _why_out(self, page: SlowPage) -> str | None:
        month = self.month
        if self.section_of(page) is None:
            return "untagged"
        if hidden := self._why_hidden(page):
            return hidden
        if page.name in month.mailed and page.name not in month.again:
            return "already_mailed"
        use = self.use(page)
        if use in OF_USE or (use == "before_last_issue" and page.name in month.again):
            return None
        return use

    def _why_hidden(self, page: SlowPage) -> str | None:
        month = self.month
        will_be_seen = page.goes_live_at is not None and not page.seen
        if month.now < month.cutoff_at:
            if page.seen or (will_be_seen and page.goes_live_at <= month.cutoff_at):
                return None
        else:
            if page.seen_at(month.cutoff_at):
                return None
            if page.seen:
                is_due = any(
                    page.name in notice.pages for notice in self.entitled if notice.number not in month.carried
                )
                return None if is_due else "after_cutoff"
        if will_be_seen:
            return "after_cutoff"
        return "restricted" if page.is_restricted else "not_public"

    def section_of(self, page: SlowPage) -> str | None:
        for name, tags in self.month.sections:
            if tags & page.tags:
                return name
        return None

    def must_be_listed(self, page: SlowPage) -> bool:
        """Listed as out: mailable pages published or changed since the cutoff before, or still of use."""
        if page.type == "group":
            return False
        since = self.month.cutoff_before
        is_fresh = any(spell[0] > since for spell in page.spells)
        is_changed = page.changed_at is not None and page.changed_at > since
        is_timeless = self.use(page) in ("new", "before_last_issue")
        return is_fresh or is_changed or (page.seen and self.use(page) in OF_USE and not is_timeless)

    def _is_correction(self, name: str) -> bool:
        month, page = self.month, self.month.pages[name]
        if name in self.in_ or name in month.left_out or not page.seen or not page.is_japanese or page.type == "group":
            return False
        if any(name in notice.pages for notice in month.notices if notice.number in month.carried):
            return False
        return not self._is_over(page)

    def _is_over(self, page: SlowPage) -> bool:
        if page.type == "event":
            return page.end() is not None and page.end() < self.month.send_at
        if page.type in ("grant", "match") or (page.type == "news" and page.news_kind == "call"):
            at = page.until_time if page.type != "match" else None
            if page.until_on is None:
                return False
            ends = datetime.combine(page.until_on, at, tzinfo=TOKYO) if at else midnight(page.until_on + DAY)
            return ends < self.month.send_at
        return False

    # notices

    def _is_entitled(self, notice: SlowNotice) -> bool:
        month = self.month
        if not notice.for_mail or notice.received_at > self.judged_at:
            return False
        if notice.refused_at is not None and notice.refused_at <= self.judged_at:
            return False
        if notice.pages and set(notice.pages) <= month.mailed:
            return False  # an earlier monthly issue has carried it
        due = notice.due_at(self.judged_at)
        return due is not None and due <= month.cutoff_at.astimezone(TOKYO).date()

    def unsettled(self) -> set[str]:
        return {notice.number for notice in self.entitled if notice.is_open and notice.number not in self.month.carried}

    def carried_over(self) -> set[str]:
        month, found = self.month, set()
        entitled = {notice.number for notice in self.entitled}
        for notice in month.notices:
            if not notice.for_mail or notice.refused_at is not None:
                continue
            if notice.number in month.carried:
                found.add(notice.number)
                continue
            was_public = bool(notice.pages) and all(month.pages[name].seen_at(self.judged_at) for name in notice.pages)
            is_mailed = bool(notice.pages) and set(notice.pages) <= month.mailed
            if notice.number not in entitled and notice.received_at <= self.judged_at and not (was_public or is_mailed):
                found.add(notice.number)
        return found

    def orphans(self) -> set[str]:
        month, carried, found = self.month, self.carried_over(), set()
        for notice in month.notices:
            is_late = notice.received_at > month.cutoff_at
            if not notice.for_mail or notice.refused_at is not None or not (notice.number in carried or is_late):
                continue
            names = set(notice.pages)
            if names & self.in_.keys() or names & month.in_extra or self._is_useful_next(notice):
                continue
            found.add(notice.number)
        return found

    def _is_useful_next(self, notice: SlowNotice) -> bool:
        send_at = self.month.next_send_at
        pages = [self.month.pages[name] for name in notice.pages if self.month.pages[name].type != "group"]
        if pages:
            return any(use_of(page, send_at, self.month.cutoff_before) not in GONE for page in pages)
        if notice.kind != "event" or not notice.sessions:
            return True
        return SlowPage("", "event", sessions=notice.sessions).end() >= send_at

    # blockers

    def blockers(self) -> set[tuple[str, str]]:
        month = self.month
        found = {("entitled", number) for number in self.unsettled()}
        for name, reason in self.in_.items():
            page = month.pages[name]
            is_awaited = month.now < month.cutoff_at and page.goes_live_at is not None and not page.seen
            if not page.seen and not is_awaited:
                found.add(("restricted" if page.is_restricted else "not_public", name))
            if page.seen and page.goes_down_at is not None and page.goes_down_at <= month.send_at:
                found.add(("goes_down", name))
            if reason != "correction" and self.use(page) not in (*OF_USE, "before_last_issue"):
                found.add(("not_useful", name))
        found |= {("open_change", number) for number, name in month.open_changes if name in self.in_}
        if not self.in_:
            found.add(("empty", ""))
        if month.is_closed_day:
            found.add(("closed_day", ""))
        if month.now >= midnight(month.send_at.astimezone(TOKYO).date() + DAY):
            found.add(("send_passed", ""))
        return found


# the dates of an issue


def issue_dates(year: int, month: int, is_open) -> tuple[datetime, datetime]:
    """Cutoff and send by the usual rule: the first Tuesday or the next open day; the third open day before it."""
    day = date(year, month, 1)
    while day.weekday() != 1:
        day += DAY
    while not is_open(day):
        day += DAY
    send_on, left = day, 3
    while left:
        day -= DAY
        left -= is_open(day)
    return (
        datetime.combine(day, time(17, 15), tzinfo=TOKYO),
        datetime.combine(send_on, time(10), tzinfo=TOKYO),
    )
