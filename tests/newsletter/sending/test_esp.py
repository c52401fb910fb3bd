"""Mail through a service's own interface: what arrives, and what an answer or its absence means."""

import json
from collections import Counter
from dataclasses import dataclass
from email import message_from_bytes, policy

import pytest
from anymail.signals import post_send

from center.models import CentreSettings, OutgoingMail
from newsletter.models import Delivery, Issue, Rendering
from newsletter.sending.addresses import wire_address
from newsletter.sending.esp import EspTransport
from newsletter.sending.esp_services import EspSettingsError, esp_settings
from newsletter.sending.message import compose_issue_mail, compose_single_mail
from newsletter.sending.outcomes import Outcome, OutcomeKind
from newsletter.slots import personal_url
from newsletter.tokens import personal_token
from tests.newsletter.sending.esp_server import EspServer, Fault

pytestmark = pytest.mark.filterwarnings("ignore::anymail.exceptions.AnymailWarning")
CENTRE = CentreSettings(
    sender_name="アシストパーク郡山 サポートメール",
    sender_email="mail@assist-park.example",
    reply_to="madoguchi@assist-park.example",
)
SENT, DEFERRED, REFUSED, AMBIGUOUS = OutcomeKind
BATCHING, ONE_BY_ONE = ("sendgrid", "mailgun"), ("postmark", "resend")
SERVICES = (*BATCHING, *ONE_BY_ONE)


@pytest.fixture
def server():
    started = EspServer()
    yield started
    started.stop()


@dataclass
class Desk:
    """Hands letters over and remembers what was said of each."""

    server: EspServer
    slept: list

    def transport(self, scheme: str, options: str = "") -> EspTransport:
        settings = esp_settings(self.server.url(scheme, options), key="the-key")
        return EspTransport(settings, sleep=self.slept.append)

    def deliver(self, transport: EspTransport, letters: list, *, keep_back: tuple = ()) -> dict[str, Outcome]:
        outcomes: dict[str, Outcome] = {}
        open_ones: set[str] = set()

        def offered(letter) -> bool:
            if letter.rcpt in keep_back:
                return False
            open_ones.add(letter.rcpt)
            return True

        def settled(letter, outcome) -> None:
            assert letter.rcpt not in outcomes, "one end each"
            assert letter.rcpt in open_ones, "offered before it is settled"
            outcomes[letter.rcpt] = outcome

        try:
            transport.deliver(letters, offered=offered, settled=settled)
        finally:
            transport.close()
        assert set(outcomes) == open_ones, "whatever was offered has an end"
        return outcomes


@pytest.fixture
def desk(server) -> Desk:
    return Desk(server, [])


@dataclass(frozen=True)
class _Letter:
    """What the loop hands over, as far as a service needs it."""

    row: Delivery | OutgoingMail
    kind: str
    rcpt: str
    data: bytes
    rendering: Rendering | None = None


@pytest.fixture
def letters_to(clock):
    """Finished letters of one edition to these addresses. Nothing of it is in the database."""
    rendering = Rendering(
        pk=7,
        issue=Issue(slug="2026-12"),
        locale="ja",
        subject="サポートメール 12月号（見本）会計の講座が土曜に3回あります",
        html=f"<body><p>100% こんにちは、{{{{ センター }}}}です。</p><a href='{personal_url()}'>やめる</a></body>\n",
        text=f"こんにちは、センターです。\n\n■ やめる\n{personal_url()}\n",
    )

    def make(*addresses: str, formats: dict[str, str] | None = None) -> list[_Letter]:
        letters = []
        for number, address in enumerate(addresses, start=1):
            row = Delivery(
                pk=number,
                subscriber_id=number,
                email=address,
                locale="ja",
                format=(formats or {}).get(address, "html"),
                message_id=f"<2026-12.{number:024x}@assist-park.example>",
            )
            data = compose_issue_mail(rendering, row, centre=CENTRE, now=clock())
            letters.append(_Letter(row, "issue", wire_address(address), data, rendering))
        return letters

    return make


