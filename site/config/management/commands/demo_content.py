"""`manage.py demo_content`: a sample month, all of it marked 見本."""

import json
from datetime import date, datetime, time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from center.opening import TOKYO
from config.content import samples
from config.sample_month import SampleMonth
from newsletter.models import Issue


def _count(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 100_000:
        raise ValueError
    return number


_count.__name__ = "0から100000の数"


class Command(BaseCommand):
    help = "見本のひと月を作ります：先月の号は送信済み、次の号は下書き、掲載依頼は12件以上。"

    def add_arguments(self, parser) -> None:
        parser.add_argument("--groups", type=_count, default=len(samples.GROUPS))
        parser.add_argument("--pages", type=_count, default=0, help="この数になるまで催しを足します。")
        parser.add_argument("--notices", type=_count, default=len(samples.NOTICES))
        parser.add_argument("--subscribers", type=_count, default=12)
        parser.add_argument("--seed", type=_count, default=1)
        parser.add_argument("--today", help="見本の今日（2026-11-23 の形）。書かなければ今日。")
        parser.add_argument("--json", action="store_true", help="結果をJSONで出します。")

    def handle(self, *args, **options) -> None:
        if settings.EMAIL_URL and not settings.EMAIL_URL.startswith("filemail"):
            raise CommandError(
                "本物のメールが送られる設定です（EMAIL_URL）。見本は、メールをファイルに書く設定でだけ作れます。"
            )
        try:
            import time_machine
        except ImportError as error:
            raise CommandError("見本には tests/requirements.txt の道具が要ります（make run が入れます）。") from error
        if Issue.objects.exists():
            self.stdout.write("号がもうあるので、見本は作りません。")
            return
        now = timezone.now()
        if options["today"]:
            try:
                now = datetime.combine(date.fromisoformat(options["today"]), time(11), tzinfo=TOKYO)
            except ValueError as error:
                raise CommandError(f"日付の形が正しくありません：{options['today']}（例 2026-11-23）") from error
        made = SampleMonth(
            now=now,
            travel=lambda moment: time_machine.travel(moment, tick=True),
            seed=options["seed"],
            group_count=options["groups"],
            page_count=options["pages"],
            notice_count=options["notices"],
            subscriber_count=options["subscribers"],
        ).play()
        if options["json"]:
            self.stdout.write(json.dumps(made))
            return
        words = {"groups": "団体", "subscribers": "購読者", "pages": "ページ", "notices": "掲載依頼", "issues": "号"}
        words["inquiries"] = "連絡と相談"
        self.stdout.write("見本を作りました：" + "、".join(f"{words[name]} {count}" for name, count in made.items()))
