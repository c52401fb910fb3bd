"""The mail as a relay and a reader get it."""

import re
from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header

import pytest

from center.outbox import enqueue
from newsletter.models import Delivery, Rendering
from newsletter.sending.addresses import UnmailableAddress, wire_address
from newsletter.sending.message import compose_issue_mail, compose_single_mail
from newsletter.sending.mime import UnsendableMessage, header_line
from newsletter.slots import TOKEN_SLOT
from newsletter.tokens import personal_token


def words(part) -> str:
    """A text part as it reads: line ends are CRLF on the wire."""
    return part.get_content().replace("\r\n", "\n")


def test_an_issue_arrives_with_every_header_and_both_parts(issue, relay, worker, settings) -> None:
    worker().run()

    mail = next(mail for mail in relay.mails if mail["To"] == "aki@reader.example")
    delivery = Delivery.objects.get(email="aki@reader.example")
    token = personal_token(delivery.subscriber_id)
    rendering = Rendering.objects.get()
    sender = message_from_bytes(next(raw for raw in relay.raw if b"To: aki@" in raw))["From"]
    assert str(make_header(decode_header(sender))) == "アシストパーク郡山 サポートメール <mail@assist-park.example>"
    assert mail["Reply-To"] == "madoguchi@assist-park.example"
    assert mail["Subject"] == rendering.subject
    assert mail["Message-ID"] == delivery.message_id
    assert mail["Date"].datetime.isoformat() == "2026-12-01T10:01:00+09:00"
    assert mail["List-Unsubscribe"] == f"<https://assist-park.example/u/{token}/>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Id"] == "<support-mail.assist-park.example>"
    assert mail["List-Help"] == mail["List-Archive"] == "<https://assist-park.example/mail/>"
    assert mail["List-Post"] == "NO"
    assert mail["Precedence"] == "bulk"
    assert mail["Feedback-ID"] == "2026-12:ja:issue:supportmail"
    assert mail["Cc"] is None and mail["Bcc"] is None and len(mail["To"].addresses) == 1
    assert mail["Auto-Submitted"] is None
    assert mail.get_content_type() == "multipart/alternative"
    text, html = mail.iter_parts()
    assert words(text) == rendering.text.replace(TOKEN_SLOT, token)
    assert words(html) == rendering.html.replace(TOKEN_SLOT, token)
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text.get_content_charset() == html.get_content_charset() == "utf-8"


def test_everybody_gets_a_message_of_their_own(issue, relay, worker) -> None:
    worker().run()

    assert sorted(relay.recipients) == ["aki@reader.example", "haru@reader.example", "natsu@reader.example"]
    assert [str(mail["To"]) for mail in relay.mails] == relay.recipients
    assert len({mail["Message-ID"] for mail in relay.mails}) == 3
    assert len({mail["List-Unsubscribe"] for mail in relay.mails}) == 3
    assert all(TOKEN_SLOT.encode() not in raw for raw in relay.raw)
    assert {sender for sender, _ in relay.envelopes} == {"mail@assist-park.example"}


def test_who_asked_for_text_gets_text_alone(issue, relay, worker, add_subscriber) -> None:
    add_subscriber("moji@reader.example", format="text")
    worker().run()

    mail = next(mail for mail in relay.mails if mail["To"] == "moji@reader.example")
    assert mail.get_content_type() == "text/plain"
    assert "こんにちは、センターです。" in mail.get_content()


def test_a_mail_to_leave_by_is_offered_only_where_somebody_reads_it(issue, relay, worker, settings) -> None:
    settings.LIST_UNSUBSCRIBE_MAILTO = "leave@assist-park.example"
    worker().run()

    for mail in relay.mails:
        token = re.search(r"/u/([^/]+)/", mail["List-Unsubscribe"]).group(1)
        assert mail["List-Unsubscribe"].endswith(f", <mailto:leave@assist-park.example?subject={token}>")


def test_bodies_are_base64_and_lines_short_whatever_the_text(issue, relay, worker) -> None:
    Rendering.objects.update(text="あ" * 20_000 + "\n.\n..終わり\n", html="<p>" + "い" * 30_000 + "</p>")
    worker().run()

    for raw in relay.raw:
        assert max(map(len, raw.split(b"\r\n"))) <= 78
        assert raw.isascii() and b"\n" not in raw.replace(b"\r\n", b"")
        assert raw.count(b"Content-Transfer-Encoding: base64") == 2
    assert words(relay.mails[0].get_body(("plain",))).endswith("\n.\n..終わり\n")


@pytest.mark.parametrize(
    "subject",
    [
        "12月号",
        "Meeting on 12 December",
        "助成金" * 40,
        "=?utf-8?B?44GC?= ではありません",
        "絵文字👨‍👩‍👧と　全角空白",
        "A 大 B " * 30,
        "=?utf-8?q?x?=",
    ],
)
def test_a_subject_is_read_as_it_was_written(issue, relay, worker, subject) -> None:
    Rendering.objects.update(subject=subject)
    worker().run()

    assert {str(mail["Subject"]).strip() for mail in relay.mails} == {subject.strip()}
    assert [line for raw in relay.raw for line in raw.split(b"\r\n") if len(line) > 78] == []


def test_another_language_gets_its_edition_and_japanese_where_there_is_none(
    issue, relay, worker, add_subscriber
) -> None:
    ja = Rendering.objects.get()
    Rendering.objects.create(
        issue=issue,
        locale="en",
        subject="Support mail",
        html="<p>Hello</p>",
        text="Hello",
        sha256="1",
        rendered_at=ja.rendered_at,
    )
    add_subscriber("english@reader.example", locale="en")
    add_subscriber("yasashii@reader.example", locale="ja-x-easy")
    worker().run()

    subjects = {str(mail["To"]): str(mail["Subject"]) for mail in relay.mails}
    assert subjects["english@reader.example"] == "Support mail"
    assert subjects["yasashii@reader.example"] == ja.subject


