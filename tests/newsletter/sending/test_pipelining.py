"""What is on the wire: one write for the end of a mail and the next one's envelope, where the relay offers that."""

import select
import socket
import threading

import pytest

from newsletter.models import Delivery
from newsletter.sending.lanes import Letter
from newsletter.sending.outcomes import Outcome, OutcomeKind
from newsletter.sending.smtp import SmtpAddress, SmtpTransport


class Wire:
    """A relay for one connection that notes what lay on the wire before it answered."""

    def __init__(self, *offers: str, refuses: str = "") -> None:
        self.offers, self.refuses = offers, refuses
        self.early: list[bytes] = []
        """What had come beyond the end of each body before its answer left."""
        self.bodies: list[bytes] = []
        self.verbs: list[str] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                link, _ = self._listening.accept()
            except OSError:
                return
            try:
                self._talk(link)
            except EOFError:
                link.close()

    def _talk(self, link: socket.socket) -> None:
        link.sendall(b"220 relay.example\r\n")
        waiting = b""
        while True:
            while b"\r\n" not in waiting:
                waiting += received(link)
            line, _, waiting = waiting.partition(b"\r\n")
            verb = line[:4].decode().upper()
            self.verbs.append(verb)
            answer = b"250 ok\r\n"
            if verb == "EHLO":
                words = ["relay.example", *self.offers]
                answer = "".join(f"250{'-' if word != words[-1] else ' '}{word}\r\n" for word in words).encode()
            elif verb == "RCPT" and self.refuses and self.refuses.encode() in line:
                answer = b"550 5.1.1 no such user\r\n"
            elif verb == "DATA":
                link.sendall(b"354 go on\r\n")
                while b"\r\n.\r\n" not in b"\r\n" + waiting:
                    waiting += received(link)
                body, _, waiting = (b"\r\n" + waiting).partition(b"\r\n.\r\n")
                self.bodies.append(body)
                while select.select([link], [], [], 0.1)[0]:  # a moment for what comes without having been asked for
                    waiting += received(link)
                self.early.append(waiting)
            elif verb == "QUIT":
                answer = b"221 bye\r\n"
            link.sendall(answer)

    def close(self) -> None:
        self._listening.close()


def received(link: socket.socket) -> bytes:
    some = link.recv(65_536)
    if not some:
        raise EOFError
    return some


@pytest.fixture
def wire():
    made = []

    def start(*offers: str, refuses: str = "") -> Wire:
        made.append(Wire(*offers, refuses=refuses))
        return made[-1]

    yield start
    for one in made:
        one.close()


def letters(*names: str) -> list[Letter]:
    body = b"Subject: x\r\n\r\n" + b"a line of text\r\n" * 500
    sender = "mail@assist-park.example"
    return [
        Letter(Delivery(pk=number), "issue", sender, f"{name}@reader.example", body)
        for number, name in enumerate(names)
    ]


def deliver(wire: Wire, some: list[Letter], *, keep_back: str = "") -> dict[str, Outcome]:
    transport = SmtpTransport(SmtpAddress("127.0.0.1", wire.port, timeout=5), ehlo_name="x.example")
    found: dict[str, Outcome] = {}
    transport.deliver(
        some,
        offered=lambda letter: not keep_back or keep_back not in letter.rcpt,
        settled=lambda letter, outcome: found.setdefault(letter.rcpt.partition("@")[0], outcome),
    )
    transport.close()
    return found


def kinds(found: dict[str, Outcome]) -> dict[str, str]:
    return {name: outcome.kind for name, outcome in found.items()}


SENT, REFUSED = OutcomeKind.SENT, OutcomeKind.REFUSED


def test_the_next_envelope_leaves_with_the_end_of_the_body_where_the_relay_offers_it(wire) -> None:
    relay = wire("PIPELINING", "SIZE 1000000")
    assert kinds(deliver(relay, letters("aki", "haru", "natsu"))) == {"aki": SENT, "haru": SENT, "natsu": SENT}
    assert [early.count(b"\r\n") for early in relay.early] == [3, 3, 0]
    assert relay.early[0].startswith(b"MAIL FROM:") and relay.early[0].endswith(b"DATA\r\n")
    assert b"haru" in relay.early[0] and b"natsu" in relay.early[1]


def test_nothing_leaves_unasked_where_the_relay_does_not_offer_it(wire) -> None:
    relay = wire("SIZE 1000000")
    assert set(kinds(deliver(relay, letters("aki", "haru"))).values()) == {SENT}
    assert relay.early == [b"", b""]


@pytest.mark.parametrize("who", ["aki", "haru", "natsu"])
def test_a_relay_that_wants_a_body_for_nobody_gets_an_empty_one(wire, who) -> None:
    """RFC 2920: DATA was sent before the refusal was known, and a relay may answer it with 354 all the same."""
    relay = wire("PIPELINING", refuses=who)
    found = kinds(deliver(relay, letters("aki", "haru", "natsu")))
    assert found == {"aki": SENT, "haru": SENT, "natsu": SENT} | {who: REFUSED}
    assert sorted(len(body) > 100 for body in relay.bodies) == [False, True, True]
    assert relay.verbs.count("EHLO") == 1 and "RSET" in relay.verbs


@pytest.mark.parametrize("offers", [("PIPELINING",), ("SIZE 1000000",)])
def test_of_a_mail_that_may_not_leave_after_all_nothing_leaves(wire, offers) -> None:
    relay = wire(*offers)
    found = deliver(relay, letters("aki", "haru", "natsu"), keep_back="haru")
    assert kinds(found) == {"aki": SENT, "natsu": SENT}
    assert len(relay.bodies) == 2
