"""Reports of mail services at /esp/…/: who may report, what it changes, and what it never changes."""

import base64
import hashlib
import hmac
import json
import os
import threading
from datetime import timedelta
from itertools import permutations

import pytest
from django.core import checks
from django.db import connection
from django.utils import timezone

from center.models import OutgoingMail, SendingState
from center.outbox import enqueue
from newsletter.issue_report import knows_later_bounces
from newsletter.models import (
    ConsentEvent,
    Delivery,
    DeliveryEvent,
    Issue,
    IssueState,
    Subscriber,
    SubscriberState,
    Suppression,
)
from newsletter.sending.events import EventKind, record_event, settle_uncertain
from newsletter.subscribers import erase
from newsletter.tokens import address_hash

SECRET = "centre:long-enough-to-be-secret"
SIGNING_KEY = "key-0123456789abcdef"
SVIX_KEY = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()
NOW = timezone.now()


@pytest.fixture
def use(settings):
    """Use a mail service, with its reports taken."""

    def set_up(scheme: str) -> str:
        settings.EMAIL_URL = f"{scheme}:"
        settings.ESP_API_KEY = "the-key"
        settings.ESP_WEBHOOKS = True
        settings.ESP_WEBHOOK_SECRET = SECRET
        settings.ESP_WEBHOOK_SIGNING_KEY = {"mailgun": SIGNING_KEY, "resend": SVIX_KEY}.get(scheme, "")
        return scheme

    return set_up


@pytest.fixture
def add_delivery(add_subscriber, add_issue):
    """Make one delivery of an issue that was sent."""
    issues = {}

    def add(email: str, *, number: int = 12, state: str = SendingState.SENT, **fields) -> Delivery:
        if number not in issues:
            issues[number] = add_issue(number=number, state=IssueState.SENT, materialised_at=NOW, recipient_count=0)
        issue = issues[number]
        subscriber = Subscriber.objects.filter(email=email).first() or add_subscriber(email)
        issue.recipient_count += 1
        issue.save(update_fields=["recipient_count"])
        values = {"locale": "ja", "format": "html", "intent_at": NOW, "message_id": f"<{number}.{email}>", **fields}
        return Delivery.objects.create(
            issue=issue, subscriber=subscriber, email=email, email_norm=email.lower(), state=state, **values
        )

    return add


def payload(scheme: str, what: str, *, metadata: dict, email: str, number: int = 1) -> object:
    """A report as the service words it. `what`: delivered, hard, soft, complained, unsubscribed."""
    at = 1_796_000_000 + number
    if scheme == "postmark":
        record = {"delivered": "Delivery", "complained": "SpamComplaint", "unsubscribed": "SubscriptionChange"}
        kind = {"hard": "HardBounce", "soft": "SoftBounce", "complained": "SpamComplaint"}.get(what)
        said = {"RecordType": record.get(what, "Bounce"), "Metadata": metadata, "MessageID": "b7bc2f4a"}
        said |= {"Recipient" if what in ("delivered", "unsubscribed") else "Email": email}
        moment = {"delivered": "DeliveredAt", "unsubscribed": "ChangedAt"}.get(what, "BouncedAt")
        said |= {moment: f"2026-11-24T01:00:{number:02}Z", "Details": f"smtp;550 {email} said no"}
        if kind:
            said |= {"Type": kind, "ID": 1000 + number}
        if what == "unsubscribed":
            said |= {"SuppressSending": True, "SuppressionReason": "ManualSuppression"}
        return said
    if scheme == "sendgrid":
        event = {"hard": "bounce", "soft": "bounce", "complained": "spamreport", "unsubscribed": "unsubscribe"}
        said = {"event": event.get(what, what), "email": email, "timestamp": at, "sg_event_id": f"sg-{what}-{number}"}
        if what in ("hard", "soft"):
            said |= {"type": "bounce" if what == "hard" else "blocked", "reason": f"550 {email} said no"}
        return [said | metadata]
    if scheme == "mailgun":
        said = {"event": "failed" if what in ("hard", "soft") else what, "recipient": email, "timestamp": at}
        if what in ("hard", "soft"):
            said |= {"severity": "permanent", "reason": "bounce" if what == "hard" else "generic"}
        event = said | {"user-variables": metadata, "message": {"headers": {"message-id": "1@mg.example"}}}
        moment, token = str(at), f"token{what}{number}"
        signature = hmac.new(SIGNING_KEY.encode(), f"{moment}{token}".encode(), hashlib.sha256).hexdigest()
        return {
            "signature": {"timestamp": moment, "token": token, "signature": signature},
            "event-data": event,
        }
    kind = {"hard": "bounced", "soft": "bounced"}.get(what, what)
    data = {"email_id": "re-1", "to": [email], "headers": [{"name": "X-Metadata", "value": json.dumps(metadata)}]}
    if kind == "bounced":
        data["bounce"] = {"type": "Permanent" if what == "hard" else "Transient", "message": "the mailbox said no"}
    return {"type": f"email.{kind}", "created_at": f"2026-11-24T01:00:{number:02}.000Z", "data": data}


