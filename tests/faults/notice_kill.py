"""Groups send notices with a photo and a PDF while the database, the disk and the web worker die under them.

    .venv/bin/python tests/faults/notice_kill.py --groups 50 --kills 20

A real site in a folder of its own: granian with two workers; PostgreSQL in a cluster made for it (killed with SIGKILL,
started again), or SQLite; private files on a small disk that fills up and is freed again (a tmpfs where this process
may mount one, else a file size limit set on the running workers). Every group goes on until everything was killed often
enough: an error or a lost connection is answered by sending the same form again, as a browser does, to which the page
of the fault gives the form back. What the groups were told is then held against the rows and the bytes on the disk.
"""

import argparse
import base64
import hashlib
import html
import http.client
import io
import json
import os
import random
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from email.message import Message
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60
"""Seconds until a group gives up one request and sends it again."""
DISK_BYTES = 1_000_000_000
POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(happened, seconds: float = 120, what: str = "") -> None:
    until = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > until:
            raise TimeoutError(what)
        time.sleep(0.05)


def answers(port: int, path: str = "") -> bool:
    """Does something listen there, and answer 200 at `path`?"""
    try:
        if not path:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return True
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False


# --- what is killed


class Cluster:
    """A PostgreSQL of our own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port, self.process = folder / "postgres", free_port(), None
        self.user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        self.folder.mkdir(mode=0o700)
        if self.user:
            shutil.chown(self.folder, "postgres", "postgres")
        self.log = (folder / "postgres.log").open("ab")
        command = [POSTGRES[-1] / "initdb", "-D", self.folder, "-U", "centre", "-A", "trust", "-E", "UTF8"]
        self._run([*command, "--locale", "C.UTF-8"])
        self.start()
        self._run([POSTGRES[-1] / "createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "centre", "centre"])

    @property
    def url(self) -> str:
        return f"postgres://centre@127.0.0.1:{self.port}/centre"

    def start(self) -> None:
        options = [
            "-c",
            f"port={self.port}",
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            f"unix_socket_directories={self.folder}",
        ]
        while True:
            command = [POSTGRES[-1] / "postgres", "-D", self.folder, *options]
            self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, cwd="/", **self.user)
            until = time.monotonic() + 60
            while self.process.poll() is None and time.monotonic() < until:
                if self._is_ready():
                    return
                time.sleep(0.1)
            self.process.wait()  # processes of the last one still hold its memory; once more

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)
        self.log.close()

    def _is_ready(self) -> bool:
        command = [POSTGRES[-1] / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(command, check=False).returncode == 0

    def _run(self, command: list) -> None:
        subprocess.run(command, check=True, stdout=self.log, stderr=self.log, cwd="/", **self.user)


class Server:
    """The site behind granian, which starts a new worker when one dies, and is itself started again when it gives up
    (it does after two deaths in a row), as a service manager would.
    """

    def __init__(self, folder: Path, environment: dict[str, str], port: int) -> None:
        self.port, self.environment, self.log = port, environment, (folder / "server.log").open("ab")
        self.restarts = -1
        self.start()

    def start(self) -> None:
        command = [
            str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--host", "127.0.0.1", "--port",
            str(self.port), "--workers", "2", "--blocking-threads", "8", "--respawn-failed-workers",
            "--respawn-interval", "0.5", "--log-level", "error", "config.wsgi:application",
        ]  # fmt: skip
        options = {"stdout": self.log, "stderr": self.log, "start_new_session": True}
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, **options)
        self.restarts += 1

    def keep_up(self) -> None:
        if self.process.poll() is not None:
            self.start()

    def workers(self) -> list[int]:
        """The process ids of the workers: children of granian that have loaded the site."""
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                command = (entry / "cmdline").read_bytes()
            except (OSError, ValueError, IndexError):
                continue
            if parent == self.process.pid and b"resource_tracker" not in command:
                found.append(int(entry.name))
        return found

    def kill(self, chance: random.Random) -> None:
        workers = self.workers()
        if workers:
            os.kill(chance.choice(workers), signal.SIGKILL)

    def stop(self) -> None:
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, number)
                self.process.wait(15)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue
        self.log.close()


class Disk:
    """The private files' disk. `kind` says how it fails: "full" (a tmpfs without room) or "limit" (no file grows)."""

    def __init__(self, folder: Path, *, may_mount: bool = True) -> None:
        self.folder, self.kind = folder / "private", "limit"
        self.folder.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(self.folder)]
        if may_mount and os.geteuid() == 0 and subprocess.run(mount, check=False, capture_output=True).returncode == 0:
            self.kind = "full"

    def fail(self, server: Server) -> None:
        if self.kind == "full":
            with (self.folder / "ballast").open("wb", buffering=0) as ballast:
                try:
                    while ballast.write(bytes(1_000_000)):
                        pass
                except OSError:
                    return
        self._limit(server, 4_096)

    def mend(self, server: Server) -> None:
        if self.kind == "full":
            (self.folder / "ballast").unlink(missing_ok=True)
        else:
            self._limit(server, resource.RLIM_INFINITY)

    def remove(self) -> None:
        if self.kind == "full":
            subprocess.run(["umount", "-l", str(self.folder)], check=False)

    @staticmethod
    def _limit(server: Server, size: int) -> None:
        for pid in server.workers():
            try:
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
            except ProcessLookupError:
                continue


