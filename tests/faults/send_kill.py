"""Mail workers, the database and the relay are killed at random while issues are being sent. `make test-kill`.

    .venv/bin/python tests/faults/send_kill.py --kills 210 --readers 300 --only sqlite-1,postgres-1,postgres-4

Real processes throughout: workers that run `send_issues --watch`, PostgreSQL in a cluster made for it (or a SQLite
file), and a relay that writes down each mail before it says that it took it. Victims get SIGKILL at random moments and
are started again a little later, as a service manager would; now and then a worker gets SIGTERM instead. Nobody else
helps. What the relay wrote down is then held against what the database says of each recipient.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.notice_kill import POSTGRES, ROOT, Cluster, answers, free_port, wait_for

LEASE = 5
"""Seconds; short, so that the game is."""
RESUMES_WITHIN = LEASE + 30
KILLS_A_ROUND = 10
MODES = {"sqlite-1": ("sqlite", 1), "postgres-1": ("postgres", 1), "postgres-4": ("postgres", 4)}
CLOSED = ("sent", "sent_exceptions")


@dataclass
class Score:
    """What happened in one mode, over all its rounds."""

    mode: str
    workers: int
    kills: Counter = field(default_factory=Counter)
    counts: Counter = field(default_factory=Counter)
    most_uncertain: float = 0.0
    longest_pause: float = 0.0
    faults: list[str] = field(default_factory=list)

    @property
    def uncertain_allowed(self) -> int:
        """One for each connection that a kill cut: a worker has one."""
        return self.kills["worker"] + self.kills["relay"] * self.workers


class Nest:
    """The process that workers are forked from, and what it says about them."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self.folder = folder
        self.ended: dict[int, int] = {}
        self._started: list[int] = []
        self._said = threading.Condition()
        self.errors = (folder / "workers.log").open("ab")
        command = [sys.executable, str(ROOT / "tests/faults/worker_nest.py")]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": self.errors}
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, text=True, **pipes)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in self.process.stdout:
            word, pid, *code = line.split()
            with self._said:
                if word == "started":
                    self._started.append(int(pid))
                else:
                    self.ended[int(pid)] = int(code[0])
                self._said.notify_all()

    def start(self, *words: object) -> int:
        """Tell it something and return the id of the process that does it."""
        with self._said:
            self.process.stdin.write(" ".join(map(str, words)) + "\n")
            self.process.stdin.flush()
            if not self._said.wait_for(lambda: self._started, 120):
                raise TimeoutError("the nest does not answer")
            return self._started.pop()

    def run(self, *words: object) -> bool:
        """Do something to its end; False where it failed (the database may just be away)."""
        return self.end_of(self.start(*words)) == 0

    def end_of(self, pid: int, number: int = 0) -> int:
        """Send a signal where one is given, wait for the end, and return the exit code, or minus the signal."""
        if number and pid not in self.ended:
            os.kill(pid, number)
        with self._said:
            if not self._said.wait_for(lambda: pid in self.ended, 120):
                raise TimeoutError(f"process {pid} does not end")
            return self.ended[pid]

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(30)
        self.errors.close()