@pytest.fixture
def report(client):
    """Post a report with everything that proves it, or with other headers."""

    def post(scheme: str, said: object, **headers):
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        if not headers:
            headers = proofs(scheme, body)
        return client.post(f"/esp/{scheme}/", body, content_type="application/json", headers=headers)

    return post


def proofs(scheme: str, body: bytes) -> dict[str, str]:
    found = {"Authorization": "Basic " + base64.b64encode(SECRET.encode()).decode()}
    if scheme == "resend":
        moment, name = str(int(timezone.now().timestamp())), "msg_" + hashlib.md5(body).hexdigest()
        key = base64.b64decode(SVIX_KEY.removeprefix("whsec_"))
        signature = hmac.new(key, f"{name}.{moment}.".encode() + body, hashlib.sha256).digest()
        found |= {
            "svix-id": name,
            "svix-timestamp": moment,
            "svix-signature": "v1,AAAA v1," + base64.b64encode(signature).decode(),
        }
    return found


def everything() -> tuple:
    """What a report could change."""
    return (
        list(Delivery.objects.order_by("pk").values_list("pk", "state", "later")),
        list(Subscriber.objects.order_by("pk").values_list("pk", "state")),
        Suppression.objects.count(),
        ConsentEvent.objects.count(),
        DeliveryEvent.objects.count(),
    )


pytestmark = pytest.mark.filterwarnings("ignore::anymail.exceptions.AnymailWarning")
SERVICES = ("postmark", "sendgrid", "mailgun", "resend")


@pytest.mark.parametrize("scheme", SERVICES)
def test_a_hard_bounce_suppresses_the_address_and_comes_again_without_effect(scheme, use, add_delivery, report):
    use(scheme)
    delivery = add_delivery("gone@a.example")
    said = payload(scheme, "hard", metadata={"delivery": str(delivery.pk)}, email="gone@a.example")
    assert report(scheme, said).status_code == 200
    delivery.refresh_from_db()
    assert (delivery.state, delivery.later) == ("sent", "bounced")
    assert Subscriber.objects.get().state == SubscriberState.SUSPENDED
    assert Suppression.objects.get().email_hash == address_hash("gone@a.example")
    event = DeliveryEvent.objects.get()
    assert (event.type, event.delivery) == ("bounced", delivery)
    assert "gone@a.example" not in json.dumps(event.data)
    before = everything()
    assert report(scheme, said).status_code == 200
    assert everything() == before


@pytest.mark.parametrize("scheme", SERVICES)
@pytest.mark.parametrize("what", ["delivered", "soft", "complained"])
def test_each_service_is_understood(scheme, what, use, add_delivery, report):
    use(scheme)
    delivery = add_delivery("a@a.example")
    report(scheme, payload(scheme, what, metadata={"delivery": str(delivery.pk)}, email="a@a.example"))
    delivery.refresh_from_db()
    assert delivery.later == {"delivered": "delivered", "soft": "bounced", "complained": "complained"}[what]
    state = Subscriber.objects.get().state
    assert state == (SubscriberState.LEFT if what == "complained" else SubscriberState.ACTIVE)
    assert Suppression.objects.count() == (what == "complained")


