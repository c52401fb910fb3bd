"""Mails such as servers write when a mail of ours comes back, and the like. The words are the tests' own."""

import base64


def report(
    message_id: str,
    *,
    recipient: str = "haru@reader.example",
    action: str = "failed",
    status: str = "5.1.1",
    diagnostic: str = "smtp; 550 5.1.1 <haru@reader.example>: Recipient address rejected: User unknown",
    returned: str = "text/rfc822-headers",
    date: str = "Tue, 1 Dec 2026 10:05:00 +0900",
) -> str:
    """As Postfix writes it."""
    inner = f"From: mail@assist-park.example\nTo: {recipient}\nMessage-ID: {message_id}\nSubject: x\n"
    return f"""\
Return-Path: <>
From: MAILER-DAEMON@relay.example (Mail Delivery System)
To: modori@assist-park.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Date: {date}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

This is the mail system at host relay.example.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example
Arrival-Date: Tue, 1 Dec 2026 10:01:00 +0900

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: {diagnostic}

--b1
Content-Type: {returned}

{inner}
--b1--
"""


def exchange(message_id: str, *, recipient: str = "haru@reader.example") -> str:
    """As Exchange writes it: the whole mail is returned, the words are in HTML."""
    return f"""\
From: <postmaster@reader.example>
To: <mail@assist-park.example>
Subject: Undeliverable: x
Date: Tue, 1 Dec 2026 01:06:00 +0000
MIME-Version: 1.0
Content-Type: multipart/report; report-type="delivery-status"; boundary="_000_"

--_000_
Content-Type: multipart/alternative; boundary="_001_"

--_001_
Content-Type: text/html; charset="us-ascii"

<p>Your message couldn't be delivered.</p>

--_001_--

--_000_
Content-Type: message/delivery-status

Reporting-MTA: dns;TYXPR01.prod.example

Final-recipient: rfc822;{recipient}
Action: failed
Status: 5.1.10
Diagnostic-code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found

--_000_
Content-Type: message/rfc822

From: mail@assist-park.example
To: {recipient}
Message-ID:
\t{message_id}
Content-Type: text/plain

hello
--_000_--
"""


def carrier(message_id: str, *, recipient: str = "haru@docomo.example") -> str:
    """As a phone company writes it: no standard form, Japanese in base64, the head of the mail in the words."""
    words = f"""\
このメールはお届けできませんでした。
以下の宛先が見つかりませんでした。
{recipient}

550 Unknown user {recipient}

----- Original message header -----
From: mail@assist-park.example
Message-ID: {message_id}
"""
    body = base64.encodebytes(words.encode("iso-2022-jp")).decode()
    return f"""\
Return-Path: <>
From: MAILER-DAEMON@docomo.example
To: mail@assist-park.example
Subject: =?ISO-2022-JP?B?GyRCRyk/LiUoJWklPBsoQg==?=
Date: Tue, 1 Dec 2026 10:07:00 +0900
MIME-Version: 1.0
Content-Type: text/plain; charset=iso-2022-jp
Content-Transfer-Encoding: base64

{body}"""


def complaint(message_id: str, *, kind: str = "abuse") -> str:
    """RFC 5965, the recipient blotted out as providers do."""
    return f"""\
From: <fbl@provider.example>
To: <abuse@assist-park.example>
Subject: FW: x
Date: Tue, 1 Dec 2026 11:00:00 +0900
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report.

--b
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
Received-Date: Tue, 1 Dec 2026 10:55:00 +0900

--b
Content-Type: message/rfc822
Content-Disposition: inline

From: <mail@assist-park.example>
To: <redacted@provider.example>
Message-ID: {message_id}
Subject: x

hello
--b--
"""


def wish_to_leave(token: str, *, at: str = "Tue, 1 Dec 2026 12:00:00 +0900") -> str:
    """What a mail program sends to the address of List-Unsubscribe."""
    return f"From: haru@reader.example\nTo: modori@assist-park.example\nSubject: {token}\nDate: {at}\n\n"


def holiday(message_id: str) -> str:
    """An answer of somebody's holiday assistant."""
    return f"""\
From: Haru <haru@reader.example>
To: mail@assist-park.example
Subject: Auto: on holiday
Auto-Submitted: auto-replied
In-Reply-To: {message_id}
Content-Type: text/plain; charset=utf-8

550 thanks, I am away. Message-ID: {message_id}
"""