# --- the groups


@dataclass
class Told:
    """What one group was told: the address of its status page, and the number on it."""

    title: str
    url: str
    number: str = ""


@dataclass
class Report:
    """What happened, and what was found afterwards."""

    counts: Counter = field(default_factory=Counter)
    told: list[Told] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, *names: str) -> None:
        with self.lock:
            self.counts.update(names)


def picture(number: int) -> bytes:
    """A photo of some 150 KB, different for each group."""
    output = io.BytesIO()
    noise = Image.merge("RGB", [Image.effect_noise((480, 360), 40 + number % 40) for _channel in "rgb"])
    noise.save(output, "JPEG", quality=88)
    return output.getvalue()


def flyer(number: int) -> bytes:
    """A PDF of one page with a picture of noise in it."""
    output = io.BytesIO()
    Image.effect_noise((400, 300), 50 + number % 40).convert("RGB").save(output, "PDF")
    return output.getvalue()


def solve(challenge: str) -> str:
    """What the script in the page would write into its hidden field."""
    asked = json.loads(challenge)
    for number in range(asked["maxNumber"] + 1):
        if hashlib.sha256(f"{asked['salt']}{number}".encode()).hexdigest() == asked["challenge"]:
            answer = {name: asked[name] for name in ("algorithm", "challenge", "salt", "signature")}
            return base64.b64encode(json.dumps(answer | {"number": number}).encode()).decode()
    return ""


class Group(threading.Thread):
    """One group: opens the form, fills it in, sends it until it is told something, reads its status page."""

    def __init__(self, number: int, port: int, report: Report, enough: threading.Event) -> None:
        super().__init__(daemon=True)
        self.number, self.port, self.report, self.enough = number, port, report, enough
        self.photo, self.flyer = picture(number), flyer(number)

    def run(self) -> None:
        turn = 0
        while turn == 0 or not self.enough.is_set():
            turn += 1
            try:
                self.send_one(f"催し{self.number}-{turn}")
            except Exception as error:
                with self.report.lock:
                    self.report.faults.append(f"group {self.number}: {error!r}")
                return

    def send_one(self, title: str) -> None:
        while True:
            body, kind, cookie = self.filled_in(title)
            status, where, words = self.until_answered("POST", "/notices/new/", body, kind, cookie)
            if status == 302:
                break
            if status != 200:
                raise RuntimeError(f"{status} {words[:200]}")
            self.report.count("form came back")  # busy, or the disk was full: told so, nothing promised
            time.sleep(random.random())
        told = Told(title, where)
        with self.report.lock:
            self.report.told.append(told)
        status, _where, words = self.until_answered("GET", where)
        number = re.search(r"\d{4}-\d{4,}", words)
        if status != 200 or not number:
            raise RuntimeError(f"the receipt leads to {status}: {where}")
        told.number = number[0]

    def filled_in(self, title: str) -> tuple[bytes, str, str]:
        """The form with everything typed in: the body of the request, its type, and the cookie."""
        status, cookie, page = self.until_answered("GET", "/notices/new/")
        if status != 200:
            raise RuntimeError(f"the form answers {status}")
        tags = re.findall(r'<input[^>]*type="hidden"[^>]*>', page)
        values = {}
        for tag in tags:
            name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
            if name:
                values[name[1]] = html.unescape(value[1]) if value else ""
            if challenge := re.search(r'data-challenge="([^"]*)"', tag):
                values[name[1]] = solve(html.unescape(challenge[1]))
        criteria = re.findall(r'name="criteria"[^>]*value="(\d+)"|value="(\d+)"[^>]*name="criteria"', page)
        values |= {"memo_2": "", "send": "1", "criteria": ["".join(one) for one in criteria]} | self.typed(title)
        parts, mark = [], "----notice-kill"
        for name, value in values.items():
            for one in value if isinstance(value, list) else [value]:
                head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
                parts.append(head.encode() + one.encode() + b"\r\n")
        files = (
            ("file1", "photo.jpg", "image/jpeg", self.photo),
            ("file2", "flyer.pdf", "application/pdf", self.flyer),
        )
        for name, file, kind, content in files:
            head = (
                f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\nContent-Type: {kind}'
            )
            parts.append(head.encode() + b"\r\n\r\n" + content + b"\r\n")
        return b"".join([*parts, f"--{mark}--\r\n".encode()]), f"multipart/form-data; boundary={mark}", cookie

    def typed(self, title: str) -> dict[str, str | list[str]]:
        on = date.today() + timedelta(days=40)  # noqa: DTZ011 - any day to come
        return {
            "kind": "event",
            "group_name": f"もちつきの会{self.number}",
            "contact_name": "佐藤花子",
            "contact_email": f"group{self.number}@example.jp",
            "title": title,
            "text": "うすときねで、もちをつきます。どなたでもどうぞ。",
            "venue_name": "大槻ふれあいセンター",
            "fee_way": "free",
            "application_way": "none",
            "media": ["web", "mail"],
            "has_photo_consent": "on",
            "alt1": "もちをつく人",
            "s1-year": str(on.year),
            "s1-month": str(on.month),
            "s1-day": str(on.day),
            "s1-starts": "10:00",
            "s1-ends": "12:00",
        }

    def until_answered(
        self, method: str, path: str, body: bytes = b"", kind: str = "", cookie: str = ""
    ) -> tuple[int, str, str]:
        """Ask until something other than a fault or silence comes back: status, address or cookie, words."""
        until = time.monotonic() + 600
        while time.monotonic() < until:
            try:
                status, headers, words = self.ask(method, path, body, kind, cookie)
            except (OSError, http.client.HTTPException):
                self.report.count("connection lost")
            else:
                if status < 500:
                    cookies = headers.get("Set-Cookie", "").split(";")[0]
                    return status, headers.get("Location", "") or cookies, words
                self.report.count(f"answer {status}")
            time.sleep(0.2 + random.random())
        raise TimeoutError(f"{method} {path}")

    def ask(self, method: str, path: str, body: bytes, kind: str, cookie: str) -> tuple[int, Message, str]:
        here = (f"127.0.1.{self.number % 250 + 1}", 0)  # each group has an address of its own
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE, source_address=here)
        headers = {name: value for name, value in (("Content-Type", kind), ("Cookie", cookie)) if value}
        try:
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            connection.close()