@pytest.fixture
def single_letter(clock) -> _Letter:
    mail = OutgoingMail(
        pk=9,
        kind="mail-confirm",
        to="a@a.example",
        subject="確認のお願い",
        text="こんにちは\n",
        message_id="<c.9@a.example>",
    )
    return _Letter(mail, mail.kind, mail.to, compose_single_mail(mail, centre=CENTRE, now=clock()))


def people(count: int) -> list[str]:
    return [f"reader{number:03}@a.example" for number in range(count)]


def kinds(outcomes: dict[str, Outcome]) -> Counter:
    return Counter(outcome.kind for outcome in outcomes.values())


# what arrives


@pytest.mark.parametrize("scheme", SERVICES)
@pytest.mark.parametrize("together", [True, False])
def test_a_reader_gets_the_same_as_by_smtp(scheme, together, desk, server, letters_to):
    letters = letters_to(*people(2 if together else 1))
    assert kinds(desk.deliver(desk.transport(scheme), letters)) == {SENT: len(letters)}
    for letter, mail in zip(letters, server.taken, strict=True):
        expected = message_from_bytes(letter.data, policy=policy.default)
        bodies = {part.get_content_subtype(): part for part in expected.walk() if not part.is_multipart()}
        assert mail.to == letter.row.email
        assert mail.subject == expected["Subject"]
        assert mail.text == bodies["plain"].get_content().replace("\r\n", "\n")
        assert mail.html == bodies["html"].get_content().replace("\r\n", "\n")
        assert "アシストパーク郡山 サポートメール" in mail.sender and "mail@assist-park.example" in mail.sender
        assert mail.reply_to == "madoguchi@assist-park.example"
        assert mail.metadata == {"delivery": str(letter.row.pk)}
        for name in (
            "List-Unsubscribe",
            "List-Unsubscribe-Post",
            "List-Id",
            "List-Help",
            "List-Archive",
            "List-Post",
            "Precedence",
            "Feedback-ID",
        ):
            assert mail.headers[name.lower()] == expected[name], name
        token = personal_token(letter.row.subscriber_id)
        assert token in mail.text and token in mail.html and token in mail.headers["list-unsubscribe"]
        keeps_id = scheme in ("postmark", "sendgrid") or (scheme == "mailgun" and not together)
        assert mail.headers.get("message-id") == (letter.row.message_id if keeps_id else None)
        assert not {"date", "to", "from", "subject", "mime-version", "content-type"} & set(mail.headers)


@pytest.mark.parametrize("scheme", BATCHING)
def test_one_request_carries_many_and_nobody_sees_another(scheme, desk, server, letters_to):
    assert desk.transport(scheme).chunk == 50
    letters = letters_to(*people(12))
    assert kinds(desk.deliver(desk.transport(scheme, "&batch=5"), letters)) == {SENT: 12}
    assert len(server.requests) == 3
    assert server.recipients == people(12)
    tokens = {letter.row.email: personal_token(letter.row.subscriber_id) for letter in letters}
    for mail in server.taken:
        others = set(tokens.values()) - {tokens[mail.to]}
        words = f"{mail.text}{mail.html}{json.dumps(mail.headers)}"
        assert tokens[mail.to] in words
        assert not any(other in words for other in others)
        assert not any(other in words for other in people(12) if other != mail.to)


@pytest.mark.parametrize("scheme", BATCHING)
def test_who_asked_for_text_alone_gets_no_html(scheme, desk, server, letters_to):
    letters = letters_to("a@a.example", "b@a.example", "c@a.example", formats={"b@a.example": "text"})
    assert kinds(desk.deliver(desk.transport(scheme), letters)) == {SENT: 3}
    html = {mail.to: bool(mail.html) for mail in server.taken}
    assert html == {"a@a.example": True, "b@a.example": False, "c@a.example": True}
    assert len(server.requests) == 2