@pytest.mark.parametrize("scheme", ["postmark", "sendgrid", "mailgun"])
def test_leaving_by_the_service_is_leaving(scheme, use, add_delivery, report):
    use(scheme)
    delivery = add_delivery("a@a.example")
    report(scheme, payload(scheme, "unsubscribed", metadata={"delivery": str(delivery.pk)}, email="a@a.example"))
    assert Subscriber.objects.get().state == SubscriberState.LEFT
    assert ConsentEvent.objects.get().action == ConsentEvent.Action.UNSUBSCRIBED
    assert not Suppression.objects.exists()


@pytest.mark.parametrize("scheme", SERVICES)
def test_whoever_cannot_prove_who_it_is_changes_nothing(scheme, use, add_delivery, report, settings, client):
    use(scheme)
    delivery = add_delivery("a@a.example")
    said = payload(scheme, "hard", metadata={"delivery": str(delivery.pk)}, email="a@a.example")
    before = everything()
    wrong = "Basic " + base64.b64encode(b"centre:guessed-by-somebody-else").decode()
    assert report(scheme, said, Authorization=wrong).status_code == 403
    assert report(scheme, said, X="y").status_code == 403
    assert report(scheme, said, Authorization="Basic %%%").status_code == 403
    assert client.get(f"/esp/{scheme}/").status_code == 405
    settings.ESP_WEBHOOKS = False
    assert report(scheme, said).status_code == 404
    settings.ESP_WEBHOOKS = True
    settings.ESP_WEBHOOK_SECRET = settings.ESP_WEBHOOK_SIGNING_KEY = ""
    assert report(scheme, said).status_code == 404
    settings.EMAIL_URL = "smtp://127.0.0.1"
    assert report(scheme, said).status_code == 404
    assert everything() == before


def test_a_signature_is_asked_for_beside_the_password(use, add_delivery, report, settings):
    use("resend")
    delivery = add_delivery("a@a.example")
    said = payload("resend", "hard", metadata={"delivery": str(delivery.pk)}, email="a@a.example")
    body = json.dumps(said).encode()
    good = proofs("resend", body)
    old = str(int(timezone.now().timestamp()) - 3600)
    for broken in (
        {name: value for name, value in good.items() if name == "Authorization"},
        good | {"svix-timestamp": old},
        good | {"svix-timestamp": "soon"},
        good | {"svix-id": "msg_other"},
        good | {"svix-signature": "v1,"},
    ):
        assert report("resend", body, **broken).status_code == 403
    assert report("resend", body + b" ", **good).status_code == 403
    assert not DeliveryEvent.objects.exists()
    settings.ESP_WEBHOOK_SECRET = ""
    assert report("resend", body, **good).status_code == 200
    use("mailgun")
    said = payload("mailgun", "hard", metadata={"delivery": str(delivery.pk)}, email="a@a.example")
    said["signature"]["signature"] = "0" * 64
    assert report("mailgun", said).status_code == 403


GARBAGE = (
    b"",
    b"{",
    b"\xff\xfe",
    b"[]",
    b"null",
    b"17",
    b'"words"',
    b"{}",
    b"[1]",
    b'{"type": 7, "data": 7}',
    b'{"RecordType": ["Bounce"], "Email": {"a": 1}}',
    b'[{"event": "bounce", "email": 3, "timestamp": "soon", "delivery": {"a": 1}}]',
    b'{"RecordType": "Bounce", "Type": "HardBounce", "Email": "a\\u0000@b.example", "Details": "\\u0000",'
    b' "Metadata": {"delivery": "99999999999999999999999"}, "BouncedAt": "never"}',
    b'[{"event": "delivered", "email": "a@b.example", "timestamp": 9e99, "delivery": "-1"}]',
    b'{"type": "email.bounced", "data": {"to": "x", "headers": 3, "bounce": 4}}',
    b'{"RecordType": "Delivery", "Metadata": [1], "Recipient": null, "MessageID": "\\u0000"}',
)


