"""Random histories of notices over 2026 to 2028, played through the services and through a slow model beside them.

Pages are published, scheduled, ended, hidden, moved, deleted and missed by the listeners; notices are held, change
something published, share pages, and are corrected. The model shares no code with the rule: it walks from day to day
over written-down holidays, and asks of every moment of the history anew who could read what.
"""

import os
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from wagtail.models import Page, PageViewRestriction

from activities import deadlines, services
from activities.models import EventIndexPage, EventPage, Notice, NoticePage, NoticePolicy
from activities.notices.publication import reconcile_notices, record_publication
from activities.notices.queries import on_time, settlement_rows
from center.models import SpecialDay
from center.opening import TOKYO
from center.visibility import record_public_spans
from tests.activities.notice_builders import EVENT

pytestmark = pytest.mark.django_db
HISTORIES = int(os.environ.get("HISTORIES") or (10_000 if os.environ.get("FULL") else 60))
SEED = int(os.environ.get("HISTORIES_SEED") or 0)
FIRST = datetime(2026, 1, 1, tzinfo=TOKYO)
MINUTES = 60 * 24
YEAR = timedelta(days=365)
HOLIDAYS = {
    date.fromisoformat(text)
    for text in """
    2026-01-01 2026-01-12 2026-02-11 2026-02-23 2026-03-20 2026-04-29 2026-05-03 2026-05-04 2026-05-05 2026-05-06
    2026-07-20 2026-08-11 2026-09-21 2026-09-22 2026-09-23 2026-10-12 2026-11-03 2026-11-23
    2027-01-01 2027-01-11 2027-02-11 2027-02-23 2027-03-21 2027-03-22 2027-04-29 2027-05-03 2027-05-04 2027-05-05
    2027-07-19 2027-08-11 2027-09-20 2027-09-23 2027-10-11 2027-11-03 2027-11-23
    2028-01-01 2028-01-10 2028-02-11 2028-02-23 2028-03-20 2028-04-29 2028-05-03 2028-05-04 2028-05-05
    2028-07-17 2028-08-11 2028-09-18 2028-09-22 2028-10-09 2028-11-03 2028-11-23
    2029-01-01 2029-01-08 2029-02-11 2029-02-12 2029-02-23 2029-03-20 2029-04-29 2029-04-30 2029-05-03 2029-05-04
    2029-05-05 2029-07-16 2029-08-11 2029-09-17 2029-09-23 2029-09-24 2029-10-08 2029-11-03 2029-11-23
    """.split()  # noqa: SIM905 - a block of days reads better than 70 strings
}
POLICIES = [
    {"days": 3, "unit": "calendar", "closed_due": "keep", "cutoff": time(17, 15)},
    {"days": 3, "unit": "calendar", "closed_due": "next_open_day", "cutoff": time(17, 15)},
    {"days": 3, "unit": "business", "closed_due": "keep", "cutoff": time(17, 15)},
    {"days": 5, "unit": "business", "closed_due": "keep", "cutoff": time(12, 0)},
    {"days": 1, "unit": "calendar", "closed_due": "next_open_day", "cutoff": time(17, 15)},
]


@dataclass
class SlowNotice:
    """What should be true of one notice."""

    received_at: datetime
    policy: dict
    wish: date | None
    is_change: bool = False
    held: bool = False
    returned_at: datetime | None = None
    applied_at: datetime | None = None
    state: str = "received"
    start: datetime | None = None
    due: date | None = None
    prepare: date | None = None
    late: bool = False
    public_since: datetime | None = None
    declined_at: datetime | None = None
    links: dict[int, tuple[bool, datetime]] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        return self.state in ("received", "reviewing", "returned")

    @property
    def settled(self) -> datetime | None:
        return self.public_since or self.applied_at or self.declined_at