@pytest.mark.parametrize("scheme", SERVICES)
def test_a_single_mail_goes_as_itself(scheme, desk, server, single_letter):
    assert kinds(desk.deliver(desk.transport(scheme), [single_letter])) == {SENT: 1}
    taken = server.taken[0]
    assert (taken.subject, taken.text.strip(), taken.html) == ("確認のお願い", "こんにちは", "")
    assert taken.metadata == {"mail": "9"}
    assert taken.headers["auto-submitted"] == "auto-generated"


@pytest.mark.parametrize("scheme", SERVICES)
def test_carriers_addresses_are_quoted(scheme, desk, server, letters_to):
    letters = letters_to("foo..bar@docomo.ne.jp", "a@a.example")
    outcomes = desk.deliver(desk.transport(scheme), letters)
    assert kinds(outcomes) == {SENT: 2}
    assert sorted(server.recipients) == ['"foo..bar"@docomo.ne.jp', "a@a.example"]
    assert all(personal_token(one.row.subscriber_id) in server.taken[n].text for n, one in enumerate(letters))


def test_a_stream_of_its_own_is_for_the_issues_alone(desk, server, letters_to, single_letter):
    letters = [*letters_to("b@a.example"), single_letter]
    desk.deliver(desk.transport("postmark", "&stream=broadcast"), letters)
    assert [json.loads(body).get("MessageStream") for _, _, body in server.requests] == ["broadcast", None]


# what an answer means

FAULTS = {
    "taken": (None, SENT, True),
    "slow": (Fault(hangs=0.1, takes=True), SENT, True),
    "hangs before it reads": (Fault(reads=False, hangs=0.7), AMBIGUOUS, False),
    "hangs after it read": (Fault(hangs=0.7), AMBIGUOUS, False),
    "takes it and hangs": (Fault(hangs=0.7, takes=True), AMBIGUOUS, True),
    "hangs up before it reads": (Fault(reads=False), AMBIGUOUS, False),
    "hangs up after it read": (Fault(hangs_up=True), AMBIGUOUS, False),
    "takes it and hangs up": (Fault(hangs_up=True, takes=True), AMBIGUOUS, True),
    "429": (Fault(429), DEFERRED, False),
    "429 for an hour": (Fault(429, {"Retry-After": "3600"}), DEFERRED, False),
    "429 until a day": (Fault(429, {"Retry-After": "Wed, 21 Oct 2099 07:28:00 GMT"}), DEFERRED, False),
    "500": (Fault(500), AMBIGUOUS, False),
    "500 that took it": (Fault(500, takes=True), AMBIGUOUS, True),
    "502": (Fault(502), AMBIGUOUS, False),
    "504 that took it": (Fault(504, takes=True), AMBIGUOUS, True),
    "401": (Fault(401), DEFERRED, False),
    "402": (Fault(402), DEFERRED, False),
    "403": (Fault(403), DEFERRED, False),
    "404": (Fault(404), DEFERRED, False),
    "408": (Fault(408), AMBIGUOUS, False),
    "409": (Fault(409, takes=True), AMBIGUOUS, True),
    "400": (Fault(400), REFUSED, False),
    "413": (Fault(413), REFUSED, False),
    "422": (Fault(422, body='{"Message": "no", "ErrorCode": 300}'), REFUSED, False),
    "an answer in pieces": (Fault(400, body="<html>"), REFUSED, False),
    "sent elsewhere": (Fault(307, {"Location": "/email"}), AMBIGUOUS, False),
}
ABOUT_EVERYBODY = {"429", "429 for an hour", "429 until a day", "401", "402", "403", "404"}


