"""kill -9 at random moments, with real processes, a real database file and a real relay."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from newsletter.models import Issue, Rendering, Subscriber, SubscriberState, Subscription

ROOT = Path(__file__).resolve().parents[3]
RECIPIENTS, KILLS, SEED = 60, 3, 20261201
LEASE_SECONDS = 1
DEADLINE_SECONDS = 120
"""For a machine that is busy with other things; the whole takes some ten seconds."""


@pytest.fixture
def database(issue, topic, tmp_path) -> Path:
    """The test's database as a file: one issue that is to be sent now."""
    if connection.vendor != "sqlite":
        pytest.skip("copies a SQLite database")
    now = timezone.now()
    Issue.objects.update(send_at=now, not_after=now + timedelta(hours=2))
    Subscriber.objects.all().delete()
    addresses = [f"reader{number}@reader.example" for number in range(RECIPIENTS)]
    active = {"state": SubscriberState.ACTIVE, "created_at": now}
    made = Subscriber.objects.bulk_create(Subscriber(email=one, email_norm=one, **active) for one in addresses)
    Subscription.objects.bulk_create(Subscription(subscriber=one, topic=topic) for one in made)
    Rendering.objects.update(html="<p>" + "12月の催しです。\n" * 1_000 + "</p>")
    path = tmp_path / "db.sqlite3"
    path.write_bytes(connection.connection.serialize())
    return path


def start(database: Path, relay, *args: str) -> subprocess.Popen:
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{database}",
        "EMAIL_URL": f"smtp://127.0.0.1:{relay.port}?timeout=5",
        "VAR_DIR": str(database.parent),
        "SECRET_KEY": "only-for-tests",
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "SITE_URL": "https://assist-park.example",
    }
    command = [sys.executable, "manage.py", "send_issues", "--lease", str(LEASE_SECONDS), *args]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def read(database: Path, question: str) -> list[tuple]:
    with sqlite3.connect(database, timeout=20) as db:
        return db.execute(question).fetchall()


def deliveries(database: Path) -> dict[str, str]:
    return dict(read(database, "SELECT message_id, state FROM newsletter_delivery"))


def arrived(relay) -> Counter:
    return Counter(mail["Message-ID"] for mail in relay.mails)


def test_kill_9_doubles_nobody_loses_nobody_and_leaves_one_uncertain_at_most(database, relay) -> None:
    chance = random.Random(SEED)
    kills = 0
    for share in (0.1, 0.35, 0.6)[:KILLS]:
        worker = start(database, relay, "--watch")
        until = time.monotonic() + DEADLINE_SECONDS
        while len(relay.raw) < RECIPIENTS * share and time.monotonic() < until and worker.poll() is None:
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 0.05))
        assert worker.poll() is None, worker.communicate()[1]
        worker.send_signal(signal.SIGKILL)
        worker.communicate()
        kills += 1
    assert 0 < len(relay.raw) < RECIPIENTS

    worker = start(database, relay, "--watch")
    until = time.monotonic() + DEADLINE_SECONDS
    while read(database, "SELECT state FROM newsletter_issue")[0][0] == "sending" and time.monotonic() < until:
        time.sleep(0.05)
    worker.terminate()
    _, errors = worker.communicate(timeout=30)
    assert worker.returncode == 0, errors

    state, targeted = read(database, "SELECT state, recipient_count FROM newsletter_issue")[0]
    states, mails = deliveries(database), arrived(relay)
    assert state in ("sent", "sent_exceptions")
    assert set(mails.values()) == {1}  # nobody twice
    assert {one for one, what in states.items() if what == "sent"} <= set(mails)  # nobody sent without having got it
    assert set(states.values()) <= {"sent", "ambiguous"}
    assert list(states.values()).count("ambiguous") <= kills
    assert len(states) == targeted == RECIPIENTS


def test_sigterm_ends_it_cleanly_and_leaves_nothing_uncertain(database, relay) -> None:
    worker = start(database, relay, "--watch", "--json")
    until = time.monotonic() + DEADLINE_SECONDS
    while len(relay.raw) < 5 and time.monotonic() < until and worker.poll() is None:
        time.sleep(0.005)
    # A relay that is slow from now on: the signal comes while a mail is in the relay's hands.
    taken = threading.Event()
    relay.plan["BODY"] = lambda rcpt: taken.set() or time.sleep(0.2)
    assert taken.wait(10)
    worker.send_signal(signal.SIGTERM)
    _, errors = worker.communicate(timeout=30)

    states = Counter(deliveries(database).values())
    assert worker.returncode == 0, errors
    assert set(states) == {"sent", "pending"}
    assert states["sent"] == len(relay.raw) < RECIPIENTS