@pytest.mark.parametrize("scheme", SERVICES)
def test_garbage_is_answered_politely_and_changes_nobody(scheme, use, add_delivery, report, client):
    use(scheme)
    add_delivery("a@a.example")
    before = everything()[:4]
    client.raise_request_exception = False
    for body in GARBAGE:
        answer = report(scheme, body)
        assert answer.status_code in (200, 400, 403), (body, answer.status_code)
    assert everything()[:4] == before
    unreadable = GARBAGE[1]
    assert report(scheme, unreadable).status_code == (403 if scheme == "mailgun" else 400)


def test_reports_about_what_is_not_ours_are_kept_and_change_nothing(use, add_delivery, report):
    use("postmark")
    delivery = add_delivery("a@a.example")
    before = everything()[:4]
    for number, metadata in enumerate(
        ({"delivery": "424242"}, {}, {"mail": "7"}, {"delivery": "x"}, {"order": str(delivery.pk)}), start=1
    ):
        said = payload("postmark", "hard", metadata=metadata, email="a@a.example", number=number)
        assert report("postmark", said).status_code == 200
    other = payload("postmark", "hard", metadata={"delivery": str(delivery.pk)}, email="b@b.example", number=9)
    assert report("postmark", other).status_code == 200  # the number of another database's row
    assert everything()[:4] == before
    assert DeliveryEvent.objects.filter(delivery=None).count() == 6


def test_many_reports_in_one_request_are_taken_one_by_one(use, add_delivery, report):
    use("sendgrid")
    first, second = add_delivery("a@a.example"), add_delivery("b@b.example")
    said = payload("sendgrid", "delivered", metadata={"delivery": str(first.pk)}, email="a@a.example")
    said += payload("sendgrid", "hard", metadata={"delivery": str(second.pk)}, email="b@b.example")
    said += [{"event": "open", "email": "a@a.example", "timestamp": 1, "delivery": str(first.pk)}]
    report("sendgrid", said)
    assert list(Delivery.objects.order_by("pk").values_list("later", flat=True)) == ["delivered", "bounced"]
    assert DeliveryEvent.objects.count() == 2


def record(delivery: Delivery, kind: EventKind, **fields) -> bool:
    values = {"at": NOW, "dedupe_key": f"{kind}-{delivery.pk}", "now": NOW, "delivery_id": delivery.pk, **fields}
    return record_event(kind=kind, **values)


def test_the_order_of_reports_does_not_matter(add_delivery):
    kinds = (EventKind.DELIVERED, EventKind.BOUNCED, EventKind.COMPLAINED)
    for number, order in enumerate(permutations(kinds)):
        delivery = add_delivery(f"a{number}@a.example")
        for kind in order:
            record(delivery, kind)
        delivery.refresh_from_db()
        assert delivery.later == "complained"
        assert Subscriber.objects.get(pk=delivery.subscriber_id).state == SubscriberState.LEFT, order
    for number, order in enumerate(permutations((EventKind.SOFT_BOUNCED, EventKind.DELIVERED))):
        delivery = add_delivery(f"b{number}@b.example")
        for kind in order:
            record(delivery, kind)
        delivery.refresh_from_db()
        assert delivery.later == "delivered"