@pytest.mark.parametrize("scheme", ["sendgrid", "resend"])
@pytest.mark.parametrize("name", FAULTS)
def test_every_answer_has_one_meaning(name, scheme, desk, server, letters_to):
    fault, kind, is_taken = FAULTS[name]
    server.plan = fault
    letters = letters_to(*people(2))
    outcomes = desk.deliver(desk.transport(scheme), letters)
    first = outcomes["reader000@a.example"]
    assert first.kind == kind, first
    assert first.is_about_the_relay == (name in ABOUT_EVERYBODY)
    assert ("reader000@a.example" in server.recipients) == is_taken
    if kind is AMBIGUOUS:
        assert max(Counter(server.recipients).values(), default=0) <= 1
        assert len(server.requests) <= (1 if scheme == "sendgrid" else 2), "nothing uncertain is asked twice"
    if name in ABOUT_EVERYBODY:
        assert len(server.requests) == 1, "the next mail would meet the same"
        assert len(outcomes) == (2 if scheme == "sendgrid" else 1)
    assert "the-key" not in str(first)


@pytest.mark.parametrize(
    ("scheme", "kind"), [("sendgrid", DEFERRED), ("postmark", DEFERRED), ("mailgun", AMBIGUOUS), ("resend", AMBIGUOUS)]
)
def test_503_means_not_taken_where_the_service_says_so(scheme, kind, desk, server, letters_to):
    server.plan = Fault(503)
    assert kinds(desk.deliver(desk.transport(scheme), letters_to("a@a.example"))) == {kind: 1}


@pytest.mark.parametrize("scheme", ["postmark", "mailgun", "resend"])
@pytest.mark.parametrize("body", ["{", "[]", "{}", '{"id": null', "<html>fine</html>"])
def test_a_yes_that_cannot_be_read_is_uncertain(scheme, body, desk, server, letters_to):
    server.plan = Fault(200, body=body, takes=True)
    assert kinds(desk.deliver(desk.transport(scheme), letters_to("a@a.example"))) == {AMBIGUOUS: 1}
    assert server.recipients == ["a@a.example"]


@pytest.mark.parametrize("scheme", SERVICES)
def test_nobody_there_means_that_nothing_left(scheme, desk, server, letters_to):
    letters = letters_to(*people(3))
    plain = desk.transport(scheme)
    tls = EspTransport(esp_settings(server.url(scheme).replace("http://", "https://"), key="the-key"))
    outcome = desk.deliver(tls, letters)["reader000@a.example"]  # the handshake finds no TLS
    assert (outcome.kind, outcome.is_without_conversation) == (DEFERRED, True)
    server.stop()
    outcome = desk.deliver(plain, letters)["reader000@a.example"]
    assert (outcome.kind, outcome.is_without_conversation) == (DEFERRED, True)
    assert server.taken == []


@pytest.mark.parametrize("scheme", SERVICES)
def test_a_wrong_key_stops_before_everybody_is_tried(scheme, server, desk, letters_to):
    transport = EspTransport(esp_settings(server.url(scheme), key="another"))
    outcomes = desk.deliver(transport, letters_to(*people(60)))
    assert len(server.requests) == 1
    assert kinds(outcomes) == {DEFERRED: 50 if scheme in BATCHING else 1}
    assert all(outcome.is_about_the_relay for outcome in outcomes.values())


@pytest.mark.parametrize("scheme", SERVICES)
def test_a_bad_address_is_refused_alone_and_the_others_get_theirs_once(scheme, desk, server, letters_to):
    server.bad = {"reader003@a.example", "reader010@a.example"}
    outcomes = desk.deliver(desk.transport(scheme), letters_to(*people(12)))
    assert {to for to, outcome in outcomes.items() if outcome.kind is REFUSED} == server.bad
    assert kinds(outcomes) == {SENT: 10, REFUSED: 2}
    assert sorted(server.recipients) == sorted(set(people(12)) - server.bad)