def test_a_carrier_address_is_quoted_on_the_wire_and_reaches_its_owner(
    issue, relay, worker, add_subscriber, states
) -> None:
    add_subscriber("foo..bar@docomo.ne.jp")
    add_subscriber("foo.@docomo.ne.jp")
    worker().run()

    said = [line.removeprefix("RCPT ") for line in relay.said if "docomo" in line]
    assert sorted(said) == ['TO:<"foo."@docomo.ne.jp>', 'TO:<"foo..bar"@docomo.ne.jp>']
    to = [line for raw in relay.raw for line in raw.split(b"\r\n") if line.startswith(b"To:") and b"docomo" in line]
    assert sorted(to) == [b'To: "foo."@docomo.ne.jp', b'To: "foo..bar"@docomo.ne.jp']
    assert states(issue)["foo..bar@docomo.ne.jp"] == "sent"


@pytest.mark.parametrize(
    ("address", "wire"),
    [
        ("aki@reader.example", "aki@reader.example"),
        ("aki+mail@reader.example", "aki+mail@reader.example"),
        ("foo..bar@docomo.ne.jp", '"foo..bar"@docomo.ne.jp'),
        (".foo@ezweb.ne.jp", '".foo"@ezweb.ne.jp'),
        ('"foo..bar"@docomo.ne.jp', '"foo..bar"@docomo.ne.jp'),
        ('a"b@reader.example', '"a\\"b"@reader.example'),
        ("aki@郡山.jp", "aki@xn--3fq774e.jp"),
    ],
)
def test_addresses_on_the_wire(address, wire) -> None:
    if "郡山" in address:
        wire = "aki@" + "郡山.jp".encode("idna").decode()
    assert wire_address(address) == wire


@pytest.mark.parametrize(
    "address",
    [
        "",
        "aki",
        "@reader.example",
        "aki@",
        "秋@reader.example",
        "a\r\nRCPT TO:<x@y.example>@reader.example",
        "aki@reader.example>\r\nDATA",
        "aki@[reader",
    ],
)
def test_what_no_relay_can_be_given_is_refused_before_it_hears_of_it(address) -> None:
    with pytest.raises(UnmailableAddress):
        wire_address(address)


def test_an_impossible_address_does_not_stop_the_others(issue, relay, worker, add_subscriber, states) -> None:
    add_subscriber("秋@reader.example")
    worker().run()

    assert states(issue)["秋@reader.example"] == "refused"
    assert sorted(states(issue).values()) == ["refused", "sent", "sent", "sent"]
    assert not any("秋" in line for line in relay.said)


def test_a_receipt_says_that_a_machine_wrote_it(centre, relay, worker, clock) -> None:
    enqueue(
        kind="notice-receipt",
        to="dantai@group.example",
        subject="【受付 N-0042】掲載依頼を受け付けました",
        text="受け付けました。\n",
        html="<p>受け付けました。</p>",
        headers={"X-Notice": "N-0042", "Reply-To": "担当 見本 <tantou@assist-park.example>"},
        now=clock(),
    )
    worker().run()

    (mail,) = relay.mails
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Subject"] == "【受付 N-0042】掲載依頼を受け付けました"
    assert mail["X-Notice"] == "N-0042"
    assert str(mail["Reply-To"]) == "担当 見本 <tantou@assist-park.example>"
    assert len(mail.get_all("Reply-To")) == 1
    assert mail["To"] == "dantai@group.example"
    assert mail["Message-ID"].endswith("@assist-park.example>") and mail["Date"]
    assert mail["List-Unsubscribe"] is None
    assert words(mail.get_body(("plain",))) == "受け付けました。\n"
    assert mail.get_body(("html",)).get_content() == "<p>受け付けました。</p>"


@pytest.mark.parametrize(
    "headers",
    [
        {"Bcc": "x@y.example"},
        {"To": "x@y.example"},
        {"X-A": "a\r\nBcc: x@y.example"},
        {"X-A\r\nBcc": "x"},
        {"Content-Type": "text/html"},
    ],
)
def test_no_row_smuggles_a_header_or_a_recipient_in(centre, clock, headers) -> None:
    row = enqueue(kind="k", to="a@group.example", subject="x", text="x", headers=headers, now=clock())
    with pytest.raises(UnsendableMessage):
        compose_single_mail(row, centre=centre, now=clock())


def test_no_header_takes_a_line_break() -> None:
    for value in ("a\nb", "a\rb", "あ\r\nBcc: x@y.example", "a\x00b", "a\u2028b"):
        with pytest.raises(UnsendableMessage):
            header_line("Subject", value)


def test_the_same_mail_has_the_same_bytes_but_for_its_date(issue, worker, centre, clock) -> None:
    worker().run()
    rendering, delivery = Rendering.objects.get(), Delivery.objects.first()

    first = compose_issue_mail(rendering, delivery, centre=centre, now=clock())
    assert compose_issue_mail(rendering, delivery, centre=centre, now=clock()) == first
    later = compose_issue_mail(rendering, delivery, centre=centre, now=clock() + timedelta(minutes=1))
    assert [a for a, b in zip(first.split(b"\r\n"), later.split(b"\r\n"), strict=True) if a != b] == [
        b"Date: Tue, 01 Dec 2026 10:01:00 +0900"
    ]
