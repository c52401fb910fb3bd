"""The mailbox of returned mails, read over IMAP from a server on loopback."""

import pytest
from django.core.cache import cache

from center.outbox import enqueue
from newsletter.models import ConsentEvent, Delivery, DeliveryEvent, Issue, IssueState, Suppression
from newsletter.sending.mailbox import (
    MailboxSettingsError,
    MailboxTrouble,
    Turn,
    last_turn,
    mailbox_address,
    read_mailbox,
    tick_mailbox,
)
from newsletter.subscriber_steps import activate
from newsletter.tokens import personal_token, personal_token_hash
from tests.newsletter.sending import returned_mails as mails
from tests.newsletter.sending.imap_server import ImapServer


@pytest.fixture
def server():
    server = ImapServer()
    yield server
    server.stop()


@pytest.fixture
def sent(issue, clock):
    """The issue went to three people; this is the delivery to haru."""
    for subscriber in issue.topic.subscribers.all():
        subscriber.token_hash = personal_token_hash(subscriber.pk)
        subscriber.save()
        Delivery.objects.create(
            issue=issue,
            subscriber=subscriber,
            email=subscriber.email,
            email_norm=subscriber.email_norm,
            locale="ja",
            format="html",
            state="sent",
            message_id=f"<issue.{subscriber.pk}.aa@assist-park.example>",
            intent_at=clock(),
            result_at=clock(),
        )
    return Delivery.objects.get(email__startswith="haru")


@pytest.fixture
def read(server, clock):
    """Read the mailbox once; return what was counted."""

    def look() -> dict:
        turn = Turn()
        read_mailbox(mailbox_address(server.url), turn, now=clock())
        return {**turn.counts, "unread": turn.unread}

    return look


def haru(sent):
    sent.refresh_from_db()
    sent.subscriber.refresh_from_db()
    return sent.later, sent.subscriber.state, Suppression.objects.count()


UNCHANGED = ("", "active", 0)
GONE = ("bounced", "suspended", 1)


@pytest.mark.parametrize("make", [mails.report, mails.exchange, mails.carrier])
def test_a_report_that_there_is_no_such_address_stops_the_mail_to_it(server, sent, read, make):
    mail = server.add(make(sent.message_id))
    assert read() == {"bounced": 1, "unread": 0}
    assert haru(sent) == GONE
    assert mail.flags == {"\\Seen"} and mail.folder == "Done"
    assert not [line for line in server.said if "Deleted" in line or "EXPUNGE" in line.upper()]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"action": "delayed", "status": "4.4.1"}, UNCHANGED),
        ({"action": "relayed", "status": "2.0.0"}, UNCHANGED),
        ({"action": "delivered", "status": "2.0.0"}, ("delivered", "active", 0)),
        ({"status": "4.4.7", "diagnostic": "smtp; 451 try later"}, ("bounced", "active", 0)),
        ({"status": "5.2.2", "diagnostic": "smtp; 552 5.2.2 mailbox full"}, ("bounced", "active", 0)),
        ({"status": "5.7.1", "diagnostic": "smtp; 550 5.7.1 spam"}, ("bounced", "active", 0)),
        ({"status": "5.1.8", "diagnostic": "smtp; 550 5.1.8 bad sender domain"}, ("bounced", "active", 0)),
        ({"status": "5.0.0", "diagnostic": "smtp; 550 Unknown user"}, GONE),
        ({"status": "5.0.0", "diagnostic": "smtp; 554 transaction failed"}, ("bounced", "active", 0)),
        ({"status": "5.4.4", "diagnostic": "dns; host not found"}, GONE),
        ({"returned": "message/rfc822"}, GONE),
    ],
)
def test_only_what_says_that_the_address_is_gone_suspends_the_reader(server, sent, read, fields, expected):
    server.add(mails.report(sent.message_id, **fields))
    assert read()["unread"] == 0
    assert haru(sent) == expected


def test_a_forged_report_for_a_mail_we_never_sent_changes_nothing_and_waits_for_a_person(server, sent, read):
    for message_id in ("<issue.1.zz@assist-park.example>", "<a@elsewhere.example>"):
        for make in (mails.report, mails.exchange, mails.carrier, mails.complaint):
            server.add(make(message_id))
    assert read() == {"not_understood": 8, "unread": 8}
    assert haru(sent) == UNCHANGED and not DeliveryEvent.objects.exists()
    assert all(mail.flags == {"\\Flagged"} and mail.folder == "INBOX" for mail in server.mails)


def test_a_report_about_one_reader_touches_no_other(server, sent, read):
    server.add(mails.report(sent.message_id, recipient="aki@reader.example"))
    read()
    assert Delivery.objects.get(email__startswith="aki").later == ""
    assert Delivery.objects.get(email__startswith="aki").subscriber.state == "active"


def test_an_uncertain_mail_is_settled_by_its_report(server, sent, read):
    Delivery.objects.filter(pk=sent.pk).update(state="ambiguous")
    server.add(mails.report(sent.message_id))
    read()
    sent.refresh_from_db()
    assert sent.state == "refused"


def test_the_report_on_a_single_mail_is_taken_too(server, sent, read, clock):
    row = enqueue(kind="notice-receipt", to="dantai@group.example", subject="受付", text="本文", now=clock())
    server.add(mails.report(row.message_id, recipient="dantai@group.example"))
    assert read()["bounced"] == 1 and Suppression.objects.count() == 1