def test_where_the_service_refuses_everybody_the_rest_waits(desk, server, letters_to):
    server.plan = Fault(400, body='{"errors": [{"message": "The from email is wrong"}]}')
    outcomes = desk.deliver(desk.transport("sendgrid"), letters_to(*people(20)))
    assert kinds(outcomes) == {REFUSED: 10, DEFERRED: 10}
    assert server.taken == []


def test_postmark_tells_trouble_with_the_account_from_a_bad_mail(desk, server, letters_to):
    letters = letters_to("a@a.example")
    server.plan = Fault(422, body='{"ErrorCode": 405, "Message": "You are out of credits."}')
    assert desk.deliver(desk.transport("postmark"), letters)["a@a.example"].is_about_the_relay
    server.plan = None
    server.bad = {"a@a.example"}
    assert desk.deliver(desk.transport("postmark"), letters)["a@a.example"].kind is REFUSED


@pytest.mark.parametrize("scheme", ["mailgun", "resend"])
def test_a_short_wait_is_waited_for(scheme, desk, server, letters_to):
    server.plan = [Fault(429, {"Retry-After": "2"})]
    assert kinds(desk.deliver(desk.transport(scheme), letters_to(*people(2)))) == {SENT: 2}
    assert desk.slept == [2.0]
    assert sorted(server.recipients) == people(2)


def test_a_long_wait_is_respected_by_the_next_run_too(desk, server, letters_to):
    server.plan = [Fault(429, {"Retry-After": "600"})]
    letters = letters_to(*people(4))
    transport = desk.transport("resend")
    assert kinds(desk.deliver(transport, letters)) == {DEFERRED: 1}
    assert kinds(desk.deliver(transport, letters)) == {DEFERRED: 1}
    assert len(server.requests) == 1
    assert desk.slept == []


@pytest.mark.parametrize("scheme", SERVICES)
def test_what_may_not_leave_any_more_does_not(scheme, desk, server, letters_to):
    outcomes = desk.deliver(desk.transport(scheme), letters_to(*people(4)), keep_back=("reader002@a.example",))
    assert "reader002@a.example" not in outcomes
    assert "reader002@a.example" not in server.recipients
    assert kinds(outcomes) == {SENT: 3}


def test_resend_recognises_a_mail_that_a_person_sends_again(desk, server, letters_to):
    server.plan = [Fault(504, takes=True)]
    letters = letters_to("a@a.example")
    assert kinds(desk.deliver(desk.transport("resend"), letters)) == {AMBIGUOUS: 1}
    assert kinds(desk.deliver(desk.transport("resend"), letters)) == {SENT: 1}
    assert server.recipients == ["a@a.example"]


@pytest.mark.parametrize("scheme", SERVICES)
def test_a_listener_that_breaks_makes_no_mail_look_unsent(scheme, desk, letters_to):
    def breaks(**kwargs):
        raise RuntimeError("somebody's statistics")

    post_send.connect(breaks)
    try:
        assert kinds(desk.deliver(desk.transport(scheme), letters_to(*people(2)))) == {SENT: 2}
    finally:
        post_send.disconnect(breaks)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postmark://key@host", "ESP_API_KEY"),
        ("postmark:?region=eu", "region"),
        ("sendgrid:?stream=x", "stream"),
        ("resend:?batch=0", "batch"),
        ("resend:?batch=1.5", "batch"),
        ("resend:?timeout=600", "timeout"),
        ("mailgun:?api=http://api.mailgun.net/", "https"),
        ("mailgun:?api=ftp://127.0.0.1/", "https"),
    ],
)
def test_a_wrong_address_of_a_service_is_told_in_words(url, words):
    with pytest.raises(EspSettingsError, match=words):
        esp_settings(url, key="the-key")
    with pytest.raises(EspSettingsError, match="鍵"):
        esp_settings("resend:", key="")


def test_the_key_stands_in_no_log():
    transport = EspTransport(esp_settings("resend:?batch=5&timeout=9", key="the-key"))
    assert "the-key" not in f"{transport!r}{transport.settings!r}"