class Relay:
    """The relay's process, always on the same port."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.port, self.path, self.seed = free_port(), folder / "taken.txt", seed
        self.path.touch()
        self.start()

    def start(self) -> None:
        self.seed += 1
        command = [sys.executable, str(ROOT / "tests/faults/killable_relay.py"), str(self.port), str(self.path)]
        self.process = subprocess.Popen([*command, str(self.seed)])
        wait_for(lambda: answers(self.port), what="the relay does not listen")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def taken(self) -> int:
        """How many mails it has taken."""
        return self.path.read_bytes().count(b"\n")

    def message_ids(self) -> Counter:
        return Counter(line.split()[1] for line in self.path.read_text().splitlines())


def environment_for(folder: Path, database: str, port: int) -> dict[str, str]:
    """What a process needs that sends from this database to the relay on that port."""
    return os.environ | {
        "DATABASE_URL": database,
        "EMAIL_URL": f"smtp://127.0.0.1:{port}?timeout=5",
        "VAR_DIR": str(folder / "var"),
        "MEDIA_DIR": str(folder / "media"),
        "SECRET_KEY": "only-for-tests",
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "SITE_URL": "https://assist-park.example",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}",
    }


class Game:
    """One mode: its database, its relay, its workers."""

    def __init__(self, mode: str, *, folder: Path, seed: int, ready: Path | None = None) -> None:
        self.engine, workers = MODES[mode]
        self.folder, self.chance = folder, random.Random(f"{seed} {mode}")
        self.score = Score(mode, workers)
        self.cluster = Cluster(folder) if self.engine == "postgres" else None
        self.relay = Relay(folder, seed)
        if ready:
            shutil.copy(ready, folder / "db.sqlite3")
        url = self.cluster.url if self.cluster else f"sqlite:///{folder / 'db.sqlite3'}"
        self.environment = environment_for(folder, url, self.relay.port)
        if not ready:
            command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
            subprocess.run(command, cwd=ROOT, env=self.environment, check=True)
        self.nest = Nest(self.environment, folder)
        self.workers: list[int] = []

    def play(self, *, kills: int, readers: int) -> Score:
        number = 0
        while (left := kills - sum(self.score.kills.values()) + self.score.kills["SIGTERM"]) > 0:
            number += 1
            self.round(number, min(left, KILLS_A_ROUND), readers)
        if self.score.counts["uncertain"] > self.score.uncertain_allowed:
            self.score.faults.append("more mails are uncertain than connections were cut")
        return self.score

    def round(self, number: int, kills: int, readers: int) -> None:
        """Send one issue, with so many kills on the way."""
        if not self.nest.run("prepare", number, readers):
            raise RuntimeError("the issue could not be made")
        taken = self.relay.taken()
        self.workers = [self.start_worker() for _ in range(self.score.workers)]
        step, last_kill = max(1, readers // (kills + 2)), 0.0
        while kills:
            enough = self.relay.taken() + (self.chance.randint(1, step) if last_kill else 0)
            if not self.goes_on(enough, last_kill):
                break  # the rest is deferred, or the issue has come to its end
            time.sleep(self.chance.uniform(0, 0.02 if last_kill else 0.3))
            last_kill = time.monotonic()
            kills -= self.strike(number)
        self.finish(number, taken, readers, last_kill)

    def goes_on(self, enough: int, since: float) -> bool:
        """Wait for that many mails; False where none comes any more. Notes how long it took after a kill."""
        before, until = self.relay.taken(), time.monotonic() + RESUMES_WITHIN
        while (taken := self.relay.taken()) <= enough:
            if taken > before and since:
                self.score.longest_pause, since = max(self.score.longest_pause, time.monotonic() - since), 0.0
            if time.monotonic() > until:
                return False
            if enough == before:
                return True
            time.sleep(0.002)
        return True

    def strike(self, number: int) -> int:
        """Kill something and start it again; 1 where that was a kill, 0 for a polite end."""
        kinds = ["worker"] * 14 + ["SIGTERM"] * 2
        kinds += ["database"] * 2 if self.cluster else []
        kinds += ["relay"] * 4 if number % 3 == 0 else []
        kind = self.chance.choice(kinds)
        self.score.kills[kind] += 1
        if kind == "database":
            self.cluster.kill()
            time.sleep(self.chance.uniform(0, 1))
            self.cluster.start()
        elif kind == "relay":
            self.relay.kill()
            time.sleep(self.chance.uniform(0, 1))
            self.relay.start()
        else:
            which = self.chance.randrange(len(self.workers))
            self.end_worker(which, signal.SIGTERM if kind == "SIGTERM" else signal.SIGKILL)
            time.sleep(self.chance.uniform(0, 0.3))
            self.workers[which] = self.start_worker()
        return kind != "SIGTERM"

    def start_worker(self) -> int:
        return self.nest.start("start", f"w{self.chance.randrange(1000)}", "--watch", "--lease", LEASE)

    def end_worker(self, which: int, number: signal.Signals) -> None:
        code = self.nest.end_of(self.workers[which], number)
        if code != (0 if number == signal.SIGTERM else -number):
            self.score.faults.append(f"a worker ended with {code} after {number.name}")

    def finish(self, number: int, taken_before: int, readers: int, last_kill: float) -> None:
        """Wait until the issue is closed by itself, end the workers, and count."""
        taken, until = self.relay.taken(), time.monotonic() + 240
        path = self.folder / "result.json"
        found = {"state": ""}
        while found["state"] not in CLOSED and time.monotonic() < until:
            if last_kill and self.relay.taken() > taken:
                self.score.longest_pause = max(self.score.longest_pause, time.monotonic() - last_kill)
                last_kill = 0.0
            time.sleep(0.05)
            if self.nest.run("result", number, path):
                found = json.loads(path.read_text())
        for which in range(len(self.workers)):
            self.end_worker(which, signal.SIGTERM)
        self.count(found, self.relay.message_ids(), readers)

    def count(self, found: dict, taken: Counter, readers: int) -> None:
        score, states = self.score, found["deliveries"]
        of = {state: [one for one, what in states.items() if what == state] for state in set(states.values())}
        uncertain = of.get("ambiguous", [])
        score.counts["recipients"] += readers
        score.counts["sent"] += len(of.get("sent", []))
        score.counts["uncertain"] += len(uncertain)
        score.counts["of these received"] += sum(one in taken for one in uncertain)
        score.counts["doubled"] += sum(count > 1 for count in taken.values())
        score.counts["lost"] += sum(one not in taken for one in of.get("sent", []))
        score.counts["forgotten"] += sum(len(some) for state, some in of.items() if state not in ("sent", "ambiguous"))
        score.counts["rounds"] += 1
        if found["state"] not in CLOSED:
            score.faults.append(f"an issue was not closed: {found['state']} {found['report']}")
        if not found["report"]["adds_up"] or found["report"]["targeted"] != readers or len(states) != readers:
            score.faults.append(f"a report does not add up: {found['report']}")
        for wrong in ("doubled", "lost", "forgotten"):
            if score.counts[wrong]:
                score.faults.append(f"{wrong}: {score.counts[wrong]}")
        if score.longest_pause > RESUMES_WITHIN:
            score.faults.append(f"it took {score.longest_pause:.0f} s until mail left again")

    def close(self) -> None:
        self.nest.close()
        self.relay.kill()
        if self.cluster:
            self.cluster.stop()


def play(mode: str, *, kills: int, readers: int, seed: int, ready: Path | None = None) -> Score:
    """Play one mode in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="send-kill-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        game = Game(mode, folder=folder, seed=seed, ready=ready)
        try:
            return game.play(kills=kills, readers=readers)
        finally:
            game.close()