@pytest.mark.parametrize(
    ("kind", "state", "issue_state"),
    [
        (EventKind.DELIVERED, SendingState.SENT, IssueState.SENT),
        (EventKind.COMPLAINED, SendingState.SENT, IssueState.SENT),
        (EventKind.BOUNCED, SendingState.REFUSED, IssueState.SENT_WITH_EXCEPTIONS),
        (EventKind.FAILED, SendingState.REFUSED, IssueState.SENT_WITH_EXCEPTIONS),
        (EventKind.SOFT_BOUNCED, SendingState.AMBIGUOUS, IssueState.SENT_WITH_EXCEPTIONS),
        (EventKind.UNSUBSCRIBED, SendingState.AMBIGUOUS, IssueState.SENT_WITH_EXCEPTIONS),
    ],
)
def test_a_report_settles_what_was_uncertain(kind, state, issue_state, add_delivery):
    delivery = add_delivery("a@a.example", state=SendingState.AMBIGUOUS)
    delivery.issue.state = IssueState.SENT_WITH_EXCEPTIONS
    delivery.issue.save()
    assert record(delivery, kind) is True
    assert record(delivery, kind) is False
    delivery.refresh_from_db()
    assert delivery.state == state
    assert delivery.issue.state == issue_state


def test_what_became_uncertain_after_its_report_is_settled_by_the_clock(add_delivery):
    delivery = add_delivery("a@a.example", state=SendingState.SENDING, worker="w1", lease_until=NOW)
    record(delivery, EventKind.DELIVERED)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.later) == ("sending", "delivered")  # its worker still holds it
    Delivery.objects.update(state=SendingState.AMBIGUOUS)
    lost = add_delivery("b@b.example", state=SendingState.AMBIGUOUS)
    assert settle_uncertain(now=NOW) == 1
    assert settle_uncertain(now=NOW) == 0
    delivery.refresh_from_db()
    lost.refresh_from_db()
    assert (delivery.state, lost.state) == ("sent", "ambiguous")


@pytest.mark.parametrize("state", [SendingState.PENDING, SendingState.DEFERRED])
def test_what_has_arrived_is_not_sent_again(state, add_delivery):
    waiting = add_delivery("a@a.example", state=state)
    never_offered = add_delivery("b@b.example", state=state, intent_at=None)
    record(waiting, EventKind.DELIVERED)
    record(never_offered, EventKind.DELIVERED)
    waiting.refresh_from_db()
    never_offered.refresh_from_db()
    assert (waiting.state, never_offered.state) == (SendingState.SENT, state)


def test_a_full_mailbox_is_given_up_after_three_issues_in_a_row(add_delivery):
    def state() -> str:
        return Subscriber.objects.get(email="full@a.example").state

    for number, arrives in ((5, False), (6, False), (7, True), (8, False), (9, False)):
        delivery = add_delivery("full@a.example", number=number)
        Issue.objects.filter(pk=delivery.issue_id).update(send_at=NOW + timedelta(days=30 * number))
        record(delivery, EventKind.SOFT_BOUNCED)
        if arrives:  # the third in a row, and then it does
            assert state() == SubscriberState.SUSPENDED
            record(delivery, EventKind.DELIVERED)
        assert state() == SubscriberState.ACTIVE, number
    last = add_delivery("full@a.example", number=10)
    Issue.objects.filter(pk=last.issue_id).update(send_at=NOW + timedelta(days=300))
    record(last, EventKind.SOFT_BOUNCED)
    assert state() == SubscriberState.SUSPENDED
    assert not Suppression.objects.exists()  # whoever empties the mailbox may sign up again


def test_a_complaint_after_leaving_still_bars_the_address(add_delivery):
    delivery = add_delivery("a@a.example")
    record(delivery, EventKind.UNSUBSCRIBED)
    record(delivery, EventKind.COMPLAINED)
    assert Subscriber.objects.get().state == SubscriberState.LEFT
    assert Suppression.objects.get().reason == Suppression.Reason.COMPLAINT
    assert ConsentEvent.objects.filter(action=ConsentEvent.Action.UNSUBSCRIBED).count() == 1


def test_somebody_erased_stays_erased(add_delivery):
    delivery = add_delivery("a@a.example")
    erase(subscriber=delivery.subscriber, by=None, now=NOW)
    assert record(delivery, EventKind.COMPLAINED, email="a@a.example") is True
    assert Subscriber.objects.get().state == SubscriberState.ERASED
    assert Suppression.objects.get().email_hash == address_hash("a@a.example")
    assert record(delivery, EventKind.BOUNCED) is True  # without the address there is nothing to bar
    assert "a@a.example" not in json.dumps(list(DeliveryEvent.objects.values_list("data", flat=True)))


