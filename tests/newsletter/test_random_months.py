"""Random months through the real assembly and through the slow model: the same in, out, reasons and blockers.

The pages are made once; each month gives them new facts by plain updates, so that thousands of months take minutes.
"""

import os
import random
from datetime import date, datetime, time, timedelta
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.utils.translation import override
from taggit.models import Tag
from wagtail.models import Locale, Page, PageViewRestriction

from activities.deadlines import DeadlinePolicy
from activities.models import EventPage, EventSession, Notice, NoticeEntry, NoticePage, NoticeSession
from activities.models.match import MatchState
from center.models import CentreSettings, PageTag, PublicSpan, SpecialDay
from config import builders
from newsletter.assembly import assemble
from newsletter.models import CarryOver, Issue, IssueItem, PageChoice, Section
from newsletter.page_facts import specific_pages
from newsletter.queries import Dates, load_assembly_input
from tests.newsletter.slow_mail import TOKYO, SlowIssue, SlowMonth, SlowNotice, SlowPage, issue_dates, midnight

pytestmark = pytest.mark.django_db
MONTHS = 10_000 if os.environ.get("FULL") else 30
TAGS = ("催し", "講座", "助成金", "募集", "団体から", "広報誌", "余り")
HOURS = (time(0), time(9), time(10), time(17, 15), time(23, 59))
NEVER = datetime(2020, 1, 1, tzinfo=TOKYO)
DATED = {"grant": "closes", "news": "deadline"}


@pytest.fixture
def pool(tree) -> SimpleNamespace:
    """One site with sixteen pages of every type, four sections and the rows that months fill anew."""
    start = datetime(2026, 1, 10, 9, tzinfo=TOKYO)
    pages = {f"event{number}": builders.add_event(tree, f"event{number}") for number in range(3)}
    pages["lecture"] = builders.add_lecture(tree, "lecture")
    pages["salon"] = builders.add_salon(tree, "salon")
    pages["festa"] = builders.add_festa(tree, "festa")
    pages["english"] = builders.add_event(tree, "english")
    pages |= {f"grant{number}": builders.add_grant(tree, f"grant{number}") for number in range(2)}
    pages |= {f"match{number}": builders.add_match(tree, f"match{number}") for number in range(2)}
    pages |= {f"news{number}": builders.add_news(tree, f"news{number}") for number in range(3)}
    pages["magazine"] = builders.add_magazine(tree, 90, date(2026, 1, 1))
    pages["group"] = builders.add_group(tree, "group")
    english = Locale.objects.get_or_create(language_code="en")[0]
    Page.objects.filter(pk=pages["english"].pk).update(locale=english)
    ids = {name: page.pk for name, page in pages.items()}
    PublicSpan.objects.filter(page_id__in=ids.values()).delete()
    tags = {name: Tag.objects.get_or_create(name=name, defaults={"slug": f"t{n}"})[0] for n, name in enumerate(TAGS)}
    sections = [Section.objects.create(name=f"section{number}", order=number) for number in range(4)]
    centre = CentreSettings.load()
    for name in ("name", "address", "phone", "sender_name"):
        setattr(centre, name, "見本")
    centre.save()
    return SimpleNamespace(ids=ids, tags=tags, sections=sections, start=start)


