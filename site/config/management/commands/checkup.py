"""`manage.py checkup`: does mail leave here, and will it arrive?"""

import json
import sys
from dataclasses import asdict

from django.core.management.base import BaseCommand
from django.utils import timezone

SIGNS = {"ok": "○", "hint": "・", "warn": "△", "error": "×"}
WORDS = {"ok": "よい", "hint": "できれば", "warn": "注意", "error": "直す"}


class Command(BaseCommand):
    """Ends with 1 where something has to be mended. Sends nothing, writes nothing."""

    help = "メールが届くための設定（SPF・DKIM・DMARC・中継サーバーなど）を調べ、直し方を示します。"

    def add_arguments(self, parser) -> None:
        parser.add_argument("--json", action="store_true", help="結果をJSONで出します。")
        parser.add_argument(
            "--nameserver", default="", metavar="ADDRESS[:PORT]", help="このネームサーバーに聞きます（例 1.1.1.1）。"
        )

    def handle(self, **options) -> None:
        from newsletter.checkup import checkup
        from newsletter.checkup_names import Names

        found = checkup(names=Names(options["nameserver"]), now=timezone.now())
        count = sum(one.level == "error" for one in found)
        if options["json"]:
            answer = {"errors": count, "found": [asdict(one) for one in found]}
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        else:
            for one in found:
                self.stdout.write(f"{SIGNS[one.level]} {WORDS[one.level]}　{one.area}：{one.words}")
                if one.fix:
                    self.stdout.write(f"　　→ {one.fix}")
                if one.record:
                    self.stdout.write(f"　　　 {one.record}")
            self.stdout.write(f"直すところ {count}件" if count else "直すところはありません。")
        if count:
            sys.exit(1)
