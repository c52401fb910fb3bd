"""A fault at every stage of SMTP, against a real relay: what becomes of the recipient each time."""

import shutil
import ssl
import subprocess

import pytest
from aiosmtpd.smtp import AuthResult

from newsletter.models import Delivery, Subscriber, SubscriberState, Suppression
from newsletter.sending.outcomes import OutcomeKind
from newsletter.sending.smtp import SmtpAddress, SmtpTransport
from newsletter.tokens import address_hash

DROP, HANG = "drop", "hang"

FAULTS = [
    # stage, what the relay does, the recipient's state, does the relay have the mail?
    ("CONNECT", "421 4.3.2 too busy", "deferred", False),
    ("CONNECT", "554 5.7.1 go away", "deferred", False),
    ("EHLO", "421 4.3.2 closing", "deferred", False),
    ("EHLO", "550 5.7.1 no", "deferred", False),
    ("EHLO", DROP, "deferred", False),
    ("EHLO", HANG, "deferred", False),
    ("MAIL", "421 4.3.2 closing", "deferred", False),
    ("MAIL", "451 4.3.0 later", "deferred", False),
    ("MAIL", "550 5.7.1 sender refused", "refused", False),
    ("MAIL", "552 5.3.4 too big", "refused", False),
    ("MAIL", DROP, "deferred", False),
    ("MAIL", HANG, "deferred", False),
    ("MAIL", "nonsense", "deferred", False),
    ("RCPT", "421 4.7.0 slow down", "deferred", False),
    ("RCPT", "450 4.2.1 greylisted", "deferred", False),
    ("RCPT", "452 4.2.2 mailbox full", "deferred", False),
    ("RCPT", "550 5.1.1 no such user", "refused", False),
    ("RCPT", "550 5.7.1 refused", "refused", False),
    ("RCPT", DROP, "deferred", False),
    ("RCPT", HANG, "deferred", False),
    ("DATA", "451 4.3.0 later", "deferred", False),
    ("DATA", "554 5.5.1 no valid recipients", "refused", False),
    ("DATA", "250 what?", "deferred", False),
    ("DATA", DROP, "deferred", False),
    ("DATA", HANG, "deferred", False),
    ("BODY", "421 4.3.2 closing", "deferred", False),
    ("BODY", "451 4.3.0 later", "deferred", False),
    ("BODY", "552 5.2.2 over quota", "refused", False),
    ("BODY", "554 5.7.1 spam", "refused", False),
    ("BODY", DROP, "ambiguous", False),
    ("BODY", "taken, then drop", "ambiguous", True),
    ("BODY", HANG, "ambiguous", False),
    ("BODY", "taken, then hang", "ambiguous", True),
    ("BODY", "nonsense", "ambiguous", False),
    ("BODY", "354 go on", "ambiguous", False),
    ("RSET", None, "sent", True),
]


@pytest.fixture(params=[False, True], ids=["asked one by one", "pipelined"])
def relay(request, start_relay):
    return start_relay(pipelining=request.param)


@pytest.fixture
def one(add_issue, add_subscriber) -> Delivery:
    add_subscriber("aki@reader.example")
    return add_issue()


@pytest.mark.parametrize(("stage", "fault", "state", "arrived"), FAULTS)
def test_a_fault_leads_to_the_state_that_is_true(one, relay, worker, stage, fault, state, arrived) -> None:
    relay.plan[stage] = fault
    worker().run()

    delivery = one.deliveries.get()
    assert delivery.state == state
    assert bool(relay.raw) is arrived
    assert delivery.attempts == (0 if stage in ("CONNECT", "EHLO") else 1)  # a relay that is away costs no try
    assert delivery.intent_at and delivery.result_at
    assert (delivery.next_try_at is not None) is (state == "deferred")
    assert bool(delivery.error) is (state != "sent")


@pytest.mark.parametrize(("stage", "fault", "state", "arrived"), [row for row in FAULTS if row[2] != "deferred"])
def test_nothing_is_sent_a_second_time_by_itself(one, relay, worker, clock, stage, fault, state, arrived) -> None:
    relay.plan[stage] = [fault]
    for _ in range(3):
        worker().run()
        clock.forward(minutes=10)

    assert one.deliveries.get().state == state
    assert relay.recipients.count("aki@reader.example") == int(arrived)


@pytest.mark.parametrize(
    ("stage", "fault"), [row[:2] for row in FAULTS if row[2] == "deferred" and row[0] != "CONNECT"]
)
def test_what_was_certainly_not_taken_is_sent_later(one, relay, worker, clock, stage, fault) -> None:
    relay.plan[stage] = [fault, fault]  # HELO is asked after EHLO
    worker().run()
    worker().run()
    assert not relay.raw
    relay.plan.clear()
    clock.forward(minutes=2)
    worker().run()

    assert one.deliveries.get().state == "sent"
    assert len(relay.raw) == 1


def test_a_relay_that_is_not_there_defers(one, worker, start_relay) -> None:
    gone = start_relay()
    gone.stop()
    tally = worker(gone.url).run()

    assert one.deliveries.get().state == "deferred"
    assert tally.relay_trouble.startswith("connect:")


def test_an_unknown_address_is_not_mailed_again(one, relay, worker) -> None:
    relay.plan["RCPT"] = "550 5.1.1 <aki@reader.example>: no such user"
    worker().run()

    assert Suppression.objects.get().email_hash == address_hash("aki@reader.example")
    assert Subscriber.objects.get().state == SubscriberState.SUSPENDED