class RandomMonth:
    """Draws one month; `store` writes it, `slow` is the same month for the model."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.special: dict[date, str] = {}
        year, month = self.random.choice([(2026, 11), (2026, 12), (2027, 1), (2027, 5), (2027, 10), (2028, 2)])
        before, after = (
            (year, month - 1) if month > 1 else (year - 1, 12),
            (year, month + 1) if month < 12 else (year + 1, 1),
        )
        for _ in range(self.random.choice([0, 0, 1, 3])):
            day = date(year, month, 1) + timedelta(days=self.random.randint(-12, 10))
            self.special[day] = self.random.choice(["closed", "opened"])
        self.year, self.month = year, month
        self.cutoff_at, self.send_at = issue_dates(year, month, self.is_open)
        self.next_send_at = issue_dates(*after, self.is_open)[1]
        self.has_before = self.random.random() < 0.8
        self.sent_before = issue_dates(*before, self.is_open)
        self.cutoff_before = self.sent_before[0] if self.has_before else self.cutoff_at - timedelta(days=31)
        self.now = self._moment(self.random.choice([-20, -6, -1, 0, 0, 1, 3, 4, 5, 6]), self.cutoff_at)
        if self.random.random() < 0.1:
            self.now = self.cutoff_at + timedelta(seconds=self.random.choice([-1, 0, 1]))

    def is_open(self, day: date) -> bool:
        if day in self.special:
            return self.special[day] == "opened"
        return _usual(day)

    def _moment(self, days: int, origin: datetime) -> datetime:
        local = origin.astimezone(TOKYO)
        return datetime.combine(local.date() + timedelta(days=days), self.random.choice(HOURS), tzinfo=TOKYO)

    def _some(self, names, most: int) -> set[str]:
        return set(self.random.sample(sorted(names), self.random.randint(0, most)))

    def slow(self, names) -> SlowMonth:
        pages = {name: self._page(name) for name in names}
        month = SlowMonth(
            now=self.now,
            cutoff_at=self.cutoff_at,
            send_at=self.send_at,
            cutoff_before=self.cutoff_before,
            next_send_at=self.next_send_at,
            pages=pages,
            sections=self._sections(),
        )
        # every event was public, or is made so, with an address of its own; some went out before
        earlier = [name for name, page in pages.items() if page.type != "group" and name != "english"]
        if self.has_before:
            month.mailed = self._some(earlier, 3)
            month.told_otherwise = {name for name in month.mailed if self.random.random() < 0.5}
        for name in month.told_otherwise:
            pages[name].changed_at = self.now  # whatever differs was published after it was mailed
        month.in_extra = self._some(earlier, 1)
        month.notices = [self._notice(number, pages) for number in range(self.random.randint(0, 6))]
        month.left_out = self._some(names, 1)
        month.taken_in = self._some(set(names) - month.left_out, 2)
        month.again = self._some(month.mailed | self._some(names, 1), 1) - month.left_out if month.mailed else set()
        entitled = [notice for notice in month.notices if notice.for_mail and notice.is_open]
        month.carried = {notice.number for notice in entitled if self.random.random() < 0.2}
        month.open_changes = [("2026-9001", self.random.choice(earlier))] if self.random.random() < 0.2 else []
        if self.random.random() < 0.1:
            self.special[self.send_at.astimezone(TOKYO).date()] = "closed"
        month.is_closed_day = not self.is_open(self.send_at.astimezone(TOKYO).date())
        return month

    def _sections(self) -> list[tuple[str, set[str]]]:
        order = self.random.sample(range(4), 4)
        return [(f"section{number}", self._some(TAGS[:-1], 3)) for number in order]

    def _page(self, name: str) -> SlowPage:
        draw = self.random
        page = SlowPage(name, _type_of(name), is_japanese=name != "english", tags=self._some(TAGS, 2))
        since = [self._moment(draw.randint(-70, 8), self.cutoff_at) for _ in range(draw.choice([0, 1, 1, 1, 2]))]
        since = sorted({moment for moment in since if moment <= self.now})
        for number, moment in enumerate(since):
            is_last = number == len(since) - 1
            until = min(moment + timedelta(days=draw.randint(1, 20)), self.now if is_last else since[number + 1])
            page.spells.append((moment, None if is_last and draw.random() < 0.8 else until))
        page.spells = [spell for spell in page.spells if spell[1] is None or spell[0] < spell[1]]
        if page.seen:
            if draw.random() < 0.1:
                page.goes_down_at = max(self._moment(draw.randint(0, 9), self.now), self.now + timedelta(minutes=1))
        elif draw.random() < 0.2:
            page.is_restricted = True
        elif draw.random() < 0.25:
            page.goes_live_at = max(self._moment(draw.randint(0, 9), self.now), self.now + timedelta(minutes=1))
        moments = [page.goes_live_at and self.now, *(spell[0] for spell in page.spells)]
        page.changed_at = max((moment for moment in moments if moment), default=None)
        if page.type == "event":
            page.state = draw.choice(["planned"] * 4 + ["changed", "postponed", "cancelled"])
            page.has_new_dates = draw.random() < 0.5
            page.sessions = [self._session() for _ in range(draw.choice([0, 1, 1, 1, 2, 3]))]
            page.must_apply, page.is_full, page.is_walk_in = (draw.random() < chance for chance in (0.5, 0.15, 0.3))
        if page.type in ("event", "grant", "match", "news") and draw.random() < 0.7:
            page.until_on = self._moment(draw.randint(-10, 30), self.send_at).date()
            if draw.random() < 0.2:
                page.until_on = self.send_at.astimezone(TOKYO).date()
            page.until_time = draw.choice([None, None, *HOURS])
        if page.type == "grant" and draw.random() < 0.4:
            page.opens_on = self._moment(draw.randint(-20, 10), self.send_at).date()
        page.is_off = page.type in ("grant", "match", "news") and draw.random() < 0.15
        page.news_kind = draw.choice(["call", "report", "announcement", "change"])
        return page

    def _session(self) -> tuple[datetime, datetime | None, bool]:
        starts_at = self._moment(self.random.randint(-30, 30), self.send_at)
        ends_at = starts_at + self.random.choice([timedelta(hours=2), timedelta(days=1), timedelta(days=20)])
        if self.random.random() < 0.1:
            ends_at = max(self.send_at, starts_at)
        return starts_at, self.random.choice([None, ends_at, ends_at]), self.random.random() < 0.15

    def _notice(self, number: int, pages: dict[str, SlowPage]) -> SlowNotice:
        draw = self.random
        received_at = min(self._moment(draw.randint(-12, 5), self.cutoff_at), self.now)
        notice = SlowNotice(
            f"2026-{number + 1:04}",
            received_at,
            for_mail=draw.random() < 0.85,
            pages=draw.sample(sorted(set(pages) - {"english", "group"}), draw.choice([0, 1, 1, 2])),
            clock=[(received_at, "start", _due(received_at))],
            kind=draw.choice(["event", "event", "report"]),
        )
        moment = received_at
        for step in range(draw.choice([0, 0, 0, 1, 2])):
            moment = moment + timedelta(hours=draw.randint(2, 90))
            if moment > self.now:
                break
            word = "return" if step == 0 else "start"
            notice.clock.append((moment, word, None if word == "return" else _due(moment)))
        if notice.kind == "event":
            notice.sessions = [self._session() for _ in range(draw.choice([0, 1, 2]))]
        spells = [spell for name in notice.pages for spell in pages[name].spells]
        moments = sorted({max(since, received_at) for since, _until in spells})
        for public_at in moments:
            if public_at <= self.now and all(pages[name].seen_at(public_at) for name in notice.pages):
                notice.public_since = public_at
                break
        if notice.public_since is None and draw.random() < 0.2:
            refused_at = moment + timedelta(hours=draw.randint(1, 90))
            notice.refused_at = refused_at if refused_at <= self.now else None
        elif notice.public_since is not None:
            notice.clock = [row for row in notice.clock if row[0] <= notice.public_since]
        return notice


def _type_of(name: str) -> str:
    word = name.rstrip("0123456789")
    return "event" if word in ("event", "lecture", "salon", "festa", "english") else word


def _usual(day: date) -> bool:
    from_model = tuple(HOLIDAYS)
    is_new_year = (day.month == 12 and day.day >= 29) or (day.month == 1 and day.day <= 3)
    return day.isoweekday() <= 5 and not is_new_year and day not in from_model


HOLIDAYS = {
    date.fromisoformat(text)
    for text in """
    2026-09-21 2026-09-22 2026-09-23 2026-10-12 2026-11-03 2026-11-23 2027-01-01 2027-01-11 2027-02-11 2027-02-23
    2027-03-21 2027-03-22 2027-04-29 2027-05-03 2027-05-04 2027-05-05 2027-09-20 2027-09-23 2027-10-11 2027-11-03
    2027-11-23 2028-01-01 2028-01-10 2028-02-11 2028-02-23 2028-03-20
    """.split()  # noqa: SIM905 - a block of days reads better than a list of strings
}


def _due(start: datetime) -> date:
    return start.astimezone(TOKYO).date() + timedelta(days=3)


# writing a month


def store(month: SlowMonth, drawn: RandomMonth, pool) -> Issue:
    """Write the month into the rows of the pool; return its issue."""
    for on, kind in drawn.special.items():
        SpecialDay.objects.create(on=on, kind="closed" if kind == "closed" else "open")
    PageTag.objects.filter(content_object_id__in=pool.ids.values()).delete()
    EventSession.objects.filter(page_id__in=pool.ids.values()).delete()
    tags, sessions, spans = [], [], []
    for name, page in month.pages.items():
        pk = pool.ids[name]
        _store_page(page, pk)
        tags += [PageTag(content_object_id=pk, tag=pool.tags[tag]) for tag in page.tags]
        spans += [PublicSpan(page_id=pk, since=since, until=until) for since, until in page.spells]
        sessions += _sessions(EventSession, page.sessions, page_id=pk)
    for session in sessions:
        session.until_at = session.compute_until()
    EventSession.objects.bulk_create(sessions)
    PageTag.objects.bulk_create(tags)
    PublicSpan.objects.bulk_create(spans)
    for name, page in month.pages.items():
        if page.goes_live_at:
            stored = Page.objects.get(pk=pool.ids[name]).specific
            stored.save_revision(approved_go_live_at=page.goes_live_at, log_action=False, clean=False)
            Page.objects.filter(pk=stored.pk).update(latest_revision_created_at=page.changed_at, live=False)
    by_name = {section.name: section for section in pool.sections}
    for order, (name, wanted) in enumerate(month.sections):
        Section.objects.filter(pk=by_name[name].pk).update(order=order)
        by_name[name].tags.set([pool.tags[tag] for tag in wanted])
    issue = _issue(drawn.year, drawn.month, month.cutoff_at, month.send_at, "draft", 2)
    _store_earlier(month, drawn, pool)
    _store_notices(month, pool)
    _store_choices(month, pool, issue)
    return issue


def _sessions(model, sessions, **owner) -> list:
    return [
        model(starts_at=starts_at, ends_at=ends_at, is_all_day=is_all_day, **owner)
        for starts_at, ends_at, is_all_day in sessions
    ]


def _store_page(page: SlowPage, pk: int) -> None:
    Page.objects.filter(pk=pk).update(
        live=page.seen or page.is_restricted,
        expire_at=page.goes_down_at,
        latest_revision=None,
        latest_revision_created_at=page.changed_at or NEVER,
        last_published_at=page.changed_at if page.spells else None,
    )
    if page.is_restricted:
        PageViewRestriction.objects.create(page_id=pk, restriction_type="login")
    model = Page.objects.get(pk=pk).specific_class
    own = {}
    if page.type == "event":
        own = {
            "state": page.state,
            "has_new_dates": page.has_new_dates,
            "application_way": "phone" if page.must_apply else "none",
            "is_full": page.is_full,
            "is_walk_in": page.is_walk_in,
            "apply_by_on": page.until_on,
            "apply_by_time": page.until_time,
        }
        model = EventPage
    elif page.type == "grant":
        own = {"opens_on": page.opens_on, "is_cancelled": page.is_off}
    elif page.type == "match":
        own = {"open_until_on": page.until_on, "state": MatchState.ENDED if page.is_off else MatchState.OPEN}
    elif page.type == "news":
        own = {"kind": page.news_kind, "is_closed": page.is_off}
    if word := DATED.get(page.type):
        own |= {f"{word}_on": page.until_on, f"{word}_time": page.until_time}
    if own:
        model.objects.filter(pk=pk).update(**own)


def _issue(year: int, month: int, cutoff_at, send_at, state: str, number: int, kind: str = "regular") -> Issue:
    return Issue.objects.create(
        year=year,
        month=month,
        kind=kind,
        number=number,
        slug=f"{year}-{month}-{number}",
        state=state,
        subject="見本",
        cutoff_at=cutoff_at,
        send_at=send_at,
        not_after=midnight(send_at.astimezone(TOKYO).date() + timedelta(days=1)),
        created_at=cutoff_at - timedelta(days=20),
    )


def _store_earlier(month: SlowMonth, drawn: RandomMonth, pool) -> None:
    """What was mailed before: in a sent issue, in an extra one, and in a cancelled one, which does not count."""
    cutoff_at, send_at = drawn.sent_before
    before = (drawn.year, drawn.month - 1) if drawn.month > 1 else (drawn.year - 1, 12)
    cancelled = _issue(*before, cutoff_at, send_at, "cancelled", 3)
    IssueItem.objects.create(issue=cancelled, page_ref=pool.ids["event0"], section_name="x", reason="new", title="x")
    told = [(name, 1) for name in sorted(month.mailed)] + [(name, 4) for name in sorted(month.in_extra)]
    issues = {}
    if month.mailed or drawn.has_before:
        issues[1] = _issue(*before, cutoff_at, send_at, "sent", 1)
    issues[4] = _issue(*before, cutoff_at, send_at - timedelta(days=2), "sent", 4, kind="extra")
    with override("ja"):
        pages = specific_pages([pool.ids[name] for name, _number in told])
        for name, number in told:
            page = pages[pool.ids[name]]
            facts = [[fact.name, str(fact.label), fact.value] for fact in page.key_facts()]
            if name in month.told_otherwise:
                facts = [*facts, ["fee", "費用", "前は違った"]]
            IssueItem.objects.create(
                issue=issues[number],
                page_id=page.pk,
                page_ref=page.pk,
                section_name="x",
                reason="new",
                title=name,
                key_facts=facts,
                until_at=drawn.random.choice([None, send_at, month.send_at + timedelta(days=30)]),
            )


def _store_notices(month: SlowMonth, pool) -> None:
    policy = DeadlinePolicy().as_json()
    for number, name in month.open_changes:
        notice = _new_notice(number, month.now, policy, kind="change", media=["web"], due_on=_due(month.now))
        NoticePage.objects.create(notice=notice, page_id=pool.ids[name], is_main=False, linked_at=month.now)
    for slow in month.notices:
        moment, word, due = slow.clock[-1]
        state = "published" if slow.public_since else "declined" if slow.refused_at else "reviewing"
        if state == "reviewing" and word == "return":
            state = "returned"
        returns = [row[0] for row in slow.clock if row[1] == "return"]
        notice = _new_notice(
            slow.number,
            slow.received_at,
            policy,
            kind=slow.kind,
            media=["web", "mail"] if slow.for_mail else ["web"],
            state=state,
            clock_started_at=moment if word == "start" else None,
            due_on=due,
            return_count=len(returns),
            returned_at=returns[-1] if returns else None,
            public_since=slow.public_since,
            settled_at=slow.public_since or slow.refused_at,
        )
        known = slow.clock[0][2]
        for at, kind, due_on in slow.clock[1:]:
            data = {"due_before": known.isoformat()} if kind == "return" else {}
            entry = NoticeEntry.Kind.RETURNED if kind == "return" else NoticeEntry.Kind.ANSWERED
            NoticeEntry.objects.create(notice=notice, at=at, kind=entry, data=data)
            known = due_on or known
        NoticeSession.objects.bulk_create(_sessions(NoticeSession, slow.sessions, notice=notice))
        for position, name in enumerate(slow.pages):
            NoticePage.objects.create(
                notice=notice, page_id=pool.ids[name], is_main=position == 0, linked_at=slow.received_at
            )


def _new_notice(number: str, received_at: datetime, policy: dict, **fields) -> Notice:
    notice = Notice.objects.create(
        number=number,
        received_at=received_at,
        policy=policy,
        group_name="見本の会",
        contact_name="見本",
        title=number,
        status_token_hash=number,
        **fields,
    )
    NoticeEntry.objects.create(notice=notice, at=received_at, kind=NoticeEntry.Kind.RECEIVED)
    return notice


def _store_choices(month: SlowMonth, pool, issue: Issue) -> None:
    for action, names in (("exclude", month.left_out), ("include", month.taken_in), ("again", month.again)):
        for name in names:
            PageChoice.objects.create(
                issue=issue, page_id=pool.ids[name], action=action, reason="理由", at=issue.created_at
            )
    for number in month.carried:
        CarryOver.objects.create(
            issue=issue, notice=Notice.objects.get(number=number), reason="理由", at=issue.created_at
        )


# comparing


def differences(month: SlowMonth, issue: Issue, pool) -> list[str]:
    """What the real assembly says otherwise than the model."""
    names = {pk: name for name, pk in pool.ids.items()}
    slow, real = SlowIssue(month), assemble(load_assembly_input(issue, now=month.now))
    in_ = {names[item.page.id]: str(item.reason) for item in real.in_}
    out = {names[row.page.id]: str(row.reason) for row in real.out}
    places = {names[item.page.id]: item.section for item in real.in_ if not item.is_correction}
    blockers = {(str(finding.code), names.get(finding.page_id, "") or finding.subject[:9]) for finding in real.blockers}
    listed = {name for name, page in month.pages.items() if slow.must_be_listed(page) and name in slow.out}
    wanted_places = {
        name: slow.section_of(month.pages[name]) or month.sections[-1][0]
        for name, reason in slow.in_.items()
        if reason != "correction"
    }
    known = {notice.number for notice in month.notices if notice.for_mail}
    pairs = [
        ("in", in_, slow.in_),
        ("out, reasons", out, {name: slow.out.get(name, "in") for name in out}),
        ("out, not listed", listed - out.keys(), set()),
        ("sections", places, wanted_places),
        ("blockers", blockers, slow.blockers()),
        ("unsettled", {notice.number for notice in real.unsettled}, slow.unsettled()),
        ("carried over", {notice.number for notice in real.carried_over}, slow.carried_over()),
        ("orphans", {notice.number for notice in real.orphans}, slow.orphans()),
        ("unknown notices", {notice.number for notice in real.entitled} - known, set()),
    ]
    return [f"{what}: {got} instead of {wanted}" for what, got, wanted in pairs if got != wanted]


def test_random_months_are_assembled_as_the_rules_say(pool) -> None:
    wrong, filled = [], 0
    for seed in range(MONTHS):
        drawn = RandomMonth(seed)
        with transaction.atomic():
            month = drawn.slow(pool.ids)
            issue = store(month, drawn, pool)
            found = differences(month, issue, pool)
            filled += len(SlowIssue(month).in_)
            transaction.set_rollback(True)
        if found:
            wrong.append("\n  ".join([f"month {seed}, now {month.now}", *found]))
    assert not wrong, f"{len(wrong)} of {MONTHS} months:\n" + "\n".join(wrong[:5])
    assert filled > MONTHS  # the months are no empty ones


def test_the_dates_of_issues_follow_the_calendar_of_each_year(pool) -> None:
    dates = Dates()
    for year in (2026, 2027, 2028):
        for month in range(1, 13):
            if (year, month) < (2026, 10) or (year, month) > (2028, 3):
                continue
            found = dates.of(year, month)
            assert (found.cutoff_at, found.send_at) == issue_dates(year, month, _usual), (year, month)
