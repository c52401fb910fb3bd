"""`manage.py assemble_issue YYYY-MM`: what is in a monthly issue, what is out and why; drafts a missing one."""

import json
import re
import sys
from datetime import datetime

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import override

from center.japanese.dates import day_words, time_words
from center.opening import TOKYO
from newsletter.assembly import Assembly, assemble
from newsletter.findings import Finding
from newsletter.models import Issue, IssueKind, IssueState
from newsletter.queries import Dates, load_assembly_input
from newsletter.schedule import SendDayLeavesMonth
from newsletter.services import MonthOver, draft_issue
from newsletter.wording import base_subject

MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
HOW = "月は 2026-12 のように書いてください。"


class Command(BaseCommand):
    """Prints words, or with `--json` the table that checks rely on. Changes nothing but drafting a missing issue."""

    help = "その月の号に、どのページが載り、どれが載らないかを、理由といっしょに出します。"

    def create_parser(self, prog_name: str, subcommand: str, **kwargs):
        """Say what is wrong with an argument in one line, without the list of all options."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)

        def say(message: str) -> None:
            if not getattr(parser, "called_from_command_line", None):
                raise CommandError(HOW)
            sys.stderr.write(f"使い方がちがいます。{HOW}（{message}）\n")
            sys.exit(1)

        parser.error = say
        return parser

    def add_arguments(self, parser) -> None:
        parser.add_argument("month", metavar="YYYY-MM", help="号の年と月。例：2026-12")
        parser.add_argument("--json", action="store_true", help="結果をJSONで出します。")
        parser.add_argument("--dry-run", action="store_true", help="下書きがまだなくても、作らずに結果だけ出します。")

    def handle(self, **options) -> None:
        found = MONTH.fullmatch(options["month"])
        if not found:
            raise CommandError(f"「{options['month']}」という月はありません。{HOW}")
        now = timezone.now()
        with override(settings.LANGUAGE_CODE):
            issue = self._issue(int(found[1]), int(found[2]), now, is_dry=options["dry_run"])
            assembly = assemble(load_assembly_input(issue, now=now))
            if options["json"]:
                self.stdout.write(json.dumps(issue_as_json(issue, assembly), ensure_ascii=False, indent=1))
            else:
                self._print(issue, assembly)

    def _issue(self, year: int, month: int, now: datetime, *, is_dry: bool) -> Issue:
        known = Issue.objects.filter(year=year, month=month, kind=IssueKind.REGULAR).exclude(state=IssueState.CANCELLED)
        if issue := known.first():
            return issue
        try:
            if not is_dry:
                return draft_issue(year=year, month=month, now=now)
            dates = Dates().of(year, month)
        except MonthOver:
            raise CommandError(f"{year}年{month}月の送信日は過ぎていて、号はありません。") from None
        except SendDayLeavesMonth:
            raise CommandError(f"{year}年{month}月には、送れる開館日がありません。") from None
        return Issue(
            year=year,
            month=month,
            number=0,
            slug=f"{year}-{month:02}",
            subject=base_subject(month),
            cutoff_at=dates.cutoff_at,
            send_at=dates.send_at,
            not_after=dates.not_after,
        )

    def _print(self, issue: Issue, assembly: Assembly) -> None:
        write = self.stdout.write
        write(f"{issue.year}年{issue.month}月号　{issue.get_state_display()}")
        write(f"締切 {_moment(issue.cutoff_at)}　送信 {_moment(issue.send_at)}")
        write(f"\n載る　{len(assembly.in_)}件")
        for item in assembly.in_:
            expected = "・見込" if item.is_expected else ""
            write(f"  ［{item.section}］{item.page.title}（{item.label}{expected}）")
        write(f"\n載らない　{len(assembly.out)}件")
        for out in assembly.out:
            write(f"  {out.page.title}（{out.label}）")
        for title, findings in (
            ("承認を止めるもの", assembly.blockers),
            ("保留の理由", assembly.holds),
            ("注意", assembly.warnings),
        ):
            if findings:
                write(f"\n{title}　{len(findings)}件")
                for finding in findings:
                    write(f"  {finding.label}{'：' if finding.subject else ''}{finding.subject}")
        for title, notices in (
            ("締切までに期限が来る掲載依頼", assembly.entitled),
            ("次の号へ", assembly.carried_over),
            ("どの号にも間に合わない", assembly.orphans),
        ):
            if notices:
                write(f"\n{title}　" + "、".join(f"{notice.number} {notice.title}" for notice in notices))


def issue_as_json(issue: Issue, assembly: Assembly) -> dict:
    """The table of one issue. Moments are ISO 8601 in Tokyo; codes are stable, labels are Japanese."""
    return {
        "year": issue.year,
        "month": issue.month,
        "number": issue.number,
        "state": str(issue.state),
        "cutoff_at": _iso(issue.cutoff_at),
        "send_at": _iso(issue.send_at),
        "in": [
            {"url": item.page.url, "title": item.page.title, "section": item.section, "reason": str(item.reason)}
            for item in assembly.in_
        ],
        "out": [
            {"url": out.page.url, "title": out.page.title, "reason": str(out.reason), "label": out.label}
            for out in assembly.out
        ],
        "entitled": [notice.number for notice in assembly.entitled],
        "carried_over": [notice.number for notice in assembly.carried_over],
        "orphans": [notice.number for notice in assembly.orphans],
        "blockers": _findings(assembly.blockers),
        "warnings": _findings(assembly.warnings),
        "holds": _findings(assembly.holds),
    }


def _findings(findings: tuple[Finding, ...]) -> list[dict[str, str]]:
    return [finding.as_json() for finding in findings]


def _iso(moment: datetime) -> str:
    return moment.astimezone(TOKYO).isoformat()


def _moment(moment: datetime) -> str:
    return day_words(moment, "ja") + time_words(moment, "ja")