def table(scores: list[Score]) -> str:
    """What happened, a column for each mode."""
    rows = {
        "kill -9 of a worker": [score.kills["worker"] for score in scores],
        "kill -9 of the database": [score.kills["database"] for score in scores],
        "kill -9 of the relay": [score.kills["relay"] for score in scores],
        "SIGTERM to a worker": [score.kills["SIGTERM"] for score in scores],
        "issues": [score.counts["rounds"] for score in scores],
        "recipients": [score.counts["recipients"] for score in scores],
        "sent": [score.counts["sent"] for score in scores],
        "uncertain": [score.counts["uncertain"] for score in scores],
        "  of these received": [score.counts["of these received"] for score in scores],
        "  allowed (one a connection and kill)": [score.uncertain_allowed for score in scores],
        "doubled": [score.counts["doubled"] for score in scores],
        "marked sent, not received": [score.counts["lost"] for score in scores],
        "without an end": [score.counts["forgotten"] for score in scores],
        "longest wait for the next mail, s": [f"{score.longest_pause:.1f}" for score in scores],
    }
    lines = [f"{'':38}" + "".join(f"{score.mode:>12}" for score in scores)]
    lines += [f"{name:38}" + "".join(f"{cell:>12}" for cell in cells) for name, cells in rows.items()]
    lines += [f"{score.mode}: {fault}" for score in scores for fault in dict.fromkeys(score.faults)]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--kills", type=int, default=210, help="kill -9 in all modes together (210)")
    parser.add_argument("--readers", type=int, default=300, help="recipients of each issue (300)")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--only", default=",".join(MODES), help="modes, separated by commas")
    options = parser.parse_args()
    modes = [mode for mode in options.only.split(",") if mode in MODES]
    if not POSTGRES and any(MODES[mode][0] == "postgres" for mode in modes):
        print("There is no PostgreSQL on this machine (/usr/lib/postgresql): only SQLite is played.")
        modes = [mode for mode in modes if MODES[mode][0] == "sqlite"]
    print(f"seed {options.seed}", flush=True)
    scores = []
    for mode in modes:
        began = time.monotonic()
        share = -(-options.kills // len(modes))
        scores.append(play(mode, kills=share, readers=options.readers, seed=options.seed))
        print(f"{mode}: {time.monotonic() - began:.0f} s", flush=True)
    print(table(scores))
    return 1 if not scores or any(score.faults for score in scores) else 0


if __name__ == "__main__":
    sys.exit(main())
