"""A real relay on loopback that fails where it is told to, and issues without a page tree."""

import asyncio
import inspect
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from center.models import CentreSettings
from center.opening import TOKYO
from newsletter.models import (
    Issue,
    IssueState,
    MailPolicy,
    Rendering,
    Subscriber,
    SubscriberState,
    Subscription,
    Topic,
)
from newsletter.sending.engine import Worker
from newsletter.sending.transport import transport_from_url
from newsletter.slots import personal_url

logging.getLogger("mail.log").setLevel(logging.WARNING)

DROP = "drop"
HANG = "hang"
START = datetime(2026, 12, 1, 10, 0, tzinfo=TOKYO)


class _Conversation(SMTP):
    """aiosmtpd's server; at each stage the relay's plan is asked first."""

    def __init__(self, *args, relay: "Relay", **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.relay = relay

    async def push(self, status) -> None:
        greeting = self.relay.plan.get("CONNECT") if str(status).startswith("220 ") else None
        await super().push(greeting or status)

    async def _planned(self, stage: str, arg: str) -> bool:
        self.relay.said.append(f"{stage} {arg or ''}".strip())
        todo = self.relay.next_for(stage, arg or "")
        if not todo:
            return False
        if todo == DROP:
            self.transport.abort()
        elif todo == HANG:
            await asyncio.sleep(30)
        else:
            await super().push(todo)
            if todo.startswith("421"):
                self.transport.close()
        return True

    async def smtp_EHLO(self, arg):
        if not await self._planned("EHLO", arg):
            await super().smtp_EHLO(arg)

    async def smtp_HELO(self, arg):
        if not await self._planned("EHLO", arg):
            await super().smtp_HELO(arg)

    async def smtp_MAIL(self, arg):
        if not await self._planned("MAIL", arg):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg):
        if not await self._planned("RCPT", arg):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg):
        if not await self._planned("DATA", arg):
            await super().smtp_DATA(arg)

    async def smtp_RSET(self, arg):
        if not await self._planned("RSET", arg):
            await super().smtp_RSET(arg)


class _Postbox:
    """aiosmtpd reads every attribute of its handler at each connection, so the handler is an object without any."""

    def __init__(self, relay: "Relay") -> None:
        self.relay = relay

    async def handle_EHLO(self, server, session, envelope, hostname, responses) -> list[str]:
        session.host_name = hostname
        return [*(["250-PIPELINING"] if self.relay.pipelining else []), *responses]

    async def handle_DATA(self, server, session, envelope) -> str:
        todo = self.relay.next_for("BODY", envelope.rcpt_tos[0])
        todo = await todo if inspect.isawaitable(todo) else todo
        taken = todo in (None, "taken, then drop", "taken, then hang")
        if taken:
            self.relay.raw.append(envelope.original_content)
            self.relay.envelopes.append((envelope.mail_from, envelope.rcpt_tos[0]))
        if todo in (DROP, "taken, then drop"):
            server.transport.abort()
        elif todo in (HANG, "taken, then hang"):
            await asyncio.sleep(30)
        return "250 2.0.0 Ok: queued as 4Zk" if taken else todo


class Relay:
    """Takes mail on a free port. `plan` says what to answer instead, by stage: a reply, DROP, HANG, a list of them
    (one a time, None: as usual), or a function of what was said. BODY is the answer to the end of the message.
    """

    def __init__(self, *, pipelining: bool = False, **options) -> None:
        self.pipelining = pipelining
        self.plan: dict[str, str | list | Callable] = {}
        self.said: list[str] = []
        self.raw: list[bytes] = []
        self.envelopes: list[tuple[str, str]] = []
        relay = self

        class Here(Controller):
            def factory(self):
                return _Conversation(self.handler, relay=relay, **self.SMTP_kwargs)

            def _trigger_server(self):
                self.port = relay.port = self.server.sockets[0].getsockname()[1]
                super()._trigger_server()

        self._controller = Here(_Postbox(self), hostname="127.0.0.1", port=0, ready_timeout=10, **options)

    def next_for(self, stage: str, arg: str) -> str | None:
        todo = self.plan.get(stage)
        if isinstance(todo, list):
            return todo.pop(0) if todo else None
        return todo(arg) if callable(todo) else todo

    def start(self) -> "Relay":
        self._controller.start()
        self.said.clear()  # aiosmtpd greets itself once
        return self

    def stop(self) -> None:
        """End it; from then on nobody listens there."""
        if not self._controller.loop.is_closed():
            self._controller.stop(no_assert=True)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?timeout=0.4"

    @property
    def mails(self) -> list[EmailMessage]:
        """What arrived, read by the standard library."""
        return [message_from_bytes(raw, policy=policy.default) for raw in self.raw]

    @property
    def recipients(self) -> list[str]:
        return [rcpt for _, rcpt in self.envelopes]


