"""`manage.py send_issues`: the mail loop. Starts the issues that are due, delivers them and all single mails."""

import json
import logging
import signal
import sys
import threading
from dataclasses import asdict
from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections
from django.utils import timezone

from center.models import OutgoingMail
from newsletter.models import Issue, IssueState
from newsletter.sending.claims import OPEN
from newsletter.sending.engine import NoSender, Worker
from newsletter.sending.health import beat
from newsletter.sending.instance import RefusesToSend, take_over
from newsletter.sending.recipients import count_recipients
from newsletter.sending.report import closing_report
from newsletter.sending.station import Tally
from newsletter.sending.transport import MailSettingsError, transport_from_settings
from newsletter.services import start_due_issues

logger = logging.getLogger("newsletter.sending")

EVERY_SECONDS = 2.0
LONGEST_WAIT_SECONDS = 60.0
STATE_WORDS = {
    "sent": "送信済",
    "deferred": "あとで再送",
    "refused": "不達",
    "ambiguous": "不明",
    "suppressed": "送らない",
    "cancelled": "取りやめ",
    "targeted": "宛先",
    "waiting": "残り",
}


class Command(BaseCommand):
    """One run without `--watch`; with it a run every 2 seconds, until SIGTERM or SIGINT ends the chunk in hand."""

    help = "送る時刻になった号と、1通ずつのメールを送ります（何度、いくつ動かしても二重には送りません）。"

    def create_parser(self, prog_name: str, subcommand: str, **kwargs):
        """Say what is wrong with an argument in one line, without the list of all options."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)

        def say(message: str) -> None:
            if not getattr(parser, "called_from_command_line", None):
                raise CommandError(message)
            sys.stderr.write(f"send_issues: {message}\n")
            sys.exit(2)

        parser.error = say
        return parser

    def add_arguments(self, parser) -> None:
        parser.add_argument("--watch", action="store_true", help="終わりの合図があるまで続けます。")
        parser.add_argument("--worker", default="", metavar="NAME", help="一覧に出るこの送信係の名前。")
        parser.add_argument("--issue", default="", metavar="SLUG", help="この号だけを送ります。")
        parser.add_argument(
            "--lease", type=int, default=120, metavar="SECONDS", help="止まった送信係の分を引き取るまでの秒数（120）。"
        )
        parser.add_argument("--dry-run", action="store_true", help="送るはずのものを出すだけで、何も変えません。")
        parser.add_argument("--json", action="store_true", help="結果をJSONで、1回に1行出します。")
        parser.add_argument(
            "--take-over", action="store_true", help="戻した（写した）データベースで、ここから送り始めます。"
        )

    def handle(self, **options) -> None:
        self.as_json, self.slug = options["json"], options["issue"]
        if options["lease"] < 1:
            raise CommandError("--lease は1以上の秒数です。")
        if options["watch"] and options["dry_run"]:
            raise CommandError("--watch と --dry-run は一緒に使えません。")
        if self.slug and not Issue.objects.filter(slug=self.slug).exists():
            raise CommandError(f"「{self.slug}」という号はありません。")
        try:
            transport = transport_from_settings()
        except MailSettingsError as error:
            raise CommandError(str(error)) from None
        if options["dry_run"]:
            self._show_plan()
            return
        if options["take_over"]:
            take_over()
        stop = threading.Event()
        _end_on_signals(stop)
        lease = timedelta(seconds=options["lease"])
        worker = Worker(transport, name=options["worker"], lease=lease, stop=stop)
        if options["watch"]:
            self._watch(worker, stop)
        else:
            self._once(worker)

    def _once(self, worker: Worker) -> None:
        started = _start_due()
        try:
            tally = worker.run(issue_slug=self.slug)
        except (RefusesToSend, NoSender) as error:
            _beat(worker, str(error))
            raise CommandError(str(error)) from None
        _beat(worker, tally.relay_trouble)
        self._print(started, tally)
        if tally.relay_trouble:
            raise CommandError(f"メールサーバーがいま受け取りません（{tally.relay_trouble}）。残りは次の回に送ります。")

    def _watch(self, worker: Worker, stop: threading.Event) -> None:
        """Whatever fails is logged and tried again, more and more slowly; nothing ends the loop but a signal."""
        failures = 0
        while not stop.is_set():
            close_old_connections()
            is_fine = False
            try:
                started = _start_due()
                tally = worker.run(issue_slug=self.slug)
                is_fine = not tally.relay_trouble
                _beat(worker, tally.relay_trouble)
                if started or not tally.is_empty:
                    self._print(started, tally)
            except (RefusesToSend, NoSender) as error:
                logger.error("%s", error)
                _beat(worker, str(error))
            except Exception:
                logger.exception("the mail loop stumbled and goes on")
            failures = 0 if is_fine else failures + 1
            stop.wait(min(EVERY_SECONDS * 2**failures, LONGEST_WAIT_SECONDS))

    def _show_plan(self) -> None:
        due = Issue.objects.filter(state=IssueState.SCHEDULED, send_at__lte=timezone.now())
        issues = (Issue.objects.filter(state=IssueState.SENDING) | due).order_by("send_at")
        if self.slug:
            issues = issues.filter(slug=self.slug)
        plan = [{"slug": one.slug, "state": one.state, "to_send": count_recipients(one)} for one in issues]
        mails = 0 if self.slug else OutgoingMail.objects.filter(state__in=OPEN).count()
        if self.as_json:
            self.stdout.write(json.dumps({"issues": plan, "mails": mails}))
            return
        for one in plan:
            self.stdout.write(f"{one['slug']}：{one['to_send']}人に送るところです")
        self.stdout.write(f"1通ずつのメール {mails}通。何も送らず、何も変えていません。")

    def _print(self, started: list[str], tally: Tally) -> None:
        closed = Issue.objects.filter(slug__in=tally.closed)
        reports = {one.slug: {"state": one.state, **asdict(closing_report(one))} for one in closed}
        trouble = tally.relay_trouble
        if self.as_json:
            result = {"started": started, "results": tally.counts, "closed": reports, "trouble": trouble}
            self.stdout.write(json.dumps(result, ensure_ascii=False))
            return
        for slug in started:
            self.stdout.write(f"{slug}：送り始めました")
        self.stdout.write(_in_words(tally.counts) or "送るものはありません。")
        for slug, report in reports.items():
            report.pop("state")
            self.stdout.write(f"{slug}：送り終えました（{_in_words(report)}）")


def _end_on_signals(stop: threading.Event) -> None:
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())


def _beat(worker: Worker, trouble: str) -> None:
    """Leave the sign of life that staff's first screen shows. Nothing it meets may keep mail from leaving."""
    try:
        beat(worker.name, timezone.now(), trouble=trouble)
    except Exception:
        logger.exception("the sign of life could not be written")


def _start_due() -> list[str]:
    """Start the issues whose moment has come. An issue that cannot start must not hold the single mails back."""
    try:
        return [issue.slug for issue in start_due_issues(now=timezone.now())]
    except Exception:
        logger.exception("the issues that are due could not be started")
        return []


def _in_words(counts: dict[str, int]) -> str:
    return "、".join(f"{STATE_WORDS.get(name, name)} {count}" for name, count in counts.items())
