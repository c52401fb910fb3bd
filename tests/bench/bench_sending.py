"""The sending of an issue: its rate beside raw smtplib and Django, a slow relay, the limit of mails, memory.

smtp-sink is Postfix's (Debian: the package postfix); where it is missing our own small relay stands in for it, and that
is said. BENCH_READERS and BENCH_RUNS change the sizes, FULL=1 takes 100,000 readers for memory.
"""

import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection

from tests.faults.notice_kill import POSTGRES, ROOT, Cluster, answers, free_port, wait_for

READERS, RUNS = int(os.environ.get("BENCH_READERS", 1_000)), int(os.environ.get("BENCH_RUNS", 5))
MANY = 100_000 if os.environ.get("FULL") == "1" else 10_000
SINK = shutil.which("smtp-sink", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
ROUND_TRIP = 0.010
ANSWERS = {b"EHLO": b"250-relay.example\r\n250 PIPELINING\r\n", b"QUIT": b"221 2.0.0 Bye\r\n"}
DATABASES = ["sqlite", *(["postgresql"] if POSTGRES else [])]


class Relay:
    """Takes everything and notes when. `delay`: seconds between what arrives and its answer, as on a long way; what
    arrives together is answered together.
    """

    def __init__(self, delay: float = 0.0) -> None:
        self.delay, self.moments, self.port = delay, [], free_port()
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self._run, daemon=True).start()
        wait_for(lambda: answers(self.port))

    def _run(self) -> None:
        self.loop.run_until_complete(asyncio.start_server(self._talk, "127.0.0.1", self.port))
        self.loop.run_forever()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 relay.example ESMTP\r\n")
        waiting, is_body = b"", False
        while some := await reader.read(1_000_000):
            waiting += some
            answer = b""
            while True:
                end = b"\r\n.\r\n" if is_body else b"\r\n"
                line, found, rest = waiting.partition(end)
                if not found:
                    break
                waiting, verb = rest, line[:4].upper()
                if is_body:
                    self.moments.append(time.monotonic())
                    answer, is_body = answer + b"250 2.0.0 Ok\r\n", False
                elif verb == b"DATA":
                    answer, is_body = answer + b"354 go on\r\n", True
                else:
                    answer += ANSWERS.get(verb, b"250 2.0.0 Ok\r\n")
            if answer:
                self.loop.call_later(self.delay, writer.write, answer)
        writer.close()


@contextmanager
def sink() -> Iterator[int]:
    """Postfix's smtp-sink on a free port."""
    if SINK is None:
        print("smtp-sink is missing: our own relay stands in for it, which is slower")
        yield Relay().port
        return
    port = free_port()
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    process = subprocess.Popen([SINK, *user, f"127.0.0.1:{port}", "1000"])
    try:
        wait_for(lambda: answers(port))
        yield port
    finally:
        process.kill()
        process.wait()


@pytest.fixture(params=DATABASES)
def run(request, db) -> Iterator:
    """Run a verb of `sending_runs` in a process with a database of its own, and return what it measured."""
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL is a user of its own
        cluster = Cluster(folder) if request.param == "postgresql" else None
        url = cluster.url if cluster else f"sqlite:///{folder / 'db.sqlite3'}"
        if not cluster and connection.vendor == "sqlite":
            (folder / "db.sqlite3").write_bytes(connection.connection.serialize())
        yield _measuring(request.param, folder, url)
        if cluster:
            cluster.stop()


def _measuring(database: str, folder: Path, url: str):
    environment = os.environ | {
        "DATABASE_URL": url,
        "VAR_DIR": str(folder / "var"),
        "MEDIA_DIR": str(folder / "media"),
        "SECRET_KEY": "only-for-tests",
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "SITE_URL": "https://assist-park.example",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}",
    }
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(migrate, cwd=ROOT, env=environment, check=True)

    def measured(*words: object) -> dict:
        command = [sys.executable, str(Path(__file__).with_name("sending_runs.py")), *map(str, words)]
        done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
        return json.loads(done.stdout.splitlines()[-1])

    measured.database = database
    return measured


def words(name: str, rates: list[float], base: list[float]) -> str:
    low, high, middle = min(rates), max(rates), statistics.median(rates)
    ratios = [one / other for one, other in zip(rates, base, strict=True)]
    ratio = f"{statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})"
    return f"  {name:32}{middle:8.0f}/s ({low:.0f}-{high:.0f})   to raw smtplib {ratio}"


def show(title: str, found: dict) -> None:
    print(f"\n{title}; a message has {found['octets']:,} octets")
    print(words("raw smtplib, one connection", found["raw"], found["raw"]))
    print(words("ours, with the recipients' rows", found["ours"], found["raw"]))
    print(words("Django's send_messages", found["django"], found["raw"]))


def test_rate_against_smtp_sink(run) -> None:
    with sink() as port:
        show(f"{READERS} mails, {RUNS} runs in turn, {run.database}", run("rate", port, READERS, RUNS))


def test_rate_where_a_reply_takes_ten_milliseconds(run) -> None:
    relay, count = Relay(delay=ROUND_TRIP), READERS // 5
    found = run("rate", relay.port, count, 3)
    show(f"{count} mails, {ROUND_TRIP * 1000:.0f} ms until a reply, 3 runs in turn, {run.database}", found)
    assert len(relay.moments) == count * 3 * 3


def most_in(seconds: float, moments: list[float]) -> int:
    most, first = 0, 0
    for last, moment in enumerate(moments):
        while moments[first] <= moment - seconds:
            first += 1
        most = max(most, last - first + 1)
    return most


@pytest.mark.parametrize("per_minute", [600, 3_000])
def test_the_limit_is_kept_and_reached(run, per_minute) -> None:
    relay, seconds = Relay(), 75
    workers = 1 if run.database == "sqlite" else 3
    run("pace", relay.port, per_minute, seconds, workers)
    moments = relay.moments
    reached = (len(moments) - 1) / (moments[-1] - moments[0]) * 60 / per_minute
    print(
        f"\n{per_minute} a minute, {workers} worker(s), {run.database}: most in 1 s {most_in(1, moments)}"
        f" (limit {per_minute / 60:.0f}), in 60 s {most_in(60, moments)}, reached {reached:.3f}"
    )


def test_memory_and_the_recipients_of_many_readers(run) -> None:
    few, many = run("memory", 1_000), run("memory", MANY)
    print(
        f"\n{run.database}: {few['megabytes']:.0f} MB with 1,000 readers, {many['megabytes']:.0f} MB with {MANY:,};"
        f" their rows written in {many['materialised']:.1f} s, sent without a wire in {many['sent']:.1f} s"
    )
