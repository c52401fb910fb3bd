"""`manage.py demo`: the main job from the form to the outbox, on a scratch database, without a person."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

SITE_URL = "https://assist-park.example"


class Command(BaseCommand):
    help = "12月号の例を、フォームから送信まで、下書き用のデータベースで通します。違えば失敗します。"

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--here", action="store_true", help="いまのデータベースで行います（空でなければなりません）。"
        )

    def handle(self, *args, **options) -> None:
        if options["here"]:
            self._play()
            return
        folder = Path(settings.VAR_ROOT) / "demo"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        environment = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "EMAIL_URL")}
        environment |= {
            "VAR_DIR": str(folder),
            "MEDIA_DIR": str(folder / "media"),
            "PRIVATE_DIR": str(folder / "private"),
            "OUTBOX_DIR": str(folder / "outbox"),
            "SITE_URL": SITE_URL,
            "ALLOWED_HOSTS": "assist-park.example",
            "FORM_MIN_SECONDS": "0",
            "EMAIL_URL": "",
            "LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        }
        manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
        for arguments in (["migrate", "--verbosity", "0"], ["demo", "--here"]):
            done = subprocess.run([*manage, *arguments], env=environment, check=False)
            if done.returncode:
                raise SystemExit(done.returncode)

    def _play(self) -> None:
        try:
            import time_machine
        except ImportError as error:
            raise CommandError("tests/requirements.txt の道具が要ります（make demo が入れます）。") from error
        from config.demo.worked_example import Differs, WorkedExample, at
        from newsletter.models import Issue

        if Issue.objects.exists():
            raise CommandError("このデータベースには、もう号があります。--here なしで実行してください。")

        def travel(moment):
            return time_machine.travel(moment, tick=True)

        with travel(at(11, 1, 9)):
            call_command("setup_site", stdout=self.stdout)
        example = WorkedExample(travel=travel, say=self.stdout.write, outbox=Path(settings.OUTBOX_DIR))
        try:
            cases = example.play()
        except Differs as error:
            raise CommandError(f"ちがいます：{error}") from error
        wrong = [case.name for case in cases if not case.holds]
        if wrong:
            raise CommandError(f"きまりと違うもの：{'、'.join(wrong)}")
        self.stdout.write("")
        self.stdout.write(f"{len(cases)}件すべて、きまりのとおりでした。")
        self.stdout.write(f"送ったメール      {example.mail}")
        self.stdout.write(f"バックナンバー    {settings.SITE_URL}/mail/{example.issue.slug}/")
