"""One message to one person: an issue's mail from its approved rendering, or a single mail from its row."""

from datetime import datetime
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from urllib.parse import quote

from django.conf import settings

from center.models import CentreSettings, OutgoingMail
from center.opening import TOKYO
from newsletter.models import Delivery, MailFormat, Rendering
from newsletter.sending.addresses import wire_address
from newsletter.sending.mime import (
    UnsendableMessage,
    boundary_of,
    header_line,
    mailbox_line,
    message_bytes,
    message_pieces,
)
from newsletter.sending.prebuilt import BOUNDARY, filled, joined_constants, slotted, slotted_base64
from newsletter.slots import TOKEN_SLOT, personal_url
from newsletter.tokens import personal_token

LIST_NAME = "support-mail"
MAIL_PATH = "/mail/"
"""Sign-up and back numbers: the page that explains the mail and holds what was sent."""
FEEDBACK_SENDER = "supportmail"
"""The same in every mail, 5 to 15 characters, so that a mailbox provider's complaint figures find their sender."""

OURS = frozenset(
    {"from", "to", "cc", "bcc", "subject", "date", "message-id", "mime-version", "return-path", "auto-submitted"}
)
"""Headers that a single mail's row may not set: there is one sender, one recipient, one date."""
MAILBOXES = frozenset({"reply-to", "sender"})


class IssueMail:
    """An issue's mail in one edition and one format, built once: what is the same for all, and slots for the rest.

    The personal link stands wherever the rendering has its slot, and in List-Unsubscribe (RFC 8058). Text and HTML, or
    text alone for who asked for it. Raises UnsendableMessage, UnmailableAddress.
    """

    def __init__(self, rendering: Rendering, *, mail_format: str, centre: CentreSettings) -> None:
        self._sender = b"".join(_sender_lines(centre))
        self._subject = header_line("Subject", rendering.subject)
        headers = [
            *slotted(header_line("List-Unsubscribe", _ways_to_leave(TOKEN_SLOT)), slot=TOKEN_SLOT),
            header_line("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
            header_line("List-Id", f"<{LIST_NAME}.{settings.MAIL_DOMAIN}>"),
            header_line("List-Help", f"<{settings.SITE_URL}{MAIL_PATH}>"),
            header_line("List-Archive", f"<{settings.SITE_URL}{MAIL_PATH}>"),
            header_line("List-Post", "NO"),
            header_line("Precedence", "bulk"),
            header_line("Feedback-ID", f"{rendering.issue.slug}:{rendering.locale}:issue:{FEEDBACK_SENDER}"),
        ]
        texts = (
            [rendering.text]
            if mail_format == MailFormat.TEXT or not rendering.html
            else [rendering.text, rendering.html]
        )
        bodies = [slotted_base64(text, slot=TOKEN_SLOT) for text in texts]
        self._rest = joined_constants(message_pieces(headers, bodies, boundary=BOUNDARY))

    def for_one(self, delivery: Delivery, *, now: datetime) -> bytes:
        """The mail to one recipient. `now` becomes the Date, in Tokyo's time.

        The Message-ID is the delivery's own, the same at every try. Raises UnsendableMessage, also for a delivery whose
        subscriber was erased, and UnmailableAddress.
        """
        if not delivery.subscriber_id or not delivery.message_id:
            raise UnsendableMessage("no subscriber or no Message-ID")
        token = personal_token(delivery.subscriber_id).encode()
        boundary = boundary_of(delivery.message_id)
        who = (self._sender, mailbox_line("To", delivery.email), self._subject, _date_line(now.replace(microsecond=0)))
        return b"".join(
            [*who, header_line("Message-ID", delivery.message_id), *filled(self._rest, token=token, boundary=boundary)]
        )


def compose_issue_mail(rendering: Rendering, delivery: Delivery, *, centre: CentreSettings, now: datetime) -> bytes:
    """The mail of an issue to one recipient alone; see `IssueMail`, which is built once for many."""
    return IssueMail(rendering, mail_format=delivery.format, centre=centre).for_one(delivery, now=now)


def compose_single_mail(mail: OutgoingMail, *, centre: CentreSettings, now: datetime) -> bytes:
    """A receipt, confirmation or reminder, marked as written by a machine, with the row's own headers.

    Raises UnsendableMessage, also for a row that sets a header which is not its own to set, and UnmailableAddress.
    """
    headers = _who_and_when(mail, centre=centre, now=now)
    headers.append(header_line("Auto-Submitted", "auto-generated"))
    for name, value in mail.headers.items():
        if name.lower() in OURS or name.lower().startswith("content-"):
            raise UnsendableMessage(f"a single mail may not set {name}")
        headers.append(mailbox_line(name, value) if name.lower() in MAILBOXES else header_line(name, value))
    return message_bytes(headers, text=mail.text, html=mail.html, message_id=mail.message_id)


def sender_address(centre: CentreSettings) -> str:
    """The address in From and in the envelope, where reports about undeliverable mail go. ASCII, without a name."""
    return wire_address(centre.sender_email or parseaddr(settings.DEFAULT_FROM_EMAIL)[1])


def _who_and_when(mail: OutgoingMail, *, centre: CentreSettings, now: datetime) -> list[bytes]:
    has_own = any(name.lower() == "reply-to" for name in mail.headers)
    return [
        *_sender_lines(centre, with_reply_to=not has_own),
        mailbox_line("To", mail.to),
        header_line("Subject", mail.subject),
        _date_line(now.replace(microsecond=0)),
        header_line("Message-ID", mail.message_id),
    ]


def _sender_lines(centre: CentreSettings, *, with_reply_to: bool = True) -> list[bytes]:
    display = centre.sender_name or parseaddr(settings.DEFAULT_FROM_EMAIL)[0]
    lines = [mailbox_line("From", sender_address(centre), display=display)]
    return [*lines, mailbox_line("Reply-To", centre.reply_to)] if centre.reply_to and with_reply_to else lines


@lru_cache(maxsize=8)
def _date_line(moment: datetime) -> bytes:
    return header_line("Date", format_datetime(moment.astimezone(TOKYO)))


def _ways_to_leave(token: str) -> str:
    """The one-click address, and one to write to where somebody reads that mailbox."""
    ways = f"<{personal_url(token)}>"
    if settings.LIST_UNSUBSCRIBE_MAILTO:
        ways += f", <mailto:{quote(settings.LIST_UNSUBSCRIBE_MAILTO, safe='@+')}?subject={token}>"
    return ways