# --- the play


FOUND = """
import json
from activities.models import Notice
from center.models import OutgoingMail
rows = [
    {"number": n.number, "title": n.title, "held": n.held_reason,
     "files": [[f.kind, f.file.path, f.size] for f in n.attachments.all()]}
    for n in Notice.objects.exclude(is_sample=True).prefetch_related("attachments")
]
mails = OutgoingMail.objects.filter(kind="notice-receipt").count()
print("FOUND" + json.dumps({"rows": rows, "mails": mails}))
"""


class Play:
    """The site, the groups and the killer."""

    def __init__(self, folder: Path, *, database: str = "postgres", may_mount: bool = True, ready: Path | None = None):
        self.folder, self.chance, self.report = folder, random.Random(20261123), Report()
        self.cluster = Cluster(folder) if database == "postgres" else None
        self.disk = Disk(folder, may_mount=may_mount)
        (folder / "var").mkdir()
        if ready:
            shutil.copy(ready, folder / "var" / "db.sqlite3")
        self.port = free_port()
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("TEST_")} | {
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}",
            "DATABASE_URL": self.cluster.url if self.cluster else f"sqlite:///{folder / 'var' / 'db.sqlite3'}",
            "VAR_DIR": str(folder / "var"),
            "MEDIA_DIR": str(folder / "media"),
            "PRIVATE_DIR": str(self.disk.folder),
            "OUTBOX_DIR": str(folder / "outbox"),
            "SECRET_KEY": "only-for-this-test",
            "SITE_URL": f"http://127.0.0.1:{self.port}",
            "EMAIL_URL": "",
            "FORM_MIN_SECONDS": "0",
            "FORM_NEEDS_PROOF": "true",
            "LOG_LEVEL": "ERROR",
        }
        if not ready:
            self.manage("migrate", "--verbosity", "0")
            self.manage("setup_site", "--verbosity", "0")
        self.server = Server(folder, self.environment, self.port)

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        done = subprocess.run(command, env=self.environment, cwd=ROOT, check=False, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr[-2_000:])
        return done.stdout

    def run(self, *, groups: int, kills: int) -> Report:
        wait_for(lambda: answers(self.port, "/notices/new/"), what="the site does not start")
        enough = threading.Event()
        threads = [Group(number, self.port, self.report, enough) for number in range(groups)]
        started = time.monotonic()
        for thread in threads:
            thread.start()
        victims = ["worker", "disk", *(["database"] if self.cluster else [])] * kills
        self.chance.shuffle(victims)
        for victim in victims:
            time.sleep(self.chance.uniform(0.3, 2.5))
            self.until_alive()
            self.kill(victim)
        enough.set()
        until = time.monotonic() + 600
        while any(thread.is_alive() for thread in threads) and time.monotonic() < until:
            self.server.keep_up()
            time.sleep(0.5)
        for thread in threads:
            thread.join(1)
        self.report.counts["seconds"] = round(time.monotonic() - started)
        self.report.counts["times that granian gave up and was started again"] = self.server.restarts
        self.report.counts["groups that did not finish"] = sum(thread.is_alive() for thread in threads)
        self.look()
        return self.report

    def until_alive(self) -> None:
        """What was killed is back and has served somebody: only then can it be killed once more."""
        until, served = time.monotonic() + 45, len(self.report.told)
        while time.monotonic() < until and not (len(self.report.told) > served and len(self.server.workers()) > 1):
            self.server.keep_up()
            time.sleep(0.2)

    def kill(self, victim: str) -> None:
        if victim == "worker":
            self.server.kill(self.chance)
        elif victim == "database":
            self.cluster.kill()
            time.sleep(self.chance.uniform(0, 0.5))
            self.cluster.start()
        else:
            self.disk.fail(self.server)
            time.sleep(self.chance.uniform(0.2, 2))
            self.disk.mend(self.server)
        self.report.count(f"kills: {victim}")

    def look(self) -> None:
        """Hold what the groups were told against rows and files."""
        text = self.manage("shell", "--verbosity", "0", "-c", FOUND)
        found = json.loads(text[text.index("FOUND") + 5 :])
        rows = {row["number"]: row for row in found["rows"]}
        counts, faults = self.report.counts, self.report.faults
        counts["receipts shown"] = len(self.report.told)
        counts["notices stored"] = len(rows)
        counts["receipt mails queued"] = found["mails"]
        counts["held"] = sum(bool(row["held"]) for row in rows.values())
        for told in self.report.told:
            row = rows.get(told.number)
            if row is None or row["title"] != told.title:
                counts["receipts without a row"] += 1
                faults.append(f"no row for {told}")
            elif sorted(kind for kind, _path, _size in row["files"]) != ["image", "pdf"]:
                counts["receipts without their files"] += 1
                faults.append(f"{told.number} has {row['files']}")
        for row in rows.values():
            for kind, path, size in row["files"]:
                if not is_whole(kind, Path(path), size):
                    counts["rows whose file is missing or broken"] += 1
                    faults.append(f"{row['number']}: {path}")
        titles = Counter(row["title"] for row in rows.values())
        counts["notices stored twice"] = sum(number - 1 for number in titles.values())
        known = {path for row in rows.values() for _kind, path, _size in row["files"]}
        left = [path for path in (self.disk.folder / "notices").rglob("*") if path.is_file() and str(path) not in known]
        counts["files of nobody (swept after two days)"] = len(left)

    def close(self) -> None:
        self.server.stop()
        if self.cluster:
            self.cluster.stop()
        self.disk.remove()


