"""The board of notices on the command line: a table to read, or JSON for other programs."""

import json
import unicodedata

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone, translation


class Command(BaseCommand):
    """`manage.py notice_board [--json]`: every notice with its clock, in the order of the desk."""

    help = "掲載依頼の一覧（期限の順）。--json で機械が読む形。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="JSON で書き出す")

    def handle(self, *args, **options) -> None:
        from activities.notices.queries import notice_board

        rows = notice_board(now=timezone.now())
        if options["json"]:
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2))
            return
        with translation.override("ja"):
            self._table(rows)

    def _table(self, rows: list[dict]) -> None:
        from activities.models import NoticeState

        if not rows:
            self.stdout.write("掲載依頼はありません。")
            return
        heads = ("番号", "状態", "受付", "期限", "準備", "公開", "期限内")
        verdicts = {True: "はい", False: "いいえ", None: "－"}
        lines = [
            (
                row["number"],
                str(NoticeState(row["state"]).label) + ("（遅れて差戻し）" if row["late_return"] else ""),
                _minute(row["received_at"]),
                row["due_on"] or "－",
                row["prepare_by"] or ("休館中に期限" if row["due_on"] else "－"),
                _minute(row["public_since"]),
                verdicts[row["on_time"]],
            )
            for row in rows
        ]
        widths = [max(_width(line[column]) for line in (heads, *lines)) for column in range(len(heads))]
        for line in (heads, *lines):
            cells = (cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True))
            self.stdout.write("  ".join(cells).rstrip())
        self.stdout.write(f"{len(rows)}件")


def _minute(moment: str | None) -> str:
    return moment[:16].replace("T", " ") if moment else "－"


def _width(text: str) -> int:
    """Columns on a terminal: full width counts two."""
    return sum(2 if unicodedata.east_asian_width(character) in "FWA" else 1 for character in text)
