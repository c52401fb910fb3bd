"""Many months on end with a moving clock: every month has its issue, it leaves once, and everybody gets it once.

The year's ends and the February of a leap year lie among them; one month the clock's tick does not run for the three
days around the send, one month it runs again and again at every moment.
"""

import os
from collections import Counter
from datetime import date, datetime, timedelta

import pytest
import time_machine

from center.models import OutgoingMail
from center.opening import TOKYO, tokyo_date
from config.builders import add_event
from config.management.commands.tick import run_tick
from newsletter.models import Delivery, Issue, IssueKind, IssueState, Subscription, Topic
from newsletter.sending.engine import Worker
from newsletter.sending.transport import transport_from_url
from newsletter.services import approve_issue, edit_issue, freeze_issue, start_due_issues

pytestmark = pytest.mark.django_db
IS_FULL = bool(os.environ.get("FULL"))
FIRST = (2026, 11) if IS_FULL else (2027, 12)
COUNT, OFTEN = (24, 50) if IS_FULL else (3, 4)
SILENT, NOISY = (2028, 1), (2028, 2)
"""The months in which no tick runs around the send, and in which it runs all the time."""
READERS = ("aki@reader.example", "haru@reader.example", "natsu@reader.example")


def months() -> list[tuple[int, int]]:
    """The months of the run, in order."""
    year, month = FIRST
    return [((year * 12 + month - 1 + n) // 12, (month - 1 + n) % 12 + 1) for n in range(COUNT)]


class Centre:
    """Staff, clock and worker, as they work month after month."""

    def __init__(self, world, relay) -> None:
        self.world, self.relay = world, relay
        # After the send day of the month before, so that the first issue is the first one ever.
        self.now = datetime(FIRST[0], FIRST[1] - 1, 9, 9, tzinfo=TOKYO)
        self.ticks: Counter[datetime] = Counter()

    def until(self, moment: datetime, *, ticks: int = 1, is_silent: bool = False) -> None:
        """Let the time pass until `moment`; the tick runs on the way (every morning in the full run)."""
        while IS_FULL and self.now + timedelta(days=1) < moment:
            self._at(self.now + timedelta(days=1), 0 if is_silent else 1)
        self._at(moment, 0 if is_silent else ticks)

    def _at(self, moment: datetime, ticks: int) -> None:
        self.now = moment
        with time_machine.travel(moment, tick=False):
            for _ in range(ticks):
                run_tick(now=moment)
        if ticks:
            self.ticks[moment] += ticks

    def send(self) -> None:
        """The mail worker looks what is due, as it does every minute."""
        with time_machine.travel(self.now, tick=False):
            start_due_issues(now=self.now)
            transport = transport_from_url(self.relay.url)
            Worker(transport, clock=lambda: self.now, sleep=lambda _seconds: None).run()

    def ticked_between(self, first: datetime, last: datetime) -> int:
        """How often the clock's tick ran between two moments, both included."""
        return sum(count for moment, count in self.ticks.items() if first <= moment <= last)

    def issue(self, year: int, month: int) -> Issue:
        return Issue.objects.exclude(state=IssueState.CANCELLED).get(year=year, month=month, kind=IssueKind.REGULAR)


def live_through(centre: Centre, year: int, month: int) -> None:
    """One issue from its draft to the last reader."""
    ticks = OFTEN if (year, month) == NOISY else 1
    is_silent = (year, month) == SILENT
    first = date(year, month, 1)
    drafted = datetime(first.year, first.month, 1, 9, tzinfo=TOKYO) - timedelta(days=21)
    centre.until(drafted, ticks=ticks)
    issue = centre.issue(year, month)
    day = tokyo_date(issue.send_at) + timedelta(days=10)
    start = datetime(day.year, day.month, day.day, 10, tzinfo=TOKYO)
    with time_machine.travel(centre.now, tick=False):
        add_event(centre.world.tree, f"{month}月の集まり", sessions=[(start, start + timedelta(hours=2))])
    centre.until(issue.cutoff_at - timedelta(minutes=1), ticks=ticks)
    centre.until(issue.cutoff_at + timedelta(minutes=20), ticks=ticks)
    with time_machine.travel(centre.now, tick=False):
        freeze_issue(issue=issue, by=centre.world.editor, now=centre.now)
        approve_issue(issue=issue, by=centre.world.approver, now=centre.now)
    if is_silent:
        # neither clock nor worker for the three days around the send: it asks for a new day instead of firing late
        centre.until(issue.send_at + timedelta(days=2), is_silent=True)
        centre.send()
        assert not issue.deliveries.exists()
        assert centre.ticked_between(issue.send_at - timedelta(days=1), issue.send_at + timedelta(days=2)) == 0
        centre.until(centre.now + timedelta(hours=1))
        send_again_later(centre, issue)
    centre.until(issue.send_at - timedelta(seconds=1), ticks=ticks)
    centre.send()
    assert not issue.deliveries.exists(), "nothing leaves before its time"
    for minutes in (0, 1, 30):
        centre.until(issue.send_at + timedelta(minutes=minutes), ticks=ticks)
        for _ in range(ticks):
            centre.send()
    if (year, month) == NOISY:
        assert centre.ticks[issue.send_at] == OFTEN


def send_again_later(centre: Centre, issue: Issue) -> None:
    """Staff give the issue that was missed another day of its month, close it anew and approve it."""
    issue.refresh_from_db()
    assert issue.state == IssueState.HELD
    day = centre.now.astimezone(TOKYO).date() + timedelta(days=1)
    while day.isoweekday() > 5:
        day += timedelta(days=1)
    with time_machine.travel(centre.now, tick=False):
        send_at = datetime(day.year, day.month, day.day, 10, tzinfo=TOKYO)
        edit_issue(issue=issue, by=centre.world.editor, now=centre.now, send_at=send_at)
        freeze_issue(issue=issue, by=centre.world.editor, now=centre.now)
        approve_issue(issue=issue, by=centre.world.approver, now=centre.now)


def test_every_month_has_its_issue_and_everybody_gets_it_once(world, relay, add_subscriber) -> None:
    monthly = Topic.objects.get_or_create(slug="monthly", defaults={"name": "定期号"})[0]
    for address in READERS:
        Subscription.objects.create(subscriber=add_subscriber(address), topic=monthly)
    centre = Centre(world, relay)
    for year, month in months():
        live_through(centre, year, month)
        issue = centre.issue(year, month)
        assert issue.state == IssueState.SENT, (year, month, issue.state, issue.holds)
        assert sorted(issue.deliveries.values_list("email", flat=True)) == sorted(READERS)

    assert {(2027, 12), (2028, 1), (2028, 2)} <= set(months()), "the year's end and the leap day lie among them"
    assert not IS_FULL or {(2026, 12), (2027, 1)} <= set(months())
    late = OutgoingMail.objects.filter(kind="issue-not-sent")
    assert late.count() == 1, "staff heard once of the one issue that did not leave by its day"
    sent = [(issue.year, issue.month) for issue in Issue.objects.filter(state=IssueState.SENT).order_by("send_at")]
    assert sent == months()
    assert Delivery.objects.exclude(state="sent").count() == 0
    # by the issue's number of year and month: subjects are alike from one year to the next
    got = Counter((mail["To"], mail["Feedback-ID"]) for mail in relay.mails if mail["List-Id"])
    assert len(got) == COUNT * len(READERS) and set(got.values()) == {1}