class SlowCentre:
    """The rule, walked through day by day and moment by moment."""

    def __init__(self) -> None:
        self.special: dict[date, str] = {}
        self.policies: list[tuple[datetime, dict]] = [(FIRST - timedelta(days=400), POLICIES[0])]
        self.notices: list[SlowNotice] = []
        self.seen: list[tuple[datetime, frozenset[int]]] = []

    def is_open(self, day: date) -> bool:
        if day in self.special:
            return self.special[day] == "open"
        is_new_year = (day.month == 12 and day.day >= 29) or (day.month == 1 and day.day <= 3)
        return day.isoweekday() <= 5 and day not in HOLIDAYS and not is_new_year

    def first_open(self, day: date) -> date:
        while not self.is_open(day):
            day += timedelta(days=1)
        return day

    def due(self, notice: SlowNotice, start: datetime) -> date:
        local = start.astimezone(TOKYO)
        day, policy = local.date(), notice.policy
        is_kept = policy["unit"] == "calendar" and policy["closed_due"] == "keep"
        if policy["unit"] == "business":
            if local.time() > policy["cutoff"] or not self.is_open(day):
                day = self.first_open(day + timedelta(days=1))
            for _ in range(policy["days"]):
                day = self.first_open(day + timedelta(days=1))
        else:
            day += timedelta(days=policy["days"])
            day = day if is_kept else self.first_open(day)
        if notice.wish is None:
            return day
        return max(day, notice.wish if is_kept else self.first_open(notice.wish))

    def prepare(self, notice: SlowNotice) -> date | None:
        first = notice.start.astimezone(TOKYO).date()
        days = [first + timedelta(days=n) for n in range((notice.due - first).days + 1)]
        return max((day for day in days if self.is_open(day)), default=None)

    def run(self, notice: SlowNotice, start: datetime) -> None:
        notice.start, notice.due = start, self.due(notice, start)
        notice.prepare = self.prepare(notice)

    def recompute(self, now: datetime) -> None:
        today = now.astimezone(TOKYO).date()
        for notice in self.notices:
            if notice.is_open and notice.start and notice.due >= today:
                notice.due = max(notice.due, self.due(notice, notice.start))
                notice.prepare = self.prepare(notice)

    def readable(self, moment: datetime) -> frozenset[int]:
        """The pages that everybody could read from that moment on."""
        return next((pages for at, pages in reversed(self.seen) if at <= moment), frozenset())

    def publish(self, now: datetime) -> None:
        moments = sorted({at for at, _pages in self.seen} | {notice.received_at for notice in self.notices})
        for notice in self.notices:
            if not notice.is_open or not notice.links or notice.is_change:
                continue
            has_main = any(is_main for is_main, _at in notice.links.values())
            for moment in moments:
                if not notice.received_at <= moment <= now:
                    continue
                counted = {
                    page
                    for page, (is_main, linked_at) in notice.links.items()
                    if is_main or not has_main or linked_at <= moment
                }
                if counted and counted <= self.readable(moment):
                    notice.state, notice.public_since = "published", moment
                    break

    def verdict(self, notice: SlowNotice, today: date) -> bool | None:
        if notice.state == "withdrawn":
            return None
        if notice.late:
            return False
        settled = notice.settled
        if settled:
            return notice.due is None or settled.astimezone(TOKYO).date() <= notice.due
        return False if notice.due and today > notice.due else None