@pytest.fixture
def start_relay():
    """Make a relay with aiosmtpd's own options; it ends with the test."""
    started = []

    def start(**options) -> Relay:
        started.append(Relay(**options).start())
        return started[-1]

    yield start
    for relay in started:
        relay.stop()


@pytest.fixture
def relay(start_relay) -> Relay:
    return start_relay()


class Clock:
    """A clock that stands still until somebody sleeps."""

    def __init__(self) -> None:
        self.now = START + timedelta(minutes=1)
        self.slept: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)

    def forward(self, **parts) -> None:
        self.now += timedelta(**parts)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def centre(db) -> CentreSettings:
    centre = CentreSettings.load()
    centre.sender_name = "アシストパーク郡山 サポートメール"
    centre.sender_email = "mail@assist-park.example"
    centre.reply_to = "madoguchi@assist-park.example"
    centre.staff_email = "staff@assist-park.example"
    centre.save()
    MailPolicy.objects.update_or_create(valid_from_at=START - timedelta(days=99), defaults={"per_minute": 60_000})
    return centre


@pytest.fixture
def topic(db) -> Topic:
    return Topic.objects.create(slug="teiki-test", name="定期号")


@pytest.fixture
def add_subscriber(topic):
    """Make one active subscriber to the topic."""

    def add(email: str, **fields) -> Subscriber:
        values = {"locale": "ja", "state": SubscriberState.ACTIVE, "created_at": START, **fields}
        subscriber = Subscriber.objects.create(email=email, email_norm=email.lower(), **values)
        Subscription.objects.create(subscriber=subscriber, topic=topic)
        return subscriber

    return add


@pytest.fixture
def add_issue(centre, topic):
    """Make one issue that is being sent, with its rendering in Japanese."""

    def add(**fields) -> Issue:
        number = fields.pop("number", 12)
        values = {
            "year": 2026,
            "month": number,
            "number": number,
            "slug": f"2026-{number}",
            "state": IssueState.SENDING,
            "subject": "サポートメール 12月号",
            "cutoff_at": START - timedelta(days=5),
            "send_at": START,
            "not_after": START.replace(hour=0) + timedelta(days=1),
            "created_at": START - timedelta(days=20),
            "topic": topic,
            **fields,
        }
        issue = Issue.objects.create(**values)
        Rendering.objects.create(
            issue=issue,
            locale="ja",
            subject="サポートメール 12月号（見本）会計の講座が土曜に3回あります",
            html=f"<html><body><p>こんにちは、センターです。</p><a href='{personal_url()}'>やめる</a></body></html>\n"
            * 3,
            text=f"こんにちは、センターです。\n\n■ やめる\n{personal_url()}\n"
            + "会計の講座が土曜に3回あります。\n" * 90,
            sha256="0" * 64,
            rendered_at=START,
        )
        return issue

    return add


@pytest.fixture
def issue(add_issue, add_subscriber) -> Issue:
    """An issue that is being sent to three people."""
    for name in ("aki", "haru", "natsu"):
        add_subscriber(f"{name}@reader.example")
    return add_issue()


@pytest.fixture
def worker(relay, clock):
    """Make a worker that sends to the relay by the clock that stands still."""

    def make(url: str = "", **options) -> Worker:
        options = {"clock": clock, "sleep": clock.sleep, "look_again": 0.0, **options}
        return Worker(options.pop("transport", None) or transport_from_url(url or relay.url), **options)

    return make


@pytest.fixture
def states():
    """What became of an issue's recipients: {address: state}."""

    def read(issue: Issue) -> dict[str, str]:
        return dict(issue.deliveries.values_list("email", "state"))

    return read
