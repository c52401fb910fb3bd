"""EMAIL_URL, the limit of mails a minute, and which machine may send."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction

from newsletter.models import Instance, MailPolicy, Pace
from newsletter.sending import pace
from newsletter.sending.files import FileTransport
from newsletter.sending.instance import RefusesToSend, check_instance, take_over
from newsletter.sending.retry import next_try
from newsletter.sending.smtp import SmtpTransport
from newsletter.sending.transport import MailSettingsError, transport_from_url


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://relay.example", ("relay.example", 25, "", "", False, False, 30.0)),
        ("smtp://127.0.0.1:2525?timeout=5", ("127.0.0.1", 2525, "", "", False, False, 5.0)),
        ("smtp+tls://u:himitsu@relay.example", ("relay.example", 587, "u", "himitsu", True, False, 30.0)),
        (
            "smtps://u%40x.example:p%2F%3A%40@relay.example:4650",
            ("relay.example", 4650, "u@x.example", "p/:@", False, True, 30.0),
        ),
    ],
)
def test_the_address_of_a_relay_is_understood(url, expected) -> None:
    transport = transport_from_url(url)
    assert isinstance(transport, SmtpTransport)
    at = transport.address
    assert (at.host, at.port, at.user, at.password, at.starttls, at.implicit_tls, at.timeout) == expected
    assert not expected[3] or expected[3] not in repr(at)


def test_without_a_relay_mails_become_files(settings, tmp_path) -> None:
    for url in ("", "filemail:"):
        transport = transport_from_url(url)
        assert isinstance(transport, FileTransport) and transport.folder == Path(settings.OUTBOX_DIR)
    assert transport_from_url(f"filemail://{tmp_path}/x").folder == tmp_path / "x"


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("http://relay.example", "http"),
        ("relay.example:25", "relay.example"),
        ("smtp://", "ホスト"),
        ("smtp://relay.example:port", "ポート"),
        ("smtp://relay.example:99999", "ポート"),
        ("smtp://u:himitsu@relay.example?timeout=soon", "timeout"),
        ("smtp://u:himitsu@relay.example?timeout=0", "timeout"),
        ("smtp://u:himitsu@relay.example?tls=1", "tls"),
        ("sendmail://u:himitsu@relay.example", "sendmail"),
    ],
)
def test_a_wrong_address_is_named_without_its_password(url, word) -> None:
    with pytest.raises(MailSettingsError) as caught:
        transport_from_url(url)
    assert word in str(caught.value) and "himitsu" not in str(caught.value)


# pace


def test_mails_keep_to_the_limit_of_the_policy_in_force(issue, worker, add_subscriber, clock) -> None:
    for number in range(57):
        add_subscriber(f"reader{number}@reader.example")
    MailPolicy.objects.all().delete()
    MailPolicy.objects.create(valid_from_at=clock() - timedelta(days=1), per_minute=120)
    MailPolicy.objects.create(valid_from_at=clock() + timedelta(days=1), per_minute=6_000)
    started = clock()
    worker().run()

    moments = sorted(issue.deliveries.values_list("intent_at", flat=True))
    assert len(moments) == 60
    for length in (1, 60):
        window, allowed = timedelta(seconds=length), 120 * length // 60
        assert max(sum(at <= other < at + window for other in moments) for at in moments) <= allowed
    assert 59 / (moments[-1] - started).total_seconds() >= 0.95 * 120 / 60


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

    sender.sleep = sleep
    sender.run()

    assert not any(stolen) and set(issue.deliveries.values_list("state", flat=True)) == {"sent"}


def test_tries_come_later_and_later_with_a_little_chance(clock) -> None:
    early = [next_try(n, now=clock(), chance=lambda: 0.0) - clock() for n in range(1, 6)]
    late = [next_try(n, now=clock(), chance=lambda: 1.0) - clock() for n in range(1, 6)]
    assert early[0] == timedelta(seconds=54) and late[0] == timedelta(seconds=66)
    assert late[-1] == timedelta(hours=4.4)
    assert all(a < b for a, b in zip(early, late, strict=True)) and early == sorted(early)
    assert next_try(6, now=clock(), chance=lambda: 0.5) is None


# which machine may send


def test_a_new_database_sends_from_where_it_was_made(issue, worker, relay) -> None:
    worker().run()
    worker().run()
    assert len(relay.raw) == 3


def test_a_copy_restored_elsewhere_refuses_until_a_person_takes_over(issue, worker, relay, settings, tmp_path) -> None:
    check_instance()
    settings.INSTANCE_DIR = str(tmp_path / "another machine")
    with pytest.raises(RefusesToSend):
        worker().run()
    assert not relay.raw

    take_over()
    worker().run()
    assert len(relay.raw) == 3


def test_an_older_copy_restored_on_the_same_machine_refuses_too(issue, worker, relay) -> None:
    check_instance()
    row = Instance.objects.get()
    worker().run()
    assert len(relay.raw) == 3
    # the backup from before the sending
    Instance.objects.update(epoch=row.epoch)
    issue.deliveries.update(state="pending")
    type(issue).objects.update(state="sending")

    with pytest.raises(RefusesToSend):
        worker().run()
    assert len(relay.raw) == 3


def test_a_kill_between_row_and_file_does_not_lock_the_sender_out(issue, worker, relay, monkeypatch) -> None:
    monkeypatch.setattr("newsletter.sending.engine.write_epoch", lambda epoch: None)
    worker().run(issue_slug=issue.slug)
    monkeypatch.undo()
    check_instance()
