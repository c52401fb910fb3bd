"""`manage.py serve`: the site on one's own machine, with the clock and the mail worker; `make run` calls it."""

import ctypes
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from config.roles import APPROVER, EDITOR
from newsletter.models import Issue

LOGINS = (("henshu", EDITOR, "編集", "花子"), ("shonin", APPROVER, "承認", "太郎"))
PR_SET_PDEATHSIG = 1


def _die_with_parent() -> None:
    """In a child: be told to stop when the parent is gone, however it went (Linux)."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def make_logins(path: Path) -> list[dict[str, str]]:
    """Make the two staff of this database once, keep their passwords in `path` (mode 0600), and return them."""
    known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    passwords = {row["name"]: row["password"] for row in known}
    user_model = get_user_model()
    rows = []
    for name, role, last_name, first_name in LOGINS:
        user = user_model.objects.filter(username=name).first()
        if user is None:
            user = user_model(
                username=name, email=f"{name}@assist-park.example", last_name=last_name, first_name=first_name
            )
        if name not in passwords or not user.check_password(passwords[name]):
            passwords[name] = secrets.token_urlsafe(12)
            user.set_password(passwords[name])
            user.save()
        user.groups.add(Group.objects.get(name=role))
        rows.append({"name": name, "role": role, "password": passwords[name]})
    path.touch(mode=0o600)
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")
    return rows


class Command(BaseCommand):
    help = "自分の機械でサイトを動かします（サイト、時計、メール）。"

    def add_arguments(self, parser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default="127.0.0.1")

    def handle(self, *args, **options) -> None:
        host, port = options["host"], options["port"]
        if not 0 < port < 65536:
            raise CommandError(f"ポート番号が正しくありません：{port}")
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise CommandError(
                    f"ポート {port} は使われています。PORT=8001 make run のように変えてください。"
                ) from error
        url = f"http://{host}:{port}"
        if "SITE_URL" not in os.environ:
            settings.SITE_URL = settings.WAGTAILADMIN_BASE_URL = url
        root = Path(settings.BASE_DIR)
        environment = os.environ | {"SITE_URL": settings.SITE_URL, "PYTHONPATH": f"{root}:{root / 'site'}"}
        var = Path(settings.VAR_ROOT)
        call_command("setup_site", stdout=self.stdout)
        if not Issue.objects.exists():
            self.stdout.write("見本のひと月を作っています（初回だけ） …")
            call_command("demo_content", stdout=self.stdout)
        logins = make_logins(var / "logins.json")
        children = self._start(host, port, environment)
        self._print(url, logins, var)
        self._wait(children)

    def _start(self, host: str, port: int, environment: dict[str, str]) -> list[subprocess.Popen]:
        manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
        granian = [
            str(Path(sys.executable).with_name("granian")),
            "--interface", "wsgi", "--host", host, "--port", str(port), "--workers", "1",
            "--blocking-threads", "8", "--respawn-failed-workers", "--log-level", "warning", "config.wsgi:application",
        ]  # fmt: skip
        commands = [granian, [*manage, "tick", "--watch"], [*manage, "send_issues", "--watch"]]
        return [
            subprocess.Popen(command, env=environment, start_new_session=True, preexec_fn=_die_with_parent)
            for command in commands
        ]

    def _print(self, url: str, logins: list[dict[str, str]], var: Path) -> None:
        lines = [
            "",
            f"サイト            {url}/",
            f"掲載を頼む        {url}/notices/new/",
            f"サポートメール    {url}/mail/",
            f"管理画面          {url}/admin/",
            *(f"  ログイン（{row['role']}）  {row['name']} / {row['password']}" for row in logins),
            f"届いたメール      {var / 'outbox'}/*.eml",
            "止めるには Ctrl+C",
            "",
        ]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()

    def _wait(self, children: list[subprocess.Popen]) -> None:
        """Wait for a signal or for a child to end; then end every child with its whole group."""
        stopping = []
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: stopping.append(True))
        while not stopping and all(child.poll() is None for child in children):
            time.sleep(0.2)
        failed = [child for child in children if child.poll() not in (None, 0)]
        for number, patience in ((signal.SIGTERM, 8.0), (signal.SIGKILL, 2.0)):
            for child in children:
                try:
                    os.killpg(child.pid, number)
                except ProcessLookupError:
                    continue
            deadline = time.monotonic() + patience
            while time.monotonic() < deadline and any(child.poll() is None for child in children):
                time.sleep(0.1)
        if failed and not stopping:
            raise CommandError(f"{Path(failed[0].args[0]).name} が止まりました（終了コード {failed[0].returncode}）。")