@pytest.mark.parametrize(("kind", "state"), [("abuse", "left"), ("opt-out", "left"), ("not-spam", "active")])
def test_a_complaint_ends_the_mail(server, sent, read, kind, state):
    server.add(mails.complaint(sent.message_id, kind=kind))
    assert read()["unread"] == 0
    assert haru(sent)[1] == state
    assert Suppression.objects.exists() is (kind == "abuse")


def test_a_mail_with_the_personal_token_as_its_subject_leaves_once(server, sent, read, clock):
    token = personal_token(sent.subscriber_id)
    mail = server.add(mails.wish_to_leave(token))
    assert read()["left"] == 1 and haru(sent)[1] == "left"
    assert ConsentEvent.objects.get(action="unsubscribed").channel == "mail"
    # somebody comes back; the old mail is found again and does not end it a second time
    activate(sent.subscriber, source="web", now=clock())
    mail.flags, mail.folder = set(), "INBOX"
    read()
    assert haru(sent)[1] == "active"
    server.add(mails.wish_to_leave(token, at="Wed, 2 Dec 2026 12:00:00 +0900"))
    read()
    assert haru(sent)[1] == "left"


def test_a_token_of_nobody_and_mails_of_people_are_left_for_a_person(server, sent, read):
    server.add(mails.wish_to_leave("A" * 22))
    server.add(mails.holiday(sent.message_id))
    server.add("From: a@b.example\nSubject: 質問です\n\nこんにちは\n")
    server.add(b"\xff\xfe\x00 not a mail")
    server.add("Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n--x\n\nbroken")
    assert read() == {"not_understood": 5, "unread": 5}
    assert haru(sent) == UNCHANGED
    assert read() == {"unread": 5}


def test_the_same_report_twice_and_a_mailbox_that_keeps_no_marks_count_once(server, sent, read):
    server.add(mails.report(sent.message_id))
    server.add(mails.report(sent.message_id, date="Tue, 1 Dec 2026 18:00:00 +0900"))
    read()
    assert DeliveryEvent.objects.count() == 1
    for mail in server.mails:
        mail.flags, mail.folder = set(), "INBOX"
    server.is_read_only = True
    with pytest.raises(MailboxTrouble):
        read()
    assert DeliveryEvent.objects.count() == 1


def test_without_the_folder_for_read_mails_they_stay_where_they_are(server, sent, read):
    server.has_done = False
    mails_there = [server.add(mails.report(sent.message_id)) for _ in range(2)]
    assert read() == {"bounced": 2, "unread": 0}
    assert [(mail.folder, mail.flags) for mail in mails_there] == [("INBOX", {"\\Seen"})] * 2


@pytest.mark.parametrize("command", ["LOGIN", "SELECT", "UID SEARCH", "UID FETCH", "UID STORE"])
def test_a_line_that_breaks_anywhere_is_told_and_the_next_look_goes_on(server, sent, read, command):
    server.add(mails.report(sent.message_id))
    server.drop_at = command
    with pytest.raises(MailboxTrouble):
        read()
    server.drop_at = ""
    assert read()["unread"] == 0
    assert haru(sent) == GONE and DeliveryEvent.objects.count() == 1


def test_the_tick_looks_every_five_minutes_and_keeps_what_it_found(server, sent, settings, clock):
    cache.clear()
    assert tick_mailbox(now=clock()) == {} and last_turn() is None
    settings.MAILBOX_URL = server.url
    server.add(mails.report(sent.message_id))
    assert tick_mailbox(now=clock()) == {"bounced": 1}
    assert tick_mailbox(now=clock()) == {}
    assert last_turn()["unread"] == 0 and last_turn()["trouble"] == ""
    cache.delete("mailbox:turn")
    settings.MAILBOX_URL = server.url.replace("himitsu", "chigau")
    assert tick_mailbox(now=clock()) == {}
    assert last_turn()["trouble"] and "chigau" not in last_turn()["trouble"]
    cache.clear()


def test_the_report_of_an_issue_does_not_say_none_where_nobody_learns_of_it(client, staff, tree, sent, settings, clock):
    Issue.objects.update(state=IssueState.SENT, materialised_at=clock(), recipient_count=3, sent_at=clock())
    client.force_login(staff)
    url = f"/admin/issues/{sent.issue_id}/"
    assert "不達は把握していません" in client.get(url).text
    settings.MAILBOX_URL = "imaps://a:b@mail.example/INBOX"
    assert "あとから戻ってきたメール：0通" in client.get(url).text
    Delivery.objects.filter(pk=sent.pk).update(later="bounced")
    text = client.get(url).text
    assert "あとから戻ってきたメール：1通" in text and "把握していません" not in text


@pytest.mark.parametrize(
    "url",
    [
        "imap://a:b@mail.example/INBOX",
        "pop3://a:b@mail.example/",
        "imaps://mail.example/INBOX",
        "imaps://a:b@mail.example:x/",
        "imaps:",
    ],
)
def test_an_address_without_encryption_or_name_is_refused_in_words(url):
    with pytest.raises(MailboxSettingsError, match="MAILBOX_URL"):
        mailbox_address(url)


def test_names_with_signs_and_the_folder_are_read_from_the_address():
    address = mailbox_address("imaps://modori%40a.example:p%2Fw@mail.example/Returned?done=Done")
    assert (address.user, address.password, address.folder, address.done) == (
        "modori@a.example",
        "p/w",
        "Returned",
        "Done",
    )
    assert (address.port, address.implicit_tls) == (993, True)
