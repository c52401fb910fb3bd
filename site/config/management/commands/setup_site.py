"""`manage.py setup_site`: tree, roles, rules and the centre's content. Safe to repeat."""

import json

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from config.setup import set_up_site


class Command(BaseCommand):
    help = "サイトの木、役割、きまり、センターの内容を用意します（くり返しても安全です）。"

    def add_arguments(self, parser) -> None:
        parser.add_argument("--json", action="store_true", help="結果をJSONで出します。")

    def handle(self, *args, **options) -> None:
        call_command("createcachetable", verbosity=0)
        made = set_up_site(now=timezone.localtime())
        if options["json"]:
            self.stdout.write(json.dumps(made, ensure_ascii=False))
            return
        words = {
            "settings": "設定",
            "named rows": "一覧の行",
            "policies": "きまり",
            "sections": "メールの見出し",
            "places": "施設",
            "pages": "ページ",
            "translations": "ほかのことばのページ",
        }
        self.stdout.write("用意しました：" + "、".join(f"{words[name]} {count}" for name, count in made.items()))
