"""How fast mail leaves: limits of all, of an issue and of a domain, quiet hours, and later tries."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from center.opening import TOKYO
from center.outbox import enqueue
from newsletter.models import DomainPace, IssueState, MailPolicy, Pace
from newsletter.sending import pace
from newsletter.sending.retry import next_try


def most_in(seconds: int, moments: list) -> int:
    window = timedelta(seconds=seconds)
    return max(sum(at <= other < at + window for other in moments) for at in moments)


@pytest.fixture
def arrivals(relay, clock) -> list:
    """When bodies arrived, and to whom: [(moment, address)]."""
    found = []
    relay.plan["BODY"] = lambda rcpt: found.append((clock(), rcpt))
    return found


def test_mails_keep_to_the_limit_of_the_policy_in_force(issue, worker, add_subscriber, clock, arrivals) -> None:
    for number in range(57):
        add_subscriber(f"reader{number}@reader.example")
    MailPolicy.objects.all().delete()
    MailPolicy.objects.create(valid_from_at=clock() - timedelta(days=1), per_minute=120)
    MailPolicy.objects.create(valid_from_at=clock() + timedelta(days=1), per_minute=6_000)
    started = clock()
    worker().run()

    moments = [at for at, _ in arrivals]
    assert len(moments) == 60
    assert most_in(1, moments) <= 2 and most_in(60, moments) <= 120
    assert 59 / (moments[-1] - started).total_seconds() >= 0.95 * 120 / 60


def test_a_mail_that_leaves_late_moves_those_after_it(issue, worker, add_subscriber, clock, arrivals) -> None:
    for number in range(37):
        add_subscriber(f"reader{number}@reader.example")
    MailPolicy.objects.update(per_minute=600)
    naps = []

    def oversleeps(seconds):
        naps.append(seconds)
        clock.sleep(seconds + (0.09 if len(naps) % 7 == 3 else 0.0))

    worker(sleep=oversleeps).run(issue_slug=issue.slug)

    moments = [at for at, _ in arrivals]
    assert len(moments) == 40 and len(naps) > 30
    assert most_in(1, moments) <= 10


def test_two_workers_share_one_limit(centre, clock) -> None:
    with transaction.atomic():
        places = [pace.reserve(1, limit=60, now=clock()) for _ in range(5)]
    gaps = {later - earlier for earlier, later in zip(places, places[1:], strict=False)}
    assert min(gaps) > timedelta(seconds=1) and max(gaps) < timedelta(seconds=1.05)


def test_a_pause_saves_nothing_up_and_a_row_of_another_clock_holds_nobody_back(centre, clock) -> None:
    with transaction.atomic():
        pace.reserve(10, limit=60, now=clock())
        clock.forward(hours=1)
        assert pace.reserve(1, limit=60, now=clock()) == clock()
        assert pace.reserve(1, limit=60, now=clock()) > clock()
        Pace.objects.update(next_at=clock() + timedelta(days=30))
        assert pace.reserve(1, limit=60, now=clock()) == clock()


def test_while_it_waits_for_its_turn_a_worker_keeps_what_it_took(issue, worker, clock) -> None:
    MailPolicy.objects.update(per_minute=3)
    sender = worker(lease=timedelta(seconds=10))
    stolen = []

    def sleep(seconds):
        clock.sleep(seconds)
        other = worker(name="other")
        stolen.append(other.run().counts)

    sender.station.sleep = sleep
    sender.run()

    assert stolen and not any(stolen) and set(issue.deliveries.values_list("state", flat=True)) == {"sent"}


def test_an_issue_may_be_slower_than_everything_together(issue, worker, add_subscriber, clock, arrivals) -> None:
    for number in range(20):
        add_subscriber(f"reader{number}@reader.example")
    MailPolicy.objects.update(per_minute=6_000, issue_per_minute=60)
    started = clock()
    worker().run(issue_slug=issue.slug)

    moments = [at for at, _ in arrivals]
    assert len(moments) == 23 and most_in(1, moments) == 1
    assert 22 / (moments[-1] - started).total_seconds() >= 0.95
    assert set(Pace.objects.values_list("key", flat=True)) == {"all"}  # the issue's own row went with its end


def test_a_slow_domain_gets_its_mails_slowly_and_holds_nobody_else_back(
    issue, worker, add_subscriber, clock, arrivals
) -> None:
    for number in range(40):
        add_subscriber(f"slow{number}@slow.example")
        add_subscriber(f"slow{number}@not-slow.example")
    MailPolicy.objects.update(per_minute=600)
    DomainPace.objects.create(domain="slow.example", per_minute=60)
    started = clock()
    worker().run(issue_slug=issue.slug)

    slow = [at for at, rcpt in arrivals if rcpt.endswith("@slow.example")]
    others = [at for at, rcpt in arrivals if not rcpt.endswith("@slow.example")]
    assert len(slow) == 40 and len(others) == 43
    assert most_in(60, slow) <= 60 and most_in(5, slow) <= 6
    assert 39 / (slow[-1] - slow[0]).total_seconds() >= 0.95
    assert (others[-1] - started).total_seconds() < 10 < 38 < (slow[-1] - started).total_seconds()
    issue.refresh_from_db()
    assert issue.state == IssueState.SENT


def test_two_workers_share_the_limit_of_a_domain(centre, clock) -> None:
    DomainPace.objects.create(domain="slow.example", per_minute=60)
    taken = 0
    for _ in range(600):  # every tenth of a second, one worker or the other
        with transaction.atomic():
            (domain,) = pace.domains()
            free = pace.free_places(domain, now=clock())
            pace.take_places(domain, free, now=clock())
        taken += free
        clock.forward(milliseconds=100)

    assert 57 <= taken <= 60


def test_a_domain_that_got_nothing_for_long_saves_nothing_up(centre, clock) -> None:
    domain = DomainPace.objects.create(domain="slow.example", per_minute=60, next_at=clock() - timedelta(days=1))
    assert pace.free_places(domain, now=clock()) <= 2
    domain.next_at = clock() + timedelta(days=30)  # written under another clock
    assert pace.free_places(domain, now=clock()) >= 1


def test_in_the_quiet_hours_an_issue_waits_and_single_mails_leave(issue, worker, clock, relay) -> None:
    MailPolicy.objects.update(quiet_from=time(21), quiet_until=time(8))
    enqueue(kind="receipt", to="dantai@group.example", subject="受付", text="受け付けました。", now=clock())
    clock.now = clock.now.replace(hour=21, minute=0)
    worker().run()
    assert relay.recipients == ["dantai@group.example"]

    issue.refresh_from_db()
    assert issue.state == IssueState.SENDING  # it waits, and asks nobody
    type(issue).objects.update(not_after=clock() + timedelta(days=2))
    clock.now = clock.now.replace(hour=7, minute=59) + timedelta(days=1)
    worker().run()
    assert len(relay.raw) == 1
    clock.forward(minutes=1)
    worker().run()
    assert len(relay.raw) == 4


def test_an_issue_stops_where_the_quiet_hours_begin(issue, worker, clock, relay) -> None:
    MailPolicy.objects.update(quiet_from=time(21), quiet_until=time(8), per_minute=60)
    clock.now = clock.now.replace(hour=20, minute=59, second=58)
    worker().run()
    assert 0 < len(relay.raw) < 3
    type(issue).objects.update(not_after=clock() + timedelta(days=2))
    clock.forward(hours=12)
    worker().run()
    assert len(relay.raw) == 3


@pytest.mark.parametrize(
    ("start", "end", "at", "over"),
    [
        ("21:00", "08:00", "20:59", None),
        ("21:00", "08:00", "21:00", "2026-12-02 08:00"),
        ("21:00", "08:00", "00:00", "2026-12-01 08:00"),
        ("21:00", "08:00", "08:00", None),
        ("12:00", "13:00", "12:30", "2026-12-01 13:00"),
        ("12:00", "13:00", "13:00", None),
        ("00:00", "06:00", "05:59", "2026-12-01 06:00"),
        ("22:00", "00:00", "23:00", "2026-12-02 00:00"),
        ("22:00", "00:00", "00:00", None),
    ],
)
def test_quiet_hours_begin_and_end_to_the_minute(start, end, at, over) -> None:
    limits = pace.Limits(quiet_from=time.fromisoformat(start), quiet_until=time.fromisoformat(end))
    now = datetime.fromisoformat(f"2026-12-01 {at}").replace(tzinfo=TOKYO)
    found = limits.quiet_end(now.astimezone(UTC))
    assert (f"{found:%Y-%m-%d %H:%M}" if found else None) == over


def test_quiet_hours_need_both_times_and_an_end(centre, clock) -> None:
    for wrong in ({"quiet_from": time(21)}, {"quiet_until": time(8)}, {"quiet_from": time(8), "quiet_until": time(8)}):
        with pytest.raises(ValidationError):
            MailPolicy(valid_from_at=clock() + timedelta(days=900), **wrong).full_clean()


def test_a_domain_is_kept_as_it_stands_after_the_at_sign(centre) -> None:
    domain = DomainPace(domain=" @DOCOMO.ne.jp ", per_minute=30)
    domain.full_clean()
    assert domain.domain == "docomo.ne.jp"
    for wrong in ("docomo", "a b.example", "x@y.example", ""):
        with pytest.raises(ValidationError):
            DomainPace(domain=wrong, per_minute=30).full_clean()


def test_tries_come_later_and_later_with_a_little_chance(clock) -> None:
    early = [next_try(n, now=clock(), chance=lambda: 0.0) - clock() for n in range(1, 6)]
    late = [next_try(n, now=clock(), chance=lambda: 1.0) - clock() for n in range(1, 6)]
    assert early[0] == timedelta(seconds=54) and late[0] == timedelta(seconds=66)
    assert late[-1] == timedelta(hours=4.4)
    assert all(a < b for a, b in zip(early, late, strict=True)) and early == sorted(early)
    assert next_try(6, now=clock(), chance=lambda: 0.5) is None