def test_who_has_moved_to_another_address_is_not_touched_by_the_old_one(add_delivery):
    delivery = add_delivery("old@a.example")
    Subscriber.objects.update(email="new@a.example", email_norm="new@a.example")
    record(delivery, EventKind.BOUNCED)
    assert Subscriber.objects.get().state == SubscriberState.ACTIVE
    assert Suppression.objects.get().email_hash == address_hash("old@a.example")


@pytest.mark.django_db
def test_a_single_mail_that_comes_back_bars_its_address(use, report):
    use("postmark")
    mail = enqueue(kind="mail-confirm", to="Nobody@a.example", subject="s", text="t", holds_token=True, now=NOW)
    OutgoingMail.objects.update(state=SendingState.AMBIGUOUS)
    said = payload("postmark", "hard", metadata={"mail": str(mail.pk)}, email="nobody@a.example")
    assert report("postmark", said).status_code == 200
    mail.refresh_from_db()
    assert (mail.state, mail.text) == (SendingState.REFUSED, "")
    assert Suppression.objects.get().email_hash == address_hash("nobody@a.example")
    second = enqueue(kind="mail-welcome", to="b@a.example", subject="s", text="t", now=NOW)
    bounced = {"kind": EventKind.BOUNCED, "at": NOW, "now": NOW}
    assert record_event(message_id=second.message_id.strip("<>"), dedupe_key="dsn-1", **bounced)  # as a mailbox has it
    assert Suppression.objects.count() == 2


@pytest.mark.django_db
def test_reports_say_whether_later_bounces_are_known(use, settings):
    assert not knows_later_bounces()
    use("postmark")
    assert knows_later_bounces()
    settings.ESP_WEBHOOK_SECRET = ""
    assert not knows_later_bounces()


def found_by_check() -> list[str]:
    return sorted(one.id for one in checks.run_checks(tags=["mail"]))


def test_the_system_check_says_what_is_missing(use, settings):
    settings.EMAIL_URL = "smtp://127.0.0.1"
    assert found_by_check() == []
    for scheme in SERVICES:
        use(scheme)
        assert found_by_check() == []
    use("postmark")
    settings.ESP_WEBHOOK_SECRET = ""
    assert found_by_check() == ["newsletter.E002"]
    settings.ESP_WEBHOOKS = False
    assert found_by_check() == ["newsletter.W001"]
    use("postmark")
    settings.ESP_WEBHOOK_SECRET = "short:one"
    settings.ESP_API_KEY = ""
    assert found_by_check() == ["newsletter.E001", "newsletter.E003"]
    use("mailgun")
    settings.ESP_WEBHOOK_SIGNING_KEY = ""  # Mailgun's reports are signed, always
    assert found_by_check() == ["newsletter.E002"]


def test_the_service_may_look_whether_anybody_is_there(use, client, db):
    use("postmark")
    assert client.head("/esp/postmark/").status_code == 200
    assert client.head("/esp/sendgrid/").status_code == 404
    assert client.head("/en/esp/postmark/").status_code == 404


@pytest.mark.skipif(not os.environ.get("TEST_DATABASE_URL"), reason="the in-memory database has one writer")
@pytest.mark.django_db(transaction=True)
def test_the_same_report_twice_at_once_counts_once(add_delivery):
    delivery = add_delivery("a@a.example", state=SendingState.AMBIGUOUS)
    answers: list[bool] = []

    def tell(kind: EventKind) -> None:
        answers.append(record(delivery, kind))
        connection.close()

    kinds = [EventKind.DELIVERED, EventKind.COMPLAINED, EventKind.BOUNCED] * 4
    threads = [threading.Thread(target=tell, args=(kind,)) for kind in kinds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False] * 9 + [True] * 3
    delivery.refresh_from_db()
    assert delivery.later == "complained"
    assert Suppression.objects.count() == 1