@pytest.mark.parametrize(
    ("stage", "answer"),
    [
        ("RCPT", "550 5.7.1 blocked"),
        ("RCPT", "550 5.1.8 bad sender"),
        ("RCPT", "450 4.1.1 unknown for now"),
        ("MAIL", "550 5.1.7 bad sender address"),
        ("MAIL", "550 5.1.1 odd"),
    ],
)
def test_a_refusal_that_is_not_about_the_address_costs_nobody_their_subscription(
    one, relay, worker, stage, answer
) -> None:
    relay.plan[stage] = answer
    worker().run()

    assert not Suppression.objects.exists()
    assert Subscriber.objects.get().state == SubscriberState.ACTIVE


def test_a_refused_recipient_does_not_harm_the_next_one(issue, relay, worker, states) -> None:
    relay.plan["RCPT"] = lambda said: "550 5.1.1 no such user" if "haru@" in said else None
    worker().run()

    assert states(issue) == {
        "aki@reader.example": "sent",
        "haru@reader.example": "refused",
        "natsu@reader.example": "sent",
    }
    assert relay.said.count("RSET") == 1
    assert len([line for line in relay.said if line.startswith("EHLO")]) == 1  # one connection


@pytest.mark.parametrize("fault", [DROP, HANG, "nonsense"])
def test_a_connection_with_an_uncertain_end_is_not_used_again(issue, relay, worker, states, fault) -> None:
    relay.plan["BODY"] = [None, fault]
    worker().run()

    assert sorted(states(issue).values()) == ["ambiguous", "sent", "sent"]
    assert len([line for line in relay.said if line.startswith("EHLO")]) == 2
    assert len(relay.raw) == 2


@pytest.mark.parametrize("fault", [DROP, "421 4.4.2 idle for too long"])
def test_a_connection_that_was_closed_while_idle_is_opened_again_unnoticed(issue, relay, worker, states, fault) -> None:
    relay.plan["MAIL"] = [None, fault]
    worker().run()

    assert set(states(issue).values()) == {"sent"}
    assert sorted(relay.recipients) == sorted(states(issue))


def test_a_failed_reset_opens_a_new_connection(issue, relay, worker, states) -> None:
    relay.plan |= {"RCPT": ["550 5.7.1 no"], "RSET": ["500 what?"]}
    worker().run()

    assert sorted(states(issue).values()) == ["refused", "sent", "sent"]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for localhost that nobody trusts."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")
    key, crt = folder / "key.pem", folder / "crt.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
        + ["-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", crt],
        check=True,
        capture_output=True,
    )
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(crt, key)
    return server, ssl.create_default_context(cafile=str(crt))


def _send(port: int, tls: ssl.SSLContext | None = None, **options):
    address = SmtpAddress("localhost", port, timeout=2, **options)
    transport = SmtpTransport(address, ehlo_name="assist-park.example", tls=tls)
    outcome = transport.send("mail@assist-park.example", "aki@reader.example", b"Subject: x\r\n\r\nx\r\n")
    transport.close()
    return outcome


def test_starttls_and_a_password_are_spoken(start_relay, certificate) -> None:
    server, client = certificate
    seen = []

    def authenticate(smtp, session, envelope, mechanism, data):
        seen.append((mechanism, data.login, data.password))
        return AuthResult(success=data.password == b"himitsu@/:", handled=False)

    relay = start_relay(tls_context=server, require_starttls=True, auth_required=True, authenticator=authenticate)

    assert _send(relay.port, client, starttls=True, user="centre", password="himitsu@/:").kind is OutcomeKind.SENT
    assert seen[-1][1:] == (b"centre", b"himitsu@/:")
    wrong = _send(relay.port, client, starttls=True, user="centre", password="wrong")
    assert (wrong.kind, wrong.stage, wrong.code) == ("deferred", "auth", 535)
    assert len(relay.raw) == 1


def test_tls_from_the_first_octet_is_spoken(start_relay, certificate) -> None:
    server, client = certificate
    relay = start_relay(ssl_context=server)

    assert _send(relay.port, client, implicit_tls=True).kind is OutcomeKind.SENT


def test_a_certificate_that_nobody_trusts_gets_no_mail(start_relay, certificate) -> None:
    relay = start_relay(tls_context=certificate[0])

    outcome = _send(relay.port, None, starttls=True, user="centre", password="x")
    assert (outcome.kind, outcome.stage) == ("deferred", "tls")
    assert not relay.raw


def test_a_relay_without_tls_gets_no_mail_where_tls_was_asked_for(relay) -> None:
    outcome = _send(relay.port, None, starttls=True, user="centre", password="x")
    assert (outcome.kind, outcome.stage) == ("deferred", "tls")
    assert not any(line.startswith(("AUTH", "MAIL")) for line in relay.said)


def test_lines_that_begin_with_a_dot_arrive_whole(relay) -> None:
    transport = SmtpTransport(SmtpAddress("127.0.0.1", relay.port, timeout=2), ehlo_name="x.example")
    body = b"Subject: x\r\n\r\n.\r\n..two\r\n.end"
    assert transport.send("a@x.example", "b@x.example", body).kind is OutcomeKind.SENT
    transport.close()
    assert relay.raw == [body + b"\r\n"]
