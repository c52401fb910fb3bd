"""One message to one person: an issue's mail from its approved rendering, or a single mail from its row."""

from datetime import datetime
from email.utils import format_datetime, parseaddr
from urllib.parse import quote

from django.conf import settings

from center.models import CentreSettings, OutgoingMail
from center.opening import TOKYO
from newsletter.models import Delivery, MailFormat, Rendering
from newsletter.sending.addresses import wire_address
from newsletter.sending.mime import UnsendableMessage, header_line, mailbox_line, message_bytes
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


def compose_issue_mail(rendering: Rendering, delivery: Delivery, *, centre: CentreSettings, now: datetime) -> bytes:
    """The mail of an issue to one recipient: text and HTML, or text alone for who asked for it.

    The personal link stands wherever the rendering has its slot, and in List-Unsubscribe (RFC 8058). The Message-ID
    is the delivery's own, the same at every try. `now` becomes the Date, in Tokyo's time.
    Raises UnsendableMessage, also for a delivery whose subscriber was erased, and UnmailableAddress.
    """
    if not delivery.subscriber_id or not delivery.message_id:
        raise UnsendableMessage("no subscriber or no Message-ID")
    token = personal_token(delivery.subscriber_id)
    headers = [
        *_who_and_when(delivery.email, delivery.message_id, rendering.subject, centre=centre, now=now),
        header_line("List-Unsubscribe", _ways_to_leave(token)),
        header_line("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        header_line("List-Id", f"<{LIST_NAME}.{settings.MAIL_DOMAIN}>"),
        header_line("List-Help", f"<{settings.SITE_URL}{MAIL_PATH}>"),
        header_line("List-Archive", f"<{settings.SITE_URL}{MAIL_PATH}>"),
        header_line("List-Post", "NO"),
        header_line("Precedence", "bulk"),
        header_line("Feedback-ID", f"{rendering.issue.slug}:{rendering.locale}:issue:{FEEDBACK_SENDER}"),
    ]
    html = "" if delivery.format == MailFormat.TEXT else rendering.html.replace(TOKEN_SLOT, token)
    text = rendering.text.replace(TOKEN_SLOT, token)
    return message_bytes(headers, text=text, html=html, message_id=delivery.message_id)


def compose_single_mail(mail: OutgoingMail, *, centre: CentreSettings, now: datetime) -> bytes:
    """A receipt, confirmation or reminder, marked as written by a machine, with the row's own headers.

    Raises UnsendableMessage, also for a row that sets a header which is not its own to set, and UnmailableAddress.
    """
    headers = _who_and_when(mail.to, mail.message_id, mail.subject, centre=centre, now=now, reply_to=mail.headers)
    headers.append(header_line("Auto-Submitted", "auto-generated"))
    for name, value in mail.headers.items():
        if name.lower() in OURS or name.lower().startswith("content-"):
            raise UnsendableMessage(f"a single mail may not set {name}")
        headers.append(mailbox_line(name, value) if name.lower() in MAILBOXES else header_line(name, value))
    return message_bytes(headers, text=mail.text, html=mail.html, message_id=mail.message_id)


def sender_address(centre: CentreSettings) -> str:
    """The address in From and in the envelope, where reports about undeliverable mail go. ASCII, without a name."""
    return wire_address(centre.sender_email or parseaddr(settings.DEFAULT_FROM_EMAIL)[1])


def _who_and_when(
    to: str, message_id: str, subject: str, *, centre: CentreSettings, now: datetime, reply_to: dict | None = None
) -> list[bytes]:
    display = centre.sender_name or parseaddr(settings.DEFAULT_FROM_EMAIL)[0]
    lines = [mailbox_line("From", sender_address(centre), display=display)]
    if centre.reply_to and not any(name.lower() == "reply-to" for name in reply_to or {}):
        lines.append(mailbox_line("Reply-To", centre.reply_to))
    return [
        *lines,
        mailbox_line("To", to),
        header_line("Subject", subject),
        header_line("Date", format_datetime(now.astimezone(TOKYO))),
        header_line("Message-ID", message_id),
    ]


def _ways_to_leave(token: str) -> str:
    """The one-click address, and one to write to where somebody reads that mailbox."""
    ways = f"<{personal_url(token)}>"
    if settings.LIST_UNSUBSCRIBE_MAILTO:
        ways += f", <mailto:{quote(settings.LIST_UNSUBSCRIBE_MAILTO, safe='@+')}?subject={token}>"
    return ways
