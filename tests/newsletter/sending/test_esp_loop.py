"""The loop over a mail service: whatever it does, nobody gets an issue twice and the sum adds up."""

import random
from collections import Counter
from datetime import timedelta

import pytest
from anymail.signals import pre_send

from center.models import OutgoingMail, SendingState
from center.outbox import enqueue
from newsletter.models import DeliveryEvent, IssueState, Subscriber, SubscriberState
from newsletter.sending.claims import OPEN
from newsletter.sending.esp import EspTransport
from newsletter.sending.events import EventKind, record_event
from newsletter.sending.report import closing_report
from newsletter.sending.transport import MailSettingsError, transport_from_url
from newsletter.sending.verbs import resume_issue
from tests.newsletter.sending.esp_server import EspServer, Fault

pytestmark = pytest.mark.filterwarnings("ignore::anymail.exceptions.AnymailWarning")
UNCERTAIN = (
    Fault(500),
    Fault(502, takes=True),
    Fault(504, takes=True),
    Fault(hangs_up=True, takes=True),
    Fault(hangs_up=True),
    Fault(reads=False),
    Fault(200, body="{", takes=True),
)
NOT_TAKEN = (Fault(429), Fault(429, {"Retry-After": "1"}), Fault(401), Fault(403))


@pytest.fixture
def server():
    started = EspServer()
    yield started
    started.stop()


@pytest.fixture
def use(settings, server, worker):
    """Make workers that send through a service on loopback."""
    settings.ESP_API_KEY = "the-key"

    def make(scheme: str, options: str = "", **more):
        transport = transport_from_url(server.url(scheme, options))
        transport.sleep = lambda seconds: None
        return worker(transport=transport, **more)

    return make


@pytest.fixture
def readers(add_subscriber) -> list[str]:
    return [add_subscriber(f"reader{number:02}@reader.example").email for number in range(12)]


@pytest.mark.parametrize("scheme", ["sendgrid", "mailgun", "postmark", "resend"])
def test_an_issue_and_a_single_mail_go_to_everybody_once(scheme, use, server, readers, add_issue, clock):
    issue = add_issue()
    enqueue(kind="mail-confirm", to="new@reader.example", subject="s", text="t", now=clock())
    use(scheme, "&batch=5").run()
    assert sorted(server.recipients) == sorted([*readers, "new@reader.example"])
    issue.refresh_from_db()
    assert issue.state == IssueState.SENT
    assert OutgoingMail.objects.get().state == SendingState.SENT
    for _ in range(2):
        use(scheme).run()
    assert len(server.taken) == 13


def test_what_is_uncertain_is_never_sent_again_by_itself(use, server, readers, add_issue, clock, states):
    issue = add_issue()
    server.plan = [Fault(504, takes=True), Fault(500)]
    use("sendgrid", "&batch=4").run()
    clock.forward(hours=5)
    use("sendgrid", "&batch=4").run()
    assert Counter(states(issue).values()) == {"sent": 4, "ambiguous": 8}
    assert max(Counter(server.recipients).values()) == 1
    assert len(set(server.recipients) & set(readers)) == 8
    issue.refresh_from_db()
    assert issue.state == IssueState.SENT_WITH_EXCEPTIONS
    for number, delivery in enumerate(issue.deliveries.filter(state="ambiguous")):  # then the service reports
        kind = EventKind.DELIVERED if delivery.email in server.recipients else EventKind.FAILED
        record_event(kind=kind, delivery_id=delivery.pk, at=clock(), dedupe_key=f"e{number}", now=clock())
    assert Counter(states(issue).values()) == {"sent": 8, "refused": 4}
    assert closing_report(issue).adds_up


def test_a_rate_limit_costs_nobody_a_try_and_pauses_nothing_at_once(use, server, readers, add_issue, clock, states):
    issue = add_issue()
    server.plan = [Fault(429), Fault(429)]
    tally = use("sendgrid", "&batch=50").run()
    assert "429" in tally.relay_trouble
    issue.refresh_from_db()
    assert issue.state == IssueState.SENDING, "one answer about fifty mails is one answer"
    assert set(issue.deliveries.values_list("attempts", flat=True)) == {0}
    clock.forward(minutes=2)
    use("sendgrid").run()
    clock.forward(minutes=10)
    use("sendgrid").run()
    assert set(states(issue).values()) == {"sent"}
    assert sorted(server.recipients) == readers


def test_a_wrong_key_pauses_the_issue_and_tells_staff(settings, use, server, readers, add_issue, clock, states):
    issue = add_issue()
    settings.ESP_API_KEY = "revoked"
    for _ in range(10):
        use("postmark").run()
        clock.forward(minutes=2)
    issue.refresh_from_db()
    assert issue.state == IssueState.PAUSED
    assert "401" in issue.pause_reason
    assert OutgoingMail.objects.filter(kind="issue-paused", to="staff@assist-park.example").exists()
    settings.ESP_API_KEY = "the-key"
    OutgoingMail.objects.all().delete()
    resume_issue(issue, by=None, now=clock())
    clock.forward(hours=1)
    use("postmark").run()
    assert set(states(issue).values()) == {"sent"}


def test_who_leaves_meanwhile_gets_nothing(use, server, readers, add_issue, clock):
    add_issue()

    def leave(**kwargs) -> None:
        Subscriber.objects.filter(email=readers[-1]).update(state=SubscriberState.LEFT)

    pre_send.connect(leave)  # while the first mail is on its way
    try:
        use("resend").run()
    finally:
        pre_send.disconnect(leave)
    assert sorted(server.recipients) == readers[:-1]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("scheme", ["sendgrid", "resend"])
def test_a_service_that_fails_at_random_sends_nobody_twice(
    scheme, seed, use, server, readers, add_issue, clock, states
):
    issue = add_issue(not_after=clock() + timedelta(days=9))
    chance = random.Random(f"{scheme}{seed}")
    server.bad = {readers[3]}
    server.plan = lambda number: chance.choice([None, None, chance.choice(UNCERTAIN), chance.choice(NOT_TAKEN)])
    for _ in range(60):
        use(scheme, "&batch=3", name=f"w{chance.random()}").run()
        clock.forward(hours=1)
        issue.refresh_from_db()
        if issue.state == IssueState.PAUSED:
            resume_issue(issue, by=None, now=clock())
        if issue.materialised_at and not issue.deliveries.filter(state__in=OPEN).exists():
            break
    found = states(issue)
    got = Counter(to for to in server.recipients if to in found)
    assert max(got.values(), default=0) == 1
    assert {email for email, state in found.items() if state == "sent"} <= set(got)
    assert {email for email in got if found[email] != "sent"} <= {e for e, s in found.items() if s == "ambiguous"}
    assert found[readers[3]] in ("refused", "ambiguous")
    assert not set(found.values()) & set(OPEN)
    assert closing_report(issue).adds_up
    assert not DeliveryEvent.objects.exists()


def test_the_address_of_a_service_is_read_like_that_of_a_relay(settings):
    settings.ESP_API_KEY = "the-key"
    assert isinstance(transport_from_url("postmark:?stream=broadcast"), EspTransport)
    with pytest.raises(MailSettingsError, match="region"):
        transport_from_url("postmark:?region=eu")
    settings.ESP_API_KEY = ""
    with pytest.raises(MailSettingsError, match="ESP_API_KEY"):
        transport_from_url("resend:")
    with pytest.raises(MailSettingsError, match="使えません"):
        transport_from_url("brevo:")
