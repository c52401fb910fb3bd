"""What the benchmarks of the mail measure, in a process with a database of its own. Prints one line of JSON.

rate PORT READERS RUNS      mails a second: raw smtplib, ours with the recipients' rows, Django's send_messages
memory READERS              writing the recipients, then sending to them; the highest memory of this process
pace PORT PER_MINUTE SECONDS WORKERS   as many worker processes, one limit
"""

import json
import os
import re
import signal
import smtplib
import sys
import time
from datetime import timedelta
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402 (after the set-up)
from django.core.mail import EmailMultiAlternatives, get_connection  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from center.models import CentreSettings  # noqa: E402
from newsletter.models import (  # noqa: E402
    Delivery,
    Issue,
    MailPolicy,
    Rendering,
    Subscriber,
    Subscription,
    Topic,
)
from newsletter.sending.engine import Worker  # noqa: E402
from newsletter.sending.message import compose_issue_mail  # noqa: E402
from newsletter.sending.outcomes import Outcome, OutcomeKind, Stage  # noqa: E402
from newsletter.sending.recipients import materialise_recipients  # noqa: E402
from newsletter.sending.transport import transport_from_url  # noqa: E402
from newsletter.slots import personal_url  # noqa: E402

HTML = f"<p>こんにちは、センターです。</p><a href='{personal_url()}'>やめる</a>\n" * 3 + (
    "<p>12月の催しのお知らせです。</p>\n" * 330
)
TEXT = f"こんにちは。\n{personal_url()}\n" + "会計の講座が土曜に3回あります。\n" * 90
SUBJECT = "サポートメール 12月号"
SENDER = "mail@assist-park.example"
settings.DEBUG = False  # as in production: Django keeps every statement in memory where it is on


def readers(count: int) -> Topic:
    """So many active readers, and the centre that mails them, as fast as the relay takes it."""
    now = timezone.now()
    CentreSettings.objects.update_or_create(pk=CentreSettings.load().pk, defaults={"sender_email": SENDER})
    Issue.objects.all().delete()
    Subscriber.objects.all().delete()
    MailPolicy.objects.all().delete()
    MailPolicy.objects.create(valid_from_at=now - timedelta(days=1), per_minute=100_000_000)
    topic, _ = Topic.objects.get_or_create(slug="bench", defaults={"name": "定期号"})
    addresses = [f"reader{number}@reader.example" for number in range(count)]
    rows = [Subscriber(email=one, email_norm=one, state="active", created_at=now) for one in addresses]
    made = Subscriber.objects.bulk_create(rows, 1_000)
    Subscription.objects.bulk_create([Subscription(subscriber=one, topic=topic) for one in made], 1_000)
    return topic


def issue(topic: Topic, number: int) -> Issue:
    now = timezone.now()
    times = {"cutoff_at": now, "send_at": now, "not_after": now + timedelta(days=1), "created_at": now}
    names = {"year": 2000 + number, "month": 12, "number": number, "slug": f"bench-{number}", "subject": SUBJECT}
    made = Issue.objects.create(state="sending", topic=topic, **names, **times)
    texts = {"subject": SUBJECT, "html": HTML, "text": TEXT, "sha256": "0" * 64, "rendered_at": now}
    Rendering.objects.create(issue=made, locale="ja", **texts)
    return made


def rate(port: int, count: int, runs: int) -> dict:
    topic = readers(count)
    people = list(Subscriber.objects.all())
    found: dict = {"raw": [], "ours": [], "django": []}
    for number in range(1, runs + 1):
        one = issue(topic, number)
        row = Delivery(issue=one, subscriber=people[0], email=people[0].email, locale="ja", message_id="<x@y.example>")
        message = compose_issue_mail(one.renderings.get(), row, centre=CentreSettings.load(), now=timezone.now())
        found["octets"] = len(message)
        found["raw"].append(_rate(count, lambda m=message: raw(port, people, m)))
        found["ours"].append(_rate(count, lambda o=one: ours(port, count, o)))
        found["django"].append(_rate(count, lambda: by_django(port, people)))
    return found


def _rate(count: int, act) -> float:
    began = time.perf_counter()
    act()
    return count / (time.perf_counter() - began)


def raw(port: int, people: list[Subscriber], message: bytes) -> None:
    """The fastest that smtplib's own loop can do: one connection, one finished message."""
    with smtplib.SMTP("127.0.0.1", port, timeout=30) as smtp:
        for person in people:
            smtp.sendmail(SENDER, [person.email], message)


def ours(port: int, count: int, one: Issue) -> None:
    """From an approved issue to a closed one: recipients' rows, claims, a message each, results, the report."""
    tally = Worker(transport_from_url(f"smtp://127.0.0.1:{port}?timeout=30")).run(issue_slug=one.slug)
    assert tally.counts == {"sent": count} and tally.closed, tally


def by_django(port: int, people: list[Subscriber]) -> None:
    """Django's own way: a message object each, all over one connection; no rows at all."""
    backend = "django.core.mail.backends.smtp.EmailBackend"
    link = get_connection(backend, host="127.0.0.1", port=port, username="", password="", use_tls=False, use_ssl=False)
    messages = []
    for person in people:
        message = EmailMultiAlternatives(SUBJECT, TEXT, SENDER, [person.email])
        message.attach_alternative(HTML, "text/html")
        messages.append(message)
    assert link.send_messages(messages) == len(people)


class TakesEverything:
    """A relay without a wire."""

    is_paced = False

    def deliver(self, letters, *, offered, settled) -> None:
        for letter in letters:
            if offered(letter):
                settled(letter, Outcome(OutcomeKind.SENT, Stage.BODY, 250, "ok"))

    def close(self) -> None: ...


def memory(count: int) -> dict:
    if child := os.fork():  # making readers takes memory too, which is not what is measured
        os.waitpid(child, 0)
    else:
        readers(count)
        os._exit(0)
    one = issue(Topic.objects.get(slug="bench"), 1)
    began = time.perf_counter()
    assert materialise_recipients(one, now=timezone.now()) == count
    wrote = time.perf_counter()
    tally = Worker(TakesEverything()).run(issue_slug=one.slug)
    assert tally.counts == {"sent": count}, tally
    status = Path("/proc/self/status").read_text()
    megabytes = int(re.search(r"VmHWM:\s*(\d+)", status).group(1)) / 1024
    return {"megabytes": megabytes, "materialised": wrote - began, "sent": time.perf_counter() - wrote}


def pace(port: int, per_minute: int, seconds: int, workers: int) -> dict:
    one = issue(readers(per_minute * (seconds + 30) // 60), 1)
    MailPolicy.objects.update(per_minute=per_minute)
    materialise_recipients(one, now=timezone.now())
    connection.close()
    children = []
    for _ in range(workers):
        if pid := os.fork():
            children.append(pid)
            continue
        worker = Worker(transport_from_url(f"smtp://127.0.0.1:{port}?timeout=30"))
        signal.signal(signal.SIGTERM, lambda *_, w=worker: w.stop.set())
        worker.run(issue_slug=one.slug)
        os._exit(0)
    time.sleep(seconds)
    for pid in children:
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
    return {"sent": Delivery.objects.filter(state="sent").count()}


if __name__ == "__main__":
    verb, *numbers = sys.argv[1:]
    print(json.dumps({"rate": rate, "memory": memory, "pace": pace}[verb](*map(int, numbers))))
