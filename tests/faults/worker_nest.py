"""Mail workers as processes, forked from one that has loaded everything: loading takes seconds, a fork none.

Reads commands from standard input and answers in lines:

    start NAME ARGUMENT…      a process that runs `send_issues --worker NAME ARGUMENT…`
    prepare NUMBER READERS    a new issue that is being sent, to as many readers
    result NUMBER FILE        what became of it, as JSON in FILE
    cache                     the table of the cache, where the database has none
    once MOMENT               `send_issues` without --watch, by a clock that says MOMENT
    → started PID, and when a process ends: ended PID CODE
"""

import json
import os
import select
import signal
import sys
import traceback
from dataclasses import asdict
from datetime import datetime, timedelta

import django
import time_machine

django.setup()

from django.core.management import call_command  # noqa: E402 (after the set-up)
from django.utils import timezone  # noqa: E402

from center.models import CentreSettings  # noqa: E402
from config.management.commands import send_issues  # noqa: E402
from newsletter.models import Issue, MailPolicy, Rendering, Subscriber, Subscription, Topic  # noqa: E402
from newsletter.sending.report import closing_report  # noqa: E402
from newsletter.slots import personal_url  # noqa: E402


def prepare(number: int, readers: int) -> None:
    """Write the issue, and the readers where they are missing."""
    now = timezone.now()
    centre = CentreSettings.load()
    centre.sender_email, centre.staff_email = "mail@assist-park.example", "staff@assist-park.example"
    centre.save()
    MailPolicy.objects.all().delete()
    MailPolicy.objects.create(valid_from_at=now - timedelta(days=1), per_minute=10_000_000)
    topic, _ = Topic.objects.get_or_create(slug="kill", defaults={"name": "定期号"})
    if Subscription.objects.filter(topic=topic).count() != readers:
        Subscriber.objects.all().delete()
        addresses = [f"reader{one}@reader.example" for one in range(readers)]
        made = [Subscriber(email=one, email_norm=one, state="active", created_at=now) for one in addresses]
        made = Subscriber.objects.bulk_create(made)
        Subscription.objects.bulk_create(Subscription(subscriber=one, topic=topic) for one in made)
    values = {"cutoff_at": now, "send_at": now, "not_after": now + timedelta(hours=6), "created_at": now}
    issue = Issue.objects.create(
        year=2000 + number,
        month=12,
        number=number,
        slug=f"kill-{number}",
        state="sending",
        subject="サポートメール 12月号",
        topic=topic,
        **values,
    )
    Rendering.objects.create(
        issue=issue,
        locale="ja",
        subject="サポートメール 12月号",
        html=f"<p>こんにちは。</p><a href='{personal_url()}'>やめる</a>\n"
        + "<p>12月の催しのお知らせです。</p>\n" * 400,
        text=f"こんにちは。\n{personal_url()}\n" + "会計の講座が土曜に3回あります。\n" * 100,
        sha256="0" * 64,
        rendered_at=now,
    )


def result(number: int, path: str) -> None:
    """Write down what the database says."""
    issue = Issue.objects.get(slug=f"kill-{number}")
    report = closing_report(issue)
    found = {
        "state": issue.state,
        "recipients": issue.recipient_count,
        "report": asdict(report) | {"adds_up": report.adds_up},
        "deliveries": dict(issue.deliveries.values_list("message_id", "state")),
    }
    with open(path, "w", encoding="utf-8") as file:
        json.dump(found, file)


def send(name: str, arguments: list[str]) -> None:
    """Be a worker until somebody ends it."""
    with open(os.devnull, "w") as nowhere:
        call_command(send_issues.Command(), "--worker", name, *arguments, stdout=nowhere)


def once(moment: str) -> None:
    """One look at what is due, as a scheduler or somebody in a hurry starts it."""
    with open(os.devnull, "w") as nowhere, time_machine.travel(datetime.fromisoformat(moment)):
        call_command(send_issues.Command(), stdout=nowhere)


def act(verb: str, rest: list[str]) -> None:
    if verb == "prepare":
        prepare(int(rest[0]), int(rest[1]))
    elif verb == "result":
        result(int(rest[0]), rest[1])
    elif verb == "cache":
        call_command("createcachetable")
    elif verb == "once":
        once(rest[0])
    else:
        send(rest[0], rest[1:])


def main() -> None:
    children: set[int] = set()
    while True:
        if select.select([sys.stdin], [], [], 0.005)[0]:
            line = sys.stdin.readline()
            if not line:
                return
            verb, *rest = line.split()
            if pid := os.fork():
                children.add(pid)
                print("started", pid, flush=True)
                continue
            code = 0
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # until the worker listens itself
            try:
                act(verb, rest)
            except SystemExit as end:
                code = end.code
            except BaseException:
                traceback.print_exc()
                code = 1
            os._exit(code)
        while children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                break
            children.discard(pid)
            print("ended", pid, os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