class Play:
    """One history in the database and in the model at once."""

    def __init__(self, pages: list[Page], branches: tuple[Page, Page, Page]) -> None:
        self.slow, self.rows, self.pages, self.branches = SlowCentre(), [], pages, branches
        self.now = FIRST
        self.live, self.closed, self.under = set(), set(), {page.pk: 0 for page in pages}
        self.gone, self.go_live, self.expire = set(), {}, {}
        self.is_list_closed = False

    def step(self, name: str, gap: int, which: int, number: int) -> None:
        self.now += timedelta(minutes=gap)
        with time_machine.travel(self.now, tick=False):
            getattr(self, name)(which, number)

    def pick(self, which: int):
        if not self.rows:
            return None, None
        return self.rows[which % len(self.rows)], self.slow.notices[which % len(self.rows)]

    # receipts, and what is said between the group and the centre

    def receive(self, which: int, number: int) -> None:
        late = timedelta(minutes=number % 3000 if which % 3 == 0 else 0)
        received_at = max(FIRST, self.now - late)
        wish = (self.now + timedelta(days=number % 12)).date() if which % 4 == 1 else None
        is_change, is_held = which in (3, 7), which in (2, 7)
        kind = ("change" if number % 2 else "cancellation") if is_change else "event"
        row, _token = services.receive_notice(
            data=EVENT | {"kind": kind, "not_before_on": wish, "contact_email": ""},
            sessions=[],
            files=[],
            channel="phone" if late else "form",
            received_at=received_at,
            now=self.now,
            held_reason="no_proof" if is_held else "",
        )
        policy = [policy for at, policy in sorted(self.slow.policies, key=lambda pair: pair[0]) if at <= received_at]
        notice = SlowNotice(received_at, policy[-1], wish, is_change, is_held)
        self.slow.run(notice, received_at)
        self.rows.append(row)
        self.slow.notices.append(notice)

    def refused(self, notice: SlowNotice, ask, *, unless: bool) -> bool:
        """Do what the service does; say whether it was refused, which must be so exactly where the model says."""
        try:
            ask()
        except services.NoticeError:
            assert not unless
            return True
        assert unless
        return False

    def give_back(self, which: int, number: int) -> None:
        row, notice = self.pick(which)
        if notice is None or notice.state == "returned":
            return
        refused = self.refused(
            notice,
            lambda: services.return_notice(notice=row, reason="no_text", message="", by=None, now=self.now),
            unless=notice.is_open and not notice.held,
        )
        if not refused:
            notice.late = notice.late or self.now.astimezone(TOKYO).date() > notice.due
            notice.state, notice.start, notice.due, notice.prepare = "returned", None, None, None
            notice.returned_at = self.now

    def answer(self, which: int, number: int) -> None:
        row, notice = self.pick(which)
        if notice is None:
            return
        refused = self.refused(
            notice,
            lambda: services.answer_notice(notice=row, text="書きました", now=self.now),
            unless=notice.state == "returned",
        )
        if not refused:
            notice.state = "reviewing"
            self.slow.run(notice, self.now)
            if number % 3 == 0:  # not complete: it goes back at once
                self.give_back(which, number)

    def decline(self, which: int, number: int) -> None:
        row, notice = self.pick(which)
        if notice is None or number % 3:
            return
        refused = self.refused(
            notice,
            lambda: services.decline_notice(notice=row, reason="掲載基準", by=None, now=self.now),
            unless=notice.is_open and not notice.held,
        )
        if not refused:
            notice.state, notice.declined_at = "declined", self.now

    def withdraw(self, which: int, number: int) -> None:
        row, notice = self.pick(which)
        if notice is None or number % 3 or notice.state == "withdrawn":
            return
        if not self.refused(notice, lambda: services.withdraw_notice(notice=row, now=self.now), unless=notice.is_open):
            notice.state = "withdrawn"

    def give_up(self, which: int, number: int) -> None:
        """Staff withdraw what nobody answered: from the thirtieth day after the return on."""
        row, notice = self.pick(which)
        if notice is None or notice.state == "withdrawn":
            return
        waited = notice.state == "returned" and (
            self.now.astimezone(TOKYO).date() - notice.returned_at.astimezone(TOKYO).date()
        ) >= timedelta(days=30)
        if not self.refused(
            notice,
            lambda: services.withdraw_notice(notice=row, now=self.now, is_unanswered=True),
            unless=waited,
        ):
            notice.state = "withdrawn"

    def message(self, which: int, number: int) -> None:
        row, notice = self.pick(which)
        if notice is None:
            return
        services.add_group_message(notice=row, text="もうすぐです", now=self.now)
        self.refused(
            notice,
            lambda: services.send_message(notice=row, text="お待ちします", by=None, now=self.now),
            unless=not notice.held,
        )

    def review(self, which: int, number: int) -> None:
        row, notice = self.pick(which)
        if notice is None or notice.state == "reviewing":
            return
        if not self.refused(
            notice,
            lambda: services.start_review(notice=row, by=None, now=self.now),
            unless=notice.state == "received" and not notice.held,
        ):
            notice.state = "reviewing"

    def correct(self, which: int, number: int) -> None:
        """It really came at another time; a clock that an answer started stays."""
        row, notice = self.pick(which)
        if notice is None:
            return
        came_at = min(self.now, max(FIRST, notice.received_at + timedelta(minutes=number - 2000)))
        if came_at == notice.received_at:
            return
        refused = self.refused(
            notice,
            lambda: services.set_received_at(notice=row, received_at=came_at, by=None, now=self.now),
            unless=notice.is_open,
        )
        if not refused:
            was, notice.received_at = notice.received_at, came_at
            if notice.start == was:
                self.slow.run(notice, came_at)

    def apply(self, which: int, number: int) -> None:
        row, notice = self.pick(which)
        if notice is None:
            return
        if not self.refused(
            notice,
            lambda: services.apply_notice(notice=row, by=None, now=self.now),
            unless=notice.is_change and notice.is_open and not notice.held,
        ):
            notice.state, notice.applied_at = "published", self.now

    def release(self, which: int, number: int) -> None:
        row, notice = self.pick(which)
        if notice is None:
            return
        if not self.refused(
            notice,
            lambda: services.release_notice(notice=row, by=None, now=self.now),
            unless=notice.is_open or not notice.held,
        ):
            notice.held = False

    def discard(self, which: int, number: int) -> None:
        row, notice = self.pick(which)
        if notice is None or number % 2:
            return
        services.discard_held(notice=row, by=None, now=self.now)
        if notice.held and notice.is_open:
            notice.state = "withdrawn"

    # the calendar and the policy

    def special_day(self, which: int, number: int) -> None:
        day = (self.now + timedelta(days=number % 14)).astimezone(TOKYO).date()
        kind = "closed" if which % 3 else "open"
        SpecialDay.objects.update_or_create(on=day, defaults={"kind": kind})
        self.slow.special[day] = kind
        self.tick_unless(number % 2)

    def usual_day(self, which: int, number: int) -> None:
        if self.slow.special:
            day = sorted(self.slow.special)[which % len(self.slow.special)]
            SpecialDay.objects.filter(on=day).delete()
            del self.slow.special[day]
            self.tick_unless(number % 2)

    def policy(self, which: int, number: int) -> None:
        at = self.now + timedelta(minutes=number)
        if not any(at == known for known, _policy in self.slow.policies):
            chosen = POLICIES[which % len(POLICIES)]
            NoticePolicy.objects.create(valid_from_at=at, **chosen)
            self.slow.policies.append((at, chosen))

    def tick(self, *_ignored: int) -> None:
        """The clock's round: what was scheduled, what was missed, due days, reminders."""
        self.live |= {pk for pk, at in self.go_live.items() if at <= self.now}
        self.go_live = {pk: at for pk, at in self.go_live.items() if at > self.now}
        over = {pk for pk, at in self.expire.items() if at <= self.now}
        self.live -= over
        self.expire = {pk: at for pk, at in self.expire.items() if pk not in over}
        self.write()
        record_public_spans(now=self.now)
        reconcile_notices(now=self.now)
        self.slow.seen.append((self.now, self.readable()))
        self.slow.publish(self.now)
        self.slow.recompute(self.now)

    def tick_unless(self, is_missed: int) -> None:
        if not is_missed:
            self.tick()

    # pages

    def link(self, which: int, number: int) -> None:
        row, notice = self.pick(which)
        page = self.pages[number % len(self.pages)]
        if notice is None or page.pk in self.gone:
            return
        if notice.is_change or notice.held:
            self.refused(
                notice,
                lambda: services.link_page(notice=row, page=page, by=None, now=self.now),
                unless=not notice.held,
            )
            return
        is_main = number % 2 == 0 and not any(main for main, _at in notice.links.values())
        if page.pk in notice.links or not notice.is_open:
            return
        NoticePage.objects.create(notice=row, page=page, is_main=is_main, linked_at=self.now)
        notice.links[page.pk] = (is_main, self.now)
        self.look()

    def publish(self, which: int, number: int) -> None:
        pk = self.pages[which % len(self.pages)].pk
        if pk not in self.gone:
            self.live.add(pk)
            self.go_live.pop(pk, None)
        self.look_unless(number % 7 == 6)

    def schedule(self, which: int, number: int) -> None:
        pk = self.pages[which % len(self.pages)].pk
        if pk not in self.gone | self.live:
            self.go_live[pk] = self.now + timedelta(minutes=number * 3)

    def end(self, which: int, number: int) -> None:
        """Give a page an end; past it nobody reads it, also before the clock takes it down."""
        self.expire[self.pages[which % len(self.pages)].pk] = self.now + timedelta(minutes=number * 5)
        self.look()

    def unpublish(self, which: int, number: int) -> None:
        self.live.discard(self.pages[which % len(self.pages)].pk)
        self.look_unless(number % 7 == 6)

    def delete(self, which: int, number: int) -> None:
        pk = self.pages[which % len(self.pages)].pk
        if number % 4 or pk in self.gone:
            return
        Page.objects.get(pk=pk).delete()
        self.gone.add(pk)
        self.live.discard(pk)
        self.go_live.pop(pk, None)
        for notice in self.slow.notices:
            notice.links.pop(pk, None)
        self.look()

    def restrict(self, which: int, number: int) -> None:
        pk = self.pages[which % len(self.pages)].pk
        if pk not in self.gone:
            self.closed ^= {pk}
        self.look_unless(number % 7 == 6)

    def close_list(self, which: int, number: int) -> None:
        """The whole list goes behind a login, or comes out again."""
        self.is_list_closed = not self.is_list_closed
        self.look()

    def move(self, which: int, number: int) -> None:
        pk = self.pages[which % len(self.pages)].pk
        if pk in self.gone:
            return
        self.under[pk] = number % 3
        Page.objects.get(pk=pk).move(Page.objects.get(pk=self.branches[number % 3].pk), pos="last-child")
        self.look()

    def write(self) -> None:
        """The pages' rows as the history wants them."""
        here = [page.pk for page in self.pages if page.pk not in self.gone]
        for page in Page.objects.filter(pk__in=here):
            wanted = (page.pk in self.live, self.expire.get(page.pk))
            if (page.live, page.expire_at) != wanted:
                Page.objects.filter(pk=page.pk).update(live=wanted[0], expire_at=wanted[1])
        shut = {pk for pk in self.closed if pk not in self.gone} | {self.branches[2].pk}
        shut |= {self.branches[0].pk} if self.is_list_closed else set()
        known = set(PageViewRestriction.objects.values_list("page_id", flat=True))
        PageViewRestriction.objects.filter(page_id__in=known - shut).delete()
        PageViewRestriction.objects.bulk_create(
            PageViewRestriction(page_id=pk, restriction_type="login") for pk in sorted(shut - known)
        )

    def readable(self) -> frozenset[int]:
        return frozenset(
            pk
            for pk in self.live - self.closed - self.gone
            if self.under[pk] == 0 and not self.is_list_closed and self.expire.get(pk, self.now + YEAR) > self.now
        )

    def look(self) -> None:
        """What the listeners do when pages change."""
        numbers = [page.pk for page in self.pages]
        self.write()
        record_public_spans(now=self.now, pages=numbers)
        record_publication(page_ids=numbers, now=self.now)
        self.slow.seen.append((self.now, self.readable()))
        self.slow.publish(self.now)

    def look_unless(self, is_missed: bool) -> None:
        """Now and then no signal comes; the next look, or the clock, finds it."""
        if not is_missed:
            self.look()

    # are they the same?

    def compare(self) -> None:
        today = self.now.astimezone(TOKYO).date()
        known = Notice.objects.in_bulk()
        for row, slow in zip(self.rows, self.slow.notices, strict=True):
            fast = known[row.pk]
            found = (fast.state, fast.clock_started_at, fast.due_on, fast.prepare_by, fast.late_return)
            assert found == (slow.state, slow.start, slow.due, slow.prepare, slow.late)
            found = (fast.received_at, fast.public_since, fast.applied_at, fast.is_held)
            assert found == (slow.received_at, slow.public_since, slow.applied_at, slow.held)
            for day in (today, today + timedelta(days=1), today + timedelta(days=40)):
                assert on_time(fast, today=day) == self.slow.verdict(slow, day)

    def compare_rates(self) -> None:
        end = self.now.astimezone(TOKYO).date() + timedelta(days=20)
        days = {notice.received_at.astimezone(TOKYO).date() for notice in self.slow.notices}
        months = {(day.year, day.month) for day in days}
        for year, month in months:
            first = date(year, month, 1)
            last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
            rate = deadlines.on_time_rate(settlement_rows(first, last), today=end)
            judged = [
                (notice, self.slow.verdict(notice, end))
                for notice in self.slow.notices
                if not notice.held and first <= notice.received_at.astimezone(TOKYO).date() <= last
            ]
            judged = [(notice, verdict) for notice, verdict in judged if verdict is not None]
            literal = [
                settled
                for notice, _verdict in judged
                if (settled := notice.settled)
                and (settled.astimezone(TOKYO).date() - notice.received_at.astimezone(TOKYO).date()).days <= 3
            ]
            assert (rate.on_time, rate.total) == (sum(verdict for _n, verdict in judged), len(judged))
            assert rate.literal == len(literal)


