"""kill -9 at random moments, with real processes, a real database file and a real relay."""

import asyncio
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
RECIPIENTS, KILLS, SEED = 90, 5, 20261201
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


class Workers:
    """Real processes that run `send_issues`, forked from one that has loaded everything (that takes seconds)."""

    def __init__(self, database: Path, relay) -> None:
        environment = os.environ | {
            "DATABASE_URL": f"sqlite:///{database}",
            "EMAIL_URL": f"smtp://127.0.0.1:{relay.port}?timeout=5",
            "VAR_DIR": str(database.parent),
            "SECRET_KEY": "only-for-tests",
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "SITE_URL": "https://assist-park.example",
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}",
        }
        self.errors = (database.parent / "errors.txt").open("w+")
        command = [sys.executable, "-c", LOADED]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": self.errors}
        self._loaded = subprocess.Popen(command, cwd=ROOT, env=environment, text=True, **pipes)

    def start(self, *args: str) -> int:
        """The process id of a new worker."""
        self._loaded.stdin.write(" ".join(["--lease", str(LEASE_SECONDS), *args]) + "\n")
        self._loaded.stdin.flush()
        return int(self._loaded.stdout.readline())

    def end(self, pid: int, number: signal.Signals) -> int:
        """Send a signal and return how the worker ended: its exit code, or minus the signal's number."""
        os.kill(pid, number)
        return int(self._loaded.stdout.readline())

    def close(self) -> None:
        self._loaded.stdin.close()
        self._loaded.stdout.close()
        self._loaded.wait(30)
        self.errors.close()


LOADED = """
import os, sys
import django
django.setup()
from django.core.management import call_command
from config.management.commands import send_issues
for line in sys.stdin:
    pid = os.fork()
    if not pid:
        try:
            call_command(send_issues.Command(), *line.split(), stdout=open(os.devnull, "w"))
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    print(pid, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


@pytest.fixture
def workers(database, relay):
    made = Workers(database, relay)
    yield made
    made.close()


def wait_for(happened) -> None:
    until = time.monotonic() + DEADLINE_SECONDS
    while not happened():
        assert time.monotonic() < until, "nothing more happens"
        time.sleep(0.002)


def read(database: Path, question: str) -> list[tuple]:
    with sqlite3.connect(database, timeout=20) as db:
        return db.execute(question).fetchall()


def deliveries(database: Path) -> dict[str, str]:
    return dict(read(database, "SELECT message_id, state FROM newsletter_delivery"))


def arrived(relay) -> Counter:
    return Counter(mail["Message-ID"] for mail in relay.mails)


def test_kill_9_doubles_nobody_loses_nobody_and_leaves_one_uncertain_at_most(database, relay, workers) -> None:
    chance = random.Random(SEED)
    for kill in range(KILLS):
        pid = workers.start("--watch")
        enough = len(relay.raw) + chance.randrange(1, RECIPIENTS // (KILLS + 2))
        wait_for(lambda enough=enough: len(relay.raw) >= enough)
        time.sleep(chance.uniform(0, 0.02))
        assert workers.end(pid, signal.SIGKILL) == -signal.SIGKILL, kill
    assert len(relay.raw) < RECIPIENTS

    pid = workers.start("--watch")
    wait_for(lambda: read(database, "SELECT state FROM newsletter_issue")[0][0] != "sending")
    assert workers.end(pid, signal.SIGTERM) == 0

    state, targeted = read(database, "SELECT state, recipient_count FROM newsletter_issue")[0]
    states, mails = deliveries(database), arrived(relay)
    assert state in ("sent", "sent_exceptions")
    assert set(mails.values()) == {1}  # nobody twice
    assert {one for one, what in states.items() if what == "sent"} <= set(mails)  # nobody sent without having got it
    assert set(states.values()) <= {"sent", "ambiguous"}  # nobody forgotten
    assert list(states.values()).count("ambiguous") <= KILLS
    assert len(states) == targeted == RECIPIENTS


def test_sigterm_ends_it_cleanly_and_leaves_nothing_uncertain(database, relay, workers) -> None:
    in_hand = threading.Event()

    async def slowly(rcpt: str) -> None:
        if len(relay.raw) >= 5:
            in_hand.set()
            await asyncio.sleep(0.3)

    relay.plan["BODY"] = slowly
    pid = workers.start("--watch")
    assert in_hand.wait(DEADLINE_SECONDS)
    assert workers.end(pid, signal.SIGTERM) == 0

    states = Counter(deliveries(database).values())
    assert set(states) == {"sent", "pending"}
    assert states["sent"] == len(relay.raw) == 6