def is_whole(kind: str, path: Path, size: int) -> bool:
    """Are all bytes there, and do they open?"""
    if not path.is_file() or path.stat().st_size != size:
        return False
    content = path.read_bytes()
    if kind == "pdf":
        return content.startswith(b"%PDF-") and content.rstrip().endswith(b"%%EOF")
    try:
        Image.open(io.BytesIO(content)).load()
    except OSError:
        return False
    return True


def play(*, groups: int, kills: int, **options) -> tuple[Report, str]:
    """Play it in a folder of its own; the report, and how the disk failed."""
    folder = Path(tempfile.mkdtemp(prefix="notice-kill-"))
    folder.chmod(0o755)
    game = None
    try:
        game = Play(folder, **options)
        return game.run(groups=groups, kills=kills), game.disk.kind
    finally:
        if game:
            game.close()
        shutil.rmtree(folder, ignore_errors=True)


ORDER = (
    *("groups that did not finish", "kills: database", "kills: disk", "kills: worker", "seconds"),
    *("connection lost", "answer 500", "answer 502", "answer 503", "form came back"),
    *("receipts shown", "notices stored", "receipt mails queued", "held", "notices stored twice"),
    *("receipts without a row", "receipts without their files", "rows whose file is missing or broken"),
    "files of nobody (swept after two days)",
)


def table(report: Report, disk: str) -> str:
    rest = sorted(report.counts.keys() - set(ORDER))
    lines = [f"{name:<42}{report.counts[name]:>8}" for name in (*ORDER, *rest)]
    return "\n".join([f"{'the disk fails by':<42}{disk:>8}", *lines, *report.faults[:20]])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--groups", type=int, default=50)
    parser.add_argument("--kills", type=int, default=20, help="of each: database, disk, worker")
    parser.add_argument("--database", choices=["postgres", "sqlite"], default="postgres")
    options = parser.parse_args()
    report, disk = play(groups=options.groups, kills=options.kills, database=options.database)
    sys.stdout.write(table(report, disk) + "\n")
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