STEPS = st.sampled_from(
    [
        *["receive"] * 6,
        *["give_back", "answer"] * 4,
        *["link", "publish"] * 5,
        *["tick", "special_day", "policy", "unpublish", "restrict", "move", "apply", "release"] * 2,
        *["schedule", "end", "delete", "close_list", "usual_day"],
        *["decline", "withdraw", "give_up", "message", "review", "correct", "discard"],
    ]
)
GAPS = st.one_of(st.integers(0, 90), st.integers(0, 5 * MINUTES), st.integers(0, 120 * MINUTES))
HISTORY = st.lists(st.tuples(STEPS, GAPS, st.integers(0, 11), st.integers(0, 4000)), min_size=4, max_size=20)


@pytest.fixture
def stage(tree) -> tuple[list[Page], tuple[Page, Page, Page]]:
    """Three drafts in a public list, a list that is not live, and one that only members may read."""
    lists = {
        "hidden": EventIndexPage(title="裏の一覧", slug="hidden", live=False, locale=tree.home.locale),
        "private": EventIndexPage(title="会員の一覧", slug="private", locale=tree.home.locale),
    }
    for page in lists.values():
        Page.objects.get(pk=tree.home.pk).add_child(instance=page)
    parent = Page.objects.get(pk=tree.events.pk)
    drafts = [EventPage(title=f"催し{n}", slug=f"draft-{n}", live=False, locale=tree.home.locale) for n in range(3)]
    for draft in drafts:
        parent.add_child(instance=draft)
    return drafts, (tree.events, lists["hidden"], lists["private"])


def test_ten_thousand_histories_end_as_a_slow_model_says(stage):
    played = {"histories": 0, "steps": 0, "notices": 0}

    @settings(
        max_examples=HISTORIES,
        deadline=None,
        derandomize=SEED == 0,
        database=None,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
    @given(start=st.integers(0, 1050 * MINUTES), steps=HISTORY)
    def play(start: int, steps: list[tuple[str, int, int, int]]) -> None:
        with transaction.atomic():
            game = Play(*stage)
            game.now += timedelta(minutes=start)
            game.receive(0, 0)
            for step in steps:
                game.step(*step)
                game.compare()
            game.compare_rates()
            transaction.set_rollback(True)
        played["histories"] += 1
        played["steps"] += len(steps)
        played["notices"] += len(game.rows)
        if os.environ.get("FULL") and played["histories"] % 250 == 0:
            print(played, flush=True)

    (seed(SEED)(play) if SEED else play)()
